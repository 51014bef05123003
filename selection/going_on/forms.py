"""Forms on going on: the office's question with its three answers, and the consent to a proposal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cpc.web.actions import ActionForm
from selection.consultation.services.cut_short import reason_field
from selection.models import ConsultationRequest

WAIT, COMPLETE, NOW = "wait", "complete", "now"
INVITED = "reason_invited"
"""The one field with the reason for all agencies that the statute does not name."""


class GoOnForm(ActionForm):
    """The question whether to go on: no answer is preset. Reasons count only for going on now."""

    answer = forms.ChoiceField(
        label="How to go on",
        choices=[
            (WAIT, "Wait"),
            (COMPLETE, "Go on with the candidates that are complete"),
            (NOW, "Go on now, with the approver's consent"),
        ],
        widget=forms.RadioSelect(attrs={"class": "usa-radio__input"}),
        error_messages={"required": "Choose how to go on."},
    )

    def __init__(
        self,
        *args: Any,
        named: Sequence[ConsultationRequest] = (),
        invited: Sequence[ConsultationRequest] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.named, self.invited = named, invited
        for request in named:
            self.fields[reason_field(request)] = _reason(request.agency.short)
        if invited:
            self.fields[INVITED] = _reason("Agencies that were invited")

    def clean(self) -> dict[str, Any]:
        """Require a reason for each agency, if the round is to go on now."""
        if self.cleaned_data.get("answer") != NOW:
            return self.cleaned_data
        for request in self.named:
            if not self.cleaned_data.get(reason_field(request)):
                message = f"Say why the round can't wait for {request.agency.short}."
                self.add_error(reason_field(request), ValidationError(message, code="reason"))
        if self.invited and not self.cleaned_data.get(INVITED):
            message = "Say why the round can't wait for the agencies that were invited."
            self.add_error(INVITED, ValidationError(message, code="reason"))
        return self.cleaned_data

    @property
    def reasons(self) -> Mapping[int, str]:
        """Return the reason for each request, by its key."""
        own = {request.pk: self.cleaned_data[reason_field(request)] for request in self.named}
        return own | {request.pk: self.cleaned_data[INVITED] for request in self.invited}


def _reason(label: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "usa-input"})
    return forms.CharField(label=label, required=False, max_length=500, widget=widget)


AGREE, REFUSE = "agree", "refuse"


class ConsentForm(ActionForm):
    answer = forms.ChoiceField(
        label="Do you agree?", choices=[(AGREE, "Agree"), (REFUSE, "Refuse")], widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="Why",
        help_text="Required if you refuse. The person who asked sees it.",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """Require a reason to decline."""
        if self.cleaned_data.get("answer") == REFUSE and not self.cleaned_data.get("note", "").strip():
            self.add_error("note", ValidationError("Enter why you refuse.", code="note"))
        return self.cleaned_data
