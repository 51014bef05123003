"""Badges, labels, charts, and tables for the pages of monitoring, periods, and results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString

from cpc.web import charts, formats
from cpc.web.badges import Badge
from cpc.web.charts import Svg
from cpc.web.markup import link
from cpc.web.tables import Column, Table
from partnerships.lookups.rule_inputs import ReportedIndicator, targets_of_indicator
from partnerships.lookups.totals import PeriodTotal
from partnerships.models import (
    MonitoringPlan,
    OfficeIndicator,
    OutcomeIndicator,
    PlanState,
    ReportingPeriod,
    ResultCell,
)
from partnerships.models.results import PeriodState
from partnerships.monitoring.figures import against, comparison_text, goal, quantity
from partnerships.monitoring.queries import Measured, PeriodLine, YearLine
from partnerships.progress import Comparison, Rollup, Trend, targets_differ
from partnerships.progress import TargetStatus as Against

TRENDS = {
    Trend.BETTER: "Better than the period before",
    Trend.SAME: "As in the period before",
    Trend.WORSE: "Worse than the period before",
    Trend.UNKNOWN: "No trend yet",
}


NOT_OVER = Badge("info", "Year is not over")
NOT_APPROVED = "Not approved yet"


@dataclass(frozen=True, slots=True)
class ResultLine:
    measured: Measured
    baseline: str
    target: str
    actual: str
    whole: str
    against_whole: str
    bar: Svg
    mark: Badge
    trend: str
    report: str
    differs: str
    in_progress: str = ""


def result_line(measured: Measured) -> ResultLine:
    indicator = measured.indicator
    value = measured.figure.value
    return ResultLine(
        measured=measured,
        baseline=quantity(indicator.baseline_value, indicator.measure) or "To collect",
        target=quantity(measured.target, indicator.measure) or "No target",
        actual=quantity(value, indicator.measure) or "No data",
        whole=quantity(measured.whole, indicator.measure) or "No target",
        against_whole=against(value, measured.whole, indicator.measure, indicator.direction),
        bar=_bullet(measured),
        mark=NOT_OVER
        if measured.is_under_way
        else comparison_badge(measured.comparison, indicator.measure, explained=measured.explained),
        trend=TRENDS[measured.trend],
        report=_report(measured),
        differs=measured.differs,
        in_progress=_in_progress(measured.in_progress, indicator.measure),
    )


def _in_progress(result: PeriodTotal | None, measure: str) -> str:
    """Return the value of a period that is not over as text: "In progress, not counted: 8, to Dec 31, 2026"."""
    if result is None:
        return ""
    return f"In progress, not counted: {quantity(result.value, measure)}, to {formats.day(result.period.ends_on)}"


def comparison_badge(comparison: Comparison, measure: str = "", *, explained: bool = True) -> Badge:
    """Return the badge of a figure against its target. One that is far behind without a narrative lacks it."""
    text, status = comparison_text(comparison, measure), comparison.status
    if status is Against.BEHIND and not explained:
        return Badge("bad", f"{text}, no narrative")
    kinds = {Against.BEHIND: "warn", Against.WITHIN: "warn", Against.AHEAD: "good", Against.ON_TARGET: "good"}
    return Badge(kinds.get(status, "unknown"), text)


def _bullet(measured: Measured) -> Svg:
    marks = (measured.indicator.baseline_value, measured.target, measured.figure.value, measured.whole)
    if any(value is not None and value < 0 for value in marks):
        marks = (None, None, None, None)  # negative values have no bar from zero; the row shows the figures
    baseline, target, actual, whole = marks
    return charts.bullet(baseline=baseline, target=target, actual=actual, whole=whole, width=190)


def _report(measured: Measured) -> str:
    if measured.newest is None:
        return "Nothing reported"
    period = measured.newest.period
    report = f"{period.get_state_display()}, to {formats.day(period.ends_on)}"
    return f"{report}; {measured.figure.missing} without data" if measured.figure.is_partial else report


PLAN_KINDS = {PlanState.DRAFT: "info", PlanState.SUBMITTED: "warn", PlanState.APPROVED: "good"}
PERIOD_KINDS = {
    PeriodState.NO_DATA: "unknown",
    PeriodState.IN_PROGRESS: "info",
    PeriodState.SUBMITTED: "warn",
    PeriodState.RETURNED: "bad",
    PeriodState.APPROVED: "good",
}


def plan_badge(plan: MonitoringPlan | None) -> Badge:
    if plan is None:
        return Badge("none", "Not begun")
    return Badge(PLAN_KINDS[PlanState(plan.state)], plan.get_state_display())


def period_badge(period: ReportingPeriod, today: date) -> Badge:
    state = PeriodState(period.state)
    late = formats.late_by(period.due_on, today)
    if late and state not in (PeriodState.APPROVED, PeriodState.SUBMITTED):
        return Badge("warn", f"{period.get_state_display()}, {late.lower()}")
    label = "Approved and locked" if state == PeriodState.APPROVED else period.get_state_display()
    return Badge(PERIOD_KINDS[state], label)


def period_label(period: ReportingPeriod) -> str:
    return f"{formats.day(period.starts_on)} to {formats.day(period.ends_on)}"


def periods_table(today: date) -> Table[ReportingPeriod]:
    return Table(
        "Reporting periods",
        [
            Column(
                "Period",
                lambda row: link(reverse("partnership-period", args=[row.partnership_id, row.pk]), period_label(row)),
            ),
            Column("Report due", lambda row: row.due_on, "day", phone="Due"),
            Column("Results", lambda row: getattr(row, "reported", None), "number"),
            Column("State", lambda row: period_badge(row, today), "badge"),
        ],
        caption="Reporting periods by date",
    )


@dataclass(frozen=True, slots=True)
class IndicatorSummary:
    indicator: OutcomeIndicator
    baseline: str
    targets: list[tuple[str, str]]
    whole: str
    differs: str
    broken_down: str


def indicator_line(
    row: OutcomeIndicator, years: Sequence[int], targets: Mapping[tuple[int, int | None], Decimal]
) -> IndicatorSummary:
    parts = {"sex": row.by_sex, "age": row.by_age, "form": row.by_form, "region": row.by_region}
    return IndicatorSummary(
        indicator=row,
        baseline=quantity(row.baseline_value, row.measure) or "To collect",
        targets=[
            (formats.fiscal_year(year), quantity(targets.get((row.pk, year)), row.measure) or "No target")
            for year in years
        ],
        whole=quantity(targets.get((row.pk, None)), row.measure) or "No target",
        differs=targets_differ(years, targets_of_indicator(row.pk, targets), Rollup(row.accumulation)),
        broken_down=", ".join(name for name, asked in parts.items() if asked) or "not broken down",
    )


@dataclass(frozen=True, slots=True)
class ResultLineOfPeriod:
    line: PeriodLine
    value: str
    parts: list[tuple[str, str]]
    mark: Badge
    target: str = ""


def line_of_period(line: PeriodLine, *, is_over: bool = True) -> ResultLineOfPeriod:
    """Return one indicator of a period; before the end of the period, its result is not due."""
    measure, result = line.indicator.measure, line.result
    cells = result.cells.all() if result else ()
    return ResultLineOfPeriod(
        line=line,
        value=(quantity(result.value, measure) or "No data") if result else "",
        parts=[(_cell_label(cell), quantity(cell.value, measure)) for cell in cells],
        mark=_result_badge(line, is_over=is_over),
        target=quantity(line.reported.target, measure) or "No target",
    )


def _cell_label(cell: ResultCell) -> str:
    sex = "sex not known" if cell.sex == "unknown" else cell.sex
    age = "age not known" if cell.age == "unknown" else cell.age
    return cell.category or ", ".join(part for part in (sex, age) if part)


def _result_badge(line: PeriodLine, *, is_over: bool = True) -> Badge:
    reported = line.reported
    if not reported.has_result and reported.is_due:
        return Badge("warn", "Due") if is_over else Badge("info", "Due once the period is over")
    if not reported.has_result:
        return Badge("none", "Not due in this period")
    if not reported.has_value:
        return Badge("unknown", "No data, with a reason")
    if reported.comparison is None:
        return Badge("good", "Recorded")
    if reported.comparison.status is Against.NO_TARGET:
        return Badge("unknown", "Recorded, no target")
    mark = comparison_badge(reported.comparison, line.indicator.measure)
    if not reported.needs_narrative:
        return mark
    if reported.has_narrative:
        return replace(mark, text=f"{mark.text}, explained")
    return Badge("bad", f"{mark.text}: explain why")


def period_facts(lines: Sequence[PeriodLine]) -> list[tuple[str, str]]:
    """Return how many indicators of a period have which result, as a fact above the form of a decision."""
    counts = Counter(_status_of(line.reported) for line in lines)
    texts = [f"{formats.number(counts[text])} {text}" for text in STANDINGS if counts[text]]
    return [("Indicators", ", ".join(texts) or "None")]


STANDINGS = ("met", "behind", "to compare at the end of the year", "without a target", "without data", "missing")


def _status_of(reported: ReportedIndicator) -> str:
    if not reported.has_result:
        return "missing" if reported.is_due else ""
    if not reported.has_value:
        return "without data"
    if reported.target is None:
        return "without a target"
    if reported.comparison is None:
        return "to compare at the end of the year"
    return "behind" if reported.comparison.status in (Against.BEHIND, Against.WITHIN) else "met"


def plan_facts(indicators: Sequence[OutcomeIndicator], years: Sequence[int]) -> list[tuple[str, str]]:
    """Return what a monitoring plan holds, as facts above the form of a decision."""
    to_collect = sum(row.baseline_value is None for row in indicators)
    count = formats.count_of(len(indicators), "indicator", "indicators")
    baselines = f"{formats.number(to_collect)} with a baseline to collect" if to_collect else "each with a baseline"
    span = f"{formats.fiscal_year(years[0])} to {formats.fiscal_year(years[-1])}" if years else "No term is set"
    return [("Measures", f"{count}, {baselines}" if indicators else "No indicator"), ("Years of the term", span)]


@dataclass(frozen=True, slots=True)
class YearCell:
    year: str
    actual: str
    goal: str
    mark: Badge
    notes: Sequence[str] = ()


def year_cell(line: YearLine) -> YearCell:
    indicator, value = line.measured.indicator, line.figure.value if line.figure else None
    return YearCell(
        year=formats.fiscal_year(line.year),
        actual=quantity(value, indicator.measure) or "No data",
        goal=goal(value, line.target, indicator.measure, indicator.direction),
        mark=_year_badge(line),
        notes=[
            note
            for note in (
                "" if line.is_approved else NOT_APPROVED,
                _in_progress(line.in_progress, indicator.measure),
            )
            if note
        ],
    )


def _year_badge(line: YearLine) -> Badge:
    """Return whether the target of a year is met; before its end, no value is behind, and none is met."""
    measure = line.measured.indicator.measure
    return comparison_badge(line.comparison, measure) if line.is_over or line.figure is None else NOT_OVER


YEARS_FILE: tuple[Column[YearLine], ...] = (
    Column("Code", lambda row: row.measured.indicator.code, width=12),
    Column("Indicator", lambda row: row.measured.indicator.title, width=40),
    Column("Level", lambda row: row.measured.indicator.get_level_display(), width=10),
    Column("Unit", lambda row: row.measured.indicator.unit, width=18),
    Column("Better is", lambda row: row.measured.indicator.get_direction_display(), width=16),
    Column("Combined how", lambda row: row.measured.indicator.get_accumulation_display(), width=36),
    Column("Baseline", lambda row: row.measured.indicator.baseline_value, width=12),
    Column("Fiscal year", lambda row: row.year, width=12),
    Column("Target", lambda row: row.target, width=12),
    Column("Actual", lambda row: row.figure.value if row.figure else None, width=12),
    Column("Periods without data", lambda row: row.figure.missing if row.figure else None, width=12),
    Column("Off by, percent", lambda row: row.comparison.deviation, width=14),
    Column("Against the target", lambda row: _year_badge(row).text, width=20),
    Column("In progress, not counted", lambda row: row.in_progress.value if row.in_progress else None, width=14),
    Column("Approved", lambda row: "" if row.figure is None else "Yes" if row.is_approved else "No", width=10),
    Column("Trend", lambda row: TRENDS[row.measured.trend], width=30),
    Column("Target of the whole partnership", lambda row: row.measured.whole, width=16),
    Column("Actual of the whole partnership", lambda row: row.measured.figure.value, width=16),
)


def office_indicators_table(*, edits: bool) -> Table[OfficeIndicator]:
    """Return the table of the office's own entries in the library; `edits` links them to their forms."""

    def name(row: OfficeIndicator) -> SafeString:
        text = f"{row.code} {row.title}"
        return link(reverse("office-indicator", args=[row.pk]), text) if edits else escape(text)

    return Table(
        "The office's own",
        (
            Column("Indicator", lambda row: row.title, html=name),
            Column("Definition", lambda row: row.definition),
            Column("Level", lambda row: row.get_level_display()),
            Column("Unit", lambda row: row.unit),
            Column("Offered", lambda row: "No" if row.withdrawn else "Yes"),
        ),
    )
