"""Designs as tables that draws look up: a draw varies the design with data and weights.

A draw has the number of one design, drawn uniformly and independent of all else. Draws whose root is the same kind of
mean are kept together, so that each block of them is computed by one rule; their order means nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..estimates import CellEstimates
from ..method import Option
from ..model import Model
from ..tree import Plan
from ..value_functions import FloatArray, Positions
from .designs import DesignGrid, Designs
from .exact import child_keys, reweighted
from .layout import DrawnAxes
from .levels import Levels, concerning, taking
from .tables import QUANTILES, Float32Array, MixedSpread, mixed_spread
from .weights import shape_factor

Numbers = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Mix:
    """The changes that each design makes in a draw, by the number of the design.

    `levels` maps the index of a criterion that designs take in several ways to the level (designs,). `shapes` are the
    Dirichlet parameters (levels, children) of each branch, `shape_levels` the level (designs,) or None if there is one.
    `slopes` and `shifts` (c, designs) convert the scores of the root's children, as `DrawnAxes` has them; `arithmetic`
    (designs,) marks designs with an arithmetic root.
    """

    levels: Mapping[int, Numbers]
    shapes: tuple[FloatArray, ...]
    shape_levels: tuple[Numbers | None, ...]
    slopes: Float32Array
    shifts: Float32Array
    arithmetic: NDArray[np.bool_]

    @property
    def designs(self) -> int:
        return len(self.arithmetic)

    def draw(self, draws: int, rng: np.random.Generator) -> DrawnDesigns:
        """Draw designs, those with an arithmetic root last."""
        numbers = rng.integers(0, self.designs, draws)
        return self.drawn(numbers[np.argsort(self.arithmetic[numbers], kind="stable")])

    def drawn(self, numbers: Numbers) -> DrawnDesigns:
        """Return what draws with the designs of these numbers look up; those with an arithmetic root come last."""
        return DrawnDesigns(
            {j: levels[numbers] * QUANTILES for j, levels in self.levels.items()},
            tuple(None if level is None else level[numbers] for level in self.shape_levels),
            np.ascontiguousarray(self.slopes[:, numbers]),
            np.ascontiguousarray(self.shifts[:, numbers]),
            int(np.count_nonzero(~self.arithmetic[numbers])),
        )


@dataclass(frozen=True, eq=False)
class DrawnDesigns:
    """The designs of a chunk of draws.

    `starts` maps a criterion to the index (draws,) in its tables at which its level begins. The first `geometric` draws
    have the plan's own root, the others an arithmetic one. `order` (draws,) are the indexes that the draws take in
    the runs of quantile numbers, None to take them as they come.
    """

    starts: Mapping[int, Numbers]
    shape_levels: tuple[Numbers | None, ...]
    slopes: Float32Array
    shifts: Float32Array
    geometric: int
    order: Numbers | None = None

    def axes(self, first: int) -> DrawnAxes:
        """Return how the draws of a block that begins with this one take the root's children."""
        return DrawnAxes(self.slopes, self.shifts, first >= self.geometric)


def mix_of(model: Model, plan: Plan, grid: DesignGrid, designs: Designs) -> Mix:
    levels = {}
    for j, criterion in enumerate(plan.criteria):
        ways, numbers = grid.grid.vary(taking(criterion.key), concerning(criterion.key))
        if len(ways) > 1:
            levels[j] = numbers
    shapes, shape_levels = _shapes(model, plan, grid)
    arithmetic = np.array([rules.arithmetic for rules in grid.rules], dtype=np.bool_)
    low, high = designs.ends[..., 0].T, designs.ends[..., 1].T
    root = plan.branches[-1]
    floors = np.array([[root.mean.floor if child.floored else 0.0] for child in root.children])
    floors = np.where(arithmetic, 0.0, floors)
    slopes = (1.0 - floors) / (high - low)
    return Mix(
        levels,
        shapes,
        shape_levels,
        slopes.astype(np.float32),
        (floors - low * slopes).astype(np.float32),
        arithmetic,
    )


def _shapes(model: Model, plan: Plan, grid: DesignGrid) -> tuple[tuple[FloatArray, ...], tuple[Numbers | None, ...]]:
    """Return the Dirichlet parameters of every branch by level, and the level of each design."""
    shapes: list[FloatArray] = []
    found: list[Numbers | None] = []
    for b, branch in enumerate(plan.branches):
        keys = frozenset(child_keys(plan, branch))

        def given(options: Sequence[Option], keys: frozenset[str] = keys) -> tuple[tuple[str, float], ...]:
            return tuple(sorted({k: w for option in options for k, w in option.weights if k in keys}.items()))

        ways, numbers = grid.grid.vary(given, lambda option: bool(option.weights))
        local = [reweighted(plan, model, dict(way))[b] if way else branch.weights for way in ways]
        shapes.append(shape_factor(model, branch) * np.stack(local))
        found.append(numbers if len(ways) > 1 else None)
    return tuple(shapes), tuple(found)


def mixed_laws(plan: Plan, grid: DesignGrid, positions: Positions, only: Collection[str] | None = None) -> MixedSpread:
    """Return the laws of the cells of the countries at `positions` at every level of the designs.

    With `only`, of the cells of these criteria alone.
    """
    levels = Levels(grid.cells, grid.peers, grid.labels, positions)
    found: dict[str, list[CellEstimates]] = {}
    for criterion in plan.criteria:
        key = criterion.key
        if only is None or key in only:
            ways, _ = grid.grid.vary(taking(key), concerning(key))
            found[key] = [levels.of(key, way) for way in ways]
    return mixed_spread(plan, found, positions)


def stilled(cells: Mapping[str, CellEstimates], keys: Sequence[str]) -> dict[str, CellEstimates]:
    """Return the cells without moves of the labels of these criteria."""
    return {key: replace(cell, moves={}) if key in keys else cell for key, cell in cells.items()}
