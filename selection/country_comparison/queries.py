"""Comparison of two to five countries of a run: order, causes, and what would reverse the order.

The answers on a pair are computed once and cached, because a run never changes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from django.core.cache import cache

from indicators.models import Country
from selection.countries.queries.screen import Screen, screens_of
from selection.countries.queries.withdrawn import CACHE_SECONDS
from selection.models import CountryStatus, ScoreRun
from selection.runs.queries.basis import Basis, basis_of
from selection.runs.rows import Ranking, RankingRow, ranking_of
from selection.scoring.apart import gap, shares_above
from selection.scoring.robustness import crossing_share, flip

MOST = 5
"""Most countries that fit side by side."""

PROPOSED = 3
"""Number of countries that the page proposes when none is chosen."""

COMPARED = (
    CountryStatus.RANKED,
    CountryStatus.PROVISIONAL,
    CountryStatus.OUTSIDE_POOL,
    CountryStatus.NOT_RANKABLE,
)
"""Statuses of countries that were scored and can be compared."""


@dataclass(frozen=True, slots=True)
class FlipChange:
    """Smallest change of one figure that reverses two countries, in the criterion's unit."""

    code: str
    criterion: str
    errors: float
    best: float
    value: float


@dataclass(frozen=True)
class CountryPair:
    """Two countries, the one with the higher score first.

    `share` is the share of draws in which the first is above, or None without draws. `crossing` is the share of the
    root's first axis at which their order reverses, beside its current share `now`; `axis_favors` is the country that a
    greater share favors. `gaps` are the points of the first one's lead by criterion.
    """

    first: str
    second: str
    share: float | None
    crossing: float | None
    now: float | None
    axis_favors: str
    change: FlipChange | None
    gaps: Mapping[str, float]


@dataclass(frozen=True)
class Compared:
    """Countries in the order of the request, and their pairs in the order of the scores.

    A country without any known need is in no pair. `is_asked_again` is True if the run's cells are available; without
    them there are no pairs.
    """

    run: ScoreRun
    ranking: Ranking
    rows: tuple[RankingRow, ...]
    screens: tuple[Screen, ...]
    pairs: tuple[CountryPair, ...]
    is_asked_again: bool


def compared(run: ScoreRun, rows: Sequence[RankingRow]) -> Compared:
    """Return these countries of a run by a method, side by side."""
    ranking, basis = ranking_of(run), basis_of(run)
    countries = Country.objects.in_bulk([row.code for row in rows], field_name="code")
    screens = screens_of(run, [countries[row.code] for row in rows])
    pairs: list[CountryPair] = []
    if basis is not None:
        position = basis.result.snapshot.position
        held = [row.code for row in rows if row.code in position and row.status != CountryStatus.NOT_RANKABLE]
        scores = {code: float(basis.result.scores[position[code]]) for code in held}
        held = sorted((code for code in held if not math.isnan(scores[code])), key=lambda code: -scores[code])
        pairs = [_pair(run, basis, one, other) for one, other in combinations(held, 2)]
    return Compared(run, ranking, tuple(rows), tuple(screens), tuple(pairs), basis is not None)


# ---- pairs ---------------------------------------------------------------------------------------------------------


def _pair(run: ScoreRun, basis: Basis, first: str, second: str) -> CountryPair:
    key = f"selection.pair.{run.pk}.{run.snapshot_hash}.{run.table_hash}.{first}.{second}"
    pair = cache.get_or_set(key, lambda: _compute_pair(run, basis, first, second), CACHE_SECONDS)
    assert isinstance(pair, CountryPair)
    return pair


def _compute_pair(run: ScoreRun, basis: Basis, first: str, second: str) -> CountryPair:
    result, cells = basis.result, basis.cells
    a, b = result.snapshot.position[first], result.snapshot.position[second]
    points = gap(result, a, b).tolist()
    found = flip(result.plan, cells, result.u, a, b)
    crossing, now, favors = _crossing(basis, a, b)
    return CountryPair(
        first,
        second,
        _share(run, basis, a, b),
        crossing,
        now,
        (first, second)[favors] if favors is not None else "",
        None
        if found is None
        else FlipChange(result.countries[found.position], found.criterion, found.errors, found.best, found.value),
        {criterion.key: one for criterion, one in zip(result.plan.criteria, points, strict=True) if one},
    )


def _crossing(basis: Basis, a: int, b: int) -> tuple[float | None, float | None, int | None]:
    """Return the share of the root's first axis that reverses two countries.

    Also returns the current share, and the index (0 or 1) of the country that a greater share favors.
    """
    plan, u = basis.result.plan, basis.result.u
    root = plan.root
    if root is None or len(root.children) != 2 or root.children[0].leaf:
        return None, None, None
    own, other = (float(basis.result.node_scores[at, root.children[0].index]) for at in (a, b))
    favors = None if own == other else int(other > own)
    return crossing_share(plan, u, a, b), float(root.weights[0]), favors


def _share(run: ScoreRun, basis: Basis, a: int, b: int) -> float | None:
    """Return the share of draws in which one country is above another.

    It is the stored share, or drawn now if a country has no rank.
    """
    if not run.draws:
        return None
    # Two small parts of the stored result, which is large.
    rows = ScoreRun.objects.filter(pk=run.pk)
    ranked: list[int] = rows.values_list("result__drawn__ranked", flat=True).first() or []
    if a in ranked and b in ranked:
        pair = f"result__drawn__pairs__{ranked.index(a)}__{ranked.index(b)}"
        stored: float | None = rows.values_list(pair, flat=True).first()
        if stored is not None:
            return stored
    above, below = shares_above(basis.model, basis.result, (a, b), draws=run.draws, seed=run.pk)
    return above / (above + below) if above + below else 0.5


# ---- countries to compare with -------------------------------------------------------------------------------------


def closest(ranking: Ranking, row: RankingRow, count: int = 2) -> tuple[Sequence[RankingRow], Sequence[RankingRow]]:
    """Return ranked countries to compare one with: its neighbors in rank, and the most similar others on both axes.

    The neighbors of a country without a rank are those at its possible rank.
    """
    rest = [other for other in ranking.ranked if other.code != row.code]
    if row.place is None:
        return rest[:count], ()
    at = sum(other.rank is not None and other.rank < row.place for other in rest)
    start = max(0, min(at - count // 2, len(rest) - count))
    far = rest[:start] + rest[start + count :]
    far.sort(key=lambda other: math.dist(_axes(other), _axes(row)))
    return rest[start : start + count], far[:count]


def _axes(row: RankingRow) -> tuple[float, float]:
    return row.need or 0.0, row.feasibility or 0.0
