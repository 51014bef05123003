"""Forms of the pages of observations."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

from cpc.days import DayFormField
from indicators.models import Indicator
from indicators.observations import queries as observations_queries

MAIN_SERIES = "Main series"
NEWEST = "Newest"


class ValuesForm(forms.Form):
    """Filters of an indicator's values. `as_of` cleans to a `values.AsOf`."""

    q = forms.CharField(label="Country", required=False, max_length=100, widget=forms.TextInput({"type": "search"}))
    region = forms.ChoiceField(label="Region", required=False)
    series = forms.ChoiceField(label="Series", required=False)
    period = forms.ChoiceField(label="Period", required=False)
    as_of = forms.CharField(label="As of", required=False, max_length=20)
    published_by = DayFormField(label="Published by", required=False)

    def __init__(self, indicator: Indicator, data: QueryDict) -> None:
        super().__init__(data, auto_id="f-%s")
        self._as_of, self._as_of_fault = observations_queries.AsOf(), ""
        try:
            self._as_of = observations_queries.resolve_as_of(data.get("as_of", ""))
        except ValueError as fault:
            self._as_of_fault = str(fault)
        number = self._as_of.number
        series = observations_queries.series_of(indicator, as_of=number)
        self.has_series = len(series) > 1
        self.main_series = "" if "" in series or not series else series[-1]
        self._choose("region", "All regions", observations_queries.regions())
        self._choose("period", NEWEST, observations_queries.periods_of(indicator, as_of=number))
        self._choose("series", self.main_series or MAIN_SERIES, [name for name in series if name != self.main_series])

        for bound in self.fields.values():
            bound.widget.attrs["class"] = "usa-select" if isinstance(bound, forms.ChoiceField) else "usa-input"
        for name in self.errors:
            self.fields[name].widget.attrs["aria-invalid"] = "true"

    def _choose(self, name: str, empty: str, choices: list[str]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", empty), *((choice, choice) for choice in choices)]
        # "Select a valid choice" does not list the choices; a menu shows them.
        field.error_messages["invalid_choice"] = "“%(value)s” is not in the list. Choose a value from the list."

    def clean_series(self) -> str:
        """Return the chosen series, or the main one if none is chosen."""
        return self.cleaned_data["series"] or self.main_series

    def clean_as_of(self) -> observations_queries.AsOf:
        """Return the requested publication. Raises `ValidationError` if there is none."""
        if self._as_of_fault:
            raise forms.ValidationError(self._as_of_fault)
        return self._as_of

    @property
    def narrowing(self) -> list[tuple[str, str, str]]:
        """Return the filters in use, as (parameter, label, value)."""
        return [
            (name, str(self.fields[name].label), self.data[name])
            for name in self.fields
            if self.data.get(name, "").strip()
        ]
