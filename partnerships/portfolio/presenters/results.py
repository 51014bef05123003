"""Results of the newest year: target, actual, and whether the target is met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cpc.web import formats
from cpc.web.badges import Badge
from cpc.web.charts import Svg
from partnerships.monitoring.figures import quantity
from partnerships.monitoring.presenters import NOT_APPROVED, NOT_OVER, comparison_badge, result_line
from partnerships.portfolio.newest_year import NewestYear, YearResult
from partnerships.progress import Direction, Rollup, TargetStatus

BEHIND = (TargetStatus.BEHIND, TargetStatus.WITHIN)


@dataclass(frozen=True, slots=True)
class ResultRow:
    title: str
    unit: str
    target: str
    actual: str
    bar: Svg
    whole: str
    mark: Badge
    differs: str
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ResultsOfYear:
    """The results of one year by objective; `met` counts the targets that are met, of `with_target`.

    `not_due` names the day on which the targets are due if the year is not over.
    """

    title: str
    groups: list[tuple[str, list[ResultRow]]]
    met: int
    with_target: int
    indicators: int
    not_due: str = ""


def results_of(year: NewestYear) -> ResultsOfYear:
    compared = [row for row in year.results if row.target is not None]
    return ResultsOfYear(
        title=year_title(year),
        groups=[(str(objective), [_row(row, year) for row in rows]) for objective, rows in year.rows],
        met=sum(row.comparison.status in (TargetStatus.AHEAD, TargetStatus.ON_TARGET) for row in compared),
        with_target=len(compared),
        indicators=len(year.results),
        not_due="" if year.is_over else _not_due(year),
    )


def _not_due(year: NewestYear) -> str:
    name = f"year {year.number}" if year.number else formats.fiscal_year(year.year)
    return f"No target is due yet: {name} ends {formats.day(year.ends_on)}."


def year_title(year: NewestYear) -> str:
    """Return the name of the year: "Year 2, FY 2026, to Sep 30, 2026"."""
    label = f"Year {year.number}, " if year.number else ""
    return f"{label}{formats.fiscal_year(year.year)}, to {formats.day(year.ends_on)}"


def _row(row: YearResult, year: NewestYear) -> ResultRow:
    line, measure = result_line(row.measured), row.measured.indicator.measure
    return ResultRow(
        title=row.measured.indicator.title,
        unit=row.measured.indicator.unit,
        target=quantity(row.target, measure) or "No target",
        actual=quantity(row.value, measure) or "No data",
        bar=line.bar,
        whole=line.against_whole,
        mark=state(row, year),
        differs=line.differs,
        notes=[note for note in ("" if row.is_approved else NOT_APPROVED, line.in_progress) if note],
    )


def state(row: YearResult, year: NewestYear) -> Badge:
    """Return whether the target of the year is met. A year that is not over is not behind yet."""
    missing = f"{formats.count_of(row.missing, 'report')} missing" if row.missing else ""
    if row.figure is None:
        if row.has_late:
            return Badge("unknown", "Report is late")
        return Badge("unknown", "Not reported yet" if year.has_periods else "No report is scheduled")
    mark = comparison_badge(row.comparison, row.measured.indicator.measure)
    if row.comparison.status in BEHIND and not year.is_over:
        return NOT_OVER
    # More reports can only raise a sum, so a target that a sum has met stays met.
    indicator = row.measured.indicator
    only_rises = (indicator.accumulation, indicator.direction) == (Rollup.SUM, Direction.INCREASE)
    if not missing or (only_rises and mark.kind == "good"):
        return mark
    return Badge(mark.kind if mark.kind != "good" else "info", f"{mark.text}; {missing}")
