"""Labels, badges, and drawings of a partnership against its limits, from plain rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cpc.web.badges import Badge
from cpc.web.charts import Money, Term
from partnerships.limit_position import LimitPosition
from partnerships.limit_presenters import (
    amounts_text,
    as_of,
    attention,
    basis,
    contribution_text,
    lapsed_mark,
    limit_label,
    limits_mark,
    money_of,
    next_warning,
    partnership_summary,
    stated_amount,
    stated_text,
    statement_text,
    term_of,
    top_of,
    when_stated,
)
from partnerships.models import ExceptionKind, FigureKind, FigureStatement, Status
from partnerships.term_position import ExceptionState
from tests.partnerships.unsaved import END, START, documented, exception, partnership, policy, position, total

DAY = timedelta(days=1)
LATE = {"ends_on": date(2026, 2, 1), "term_limit_months": 72}
DEAR: dict[str, Any] = {"planned_total": Decimal(6_500_000), "funding_limit": Decimal(7_000_000)}
OF_FUNDING: dict[str, Any] = {"funding": Decimal(7_000_000)}
PRACTICE = {"kind": ExceptionKind.DOCUMENTED_PRACTICE}

# ---- the badge of both limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "badge"),
    [
        (position(), Badge("good", "Within both limits")),
        (position(starts_on=None, ends_on=None), Badge("none", "Nothing planned yet")),
        (position(starts_on=None, ends_on=None, planned_total=Decimal(1)), Badge("good", "Within both limits")),
        (
            position(exceptions=[exception()], requests=[exception("requested")]),
            Badge("info", "Within both limits; exception granted, not used"),
        ),
        (position(requests=[exception("requested")]), Badge("info", "Within both limits; exception requested")),
        (
            position(starts_on=None, ends_on=None, requests=[exception("requested")]),
            Badge("info", "Within both limits; exception requested"),
        ),
        (position(exceptions=[exception(expires_on=START - DAY)]), Badge("good", "Within both limits")),
        (position(**LATE), Badge("warn", "Term 1 month over; no exception")),
        (position(**LATE, exceptions=[exception()]), Badge("warn", "Term 1 month over; exception granted")),
        (position(**LATE, requests=[exception("requested")]), Badge("warn", "Term 1 month over; exception requested")),
        (position(**LATE, exceptions=[exception(**OF_FUNDING)]), Badge("warn", "Term 1 month over; no exception")),
        (position(**LATE | {"ends_on": date(2026, 3, 1)}), Badge("warn", "Term 2 months over; no exception")),
        (position(**DEAR), Badge("warn", "Money $1.5M over; no exception")),
        (position(**DEAR, exceptions=[exception(**OF_FUNDING)]), Badge("warn", "Money $1.5M over; exception granted")),
        (position(**LATE, **DEAR), Badge("warn", "Term 1 month over, money $1.5M over; no exception")),
        (
            position(**LATE, **DEAR, exceptions=[exception(**OF_FUNDING)]),
            Badge("warn", "Term 1 month over (no exception), money $1.5M over (exception granted)"),
        ),
        (
            documented(
                total("6500000", "2022"),
                **LATE,
                exceptions=[exception(**PRACTICE), exception(**PRACTICE, **OF_FUNDING)],
            ),
            Badge("warn", "Term 1 month over, money $1.5M over; known from practice, no exception found"),
        ),
    ],
)  # fmt: skip
def test_the_badge_of_the_limits(found: LimitPosition, badge: Badge) -> None:
    assert limits_mark(found, START) == badge


@pytest.mark.parametrize(
    ("found", "today", "badge"),
    [
        ({}, START, Badge("good", "Within both limits")),
        ({}, START - DAY, Badge("info", "Within both limits if signed on Jan 1, 2021 or later")),
        ({"ends_on": date(2025, 12, 31)}, START - DAY, Badge("good", "Within both limits")),
        (
            {"ends_on": date(2025, 12, 31)},
            START - 2 * DAY,
            Badge("info", "Within both limits if signed on Dec 31, 2020 or later"),
        ),
        (
            {"requests": [exception("requested")]},
            START - DAY,
            Badge("info", "Within both limits if signed on Jan 1, 2021 or later; exception requested"),
        ),
    ],
)  # fmt: skip
def test_before_signature_the_badge_names_the_first_signature_that_fits(
    found: dict[str, Any], today: date, badge: Badge
) -> None:
    values = {"ends_on": date(2026, 1, 1)} | found
    assert limits_mark(position("in_clearance", **values), today) == badge
    assert "signed on" not in limits_mark(position("signed", signed_on=START, **values), today).text


@pytest.mark.parametrize(
    ("rows", "of_term", "state"),
    [
        ([exception("requested"), exception(**PRACTICE)], True, ExceptionState.PRACTICE),
        ([exception("requested"), exception()], True, ExceptionState.USED),
        ([exception("requested")], True, ExceptionState.REQUESTED),
        ([exception("requested")], False, None),
        ([exception(**OF_FUNDING)], False, None),
        ([], True, None),
    ],
)
def test_the_basis_of_a_figure_past_the_limit(
    rows: Sequence[Any], state: ExceptionState | None, *, of_term: bool
) -> None:
    assert basis(position(**LATE, exceptions=rows), START, of_term=of_term) is state


# ---- points that need attention ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "today", "text"),
    [
        ("active", END, ""),
        ("active", END + DAY, "Term ended Jan 1, 2025; no later status recorded"),
        ("suspended", END + DAY, "Term ended Jan 1, 2025; no later status recorded"),
        ("completed", END + DAY, ""),
        ("in_clearance", END + DAY, ""),
    ],
)
def test_a_term_in_force_has_lapsed_the_day_after_its_last(status: str, today: date, text: str) -> None:
    assert lapsed_mark(position(status), today) == (Badge("warn", text) if text else None)


FULL = "Ends on the latest lawful day: an extension needs an exception"
LAST = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("found", "today", "marks"),
    [
        (position(), END - 181 * DAY, []),
        (position(), END - 180 * DAY, [Badge("warn", "Ends in 180 days", "event")]),
        (position(), END, [Badge("warn", "Ends today", "event")]),
        (position(), END + DAY, [Badge("warn", "Term ended Jan 1, 2025; no later status recorded")]),
        (position("completed"), END, []),
        (position("in_clearance"), END, []),
        (position(ends_on=None), END, []),
        (position("suspended"), START, [Badge("bad", "Suspended by determination")]),
        (position(overdue=1), START, [Badge("warn", "1 overdue", "alarm")]),
        (position(ends_on=LAST), START, [Badge("info", FULL)]),
        (
            position("suspended", ends_on=LAST, overdue=2),
            LAST,
            [
                Badge("bad", "Suspended by determination"),
                Badge("warn", "Ends today", "event"),
                Badge("warn", "2 overdue", "alarm"),
                Badge("info", FULL),
            ],
        ),
        (documented(), END, [Badge("unknown", "Later totals not found")]),
        (documented(total("1", "2022")), END, []),
        (
            documented(total("1", "2022"), status="active", status_as_of=START),
            START,
            [Badge("unknown", "Status as of Jan 1, 2021")],
        ),
        (documented(total("1", "2022"), status="signed"), START, [Badge("unknown", "Status day not found")]),
    ],
)
def test_what_needs_attention_most_pressing_first(found: LimitPosition, today: date, marks: list[Badge]) -> None:
    assert list(attention(found, today)) == marks


@pytest.mark.parametrize(
    ("today", "warning"),
    [
        (END - 400 * DAY, (END - 180 * DAY, 180)),
        (END - 180 * DAY, (END - 180 * DAY, 180)),
        (END - 179 * DAY, (END - 90 * DAY, 90)),
        (END - 90 * DAY, (END - 90 * DAY, 90)),
        (END - 89 * DAY, (END - 30 * DAY, 30)),
        (END - 30 * DAY, (END - 30 * DAY, 30)),
        (END - 29 * DAY, None),
    ],
)
def test_the_next_warning_is_the_nearest_that_has_not_passed(today: date, warning: tuple[date, int] | None) -> None:
    assert next_warning(partnership(), today) == warning


def test_without_a_last_day_there_is_no_warning() -> None:
    assert next_warning(partnership(ends_on=None), START) is None


# ---- texts ---------------------------------------------------------------------------------------------------------


def test_the_day_of_a_documented_status() -> None:
    assert as_of(documented(status_as_of=START)) == "as of Jan 1, 2021"
    assert as_of(documented()) == "day not found"
    assert as_of(position(status_as_of=START)) == ""


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (
            position(planned_total=Decimal(4_000_000), obligated_total=Decimal(2_000_000), disbursed_total=Decimal(1)),
            "$4.0M planned · $2.0M obligated",
        ),
        (documented(total("9800000", "2024")), "not found planned · $9.8M, 2024 stated"),
        (documented(total("5000000", kind=FigureKind.US_PLANNED)), "$5.0M planned · later total: not found"),
    ],
)
def test_amounts_on_one_line(found: LimitPosition, text: str) -> None:
    assert amounts_text(found) == text


def test_statement_shows_its_day_as_far_as_known() -> None:
    assert when_stated(total("1", date(2024, 10, 7), stated_in="October 2024")) == "Oct 7, 2024"
    assert when_stated(total("1", "October 2024")) == "October 2024"
    assert when_stated(total("1")) == "day not found"
    assert statement_text(total("9800000", "2024")) == "$9.8M, 2024"
    assert statement_text(None) == "Not found"


def test_of_statements_that_disagree_the_highest_comes_first() -> None:
    assert stated_text(documented(total("9800000", "2024"), total("11000000", "2022"))) == "$11.0M, 2022; $9.8M, 2024"
    assert stated_text(documented(total("9800000", "2024"))) == "$9.8M, 2024"
    assert stated_text(documented()) == "Not found"


def test_a_stated_amount_is_in_its_own_currency() -> None:
    assert stated_amount(total("9800000")) == "$9.8M"
    assert stated_amount(total("8000000", currency="PEN")) == "PEN 8,000,000"
    assert stated_amount(total(None)) == "\N{EN DASH}"


def test_the_contribution_of_the_partner_is_the_last_one_stated() -> None:
    rows = [FigureStatement(kind=FigureKind.PARTNER_CONTRIBUTION, text=text) for text in ("First", "Second")]
    assert contribution_text(documented(*rows, total("1", "2030"))) == "Second"
    assert contribution_text(documented(total("1"))) == "Not found"
    assert contribution_text(position()) == ""


def test_the_label_of_the_limit_names_an_exception_that_raised_it() -> None:
    assert limit_label(partnership()) == "The limit of a partnership"
    raised = partnership(funding_limit=Decimal("5000000.01"))
    assert limit_label(raised) == "The limit of $5.0M, raised by an exception"
    assert limit_label(partnership(funding_limit=Decimal(9_000_000), limit_policy=None)) == "The limit of a partnership"
    assert limit_label(partnership(limit_policy=policy(funding=Decimal(6_000_000)))) == "The limit of a partnership"


# ---- drawings ------------------------------------------------------------------------------------------------------


def test_the_amounts_to_draw() -> None:
    sums = {"planned_total": 4, "notified_total": 9, "awarded_total": 3, "obligated_total": 2, "disbursed_total": 1}
    found = position(**{name: Decimal(amount) for name, amount in sums.items()})
    limit = Decimal(5_000_000)
    assert money_of(found) == Money(planned=Decimal(4), limit=limit, obligated=Decimal(2), disbursed=Decimal(1))
    raised = position(funding_limit=Decimal(7_000_000), exceptions=[exception(**OF_FUNDING)])
    assert money_of(raised).exception == Decimal(7_000_000)
    stated = documented(total("11000000", "2022"), total("9800000", "2024"))
    assert money_of(stated) == Money(planned=None, limit=limit, stated=Decimal(11_000_000))


def test_the_common_scale_fits_every_amount_and_limit() -> None:
    high = documented(total("11000000", "2022"))
    assert top_of([position(), high, position()]) == Decimal(11_000_000)
    assert top_of([position()]) == Decimal(5_000_000)
    assert top_of([]) == 1


def test_the_term_to_draw() -> None:
    found = position(
        signed_on=START - 31 * DAY,
        ends_on=date(2026, 2, 1),
        term_limit_months=72,
        first_end=END,
        exceptions=[exception()],
        dialogues=[(START, END), (END, END)],
    )
    assert term_of(found, START) == Term(
        name="Kenya",
        start=START,
        planned=END,
        end=date(2026, 2, 1),
        limit=date(2025, 12, 1),
        exception=date(2026, 12, 1),
        running=True,
        events=(START, END),
        label="48 + 13 months",
        over="2 months over",
    )


def test_a_term_that_ended_early_is_drawn_to_its_actual_end() -> None:
    found = term_of(position("terminated", ended_on=date(2023, 3, 15)), END)
    assert (found.planned, found.end, found.exception, found.running, found.over) == (
        END,
        date(2023, 3, 15),
        None,
        False,
        "",
    )


def test_a_term_without_both_days_is_not_drawn() -> None:
    for days in ({"ends_on": None}, {"starts_on": None, "ends_on": None}):
        found = term_of(position(**days), START)
        assert (found.start, found.planned, found.end, found.limit, found.exception) == (None,) * 5
        assert not found.running


@pytest.mark.parametrize(
    ("status", "kind"),
    [(status, "info") for status in ("selected", "invited", "negotiating", "in_clearance")]
    + [("signed", "good"), ("active", "good"), ("suspended", "bad")]
    + [(status, "none") for status in ("completed", "closed", "terminated", "canceled")],
)
def test_list_row_has_status_and_kind(status: str, kind: str) -> None:
    row = partnership_summary(position(status), START, top=Decimal(1))
    assert (row.status, row.status_kind) == (Status(status).label, kind)


def test_the_row_of_a_list_marks_a_lapsed_term() -> None:
    rows = [partnership_summary(position(), day, top=Decimal(1)) for day in (END, END + DAY)]
    assert [row.status_kind for row in rows] == ["good", "warn"]
    assert [row.lapsed is None for row in rows] == [True, False]


def test_summary_row_has_every_value_of_the_list_and_its_files() -> None:
    contribution = FigureStatement(kind=FigureKind.PARTNER_CONTRIBUTION, text="Staff")
    found = documented(
        total("11000000", "2022"), contribution, status_as_of=START, exceptions=[exception()], term_limit_months=72
    )
    row = partnership_summary(found, START, top=Decimal(11_000_000))
    assert (row.name, row.as_of, row.term, row.months) == (
        "Kenya",
        "as of Jan 1, 2021",
        "Jan 1, 2021 to Jan 1, 2025",
        "48 months",
    )
    assert (row.statement, row.contribution, row.exception_end) == ("$11.0M, 2022", "Staff", date(2027, 1, 1))
    assert row.limits.text == "Money $6.0M over; no exception"
    assert row.amounts == "not found planned · $11.0M, 2022 stated"
    assert row.partnership is found.partnership
    assert partnership_summary(position(), START, top=Decimal(1)).statement == ""
