"""Charts of the ranked countries: need against feasibility, and the map. Each mark links to its country."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse

from cpc.web import charts
from cpc.web.charts import Area, Dot, View, shape_key, worldmap
from selection.models import CountryStatus, ScoreRun
from selection.ranking.presenters.sentences import limits_of, region_finding
from selection.ranking.presenters.shared import scatter_sentences
from selection.ranking.queries.findings import concentration
from selection.runs.rows import RankingRow, ranking_of

LEAST = 3
"""Fewest countries for which a scatter chart is useful."""


def scatter(run: ScoreRun, codes: tuple[str, ...], *, newest: bool) -> View:
    """Draw the scatter of some ranked countries; medians, axes and front are those of all."""
    return _scatter(run.pk, codes, newest)


@lru_cache(maxsize=32)
def _scatter(run_id: int, codes: tuple[str, ...], newest: bool) -> View:
    ranking = ranking_of(ScoreRun(pk=run_id))
    wanted = set(codes)
    rows = [row for row in ranking.ranked if row.need is not None and row.feasibility is not None]
    dots = [
        _dot(row, run_id, limits_of(ranking.table, "in_draws"), newest=newest) for row in rows if row.code in wanted
    ]
    finding, context = scatter_sentences(ranking)
    if len(dots) < len(rows):
        context = (
            f"The picture shows {len(dots)} of {len(rows)} ranked countries; medians and axes are those of all of them."
        )
    pool = [(row.need or 0.0, row.feasibility or 0.0) for row in rows]
    return charts.scatter("ranking", finding, context, dots, first=ranking.table.first, pool=pool)


def _dot(row: RankingRow, run_id: int, bounds: tuple[float, ...], *, newest: bool) -> Dot:
    return Dot(
        row.name,
        _address(row, run_id, newest),
        row.need or 0.0,
        row.feasibility or 0.0,
        row.p20,
        row.rank,
        (row.low, row.high) if row.low is not None and row.high is not None else None,
        row.need_range,
        row.feasibility_range,
        partner=bool(row.former),
        likely_fail=row.likely_fail,
        limits=bounds,
    )


def world(run: ScoreRun, codes: tuple[str, ...], *, newest: bool) -> View:
    """Draw the map of some countries, ranked or not; those outside the pool are gray."""
    return _world(run.pk, codes, newest)


@lru_cache(maxsize=16)
def _world(run_id: int, codes: tuple[str, ...], newest: bool) -> View:
    ranking = ranking_of(ScoreRun(pk=run_id))
    wanted = set(codes)
    areas = [
        _area(row, run_id, limits_of(ranking.table, "in_draws"), newest=newest)
        for row in ranking.rows
        if row.code in wanted and row.status in ON_MAP
    ]
    found = concentration(ranking)
    finding = region_finding(found) if found else "No country is ranked."
    context = (
        f"Fill: share of draws in the first {ranking.table.first}. Gray: outside the pool, or not in the list below."
    )
    return worldmap("ranking-map", finding, context, areas, first=ranking.table.first)


ON_MAP = (CountryStatus.RANKED, CountryStatus.PROVISIONAL, CountryStatus.NOT_RANKABLE)


def _area(row: RankingRow, run_id: int, bounds: tuple[float, ...], *, newest: bool) -> Area:
    shape, address = shape_key(row.numeric, row.code), _address(row, run_id, newest)
    if row.status == CountryStatus.RANKED:
        return Area(shape, row.name, address, "ranked", row.p20, row.rank, limits=bounds)
    return Area(shape, row.name, address, "provisional", row.p20)


def _address(row: RankingRow, run_id: int, newest: bool) -> str:
    return reverse("country", args=(row.code,)) + ("" if newest else f"?run={run_id}")
