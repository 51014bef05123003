"""Charts, facts, and badges of limits and exceptions, from plain rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cpc.accounts.models import User
from cpc.web.badges import Badge
from partnerships.limit_exceptions.presenters import (
    Fact,
    exception_mark,
    exception_summary,
    is_open,
    limit_facts,
    money_chart,
    policy_facts,
    policy_lines,
    term_chart,
)
from partnerships.limit_position import LimitPosition
from partnerships.models import ExceptionKind, FigureKind, LimitException, LimitPolicy, LimitPolicyApproval
from tests.partnerships.unsaved import END, START, documented, exception, position, total

DAY = timedelta(days=1)
LATE = {"ends_on": date(2026, 2, 1), "term_limit_months": 72}
OF_FUNDING: dict[str, Any] = {"funding": Decimal(7_000_000)}

# ---- the chart of the term -----------------------------------------------------------------------------------------

MIDTERM = date(2023, 1, 1)


@pytest.mark.parametrize(
    ("found", "today", "finding", "context"),
    [
        (
            position(),
            MIDTERM,
            "Term: 24 of 60 months used. It ends in 731 days.",
            "Jan 1, 2026 is the latest lawful day.",
        ),
        (
            position("signed"),
            START - DAY,
            "Term: 0 of 60 months used. It ends in 1,462 days.",
            "Jan 1, 2026 is the latest lawful day.",
        ),
        (
            position("in_clearance"),
            END,
            "Term: 0 of 60 months used. It is planned to end today.",
            "Jan 1, 2026 is the latest lawful day.",
        ),
        (
            position("in_clearance", ends_on=date(2026, 1, 1)),
            START - DAY,
            "Term: 0 of 60 months used. It is planned to end in 1,827 days.",
            "If both sign today, the months count from today, and the last day can be Dec 31, 2025. Counted from the "
            "first day of the term, it can be Jan 1, 2026.",
        ),
        (
            position(),
            END + DAY,
            "Term: 48 of 60 months used. It ended yesterday.",
            "Jan 1, 2026 was the latest lawful day.",
        ),
        (
            position("completed", ended_on=END),
            END,
            "Term: 48 of 60 months used. It ended today.",
            "Jan 1, 2026 was the latest lawful day.",
        ),
        (
            position("canceled"),
            MIDTERM,
            "Term: 48 months. It was canceled before signature.",
            "Jan 1, 2026 was the latest lawful day.",
        ),
        (
            position(ends_on=date(2026, 1, 1)),
            date(2026, 1, 1),
            "Term: 60 of 60 months used. It ends today.",
            "Jan 1, 2026 is the latest lawful day; an extension needs an exception granted first.",
        ),
        (
            position(**LATE),
            date(2026, 1, 31),
            "Term: 61 months, 1 past the limit of 60, without an exception. 60 of 72 months used.",
            "It ends tomorrow.",
        ),
        (
            position(**LATE, exceptions=[exception()]),
            date(2026, 1, 31),
            "Term: 61 months, 1 past the limit of 60, under an exception. 60 of 72 months used.",
            "It ends tomorrow.",
        ),
        (
            position(**LATE, exceptions=[exception(**OF_FUNDING)]),
            date(2026, 1, 31),
            "Term: 61 months, 1 past the limit of 60, without an exception. 60 of 72 months used.",
            "It ends tomorrow.",
        ),
        (
            position(**LATE, signed_on=date(2020, 12, 1)),
            date(2026, 1, 31),
            "Term: 61 months, 62 counted from entry into force; 2 past the limit of 60, without an exception. 61 of 72 "
            "months used.",
            "It ends tomorrow.",
        ),
        (
            position("canceled", **LATE),
            MIDTERM,
            "Term: 61 months, 1 past the limit of 60, without an exception.",
            "It was canceled before signature.",
        ),
    ],
)
def test_the_chart_of_the_term(found: LimitPosition, today: date, finding: str, context: str) -> None:
    chart = term_chart(found, today)
    assert chart is not None
    assert (chart.finding, chart.context) == (finding, context)


def test_an_undated_term_has_no_chart() -> None:
    assert term_chart(position(ends_on=None), START) is None
    assert term_chart(position(starts_on=None, ends_on=END), START) is None


# ---- the chart of the money ----------------------------------------------------------------------------------------

LIMIT = "The limit of the policy is $5.0M."
PLANNED = {"planned_total": Decimal(4_000_000), "obligated_total": Decimal(2_000_000)}
OVER = {"planned_total": Decimal(6_500_000), "funding_limit": Decimal(7_000_000)}
PRACTICE = exception(kind=ExceptionKind.DOCUMENTED_PRACTICE, **OF_FUNDING)


@pytest.mark.parametrize(
    ("found", "finding", "context"),
    [
        (position(), "Money: nothing is planned yet.", LIMIT),
        (position(**PLANNED), "Money: $2.0M of $4.0M planned is obligated, within the limit.", LIMIT),
        (
            position(**OVER),
            "Money: $0 of $6.5M planned is obligated, $1.5M past the limit, without an exception.",
            LIMIT,
        ),
        (
            position(**OVER, exceptions=[exception()], requests=[exception("requested", **OF_FUNDING)]),
            "Money: $0 of $6.5M planned is obligated, $1.5M past the limit, with an exception requested.",
            LIMIT,
        ),
        (
            documented(),
            "Money: no amount planned, within the limit; later totals were not found.",
            f"{LIMIT} No ledger here.",
        ),
        (
            documented(total("6000000", kind=FigureKind.US_PLANNED), exceptions=[PRACTICE]),
            "Money: $6.0M planned, $1.0M past the limit, known only from practice; later totals were not found.",
            f"{LIMIT} No ledger here.",
        ),
        (
            documented(total("4900000", "2021")),
            "Money: $4.9M stated, 2021, within the limit.",
            f"{LIMIT} No ledger here; obligated and disbursed are not recorded.",
        ),
        (
            documented(total("6000000", "2022"), total("5500000", "2024")),
            "Money: $6.0M, 2022; $5.5M, 2024. The statements disagree; counted from the highest, $1.0M past the limit, "
            "without an exception.",
            f"{LIMIT} No ledger here; obligated and disbursed are not recorded.",
        ),
    ],
)
def test_the_chart_of_the_money(found: LimitPosition, finding: str, context: str) -> None:
    chart = money_chart(found, START)
    assert (chart.finding, chart.context) == (finding, context)


# ---- facts ---------------------------------------------------------------------------------------------------------

SUMS = {
    "planned_total": Decimal(40),
    "awarded_total": Decimal(30),
    "obligated_total": Decimal(20),
    "disbursed_total": Decimal(5),
    "funding_limit": Decimal(100),
}
ROOM = [
    Fact("Room to plan", "$60.00"),
    Fact("Planned, not awarded", "$10.00"),
    Fact("Awarded, not obligated", "$10.00"),
    Fact("Not yet disbursed", "$15.00"),
]
SETTLED = [Fact("Planned", "$40.00"), Fact("Obligated, net", "$20.00"), Fact("Disbursed", "$5.00")]


@pytest.mark.parametrize(
    ("status", "facts"),
    [
        ("in_clearance", ROOM),
        ("active", ROOM),
        ("completed", [*SETTLED, ROOM[-1]]),
        ("terminated", [*SETTLED, ROOM[-1]]),
        ("closed", SETTLED),
        ("canceled", SETTLED),
    ],
)
def test_headroom_is_shown_until_the_partnership_ends(status: str, facts: list[Fact]) -> None:
    found = limit_facts(position(status, **SUMS), START, Decimal(0))
    assert [fact for fact in found if "$" in fact.value] == facts


def test_facts_of_a_running_term() -> None:
    found = limit_facts(position(**SUMS), END - 90 * DAY, Decimal("0.01"))
    assert found[0] == Fact("Latest lawful end", "Jan 1, 2026", "45 of 60 months used")
    assert found[-2:] == [
        Fact("Other U.S. cash", "$0.01", "not counted toward the limit"),
        Fact("Next warning", "Oct 3, 2024", "90 days before the end"),
    ]


@pytest.mark.parametrize("found", [position("in_clearance"), position("completed"), position("canceled")])
def test_only_a_running_term_has_a_warning(found: LimitPosition) -> None:
    assert "Next warning" not in [fact.term for fact in limit_facts(found, END - 90 * DAY, Decimal(0))]


def test_facts_of_a_documented_partnership() -> None:
    of_term = exception(kind=ExceptionKind.DOCUMENTED_PRACTICE)
    known = documented(**LATE, exceptions=[of_term])
    assert limit_facts(known, END, Decimal(0)) == [
        Fact("Latest end known from practice", "Jan 1, 2027", "48 of 72 months used"),
        Fact("Obligated", "Not recorded", "no ledger here"),
    ]
    assert limit_facts(documented(exceptions=[PRACTICE]), END, Decimal(0))[0].term == "Latest lawful end"


# ---- exceptions ----------------------------------------------------------------------------------------------------

PAST = {"expires_on": START - DAY}


def refused(day: date) -> LimitException:
    row = exception("refused")
    row.refusal.at = datetime.combine(day, datetime.min.time())
    return row


@pytest.mark.parametrize(
    ("found", "row", "badge"),
    [
        (position(), exception("requested"), Badge("info", "Requested, not granted")),
        (position(), refused(END), Badge("none", "Refused Jan 1, 2025")),
        (position(), exception(), Badge("good", "Granted, not used; usable until Jan 1, 2030")),
        (position(), exception(expires_on=START), Badge("good", "Granted, not used; usable until Jan 1, 2021")),
        (position(), exception(**PAST), Badge("none", "Expired Dec 31, 2020, not used")),
        (position(**LATE), exception(), Badge("good", "Granted and used; usable until Jan 1, 2030")),
        (position(**LATE), exception(expires_on=START), Badge("good", "Granted and used; usable until Jan 1, 2021")),
        (position(**LATE), exception(**PAST), Badge("good", "Granted and used; expired Dec 31, 2020")),
        (documented(), PRACTICE, Badge("warn", "Known from practice; no exception found")),
    ],
)
def test_the_badge_of_an_exception(found: LimitPosition, row: LimitException, badge: Badge) -> None:
    assert exception_mark(row, found, START) == badge


@pytest.mark.parametrize(
    ("row", "is_waiting"),
    [(exception("requested"), True), (exception(), False), (exception("refused"), False), (PRACTICE, False)],
)
def test_a_request_waits_until_it_is_decided(row: LimitException, *, is_waiting: bool) -> None:
    assert is_open(row) is is_waiting


def test_documented_practice_without_a_grant_awaits_no_one() -> None:
    assert not is_open(exception("requested", kind=ExceptionKind.DOCUMENTED_PRACTICE))


def test_the_summary_of_an_exception_names_both_limits() -> None:
    raised = position(funding_limit=Decimal(7_000_000), term_limit_months=72)
    assert exception_summary(exception(), raised) == "Term up to 72 months instead of 60."
    assert exception_summary(exception(**OF_FUNDING), raised) == "Funding up to $7,000,000.00 instead of $5,000,000.00."
    assert exception_summary(exception(), position(limit_policy=None)) == (
        "Term up to 72 months instead of those of the policy."
    )


# ---- policies ------------------------------------------------------------------------------------------------------


def policy(from_day: date, *, is_approved: bool = True, **more: Any) -> LimitPolicy:
    row = LimitPolicy(
        effective_from=from_day, term_months=72, funding=Decimal(6), award_months=13, citation="A memo", **more
    )
    if is_approved:
        LimitPolicyApproval(policy=row)
    return row


def test_of_the_policies_the_newest_in_effect_is_in_force() -> None:
    rows = [
        policy(START + 2 * DAY, is_approved=False),
        policy(START + DAY),
        policy(START),
        policy(START - DAY, is_approved=False),
        policy(START - 2 * DAY),
        policy(START - 3 * DAY),
    ]
    lines = policy_lines(rows, START)
    assert [(line.policy, line.mark, line.is_open) for line in lines] == [
        (rows[0], Badge("info", "Proposed"), True),
        (rows[1], Badge("info", "Takes effect Jan 2, 2021"), False),
        (rows[2], Badge("good", "In force"), False),
        (rows[3], Badge("info", "Proposed"), True),
        (rows[4], Badge("none", "Replaced"), False),
        (rows[5], Badge("none", "Replaced"), False),
    ]


def test_a_policy_as_facts() -> None:
    facts = [
        ("From", "Jan 1, 2021"),
        ("Longest term", "72 months"),
        ("Largest funding", "$6.00"),
        ("Awards after the term", "13 months"),
        ("Set by", "A memo"),
    ]
    assert policy_facts(policy(START)) == [*facts, ("Proposed by", "The software")]
    proposed = policy(START, proposed_by=User(name="The analyst"))
    assert policy_facts(proposed) == [*facts, ("Proposed by", "The analyst")]
