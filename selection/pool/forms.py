"""Forms of the pool: propose a rule or an admission, decide on one, and end an admission."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cpc.days import DayFormField
from cpc.web.actions import ActionForm
from indicators.models import Country
from selection.form_parts import text
from selection.pool_rules.policy import REASONS, Reason

LEGAL_NOTE = "The opinion, waiver, or exception that allows it under 22 U.S.C. 7107, with its source and date."


class PolicyForm(ActionForm):
    error_fields = {"backdated": "in_force_from"}

    puts_outside = forms.MultipleChoiceField(
        label="Outside the pool", required=False, widget=forms.CheckboxSelectMultiple
    )
    in_force_from = DayFormField(label="In force from", help_text="Today or a later date.")
    why = text("Why", "Shown on the pool page while the rule is in force and afterward.")
    citation = forms.CharField(
        label="Document that sets it", max_length=300, help_text="For example, the office's memo, with its date."
    )
    legal_note = text("Legal note", LEGAL_NOTE, required=False)

    def __init__(self, *args: Any, reason: Reason, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["puts_outside"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(value, label[:1].upper() + label[1:]) for value, label in REASONS[reason].values.items()]
        field.help_text = "If you select nothing, no country is outside for this reason."
        if reason is Reason.TIER3:
            self.fields["legal_note"].help_text = f"Required if Tier 3 countries are let in. {LEGAL_NOTE}"
        else:
            del self.fields["legal_note"]


class AdmitForm(ActionForm):
    error_fields = {"no_candidate": "country", "admission_over": "until"}

    country = forms.ModelChoiceField(
        Country.objects.none(),
        to_field_name="code",
        label="Country",
        empty_label="Choose a country",
        help_text="The countries that are outside the pool today.",
    )
    why = text("Why", "Shown with the country while it is admitted.")
    legal_note = text("Legal note", f"Required for a Tier 3 country. {LEGAL_NOTE}", required=False)
    until = DayFormField(label="Last day", help_text="You can end the admission earlier, with a reason.")

    def __init__(self, *args: Any, outside: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["country"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Country.objects.filter(code__in=outside).order_by("name")


class PoolDecisionForm(ActionForm):
    error_fields = {"decision_note": "note"}

    decision = forms.ChoiceField(
        label="Decision", choices=[("approve", "Approve"), ("refuse", "Reject")], widget=forms.RadioSelect
    )
    note = text("Note", "Required if you reject the proposal: enter the reason.", required=False)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("decision") == "refuse" and not self.cleaned_data.get("note", "").strip():
            self.add_error("note", ValidationError("Enter the reason for the rejection.", code="required"))
        return self.cleaned_data


class EndForm(ActionForm):
    error_fields = {"ended_because": "reason"}

    reason = text("Why it ends", "Stored with the admission.")
