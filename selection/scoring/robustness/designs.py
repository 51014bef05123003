"""Ranking under every combination of the method's choices: a full grid, without random sampling."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..estimates import OWN, CellEstimates, PeerGroup
from ..method import Estimate, Option
from ..model import Model
from ..rank_draws import IntArray
from ..ranking import competition_rank_rows
from ..tree import Plan
from ..value_functions import (
    FloatArray,
    Goalposts,
    OrdinalMap,
    Positions,
)
from .exact import reweighted, root_scores

POOLED, MEAN = "pooled", "mean"

_TOGETHER = 128
"""Designs that are scored at once: more of them would only take more memory."""

Taken: TypeAlias = tuple[str, bool, bool, tuple[tuple[str, str], ...]]
"""A design's treatment of one criterion: series, own values only, logarithms, labels that count as others."""

_AS_OFFICIAL: Taken = ("", False, False, ())


@dataclass(frozen=True, eq=False)
class Designs:
    """Ranks of the m ranked countries in every design, (options of the first choice, of the second, ..., m)."""

    ranks: IntArray
    choices: tuple[str, ...]

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
        """Return the share of designs in which each country is among the first N."""
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

    def run(self) -> Designs:
        """Rank the ranked countries in every design."""
        choices = self.model.method.choices if self.model.method else ()
        designs = list(itertools.product(*(choice.options for choice in choices)))
        ranks = np.empty((len(designs), len(self.ranked)), dtype=np.int64)
        # Designs that differ in values alone are scored in one call.
        by_rules: dict[tuple[Any, ...], list[int]] = {}
        for number, options in enumerate(designs):
            by_rules.setdefault(_rules(options), []).append(number)
        values: dict[tuple[Option, ...], FloatArray] = {}
        for numbers in by_rules.values():
            for start in range(0, len(numbers), _TOGETHER):
                part = numbers[start : start + _TOGETHER]
                u = np.stack([self._values(designs[number], values) for number in part])
                ranks[part] = competition_rank_rows(self._scores(u, designs[part[0]]))
        shape = [len(choice.options) for choice in choices]
        return Designs(ranks.reshape(*shape, len(self.ranked)), tuple(choice.key for choice in choices))

    def scores(self, options: Sequence[Option]) -> FloatArray:
        """Return the ranked countries' scores (m,) when these options are taken together."""
        return self._scores(self._values(options, {}), options)

    def _scores(self, u: FloatArray, options: Sequence[Option]) -> FloatArray:
        """Return the scores (..., m) of values u (..., m, J) by the rules of these options."""
        given = {key: weight for option in options for key, weight in option.weights}
        return root_scores(
            self.plan,
            u,
            reweighted(self.plan, self.model, given) if given else None,
            arithmetic=any(option.arithmetic for option in options),
            unscaled=any(option.unscaled for option in options),
        )

    def _values(self, options: Sequence[Option], known: dict[tuple[Option, ...], FloatArray]) -> FloatArray:
        """Return u (m, J) as these options take it, from `known` where those that take values otherwise are known."""
        taking = tuple(option for option in options if option.values or option.own_only or option.log or option.relabel)
        if taking not in known:
            columns = [self._column(criterion.key, _taken(criterion.key, taking)) for criterion in self.plan.criteria]
            known[taking] = np.stack(columns, axis=1)
        return known[taking]

    def _column(self, key: str, taken: Taken) -> FloatArray:
        if (key, taken) not in self._columns:
            u = self.cells[key].u if taken == _AS_OFFICIAL else self._taken_u(self.cells[key], taken)
            self._columns[key, taken] = u[self.ranked]
        return self._columns[key, taken]

    def _taken_u(self, cell: CellEstimates, taken: Taken) -> FloatArray:
        series, own_only, log, relabel = taken
        if isinstance(cell.criterion.value_function, OrdinalMap):
            return self._relabeled(cell, cell.criterion.value_function, dict(relabel))
        if series in ("", POOLED) and not own_only and not log:
            return cell.u
        best = _best(cell, series, own_only)
        u = _logarithmic(cell, best) if log else cell.transform(best)
        u = np.where(np.isnan(best), np.nan, u)
        applies = ~np.isnan(cell.u)
        lacking = [i for i in self.ranked.tolist() if np.isnan(u[i]) and applies[i]]
        return self.peers.fill(u, lacking)[0]

    def _relabeled(self, cell: CellEstimates, table: OrdinalMap, others: Mapping[str, str]) -> FloatArray:
        u, values = cell.u.copy(), dict(table.table)
        for i, label in enumerate(self.labels[cell.criterion.key]):
            if label is not None and label in others:
                u[i] = values[others[label]]
        return u


def _rules(options: Sequence[Option]) -> tuple[Any, ...]:
    """Return what options change in how values are put together; weights that come later win."""
    given = {key: weight for option in options for key, weight in option.weights}
    arithmetic, unscaled = any(option.arithmetic for option in options), any(option.unscaled for option in options)
    return tuple(sorted(given.items())), arithmetic, unscaled


def _taken(key: str, options: Sequence[Option]) -> Taken:
    series = [name for option in options for of, name in option.values if of == key]
    return (
        series[-1] if series else "",
        any(key in option.own_only for option in options),
        any(key in option.log for option in options),
        tuple((old, new) for option in options for of, old, new in option.relabel if of == key),
    )


def _best(cell: CellEstimates, series: str, own_only: bool) -> FloatArray:
    """Return the best estimates (n,) on the scale, NaN where the design has none."""
    published = cell.published
    if series == MEAN:
        values = np.stack([_on_scale(cell, values) for values in published.values()])
        known: NDArray[np.bool_] = ~np.isnan(values)
        count = known.sum(axis=0)
        total = np.where(known, values, 0.0).sum(axis=0)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)
    if series not in ("", POOLED):
        return _on_scale(cell, published[series])
    if not own_only:
        return cell.best
    own = _on_scale(cell, next(iter(published.values())))
    is_own = np.array([source == OWN for source in cell.sources], dtype=np.bool_)
    return np.where(is_own, cell.best, own)


def _on_scale(cell: CellEstimates, values: FloatArray) -> FloatArray:
    scale = (cell.criterion.estimate or Estimate()).scale
    return np.array([scale.of(v) if not math.isnan(v) and scale.accepts(v) else math.nan for v in values.tolist()])


def _logarithmic(cell: CellEstimates, best: FloatArray) -> FloatArray:
    """Return u = ln v / ln of the upper goalpost, 0 below 1, for values v; turned about where lower is better."""
    function = cell.criterion.value_function
    if not isinstance(function, Goalposts) or function.upper <= 1.0:
        raise ValueError(f"criterion {cell.criterion.key!r} has no goalpost above 1, and so no logarithm from 1")
    values = (cell.criterion.estimate or Estimate()).scale.back(best)
    u = np.clip(np.log(np.maximum(np.nan_to_num(values), 1.0)) / math.log(function.upper), 0.0, 1.0)
    return u if function.direction > 0 else 1.0 - u
