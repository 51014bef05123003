"""Form to issue an API token."""

from __future__ import annotations

from typing import Any

from django import forms

from cpc.accounts.models import User
from cpc.accounts.scopes import scopes_for
from cpc.web.actions import ActionForm

LIFETIMES = ((30, "30 days"), (90, "90 days"), (180, "180 days"), (365, "One year"))


class TokenForm(ActionForm):
    """Name, scopes, and lifetime of a token.

    Only scopes within the account's role are offered.
    """

    name = forms.CharField(label="What it is for", max_length=80, help_text="Name the program, not a person.")
    scopes = forms.MultipleChoiceField(label="What it can do", widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(
        label="Valid for",
        choices=LIFETIMES,
        coerce=int,
        initial=90,
        help_text="Starts today. You can't extend it later.",
    )

    def __init__(self, *args: Any, owner: User, **options: Any) -> None:
        """Offer the scopes that can be issued to `owner`, the account that requests the token."""
        super().__init__(*args, **options)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        scopes.choices = [(scope.value, scope.label) for scope in scopes_for(owner.permissions)]
