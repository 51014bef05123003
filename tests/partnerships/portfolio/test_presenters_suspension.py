"""Sentences on a suspension, ground by ground, from plain rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.template.loader import render_to_string

from partnerships.models import Correction, Determination, Ground
from partnerships.portfolio.overview import Overview
from partnerships.portfolio.presenters.overview import suspension
from tests.partnerships.unsaved import END, START, partnership, position, prefetched

DAY = timedelta(days=1)
SUSPENDED = date(2023, 3, 15)
GROUNDS = [Ground.ELIGIBILITY, Ground.RESPONSIBILITIES]
OPEN = "The day on which the last open ground is corrected, and not before {}."
RUNS = "The term keeps running and ends on Jan 1, 2025. A reinstatement can't be dated after that."
LAPSED = "The term ended on Jan 1, 2025. A reinstatement can't be dated after that; without one, record the completion."
BARRED = (
    "The term ended on Jan 1, 2025, before the last ground was corrected on Jan 2, 2025. A reinstatement is no longer "
    "possible; record the completion."
)


def page(closed: Sequence[date | None], *, missing: Sequence[str] = ()) -> Overview:
    """Return a page with a suspension on two grounds and a correction for each given day, None for an open one."""
    row = Determination(pk=1, grounds=GROUNDS, determined_on=SUSPENDED)
    corrections = [Correction(ground=ground, closed_on=day) for ground, day in zip(GROUNDS, closed, strict=False)]
    prefetched(row, corrections=corrections)
    empty: dict[str, Any] = dict.fromkeys(Overview.__dataclass_fields__, ())
    return Overview(**empty | {"position": position("suspended"), "suspension": row, "grounds_open": missing})


EARLY, LATE = SUSPENDED + DAY, SUSPENDED + 9 * DAY


@pytest.mark.parametrize(
    ("closed", "missing", "today", "expected"),
    [
        ((), ("A", "B"), SUSPENDED, (None, False, OPEN.format("Mar 15, 2023, the day of the suspension"), RUNS, True)),
        (
            (None, None),
            ("A", "B"),
            SUSPENDED,
            (None, False, OPEN.format("Mar 15, 2023, the day of the suspension"), RUNS, False),
        ),
        ((EARLY,), ("B",), LATE, (None, False, OPEN.format("Mar 16, 2023, when a ground was corrected"), RUNS, True)),
        (
            (LATE, EARLY),
            (),
            LATE,
            (LATE, False, "Mar 24, 2023, when the last ground was corrected.", RUNS, False),
        ),
        (
            (EARLY, END),
            (),
            END,
            (END, False, "Jan 1, 2025, when the last ground was corrected.", RUNS, False),
        ),
        (
            (EARLY, END),
            (),
            END + DAY,
            (END, False, "Jan 1, 2025, when the last ground was corrected.", LAPSED, False),
        ),
        (
            (EARLY, END + DAY),
            (),
            END + DAY,
            (END + DAY, True, "Jan 2, 2025, when the last ground was corrected.", BARRED, False),
        ),
    ],
)
def test_suspension_lists_gaps_and_possible_reinstatement_days(
    closed: Sequence[date | None], missing: Sequence[str], today: date, expected: tuple[Any, ...]
) -> None:
    found = suspension(page(closed, missing=missing), today)
    assert found is not None
    earliest, is_barred, when, term, unopened = expected
    assert (found.earliest, found.is_barred, found.unopened, found.missing) == (earliest, is_barred, unopened, missing)
    html = render_to_string(
        "partnerships/portfolio/_suspension.html", {"suspension": found, "partnership": partnership("suspended")}
    )
    words = " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
    assert f"Earliest day of a reinstatement {'None' if is_barred else when} Term {term} " in words


def test_each_ground_has_its_own_correction() -> None:
    found = suspension(page((None, EARLY), missing=("A",)), LATE)
    assert found is not None
    assert [(line.ground, line.mark.text) for line in found.grounds] == [
        (Ground.ELIGIBILITY, "Correction open"),
        (Ground.RESPONSIBILITIES, "Corrected Mar 16, 2023"),
    ]


def test_without_a_determination_there_is_no_suspension() -> None:
    empty: dict[str, Any] = dict.fromkeys(Overview.__dataclass_fields__, ())
    assert suspension(Overview(**empty | {"position": position(), "suspension": None}), START) is None
