"""Drawn weights: one Dirichlet(c w) for each branch, as gammas over their sum.

A gamma is drawn by the number of its quantile, as a cell's u is; its 1,024 quantiles are found once a shape.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..model import Model
from ..tree import Branch, Plan
from ..uncertainty import concentration
from .tables import MIDPOINTS, QUANTILES, Float32Array

Local = Sequence[Float32Array]
"""Local weights (children, draws) of every branch, in the plan's order."""

_LEAST_SHAPE = 0.5
_GRID = 20_000


@lru_cache(maxsize=256)
def gamma_quantiles(shape: float) -> Float32Array:
    """Return the quantiles of Gamma(shape, 1), by summing its density over logarithms, where it is smooth."""
    y = np.linspace(math.log(1e-7) / shape, math.log(shape + 12.0 * math.sqrt(shape) + 20.0), _GRID)
    log_density = shape * y - np.exp(y)
    density = np.exp(log_density - np.max(log_density))
    below = np.concatenate([[0.0], np.cumsum(density[1:] + density[:-1])])
    return np.exp(np.interp(MIDPOINTS, below / below[-1], y)).astype(np.float32)


def shapes(plan: Plan, model: Model) -> list[NDArray[np.float64]]:
    """Return the Dirichlet parameters c w of every branch."""
    return [shape_factor(model, branch) * branch.weights for branch in plan.branches]


def shape_factor(model: Model, branch: Branch) -> float:
    """Return the concentration c of a branch: its own, else the model's for its number of children."""
    if branch.concentration is not None:
        return branch.concentration
    return concentration(len(branch.children), model.rho) if model.dirichlet_c is None else model.dirichlet_c


def draw_weights(
    parameters: Sequence[NDArray[np.float64]],
    draws: int,
    numbers: Callable[[int], Sequence[NDArray[np.intp]]],
    rng: np.random.Generator,
    levels: Sequence[NDArray[np.intp] | None] | None = None,
) -> list[Float32Array]:
    """Draw the local weights (children, draws) of every branch; `numbers(k)` gives k runs of quantile numbers.

    `parameters` of a branch are (children,); where `levels` has the level (draws,) of each draw, (levels, children).
    """
    drawn = []
    for b, parameter in enumerate(parameters):
        level = levels[b] if levels else None
        shape = np.atleast_2d(parameter)
        if shape.shape[1] == 1:
            drawn.append(np.ones((1, draws), dtype=np.float32))
        elif np.min(shape) < _LEAST_SHAPE:
            # Small shapes live in their tails, which quantiles cut off.
            whole = np.stack([rng.dirichlet(one, draws).T.astype(np.float32) for one in shape])
            drawn.append(whole[0] if level is None else whole[level, :, np.arange(draws)].T.copy())
        else:
            gammas = np.empty((shape.shape[1], draws), dtype=np.float32)
            for a, run, row in zip(shape.T, numbers(shape.shape[1]), gammas, strict=True):
                table = np.concatenate([gamma_quantiles(one) for one in a.tolist()])
                table.take(run if level is None else run + level * QUANTILES, out=row, mode="wrap")
            gammas /= gammas.sum(axis=0)
            drawn.append(gammas)
    return drawn


def fixed_weights(weights: Sequence[NDArray[np.float64]], draws: int) -> list[Float32Array]:
    return [np.repeat(branch.astype(np.float32)[:, None], draws, axis=1) for branch in weights]
