"""Sums at the end of each day, and what may be obligated, from plain values."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cpc.findings import Severity
from partnerships.ledger_days import (
    DayEnd,
    Exempt,
    Moved,
    Notified,
    Overage,
    counted_amounts,
    day_ends,
    largest_every_day,
    largest_overage,
    may_obligate,
    notified_as_obligated,
    obligated_as_notified,
    possible_every_day,
)

D = Decimal
FIRST = date(2024, 3, 1)


def at(day: int) -> date:
    return FIRST + timedelta(days=day)


def moved(day: int, total: str, amount: str) -> Moved:
    return Moved(at(day), total, D(amount))


# ---- ends of days --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("awarded", "obligated", "disbursed", "possible"),
    [
        (0, 0, 0, True),
        (5, 5, 5, True),
        (5, 6, 5, False),
        (6, 5, 6, False),
        (5, 4, 3, True),
        (5, 4, -1, False),
        (-1, -2, -3, False),
    ],
)
def test_day_is_possible_if_each_sum_is_at_most_the_one_it_rests_on(
    awarded: int, obligated: int, disbursed: int, possible: bool
) -> None:
    assert DayEnd(FIRST, D(awarded), D(obligated), D(disbursed)).is_possible is possible


def test_the_movements_of_a_day_count_together_in_any_order() -> None:
    ledger = [
        moved(2, "obligated", "4"),
        moved(0, "awarded", "5"),
        moved(2, "awarded", "1"),
        moved(3, "disbursed", "2"),
    ]
    assert day_ends(ledger) == [
        DayEnd(at(0), D(5)),
        DayEnd(at(2), D(6), D(4)),
        DayEnd(at(3), D(6), D(4), D(2)),
    ]
    assert day_ends([]) == []


def test_premature_ledger_entry_names_the_first_possible_day() -> None:
    ledger = [moved(5, "awarded", "100"), moved(8, "awarded", "1")]
    [finding] = possible_every_day(ledger, moved(2, "obligated", "40"))
    assert (finding.code, finding.field) == ("ledger_by_day", "on")
    assert finding.message == (
        "At the end of 2024-03-03, USD 0.00 would be awarded, USD 40.00 obligated, and USD 0.00 disbursed; each can be "
        "at most the one before it. Date this entry 2024-03-06 or later. If another entry has the wrong date, first "
        "reverse it on that same date and record it again."
    )
    assert possible_every_day(ledger, moved(5, "obligated", "40")) == []
    assert possible_every_day(ledger, moved(4, "obligated", "40")) != []


def test_an_entry_is_dated_after_the_last_day_that_it_breaks() -> None:
    ledger = [moved(5, "awarded", "1"), moved(8, "awarded", "100")]
    [finding] = possible_every_day(ledger, moved(2, "obligated", "40"))
    assert finding.message.startswith("At the end of 2024-03-03, USD 0.00 would be awarded")
    assert "Date this entry 2024-03-09 or later." in finding.message


def test_a_reversal_has_a_remedy_of_its_own() -> None:
    ledger = [moved(0, "awarded", "100"), moved(1, "obligated", "50"), moved(4, "obligated", "-50")]
    [finding] = possible_every_day(ledger, moved(0, "awarded", "-60"))
    assert "At the end of 2024-03-02, USD 40.00 would be awarded, USD 50.00 obligated" in finding.message
    assert "Date this entry 2024-03-05 or later. If this entry reverses a wrong one" in finding.message


@pytest.mark.parametrize(("amount", "is_reversal"), [("0.01", False), ("1", False), ("-0.01", True)])
def test_the_remedy_depends_on_the_sign_of_the_entry(amount: str, is_reversal: bool) -> None:
    total = "awarded" if is_reversal else "obligated"
    ledger = [moved(0, "awarded", "5"), moved(1, "obligated", "5"), moved(4, "awarded", "9")]
    [finding] = possible_every_day(ledger, moved(1, total, amount))
    assert ("If this entry reverses a wrong one" in finding.message) is is_reversal
    assert ("If another entry has the wrong date" in finding.message) is not is_reversal


def test_a_breach_that_lasts_is_left_to_the_rules_of_totals() -> None:
    assert possible_every_day([moved(0, "awarded", "100")], moved(1, "obligated", "101")) == []


# ---- what may be obligated -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "amount"), [(-1, 0), (0, 0), (14, 0), (15, 100), (19, 100), (20, 100), (34, 100), (35, 300)]
)
def test_a_notification_counts_from_its_fifteenth_day_and_a_raise_waits(day: int, amount: int) -> None:
    notices = [Notified(1, at(0), D(100)), Notified(2, at(20), D(300), replaces=1)]
    assert may_obligate(notices, [], at(day)) == amount


@pytest.mark.parametrize(("day", "amount"), [(19, 100), (20, 40), (34, 40), (35, 40)])
def test_a_reduction_counts_from_its_own_day(day: int, amount: int) -> None:
    notices = [Notified(2, at(20), D(40), replaces=1), Notified(1, at(0), D(100))]
    assert may_obligate(notices, [], at(day)) == amount


def test_each_notification_in_effect_counts_for_itself() -> None:
    notices = [Notified(1, at(0), D(100)), Notified(2, at(0), D(7)), Notified(3, at(1), D(50), replaces=1)]
    assert counted_amounts(notices, at(15)) == {2: 7, 3: 50}
    assert counted_amounts(notices, at(14)) == {2: 0, 3: 0}


@pytest.mark.parametrize(("day", "amount"), [(0, 0), (14, 0), (15, 40)])
def test_a_replacement_of_an_unknown_notification_waits_like_a_first_one(day: int, amount: int) -> None:
    assert may_obligate([Notified(2, at(0), D(40), replaces=1)], [], at(day)) == amount


@pytest.mark.parametrize(("day", "amount"), [(4, 0), (5, 7), (6, 7), (9, 7), (10, 12)])
def test_an_exemption_counts_from_its_day(day: int, amount: int) -> None:
    assert may_obligate([], [Exempt(at(5), D(7)), Exempt(at(10), D(5))], at(day)) == amount


def test_first_day_with_the_largest_overage() -> None:
    ledger = [moved(20, "obligated", "110"), moved(30, "obligated", "20"), moved(40, "obligated", "-20"),
              moved(50, "obligated", "20"), moved(60, "disbursed", "999")]  # fmt: skip
    notices = [Notified(1, at(0), D(100))]
    assert largest_overage(ledger, notices, [], at(20)) == Overage(at(30), D(130), D(100))
    assert largest_overage(ledger, notices, [], at(31)) == Overage(at(31), D(130), D(100))
    assert largest_overage(ledger, notices, [], at(40)) == Overage(at(50), D(130), D(100))
    assert largest_overage(ledger, notices, [Exempt(at(0), D(30))], at(0)) is None
    found = largest_overage(ledger, notices, [Exempt(at(0), D("29.99"))], at(0))
    assert found is not None
    assert found.excess == D("0.01")


def test_the_day_on_which_a_reduction_is_sent_counts_too() -> None:
    notices = [Notified(1, at(0), D(100)), Notified(2, at(40), D(60), replaces=1)]
    ledger = [moved(20, "obligated", "80")]
    assert largest_overage(ledger, notices, [], at(20)) == Overage(at(40), D(80), D(60))


def test_before_any_entry_nothing_is_obligated() -> None:
    assert largest_overage([moved(9, "obligated", "1")], [Notified(1, at(-9), D(1))], [], at(0)) is None
    assert largest_overage([], [], [], at(0)) is None


def test_findings_name_the_day_and_the_amounts() -> None:
    assert obligated_as_notified(None) == []
    assert notified_as_obligated(None, D(5)) == []
    [late] = obligated_as_notified(Overage(at(0), D(150), D(100)))
    assert (late.code, late.limit, late.would_be) == ("not_notified", "100", "150")
    assert late.message.startswith("By 2024-03-01, USD 100.00 was notified to Congress")
    [finding] = notified_as_obligated(Overage(at(0), D(150), D(100)), D(70))
    assert (finding.code, finding.limit, finding.would_be) == ("not_notified", "120", "70")
    assert {(row.severity, row.field, row.citation) for row in (late, finding)} == {
        (Severity.ERROR, "amount", "22 U.S.C. 2394-1")
    }
    assert finding.message == (
        "USD 150.00 is obligated at the end of 2024-03-01. With this replacement, only USD 100.00 would be notified to "
        "Congress in time or exempt. De-obligate USD 50.00 first, or enter USD 120.00 or more."
    )


@pytest.mark.parametrize(
    ("day", "total", "amount", "fits"),
    [
        (30, "disbursed", "50", 40),
        (30, "disbursed", "40", 40),
        (5, "disbursed", "50", 0),
        (15, "disbursed", "50", 40),
        (30, "obligated", "70", 60),
        (30, "obligated", "-50", 40),
        (12, "obligated", "-80", 40),
    ],
)
def test_the_largest_amount_is_possible_on_its_day_and_on_each_later_one(
    day: int, total: str, amount: str, fits: int
) -> None:
    ledger = [moved(0, "awarded", "140"), moved(10, "obligated", "80"), moved(20, "disbursed", "40")]
    new = moved(day, total, amount)
    assert largest_every_day(ledger, new) == D(fits)
    sign = 1 if new.amount > 0 else -1
    assert all(end.is_possible for end in day_ends([*ledger, moved(day, total, str(sign * fits))]))
    assert not all(end.is_possible for end in day_ends([*ledger, moved(day, total, str(sign * (fits + D("0.01"))))]))
