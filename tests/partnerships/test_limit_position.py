"""The position of a partnership against its limits: statements, exceptions, and amounts, from plain rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from partnerships.limit_position import (
    award_headroom,
    disputed_total,
    headroom,
    newest_total,
    open_to_obligation,
    stated_by,
)
from partnerships.limits import Totals
from partnerships.models import Award, ExceptionKind, FigureKind, FigureStatement, LimitException
from partnerships.term_position import ExceptionState
from tests.partnerships.unsaved import END, START, documented, exception, partnership, policy, position, total

DAY = timedelta(days=1)
MILLION = Decimal(1_000_000)

# ---- statements ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated_on", "stated_in", "day"),
    [
        (date(2022, 3, 4), "", date(2022, 3, 4)),
        (date(2022, 3, 4), "2024", date(2022, 3, 4)),
        (None, "2022", date(2022, 12, 31)),
        (None, "February 2024", date(2024, 2, 29)),
        (None, "February 2023", date(2023, 2, 28)),
        (None, "January 2023", date(2023, 1, 31)),
        (None, "December 2023", date(2023, 12, 31)),
        (None, "spring 2023", None),
        (None, "March 4, 2023", None),
        (None, "", None),
    ],
)
def test_statement_date_is_its_day_or_the_end_of_its_month_or_year(
    stated_on: date | None, stated_in: str, day: date | None
) -> None:
    assert stated_by(FigureStatement(stated_on=stated_on, stated_in=stated_in)) == day


NOT_TOTALS = [
    total("99000000", "2030", currency="PEN"),
    total("99000000", "2030", kind=FigureKind.US_PLANNED),
    total("99000000", "2030", kind=FigureKind.PARTNER_CONTRIBUTION),
]


@pytest.mark.parametrize(
    ("statements", "newest", "disputed"),
    [
        ([], None, None),
        ([("5000000", "2019")], 0, None),
        ([("5000000", "2021"), ("6000000", "2019")], 0, 1),
        ([("6000000", "2019"), ("5000000", "2021")], 1, 0),
        ([("5000000", "2019"), ("6000000", "2021")], 1, None),
        ([("5000000", "2021"), ("5000000", "2019")], 0, None),
        ([("5000000", "March 2021"), ("6000000", date(2021, 3, 30))], 0, 1),
        ([("5000000", "2021"), ("4000000", "")], 0, None),
        ([("5000000", "2021"), ("5000000", "")], 0, None),
        ([("5000000", "2021"), ("6000000", "")], 1, None),
        ([("4000000", ""), ("5000000", "")], 1, None),
        ([(None, ""), ("5000000", "2021")], 1, None),
        ([("11000000", "2022"), ("10000000", "November 2023"), ("9800000", "October 2024")], 2, 0),
    ],
)
def test_the_newest_dated_total_is_used_and_a_higher_one_disputes_it(
    statements: Sequence[tuple[str | None, str | date]], newest: int | None, disputed: int | None
) -> None:
    rows = [total(amount, when, pk=number) for number, (amount, when) in enumerate(statements)]
    for listed in ([*rows, *NOT_TOTALS], [*NOT_TOTALS, *rows]):
        assert newest_total(listed) is (None if newest is None else rows[newest])
        assert disputed_total(listed) is (None if disputed is None else rows[disputed])


def test_of_two_totals_of_one_day_the_later_entry_is_the_newest() -> None:
    rows = [total("5000000", "2021", pk=2), total("4000000", "2021", pk=1)]
    assert newest_total(rows) is rows[0]
    assert newest_total(rows[::-1]) is rows[0]


# ---- headroom ------------------------------------------------------------------------------------------------------


def sums(*amounts: int) -> dict[str, Decimal]:
    names = ("planned_total", "notified_total", "awarded_total", "obligated_total", "disbursed_total")
    return dict(zip(names, map(Decimal, amounts), strict=True))


@pytest.mark.parametrize(
    ("amounts", "limit", "left"),
    [
        ((90, 80, 70, 60, 50), 100, (10, 20, 20, 10, 10)),
        ((90, 80, 70, 60, 50), 60, (-30, -20, -10, 0, 10)),
        ((90, 80, 70, 60, 50), 55, (-35, -25, -15, -5, 5)),
        ((0, 0, 0, 0, 0), 100, (100, 100, 0, 0, 0)),
    ],
)
def test_headroom_runs_to_the_limit_and_to_the_total_above(
    amounts: tuple[int, ...], limit: int, left: tuple[int, ...]
) -> None:
    row = partnership(funding_limit=Decimal(limit), **sums(*amounts))
    assert headroom(row) == Totals(*map(Decimal, left))


@pytest.mark.parametrize(
    ("may", "obligated", "last_day", "today", "left"),
    [
        (100, 60, END, END, "40"),
        (100, 60, END, END + DAY, "0.00"),
        (100, 60, None, END + DAY, "40"),
        (100, 100, END, END, "0.00"),
        (100, 101, END, END, "0.00"),
    ],
)
def test_what_is_notified_is_open_to_obligation_through_the_last_day(
    may: int, obligated: int, last_day: date | None, today: date, left: str
) -> None:
    assert open_to_obligation(Decimal(may), Decimal(obligated), last_day, today) == Decimal(left)


def test_the_headroom_of_an_award() -> None:
    found = award_headroom(
        Award(
            awarded_total=Decimal(100),
            obligated_total=Decimal(70),
            disbursed_total=Decimal(50),
            subawarded_total=Decimal(5),
        )
    )
    assert (found.obligated, found.disbursed, found.subawarded) == (Decimal(30), Decimal(20), Decimal(95))


# ---- exceptions ----------------------------------------------------------------------------------------------------

PAST_TERM = {"ends_on": date(2026, 2, 1), "term_limit_months": 72}
PAST_MONEY = {"planned_total": Decimal(5_000_001), "funding_limit": Decimal(6_000_000)}
OF_FUNDING: dict[str, Any] = {"funding": Decimal(6_000_000)}


@pytest.mark.parametrize(
    ("values", "row", "state"),
    [
        ({}, exception(), ExceptionState.GRANTED),
        (PAST_TERM, exception(), ExceptionState.USED),
        (PAST_MONEY, exception(), ExceptionState.GRANTED),
        (PAST_TERM, exception(**OF_FUNDING), ExceptionState.GRANTED),
        (PAST_MONEY, exception(**OF_FUNDING), ExceptionState.USED),
        ({}, exception("requested"), ExceptionState.REQUESTED),
        ({}, exception("refused"), ExceptionState.REFUSED),
        ({}, exception(expires_on=START - DAY), ExceptionState.EXPIRED),
        ({}, exception(expires_on=START), ExceptionState.GRANTED),
        (PAST_TERM, exception(kind=ExceptionKind.DOCUMENTED_PRACTICE), ExceptionState.PRACTICE),
    ],
)
def test_exception_is_used_if_its_figure_exceeds_the_policy(
    values: dict[str, Any], row: LimitException, state: ExceptionState
) -> None:
    assert position(**values).state_of(row, START) is state


def test_the_states_of_exceptions_and_requests_by_the_figure_that_they_raise() -> None:
    found = position(exceptions=[exception()], requests=[exception("requested", **OF_FUNDING)])
    assert found.exception_states(START) == {ExceptionState.GRANTED, ExceptionState.REQUESTED}
    assert found.exception_states(START, of_term=True) == {ExceptionState.GRANTED}
    assert found.exception_states(START, of_term=False) == {ExceptionState.REQUESTED}


@pytest.mark.parametrize(
    ("limit", "rows", "day"),
    [
        (72, [exception()], date(2027, 1, 1)),
        (60, [exception()], None),
        (72, [exception(**OF_FUNDING)], None),
        (72, [], None),
    ],
)
def test_the_last_day_that_an_exception_of_the_term_allows(
    limit: int, rows: Sequence[LimitException], day: date | None
) -> None:
    assert position(term_limit_months=limit, exceptions=rows).exception_end(START) == day


@pytest.mark.parametrize(
    ("limit", "rows", "amount"),
    [
        (6_000_000, [exception(**OF_FUNDING)], 6_000_000),
        (5_000_000, [exception(**OF_FUNDING)], None),
        (6_000_000, [exception()], None),
        (6_000_000, [], None),
    ],
)
def test_the_limit_that_an_exception_of_funding_allows(
    limit: int, rows: Sequence[LimitException], amount: int | None
) -> None:
    assert position(funding_limit=Decimal(limit), exceptions=rows).exception_funding == amount


# ---- term and amounts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "in_force"),
    [("in_clearance", False), ("signed", True), ("active", True), ("suspended", True), ("completed", False)],
)
def test_a_partnership_is_in_force_by_its_status(status: str, *, in_force: bool) -> None:
    assert position(status).is_in_force is in_force


def test_the_planned_end_is_that_of_signature() -> None:
    assert position().planned_end == END
    assert position(first_end=START).planned_end == START
    assert position(first_end=START).term(START).signed_end == START


def test_amounts_come_from_the_ledger_of_a_managed_partnership() -> None:
    found = position(**sums(90, 80, 70, 60, 50), statements=[total("1", "2020"), total("9", "2019")])
    assert (found.planned, found.obligated, found.disbursed) == (Decimal(90), Decimal(60), Decimal(50))
    assert (found.stated, found.disputed, found.highest_stated) == (None, None, None)


def test_amounts_of_a_documented_partnership_come_from_its_statements() -> None:
    planned = [total(amount, kind=FigureKind.US_PLANNED) for amount in ("3", "4")]
    other = total("5", kind=FigureKind.US_PLANNED, currency="PEN")
    stated = [total("11", "2022"), total("10", "2024")]
    found = documented(*planned, other, *stated, planned_total=Decimal(90), obligated_total=Decimal(60))
    assert (found.planned, found.obligated, found.disbursed) == (Decimal(4), None, None)
    assert (found.stated, found.disputed, found.highest_stated) == (stated[1], stated[0], Decimal(11))
    assert documented(stated[1]).highest_stated == Decimal(10)
    assert (documented().planned, documented().highest_stated) == (None, None)


def test_without_a_policy_the_limit_of_the_row_counts() -> None:
    assert position(funding_limit=6 * MILLION).policy_funding == 5 * MILLION
    assert position(funding_limit=6 * MILLION, limit_policy=None).policy_funding == 6 * MILLION
    assert position(limit_policy=policy(funding=MILLION)).policy_funding == MILLION


@pytest.mark.parametrize(
    ("amounts", "over"),
    [
        ({"planned_total": 5 * MILLION}, "0"),
        ({"planned_total": 5 * MILLION + Decimal("0.01")}, "0.01"),
        ({"notified_total": 6 * MILLION}, "1000000"),
        ({"awarded_total": 7 * MILLION, "notified_total": 6 * MILLION}, "2000000"),
        ({"obligated_total": 9 * MILLION}, "0"),
    ],
)
def test_the_largest_of_planned_notified_and_awarded_is_held_to_the_limit(
    amounts: dict[str, Decimal], over: str
) -> None:
    assert position(**amounts).funding_over == Decimal(over)


def test_the_highest_stated_total_is_held_to_the_limit() -> None:
    assert documented(total("11000000", "2022"), total("9800000", "2024")).funding_over == 6 * MILLION
    assert documented().funding_over == 0
