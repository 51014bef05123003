"""Figures and targets to date of one indicator, and whether every year off its target is explained."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from partnerships.monitoring.queries import Measured, measure
from partnerships.progress import Figure, TargetStatus, Trend
from tests.partnerships.monitoring.plain import indicator, results

D = Decimal
MARCH_24, SEPT_24 = date(2024, 3, 31), date(2024, 9, 30)
MARCH_25, SEPT_25 = date(2025, 3, 31), date(2025, 9, 30)
MARCH_26 = date(2026, 3, 31)
TARGETS = {(1, 2024): D(100), (1, 2025): D(40), (1, 2026): D(20), (1, None): D(160), (2, 2024): D(7)}


def of(*values: Any, today: date = MARCH_26, narratives: Any = (), targets: Any = None, **columns: Any) -> Measured:
    found = results(*values, narratives=narratives)
    known = TARGETS if targets is None else targets
    return measure(indicator(**columns), found, known, today, range(2024, 2027))


@pytest.mark.parametrize(
    ("accumulation", "figure", "target"),
    [
        ("sum", Figure(D(90), 3, 1), D(140)),
        ("latest", Figure(D(20), 3, 1), D(40)),
        ("average", Figure(D(30), 3, 1), D(40)),
        ("none", Figure(D(20), 3, 1), D(40)),
    ],
)
def test_the_target_to_date_is_combined_as_the_results_are(accumulation: str, figure: Figure, target: Decimal) -> None:
    found = of((MARCH_24, 40), (SEPT_24, 30), (MARCH_25, 20), (SEPT_25, None), accumulation=accumulation)
    assert (found.figure, found.target, found.whole) == (figure, target, D(160))
    assert found.trend is Trend.WORSE
    assert found.comparison.status is TargetStatus.BEHIND
    assert found.newest is not None
    assert found.newest.period.ends_on == SEPT_25


@pytest.mark.parametrize(
    ("today", "target"),
    [(date(2023, 9, 30), None), (date(2023, 10, 1), 100), (SEPT_24, 100), (date(2024, 10, 1), 100), (MARCH_26, 140)],
)
def test_without_a_value_the_target_is_that_of_the_newest_year_that_is_over(today: date, target: int | None) -> None:
    found = of((MARCH_24, None), today=today)
    assert found.target == target
    assert found.figure == Figure(None, 0, int(today > MARCH_24)), "a period that is not over is not counted"
    assert of(today=today).newest is None


def test_target_to_date_uses_the_year_of_the_newest_value() -> None:
    assert of((SEPT_24, 40), (date(2024, 12, 31), None), today=MARCH_26).target == 100


def test_targets_of_other_indicators_do_not_count() -> None:
    found = of((MARCH_24, 7), targets={(2, 2024): D(7), (2, None): D(9)})
    assert (found.target, found.whole, found.comparison.status) == (None, None, TargetStatus.NO_TARGET)


def test_lower_is_better_for_indicators_that_fall() -> None:
    found = of((MARCH_24, 30), (SEPT_24, 20), direction="decrease", accumulation="latest")
    assert (found.trend, found.comparison.status) == (Trend.BETTER, TargetStatus.AHEAD)


def test_the_sum_of_yearly_targets_is_held_against_the_whole_term() -> None:
    assert of().differs == ""
    assert of(targets=TARGETS | {(1, None): D(150)}).differs == (
        "The yearly targets add up to 160; the target for the whole term is 150."
    )


@pytest.mark.parametrize(
    ("narratives", "explained"),
    [((), False), ((SEPT_24,), False), ((SEPT_25,), False), ((MARCH_24, SEPT_25), True), ((SEPT_24, MARCH_25), True)],
)
def test_each_year_off_its_target_needs_a_narrative(narratives: tuple[date, ...], explained: bool) -> None:
    found = of((MARCH_24, 40), (SEPT_24, 40), (MARCH_25, 10), (SEPT_25, 10), (MARCH_26, 20), narratives=narratives)
    assert found.explained is explained


@pytest.mark.parametrize(
    ("values", "narratives", "explained"),
    [
        ((), (), False),
        (((MARCH_24, 100), (MARCH_25, 40)), (), False),
        (((MARCH_24, 100), (MARCH_25, 40)), (MARCH_24,), False),
        (((MARCH_24, 100), (MARCH_25, 40)), (MARCH_25,), True),
    ],
)
def test_without_a_year_off_its_target_the_newest_result_counts(
    values: Any, narratives: tuple[date, ...], explained: bool
) -> None:
    assert of(*values, narratives=narratives).explained is explained


@pytest.mark.parametrize(
    ("today", "figure", "in_progress", "status", "is_under_way"),
    [
        (SEPT_24, Figure(D(40), 1, 0), 30, TargetStatus.NO_DATA, True),
        (date(2024, 10, 1), Figure(D(70), 2, 0), None, TargetStatus.BEHIND, False),
    ],
)
def test_a_period_counts_from_the_day_after_it_and_a_target_once_the_year_is_over(
    today: date, figure: Figure, in_progress: int | None, status: TargetStatus, *, is_under_way: bool
) -> None:
    found = of((MARCH_24, 40), (SEPT_24, 30), today=today)
    assert (found.figure, found.comparison.status, found.is_under_way) == (figure, status, is_under_way)
    assert (found.in_progress.value if found.in_progress else None) == in_progress


def test_a_year_under_way_is_not_held_against_its_target() -> None:
    found = of((SEPT_24, 100), (MARCH_25, 2), today=date(2025, 4, 1))
    assert (found.figure.value, found.target) == (D(102), D(100))
    assert found.comparison.status is TargetStatus.ON_TARGET
    shorter = measure(
        indicator(), results((MARCH_24, 40)), TARGETS, date(2024, 4, 1), range(2024, 2025), last_day=MARCH_24
    )
    assert shorter.comparison.status is TargetStatus.BEHIND, "the last year is over with the term"
    running = measure(
        indicator(), results((MARCH_24, 40)), TARGETS, date(2024, 4, 1), range(2024, 2025), last_day=date(2024, 4, 1)
    )
    assert running.is_under_way
