"""A weight tree laid out for draws: products for its arithmetic parts, blocks of float32 for what lies above them.

A unit is a lone leaf or a maximal branch of arithmetic means; given the drawn weights its score is one product. What
is above (a geometric or generalized mean, an axis with a span) is computed value by value.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
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
    shift: float = 0.0
    """Number added to them in the mean above, as if it were the weight of one more leaf, which is always 1."""

    def is_of(self, child: Child) -> bool:
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
                    found.append(Unit((child.index,), None, *_entry(branch, child)))
                elif self._flat(child.index):
                    leaves = self.plan.branches[child.index].leaves
                    found.append(Unit(leaves, child.index, *_entry(branch, child)))
        return tuple(found)

    @cached_property
    def above(self) -> tuple[int, ...]:
        """Return the branches above the units, children first."""
        return tuple(b for b in range(len(self.plan.branches)) if not self._flat(b))

    def _flat(self, b: int) -> bool:
        return self.plan.branches[b].purely_arithmetic

    def weights(
        self,
        unit: Unit,
        local: Local,
        absent: NDArray[np.bool_],
        slopes: Float32Array | None = None,
        shifts: Float32Array | None = None,
    ) -> Float32Array:
        """Return the weights (leaves + 1, draws) of a unit's leaves, times its slope, for these absent cells (J,).

        The last row is the unit's shift. `slopes` (draws,) and `shifts` are those of the draws' designs, None if every
        draw has the unit's own.
        """
        draws = local[-1].shape[1]
        whole = np.zeros((len(unit.leaves) + 1, draws), dtype=np.float32)
        whole[-1] = unit.shift if shifts is None else shifts
        out = whole[:-1]
        share = np.full(draws, unit.slope, dtype=np.float32) if slopes is None else slopes
        if unit.branch is None:
            out[:] = share
        else:
            self._spread_weights(unit.branch, share, local, absent, dict(_numbered(unit)), out)
        return whole

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
    def read(self, rows: slice, spare: Float32Array) -> Float32Array:
        """Return the scores times the unit's slope plus its shift, (D, draws), of these draws, to be left unchanged.

        `spare` may hold them.
        """


class Scorer:
    """Scores of blocks of draws from the scores of the units, in float32. Buffers are reused for each block."""

    def __init__(self, layout: Layout, countries: int, block: int) -> None:
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
        root, logarithmic = self.scores(units, local, rows, axes)
        if logarithmic:
            root *= np.float32(scale / math.log(self.layout.lowest))
        else:
            root *= np.float32(-scale)
            root += np.float32(scale)
        np.maximum(root, np.float32(0.0), out=root)  # a last bit above full marks
        out = self._whole[:, : root.shape[1]]
        out[:] = root
        return out

    def scores(
        self, units: Sequence[UnitScores], local: Local, rows: slice, axes: DrawnAxes | None = None
    ) -> tuple[Float32Array, bool]:
        """Return the root's scores (D, draws), and whether they are logarithms; they hold until the next block."""
        spare, width = iter(zip(units, self._parts, strict=True)), rows.stop - rows.start
        if not self.layout.above:
            unit, buffer = next(spare)
            part = buffer[:, :width]
            if (given := unit.read(rows, part)) is not part:
                part[:] = given
            return part, False
        done: dict[int, Float32Array] = {}
        for b in self.layout.above:
            branch, designed = self.layout.plan.branches[b], axes if b == self.layout.root else None
            mean = Mean(1.0) if designed is not None and designed.arithmetic else branch.mean
            parts = []
            for c, child in enumerate(branch.children):
                if not child.leaf and child.index in done:
                    parts.append(self._entered(branch, c, done[child.index], rows, designed, mean))
                else:
                    unit, buffer = next(spare)
                    part = buffer[:, :width]
                    parts.append(_within(branch, child, mean, unit.read(rows, part), part))
            done[b] = self._mean(b, mean, parts, local[b][:, rows])
        return done[self.layout.root], mean.p == 0.0

    def _entered(
        self, branch: Branch, c: int, part: Float32Array, rows: slice, axes: DrawnAxes | None, mean: Mean
    ) -> Float32Array:
        """Write over the scores of a branch that is no unit what enters the mean above."""
        child = branch.children[c]
        if axes is not None:
            part *= axes.slopes[c, rows]
            part += axes.shifts[c, rows]
        else:
            slope, shift = _entry(branch, child)
            part *= np.float32(slope)
            part += np.float32(shift)
        return _within(branch, child, mean, part, part)

    def _mean(self, b: int, mean: Mean, parts: Sequence[Float32Array], weights: Float32Array) -> Float32Array:
        """Return the branch's scores (D, draws); the logarithm of them for a geometric root. Writes over `parts`."""
        gaps, total = self._gaps[b], parts[0]
        for c, part in enumerate(parts):
            self._count_in(mean, gaps, c, part, weights)
            if c:
                total += part
        self._share_out(gaps, total, weights)
        if mean.arithmetic or (mean.p == 0.0 and b == self.layout.root):
            return total
        if mean.p == 0.0:
            return np.exp(total, out=total)
        return np.power(total, np.float32(1.0 / mean.p), out=total)

    def _count_in(self, mean: Mean, gaps: _Gaps, c: int, part: Float32Array, weights: Float32Array) -> None:
        """Write over one child's values their weighted terms of a mean."""
        if gaps.gone[c].size:
            part[gaps.gone[c]] = 1.0
        if mean.p == 0.0:
            np.log(part, out=part)
        elif not mean.arithmetic:
            np.power(part, np.float32(mean.p), out=part)
        part *= weights[c]
        if gaps.gone[c].size:
            part[gaps.gone[c]] = 0.0

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


def _entry(branch: Branch, child: Child) -> tuple[float, float]:
    """Return slope and shift that convert a child's scores to its mean's input, before the limits of its span."""
    low, high = child.span or (0.0, 1.0)
    floor = _floor(branch, child)
    slope = (1.0 - floor) / (high - low)
    return slope, (floor - low * slope if child.span is not None or child.floored else 0.0)


def _within(branch: Branch, child: Child, mean: Mean, values: Float32Array, out: Float32Array) -> Float32Array:
    """Write values into `out`, within their span and above the mean's floor where they have a span."""
    if child.span is None:
        if values is not out:
            out[:] = values
        return out
    floor = _floor(branch, child) if mean.positive else 0.0
    return np.clip(values, np.float32(floor), np.float32(1.0), out=out)
