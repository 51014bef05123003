"""Forms of the pages of observations and of sources."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

from cpc.days import DayFormField
from cpc.web.actions import ActionForm
from indicators.models import Indicator
from indicators.observations import queries as observations_queries
from indicators.page_frame import reason_field

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
        return self.cleaned_data["series"] or self.main_series

    def clean_as_of(self) -> observations_queries.AsOf:
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


class UnpublishedForm(ActionForm):
    error_fields = {
        "edition_year": "edition",
        "edition_loaded": "edition",
        "edition_earlier": "edition",
        "unpublished_once": "edition",
        "in_future": "as_of",
        "not_due": "as_of",
    }

    edition = forms.CharField(
        label="Edition",
        max_length=4,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        help_text="The year that its values describe, such as 2026.",
        error_messages={"required": "Enter the edition as a year with four digits, such as 2026."},
    )
    as_of = DayFormField(label="Not published as of", help_text="The day on which you looked.")
    evidence = forms.CharField(
        label="Where you looked",
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text="For example, the address of the publisher's page. It stays on file with your name.",
        error_messages={"required": "Enter where you looked."},
    )


class WithdrawUnpublishedForm(ActionForm):
    reason = reason_field(
        "Why are you withdrawing it?", "The statement stays on file with your reason; nothing is deleted."
    )
