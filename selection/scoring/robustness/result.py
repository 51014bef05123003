"""Robustness of the official ranking: to draws of data and weights, to other designs, and to a single change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..estimates import CellEstimates, PeerGroup
from ..method import Groups, Method
from ..model import Model
from ..ranking import places, quantise
from ..tree import Plan
from ..uncertainty import rank_intervals
from ..value_functions import FloatArray, IntArray, Positions
from .all_in import (
    IN,
    OPEN,
    OUT,
    OVERDUE_SOURCE,
    AllIn,
    Drawing,
    examine_all_in,
    group_by_draws,
    holding,
    overdue_alone,
    overdue_of,
    ranks_of,
    rounded,
)
from .counters import Axes, DatumValues, Pairs
from .designs import DesignGrid, Designs
from .draws import Simulation
from .exact import root_scores
from .stability import Change, Stability, stability
from .tables import EVERY_SOURCE, Source, Spread, spread

WEIGHTS, DATA, TOTAL, DESIGNS = "weights", "data", "total", "designs"
"""Widths in addition to those of single sources: weights alone, all data, everything that is drawn, and the designs."""

OVERDUE, DATA_WEIGHTS = "overdue", "data_weights"
"""Widths of a run with all-in draws: labels of overdue editions alone, a part of age, and data with weights."""

_OUTER = (5, 95)
_DIGITS, _PAIR_DIGITS = 4, 3


@dataclass(frozen=True, eq=False)
class Inputs:
    """An official result to examine.

    `cells` are in the plan's order; `u` (n, J) are the official values with gaps filled, NaN where a criterion does
    not apply. `ranked`, `provisional` and `outside` are positions in the snapshot, the last of countries outside the
    pool that have a score. `labels` are those of label criteria.
    """

    model: Model
    plan: Plan
    cells: Mapping[str, CellEstimates]
    u: FloatArray
    ranked: Positions
    provisional: Positions
    peers: PeerGroup
    labels: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    outside: Positions = field(default_factory=lambda: np.zeros(0, dtype=np.intp))

    @property
    def drawn(self) -> Positions:
        """Return the positions of the drawn countries, ranked ones first."""
        return np.concatenate([self.ranked, self.provisional]).astype(np.intp)

    @property
    def everyone(self) -> Positions:
        """Return the positions of the drawn countries and, after them, of those outside the pool."""
        return np.concatenate([self.drawn, self.outside]).astype(np.intp)

    @property
    def method(self) -> Method:
        return self.model.method


@dataclass(frozen=True, eq=False)
class Details:
    """Detailed findings, stored in addition to the widths.

    `ranges` maps a source of doubt to the ranks (m, 2) at 5 and 95 percent when it alone is drawn, `axes` a child of
    the root to its scores (m + p, 2) at these points of all draws. `ends` (m + p, J, 2) are the shares of draws within
    the first N with a cell among the lowest and among the highest fifth of its draws, NaN where it is exact.
    """

    ranges: Mapping[str, IntArray]
    axes: Mapping[str, FloatArray]
    ends: FloatArray


@dataclass(frozen=True, eq=False)
class Robustness:
    """The findings on m ranked and p provisional countries, in the order of their positions.

    `counts` (m, m) is the rank acceptability table, `intervals` (m, 3) the ranks at 5, 50 and 95 percent. `within`
    and `within_short` are the shares of draws among the first N and the shorter N, `bins` (m, bands) those of
    `bands`. `places` (p, 3) and `places_within` (p,) are the same of the place a provisional country would take.
    `best` and `worst` (m + p,) are its places with every uncertain cell at its 95% or 5% point. `widths` maps a source
    to the width (m,) of the 90% interval when it alone is drawn. `pairs` (m, m) is the share of draws in which the
    row's country lies above the column's; `datum` (m + p, J) is the value of a datum; `groups` (m,) are `IN`, `OPEN`
    or `OUT`. Where the method draws the design, the draws are all-in but for `pairs`, which are of data and weights.
    """

    draws: int
    seed: int
    method: Method
    ranked: Positions
    provisional: Positions
    criteria: tuple[str, ...]
    counts: IntArray
    intervals: IntArray
    within: FloatArray
    within_short: FloatArray
    bands: tuple[tuple[int, int], ...]
    bins: FloatArray
    places: IntArray
    places_within: FloatArray
    best: IntArray
    worst: IntArray
    widths: Mapping[str, IntArray]
    designs: Designs
    pairs: FloatArray
    datum: FloatArray
    stability: tuple[Stability, ...]
    groups: tuple[str, ...]
    details: Details
    all_in: AllIn | None = None

    @property
    def singles(self) -> list[tuple[str, str, IntArray]]:
        """Return the ranks (m,) under the model's own design ("", "") and under each change of a single choice."""
        own = self.designs.ranks[(0,) * len(self.designs.choices)]
        choices = self.method.choices
        others = [(choices[a].key, choices[a].options[o].key, ranks) for a, o, ranks in self.designs.singles]
        return [("", "", own), *others]

    @property
    def designs_within(self) -> FloatArray:
        """Return the share of designs (m,) in which each ranked country is among the first N."""
        return self.designs.share_within(self.method.first)

    @property
    def designs_intervals(self) -> IntArray:
        """Return the ranks (m, 2) at 5 and 95 percent of the designs."""
        return self.designs.intervals(_OUTER)

    def to_dict(self) -> dict[str, Any]:
        return {
            "draws": self.draws,
            "seed": self.seed,
            "first": self.method.first,
            "short": self.method.short,
            "ranked": self.ranked.tolist(),
            "provisional": self.provisional.tolist(),
            "intervals": self.intervals.tolist(),
            "within": rounded(self.within),
            "within_short": rounded(self.within_short),
            "bands": [list(band) for band in self.bands],
            "bins": rounded(self.bins),
            "places": self.places.tolist(),
            "places_within": rounded(self.places_within),
            "best": self.best.tolist(),
            "worst": self.worst.tolist(),
            "widths": {source: widths.tolist() for source, widths in self.widths.items()},
            "median_widths": self.median_widths,
            "designs": rounded(self.designs_within),
            "designs_intervals": self.designs_intervals.tolist(),
            "anova": {key: round(share, _DIGITS) for key, share in self.designs.total.items()},
            "anova_alone": {key: round(share, _DIGITS) for key, share in self.designs.first_order.items()},
            "pairs": rounded(self.pairs, _PAIR_DIGITS),
            "datum": {key: rounded(self.datum[:, j]) for j, key in enumerate(self.criteria)},
            "data": self.data,
            "stability": [self._stable(item) for item in self.stability],
            "groups": list(self.groups),
            **self._detailed(),
            **({"all_in": self.all_in.to_dict()} if self.all_in else {}),
        }

    def _stable(self, item: Stability) -> dict[str, Any]:
        return {
            "key": item.key,
            "now": round(item.now, _DIGITS),
            "ranges": {str(share): [round(end, _DIGITS) for end in ends] for share, ends in item.ranges.items()},
            "below": self._changed(item.below),
            "above": self._changed(item.above),
        }

    def _changed(self, change: Change | None) -> list[Any] | None:
        """Return the share at which the first N change, and the positions of the countries that leave and enter."""
        if change is None:
            return None
        return [change.share, *(self.ranked[list(rows)].tolist() for rows in (change.leaves, change.enters))]

    def _detailed(self) -> dict[str, Any]:
        low, high = self.details.ends[..., 0], self.details.ends[..., 1]
        return {
            "ranges": {source: ends.tolist() for source, ends in self.details.ranges.items()},
            "axes": {key: rounded(ends) for key, ends in self.details.axes.items()},
            "singles": [[choice, option, ranks.tolist()] for choice, option, ranks in self.singles],
            "datum_low": {key: rounded(low[:, j], _PAIR_DIGITS) for j, key in enumerate(self.criteria)},
            "datum_high": {key: rounded(high[:, j], _PAIR_DIGITS) for j, key in enumerate(self.criteria)},
        }

    @property
    def data(self) -> dict[str, float]:
        """Return the value of a datum summed over all countries, by criterion."""
        return {key: round(float(self.datum[:, j].sum()), _DIGITS) for j, key in enumerate(self.criteria)}

    @property
    def median_widths(self) -> dict[str, float]:
        """Return the median width of each source's interval over the ranked countries; empty if none is ranked."""
        return {source: float(np.median(widths)) for source, widths in self.widths.items() if len(widths)}


