"""One fiscal year of a partnership: what each reporter counted, how it adds up, and what was corrected.

Loaded with a fixed number of queries, however many indicators and awards there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Min, Q, prefetch_related_objects

from cpc.fiscal_years import fiscal_year
from partnerships.aggregation import Method
from partnerships.lookups.field_findings import findings_by_indicator
from partnerships.lookups.totals import (
    PeriodTotal,
    live_results_by_indicator,
    method_now,
    methods_of,
    points,
    report_of,
    totals_by_period,
)
from partnerships.models import (
    Award,
    Breakdown,
    DoubleCount,
    FieldFinding,
    Objective,
    OutcomeIndicator,
    Partnership,
    ReportingPeriod,
    Result,
)
from partnerships.monitoring.publication import counted
from partnerships.monitoring.queries import YearLine, newest_year_of, results_by_year
from partnerships.progress import Figure, Point, Rollup, roll_up

GOVERNMENT = None
"""Key of the partner government or the office among reporters."""


@dataclass(frozen=True, slots=True)
class ReporterValue:
    """The value of one reporter for the year, with the counts of a share."""

    reporter: int | None
    value: Decimal | None
    counts: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class IndicatorYear:
    """One indicator in the year. `was` is its figure as first approved, if a correction changed it since.

    `corrected` has earlier years with a correction: the year, its figure, and what it was.
    `doubles` is what several counted. `is_same` and `differs` tell of levels, as `aggregation.AddedUp` does. `largest`
    is the largest yearly target of the term.
    """

    line: YearLine
    by_reporter: Mapping[int | None, ReporterValue]
    totals: Sequence[PeriodTotal]
    method: Method
    version: int
    findings: Sequence[FieldFinding]
    was: Decimal | None
    corrected: Sequence[tuple[int, Decimal, Decimal]]
    largest: Decimal | None

    @property
    def indicator(self) -> OutcomeIndicator:
        return self.line.measured.indicator

    @property
    def value(self) -> Decimal | None:
        return self.line.figure.value if self.line.figure else None

    @property
    def counts(self) -> tuple[Decimal, Decimal] | None:
        return _counts(self.totals, Rollup(self.indicator.accumulation))

    @property
    def doubles(self) -> Decimal:
        return sum((row.total.doubles for row in counting(self.totals, self.indicator)), Decimal(0))

    @property
    def sources_of_doubles(self) -> list[str]:
        return list(dict.fromkeys(row.doubles.source for row in self.totals if row.doubles and row.doubles.value))

    @property
    def is_same(self) -> bool:
        return any(row.total.is_same for row in counting(self.totals, self.indicator))

    @property
    def differs(self) -> bool:
        return any(row.total.differs for row in counting(self.totals, self.indicator))

    @property
    def lacks_counts(self) -> bool:
        return any(row.total.lacks_counts for row in self.totals)

    @property
    def reasons(self) -> list[str]:
        """Return what reporters wrote to explain the values, each with the period's end; the newest last."""
        return [row.narrative for row in self.totals if row.narrative]

    @property
    def no_data_reasons(self) -> list[str]:
        found = [result.no_data_reason for row in self.totals for result in row.reported if result.no_data_reason]
        return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class YearTable:
    """The results of one fiscal year by objective. `awards` are those that reported in it."""

    year: int
    years: Sequence[int]
    ends_on: date
    is_over: bool
    awards: Sequence[Award]
    has_government: bool
    rows: Sequence[tuple[Objective, Sequence[IndicatorYear]]]

    @property
    def indicators(self) -> list[IndicatorYear]:
        return [row for _, rows in self.rows for row in rows]


