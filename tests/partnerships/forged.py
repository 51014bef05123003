"""Partnerships with any status, days, and totals, forged past the triggers, for tests of queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from indicators.models import Country
from partnerships.models import Dialogue, LimitPolicy, Partnership
from partnerships.models.loads import DocumentedLoad
from tests.support.unguarded import unguarded

START = date(2021, 1, 1)
FIVE = Decimal(5_000_000)
Make = Callable[..., Partnership]


def plan_dialogue(row: Partnership, on: date = date(2099, 12, 31)) -> None:
    """Plan a dialogue, so that the yearly one is not late."""
    with unguarded():
        Dialogue.objects.bulk_create([Dialogue(partnership=row, number=99, planned_on=on)])


def forge(
    name: str, status: str = "active", *, documented: bool = False, code: str = "KEN", **more: Any
) -> Partnership:
    """Write a partnership whose status needs no steps, and whose totals no ledger."""
    values: dict[str, Any] = {
        "country": Country.objects.get(code=code),
        "origin_reason": "Chosen",
        "overlap_reason": "Another region",
        "starts_on": START,
        "ends_on": date(2025, 12, 31),
        "limit_policy": LimitPolicy.objects.get(term_months=60, funding=FIVE),
        "term_limit_months": 90,
        "funding_limit": FIVE * 2,
        **more,
    }
    with unguarded():
        if documented:
            load = DocumentedLoad.objects.create(source="A file", sha256="0" * 64)
            values |= {"kind": "documented", "load": load}
        row = Partnership(title=name, status=status, **values)
        Partnership.objects.bulk_create([row])
    return row
