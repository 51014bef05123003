"""Publishable results: from approved periods only, without small counts of people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cpc.fiscal_years import fiscal_year
from partnerships.disclosure import MINIMUM, TOTAL, Cell, publishable, publishable_counts, publishable_series
from partnerships.models import Breakdown, Measures, OutcomeIndicator, Result
from partnerships.progress import Point, Rollup, by_fiscal_year, roll_up

NOT_BROKEN_DOWN = "not broken down"


@dataclass(frozen=True, slots=True)
class PublishedResults:
    """The results of one indicator that may be published.

    None is a count that is suppressed; a year without data is left out. Without any data `whole` is None and `years`
    is empty, because unknown is not zero.

    `parts` cover the whole partnership only. Parts of single years could be subtracted from each other.
    """

    years: Mapping[int, Decimal | None]
    whole: Decimal | None
    parts: Mapping[Breakdown, Mapping[Cell, Decimal | None]]


def published_results(indicator: OutcomeIndicator) -> PublishedResults:
    results = list(
        Result.objects.filter(
            indicator=indicator, period__state="approved", replaced_by__isnull=True, value__isnull=False
        )
        .select_related("period")
        .prefetch_related("cells")
        .order_by("period__ends_on")
    )
    if not results:
        return PublishedResults({}, None, {})
    points = [Point(result.period.ends_on, result.value) for result in results]
    how = Rollup(indicator.accumulation)
    years = {year: f.value for year, f in by_fiscal_year(points, how).items() if f.value is not None}
    if indicator.measure != Measures.PEOPLE:
        return PublishedResults(years, roll_up(points, how).value, _parts(results, how, people=False))
    if how is Rollup.SUM:
        counts = publishable_counts({str(year): value for year, value in years.items()})
        whole = counts.pop(TOTAL, None)
        return PublishedResults(
            {int(year): value for year, value in counts.items()}, whole, _parts(results, how, people=True)
        )
    if how is Rollup.LATEST:
        ends = {year: max(p.ends_on for p in points if fiscal_year(p.ends_on) == year) for year in years}
        series = publishable_series({ends[year]: value for year, value in years.items()})
        shown = [day for day, value in series.items() if value is not None]
        newest = [result for result in results if shown and result.period.ends_on == shown[-1]]
        return PublishedResults(
            {year: series[ends[year]] for year in years},
            series[shown[-1]] if shown else None,
            _parts(newest, how, people=True),
        )
    # A reader could also subtract years from their average, so it is shown only if every year is.
    hidden = {year: None if 0 < value < MINIMUM else value for year, value in years.items()}
    return PublishedResults(hidden, None if None in hidden.values() else roll_up(points, how).value, {})


def _parts(results: Iterable[Result], how: Rollup, *, people: bool) -> dict[Breakdown, dict[Cell, Decimal | None]]:
    """Return the sums of each breakdown, or the newest parts.

    Results without a breakdown form a part of their own.
    """
    chosen = list(results)
    if how is Rollup.LATEST:
        chosen = chosen[-1:]
    elif how is not Rollup.SUM:
        return {}
    sums: dict[Breakdown, dict[Cell, Decimal]] = {}
    for breakdown in Breakdown:
        cells: dict[Cell, Decimal] = {}
        rest = Decimal(0)
        for result in chosen:
            own = [cell for cell in result.cells.all() if cell.breakdown == breakdown]
            if not own:
                rest += result.value or 0
            for cell in own:
                key = (cell.category or cell.sex or "all", cell.age or "all")
                cells[key] = cells.get(key, Decimal(0)) + cell.value
        if cells:
            if rest:
                cells[NOT_BROKEN_DOWN, "unknown" if any(age != "all" for _, age in cells) else "all"] = rest
            sums[breakdown] = cells
    return {breakdown: publishable(cells, minimum=MINIMUM if people else 1) for breakdown, cells in sums.items()}
