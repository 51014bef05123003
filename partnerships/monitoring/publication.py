"""Results as they are published outside the office: no small counts of people, and nothing that gives them away.

`partnerships.disclosure` has the rule. Only results of approved reports are published: a total over all reporters for
each year and for the term to date, and breakdowns of the term.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import prefetch_related_objects

from cpc.fiscal_years import fiscal_year
from partnerships.aggregation import Method
from partnerships.disclosure import (
    MINIMUM,
    TOTAL,
    Cell,
    Hidden,
    Shown,
    released,
    released_counts,
    released_series,
)
from partnerships.lookups.totals import PeriodTotal, live_results_by_indicator, points
from partnerships.models import Breakdown, Measures, OutcomeIndicator, PeriodState, Result
from partnerships.progress import Rollup, by_fiscal_year, roll_up

NOT_BROKEN_DOWN = "not broken down"


@dataclass(frozen=True, slots=True)
class PublishedResults:
    """The results of one indicator that may be published.

    A count that is hidden has the reason instead; a year without data is left out. Without any data `whole` is None and
    `years` is empty, because unknown is not zero.

    `parts` cover the whole partnership only. Parts of single years could be subtracted from each other.
    """

    years: Mapping[int, Shown]
    whole: Shown | None
    parts: Mapping[Breakdown, Mapping[Cell, Shown]]


NOTHING = PublishedResults({}, None, {})


def published_results(indicator: OutcomeIndicator) -> PublishedResults:
    return published_of_partnership(indicator.partnership_id, [indicator])[indicator.pk]


def published_of_partnership(
    partnership_id: int, indicators: Iterable[OutcomeIndicator]
) -> dict[int, PublishedResults]:
    """Return what is published of each indicator of a partnership by its key, with a fixed number of queries."""
    totals = live_results_by_indicator(partnership_id)
    approved = {
        pk: [row for row in rows if row.period.state == PeriodState.APPROVED and row.value is not None]
        for pk, rows in totals.items()
    }
    reported = [result for rows in approved.values() for row in rows for result in (*row.reported, *row.carried)]
    prefetch_related_objects(reported, "cells")
    return {row.pk: _published(row, approved.get(row.pk, [])) for row in indicators}


def _published(indicator: OutcomeIndicator, totals: Sequence[PeriodTotal]) -> PublishedResults:
    if not totals:
        return NOTHING
    how, found = Rollup(indicator.accumulation), points(totals)
    years = {year: f.value for year, f in by_fiscal_year(found, how).items() if f.value is not None}
    if indicator.measure != Measures.PEOPLE:
        return PublishedResults(dict(years), roll_up(found, how).value, _parts(totals, how, people=False))
    if how is Rollup.SUM:
        counts = released_counts({str(year): value for year, value in years.items()})
        whole = counts.pop(TOTAL, None)
        return PublishedResults(
            {int(year): value for year, value in counts.items()}, whole, _parts(totals, how, people=True)
        )
    if how is Rollup.LATEST:
        ends = {year: max(p.ends_on for p in found if fiscal_year(p.ends_on) == year) for year in years}
        series = released_series({ends[year]: value for year, value in years.items()})
        shown = [day for day, value in series.items() if isinstance(value, Decimal)]
        newest = [row for row in totals if shown and row.period.ends_on == shown[-1]]
        hidden = next(reversed(series.values()))
        return PublishedResults(
            {year: series[ends[year]] for year in years},
            series[shown[-1]] if shown else hidden,
            _parts(newest, how, people=True),
        )
    # A reader could also subtract years from their average, so it is shown only if every year is.
    hidden_years: dict[int, Shown] = {
        year: Hidden.SMALL if 0 < value < MINIMUM else value for year, value in years.items()
    }
    if Hidden.SMALL in hidden_years.values():
        return PublishedResults(hidden_years, Hidden.HELD, {})
    return PublishedResults(hidden_years, roll_up(found, how).value, {})


def _parts(totals: Sequence[PeriodTotal], how: Rollup, *, people: bool) -> dict[Breakdown, dict[Cell, Shown]]:
    """Return the sums of each breakdown, or the newest parts.

    Results without a breakdown form a part of their own. Where several counted the same people, parts would add up to
    more than the total, so there are none.
    """
    chosen = list(totals)
    if how is Rollup.LATEST:
        chosen = chosen[-1:]
    elif how is not Rollup.SUM:
        return {}
    if any(row.total.doubles for row in chosen):
        return {}
    results = [result for row in chosen for result in counted(row)]
    found: dict[Breakdown, dict[Cell, Shown]] = {}
    for breakdown in Breakdown:
        cells: dict[Cell, Decimal] = {}
        rest = Decimal(0)
        for result in results:
            own = [cell for cell in result.cells.all() if cell.breakdown == breakdown]
            if not own:
                rest += result.value or 0
            for cell in own:
                key = (cell.category or cell.sex or "all", cell.age or "all")
                cells[key] = cells.get(key, Decimal(0)) + cell.value
        if cells:
            if rest:
                cells[NOT_BROKEN_DOWN, "unknown" if any(age != "all" for _, age in cells) else "all"] = rest
            found[breakdown] = released(cells) if people else released(cells, minimum=1)
    return found


def counted(total: PeriodTotal) -> list[Result]:
    """Return the results whose values make a total: of equal or differing levels, the one that counts."""
    known = [row for row in (*total.reported, *total.carried) if row.value is not None]
    if total.method is not Method.LATEST:
        return known
    return sorted(known, key=lambda row: (row.period.ends_on, row.pk))[-1:]
