"""The forms of deliberation: a recommendation, a decision on it, and an edited template of the memo."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

from cpc.api.run_once import key_field
from cpc.web.edit_conflicts import SeenForm
from selection.models import Action, Recommendation


class RecommendationForm(SeenForm):
    """What the office recommends about one candidate."""

    use_required_attribute = False

    action = forms.ChoiceField(label="Recommendation", choices=Action.choices, widget=forms.RadioSelect)
    rationale = forms.CharField(
        label="Why",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="It prints in the memo. Nothing about a single child.",
    )
    place = forms.IntegerField(
        label="Order in the memo",
        min_value=1,
        max_value=500,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="Empty: after the others.",
    )
    idempotency_key = key_field()

    @classmethod
    def of(cls, found: Recommendation | None, data: QueryDict | None = None) -> RecommendationForm:
        """The form with what is recommended now."""
        names = ("action", "rationale", "place")
        form = cls(data, initial={name: getattr(found, name) for name in names} if found is not None else {})
        form.stand_on(form.standing())
        return form


class DecisionForm(SeenForm):
    """What the approver decides on one recommendation."""

    use_required_attribute = False

    action = forms.ChoiceField(label="Decision", choices=Action.choices, widget=forms.RadioSelect)
    remarks = forms.CharField(
        label="Remarks",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Needed where the decision is another than what is recommended. They print in the memo.",
    )
    idempotency_key = key_field()


class TemplateForm(forms.Form):
    """An edited template of the memo."""

    use_required_attribute = False

    file = forms.FileField(
        label="Word document",
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        help_text="It is tried on a sample before it is taken.",
    )
    note = forms.CharField(label="What is different", required=False, max_length=300)
    idempotency_key = key_field()
