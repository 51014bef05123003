"""Breakdown of one indicator in a fiscal year, how its total is made, and what of it reads differently outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cpc.web import charts, formats
from cpc.web.charts import Svg
from partnerships.disclosure import Hidden
from partnerships.models import AgeGroup, Sex
from partnerships.monitoring.figures import goal, quantity
from partnerships.monitoring.publication import PublishedResults
from partnerships.monitoring.queries import Measured
from partnerships.progress import TOLERANCE, TargetStatus
from partnerships.year_results.presenters.page import METHODS, MINUS, below_total, counts_text, less_of
from partnerships.year_results.year_table import (
    UNKNOWN,
    IndicatorYear,
    YearTable,
    names_of_reporters,
)

SIDES = {"sex": "Sex", "age": "Age", "form": "Form of trafficking", "region": "Region"}


@dataclass(frozen=True, slots=True)
class PartLine:
    name: str
    value: str
    bar: Svg


@dataclass(frozen=True, slots=True)
class Side:
    title: str
    unit: str
    lines: Sequence[PartLine]
    less: str
    total: str


@dataclass(frozen=True, slots=True)
class ShownBreakdown:
    """The breakdown of one indicator's year, and how its total is made."""

    row: IndicatorYear
    title: str
    sides: Sequence[Side]
    published: str
    made: Sequence[tuple[str, str, str]]
    name_of_method: str
    method: str
    reason: str


def shown_breakdown(
    row: IndicatorYear,
    groups: Mapping[str, Mapping[str, Decimal]],
    table: YearTable,
    published: PublishedResults,
    measured: Measured,
) -> ShownBreakdown:
    measure, direction = row.indicator.measure, row.indicator.direction
    figure = quantity(row.value, measure) or "no data"
    target = f" {goal(row.value, row.line.target, measure, direction)}" if row.line.target is not None else ""
    return ShownBreakdown(
        row=row,
        title=f"{row.indicator.title}: {figure}{target}",
        sides=[_side(side, parts, row) for side, parts in groups.items()],
        published=published_differently(published),
        made=list(_made(row, table, measured)),
        name_of_method=METHODS[row.method],
        method=_method_text(row),
        reason=_reason_text(row),
    )


def _side(side: str, parts: Mapping[str, Decimal], row: IndicatorYear) -> Side:
    measure = row.indicator.measure
    labels = {"sex": dict(Sex.choices), "age": dict(AgeGroup.choices)}.get(side, {})
    order = [*labels] or sorted(name for name in parts if name != UNKNOWN)
    names = [name for name in order if name != UNKNOWN and name in parts] + ([UNKNOWN] if UNKNOWN in parts else [])
    most = max(parts.values(), default=Decimal(0))
    return Side(
        title=SIDES[side],
        unit=row.indicator.unit,
        lines=[
            PartLine(
                "Not recorded" if name == UNKNOWN else labels.get(name, name),
                quantity(parts[name], measure),
                charts.part_bar(parts[name], most),
            )
            for name in names
        ],
        less=f"{MINUS}{quantity(row.doubles, measure)}" if row.doubles else "",
        total=quantity(row.value, measure),
    )


def _made(row: IndicatorYear, table: YearTable, measured: Measured) -> Iterator[tuple[str, str, str]]:
    """Yield what a total is made of: label, value, and a note."""
    measure = row.indicator.measure
    for reporter, name in names_of_reporters(table).items():
        found = row.by_reporter.get(reporter)
        if found is not None:
            yield name, quantity(found.value, measure) or "No data", counts_text(found.counts)
    less = less_of(row)
    if less.text:
        yield less.label, less.text, less.note
    yield formats.fiscal_year(table.year), quantity(row.value, measure) or "No data", below_total(row)
    for year, now, was in row.corrected:
        yield f"{formats.fiscal_year(year)}, corrected", quantity(now, measure), f"was {quantity(was, measure)}"
    yield "Term to date", quantity(measured.figure.value, measure) or "No data", ""


def _method_text(row: IndicatorYear) -> str:
    version = f", version {row.version}" if row.version else ""
    return f"Set by the office in the monitoring plan{version}; a change needs the approver and redraws no past year."


def _reason_text(row: IndicatorYear) -> str:
    if row.line.comparison.status is not TargetStatus.BEHIND:
        return ""
    off = f"{TOLERANCE}%"
    reason = "; ".join(text.strip().rstrip(".") for text in row.reasons)
    if not reason:
        return f"More than {off} behind, so a reason is required before approval."
    return f"More than {off} behind, so a reason is required: {reason}."


def published_differently(published: PublishedResults) -> str:
    """Return which parts read differently outside the office, "" if none does."""
    small: list[str] = []
    held: list[str] = []
    withheld: list[str] = []
    for cells in published.parts.values():
        for key, value in cells.items():
            name = ", ".join(_part_label(part) for part in key if part not in ("", "all"))
            if not name or isinstance(value, Decimal):
                continue
            {Hidden.SMALL: small, Hidden.HELD: held, Hidden.WITHHELD: withheld}[value].append(f"“{name}”")
    parts = []
    if small:
        verb = formats.agree(len(small), "prints", "print")
        parts.append(f"{formats.listing(small, most=4)} {verb} as “fewer than 5”")
    if held:
        verb = formats.agree(len(held), "is", "are")
        parts.append(f"{formats.listing(held, most=4)} {verb} held back, because one could subtract")
    if withheld:
        verb = formats.agree(len(withheld), "is", "are")
        parts.append(f"{formats.listing(withheld, most=4)} {verb} withheld, so that no small count shows")
    return f"Outside the office, of the breakdown of the term, {'; '.join(parts)}." if parts else ""


def _part_label(part: str) -> str:
    labels = {**dict(Sex.choices), **dict(AgeGroup.choices)}
    return "not recorded" if part == UNKNOWN else str(labels.get(part, part)).lower()
