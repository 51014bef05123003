"""Forms of deliberation: a recommendation, a decision on it, and a template of the memo."""

from __future__ import annotations

from typing import Any

from django import forms

from cpc.web.actions import ActionForm
from cpc.web.edit_conflicts import ConfirmationForm, RevisionForm
from selection.decisions.queries import revision_of
from selection.models import Action, Recommendation


class RecommendationForm(RevisionForm):
    action = forms.ChoiceField(label="Recommendation", choices=Action.choices, widget=forms.RadioSelect)
    rationale = forms.CharField(
        label="Why",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Printed in the memo. Do not enter information about an individual child.",
    )
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
        held = (
            {name: getattr(recommendation, name) for name in ("action", "rationale", "place")}
            if recommendation is not None
            else {}
        )
        return held | {"revision": revision_of(recommendation)}


class DecisionForm(ConfirmationForm):
    action = forms.ChoiceField(label="Decision", choices=Action.choices, widget=forms.RadioSelect)
    remarks = forms.CharField(
        label="Remarks",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Required if the decision differs from the recommendation. Printed in the memo.",
    )


class TemplateForm(ActionForm):
    file = forms.FileField(
        label="Word document",
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        help_text="It is tested on a sample before it is accepted.",
    )
    note = forms.CharField(label="What changed", required=False, max_length=300)
