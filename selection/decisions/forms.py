"""Forms of deliberation: a recommendation, a decision on it, and a template of the memo."""

from __future__ import annotations

from typing import Any

from django import forms

from cpc.days import DayFormField
from cpc.web.actions import ActionForm
from cpc.web.edit_conflicts import RevisionForm
from cpc.web.fields import MoneyField
from selection.decisions.queries import revision_of
from selection.form_parts import text
from selection.models import Action, Recommendation

HELD = ("action", "rationale", "proposed_amount", "proposed_months", "funding", "place")
"""Columns of a recommendation that people fill in."""


class RecommendationForm(RevisionForm):
    error_fields = {"no_amount": "proposed_amount", "no_months": "proposed_months", "terms_unused": "proposed_amount"}

    action = forms.ChoiceField(label="Recommendation", choices=Action.choices, widget=forms.RadioSelect)
    rationale = forms.CharField(
        label="Why",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Printed in the memo. Do not enter information about an individual child.",
    )
    proposed_amount = MoneyField(
        label="Amount proposed, in U.S. dollars",
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text="Required to select.",
    )
    proposed_months = forms.IntegerField(
        label="Term proposed, in months",
        required=False,
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="Required to select.",
    )
    funding = forms.CharField(label="Source of funds", required=False, max_length=200)
    place = forms.IntegerField(
        label="Order in the memo",
        min_value=1,
        max_value=500,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="Leave empty to list it after the others.",
    )

    @classmethod
    def initial_of(cls, recommendation: Recommendation | None) -> dict[str, Any]:
        held = {name: getattr(recommendation, name) for name in HELD} if recommendation is not None else {}
        return held | {"revision": revision_of(recommendation)}


class SendMemoForm(ActionForm):
    error_fields = {"memo_too_long": "longer_because"}

    decide_by = DayFormField(label="Decide by", required=False, help_text="Printed in the memo.")
    longer_because = text(
        "Why the memo is longer",
        "Required if it needs more than three pages. Printed in the memo.",
        required=False,
    )


class TemplateForm(ActionForm):
    file = forms.FileField(
        label="Word document",
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        help_text="It is tested on a sample before it is accepted. Another person decides on it.",
    )
    note = forms.CharField(label="What changed", required=False, max_length=300)


class TemplateDecisionForm(ActionForm):
    error_fields = {"decision_note": "note"}

    decision = forms.ChoiceField(
        label="Decision", choices=[("approve", "Approve"), ("refuse", "Reject")], widget=forms.RadioSelect
    )
    note = text("Note", "Required if you reject the template: enter the reason.", required=False)
