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

LEGAL_NOTE = "Which opinion, waiver or exception allows it under 22 U.S.C. 7107, from whom and when."


class PolicyForm(ActionForm):
    """New rule of the pool for one reason, from a day."""

    error_fields = {"backdated": "in_force_from"}

    puts_outside = forms.MultipleChoiceField(
        label="Outside the pool", required=False, widget=forms.CheckboxSelectMultiple
    )
    in_force_from = DayFormField(label="In force from", help_text="Today or a later day.")
    why = text("Why", "It shows on the page of the pool, for as long as the rule is in force and after.")
    citation = forms.CharField(
        label="Document that sets it", max_length=300, help_text="For example the office's memo, with its date."
    )
    legal_note = text("Legal note", LEGAL_NOTE, required=False)

    def __init__(self, *args: Any, reason: Reason, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["puts_outside"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(value, said[:1].upper() + said[1:]) for value, said in REASONS[reason].values.items()]
        field.help_text = "Nothing ticked: no country is outside for this reason."
        if reason is Reason.TIER3:
            self.fields["legal_note"].help_text = f"Needed where Tier 3 is let in. {LEGAL_NOTE}"
        else:
            del self.fields["legal_note"]


class AdmitForm(ActionForm):
    """Admission of a country that the policy excludes."""

    error_fields = {"no_candidate": "country", "admission_over": "until"}

    country = forms.ModelChoiceField(
        Country.objects.none(),
        to_field_name="code",
        label="Country",
        empty_label="Choose a country",
        help_text="The countries that are outside the pool today.",
    )
    why = text("Why", "It shows beside the country for as long as it is admitted.")
    legal_note = text("Legal note", f"Needed for a Tier 3 country. {LEGAL_NOTE}", required=False)
    until = DayFormField(label="Last day", help_text="It can be ended earlier, with a reason.")

    def __init__(self, *args: Any, outside: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["country"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Country.objects.filter(code__in=outside).order_by("name")


class PoolDecisionForm(ActionForm):
    """Decision of another person on a proposal."""

    error_fields = {"decision_note": "note"}

    decision = forms.ChoiceField(
        label="Decision", choices=[("approve", "Approve it"), ("refuse", "Refuse it")], widget=forms.RadioSelect
    )
    note = text("Note", "Needed where it is refused: why.", required=False)

    def clean(self) -> dict[str, Any]:
        """Require a reason to reject a proposal."""
        if self.cleaned_data.get("decision") == "refuse" and not self.cleaned_data.get("note", "").strip():
            self.add_error("note", ValidationError("Say why it is refused.", code="required"))
        return self.cleaned_data


class EndForm(ActionForm):
    """The early end of an admission."""

    error_fields = {"ended_because": "reason"}

    reason = text("Why it ends", "It is kept with the admission.")
