"""Ways in which the designs take a criterion's values, and the cells of each: best estimates, errors, and peers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..estimates import OWN, CellEstimates, PeerGroup
from ..method import Choice, Estimate, Option
from ..value_functions import FloatArray, Goalposts, OrdinalMap, Positions

POOLED, MEAN = "pooled", "mean"

Taken: TypeAlias = tuple[str, bool, bool, tuple[tuple[str, str], ...]]
"""A design's treatment of one criterion: series, own values only, logarithms, labels that count as others."""

AS_OFFICIAL: Taken = ("", False, False, ())

Found = TypeVar("Found", bound=Hashable)


@dataclass(frozen=True, eq=False)
class Grid:
    """Every combination of the options of the choices, numbered as `itertools.product` yields them."""

    choices: tuple[Choice, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(choice.options) for choice in self.choices)

    @cached_property
    def designs(self) -> tuple[tuple[Option, ...], ...]:
        return tuple(itertools.product(*(choice.options for choice in self.choices)))

    def vary(
        self, of: Callable[[Sequence[Option]], Found], matters: Callable[[Option], bool]
    ) -> tuple[tuple[Found, ...], NDArray[np.intp]]:
        """Return the distinct values of a function of the options, and the number of its value in each design.

        Only choices with an option that `matters` are varied. The value of the model's own options comes first.
        """
        varied = [any(matters(option) for option in choice.options) for choice in self.choices]
        axes = [range(len(choice.options)) if v else range(1) for choice, v in zip(self.choices, varied, strict=True)]
        numbers: dict[Found, int] = {}
        table = np.zeros([len(axis) for axis in axes], dtype=np.intp)
        for at in itertools.product(*axes):
            options = [choice.options[o] for choice, o in zip(self.choices, at, strict=True)]
            table[at] = numbers.setdefault(of(options), len(numbers))
        return tuple(numbers), np.broadcast_to(table, self.shape).reshape(-1)


def taken(key: str, options: Sequence[Option]) -> Taken:
    """Return how a criterion is taken when these options are taken together."""
    series = [name for option in options for of, name in option.values if of == key]
    return (
        series[-1] if series else "",
        any(key in option.own_only for option in options),
        any(key in option.log for option in options),
        tuple((old, new) for option in options for of, old, new in option.relabel if of == key),
    )


def taking(key: str) -> Callable[[Sequence[Option]], Taken]:
    """Return the function that finds how a criterion is taken."""
    return lambda options: taken(key, options)


def takes(option: Option) -> bool:
    """Return whether an option takes the values of a criterion otherwise."""
    return bool(option.values or option.own_only or option.log or option.relabel)


def concerning(key: str) -> Callable[[Option], bool]:
    """Return the function that finds whether an option takes a criterion otherwise."""
    return lambda option: taken(key, (option,)) != AS_OFFICIAL


@dataclass(frozen=True, eq=False)
class Levels:
    """The cells of every criterion by the ways in which it can be taken.

    Gaps of the countries at `positions` are filled from their peers at the same level.
    """

    cells: Mapping[str, CellEstimates]
    peers: PeerGroup
    labels: Mapping[str, Sequence[str | None]]
    positions: Positions

    def of(self, key: str, way: Taken) -> CellEstimates:
        """Return the cells of one criterion, taken in one way."""
        cell, (series, own_only, log, relabel) = self.cells[key], way
        if isinstance(cell.criterion.value_function, OrdinalMap):
            return self._relabeled(cell, cell.criterion.value_function, dict(relabel)) if relabel else cell
        if series in ("", POOLED) and not own_only and not log:
            return cell
        made = _taken(cell, series, own_only=own_only)
        if log:
            made = replace(made, transform=_logarithmic(cell))
        if log or made is not cell:
            made = replace(made, u=np.where(np.isnan(made.best), np.nan, made.transform(made.best)))
        applies = ~np.isnan(cell.u)
        lacking = [i for i in self.positions.tolist() if np.isnan(made.u[i]) and applies[i]]
        u, peers = self.peers.fill(made.u, lacking)
        return replace(made, u=u, peers=peers)

    def _relabeled(self, cell: CellEstimates, table: OrdinalMap, others: Mapping[str, str]) -> CellEstimates:
        u, values = cell.u.copy(), dict(table.table)
        for i, label in enumerate(self.labels[cell.criterion.key]):
            if label is not None and label in others:
                u[i] = values[others[label]]
        moves = (cell.criterion.estimate or Estimate()).transitions
        levels = [] if moves is None else [values[others.get(label, label)] for label in moves.labels]
        return replace(cell, u=u, levels=np.array(levels, dtype=np.float64))


def _taken(cell: CellEstimates, series: str, *, own_only: bool) -> CellEstimates:
    """Return cells by another series or by the own one alone: best estimates and errors, NaN where there is none."""
    if series in cell.others:
        return cell.others[series]
    if series not in ("", POOLED):
        values = list(cell.published.values()) if series == MEAN else [cell.published[series]]
        placed = np.stack([_on_scale(cell, each) for each in values])
        count = (~np.isnan(placed)).sum(axis=0)
        total = np.where(np.isnan(placed), 0.0, placed).sum(axis=0)
        best = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        if cell.pooling is None:
            return replace(cell, best=best)
        errors = np.where(count > 0, cell.pooling.noise / np.sqrt(np.maximum(count, 1)), 0.0)
        return replace(cell, best=best, parts={**cell.parts, "measurement": errors})
    if not own_only:
        return cell
    own = _on_scale(cell, next(iter(cell.published.values())))
    is_own = np.array([source == OWN for source in cell.sources], dtype=np.bool_)
    return replace(cell, best=np.where(is_own, cell.best, own))


def _on_scale(cell: CellEstimates, values: FloatArray) -> FloatArray:
    scale = (cell.criterion.estimate or Estimate()).scale
    return np.array([scale.of(v) if not math.isnan(v) and scale.accepts(v) else math.nan for v in values.tolist()])


def _logarithmic(cell: CellEstimates) -> Callable[[FloatArray], FloatArray]:
    """Return the function from the scale to u = ln v / ln of the upper goalpost, 0 below 1, for values v.

    It is turned about where lower is better.
    """
    function = cell.criterion.value_function
    if not isinstance(function, Goalposts) or function.upper <= 1.0:
        raise ValueError(f"criterion {cell.criterion.key!r} has no goalpost above 1, and so no logarithm from 1")
    scale, whole, down = (cell.criterion.estimate or Estimate()).scale, math.log(function.upper), function.direction < 0

    def transform(t: FloatArray) -> FloatArray:
        u = np.clip(np.log(np.maximum(np.nan_to_num(scale.back(t)), 1.0)) / whole, 0.0, 1.0)
        return 1.0 - u if down else u

    return transform
