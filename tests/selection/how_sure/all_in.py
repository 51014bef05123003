"""Findings of a run with all-in draws, built by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from selection.runs.all_in_figures import AllInFigures, DrawnRanks, FreeWeighting
from selection.runs.queries.all_in import AllInFindings, GroupOutcome, OverdueEdition, Unconfirmed, UnpublishedStatement

PERIODS = {"tier": "2025"}
WIDTHS = {
    "age": 43.0, "overdue": 28.0, "weights": 20.0, "designs": 20.0, "measurement": 16.0, "bridge": 3.0, "missing": 0.0,
    "data": 46.0, "data_weights": 50.0, "total": 55.0,
}  # fmt: skip
SHARES = {
    "everyone": {"data": [0.55, 0.73], "weights": [0.14, 0.27], "designs": [0.11, 0.24]},
    "first": {"data": [0.61, 0.80], "weights": [0.11, 0.25], "designs": [0.07, 0.18]},
}
"""Widths and shares of method-4.md, section 7."""


def overdue(year: str = "2026") -> OverdueEdition:
    return OverdueEdition("tier", "tip_report", "Trafficking in Persons Report", year, dt.date(int(year), 6, 30))


def statement(year: str = "2026", who: str = "A. Analyst") -> UnpublishedStatement:
    source = "Trafficking in Persons Report"
    return UnpublishedStatement("tier", "tip_report", source, year, dt.date(2026, 11, 20), who, 7)


def outcome(inside: int = 0, width: float | None = 55.0) -> GroupOutcome:
    return GroupOutcome({"in": inside, "open": 58, "out": 23}, tuple(f"C{n}" for n in range(inside)), width)


def facts(**values: Any) -> AllInFindings:
    known: dict[str, Any] = {
        "overdue": (overdue(),),
        "statements": (),
        "now": outcome(),
        "settled": outcome(4, 47.0),
        "unconfirmed": Unconfirmed(52, 81, 18, 20),
        "decomposition": SHARES,
        "widths": WIDTHS,
    }
    return AllInFindings(**{**known, **values})


def nothing_overdue(**values: Any) -> AllInFindings:
    """Return findings of a run whose newest report is loaded, or known not to be published."""
    widths = {key: width for key, width in WIDTHS.items() if key != "overdue"}
    return facts(**{"overdue": (), "settled": None, "now": outcome(4, 47.0), "widths": widths, **values})


def figures(share: float = 0.6, need: float | None = 0.61, **values: Any) -> AllInFigures:
    """Return the figures of a country; `share` is that of all weightings, `need` the typical weight of need."""
    free = FreeWeighting(share, 1, 60, 0.95 if need is not None else None, {} if need is None else {"need": need})
    known: dict[str, Any] = {
        "data_weights": DrawnRanks(1, 5, 43, 0.82, 0.62),
        "settled": DrawnRanks(1, 5, 32, 0.86, 0.65, "in"),
        "holds": 0.85,
        "income_rank": 2,
        "reliability": 6.8,
        "reliability_settled": 7.5,
        "lost": {},
        "free": free,
        "outside": None,
    }
    return AllInFigures(**{**known, **values})
