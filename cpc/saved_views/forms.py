"""Forms of saved views."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.saved_views.models import LONGEST_NAME, Audience
from cpc.web.actions import ActionForm
from cpc.web.edit_conflicts import ConfirmationForm

WHO = {
    Audience.PRIVATE: "No one else, not even administrators",
    Audience.OFFICE: "Analysts and approvers; only you and an administrator change it",
    Audience.EVERYONE: "Needs an approver's consent",
}
"""Explanation of each choice, below its label."""


class AudienceField(forms.ChoiceField):
    """Who sees a view; an account that can't share has one choice, and the page does not ask."""

    def __init__(self, user: User) -> None:
        shares = user.allows(Permission.SHARE_VIEWS)
        choices = [
            (one.value, format_html("{}<small>{}</small>", one.label, WHO[one]))
            for one in Audience
            if shares or one is Audience.PRIVATE
        ]
        widget = forms.RadioSelect if shares else forms.HiddenInput
        super().__init__(label="Who sees it", choices=choices, widget=widget)


class SaveViewForm(ActionForm):
    """Name and audience of what a list shows. The hidden fields are its query and its path."""

    error_fields = {"name_taken": "name", "may_not_share": "audience"}

    name = forms.CharField(label="Name", max_length=LONGEST_NAME)
    parameters = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
    path = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "view-%s"} | options)
        self.fields["audience"] = AudienceField(user)
        if not user.allows(Permission.SHARE_VIEWS):
            self.initial["audience"] = Audience.PRIVATE.value


class ChangeViewForm(ConfirmationForm):
    """The audience of a view that gets the query of a list, which is a hidden field."""

    parameters = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["audience"] = AudienceField(user)


class DecideViewForm(ActionForm):
    error_fields = {"reason": "reason"}

    decision = forms.ChoiceField(
        label="Your decision",
        choices=(("consent", "Everyone who signs in sees this view"), ("refuse", "Refuse, with a reason")),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Reason", max_length=300, required=False, help_text="Needed if you refuse. Its owner reads it."
    )
