"""Days of the form for two rankings: one error for each day that cannot be compared."""

from __future__ import annotations

import datetime as dt
from unittest import mock

import pytest

from selection.run_comparison.forms import two_runs

FUTURE = "{} is in the future. Choose today or an earlier date."
BEYOND = "Enter a date from Jan 1, 1990 to Dec 31, 2099."


@pytest.mark.parametrize("name", ["on", "to"])
@pytest.mark.parametrize(
    ("day", "errors"),
    [
        ("2026-03-01", []),
        ("2026-03-02", []),
        ("2026-03-03", [FUTURE.format("Mar 3, 2026")]),
        ("2099-12-31", [FUTURE.format("Dec 31, 2099")]),
        ("2100-01-01", [BEYOND]),
        ("1989-12-31", [BEYOND]),
    ],
)
def test_day_has_one_error_at_most(name: str, day: str, errors: list[str]) -> None:
    with mock.patch(
        "selection.run_comparison.forms.two_runs.timezone.now", return_value=dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
    ):
        form = two_runs.TwoRunsForm((), {name: day})
        assert form.errors.get(name, []) == errors
