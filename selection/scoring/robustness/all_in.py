"""Findings of a method whose draws include the design: what a list with one interval needs to be read.

The draws of `Robustness` are then all-in. Here are the draws of data and weights alone, the result if no label of an
overdue edition changes, the places of countries outside the pool, and what the weights and the data do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..estimates import PARTS, CellEstimates
from ..method import Groups
from ..uncertainty import INTERVAL_PERCENTS, rank_intervals
from ..value_functions import FloatArray, IntArray, Positions
from .counters import Holding, Places
from .decomposition import Decomposition, decompose
from .designs import DesignGrid, Designs
from .draws import Counter, Simulation
from .exact import child_keys
from .free_weights import FreeWeights, free_weights
from .importance import Importance, importance
from .mix import Mix, mix_of, mixed_laws, stilled
from .reliability import Reliability, reliability
from .tables import QUANTILES, MixedSpread, Source, Spread, drawn_labels, spread

if TYPE_CHECKING:
    from .result import Inputs

IN, OPEN, OUT = "in", "open", "out"

_DIGITS = 4


@dataclass(frozen=True, eq=False)
class Ranks:
    """Ranks of m ranked countries, and the places of p others, over some draws.

    `intervals` (m, 3) and `places` (p, 3) are those at 5, 50 and 95 percent; the rest are shares of draws within the
    first N and the shorter N.
    """

    intervals: IntArray
    within: FloatArray
    within_short: FloatArray
    places: IntArray
    places_within: FloatArray
    counts: IntArray

    def beside(self, others: slice) -> Ranks:
        """Return the same with some of the others alone."""
        return replace(self, places=self.places[others], places_within=self.places_within[others])

    def to_dict(self) -> dict[str, Any]:
        return {
            "intervals": self.intervals.tolist(),
            "within": np.round(self.within, _DIGITS).tolist(),
            "within_short": np.round(self.within_short, _DIGITS).tolist(),
            "places": self.places.tolist(),
            "places_within": np.round(self.places_within, _DIGITS).tolist(),
        }


@dataclass(frozen=True, eq=False)
class AllIn:
    """The findings of a run beside its all-in draws of m ranked and p provisional countries.

    `inner` are the draws of data and weights. `overdue` are the criteria with an edition that is due and not loaded,
    and `settled` the all-in draws if no label of theirs changes, None if there are none. `holds` (m + p,) is the share
    of the all-in draws within the first N among those in which a country's own labels hold. `outside` are the positions
    of the countries outside the pool that have a score, and `outside_ranks` their places in the all-in draws and in
    those of data and weights. `reliability` is that of all of them, in the order ranked, provisional, outside, and
    `reliability_settled` (m + p + o,) the same if no label of an overdue edition changes.
    """

    inner: Ranks
    overdue: tuple[str, ...]
    settled: Ranks | None
    holds: FloatArray
    outside: Positions
    outside_ranks: tuple[Ranks, Ranks]
    importance: tuple[Importance, ...]
    reliability: Reliability
    reliability_settled: FloatArray
    free: FreeWeights
    free_keys: tuple[tuple[str, tuple[str, ...]], ...]
    decomposition: Decomposition
    ends: Mapping[str, FloatArray]

    def to_dict(self) -> dict[str, Any]:
        return {
            "inner": self.inner.to_dict(),
            "overdue": list(self.overdue),
            "settled": self.settled.to_dict() if self.settled else None,
            "holds": rounded(self.holds),
            "outside": self.outside.tolist(),
            "outside_all_in": self.outside_ranks[0].to_dict(),
            "outside_inner": self.outside_ranks[1].to_dict(),
            "importance": [
                [item.key, *(None if x is None else round(x, _DIGITS) for x in (item.nominal, item.effective, item.r))]
                for item in self.importance
            ],
            "reliability": rounded(self.reliability.values),
            "reliability_settled": rounded(self.reliability_settled),
            "free": {
                "within": rounded(self.free.acceptability),
                "intervals": self.free.intervals.tolist(),
                "confidence": rounded(self.free.confidence),
                "weights": {
                    key: rounded(part) for (key, _), part in zip(self.free_keys, self.free.central, strict=True)
                },
            },
            "decomposition": {
                name: {group: [round(share.alone, _DIGITS), round(share.together, _DIGITS)] for group, share in found}
                for name, found in (
                    ("everyone", self.decomposition.everyone.items()),
                    ("first", self.decomposition.first.items()),
                )
            },
            "ends": {key: rounded(ends) for key, ends in self.ends.items()},
        }


def rounded(values: FloatArray, digits: int = _DIGITS) -> list[Any]:
    """Return rounded numbers as plain data, None for NaN."""
    plain: list[Any] = np.where(np.isnan(values), None, np.round(values, digits)).tolist()
    return plain


def group_by_draws(within: FloatArray, rule: Groups) -> tuple[str, ...]:
    """Return the group of each country by its share of all-in draws among the first N."""
    return tuple(IN if share >= rule.in_draws else OUT if share < rule.out else OPEN for share in within.tolist())


def overdue_of(cells: Mapping[str, CellEstimates]) -> tuple[str, ...]:
    """Return the criteria whose labels move because an edition that is due is not loaded."""
    found = []
    for key, cell in cells.items():
        moves = (cell.criterion.estimate.transitions if cell.criterion.estimate else None) if cell.moves else None
        if moves is not None and moves.due:
            found.append(key)
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Drawing:
    """The all-in draws of an official result: its designs, and its cells' laws at every level, laid out once.

    The countries are the ranked ones, the provisional ones, and those outside the pool.
    """

    inputs: Inputs
    designs: Designs
    mix: Mix
    laws: MixedSpread

    @classmethod
    def of(cls, inputs: Inputs, grid: DesignGrid, designs: Designs) -> Drawing:
        mix = mix_of(inputs.model, inputs.plan, grid, designs)
        return cls(inputs, designs, mix, mixed_laws(inputs.plan, grid, inputs.everyone))

    def simulation(self, laws: MixedSpread) -> Simulation:
        """Return the all-in draws by these laws, of which those of the ranked countries come first."""
        of, beside = self.inputs, max(0, len(laws.base) - len(self.inputs.drawn))
        return Simulation(of.model, of.plan, laws, len(of.ranked), of.method.first, mix=self.mix, beside=beside)

    def settled(self, keys: Sequence[str]) -> MixedSpread:
        """Return the laws of the ranked and provisional countries if no label of these criteria changes."""
        of, drawn = self.inputs, self.inputs.drawn
        grid = DesignGrid(of.model, of.plan, stilled(of.cells, keys), of.peers, of.labels, of.ranked)
        columns = {j for j, criterion in enumerate(of.plan.criteria) if criterion.key in keys}
        return self.laws.first(len(drawn)).with_columns(mixed_laws(of.plan, grid, drawn, keys), columns)


def ranks_of(inputs: Inputs, simulation: Simulation, draws: int, seed: int, counters: Sequence[Counter] = ()) -> Ranks:
    """Draw a simulation, and return ranks and places; `counters` see every chunk."""
    m = len(inputs.ranked)
    beside = Places(m, len(simulation.spread.base) - m)
    counts = simulation.run(draws, seed, (beside, *counters))
    first, short = inputs.method.first, inputs.method.short
    nothing = np.zeros((0, len(INTERVAL_PERCENTS)), dtype=np.int64)
    return Ranks(
        rank_intervals(counts) if m else nothing,
        _share(counts, first, draws),
        _share(counts, short, draws),
        rank_intervals(beside.counts) if len(beside.counts) else nothing,
        _share(beside.counts, first, draws),
        counts,
    )


def _share(counts: IntArray, first: int, draws: int) -> FloatArray:
    return np.asarray(counts[:, :first].sum(axis=1) / max(draws, 1), dtype=np.float64)


def holding(inputs: Inputs, simulation: Simulation, overdue: Sequence[str]) -> Holding | None:
    """Return the counter of draws in which a country's own label of the first overdue criterion stays as stated."""
    if not overdue:
        return None
    key = overdue[0]
    cell, labels = inputs.cells[key], inputs.labels[key]
    moves = cell.criterion.estimate.transitions if cell.criterion.estimate else None
    assert moves is not None
    stays = np.ones((len(inputs.drawn), QUANTILES), dtype=np.bool_)
    for row, position in enumerate(inputs.drawn.tolist()):
        label = labels[position]
        if position in cell.moves and label is not None:
            stays[row] = drawn_labels(cell.levels, cell.moves[position]) == moves.labels.index(label)
    column = [criterion.key for criterion in inputs.plan.criteria].index(key)
    return Holding(simulation.spread, column, stays)


