"""Totals of an indicator by period, over all who report it, loaded with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Min, Q

from cpc.fiscal_years import fiscal_year
from partnerships.aggregation import (
    AddedUp,
    Method,
    Planned,
    Report,
    carried_reports,
    method_in_effect,
    total_of,
    usual_method,
)
from partnerships.models import (
    DoubleCount,
    OutcomeIndicator,
    PlannedMethod,
    PlanStep,
    ReportingPeriod,
    Result,
)
from partnerships.progress import Measure, Point, Rollup


@dataclass(frozen=True, slots=True)
class PeriodTotal:
    """The total of one indicator in one period, with the results that it is made of.

    `reported` are the current results of the period, one for each reporter. `carried` are the levels of reporters
    that reported none in this period, from earlier in the year. `version` is that of the plan with the method, 0 if
    none is approved.
    """

    period: ReportingPeriod
    value: Decimal | None
    narrative: str = ""
    reported: Sequence[Result] = ()
    carried: Sequence[Result] = ()
    total: AddedUp = AddedUp(None)  # noqa: RUF009  # frozen
    doubles: DoubleCount | None = None
    method: Method = Method.SUM
    version: int = 0

    @property
    def period_id(self) -> int:
        return self.period.pk

    @property
    def point(self) -> Point:
        return Point(self.period.ends_on, self.value, self.total.counts)

    @property
    def no_data_reason(self) -> str:
        return "; ".join(dict.fromkeys(row.no_data_reason for row in self.reported if row.no_data_reason))


@dataclass(frozen=True, slots=True)
class Methods:
    """Methods of the indicators of a partnership: as planned, and when each fiscal year was approved."""

    planned: Mapping[int, Sequence[Planned]]
    approved: Mapping[int, datetime | None]

    def of(self, indicator: OutcomeIndicator, year: int) -> tuple[Method, int]:
        """Return the method of the figure of a fiscal year, and the version of the plan that has it."""
        planned = self.planned.get(indicator.pk, ())
        return method_in_effect(planned, self.approved.get(year), method_now(indicator))


def method_now(indicator: OutcomeIndicator) -> Method:
    return Method(indicator.aggregation) if indicator.aggregation else usual_method(Measure(indicator.measure))


def points(results: Iterable[PeriodTotal]) -> list[Point]:
    return [result.point for result in results]


def methods_of(partnership_id: int) -> Methods:
    """Return the planned methods of a partnership and the moments at which its years were approved.

    A year is approved by the first approval of its last period to be approved; a report that is reopened later keeps
    its method.
    """
    approvals = PlanStep.objects.filter(plan__partnership_id=partnership_id, name="approve").order_by("pk")
    versions = {pk: (number, at) for number, (pk, at) in enumerate(approvals.values_list("pk", "at"), start=1)}
    planned: dict[int, list[Planned]] = defaultdict(list)
    rows = PlannedMethod.objects.filter(step__in=list(versions)).order_by("step_id")
    for step, indicator, aggregation in rows.values_list("step_id", "indicator_id", "aggregation"):
        number, at = versions[step]
        planned[indicator].append(Planned(number, at, Method(aggregation)))
    moments: dict[int, list[datetime | None]] = defaultdict(list)
    periods = ReportingPeriod.objects.filter(partnership_id=partnership_id).annotate(
        first=Min("steps__at", filter=Q(steps__name="approve"))
    )
    for ends_on, first in periods.values_list("ends_on", "first"):
        moments[fiscal_year(ends_on)].append(first)
    approved = {year: _last(found) for year, found in moments.items()}
    return Methods(planned, approved)


def _last(moments: Sequence[datetime | None]) -> datetime | None:
    known = [moment for moment in moments if moment is not None]
    return max(known) if len(known) == len(moments) else None


def live_results_by_indicator(partnership_id: int) -> Mapping[int, list[PeriodTotal]]:
    """Return the total of each indicator in each period with a result, oldest first; empty for one without any.

    A result counts if no later one replaces it.
    """
    live = Result.objects.filter(period__partnership_id=partnership_id, replaced_by__isnull=True)
    results: dict[int, list[Result]] = defaultdict(list)
    for result in live.select_related("period", "indicator", "award").order_by("period__ends_on", "id"):
        results[result.indicator_id].append(result)
    doubles = {
        (row.indicator_id, row.period_id): row
        for row in DoubleCount.objects.filter(period__partnership_id=partnership_id, replaced_by__isnull=True)
    }
    methods = methods_of(partnership_id)
    return defaultdict(list, {pk: totals_by_period(rows, doubles, methods) for pk, rows in results.items()})


def totals_by_period(
    results: Sequence[Result], doubles: Mapping[tuple[int, int], DoubleCount], methods: Methods
) -> list[PeriodTotal]:
    """Return the totals of one indicator from its current results, with the newest period last.

    Where the newest level counts over periods, each reporter keeps its newest of the fiscal year.
    """
    by_period: dict[int, list[Result]] = defaultdict(list)
    for row in sorted(results, key=lambda row: (row.period.ends_on, row.pk or 0)):
        by_period[row.period_id].append(row)
    reports = {id(row): report_of(row) for row in results}
    rows_of = {id(report): row for row in results if (report := reports[id(row)])}
    totals = []
    for of_period in by_period.values():
        period, indicator = of_period[0].period, of_period[0].indicator
        method, version = methods.of(indicator, fiscal_year(period.ends_on))
        own = [reports[id(row)] for row in of_period]
        carried: list[Report] = []
        if Rollup(indicator.accumulation) is Rollup.LATEST and any(row.value is not None for row in own):
            here = {row.reporter for row in own if row.value is not None}
            earlier = carried_reports(reports.values(), period.ends_on)
            carried = [row for row in earlier if row.reporter not in here]
        double = doubles.get((indicator.pk, period.pk)) if method is Method.DISTINCT else None
        total = total_of([*own, *carried], method, double.value if double else Decimal(0))
        totals.append(
            PeriodTotal(
                period=period,
                value=total.value,
                narrative="\n".join(dict.fromkeys(row.narrative for row in of_period if row.narrative.strip())),
                reported=of_period,
                carried=[rows_of[id(row)] for row in carried],
                total=total,
                doubles=double,
                method=method,
                version=version,
            )
        )
    return totals


def report_of(row: Result) -> Report:
    counts = None
    if row.numerator is not None and row.denominator is not None:
        counts = (row.numerator, row.denominator)
    return Report(row.award_id, row.period.ends_on, row.pk or 0, row.value, counts)
