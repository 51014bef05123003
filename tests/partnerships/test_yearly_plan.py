"""Plan by year against contributions: units apart, missing reports as lower bounds."""

from __future__ import annotations

from decimal import Decimal

from partnerships.yearly_plan import STAFF_YEARS, GivenCell, PlannedCell, Source, reconcile
from tests.support.outcomes import values

US = Source("us", "cash", "USD")
CASH, STAFF = Source("partner", "cash", "XTS"), Source("partner", "staff", STAFF_YEARS)
JUSTICE, CARE = 1, 2
ORDER = [JUSTICE, CARE]


def plan(source: Source, program: int | None, *years: tuple[int, int]) -> list[PlannedCell]:
    return [PlannedCell(source, program, year, Decimal(amount)) for year, amount in years]


def given(source: Source, program: int | None, *years: tuple[int, int], verified: bool = True) -> list[GivenCell]:
    return [GivenCell(source, program, year, Decimal(amount), verified) for year, amount in years]


def test_units_are_groups_of_their_own_and_never_added() -> None:
    gifts = [
        *given(CASH, JUSTICE, (2025, 480)),
        *given(STAFF, JUSTICE, (2025, 3)),
        *given(Source("partner", "cash", "USD"), JUSTICE, (2025, 60)),
        *given(Source("partner", "in_kind", "XTS"), JUSTICE, (2025, 120)),
        GivenCell(Source("partner", "in_kind", "not valued"), None, 2025, None),
    ]
    groups = reconcile([], gifts, closed=2026, order=ORDER)
    assert [values(group.source.kind, group.source.unit, group.total.given_to_date) for group in groups] == [
        ("cash", "USD", 60),
        ("cash", "XTS", 480),
        ("in_kind", "XTS", 120),
        ("in_kind", "not valued", 0),
        ("staff", STAFF_YEARS, 3),
    ]
    assert all(row.difference is None for group in groups for row in group.rows)


def test_sums_to_date_end_with_the_last_closed_year() -> None:
    cells = plan(CASH, JUSTICE, (2025, 500), (2026, 500), (2027, 500))
    gifts = given(CASH, JUSTICE, (2025, 480), (2026, 410), (2027, 300))
    (group,) = reconcile(cells, gifts, closed=2026, order=ORDER)
    (row,) = group.rows
    assert values(row.planned_to_date, row.given_to_date, row.difference, row.whole) == (1000, 890, -110, 1500)
    assert row.share == Decimal("-0.11")
    assert [cell.given for cell in row.years] == [480, 410, 300]
    (before,) = reconcile(cells, gifts, closed=2025, order=ORDER)
    assert values(before.total.planned_to_date, before.total.given_to_date, before.total.difference) == (500, 480, -20)
    (later,) = reconcile(cells, gifts, closed=2027, order=ORDER)
    assert later.total.difference == -310


def test_a_planned_year_without_a_report_makes_row_and_total_lower_bounds() -> None:
    cells = [*plan(CASH, JUSTICE, (2025, 300), (2026, 300)), *plan(CASH, CARE, (2025, 900), (2026, 0))]
    gifts = [*given(CASH, JUSTICE, (2025, 310)), *given(CASH, CARE, (2025, 900), verified=False)]
    (group,) = reconcile(cells, gifts, closed=2026, order=ORDER)
    justice, care = group.rows
    assert [cell.is_missing for cell in justice.years] == [False, True]
    assert values(justice.is_at_least, justice.given_to_date, justice.difference) == (True, 310, -290)
    # A year for which nothing is planned needs no report.
    assert values(care.is_at_least, care.difference) == (False, 0)
    assert values(group.total.is_at_least, group.total.difference) == (True, -290)
    assert values(group.total.verified_to_date, care.verified_to_date) == (310, 0)
    (open_,) = reconcile(cells, gifts, closed=2025, order=ORDER)
    assert not open_.total.is_at_least


def test_a_later_report_of_what_was_expended_to_date_makes_up_for_a_missing_one() -> None:
    cells = plan(US, JUSTICE, (2025, 450), (2026, 500))
    gifts = given(US, JUSTICE, (2024, 96), (2026, 966))
    (made_up,) = reconcile(cells, gifts, closed=2026, order=ORDER, reports={US: {(JUSTICE, 2025)}})
    assert [cell.is_missing for cell in made_up.rows[0].years] == [False, True, False]
    assert values(made_up.total.is_at_least, made_up.total.given_to_date) == (False, 1062)
    (lacking,) = reconcile(cells, gifts, closed=2026, order=ORDER, reports={US: {(JUSTICE, 2026)}})
    assert (lacking.rows[0].is_at_least, lacking.total.is_at_least) == (True, True)
    (complete,) = reconcile(cells, gifts, closed=2026, order=ORDER, reports={US: ()})
    assert not complete.total.is_at_least  # a year without expenditure is not a year without a report


def test_rows_follow_the_programs_and_no_program_comes_last() -> None:
    gifts = [*given(CASH, None, (2025, 1)), *given(CASH, CARE, (2025, 2)), *given(CASH, JUSTICE, (2025, 3))]
    (group,) = reconcile([], gifts, closed=2025, order=ORDER, years=(2024, 2026))
    assert [row.program for row in group.rows] == [JUSTICE, CARE, None]
    assert [cell.year for cell in group.total.years] == [2024, 2025, 2026]
    assert group.total.given_to_date == 6
