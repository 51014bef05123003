"""A weight tree laid out for draws: products for its arithmetic parts, blocks of float32 for what lies above them.

A unit is a lone leaf or a maximal branch of arithmetic means; given the drawn weights its score is one product. What
is above (a geometric or generalized mean, an axis with a span) is computed value by value.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..aggregate import Mean
from ..tree import Branch, Child, Plan
from ..value_functions import Positions
from .kernel import Keys
from .tables import Float32Array
from .weights import Local


@dataclass(frozen=True)
class Unit:
    """A lone leaf (`branch` None) or a maximal arithmetic branch, with its leaves."""

    leaves: tuple[int, ...]
    branch: int | None = None
    slope: float = 1.0
    """Factor of its scores in the mean above, applied to the weights because they are fewer."""

    def is_of(self, child: Child) -> bool:
        """Return whether this unit is that leaf or branch."""
        if child.leaf:
            return self.branch is None and self.leaves == (child.index,)
        return self.branch == child.index


@dataclass(frozen=True, eq=False)
class Layout:
    """The way from drawn cells and weights to the scores of countries with these absent cells (D, J)."""

    plan: Plan
    absent: NDArray[np.bool_]

    @property
    def root(self) -> int:
        """Return the root's number among the branches."""
        return len(self.plan.branches) - 1

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """Return the units, in the order in which the plan computes them."""
        if self._flat(self.root):
            return (Unit(self.plan.branches[-1].leaves, self.root),)
        found = []
        for b in self.above:
            branch = self.plan.branches[b]
            for child in branch.children:
                if child.leaf:
                    found.append(Unit((child.index,), None, _slope(branch, child)))
                elif self._flat(child.index):
                    leaves = self.plan.branches[child.index].leaves
                    found.append(Unit(leaves, child.index, _slope(branch, child)))
        return tuple(found)

    @cached_property
    def above(self) -> tuple[int, ...]:
        """Return the branches above the units, children first."""
        return tuple(b for b in range(len(self.plan.branches)) if not self._flat(b))

    def _flat(self, b: int) -> bool:
        return self.plan.branches[b].purely_arithmetic

    def weights(
        self, unit: Unit, local: Local, absent: NDArray[np.bool_], slopes: Float32Array | None = None
    ) -> Float32Array:
        """Return the weights (leaves, draws) of a unit's leaves, times its slope, for these absent cells (J,).

        `slopes` (draws,) are those of the draws' designs, None if every draw has the unit's own.
        """
        draws = local[-1].shape[1]
        out = np.zeros((len(unit.leaves), draws), dtype=np.float32)
        share = np.full(draws, unit.slope, dtype=np.float32) if slopes is None else slopes
        if unit.branch is None:
            out[:] = share
            return out
        self._spread_weights(unit.branch, share, local, absent, dict(_numbered(unit)), out)
        return out

    def _spread_weights(
        self,
        b: int,
        share: Float32Array,
        local: Local,
        absent: NDArray[np.bool_],
        place: dict[int, int],
        out: Float32Array,
    ) -> None:
        children = self.plan.branches[b].children
        present = [c for c, child in enumerate(children) if not absent[self.leaves_of(child)].all()]
        if len(present) < len(children):
            whole = sum((local[b][c] for c in present), np.zeros(len(share), dtype=np.float32))
            whole[whole <= 0] = 1.0
            share = np.divide(share, whole, dtype=np.float32)
        for c in present:
            child, part = children[c], share * local[b][c]
            if child.leaf:
                out[place[child.index]] = part
            else:
                self._spread_weights(child.index, part, local, absent, place, out)

    def leaves_of(self, child: Child) -> list[int]:
        """Return the leaves within a child."""
        return [child.index] if child.leaf else list(self.plan.branches[child.index].leaves)

    @cached_property
    def lowest(self) -> float:
        """Return the lowest score of the root that its floors allow."""
        return self._lowest(self.plan.branches[-1])

    def _lowest(self, branch: Branch) -> float:
        if not branch.mean.positive:
            return 0.0
        return min(
            branch.mean.floor if child.floored else self._lowest(self.plan.branches[child.index])
            for child in branch.children
        )


class UnitScores(Protocol):
    """Scores of one unit in the current draws."""

    def write(self, rows: slice, out: Float32Array) -> None:
        """Write the scores times the unit's slope, (D, draws), of these draws into `out`."""


