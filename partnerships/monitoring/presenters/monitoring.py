"""Badges, labels, and tables for the pages of monitoring, periods, and results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.safestring import SafeString

from cpc.web import formats
from cpc.web.badges import Badge
from cpc.web.markup import link
from cpc.web.tables import Column, Table
from partnerships.lookups.rule_inputs import targets_of_indicator
from partnerships.models import MonitoringPlan, OutcomeIndicator, PlanState, ReportingPeriod, ResultCell
from partnerships.models.results import PeriodState
from partnerships.monitoring.presenters.results import TRENDS, comparison_badge, goal, quantity
from partnerships.monitoring.queries import PeriodLine, YearLine
from partnerships.progress import Rollup, targets_differ

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
            Column("Period", _period_link),
            Column("Report due", lambda row: row.due_on, "day", phone="Due"),
            Column("Results", lambda row: getattr(row, "reported", None), "number"),
            Column("State", lambda row: period_badge(row, today), "badge"),
        ],
        caption="Reporting periods by date",
    )


def _period_link(row: ReportingPeriod) -> SafeString:
    return link(reverse("partnership-period", args=[row.partnership_id, row.pk]), period_label(row))


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


def line_of_period(line: PeriodLine) -> ResultLineOfPeriod:
    measure, result = line.indicator.measure, line.result
    cells = result.cells.all() if result else ()
    return ResultLineOfPeriod(
        line=line,
        value=(quantity(result.value, measure) or "No data") if result else "",
        parts=[(_cell_label(cell), quantity(cell.value, measure)) for cell in cells],
        mark=_result_badge(line),
    )


def _cell_label(cell: ResultCell) -> str:
    sex = "sex not known" if cell.sex == "unknown" else cell.sex
    age = "age not known" if cell.age == "unknown" else cell.age
    return cell.category or ", ".join(part for part in (sex, age) if part)


def _result_badge(line: PeriodLine) -> Badge:
    reported = line.reported
    if not reported.has_result:
        return Badge("warn", "Due") if reported.is_due else Badge("none", "Not due in this period")
    if not reported.has_value:
        return Badge("unknown", "No data, with a reason")
    if not reported.needs_narrative:
        return Badge("good", "Recorded")
    off = "Off its target of zero" if reported.deviation is None else _off(reported.deviation)
    return Badge("good", f"{off}, explained") if reported.has_narrative else Badge("bad", f"{off}: explain why")


def _off(deviation: Decimal) -> str:
    return f"{formats.percent(abs(deviation))} {'above' if deviation > 0 else 'below'} the target of the year"


@dataclass(frozen=True, slots=True)
class YearCell:
    year: str
    actual: str
    goal: str
    mark: Badge


def year_cell(line: YearLine) -> YearCell:
    indicator, value = line.measured.indicator, line.figure.value if line.figure else None
    return YearCell(
        year=formats.fiscal_year(line.year),
        actual=quantity(value, indicator.measure) or "No data",
        goal=goal(value, line.target, indicator.measure, indicator.direction),
        mark=comparison_badge(line.comparison),
    )


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
    Column("Against the target", lambda row: comparison_badge(row.comparison).text, width=20),
    Column("Trend", lambda row: TRENDS[row.measured.trend], width=30),
    Column("Target of the whole partnership", lambda row: row.measured.whole, width=16),
    Column("Actual of the whole partnership", lambda row: row.measured.figure.value, width=16),
)