def year_table(partnership: Partnership, year: int | None, today: date) -> YearTable:
    """Return a fiscal year, or without one the newest whose last period is over.

    A year without results or targets has rows without values.
    """
    by_year = results_by_year(partnership, today)
    periods = list(partnership.reporting_periods.order_by("ends_on"))
    years = sorted({line.year for _, lines in by_year for line in lines} | {fiscal_year(p.ends_on) for p in periods})
    shown = newest_year_of(periods, years, today) if year is None else year
    of_year = [row for row in periods if fiscal_year(row.ends_on) == shown]
    totals = live_results_by_indicator(partnership.pk)
    methods, findings = methods_of(partnership.pk), findings_by_indicator(partnership.pk)
    before = _before_correction(partnership)
    found: dict[int, list[IndicatorYear]] = defaultdict(list)
    for measured, lines in by_year:
        indicator = measured.indicator
        line = next((line for line in lines if line.year == shown), None)
        if line is None:
            continue
        own = [row for row in totals[indicator.pk] if fiscal_year(row.period.ends_on) == shown]
        ended = [row for row in own if row.period.ends_on < today]
        method, version = methods.of(indicator, shown) if ended else (method_now(indicator), 0)
        found[indicator.objective_id].append(
            IndicatorYear(
                line=line,
                by_reporter=_by_reporter(ended, indicator),
                totals=ended,
                method=method,
                version=version,
                findings=findings.get(indicator.pk, ()),
                was=before.figure(indicator, shown, line.figure, today),
                corrected=_corrected(before, lines, shown, today),
                largest=max((one.target for one in lines if one.target is not None), default=None),
            )
        )
    reported = [result for rows in found.values() for row in rows for total in row.totals for result in total.reported]
    awards = {result.award_id: result.award for result in reported if result.award is not None}
    ends_on = of_year[-1].ends_on if of_year else date(shown, 9, 30)
    objectives = partnership.objectives.filter(withdrawn=False).order_by("number")
    return YearTable(
        year=shown,
        years=[one for one in years if one <= fiscal_year(today) or one == shown],
        ends_on=ends_on,
        is_over=ends_on < today,
        awards=sorted(awards.values(), key=lambda award: award.pk),
        has_government=any(result.award_id is None for result in reported),
        rows=[(row, found[row.pk]) for row in objectives if row.pk in found],
    )


def _corrected(
    before: Before, lines: Sequence[YearLine], shown: int, today: date
) -> list[tuple[int, Decimal, Decimal]]:
    found = []
    for line in lines:
        was = before.figure(line.measured.indicator, line.year, line.figure, today) if line.year < shown else None
        if was is not None and line.figure is not None and line.figure.value is not None:
            found.append((line.year, line.figure.value, was))
    return found


def counting(totals: Sequence[PeriodTotal], indicator: OutcomeIndicator) -> Sequence[PeriodTotal]:
    """Return the totals that make the figure of a year: all, or the newest with a value."""
    if Rollup(indicator.accumulation) in (Rollup.SUM, Rollup.AVERAGE):
        return totals
    return [row for row in totals if row.value is not None][-1:]


def _by_reporter(totals: Sequence[PeriodTotal], indicator: OutcomeIndicator) -> dict[int | None, ReporterValue]:
    """Return the value of each reporter for the year, combined over its periods as the figure of the year is."""
    how = Rollup(indicator.accumulation)
    own: dict[int | None, list[Point]] = defaultdict(list)
    for total in totals:
        for result in total.reported:
            report = report_of(result)
            own[report.reporter].append(Point(report.ends_on, report.value, report.counts))
    found = {}
    for reporter, given in own.items():
        figure = roll_up(given, Rollup.LATEST if how is Rollup.NONE else how)
        found[reporter] = ReporterValue(reporter, figure.value, _counts_of_points(given, how))
    return found


def _counts(totals: Sequence[PeriodTotal], how: Rollup) -> tuple[Decimal, Decimal] | None:
    return _counts_of_points(points(totals), how)


def _counts_of_points(given: Sequence[Point], how: Rollup) -> tuple[Decimal, Decimal] | None:
    known = [point for point in given if point.value is not None]
    pairs = [point.counts for point in known if point.counts is not None]
    if not pairs or len(pairs) < len(known) or how is Rollup.AVERAGE:
        return None
    if how is not Rollup.SUM:
        return pairs[-1]
    return sum((n for n, _ in pairs), Decimal(0)), sum((d for _, d in pairs), Decimal(0))


# ---- corrections -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Before:
    """Totals as they were when their periods were first approved, by indicator and fiscal year."""

    totals: Mapping[tuple[int, int], Sequence[PeriodTotal]]

    def figure(self, indicator: OutcomeIndicator, year: int, now: Figure | None, today: date) -> Decimal | None:
        """Return the figure of a year before corrections; None if it is what it is now, or was none."""
        rows = [row for row in self.totals.get((indicator.pk, year), ()) if row.period.ends_on < today]
        if not rows or now is None:
            return None
        value = roll_up(points(rows), Rollup(indicator.accumulation)).value
        return None if value is None or value == now.value else value


