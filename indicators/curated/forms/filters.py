"""Filters of the lists of programs and of plans."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.http import QueryDict

from cpc.days import DayFormField, DayInput
from indicators.models import Country, PlanKind, PlanStatus, ProgramSector

ALL = ("", "All")


def _select(label: str, choices: Iterable[tuple[str, str]] = ()) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[ALL, *choices],
        widget=forms.Select({"class": "usa-select"}),
        error_messages={"invalid_choice": "“%(value)s” is not in the list. Choose a value from the list."},
    )


def _find(label: str) -> forms.CharField:
    widget = forms.TextInput({"class": "usa-input", "type": "search", "autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=100, widget=widget)


class ListForm(forms.Form):
    use_required_attribute = False

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="f-%s")

    def offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [ALL, *choices]

    @property
    def in_use(self) -> list[tuple[str, str]]:
        """Return the filters in use as pairs of label and value, as shown to the reader."""
        in_use = []
        for name, value in self.cleaned_data.items():
            if not value:
                continue
            field = self.fields[name]
            labels = dict(field.choices) if isinstance(field, forms.ChoiceField) else {}  # type: ignore[arg-type]  # no groups
            in_use.append((str(field.label), str(labels.get(value, value))))
        return in_use

    @property
    def error_text(self) -> str:
        problems = [
            f"{self.fields[name].label}: {' '.join(map(str, messages))}" for name, messages in self.errors.items()
        ]
        return f"The list can't be filtered by these values. {'; '.join(problems)}"


class ProgramsForm(ListForm):
    q = _find("Title, implementer, or country")
    country = _select("Country")
    agency = _select("Agency")
    sector = _select("Sector", ProgramSector.choices)
    running_on = DayFormField(
        label="Running on",
        required=False,
        widget=DayInput({"class": "usa-input"}),
        error_messages={"invalid": "Write the date as 2026-09-30."},
    )

    def __init__(self, data: QueryDict, countries: Iterable[Country], agencies: Iterable[tuple[str, int]]) -> None:
        super().__init__(data)
        self.offer("country", [(country.code, country.name) for country in countries])
        self.offer("agency", [(name, f"{name} ({count:,})") for name, count in agencies])


class PlansForm(ListForm):
    q = _find("Country or title")
    kind = _select("Kind", PlanKind.choices)
    status = _select("Status", PlanStatus.choices)
