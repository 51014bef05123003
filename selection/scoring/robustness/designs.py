"""Ranking under every combination of the method's choices: a full grid, without random sampling."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..estimates import CellEstimates, PeerGroup
from ..method import Option
from ..model import Model
from ..ranking import competition_rank_rows
from ..tree import Plan
from ..value_functions import FloatArray, IntArray, Positions
from .exact import AxisRule, Weights, axis_ends, reweighted, root_scores
from .levels import AS_OFFICIAL, Grid, Levels, Taken, taken, takes

_TOGETHER = 128
"""Designs that are scored at once: more of them would only take more memory."""


@dataclass(frozen=True, eq=False)
class Designs:
    """Ranks of the m ranked countries in every design, (options of the first choice, of the second, ..., m).

    `ends` (designs, c, 2) are the scores of the root's c children that count as 0 and as 1 on its axes.
    """

    ranks: IntArray
    choices: tuple[str, ...]
    ends: FloatArray = field(default_factory=lambda: np.zeros((0, 0, 2)))

    @property
    def singles(self) -> Iterator[tuple[int, int, IntArray]]:
        """Yield each design that changes a single choice: the choice, its option, and the ranks (m,)."""
        for axis, options in enumerate(self.ranks.shape[:-1]):
            for option in range(1, options):
                at = [0] * len(self.choices)
                at[axis] = option
                yield axis, option, self.ranks[tuple(at)]

    @property
    def table(self) -> IntArray:
        """Return the ranks with one row per design, (designs, m)."""
        return self.ranks.reshape(math.prod(self.ranks.shape[:-1]), self.ranks.shape[-1])

    def share_within(self, first: int) -> FloatArray:
        return np.asarray((self.table <= first).mean(axis=0), dtype=np.float64)

    def intervals(self, percents: Sequence[int]) -> IntArray:
        """Return, (m, percents), the smallest rank that at least this percent of the designs do not exceed."""
        ordered = np.sort(self.table, axis=0)
        return np.stack([ordered[max(-(-len(ordered) * q // 100), 1) - 1] for q in percents], axis=1)

    @cached_property
    def first_order(self) -> dict[str, float]:
        """Return the share of the ranks' variance that each choice explains alone, over all countries."""
        return {
            key: self._share(self.ranks.mean(axis=self._others(axis)).var(axis=0))
            for axis, key in enumerate(self.choices)
        }

    @cached_property
    def total(self) -> dict[str, float]:
        """Return the share of the ranks' variance that involves each choice: the rest if all other choices are fixed.

        These shares add up to more than 1 where choices interact.
        """
        left = tuple(range(len(self.choices) - 1))
        return {key: self._share(self.ranks.var(axis=axis).mean(axis=left)) for axis, key in enumerate(self.choices)}

    def _others(self, axis: int) -> tuple[int, ...]:
        return tuple(i for i in range(len(self.choices)) if i != axis)

    def _share(self, variances: FloatArray) -> float:
        whole = float(self.table.var(axis=0).sum())
        return float(variances.sum()) / whole if whole > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Assembly:
    """The part of a design that puts values together; weights that come later win."""

    weights: tuple[tuple[str, float], ...]
    arithmetic: bool
    axes: AxisRule

    @classmethod
    def of(cls, options: Sequence[Option]) -> Assembly:
        given = {key: weight for option in options for key, weight in option.weights}
        percentiles = [option.percentiles for option in options if option.percentiles is not None]
        return cls(
            tuple(sorted(given.items())),
            any(option.arithmetic for option in options),
            AxisRule(any(option.unscaled for option in options), percentiles[-1] if percentiles else None),
        )


@dataclass(eq=False)
class DesignGrid:
    """Official values, normalized again as each design requires."""

    model: Model
    plan: Plan
    cells: Mapping[str, CellEstimates]
    peers: PeerGroup
    labels: Mapping[str, Sequence[str | None]]
    ranked: Positions
    _columns: dict[tuple[str, Taken], FloatArray] = field(default_factory=dict)

    @cached_property
    def grid(self) -> Grid:
        return Grid(self.model.method.choices)

    @cached_property
    def rules(self) -> tuple[Assembly, ...]:
        return tuple(Assembly.of(options) for options in self.grid.designs)

    def run(self) -> Designs:
        designs = self.grid.designs
        ranks = np.empty((len(designs), len(self.ranked)), dtype=np.int64)
        root = self.plan.root
        ends = np.zeros((len(designs), len(root.children) if root else 0, 2))
        # Designs that differ in values alone are scored in one call.
        by_rules: dict[Assembly, list[int]] = {}
        for number, rules in enumerate(self.rules):
            by_rules.setdefault(rules, []).append(number)
        values: dict[tuple[Option, ...], FloatArray] = {}
        for rules, numbers in by_rules.items():
            for start in range(0, len(numbers), _TOGETHER):
                part = numbers[start : start + _TOGETHER]
                u = np.stack([self._values(designs[number], values) for number in part])
                ranks[part] = competition_rank_rows(self._scores(u, rules))
                if root is not None:
                    ends[part] = axis_ends(self.plan, u, self._weights(rules), rules.axes)
        shape = (*self.grid.shape, len(self.ranked))
        return Designs(ranks.reshape(shape), tuple(choice.key for choice in self.grid.choices), ends)

    def scores(self, options: Sequence[Option]) -> FloatArray:
        """Return the ranked countries' scores (m,) when these options are taken together."""
        return self._scores(self._values(options, {}), Assembly.of(options))

    def _scores(self, u: FloatArray, rules: Assembly) -> FloatArray:
        """Return the scores (..., m) of values u (..., m, J) by these rules."""
        weights = self._weights(rules)
        return root_scores(self.plan, u, weights, arithmetic=rules.arithmetic, axes_by=rules.axes)

    def _weights(self, rules: Assembly) -> Weights | None:
        return reweighted(self.plan, self.model, dict(rules.weights)) if rules.weights else None

    def _values(self, options: Sequence[Option], known: dict[tuple[Option, ...], FloatArray]) -> FloatArray:
        """Return u (m, J) as these options take it, from `known` where those that take values otherwise are known."""
        taking = tuple(option for option in options if takes(option))
        if taking not in known:
            columns = [self._column(criterion.key, taken(criterion.key, taking)) for criterion in self.plan.criteria]
            known[taking] = np.stack(columns, axis=1)
        return known[taking]

    def _column(self, key: str, way: Taken) -> FloatArray:
        if (key, way) not in self._columns:
            levels = Levels(self.cells, self.peers, self.labels, self.ranked)
            cell = self.cells[key] if way == AS_OFFICIAL else levels.of(key, way)
            self._columns[key, way] = cell.u[self.ranked]
        return self._columns[key, way]
