"""Title and rows of the results of one fiscal year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cpc.web import charts, formats
from cpc.web.badges import Badge
from cpc.web.charts import Svg
from partnerships.aggregation import Method
from partnerships.models import OutcomeIndicator
from partnerships.monitoring.figures import quantity
from partnerships.monitoring.presenters import NOT_APPROVED, NOT_OVER, comparison_badge
from partnerships.progress import Direction, TargetStatus
from partnerships.year_results.year_table import (
    IndicatorYear,
    ReporterValue,
    YearTable,
    names_of_reporters,
)

MET = (TargetStatus.AHEAD, TargetStatus.ON_TARGET)
BEHIND = (TargetStatus.WITHIN, TargetStatus.BEHIND)
METHODS = {
    Method.SUM: "sum",
    Method.DISTINCT: "sum, each counted once",
    Method.LATEST: "the latest count",
    Method.SHARE: "counts added, then divided",
}
MINUS = "\N{MINUS SIGN}"
MOST_COLUMNS = 4
"""Most reporters with a column of their own; of more, one column holds all."""


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A value in a cell with the text below it; `label` names its column on narrow screens."""

    label: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ShownIndicator:
    """One row of the table. `marks` are the open findings that mark its values."""

    row: IndicatorYear
    method: str
    reporters: Sequence[ShownValue]
    others: Sequence[ShownValue]
    less: ShownValue
    total: ShownValue
    target: str
    bar: Svg
    mark: Badge
    notes: Sequence[str]
    marks: int

    @property
    def indicator(self) -> OutcomeIndicator:
        return self.row.indicator


@dataclass(frozen=True, slots=True)
class ShownYear:
    """The page of a year: title, lede, and rows by objective."""

    title: str
    lede: str
    columns: Sequence[str]
    groups: Sequence[tuple[str, Sequence[ShownIndicator]]]
    approval: str
    in_one_column: bool


def shown_year(table: YearTable) -> ShownYear:
    names = names_of_reporters(table)
    in_one = len(names) > MOST_COLUMNS
    return ShownYear(
        title=title_of(table),
        lede=lede_of(table),
        columns=["Reported by"] if in_one else list(names.values()),
        groups=[
            (str(objective), [_shown(row, table, names, in_one=in_one) for row in rows])
            for objective, rows in table.rows
        ],
        approval=approval_of(table),
        in_one_column=in_one,
    )


def approval_of(table: YearTable) -> str:
    """Return whether the values of the year are approved, "" if only some are or there are none."""
    known = {row.line.is_approved for row in table.indicators if row.line.figure is not None}
    return {frozenset({True}): "approved", frozenset({False}): "not approved yet"}.get(frozenset(known), "")


def title_of(table: YearTable) -> str:
    """Return the answer: "Two of seven indicators met the FY 2026 target"."""
    year = formats.fiscal_year(table.year)
    compared = [row for row in table.indicators if row.line.comparison.status in (*MET, *BEHIND)]
    if not table.indicators:
        return "No results yet"
    if not table.is_over:
        return f"{year} is under way: no target is due yet"
    if not compared:
        return f"No indicator has both a value and a target for {year}"
    met = sum(row.line.comparison.status in MET for row in compared)
    total = formats.spell_out(len(compared)).lower()
    noun = formats.agree(len(compared), "indicator", "indicators")
    return f"{formats.spell_out(met)} of {total} {noun} met the {year} target"


def lede_of(table: YearTable) -> str:
    """Return which indicator is farthest behind, and which has no value and why."""
    rows = table.indicators
    if not table.is_over:
        return f"The year ends on {formats.day(table.ends_on)}." if rows else "Results appear with the first report."
    behind = [row for row in rows if row.line.comparison.status in BEHIND]
    parts = []
    if behind:
        worst = max(behind, key=_distance)
        measure = worst.indicator.measure
        figures = f"{quantity(worst.value, measure)} of {quantity(worst.line.target, measure)}"
        if Direction(worst.indicator.direction) is Direction.DECREASE:
            figures = f"{quantity(worst.value, measure)}, target {quantity(worst.line.target, measure)} or less"
        verb = formats.agree(len(behind), "is", "are")
        farthest = f"“{worst.indicator.title}” is farthest behind, {figures}" if len(behind) > 1 else ""
        only = f": “{worst.indicator.title}”, {figures}" if len(behind) == 1 else ""
        parts.append(f"{formats.spell_out(len(behind))} {verb} behind{only}{f'; {farthest}' if farthest else ''}.")
    without = [row for row in rows if row.value is None]
    if len(without) == 1:
        reason = f": {without[0].no_data_reasons[0].rstrip('.')}" if without[0].no_data_reasons else ""
        parts.append(f"“{without[0].indicator.title}” has no value{reason}.")
    elif without:
        parts.append(f"{formats.spell_out(len(without))} have no value.")
    return " ".join(parts) or "Every indicator with a target met it."


