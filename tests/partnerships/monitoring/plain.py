"""Indicators with their periods and results, unsaved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from partnerships.lookups.totals import PeriodTotal
from partnerships.models import OutcomeIndicator, ReportingPeriod
from partnerships.monitoring.queries import Measured
from partnerships.progress import Comparison, Figure, TargetStatus, Trend


def indicator(pk: int = 1, **values: Any) -> OutcomeIndicator:
    usual = {
        "code": "CV-1", "title": "Victims", "measure": "things", "direction": "increase", "accumulation": "sum",
        "level": "outcome", "unit": "children",
    }  # fmt: skip
    return OutcomeIndicator(**{"pk": pk, **usual, **values})


def period(ends_on: date, **values: Any) -> ReportingPeriod:
    usual = {"starts_on": date(2023, 10, 1), "due_on": date(2026, 1, 30), "state": "approved"}
    return ReportingPeriod(**{"pk": 9, "partnership_id": 7, "ends_on": ends_on, **usual, **values})


def results(*values: tuple[date, int | None], narratives: Sequence[date] = ()) -> list[PeriodTotal]:
    """Return a total for each day on which a period ends, and its value, with a narrative on some of the days."""
    return [
        PeriodTotal(
            period=period(day),
            value=None if value is None else Decimal(value),
            narrative="Registers were late" if day in narratives else " ",
        )
        for day, value in values
    ]


def measured(**values: Any) -> Measured:
    usual: dict[str, Any] = {
        "indicator": indicator(),
        "figure": Figure(Decimal(48), 2, 0),
        "target": Decimal(50),
        "whole": Decimal(200),
        "comparison": Comparison(TargetStatus.WITHIN, Decimal(-4), needs_narrative=False),
        "trend": Trend.BETTER,
        "newest": None,
        "explained": True,
        "differs": "",
    }
    return Measured(**usual | values)
