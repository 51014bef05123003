"""Roll-ups, comparison with targets, and the cut of a term into reports."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpc.fiscal_years import fiscal_year
from partnerships.progress import (
    MONTHS,
    Direction,
    Point,
    Rollup,
    TargetStatus,
    Trend,
    by_fiscal_year,
    closes,
    compare,
    fiscal_years,
    report_key,
    roll_up,
    spans,
    targets_differ,
    trend,
)
from partnerships.schedules import ReportFrequency

DAYS = st.dates(date(2016, 1, 1), date(2032, 12, 31))
VALUES = st.decimals(-(10**6), 10**6, places=2)
POINTS = st.lists(st.builds(Point, DAYS, st.none() | VALUES), max_size=20, unique_by=lambda point: point.ends_on)


@pytest.mark.parametrize(
    ("how", "years", "whole", "expected"),
    [
        (Rollup.SUM, (50, 60), 72, "The yearly targets add up to 110; the target for the whole term is 72."),
        (Rollup.SUM, (50, 60), 110, ""),
        (Rollup.LATEST, (50, 60), 72, "The target for the last year is 60; the target for the whole term is 72."),
        (Rollup.LATEST, (80, 60), 60, ""),
        (Rollup.AVERAGE, (50, 60), 72, "The yearly targets average 55; the target for the whole term is 72."),
        (Rollup.NONE, (50, 60), 72, ""),
        (Rollup.SUM, (50, None), 72, ""),
        (Rollup.SUM, (50, 60), None, ""),
    ],
)
def test_targets_of_years_are_held_against_that_of_the_whole_term(
    how: Rollup, years: tuple[int | None, ...], whole: int | None, expected: str
) -> None:
    given_ = {2025: years[0], 2026: years[1], None: whole}
    targets = {year: Decimal(value) for year, value in given_.items() if value is not None}
    assert targets_differ(range(2025, 2027), targets, how) == expected


@given(POINTS, st.sampled_from(Rollup), st.randoms(use_true_random=False))
def test_the_order_of_periods_is_of_no_matter(points: list[Point], how: Rollup, random: object) -> None:
    shuffled = points[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis's Random
    assert roll_up(shuffled, how) == roll_up(points, how)


@given(POINTS, st.sampled_from(Rollup), DAYS)
def test_a_period_without_a_value_is_counted_and_changes_no_value(points: list[Point], how: Rollup, day: date) -> None:
    before, after = roll_up(points, how), roll_up([*points, Point(day, None)], how)
    assert (after.value, after.known, after.missing) == (before.value, before.known, before.missing + 1)


@given(POINTS)
def test_whole_value_is_the_sum_of_years_or_that_of_the_newest(points: list[Point]) -> None:
    totals = [year.value for year in by_fiscal_year(points, Rollup.SUM).values() if year.value is not None]
    newest = [year.value for year in by_fiscal_year(points, Rollup.LATEST).values() if year.value is not None]
    assert roll_up(points, Rollup.SUM).value == (sum(totals, Decimal(0)) if totals else None)
    assert roll_up(points, Rollup.LATEST).value == (newest[-1] if newest else None)


@given(POINTS)
def test_average_is_between_values_and_unlike_units_are_not_combined(points: list[Point]) -> None:
    values = [point.value for point in points if point.value is not None]
    average = roll_up(points, Rollup.AVERAGE)
    assert average.value is None if not values else min(values) <= average.value <= max(values)  # type: ignore[operator]  # values have an average
    assert roll_up(points, Rollup.NONE).value is None
    assert average.known + average.missing == len(points)
    assert average.is_partial is (0 < len(values) < len(points))


@pytest.mark.parametrize(
    ("actual", "target", "direction", "status", "deviation", "needs_narrative"),
    [
        ("110", "100", Direction.INCREASE, TargetStatus.AHEAD, "10", False),
        ("110.01", "100", Direction.INCREASE, TargetStatus.AHEAD, "10.01", True),
        ("90", "100", Direction.INCREASE, TargetStatus.WITHIN, "-10", False),
        ("140", "150", Direction.INCREASE, TargetStatus.WITHIN, "-6.6667", False),
        ("105", "100", Direction.DECREASE, TargetStatus.WITHIN, "5", False),
        ("100", "100", Direction.DECREASE, TargetStatus.ON_TARGET, "0", False),
        ("89.99", "100", Direction.INCREASE, TargetStatus.BEHIND, "-10.01", True),
        ("89", "100", Direction.DECREASE, TargetStatus.AHEAD, "-11", True),
        ("111", "100", Direction.DECREASE, TargetStatus.BEHIND, "11", True),
        ("0", "0", Direction.INCREASE, TargetStatus.ON_TARGET, None, False),
        ("1", "0", Direction.DECREASE, TargetStatus.BEHIND, None, True),
        (None, "100", Direction.INCREASE, TargetStatus.NO_DATA, None, False),
        ("5", None, Direction.INCREASE, TargetStatus.NO_TARGET, None, False),
        (None, None, Direction.DECREASE, TargetStatus.NO_DATA, None, False),
        ("5", None, Direction.DECREASE, TargetStatus.NO_TARGET, None, False),
    ],
)
def test_more_than_ten_percent_off_needs_a_narrative(
    actual: str | None,
    target: str | None,
    direction: Direction,
    status: TargetStatus,
    deviation: str | None,
    needs_narrative: bool,
) -> None:
    found = compare(Decimal(actual) if actual else None, Decimal(target) if target else None, direction)
    assert found.status is status
    assert found.deviation == (Decimal(deviation) if deviation else None)
    assert found.needs_narrative is needs_narrative
    assert found.direction is direction


@pytest.mark.parametrize(
    ("values", "direction", "expected"),
    [
        ([1, 2], Direction.INCREASE, Trend.BETTER),
        ([1, None, 2], Direction.DECREASE, Trend.WORSE),
        ([9, 2, 2], Direction.INCREASE, Trend.SAME),
        ([None, 2], Direction.INCREASE, Trend.UNKNOWN),
    ],
)
def test_a_trend_compares_the_newest_two_known_values(
    values: list[int | None], direction: Direction, expected: Trend
) -> None:
    points = [
        Point(date(2024, 1 + month, 1), None if value is None else Decimal(value)) for month, value in enumerate(values)
    ]
    assert trend(points, direction) is expected


@given(DAYS, st.integers(0, 3000), st.sampled_from(sorted(MONTHS)))
def test_reports_cover_a_term_once_and_none_belongs_to_two_years(
    starts_on: date, days: int, frequency: ReportFrequency
) -> None:
    ends_on = starts_on + timedelta(days=days)
    found = spans(starts_on, ends_on, frequency)
    assert (found[0].starts_on, found[-1].ends_on) == (starts_on, ends_on)
    assert all(after.starts_on - before.ends_on == timedelta(days=1) for before, after in pairwise(found))
    assert all(fiscal_year(span.starts_on) == fiscal_year(span.ends_on) for span in found)
    assert {fiscal_year(span.ends_on) for span in found} == set(fiscal_years(starts_on, ends_on))
    assert all(closes(span.ends_on, [other.ends_on for other in found], frequency) for span in found)
    of_years = [span for span in found if closes(span.ends_on, [s.ends_on for s in found], ReportFrequency.ANNUAL)]
    assert len(of_years) == len(fiscal_years(starts_on, ends_on))


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        (
            ReportFrequency.QUARTERLY,
            [(date(2024, 8, 15), date(2024, 9, 30), date(2024, 10, 30)),
             (date(2024, 10, 1), date(2024, 12, 31), date(2025, 1, 30)),
             (date(2025, 1, 1), date(2025, 1, 2), date(2025, 2, 1))],
        ),
        (
            ReportFrequency.SEMIANNUAL,
            [(date(2024, 8, 15), date(2024, 9, 30), date(2024, 10, 30)),
             (date(2024, 10, 1), date(2025, 1, 2), date(2025, 2, 1))],
        ),
        (
            ReportFrequency.ANNUAL,
            [(date(2024, 8, 15), date(2024, 9, 30), date(2024, 12, 29)),
             (date(2024, 10, 1), date(2025, 1, 2), date(2025, 4, 2))],
        ),
    ],
)  # fmt: skip
def test_reporting_periods_end_with_parts_of_the_fiscal_year(
    frequency: ReportFrequency, expected: list[tuple[date, date, date]]
) -> None:
    found = spans(date(2024, 8, 15), date(2025, 1, 2), frequency)
    assert [(span.starts_on, span.ends_on, span.due_on) for span in found] == expected


def test_term_ending_on_the_first_day_of_a_part_has_a_one_day_report() -> None:
    found = spans(date(2024, 9, 30), date(2024, 10, 1), ReportFrequency.QUARTERLY)
    assert [(span.starts_on, span.ends_on) for span in found] == [
        (date(2024, 9, 30), date(2024, 9, 30)),
        (date(2024, 10, 1), date(2024, 10, 1)),
    ]


@pytest.mark.parametrize(
    ("day", "quarter", "half"),
    [
        (date(2024, 9, 30), (2024, 3), (2024, 1)),
        (date(2024, 10, 1), (2025, 0), (2025, 0)),
        (date(2024, 12, 31), (2025, 0), (2025, 0)),
        (date(2025, 1, 1), (2025, 1), (2025, 0)),
        (date(2025, 3, 31), (2025, 1), (2025, 0)),
        (date(2025, 4, 1), (2025, 2), (2025, 1)),
    ],
)
def test_a_day_belongs_to_a_part_of_its_fiscal_year(day: date, quarter: tuple[int, int], half: tuple[int, int]) -> None:
    assert report_key(day, ReportFrequency.QUARTERLY) == quarter
    assert report_key(day, ReportFrequency.SEMIANNUAL) == half
    assert report_key(day, ReportFrequency.ANNUAL) == (quarter[0], 0)


def test_period_closes_a_report_if_no_later_one_ends_in_its_part() -> None:
    schedule = [date(2024, 12, 31), date(2025, 3, 31), date(2025, 4, 2), date(2025, 10, 1)]
    by_frequency = {
        frequency: [closes(day, schedule, frequency) for day in schedule]
        for frequency in (ReportFrequency.QUARTERLY, ReportFrequency.SEMIANNUAL, ReportFrequency.ANNUAL)
    }
    assert list(by_frequency.values()) == [
        [True, True, True, True],
        [False, True, True, True],
        [False, False, True, True],
    ]


@pytest.mark.parametrize(
    ("how", "value"),
    [(Rollup.SUM, "31"), (Rollup.LATEST, "10"), (Rollup.AVERAGE, "10.3333"), (Rollup.NONE, None)],
)
def test_values_are_combined_in_the_order_of_time(how: Rollup, value: str | None) -> None:
    points = [
        Point(date(2025, 3, 31), None),
        Point(date(2024, 9, 30), Decimal(10)),
        Point(date(2024, 3, 31), Decimal(20)),
        Point(date(2024, 6, 30), Decimal(1)),
    ]
    found = roll_up(points, how)
    assert (found.value, found.known, found.missing) == (None if value is None else Decimal(value), 3, 1)
    years = by_fiscal_year([Point(date(2024, 10, 1), Decimal(5)), *points], how)
    assert [(year, each.known, each.missing) for year, each in years.items()] == [(2024, 3, 0), (2025, 1, 1)]
    assert [each.is_partial for each in years.values()] == [False, True]
    assert not roll_up([Point(date(2024, 9, 30), None)], how).is_partial


@pytest.mark.parametrize(
    ("actual", "status", "deviation"),
    [(-90, TargetStatus.AHEAD, 10), (-110, TargetStatus.WITHIN, -10), (-111, TargetStatus.BEHIND, -11)],
)
def test_a_negative_target_is_missed_in_the_same_directions(actual: int, status: TargetStatus, deviation: int) -> None:
    found = compare(Decimal(actual), Decimal(-100), Direction.INCREASE)
    assert (found.status, found.deviation) == (status, Decimal(deviation))


def test_periods_have_a_length_and_run_forward() -> None:
    with pytest.raises(ValueError, match="quarter, half a year, or a year"):
        spans(date(2024, 1, 1), date(2025, 1, 1), ReportFrequency.FINAL)
    with pytest.raises(ValueError, match="cannot be before the first day"):
        spans(date(2024, 1, 1), date(2023, 1, 1), ReportFrequency.ANNUAL)
