"""Form to choose two rankings to compare: each a stored run, or the ranking as known on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from cpc.days import DayFormField, DayInput
from cpc.web import formats

NAMES = ("one", "on", "other", "to")
"""Query parameters: run and day of the first choice, run and day of the second."""


def _run(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        widget=forms.Select(attrs={"class": "usa-select"}),
        error_messages={"invalid_choice": "There is no run “%(value)s”. Choose one from the list."},
    )


def _day(label: str) -> DayFormField:
    return DayFormField(label=label, required=False, widget=DayInput(attrs={"class": "usa-input"}))


class TwoRunsForm(forms.Form):
    """Form with two choices among `runs`, in groups.

    An omitted choice is the ranking that pages show first.
    """

    use_required_attribute = False

    one = _run("First: a run")
    on = _day("First: or a date")
    other = _run("Second: a run")
    to = _day("Second: or a date")

    def __init__(self, runs: Iterable[tuple[str, Sequence[tuple[str, str]]]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "By date"), *runs]
        for name in ("one", "other"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    # Not validators of the fields: these would add a second error to a day that no field takes.
    def clean_on(self) -> dt.date | None:
        return _not_to_come(self.cleaned_data["on"])

    def clean_to(self) -> dt.date | None:
        return _not_to_come(self.cleaned_data["to"])

    def clean(self) -> dict[str, Any]:
        """Reject a run and a day for one choice, and the same choice twice."""
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        for run, day in (("one", "on"), ("other", "to")):
            if asked.get(run) and asked.get(day):
                self.add_error(day, "Choose a run or a date, not both. Clear one of them.")
        pairs = (("one", "other"), ("on", "to"))
        if any(asked.get(name) and asked.get(name) == asked.get(twin) for name, twin in pairs):
            self.add_error(None, "Both choices are the same. Change one.")
        return asked

    @property
    def asks(self) -> bool:
        return any(self.cleaned_data.get(name) for name in NAMES)

    @property
    def query(self) -> str:
        """Return the query for the same choices, such as "?on=2021-12-31&other=4", from validated values."""
        asked = {name: str(value) for name in NAMES if (value := self.cleaned_data.get(name))}
        return f"?{urlencode(asked)}" if asked else ""


def _not_to_come(day: dt.date | None) -> dt.date | None:
    if day is not None and day > timezone.now().date():
        raise ValidationError(f"{formats.day(day)} is in the future. Choose today or an earlier date.")
    return day
