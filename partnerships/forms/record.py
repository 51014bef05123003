"""The forms of a record: opening it, editing it before signature, and one step of its lifecycle."""

from __future__ import annotations

from django import forms

from indicators.models import Country
from partnerships.forms.base import WriteForm, day, lines
from partnerships.models import FundAccount, LegalReview, Partnership, TraffickingFormCode


class OpenForm(forms.Form):
    """A record of a selected country, from a stated reason."""

    use_required_attribute = False

    country = forms.ModelChoiceField(Country.objects.states().order_by("name"), label="Country", empty_label="Choose")
    title = forms.CharField(label="Title", max_length=200)
    origin_reason = forms.CharField(
        label="Why this country",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What the selection rests on. Nothing about a single child.",
    )


class OpenFromDecisionForm(WriteForm):
    """A record of the country that a decision selects."""

    title = forms.CharField(label="Title", max_length=200)


class RecordForm(forms.Form):
    """Fields of a record that is not signed. The term may be left open; what a limit refuses is said at its end."""

    use_required_attribute = False

    title = forms.CharField(label="Title", max_length=200)
    starts_on = day("First day of the term")
    ends_on = day("Last day of the term")
    coordination_body = forms.CharField(label="Coordination body", max_length=200, required=False)
    focus_regions = forms.CharField(
        label="Focus regions", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="One a line."
    )
    forms_of_trafficking = forms.MultipleChoiceField(
        label="Forms of child trafficking",
        choices=TraffickingFormCode.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    fund_account = forms.ChoiceField(label="Account that pays", choices=FundAccount.choices)
    legal_review = forms.ChoiceField(label="Legal review found", choices=LegalReview.choices)
    legal_reviewed_on = day("Day of the legal review")
    overlap_reason = forms.CharField(
        label="Why it may overlap another partnership with this country", max_length=300, required=False
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, partnership: Partnership, seen: int) -> RecordForm:
        """The form with what the record holds; `seen` is the newest entry of its history."""
        values = {name: getattr(partnership, name) for name in cls.base_fields if hasattr(partnership, name)}
        values |= {"focus_regions": "\n".join(partnership.focus_regions)}
        return cls(initial=values | {"forms_of_trafficking": partnership.forms, "seen": seen})

    @property
    def values(self) -> dict[str, object]:
        """The fields of the record. Call once the form is valid."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        values["focus_regions"] = lines(values["focus_regions"])
        values["forms"] = values.pop("forms_of_trafficking")
        return values


class StepForm(forms.Form):
    """One step of the lifecycle: its day, and why."""

    use_required_attribute = False

    on = day("Day of the step", "The day on which it happened, today at the latest.", required=True)
    reason = forms.CharField(label="Why", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    source = forms.CharField(widget=forms.HiddenInput)
