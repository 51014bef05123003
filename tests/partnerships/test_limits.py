"""The rules of the two limits, at each bound."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cpc.findings import Finding, Severity
from partnerships.limits import (
    Limits,
    Totals,
    add_months,
    award_disbursed_within_obligated,
    award_obligated_within_award,
    counted_from,
    first_lawful_signing,
    funding_within_limits,
    latest_lawful_end,
    months_needed,
    months_of_limit_used,
    months_used,
    obligated_within_notification,
    term_within_limit,
    term_within_limit_once_signed,
    tightest,
)

DAY = timedelta(days=1)
FIRST, LAST = date(2021, 1, 1), date(2026, 1, 1)
LIMITS = Limits(60, Decimal(100), "A fact sheet")


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2024, 2, 29), 60, date(2029, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2021, 1, 31), 1, date(2021, 2, 28)),
        (date(2021, 1, 31), 3, date(2021, 4, 30)),
        (date(2021, 12, 15), 1, date(2022, 1, 15)),
        (date(2021, 11, 30), 1, date(2021, 12, 30)),
        (date(2021, 1, 15), -1, date(2020, 12, 15)),
        (date(2021, 1, 15), 0, date(2021, 1, 15)),
        (date(9998, 12, 31), 12, date(9999, 12, 31)),
        (date(9999, 6, 15), 6, date(9999, 12, 15)),
        (date(9999, 6, 15), 7, date.max),
    ],
)
def test_months_are_added_to_a_day(day: date, months: int, then: date) -> None:
    assert add_months(day, months) == then


def test_the_limit_counts_from_the_earlier_day() -> None:
    assert counted_from(FIRST, FIRST - DAY) == FIRST - DAY
    assert counted_from(FIRST, FIRST + DAY) == FIRST
    assert counted_from(None, FIRST) == counted_from(FIRST, None) == FIRST
    assert counted_from(None, None) is None


@pytest.mark.parametrize(
    ("last", "needed", "used"),
    [
        (date(2020, 12, 31), 0, 0),
        (FIRST, 0, 0),
        (FIRST + DAY, 1, 0),
        (date(2021, 1, 31), 1, 0),
        (date(2021, 2, 1), 1, 1),
        (date(2021, 2, 2), 2, 1),
        (LAST - DAY, 60, 59),
        (LAST, 60, 60),
        (LAST + DAY, 61, 60),
    ],
)
def test_months_needed_round_up_and_months_used_round_down(last: date, needed: int, used: int) -> None:
    assert (months_needed(FIRST, last), months_used(FIRST, last)) == (needed, used)


@pytest.mark.parametrize(
    ("on", "in_force", "ended_on", "ends_on", "used"),
    [
        (LAST, True, None, None, 60),
        (LAST, False, None, None, 0),
        (LAST, True, date(2023, 1, 1), LAST, 24),
        (LAST, True, None, date(2024, 1, 1), 36),
        (date(2022, 1, 1), True, None, LAST, 12),
    ],
)
def test_months_of_the_limit_are_used_until_the_term_ends(
    on: date, ended_on: date | None, ends_on: date | None, used: int, *, in_force: bool
) -> None:
    assert months_of_limit_used(FIRST, on, is_in_force=in_force, ended_on=ended_on, ends_on=ends_on) == used


@pytest.mark.parametrize(("first", "ends_on"), [(None, LAST + DAY), (FIRST, None), (FIRST, LAST - DAY), (FIRST, LAST)])
def test_a_term_through_its_last_lawful_day_is_within_the_limit(first: date | None, ends_on: date | None) -> None:
    assert latest_lawful_end(FIRST, LIMITS) == LAST
    assert term_within_limit(first, ends_on, LIMITS, used=0) == []


@pytest.mark.parametrize(
    ("late", "used", "said"),
    [
        (1, 24, "2026-01-02 is 1 day later. 24 of 60 months are used."),
        (2, 60, "2026-01-03 is 2 days later. 60 of 60 months are used."),
        (2, 61, "2026-01-03 is 2 days later. 60 of 60 months are used."),
    ],
)
def test_a_term_past_its_last_lawful_day_is_too_long(late: int, used: int, said: str) -> None:
    ends_on = LAST + late * DAY
    assert term_within_limit(FIRST, ends_on, LIMITS, used=used) == [
        Finding(
            code="term_limit",
            severity=Severity.ERROR,
            message=(
                f"The term can last up to 60 months. From 2021-01-01, it can end on 2026-01-01 at the latest; {said}"
            ),
            field="ends_on",
            citation="A fact sheet",
            limit="2026-01-01",
            would_be=ends_on.isoformat(),
        )
    ]


# ---- funding -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("totals", "codes"),
    [
        (("100", "100", "100", "100", "100"), []),
        (("100.01", "0", "0", "0", "0"), [("planned_limit", "100", "100.01")]),
        (("100", "100.01", "0", "0", "0"), [("notified_limit", "100", "100.01")]),
        (("90", "0", "90.01", "0", "0"), [("awarded_over_planned", "90", "90.01")]),
        (("90", "0", "80", "80.01", "0"), [("obligated_over_awarded", "80", "80.01")]),
        (("90", "0", "80", "70", "70.01"), [("disbursed_over_obligated", "70", "70.01")]),
        (
            ("120", "110", "120", "115", "101"),
            [
                ("planned_limit", "100", "120"),
                ("notified_limit", "100", "110"),
                ("awarded_limit", "100", "120"),
                ("obligated_limit", "100", "115"),
                ("disbursed_limit", "100", "101"),
            ],
        ),
        (("120", "0", "121", "0", "0"), [("planned_limit", "100", "120"), ("awarded_over_planned", "120", "121")]),
    ],
)
def test_each_total_is_held_to_the_limit_and_to_the_total_above(
    totals: tuple[str, ...], codes: list[tuple[str, str, str]]
) -> None:
    found = funding_within_limits(Totals(*map(Decimal, totals)), LIMITS)
    assert [(one.code, one.limit, one.would_be) for one in found] == codes
    assert {(one.field, one.citation, one.severity) for one in found} <= {("amount", "A fact sheet", Severity.ERROR)}


def test_total_over_a_limit_shows_the_overage() -> None:
    (limit, over) = funding_within_limits(
        Totals(Decimal(120), Decimal(0), Decimal("121.5"), Decimal(0), Decimal(0)), LIMITS
    )
    assert limit.message == (
        "The limit of a partnership is USD 100.00. With this, USD 120.00 would be planned, USD 20.00 too much; the "
        "largest lawful total is USD 100.00."
    )
    assert over.message == (
        "The most allowed is the amount planned, USD 120.00. With this, USD 121.50 would be awarded, USD 1.50 too "
        "much; the largest lawful total is USD 120.00."
    )


def test_an_award_covers_its_obligations_and_they_its_disbursements() -> None:
    nine, ten = Decimal(9), Decimal(10)
    assert award_obligated_within_award(ten, ten) == award_disbursed_within_obligated(ten, ten) == []
    (found,) = award_obligated_within_award(ten, nine)
    assert (found.code, found.limit, found.would_be) == ("award_obligated_over_awarded", "9", "10")
    assert (found.field, found.citation, found.severity) == ("amount", "", Severity.ERROR)
    assert found.message.startswith("The award is USD 9.00. With this, USD 10.00 would be obligated, net, USD 1.00 too")
    (found,) = award_disbursed_within_obligated(ten, nine)
    assert (found.code, found.limit, found.would_be) == ("award_disbursed_over_obligated", "9", "10")
    assert (found.field, found.citation, found.severity) == ("amount", "", Severity.ERROR)
    assert found.message.startswith("USD 9.00 is obligated under the award. With this, USD 10.00 would be disbursed")


def test_obligations_stay_within_what_was_notified_in_time() -> None:
    nine, ten = Decimal(9), Decimal(10)
    assert obligated_within_notification(ten, ten, FIRST) == []
    (found,) = obligated_within_notification(ten, nine, FIRST)
    assert (found.code, found.limit, found.would_be, found.citation) == ("not_notified", "9", "10", "22 U.S.C. 2394-1")
    assert found.message.startswith(
        "By 2021-01-01, USD 9.00 was notified to Congress at least 15 days before or is exempt. With this, USD 10.00"
    )


def bound(code: str, limit: str, would_be: str) -> Finding:
    return Finding(code, Severity.ERROR, code, limit=limit, would_be=would_be)


def test_the_tightest_bound_speaks_and_of_equals_the_first() -> None:
    one, two, three = bound("one", "100", "110"), bound("two", "90", "110"), bound("three", "90", "110")
    assert tightest([one, two, three]) == [two]
    assert tightest([three, two]) == [three]
    assert tightest([bound("small", "1", "2"), bound("large", "1000", "1002")])[0].code == "large"
    assert tightest([]) == []


def test_a_signature_before_the_first_day_names_the_day_from_which_the_term_fits() -> None:
    starts_on, ends_on = date(2027, 2, 1), date(2032, 2, 1)

    def found(signed_on: date, last: date = ends_on) -> list[Finding]:
        return term_within_limit_once_signed(starts_on, last, LIMITS, signed_on=signed_on)

    [finding] = found(date(2026, 11, 29))
    assert finding.code == "term_limit_if_signed"
    assert "If both sign on 2026-11-29," in finding.message
    assert "end on 2031-11-29. The last day of the term, 2032-02-01, is 64 days later." in finding.message
    assert finding.message.endswith("Move the last day, sign on 2027-02-01 or later, or request an exception.")
    [finding] = found(date(2027, 1, 31))
    assert ", is 1 day later" in finding.message
    assert found(starts_on) == found(date(2027, 2, 2)) == []
    assert found(date(2026, 11, 29), date(2031, 11, 29)) == []
    assert [row.code for row in found(date(2026, 11, 29), date(2032, 2, 2))] == ["term_limit"], "no signature allows it"
    assert term_within_limit_once_signed(None, ends_on, LIMITS, signed_on=starts_on) == []


@pytest.mark.parametrize(
    ("ends_on", "months", "first"),
    [
        (date(2032, 2, 1), 60, date(2027, 2, 1)),
        (date(2032, 2, 29), 60, date(2027, 3, 1)),
        (date(2032, 2, 28), 60, date(2027, 2, 28)),
        (date(2032, 3, 31), 1, date(2032, 3, 1)),
    ],
)
def test_the_first_signature_from_which_a_last_day_is_lawful(ends_on: date, months: int, first: date) -> None:
    assert first_lawful_signing(ends_on, months) == first
    assert add_months(first - DAY, months) < ends_on <= add_months(first, months)