def _distance(row: IndicatorYear) -> Decimal:
    return abs(row.line.comparison.deviation or Decimal(0))


def _shown(row: IndicatorYear, table: YearTable, names: Mapping[int | None, str], *, in_one: bool) -> ShownIndicator:
    line, measure = row.line, row.indicator.measure
    values = [_reported(row.by_reporter.get(reporter), name, measure) for reporter, name in names.items()]
    return ShownIndicator(
        row=row,
        method=f"{row.indicator.unit[:1].upper()}{row.indicator.unit[1:]}; {METHODS[row.method]}",
        reporters=[] if in_one else values,
        others=[value for value in values if value.text] if in_one else [],
        less=less_of(row),
        total=ShownValue(formats.fiscal_year(table.year), quantity(row.value, measure) or "No data", below_total(row)),
        target=f"{quantity(line.target, measure) or formats.DASH}{_limit_mark(row)}",
        bar=_bar(row),
        mark=state_of(row),
        notes=_notes(row, mixed=approval_of(table) == ""),
        marks=len(row.findings),
    )


def _limit_mark(row: IndicatorYear) -> str:
    """Return what marks a target that is a limit: less is better."""
    is_limit = Direction(row.indicator.direction) is Direction.DECREASE and row.line.target is not None
    return " or less" if is_limit else ""


def _reported(found: ReporterValue | None, name: str, measure: str) -> ShownValue:
    if found is None:
        return ShownValue(name, "")
    return ShownValue(name, quantity(found.value, measure) or "No data", counts_text(found.counts))


def counts_text(counts: tuple[Decimal, Decimal] | None) -> str:
    return f"{formats.number(counts[0])} of {formats.number(counts[1])}" if counts else ""


def below_total(row: IndicatorYear) -> str:
    """Return what is below a total: its counts, and what it was before a correction."""
    was = f"was {quantity(row.was, row.indicator.measure)}" if row.was is not None else ""
    return "; ".join(part for part in (counts_text(row.counts), was) if part)


def less_of(row: IndicatorYear) -> ShownValue:
    label, measure = "Less duplicates", row.indicator.measure
    if row.doubles:
        return ShownValue(label, f"{MINUS}{quantity(row.doubles, measure)}", "; ".join(row.sources_of_doubles))
    if row.is_same and row.value is not None:
        return ShownValue(label, f"same {quantity(row.value, measure)}", "counted once")
    if row.differs:
        return ShownValue(label, "differ", "the latest counts")
    return ShownValue(label, "")


def _bar(row: IndicatorYear) -> Svg:
    marks = (row.line.target, row.value, row.largest)
    if any(value is not None and value < 0 for value in marks):
        marks = (None, None, None)
    target, actual, whole = marks
    return charts.bullet(baseline=None, target=target, actual=actual, whole=whole, width=120)


def state_of(row: IndicatorYear) -> Badge:
    """Return whether the target is met; without a value, why there is none."""
    if row.lacks_counts:
        return Badge("warn", "No total: a share lacks its counts")
    if row.value is None and row.line.is_over:
        return Badge("unknown", row.no_data_reasons[0] if row.no_data_reasons else "Not reported")
    if not row.line.is_over:
        return NOT_OVER
    return comparison_badge(row.line.comparison, row.indicator.measure)


def _notes(row: IndicatorYear, *, mixed: bool) -> list[str]:
    """Return notes below a state; `mixed` is true if only some values are approved, so that each shows it."""
    notes = [NOT_APPROVED] if mixed and not row.line.is_approved and row.line.figure is not None else []
    if row.line.figure is not None and row.line.figure.is_partial:
        notes.append(f"{formats.count_of(row.line.figure.missing, 'period')} without data")
    if row.line.measured.differs:
        notes.append(row.line.measured.differs)
    return notes
