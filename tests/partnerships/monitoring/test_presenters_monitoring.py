"""Badges, figures, and rows for the pages of monitoring and results, from plain rows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils.html import strip_tags

from cpc.web.badges import Badge
from partnerships.lookups.rule_inputs import ReportedIndicator
from partnerships.lookups.totals import PeriodTotal
from partnerships.models import MonitoringPlan, Result, ResultCell
from partnerships.monitoring import figures
from partnerships.monitoring import presenters as results_presenters
from partnerships.monitoring.queries import PeriodLine, YearLine
from partnerships.progress import Comparison, Direction, Figure, TargetStatus, Trend, compare
from tests.partnerships.monitoring.plain import indicator, measured, period

D = Decimal
TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)
MORE, LESS = Direction.INCREASE, Direction.DECREASE


# ---- plan and periods ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "badge"),
    [
        (None, Badge("none", "Not begun")),
        (MonitoringPlan(state="draft"), Badge("info", "Draft")),
        (MonitoringPlan(state="submitted"), Badge("warn", "Waiting for approval")),
        (MonitoringPlan(state="approved"), Badge("good", "Approved")),
    ],
)
def test_each_state_of_a_plan_has_its_badge(plan: MonitoringPlan | None, badge: Badge) -> None:
    assert results_presenters.plan_badge(plan) == badge


@pytest.mark.parametrize(
    ("state", "on_time", "late"),
    [
        ("no_data", Badge("unknown", "No data"), Badge("warn", "No data, late by 1 day")),
        ("in_progress", Badge("info", "In progress"), Badge("warn", "In progress, late by 1 day")),
        ("returned", Badge("bad", "Returned"), Badge("warn", "Returned, late by 1 day")),
        ("submitted", Badge("warn", "Submitted"), Badge("warn", "Submitted")),
        ("approved", Badge("good", "Approved and locked"), Badge("good", "Approved and locked")),
    ],
)
def test_period_is_late_after_its_due_day_until_submitted(state: str, on_time: Badge, late: Badge) -> None:
    found = [
        results_presenters.period_badge(period(TODAY, state=state, due_on=TODAY + days * DAY), TODAY)
        for days in (1, 0, -1)
    ]
    assert found == [on_time, on_time, late]


def test_a_period_is_a_row_with_its_days_due_day_and_results() -> None:
    row = period(date(2023, 12, 31), due_on=date(2024, 1, 30), state="approved")
    row.reported = 3  # type: ignore[attr-defined]
    name, due, count, state = (column.value(row) for column in results_presenters.periods_table(TODAY).columns)
    assert 'href="/partnerships/7/periods/9/"' in str(name)
    assert strip_tags(str(name)) == "Oct 1, 2023 to Dec 31, 2023"
    assert (due, count, state) == (date(2024, 1, 30), 3, Badge("good", "Approved and locked"))


# ---- indicators of the plan ----------------------------------------------------------------------------------------


def test_an_indicator_has_its_baseline_and_targets_by_year() -> None:
    row = indicator(baseline_value=D(0), by_sex=True, by_region=True, measure="people")
    targets = {(1, 2025): D(20), (1, 2024): D(10), (1, None): D(35), (2, 2026): D(99)}
    line = results_presenters.indicator_line(row, range(2024, 2027), targets)
    assert (line.indicator, line.baseline, line.whole, line.broken_down) == (row, "0", "35", "sex, region")
    assert line.targets == [("FY 2024", "10"), ("FY 2025", "20"), ("FY 2026", "No target")]
    assert line.differs == ""
    assert results_presenters.indicator_line(row, range(2024, 2026), targets).differs == (
        "The yearly targets add up to 30; the target for the whole term is 35."
    )


def test_indicator_without_figures_has_a_text() -> None:
    line = results_presenters.indicator_line(indicator(), range(0), {})
    assert (line.baseline, line.targets, line.whole, line.broken_down) == (
        "To collect", [], "No target", "not broken down",
    )  # fmt: skip
    age_and_form = results_presenters.indicator_line(indicator(by_age=True, by_form=True), range(0), {})
    assert age_and_form.broken_down == "age, form"


# ---- results of a period -------------------------------------------------------------------------------------------


def reported(**values: Any) -> ReportedIndicator:
    usual: dict[str, Any] = {
        "title": "CV-1", "is_due": True, "has_result": True, "has_value": True, "has_baseline": True,
        "needs_narrative": False, "deviation": None, "has_narrative": False,
    }  # fmt: skip
    return ReportedIndicator(**usual | values)


@pytest.mark.parametrize(
    ("values", "badge"),
    [
        ({"has_result": False}, Badge("warn", "Due")),
        ({"has_result": False, "is_due": False}, Badge("none", "Not due in this period")),
        ({"has_value": False}, Badge("unknown", "No data, with a reason")),
        ({}, Badge("good", "Recorded")),
        ({"deviation": D(10)}, Badge("good", "Recorded")),
        ({"comparison": compare(D(3), None, Direction.INCREASE)}, Badge("unknown", "Recorded, no target")),
        ({"comparison": compare(D(100), D(100), Direction.INCREASE)}, Badge("good", "Met")),
        ({"comparison": compare(D(95), D(100), Direction.INCREASE)}, Badge("warn", "Behind by 5%")),
        (
            {"needs_narrative": True, "comparison": compare(D(112), D(100), Direction.INCREASE)},
            Badge("bad", "Met, 12% above the target: explain why"),
        ),
        (
            {"needs_narrative": True, "comparison": compare(D(70), D(100), Direction.INCREASE), "has_narrative": True},
            Badge("warn", "Behind by 30%, explained"),
        ),
    ],
)
def test_a_result_is_marked_by_what_it_still_needs(values: dict[str, Any], badge: Badge) -> None:
    line = PeriodLine(indicator(), None, 0, reported(**values))
    assert results_presenters.line_of_period(line).mark == badge


@pytest.mark.parametrize(
    ("cell", "label"),
    [
        ({"sex": "female", "age": "12-17"}, "female, 12-17"),
        ({"sex": "unknown", "age": "unknown"}, "sex not known, age not known"),
        ({"sex": "male"}, "male"),
        ({"age": "18+"}, "18+"),
        ({"category": "Volta"}, "Volta"),
    ],
)
def test_the_parts_of_a_result_are_named(cell: dict[str, str], label: str) -> None:
    result = Result(pk=1, value=D(48))
    result._prefetched_objects_cache = {"cells": [ResultCell(value=D(20), **cell)]}  # type: ignore[attr-defined]
    row = results_presenters.line_of_period(PeriodLine(indicator(), result, 0, reported()))
    assert (row.value, row.parts) == ("48", [(label, "20")])


def test_result_without_a_value_reads_no_data_and_a_missing_one_is_blank() -> None:
    empty = Result(pk=1, value=None)
    empty._prefetched_objects_cache = {"cells": []}  # type: ignore[attr-defined]
    lines = [PeriodLine(indicator(), result, 0, reported()) for result in (empty, None)]
    assert [(row.value, row.parts) for row in map(results_presenters.line_of_period, lines)] == [
        ("No data", []),
        ("", []),
    ]


# ---- figures against targets ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "measure", "text"),
    [
        (None, "things", ""),
        (D("0.0000"), "things", "0"),
        (D("1200.0000"), "people", "1,200"),
        (D("4.5000"), "score", "4.5"),
        (D("12.5000"), "percent", "12%"),
        (D("9.5000"), "percent", "9.5%"),
        (D("1500000.0000"), "money", "$1.5M"),
    ],
)
def test_a_quantity_has_the_format_of_its_measure(value: Decimal | None, measure: str, text: str) -> None:
    assert figures.quantity(value, measure) == text


@pytest.mark.parametrize(
    ("value", "target", "direction", "text"),
    [
        (48, 50, MORE, "48 of 50"),
        (48, 0, MORE, "48 of 0"),
        (48, 30, LESS, "48 (target 30 or less)"),
        (48, None, MORE, "48 (no target)"),
        (48, None, LESS, "48 (no target)"),
        (None, 50, MORE, "No data (target 50)"),
        (None, 50, LESS, "No data (target 50 or less)"),
        (0, 50, MORE, "0 of 50"),
    ],
)
def test_figure_has_its_target(value: int | None, target: int | None, direction: Direction, text: str) -> None:
    found = [None if each is None else D(each) for each in (value, target)]
    assert figures.against(found[0], found[1], "things", direction) == text


@pytest.mark.parametrize(
    ("status", "deviation", "direction", "explained", "badge"),
    [
        ("no_data", None, MORE, True, Badge("unknown", "No data")),
        ("no_target", None, MORE, True, Badge("unknown", "No target")),
        ("ahead", "12", MORE, True, Badge("good", "Met, 12% above the target")),
        ("ahead", "-12", LESS, True, Badge("good", "Met, 12% below the target")),
        ("ahead", None, MORE, True, Badge("good", "Met")),
        ("on_target", "0", MORE, False, Badge("good", "Met")),
        ("within", "-4", MORE, False, Badge("warn", "Behind by 4%")),
        ("within", "4", LESS, False, Badge("warn", "Behind: 4% above the target")),
        ("within", "-0.05", MORE, True, Badge("warn", "Behind by under 0.1%")),
        ("within", "-0.0501", MORE, True, Badge("warn", "Behind by 0.1%")),
        ("within", "-0.9999", MORE, True, Badge("warn", "Behind by 1.0%")),
        ("within", "-1", MORE, True, Badge("warn", "Behind by 1%")),
        ("behind", "-12", MORE, True, Badge("warn", "Behind by 12%")),
        ("behind", "-12", MORE, False, Badge("bad", "Behind by 12%, no narrative")),
        ("behind", "12", LESS, False, Badge("bad", "Behind: 12% above the target, no narrative")),
        ("behind", None, MORE, True, Badge("warn", "Behind")),
    ],
)
def test_a_comparison_has_its_badge(
    status: str, deviation: str | None, direction: Direction, explained: bool, badge: Badge
) -> None:
    found = Comparison(
        TargetStatus(status), D(deviation) if deviation else None, needs_narrative=False, direction=direction
    )
    assert results_presenters.comparison_badge(found, explained=explained) == badge


# ---- one indicator of a partnership --------------------------------------------------------------------------------


def test_an_indicator_is_a_row_with_each_figure_in_its_column() -> None:
    behind = Comparison(TargetStatus.BEHIND, D(-20), needs_narrative=True)
    found = measured(
        indicator=indicator(baseline_value=D(5)), figure=Figure(D(40), 2, 1), comparison=behind, explained=False,
        newest=PeriodTotal(period(date(2025, 9, 30), state="submitted"), None), differs="They differ.",
    )  # fmt: skip
    line = results_presenters.result_line(found)
    assert (line.baseline, line.target, line.actual, line.whole) == ("5", "50", "40", "200")
    assert (line.against_whole, line.mark) == ("40 of 200", Badge("bad", "Behind by 20%, no narrative"))
    assert (line.trend, line.differs) == ("Better than the period before", "They differ.")
    assert line.report == "Submitted, to Sep 30, 2025; 1 without data"


def test_indicator_without_figures_names_what_is_missing() -> None:
    nothing = Comparison(TargetStatus.NO_DATA, None, needs_narrative=False)
    line = results_presenters.result_line(
        measured(figure=Figure(None, 0, 0), target=None, whole=None, comparison=nothing, trend=Trend.UNKNOWN)
    )
    assert (line.baseline, line.target, line.actual, line.whole) == ("To collect", "No target", "No data", "No target")
    assert (line.trend, line.report) == ("No trend yet", "Nothing reported")


@pytest.mark.parametrize(
    ("figure", "more"),
    [(Figure(D(1), 1, 2), "; 2 without data"), (Figure(D(1), 3, 0), ""), (Figure(None, 0, 2), "")],
)
def test_a_report_counts_the_periods_without_data_if_others_have_some(figure: Figure, more: str) -> None:
    newest = PeriodTotal(period(date(2025, 9, 30)), None)
    line = results_presenters.result_line(measured(figure=figure, newest=newest))
    assert line.report == f"Approved, to Sep 30, 2025{more}"


@pytest.mark.parametrize(
    ("trend", "text"),
    [
        (Trend.BETTER, "Better than the period before"),
        (Trend.SAME, "As in the period before"),
        (Trend.WORSE, "Worse than the period before"),
        (Trend.UNKNOWN, "No trend yet"),
    ],
)
def test_a_trend_is_a_sentence(trend: Trend, text: str) -> None:
    assert results_presenters.result_line(measured(trend=trend)).trend == text


@pytest.mark.parametrize("name", ["baseline_value", "target", "figure", "whole"])
def test_bar_starts_at_zero_and_is_omitted_for_negative_figures(name: str) -> None:
    values: dict[str, Any] = {
        "baseline_value": {"indicator": indicator(baseline_value=D(-1))},
        "target": {"target": D(-1)},
        "figure": {"figure": Figure(D(-1), 1, 0)},
        "whole": {"whole": D(-1)},
    }
    assert "k-dis" in results_presenters.result_line(measured(figure=Figure(D(0), 1, 0))).bar
    assert "k-dis" not in results_presenters.result_line(measured(**values[name])).bar


def test_a_bar_has_each_figure_at_its_own_mark() -> None:
    known = {"baseline": {"indicator": indicator(baseline_value=D(100)), "target": None}, "target": {}}
    bars = {name: results_presenters.result_line(measured(**values)).bar for name, values in known.items()}
    assert [("k-base" in bar, "k-target" in bar) for bar in bars.values()] == [(True, False), (False, True)]
    half = results_presenters.result_line(measured(figure=Figure(D(100), 1, 0), whole=D(200), target=D(150))).bar
    # The widest figure, the target of the whole term, ends at 190 / 1.04 = 182.7.
    assert 'class="k-target" d="M137 3L137 23"' in half
    assert 'class="k-dis" x="0" y="10" width="91.3"' in half


# ---- years ---------------------------------------------------------------------------------------------------------


def year_line(**values: Any) -> YearLine:
    usual: dict[str, Any] = {
        "measured": measured(indicator=indicator(baseline_value=D(3)), figure=Figure(D(90), 4, 0), trend=Trend.WORSE),
        "year": 2025,
        "target": D(50),
        "figure": Figure(D(40), 2, 1),
        "comparison": Comparison(TargetStatus.BEHIND, D(-20), needs_narrative=True),
    }
    return YearLine(**usual | values)


def test_a_year_shows_its_own_figure_and_target() -> None:
    nothing = Comparison(TargetStatus.NO_DATA, None, needs_narrative=False)
    known = results_presenters.year_cell(year_line())
    unknown = results_presenters.year_cell(year_line(figure=None, comparison=nothing))
    less = results_presenters.year_cell(year_line(measured=measured(indicator=indicator(direction="decrease"))))
    assert (known.year, known.actual, known.goal, known.mark) == (
        "FY 2025", "40", "of 50", Badge("warn", "Behind by 20%"),
    )  # fmt: skip
    assert (unknown.actual, unknown.goal, unknown.mark) == ("No data", "(target 50)", Badge("unknown", "No data"))
    assert less.goal == "(target 50 or less)"


def test_a_year_is_exported_with_each_value_in_its_column() -> None:
    assert {column.label: column.cell(year_line()) for column in results_presenters.YEARS_FILE} == {
        "Code": "CV-1",
        "Indicator": "Victims",
        "Level": "Outcome",
        "Unit": "children",
        "Better is": "More is better",
        "Combined how": "Incremental: results of periods are added",
        "Baseline": 3,
        "Fiscal year": 2025,
        "Target": 50,
        "Actual": 40,
        "Periods without data": 1,
        "Off by, percent": -20,
        "Against the target": "Behind by 20%",
        "In progress, not counted": None,
        "Approved": "Yes",
        "Trend": "Worse than the period before",
        "Target of the whole partnership": 200,
        "Actual of the whole partnership": 90,
    }
    cells = {column.label: column.cell(year_line(figure=None)) for column in results_presenters.YEARS_FILE}
    assert (cells["Actual"], cells["Periods without data"]) == (None, None)


def test_a_year_under_way_is_not_behind_and_shows_what_is_in_progress_apart() -> None:
    now = PeriodTotal(period(date(2025, 12, 31), state="in_progress"), D(8))
    cell = results_presenters.year_cell(year_line(is_over=False, in_progress=now, is_approved=False))
    assert cell.mark == Badge("info", "Year is not over")
    assert list(cell.notes) == ["Not approved yet", "In progress, not counted: 8, to Dec 31, 2025"]
    assert list(results_presenters.year_cell(year_line()).notes) == []
    line = results_presenters.result_line(measured(is_under_way=True, in_progress=now))
    assert (line.mark.text, line.in_progress) == ("Year is not over", "In progress, not counted: 8, to Dec 31, 2025")


def test_a_result_is_due_once_its_period_is_over() -> None:
    line = PeriodLine(indicator(), None, 0, reported(has_result=False, is_due=True))
    assert results_presenters.line_of_period(line).mark == Badge("warn", "Due")
    assert results_presenters.line_of_period(line, is_over=False).mark == Badge("info", "Due once the period is over")


# ---- facts before a decision ---------------------------------------------------------------------------------------


def test_the_results_of_a_period_are_counted_by_how_they_stand() -> None:
    rows = [
        reported(target=D(100), comparison=compare(D(100), D(100), Direction.INCREASE)),
        reported(target=D(100), comparison=compare(D(70), D(100), Direction.INCREASE)),
        reported(target=D(100), comparison=compare(D(95), D(100), Direction.INCREASE)),
        reported(target=D(100)),
        reported(),
        reported(has_value=False),
        reported(has_result=False),
        reported(has_result=False, is_due=False),
    ]
    lines = [PeriodLine(indicator(), None, 0, row) for row in rows]
    assert results_presenters.period_facts(lines) == [
        (
            "Indicators",
            "1 met, 2 behind, 1 to compare at the end of the year, 1 without a target, 1 without data, 1 missing",
        )
    ]
    assert results_presenters.period_facts([]) == [("Indicators", "None")]


def test_a_plan_is_shown_with_its_years_and_the_baselines_to_collect() -> None:
    assert results_presenters.plan_facts([], range(0)) == [
        ("Measures", "No indicator"),
        ("Years of the term", "No term is set"),
    ]
    one = results_presenters.plan_facts([indicator()], range(2027, 2033))
    assert one == [
        ("Measures", "1 indicator, 1 with a baseline to collect"),
        ("Years of the term", "FY 2027 to FY 2032"),
    ]