class Scorer:
    """Scores of blocks of draws from the scores of the units, in float32. Buffers are reused for each block."""

    def __init__(self, layout: Layout, countries: int, block: int) -> None:
        """Prepare for blocks of at most `block` draws of the given number of countries."""
        self.layout = layout
        self._parts = [np.empty((countries, block), dtype=np.float32) for _ in layout.units]
        self._whole = np.empty((countries, block), dtype=np.int32)
        self._gaps = {b: _Gaps.of(layout, b) for b in layout.above}

    def shortfalls(
        self, units: Sequence[UnitScores], local: Local, rows: slice, scale: int, axes: DrawnAxes | None = None
    ) -> Keys:
        """Return each country's shortfall from full marks, (D, draws), in whole numbers up to `scale`.

        `rows` are the block's draws, `axes` those of their designs. Under a geometric root the shortfall is counted in
        logarithms: the order is all that matters. The result holds until the next block.
        """
        given = self._written(units, rows)
        done: dict[int, Float32Array] = {}
        for b in self.layout.above:
            parts = [
                done[child.index] if not child.leaf and child.index in done else next(given)
                for child in self.layout.plan.branches[b].children
            ]
            if axes is not None and b == self.layout.root:
                done[b] = self._root(parts, local[b][:, rows], rows, axes)
            else:
                done[b] = self._mean(b, parts, local[b][:, rows])
        root = done[self.layout.root] if done else next(given)
        arithmetic = axes is not None and axes.arithmetic
        if done and self.layout.plan.branches[-1].mean.p == 0.0 and not arithmetic:
            root *= np.float32(scale / math.log(self.layout.lowest))
        else:
            root *= np.float32(-scale)
            root += np.float32(scale)
        np.maximum(root, np.float32(0.0), out=root)  # a last bit above full marks
        out = self._whole[:, : root.shape[1]]
        out[:] = root
        return out

    def _written(self, units: Sequence[UnitScores], rows: slice) -> Iterator[Float32Array]:
        for unit, buffer in zip(units, self._parts, strict=True):
            part = buffer[:, : rows.stop - rows.start]
            unit.write(rows, part)
            yield part

    def _mean(self, b: int, parts: Sequence[Float32Array], weights: Float32Array) -> Float32Array:
        """Return the branch's scores (D, draws); the logarithm of them for a geometric root. Writes over `parts`."""
        branch, gaps = self.layout.plan.branches[b], self._gaps[b]
        mean, total = branch.mean, parts[0]
        for c, (child, part) in enumerate(zip(branch.children, parts, strict=True)):
            if not child.leaf and child.index in self.layout.above:
                part *= np.float32(_slope(branch, child))
            _enter(branch, child, part)
            self._count_in(mean, gaps, c, parts, weights)
        self._share_out(gaps, total, weights)
        if mean.arithmetic or (mean.p == 0.0 and b == self.layout.root):
            return total
        if mean.p == 0.0:
            return np.exp(total, out=total)
        return np.power(total, np.float32(1.0 / mean.p), out=total)

    def _root(self, parts: Sequence[Float32Array], weights: Float32Array, rows: slice, axes: DrawnAxes) -> Float32Array:
        """Return the root's scores by the axes and the mean of the draws' designs. Writes over `parts`."""
        branch, gaps = self.layout.plan.branches[-1], self._gaps[self.layout.root]
        mean = Mean(1.0) if axes.arithmetic else branch.mean
        for c, (child, part) in enumerate(zip(branch.children, parts, strict=True)):
            if not child.leaf and child.index in self.layout.above:
                part *= axes.slopes[c, rows]
            part += axes.shifts[c, rows]
            floor = _floor(branch, child) if mean.positive else 0.0
            np.clip(part, np.float32(floor), np.float32(1.0), out=part)
            self._count_in(mean, gaps, c, parts, weights)
        self._share_out(gaps, parts[0], weights)
        if mean.arithmetic or mean.p == 0.0:
            return parts[0]
        return np.power(parts[0], np.float32(1.0 / mean.p), out=parts[0])

    def _count_in(self, mean: Mean, gaps: _Gaps, c: int, parts: Sequence[Float32Array], weights: Float32Array) -> None:
        """Convert one child's values to weighted terms of a mean, and add them to those of the first child."""
        part = parts[c]
        part[gaps.gone[c]] = 1.0
        if mean.p == 0.0:
            np.log(part, out=part)
        elif not mean.arithmetic:
            np.power(part, np.float32(mean.p), out=part)
        part *= weights[c]
        part[gaps.gone[c]] = 0.0
        if c:
            np.add(parts[0], part, out=parts[0])

    def _share_out(self, gaps: _Gaps, total: Float32Array, weights: Float32Array) -> None:
        """Divide the sums of countries that lack a child by the weight of what they have."""
        if gaps.some.size:
            whole = gaps.present @ weights
            total[gaps.some] /= np.where(whole > 0, whole, np.float32(1.0))


@dataclass(frozen=True, eq=False)
class DrawnAxes:
    """The way in which the designs of a run of draws take the root's c children, all by one mean.

    A child with score s enters as slope * s + shift, `slopes` and `shifts` (c, draws), kept above the mean's floor and
    below 1.
    """

    slopes: Float32Array
    shifts: Float32Array
    arithmetic: bool


@dataclass(frozen=True, eq=False)
class _Gaps:
    """The countries that lack a whole child of a branch: `gone` by child, `some` lacking any, with what they have."""

    gone: tuple[Positions, ...]
    some: Positions
    present: Float32Array

    @staticmethod
    def of(layout: Layout, b: int) -> _Gaps:
        lacks = [layout.absent[:, layout.leaves_of(child)].all(axis=1) for child in layout.plan.branches[b].children]
        some = np.flatnonzero(np.any(lacks, axis=0))
        present = ~np.stack(lacks, axis=1)[some]
        return _Gaps(tuple(np.flatnonzero(lack) for lack in lacks), some, present.astype(np.float32))


def _numbered(unit: Unit) -> list[tuple[int, int]]:
    return [(leaf, place) for place, leaf in enumerate(unit.leaves)]


def _floor(branch: Branch, child: Child) -> float:
    return branch.mean.floor if child.floored else 0.0


def _slope(branch: Branch, child: Child) -> float:
    low, high = child.span or (0.0, 1.0)
    return (1.0 - _floor(branch, child)) / (high - low)


def _enter(branch: Branch, child: Child, values: Float32Array) -> None:
    """Convert a child's scores times its slope, in place, to its mean's input: within the span and above zero."""
    floor = _floor(branch, child)
    if child.span is not None:
        values += np.float32(floor - child.span[0] * _slope(branch, child))
        np.clip(values, np.float32(floor), np.float32(1.0), out=values)
    elif child.floored:
        values += np.float32(floor)
