"""Rows of public statements, and the words and figures of the instrument."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils.html import strip_tags

from cpc.files.word_documents import text_of
from partnerships.completeness import ContributionLine, ParticipantLine
from partnerships.documents.instrument import render_instrument, treaty_findings
from partnerships.documents.presenters import STATEMENTS, StatementLine, statement_lines
from partnerships.models import FigureStatement
from tests.partnerships.documents.test_instrument import RECORD, template

D = Decimal


def statement(pk: int, kind: str = "us_total", **values: Any) -> FigureStatement:
    return FigureStatement(pk=pk, kind=kind, text=f"Statement {pk}", source="https://www.state.gov/", **values)


def test_statements_sort_by_kind_and_day_with_undated_first() -> None:
    rows = [
        statement(1, "result"),
        statement(2, stated_on=date(2022, 5, 1)),
        statement(3, stated_in="April 2022"),
        statement(4, "us_planned", stated_on=date(2023, 1, 1)),
        statement(5, stated_in="2022"),
        statement(7, stated_on=date(2022, 5, 1)),
        statement(6),
        statement(8, stated_in="some day"),
    ]
    lines = statement_lines(rows)
    assert [line.statement.pk for line in lines] == [4, 6, 8, 3, 2, 7, 5, 1]
    assert [line.when for line in lines] == [
        "Jan 1, 2023", "day not found", "some day", "April 2022", "May 1, 2022", "May 1, 2022", "2022",
        "day not found",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (None, "", ""),
        ("0.00", "USD", "$0"),
        ("5000000.00", "USD", "$5.0M"),
        ("900000.00", "KES", "KES 900,000"),
    ],
)
def test_an_amount_is_shown_in_its_own_currency(amount: str | None, currency: str, text: str) -> None:
    [line] = statement_lines([statement(1, amount=None if amount is None else D(amount), currency=currency)])
    assert line.amount == text


def test_statement_is_listed_with_its_source_under_its_kind() -> None:
    address = "https://www.state.gov/" + "a" * 60
    row = statement(1, "end_date")
    row.source = address
    line = StatementLine(row, "2022", "$5.0M")
    when, text, amount = (column.value(line) for column in STATEMENTS.columns)
    assert (when, amount) == ("2022", "$5.0M")
    assert f'href="{address}"' in str(text)
    assert strip_tags(str(text)) == f"Statement 1{address[:69]}…"
    assert STATEMENTS.group is not None
    assert STATEMENTS.group(line) == "End date"


# ---- instrument ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "text"),
    [
        (date(2026, 1, 15), date(2027, 1, 15), "1 year"),
        (date(2026, 1, 15), date(2028, 1, 15), "2 years"),
        (date(2026, 1, 15), date(2026, 2, 15), "1 month"),
        (date(2026, 1, 15), date(2026, 2, 16), "2 months"),
        (date(2026, 1, 15), date(2027, 2, 15), "1 year and 1 month"),
        (date(2026, 1, 15), date(2028, 3, 15), "2 years and 2 months"),
        (None, None, "[term]"),
        (date(2026, 1, 15), None, "[term]"),
    ],
)
def test_the_term_is_written_in_years_and_months(starts_on: date | None, ends_on: date | None, text: str) -> None:
    record = replace(RECORD, starts_on=starts_on, ends_on=ends_on)
    assert text_of(render_instrument(record, template=template("For {{ years }}.")).document) == [f"For {text}."]


def test_participants_and_contributions_are_split_by_government() -> None:
    def line(government: str, **values: Any) -> ContributionLine:
        usual: dict[str, Any] = {
            "fiscal_year": 2026, "kind": "cash", "description": f"Gift of {government}", "amount_usd": None,
            "is_estimated": True, "original_amount": None, "original_currency": "", "staff_years": None,
        }  # fmt: skip
        return ContributionLine(government=government, **usual | values)

    record = replace(
        RECORD,
        participants=(ParticipantLine("us", "State", True), ParticipantLine("partner", "Ministry", False)),
        contributions=(
            line("partner", amount_usd=D("1234.5"), staff_years=D(2)),
            line("us", original_amount=D(5), original_currency="KES"),
        ),
    )
    written = template(
        "{% for p in us_participants %}{{ p.name }};{% endfor %}",
        "{% for p in partner_participants %}{{ p.name }};{% endfor %}",
        "{% for c in us_contributions %}{{ c.description }}: {{ c.value }};{% endfor %}",
        "{% for c in partner_contributions %}{{ c.description }}: {{ c.value }};{% endfor %}",
    )
    assert text_of(render_instrument(record, template=written).document) == [
        "State;",
        "Ministry;",
        "Gift of us: KES 5.00;",
        "Gift of partner: USD 1,234.50; 2 years of work;",
    ]


@pytest.mark.parametrize(
    ("before", "after", "around"),
    [
        ("", "", "(shall)"),
        ("a" * 29 + " ", " " + "b" * 29, "(" + "a" * 29 + " shall " + "b" * 29 + ")"),
        ("a" * 30 + " ", "", "(…" + "a" * 29 + " shall)"),
        ("", " " + "b" * 30, "(shall " + "b" * 29 + "…)"),
    ],
)
def test_a_treaty_word_is_shown_with_thirty_characters_around_it(before: str, after: str, around: str) -> None:
    [finding] = treaty_findings([f"{before}shall{after}"])
    assert finding.message == f'Paragraph 1 uses "shall". Write intends to. {around}'


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("It is binding", ["binding"]),
        ("It is non-binding", []),
        ("Not binding, but binding", ["binding"]),
        ("The parties agreed", ["parties", "agreed"]),
        ("Agreements and covenants", ["Agreements", "covenants"]),
        ("Parts of a department", []),
        ("An obligatory undertaking", ["obligatory", "undertaking"]),
        ("Upon entry into force", ["entry into force"]),
    ],
)
def test_each_treaty_word_is_found_where_it_is_one(sentence: str, words: list[str]) -> None:
    found = treaty_findings([sentence])
    assert sorted(row.message.split('"')[1] for row in found) == sorted(words)
