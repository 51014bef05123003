"""Statements of public sources as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from partnerships.limit_position import stated_by
from partnerships.limit_presenters import (
    stated_amount,
    when_stated,
)
from partnerships.models import (
    FigureKind,
    FigureStatement,
)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One public statement as a row."""

    statement: FigureStatement
    when: str
    amount: str

    @property
    def has_amount(self) -> bool:
        """Whether it states an amount."""
        return self.statement.amount is not None


def statement_lines(statements: Sequence[FigureStatement]) -> list[StatementLine]:
    """Statements by what they are about and by time, those without a day first."""
    order = list(FigureKind.values)
    rows = sorted(statements, key=lambda row: (order.index(row.kind), stated_by(row) or date.min, row.pk))
    return [StatementLine(row, when_stated(row), stated_amount(row)) for row in rows]