# One piece: each finding is one call, and the result takes all of them.
def examine(inputs: Inputs, *, draws: int, seed: int) -> Robustness:
    """Examine an official result with the given draws. The same inputs and seed give the same result."""
    plan, method, m = inputs.plan, inputs.method, len(inputs.ranked)
    everyone = spread(plan, inputs.cells, inputs.everyone if method.all_in else inputs.drawn)
    laws = everyone.first(len(inputs.drawn))
    pairs, axes, overdue = Pairs(m), Axes(plan, laws), overdue_of(inputs.cells)
    grid = DesignGrid(inputs.model, plan, inputs.cells, inputs.peers, inputs.labels, inputs.ranked)
    designs = grid.run()
    beside = len(everyone.base) - len(inputs.drawn)
    simulation = Simulation(inputs.model, plan, everyone, m, method.first, beside=beside)
    datum, all_in = DatumValues(laws), None
    if method.all_in:
        inner, drawing = ranks_of(inputs, simulation, draws, seed, (pairs, axes)), Drawing.of(inputs, grid, designs)
        whole = drawing.simulation(drawing.laws)
        held, datum = holding(inputs, whole, overdue), DatumValues(whole.spread.first(len(inputs.drawn)))
        all_found = ranks_of(inputs, whole, draws, seed, (datum, *((held,) if held else ())))
        found = all_found.beside(slice(0, len(inputs.provisional)))
        holds = held.shares if held else np.concatenate([found.within, found.places_within])
        all_in = examine_all_in(inputs, drawing, everyone, (all_found, inner), holds, overdue, draws, seed)
        grouped = group_by_draws(found.within, method.groups)
    else:
        inner = found = ranks_of(inputs, simulation, draws, seed, (pairs, axes, datum))
        grouped = groups(found.within, designs.share_within(method.first), method.groups)
    bands = tuple(method.bins(m))
    banded = [found.counts[:, low - 1 : high].sum(axis=1) for low, high in bands]
    best, worst = (_extreme(inputs, laws, point) for point in (0.95, 0.05))
    ranges = _split(inputs, laws.first(m), draws, seed, overdue if method.all_in else ())
    widths = {source: _width(ends) for source, ends in ranges.items()}
    widths |= {DATA_WEIGHTS: _width(inner.intervals)} if method.all_in else {}
    widths |= {TOTAL: _width(found.intervals), DESIGNS: _width(designs.intervals(_OUTER))}
    return Robustness(
        draws=draws,
        seed=seed,
        method=method,
        ranked=inputs.ranked,
        provisional=inputs.provisional,
        criteria=tuple(criterion.key for criterion in plan.criteria),
        counts=found.counts,
        intervals=found.intervals,
        within=found.within,
        within_short=found.within_short,
        bands=bands,
        bins=np.stack(banded, axis=1) / max(draws, 1),
        places=found.places,
        places_within=found.places_within,
        best=best,
        worst=worst,
        widths=widths,
        designs=designs,
        pairs=pairs.above / max(draws, 1),
        datum=datum.values(len(plan.criteria)),
        stability=stability(plan, inputs.u[inputs.ranked], method.first),
        groups=grouped,
        details=Details(ranges, axes.ranges, datum.ends(len(plan.criteria))),
        all_in=all_in,
    )


