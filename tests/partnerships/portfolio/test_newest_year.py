"""Results of the newest year on the overview: which year, and a state that is true at every boundary."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cpc.web.badges import Badge
from partnerships.models import OutcomeIndicator, Partnership, ReportingPeriod
from partnerships.monitoring.services.plans import take_plan_step
from partnerships.monitoring.services.results import record_result, schedule_periods
from partnerships.portfolio.newest_year import NewestYear, YearResult, newest_year
from partnerships.portfolio.presenters.results import results_of, state, year_title
from partnerships.progress import Direction, Figure, Rollup, compare
from partnerships.schedules import ReportFrequency
from tests.partnerships.monitoring.plain import indicator, measured
from tests.worlds.partnerships.build import Stage

DAY = timedelta(days=1)
MORE, LESS = Direction.INCREASE, Direction.DECREASE
D = Decimal


def year(**more: Any) -> NewestYear:
    values: dict[str, Any] = {
        "year": 2026, "number": 2, "ends_on": date(2026, 9, 30), "is_over": True, "has_periods": True, "rows": [],
        **more,
    }  # fmt: skip
    return NewestYear(**values)


def result(
    value: str | None, target: str | None, direction: Direction = MORE, *, how: Rollup = Rollup.SUM, **more: Any
) -> YearResult:
    figure = None if value is None else Figure(D(value), 1, 0)
    goal = None if target is None else D(target)
    row = measured(indicator=indicator(direction=direction, accumulation=how))
    values: dict[str, Any] = {"missing": 0, "has_late": False, **more}
    found = compare(figure.value if figure else None, goal, direction)
    return YearResult(row, goal, figure, found, **values)


@pytest.mark.parametrize(
    ("row", "badge"),
    [
        (result("149", "150"), Badge("warn", "Behind by 0.7%")),
        (result("150", "150"), Badge("good", "Met")),
        (result("151", "150"), Badge("good", "Met, 0.7% above the target")),
        (result("140", "150"), Badge("warn", "Behind by 7%")),
        (result("9", "12"), Badge("warn", "Behind by 25%")),
        (result("29", "30", LESS), Badge("good", "Met, 3% below the target")),
        (result("30", "30", LESS), Badge("good", "Met")),
        (result("31", "30", LESS), Badge("warn", "Behind: 3% above the target")),
        (result("1", "0", LESS), Badge("warn", "Behind")),
        (result("0", "0"), Badge("good", "Met")),
        (result("5", None), Badge("unknown", "No target")),
        (result(None, "5"), Badge("unknown", "Not reported yet")),
        (result(None, "5", missing=1, has_late=True), Badge("unknown", "Report is late")),
        (result(None, None, missing=1), Badge("unknown", "Not reported yet")),
        (result("140", "150", missing=1), Badge("warn", "Behind by 7%; 1 report missing")),
        (result("150", "150", missing=2), Badge("good", "Met")),
        (result("30", "30", LESS, missing=2), Badge("info", "Met; 2 reports missing")),
        (result("150", "150", how=Rollup.LATEST, missing=1), Badge("info", "Met; 1 report missing")),
    ],
)
def test_a_target_is_met_or_not_without_tolerance(row: YearResult, badge: Badge) -> None:
    assert state(row, year()) == badge


def test_a_year_that_is_not_over_is_not_behind_and_can_be_met() -> None:
    assert state(result("1", "150"), year(is_over=False)) == Badge("info", "Year is not over")
    assert state(result("150", "150"), year(is_over=False)) == Badge("good", "Met")
    assert state(result(None, "150"), year(has_periods=False)) == Badge("unknown", "No report is scheduled")


def test_nothing_is_due_before_the_first_year_is_over() -> None:
    assert results_of(year()).not_due == ""
    assert results_of(year(is_over=False, number=1)).not_due == "No target is due yet: year 1 ends Sep 30, 2026."
    assert results_of(year(is_over=False, number=None)).not_due == "No target is due yet: FY 2026 ends Sep 30, 2026."


def test_a_result_without_a_value_has_no_data() -> None:
    row = YearResult(measured(), D(5), Figure(None, 0, 1), compare(None, D(5), MORE), missing=0, has_late=False)
    assert state(row, year()) == Badge("unknown", "No data")


@pytest.mark.parametrize(
    ("number", "title"), [(2, "Year 2, FY 2026, to Sep 30, 2026"), (None, "FY 2026, to Sep 30, 2026")]
)
def test_the_title_names_the_year_of_the_term(number: int | None, title: str) -> None:
    assert year_title(year(number=number)) == title


# ---- which year ----------------------------------------------------------------------------------------------------


@pytest.fixture
def running(stage: Stage) -> Partnership:
    """Return a partnership from October 2023 with an approved plan and a report for each fiscal year."""
    partnership = stage.active("KEN", starts_on=date(2023, 10, 1), ends_on=date(2027, 9, 30))
    for name, actor in (("submit", stage.analyst), ("approve", stage.approver)):
        take_plan_step(plan=partnership.monitoring_plan, name=name, actor=actor, on=date(2023, 10, 2))
    schedule_periods(partnership=partnership, frequency=ReportFrequency.ANNUAL, actor=stage.analyst)
    return partnership


@pytest.mark.parametrize(
    ("today", "shown", "is_over"),
    [
        (date(2024, 9, 30), 2024, False),
        (date(2024, 10, 1), 2024, True),
        (date(2025, 9, 30), 2024, True),
        (date(2025, 10, 1), 2025, True),
        (date(2030, 1, 1), 2027, True),
    ],
)
def test_the_newest_year_is_the_last_that_is_over(
    running: Partnership, today: date, shown: int, *, is_over: bool
) -> None:
    found = newest_year(running, today)
    assert (found.year, found.number, found.is_over) == (shown, shown - 2023, is_over)
    assert found.ends_on == date(shown, 9, 30)


def test_a_report_is_late_from_the_day_after_it_is_due(running: Partnership) -> None:
    period = ReportingPeriod.objects.filter(partnership=running).order_by("ends_on")[0]

    def late(today: date) -> set[bool]:
        return {row.has_late for row in newest_year(running, today).results}

    assert (late(period.due_on), late(period.due_on + DAY)) == ({False}, {True})


def test_the_target_and_the_actual_are_those_of_the_year(stage: Stage, running: Partnership) -> None:
    row = OutcomeIndicator.objects.get(partnership=running, code="CV-1")
    period = ReportingPeriod.objects.filter(partnership=running).order_by("ends_on")[0]
    target = newest_year(running, date(2024, 12, 1)).results[0].target
    assert target is not None
    for value, met in ((target - 1, 0), (target, 1)):
        record_result(
            period=period, indicator=row, value=value, narrative="Late start", not_disaggregated="Not collected",
            actor=stage.analyst, on=date(2024, 10, 2),
        )  # fmt: skip
        found = next(
            one for one in newest_year(running, date(2024, 12, 1)).results if one.measured.indicator.pk == row.pk
        )
        assert (found.target, found.value, found.missing) == (target, value, 0)
        assert results_of(newest_year(running, date(2024, 12, 1))).met == met
