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
from ..tree import Plan
from ..uncertainty import concentration
from .tables import MIDPOINTS, Float32Array

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
    return [
        (concentration(len(branch.children), model.rho) if model.dirichlet_c is None else model.dirichlet_c)
        * branch.weights
        for branch in plan.branches
    ]


def draw_weights(
    parameters: Sequence[NDArray[np.float64]],
    draws: int,
    numbers: Callable[[int], Sequence[NDArray[np.intp]]],
    rng: np.random.Generator,
) -> list[Float32Array]:
    """Draw the local weights (children, draws) of every branch; `numbers(k)` gives k runs of quantile numbers."""
    drawn = []
    for shape in parameters:
        if len(shape) == 1:
            drawn.append(np.ones((1, draws), dtype=np.float32))
        elif np.min(shape) < _LEAST_SHAPE:
            # Small shapes live in their tails, which quantiles cut off.
            drawn.append(rng.dirichlet(shape, draws).T.astype(np.float32))
        else:
            gammas = np.empty((len(shape), draws), dtype=np.float32)
            for a, run, row in zip(shape.tolist(), numbers(len(shape)), gammas, strict=True):
                gamma_quantiles(a).take(run, out=row, mode="wrap")
            gammas /= gammas.sum(axis=0)
            drawn.append(gammas)
    return drawn


def fixed_weights(plan: Plan, draws: int) -> list[Float32Array]:
    """Return the official local weights (children, draws) of every branch, the same in every draw."""
    return [np.repeat(branch.weights.astype(np.float32)[:, None], draws, axis=1) for branch in plan.branches]