def groups(draws: FloatArray, designs: FloatArray, rule: Groups) -> tuple[str, ...]:
    """Return the group of each country by its shares of the draws and of the designs among the first N."""
    return tuple(
        IN
        if drawn >= rule.in_draws and designed >= rule.in_designs
        else OUT
        if drawn < rule.out and designed < rule.out
        else OPEN
        for drawn, designed in zip(draws.tolist(), designs.tolist(), strict=True)
    )


def _split(inputs: Inputs, data: Spread, draws: int, seed: int, overdue: Sequence[str]) -> dict[str, IntArray]:
    """Return the intervals (m, 2) when one source at a time is drawn, and all data together."""
    m, sources = len(inputs.ranked), {str(source): frozenset({source}) for source in Source}
    found = {}
    alone = {OVERDUE: OVERDUE_SOURCE} if overdue else {}
    for name, drawn in (sources | {WEIGHTS: frozenset(), DATA: EVERY_SOURCE} | alone).items():
        cells = overdue_alone(inputs, overdue) if name == OVERDUE else inputs.cells
        laws = data if name == DATA else spread(inputs.plan, cells, inputs.ranked, drawn)
        one = Simulation(inputs.model, inputs.plan, laws, m, inputs.method.first, weights=name == WEIGHTS)
        found[name] = rank_intervals(one.run(draws, seed), _OUTER) if m else np.zeros((0, 2), dtype=np.int64)
    return found


def _width(intervals: IntArray) -> IntArray:
    return np.asarray(intervals[:, -1] - intervals[:, 0])


def _extreme(inputs: Inputs, laws: Spread, point: float) -> IntArray:
    """Return the places (m + p,) that countries take with their own cells at this point and all others as they are."""
    official = root_scores(inputs.plan, inputs.u[inputs.ranked])
    moved = root_scores(inputs.plan, laws.at(point))
    found = places(np.concatenate([official, moved]), np.arange(len(official) + len(moved)) < len(official))
    # A country is not above itself: where it falls, its official score is one of those above.
    itself = np.zeros(len(moved), dtype=np.int64)
    itself[: len(official)] = quantise(official) > quantise(moved[: len(official)])
    return np.asarray(found[len(official) :] - itself)