def _before_correction(partnership: Partnership) -> Before:
    """Return the totals of years with a correction from what counted at the first approval of each period.

    What was corrected before it was approved was a draft.
    """
    approvals = ReportingPeriod.objects.filter(partnership=partnership).annotate(
        first=Min("steps__at", filter=Q(steps__name="approve"))
    )
    approved: dict[int, datetime] = {pk: first for pk, first in approvals.values_list("pk", "first") if first}
    rows = Result.objects.filter(period__in=list(approved)).select_related("period", "indicator").order_by("pk")
    chains: dict[tuple[int, int, int | None], list[Result]] = defaultdict(list)
    for row in rows:
        chains[row.period_id, row.indicator_id, row.award_id].append(row)
    first: dict[int, list[Result]] = defaultdict(list)
    changed: set[tuple[int, int]] = set()
    for (period, indicator, _), chain in chains.items():
        in_time = [row for row in chain if row.at <= approved[period]]
        if in_time:
            first[indicator].append(in_time[-1])
        if in_time[-1:] != chain[-1:]:
            changed.add((indicator, fiscal_year(chain[-1].period.ends_on)))
    doubles: dict[tuple[int, int], DoubleCount] = {}
    for one in DoubleCount.objects.filter(period__in=list(approved)).select_related("period").order_by("pk"):
        if one.at <= approved[one.period_id]:
            doubles[one.indicator_id, one.period_id] = one
        else:
            changed.add((one.indicator_id, fiscal_year(one.period.ends_on)))
    if not changed:
        return Before({})
    methods = methods_of(partnership.pk)
    found: dict[tuple[int, int], list[PeriodTotal]] = defaultdict(list)
    for pk in {indicator for indicator, _ in changed}:
        for total in totals_by_period(first[pk], doubles, methods):
            if (key := (pk, fiscal_year(total.period.ends_on))) in changed:
                found[key].append(total)
    return Before(found)


# ---- breakdowns ------------------------------------------------------------------------------------------------------

Group = tuple[Breakdown, str]
"""A breakdown and its side: "sex" or "age" of the first, else the name of the breakdown."""


def groups_of(row: IndicatorYear) -> dict[str, dict[str, Decimal]]:
    """Return the parts of an indicator's year by side: sex, age, form, or region.

    Each adds up to the figure, with what was not recorded and less what several counted. A figure that is no sum and no
    newest count has no parts.
    """
    how = Rollup(row.indicator.accumulation)
    if row.value is None or how not in (Rollup.SUM, Rollup.LATEST):
        return {}
    results = [result for total in counting(row.totals, row.indicator) for result in counted(total)]
    prefetch_related_objects(results, "cells")
    sides: dict[str, dict[str, Decimal]] = {}
    for side in wanted_sides(row.indicator):
        parts: dict[str, Decimal] = defaultdict(Decimal)
        for result in results:
            own = [(_part_of(cell, side), cell.value) for cell in result.cells.all() if _is_of(cell.breakdown, side)]
            for name, value in own or [(UNKNOWN, result.value or Decimal(0))]:
                parts[name] += value
        if set(parts) - {UNKNOWN}:
            sides[side] = {name: value for name, value in parts.items() if value or name != UNKNOWN}
    return sides


UNKNOWN = "unknown"


def wanted_sides(indicator: OutcomeIndicator) -> list[str]:
    wanted = {
        "sex": indicator.by_sex, "age": indicator.by_age, "form": indicator.by_form, "region": indicator.by_region,
    }  # fmt: skip
    return [side for side, is_wanted in wanted.items() if is_wanted]


def _is_of(breakdown: str, side: str) -> bool:
    return breakdown == (Breakdown.SEX_AGE if side in ("sex", "age") else side)


def _part_of(cell: object, side: str) -> str:
    name = getattr(cell, side, "") if side in ("sex", "age") else getattr(cell, "category", "")
    return str(name) or UNKNOWN


def names_of_reporters(table: YearTable) -> dict[int | None, str]:
    """Return the column heading of each reporter; two awards of one recipient have their titles, too."""
    recipients: Iterable[str] = [award.recipient for award in table.awards]
    counts = {name: list(recipients).count(name) for name in recipients}
    found: dict[int | None, str] = {
        award.pk: f"{award.recipient}, {award.title}" if counts[award.recipient] > 1 else award.recipient
        for award in table.awards
    }
    return found | ({GOVERNMENT: "Government"} if table.has_government else {})
