"""Rows of partnerships that no database holds, for tests of rules and presenters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model

from indicators.models import Country
from partnerships.limit_position import LimitPosition
from partnerships.models import (
    FigureKind,
    FigureStatement,
    LimitException,
    LimitExceptionGrant,
    LimitExceptionRefusal,
    LimitPolicy,
    Partnership,
    RecordKind,
)
from partnerships.portfolio.overview import Overview

START, END = date(2021, 1, 1), date(2025, 1, 1)
POLICY_FUNDING = Decimal(5_000_000)


def kenya() -> Country:
    return Country(pk=1, code="KEN", name="Kenya")


def policy(months: int = 60, funding: Decimal = POLICY_FUNDING) -> LimitPolicy:
    return LimitPolicy(term_months=months, funding=funding, citation="A fact sheet")


def partnership(status: str = "active", /, **more: Any) -> Partnership:
    """Return a managed partnership of 48 months, with the limits of the policy."""
    values: dict[str, Any] = {
        "pk": 7,
        "country": kenya(),
        "title": "Partnership with Kenya",
        "starts_on": START,
        "ends_on": END,
        "limit_policy": policy(),
        "term_limit_months": 60,
        "funding_limit": POLICY_FUNDING,
        **more,
    }
    return Partnership(status=status, **values)


def position(status: str = "active", /, **more: Any) -> LimitPosition:
    """Return the position of such a partnership; fields of the position may be among the values."""
    own = {name: more.pop(name) for name in LimitPosition.__dataclass_fields__ if name in more}
    return LimitPosition(partnership(status, **more), **own)


def documented(*statements: FigureStatement, status: Any = "completed", **more: Any) -> LimitPosition:
    """Return the position of a partnership known from these statements."""
    return position(status, kind=RecordKind.DOCUMENTED, statements=statements, **more)


def total(amount: str | None, when: str | date = "", **more: Any) -> FigureStatement:
    """Return a statement of the United States' total, made on a day, in a month or year, or at an unknown time."""
    stated: dict[str, Any] = {"stated_on": when} if isinstance(when, date) else {"stated_in": when}
    values: dict[str, Any] = {"kind": FigureKind.US_TOTAL, "currency": "USD", **stated, **more}
    return FigureStatement(amount=None if amount is None else Decimal(amount), **values)


def exception(state: str = "granted", /, **more: Any) -> LimitException:
    """Return an exception for 72 months, unless told otherwise: requested, granted, or refused."""
    values: dict[str, Any] = {"reason": "A study", "expires_on": date(2030, 1, 1), **more}
    if "funding" not in values:
        values.setdefault("term_months", 72)
    row = LimitException(**values)
    if state == "granted":
        LimitExceptionGrant(exception=row)
    if state == "refused":
        LimitExceptionRefusal(exception=row)
    return row


def page_of(row: Partnership, *, statements: Sequence[FigureStatement] = (), **more: Any) -> Overview:
    """Return the data of the page of one partnership, with nothing but what is given."""
    empty: dict[str, Any] = dict.fromkeys(Overview.__dataclass_fields__, ())
    found = LimitPosition(row, statements=statements)
    return Overview(**empty | {"position": found, "suspension": None} | more)


def prefetched(row: Model, **related: Sequence[Model]) -> None:
    """Give a row its related rows, as a prefetch does. The row needs a key."""
    row._prefetched_objects_cache = dict(related)  # type: ignore[attr-defined]  # Django's own attribute


def cells(table: Any, row: Any, *, file: bool = False) -> dict[str, Any]:
    """Return the value of each column for a row; those of the table's file if asked."""
    if file:
        return {column.label: column.cell(row) for column in table.file}
    values: dict[str, Any] = {column.label: column.value(row) for column in table.columns}
    return {
        label: value if isinstance(value, str) else getattr(value, "text", value) for label, value in values.items()
    }


def totals(table: Any) -> dict[str, Any]:
    """Return the cells of a table's footer."""
    return {column.label: column.total for column in table.columns if column.total is not None}


def labels(table: Any) -> Sequence[str]:
    return [column.label for column in table.columns]
