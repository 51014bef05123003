"""What the page of sustainability and risks says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from cpc.web import formats
from partnerships.limit_presenters import Mark
from partnerships.models import Progress, Risk, RiskState, SustainabilityMeasure

HIGH, MIDDLE = 15, 8
"""From which exposure (likelihood times impact, 1 to 25) a risk is called high, and middle."""


def measure_lines(rows: Iterable[SustainabilityMeasure], today: date) -> list[tuple[SustainabilityMeasure, Mark, str]]:
    """Each measure with how far it has come and when it is looked at again."""
    kinds = {Progress.DONE: "good", Progress.DROPPED: "none", Progress.UNDER_WAY: "info", Progress.PLANNED: "info"}
    return [
        (row, Mark(kinds[Progress(row.status)], row.get_status_display()), review_words(row.review_on, today))
        for row in rows
    ]


def risk_lines(rows: Iterable[Risk], today: date) -> list[tuple[Risk, Mark, Mark, str]]:
    """Each risk with its state, how grave it is, and when it is looked at again."""
    kinds = {RiskState.OPEN: "info", RiskState.OCCURRED: "bad", RiskState.CLOSED: "none"}
    return [
        (
            row,
            Mark(kinds[RiskState(row.state)], row.get_state_display()),
            exposure_mark(row),
            review_words(row.review_on, today) if row.state != RiskState.CLOSED else "",
        )
        for row in rows
    ]


def exposure_mark(row: Risk) -> Mark:
    """How grave it is, in a word and a number."""
    words, kind = (
        ("High", "bad") if row.exposure >= HIGH else ("Middle", "warn") if row.exposure >= MIDDLE else ("Low", "info")
    )
    return Mark(kind, f"{words}, {row.exposure} of 25")


def review_words(day: date, today: date) -> str:
    """When it is looked at again, or since when that is overdue."""
    if day < today:
        return f"Review overdue since {formats.day(day)}"
    return f"{formats.day(day)}, {formats.relative_day(day, today)}"
