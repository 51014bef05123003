"""The forms of partnerships: filters of lists, and what people write. Rules stay in the services."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from indicators.models import Country
from partnerships.models import FundAccount, LegalReview, Partnership, RecordKind, TraffickingFormCode
from partnerships.queries.portfolio import ATTENTION, GROUPS, Asked

ANY = ("", "All")


def refusal(form: forms.Form) -> str:
    """What is wrong with filters that were asked for in the address, as a sentence for the reader."""
    problems = [f"{form.fields[name].label}: {' '.join(map(str, found))}" for name, found in form.errors.items()]
    return f"The list cannot be filtered like this. {'; '.join(problems)}"


def _select(label: str, choices: Iterable[tuple[str, str]] = ()) -> forms.ChoiceField:
    widget = forms.Select(attrs={"class": "usa-select"})
    return forms.ChoiceField(label=label, required=False, widget=widget, choices=[ANY, *choices])


class PortfolioForm(forms.Form):
    """Filters of the portfolio."""

    use_required_attribute = False

    q = forms.CharField(
        label="Country or title",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "usa-input", "type": "search", "autocomplete": "off"}),
    )
    group = _select("State", [(key, words) for key, (words, _) in GROUPS.items()])
    attention = _select("Look for", ATTENTION.items())
    region = _select("Region")
    kind = _select("Record", RecordKind.choices)

    def __init__(self, regions: Iterable[str], data: QueryDict) -> None:
        super().__init__(data, auto_id="f-%s")
        region = self.fields["region"]
        assert isinstance(region, forms.ChoiceField)
        region.choices = [ANY, *((name, name) for name in regions)]

    @property
    def asked(self) -> Asked:
        """What the list is narrowed by."""
        return Asked(**self.cleaned_data)

    @property
    def in_words(self) -> list[str]:
        """The filters in use, each in words."""
        said = []
        for name, value in self.cleaned_data.items():
            if value:
                field = self.fields[name]
                choices = dict(field.choices) if isinstance(field, forms.ChoiceField) else {}  # type: ignore[arg-type]
                said.append(f"{field.label}: {choices.get(value, value)}")
        return said


def add_refusal(form: forms.Form, error: ValidationError) -> None:
    """Put what a service refused at the fields it names, and above the form where it names none of them."""
    named: dict[str, list[ValidationError]] = getattr(error, "error_dict", None) or {"": error.error_list}
    for name, errors in named.items():
        for one in errors:
            form.add_error(name if name in form.fields else None, one)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _day(label: str, help_text: str = "", *, required: bool = False) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, required=required, widget=widget)


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


class RecordForm(forms.Form):
    """Fields of a record that is not signed. The term may be left open; what a limit refuses is said at its end."""

    use_required_attribute = False

    title = forms.CharField(label="Title", max_length=200)
    starts_on = _day("First day of the term")
    ends_on = _day("Last day of the term")
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
    legal_reviewed_on = _day("Day of the legal review")
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
        values["focus_regions"] = _lines(values["focus_regions"])
        values["forms"] = values.pop("forms_of_trafficking")
        return values


class StepForm(forms.Form):
    """One step of the lifecycle: its day, and why."""

    use_required_attribute = False

    on = _day("Day of the step", "The day on which it happened, today at the latest.", required=True)
    reason = forms.CharField(label="Why", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    source = forms.CharField(widget=forms.HiddenInput)
