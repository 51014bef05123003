"""Results on the page of one partnership, one row per indicator."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cpc.web import charts, formats
from cpc.web.badges import Badge
from cpc.web.charts import Svg
from partnerships.models import Measures
from partnerships.monitoring.measured import Measured
from partnerships.progress import TOLERANCE, Comparison, Direction, Trend
from partnerships.progress import TargetStatus as Against

TRENDS = {
    Trend.BETTER: "Better than the period before",
    Trend.SAME: "As in the period before",
    Trend.WORSE: "Worse than the period before",
    Trend.UNKNOWN: "No trend yet",
}


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
        mark=comparison_badge(measured.comparison, explained=measured.explained),
        trend=TRENDS[measured.trend],
        report=_report(measured),
        differs=measured.differs,
    )


def quantity(value: Decimal | None, measure: str) -> str:
    """Return a value in the format of its measure, or "" if there is none."""
    if value is None:
        return ""
    if measure == Measures.PERCENT:
        return formats.percent(value)
    if measure == Measures.MONEY:
        return formats.money(value)
    return formats.number(value.normalize() if value else value, None if value % 1 else 0)


def against(value: Decimal | None, target: Decimal | None, measure: str, direction: str) -> str:
    """Return a figure with its target: "48 of 50"; "48 (target 30 or less)" if less is better."""
    return f"{quantity(value, measure) or 'No data'} {goal(value, target, measure, direction)}"


def goal(value: Decimal | None, target: Decimal | None, measure: str, direction: str) -> str:
    """Return a target as text to follow its figure."""
    figure = quantity(target, measure)
    if not figure:
        return "(no target)"
    if direction == Direction.DECREASE:
        return f"(target {figure} or less)"
    return f"(target {figure})" if value is None else f"of {figure}"


def _bullet(measured: Measured) -> Svg:
    marks = (measured.indicator.baseline_value, measured.target, measured.figure.value, measured.whole)
    if any(value is not None and value < 0 for value in marks):
        marks = (None, None, None, None)  # negative values have no bar from zero; the row shows the figures
    baseline, target, actual, whole = marks
    return charts.bullet(baseline=baseline, target=target, actual=actual, whole=whole, width=190)


def comparison_badge(comparison: Comparison, *, explained: bool = True) -> Badge:
    """Return the badge of a figure against its target.

    A figure that is behind by more than the tolerance needs a narrative.
    """
    by = _by(comparison.deviation, comparison.direction) if comparison.deviation else ""
    if comparison.status is Against.BEHIND:
        return Badge("warn" if explained else "bad", f"Behind{by}" + ("" if explained else ", no narrative"))
    known = {
        Against.NO_DATA: Badge("unknown", "No data"),
        Against.NO_TARGET: Badge("unknown", "No target"),
        Against.AHEAD: Badge("good", f"Ahead{by}"),
        Against.ON_TARGET: Badge("good", "On target"),
        Against.WITHIN: Badge("info", f"Behind{by}, within {formats.percent(TOLERANCE)}"),
    }
    return known[comparison.status]


def _by(deviation: Decimal, direction: Direction) -> str:
    if direction is Direction.INCREASE:
        return f" by {_size(deviation)}"
    # Less is better: "ahead by 4%" beside a figure above another target would read as too much.
    return f": {_size(deviation)} {'above' if deviation > 0 else 'below'} the target"


def _size(deviation: Decimal) -> str:
    return formats.percent(abs(deviation)) if abs(deviation) > Decimal("0.05") else "under 0.1%"


def _report(measured: Measured) -> str:
    if measured.newest is None:
        return "Nothing reported"
    period = measured.newest.period
    report = f"{period.get_state_display()}, to {formats.day(period.ends_on)}"
    return f"{report}; {measured.figure.missing} without data" if measured.figure.is_partial else report