def examine_all_in(
    inputs: Inputs,
    drawing: Drawing,
    laws: Spread,
    ranks: tuple[Ranks, Ranks],
    holds: FloatArray,
    overdue: tuple[str, ...],
    draws: int,
    seed: int,
) -> AllIn:
    """Find what a list with all-in draws needs to be read.

    `laws` are those of the official design for everyone, and `ranks` what the all-in draws and those of data and
    weights found.
    """
    plan, model, m, size = inputs.plan, inputs.model, len(inputs.ranked), len(inputs.drawn)
    still, everyone = stilled(inputs.cells, overdue), inputs.everyone
    u = inputs.u[everyone]
    settled = drawing.simulation(drawing.settled(overdue)) if overdue else None
    outside = slice(size - m, len(everyone) - m)
    return AllIn(
        inner=ranks[1].beside(slice(0, size - m)),
        overdue=overdue,
        settled=ranks_of(inputs, settled, draws, seed) if settled else None,
        holds=holds,
        outside=inputs.outside,
        outside_ranks=(ranks[0].beside(outside), ranks[1].beside(outside)),
        importance=importance(plan, inputs.u[inputs.ranked]),
        reliability=reliability(plan, laws, u, m),
        reliability_settled=reliability(plan, spread(plan, still, everyone) if overdue else laws, u, m).values,
        free=free_weights(model, plan, laws.first(m), m, inputs.method.first, draws, seed),
        free_keys=tuple((branch.key, child_keys(plan, branch)) for branch in plan.branches),
        decomposition=decompose(drawing.simulation(drawing.laws.first(m)), seed),
        ends=_ends(inputs, drawing.designs),
    )


def _ends(inputs: Inputs, designs: Designs) -> dict[str, FloatArray]:
    """Return the ends (designs, 2) of each axis by the key of the child, in the designs' order."""
    root = inputs.plan.branches[-1]
    return {
        key: designs.ends[:, c]
        for c, (key, child) in enumerate(zip(child_keys(inputs.plan, root), root.children, strict=True))
        if child.span is not None
    }


def overdue_alone(inputs: Inputs, overdue: Sequence[str]) -> dict[str, CellEstimates]:
    """Return the cells in which nothing but the labels of overdue editions is in doubt."""
    size = len(inputs.u)
    exact = {name: np.zeros(size) for name in PARTS}
    return {
        key: cell if key in overdue else replace(cell, moves={}, peers={}, parts=exact)
        for key, cell in inputs.cells.items()
    }


OVERDUE_SOURCE = frozenset({Source.AGE})
