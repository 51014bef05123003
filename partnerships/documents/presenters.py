from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst

from cpc.web.tables import Column, Table
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
    statement: FigureStatement
    when: str
    amount: str


def statement_lines(statements: Sequence[FigureStatement]) -> list[StatementLine]:
    """Return the rows of statements by kind and time, those without a day first."""
    order = list(FigureKind.values)
    rows = sorted(statements, key=lambda row: (order.index(row.kind), stated_by(row) or date.min, row.pk))
    return [StatementLine(row, when_stated(row), stated_amount(row) if row.amount is not None else "") for row in rows]


STATEMENTS: Table[StatementLine] = Table(
    "Public statements",
    [
        Column("Stated", lambda row: capfirst(row.when), css="u-nowrap"),
        Column("Statement, in our words", lambda row: _statement(row.statement), phone="Statement", css="is-wide"),
        Column("Amount", lambda row: row.amount, "money"),
    ],
    caption="Public statements, with date and source",
    group=lambda row: row.statement.get_kind_display(),
    css="c-statements",
)


def _statement(row: FigureStatement) -> SafeString:
    """Return the statement with its source: a link, or the publisher alone if the URL of the page is unknown."""
    if not row.source.startswith(("https://", "http://")):
        return format_html('{}<span class="c-source">{}</span>', row.text, row.source)
    source = Truncator(row.source).chars(70)
    return format_html(
        '{}<span class="c-source"><a href="{}" rel="noreferrer">{}</a></span>', row.text, row.source, source
    )
