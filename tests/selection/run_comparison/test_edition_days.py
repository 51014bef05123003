"""Day from which a value counts, beside its edition, where its file is newer than the run."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from selection.run_comparison.presenters.causes import CauseText
from selection.run_comparison.queries.data_differences import DataBehind

RUN_DAY = dt.date(2026, 3, 1)
DAY = dt.timedelta(days=1)
PLAIN = "UNICEF, 2025 edition"


def edition(stated_on: dt.date | None, file_on: dt.date | None, *, edition: str = "2025") -> str:
    """Return the text on a value of the edition 2025, of a file of that day, in the run of `RUN_DAY`."""
    source = SimpleNamespace(publisher="UNICEF, United Nations")
    batch = SimpleNamespace(published_on=file_on, edition="2025")
    value: Any = SimpleNamespace(pk=7, edition=edition, batch=batch, indicator=SimpleNamespace(source=source))
    run: Any = SimpleNamespace(reference_date=RUN_DAY)
    found: Any = None
    return CauseText(found, DataBehind({7: value}, (), (), {7: stated_on})).edition(value, run)


@pytest.mark.parametrize(
    ("stated_on", "file_on", "is_explained"),
    [
        (RUN_DAY - DAY, RUN_DAY + DAY, True),
        (RUN_DAY, RUN_DAY + DAY, True),
        (RUN_DAY + DAY, RUN_DAY + 2 * DAY, False),
        (RUN_DAY - DAY, RUN_DAY, False),
        (RUN_DAY - 2 * DAY, RUN_DAY - DAY, False),
        (None, RUN_DAY + DAY, False),
        (RUN_DAY - DAY, None, False),
    ],
)
def test_the_day_is_given_if_the_value_counted_before_its_file_appeared(
    stated_on: dt.date | None, file_on: dt.date | None, is_explained: bool
) -> None:
    days = {RUN_DAY - DAY: "Feb 28, 2026", RUN_DAY: "Mar 1, 2026"}
    text = f"UNICEF, counts as published from {days.get(stated_on)}, read from the file of the 2025 edition"  # type: ignore[arg-type]  # None has no text
    assert edition(stated_on, file_on) == (text if is_explained else PLAIN)


def test_an_older_edition_needs_no_day() -> None:
    assert edition(RUN_DAY, RUN_DAY + DAY, edition="2023") == "UNICEF, 2023 edition"
