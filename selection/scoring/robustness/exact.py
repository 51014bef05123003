"""Scores of many weightings and values at once in float64, for questions about the official result, not draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..aggregate import Mean, with_floor
from ..model import Model
from ..tree import Branch, Child, Plan
from ..value_functions import FloatArray


@dataclass(frozen=True, slots=True)
class AxisRule:
    """The scores that count as 0 and as 1 on the axes: those of the plan, 0 and 1, or percentiles of the countries'."""

    unscaled: bool = False
    percentiles: tuple[float, float] | None = None


OWN_AXES = AxisRule()

Weights = Sequence[FloatArray]
"""Local weights (children,) of every branch, in the plan's order; (S, 1, children) where S weightings are asked."""


def official_weights(plan: Plan) -> Weights:
    return [branch.weights for branch in plan.branches]


def branch_scores(
    plan: Plan, u: FloatArray, weights: Weights | None = None, *, arithmetic: bool = False, axes_by: AxisRule = OWN_AXES
) -> list[FloatArray]:
    """Return the scores (...,) of every branch for values u (..., J); a NaN gives its weight to its siblings.

    `arithmetic` makes the root an arithmetic mean, `axes_by` sets the ends of its axes. Of countries (m, J) under S
    weightings, a branch whose weights differ and those above it have scores (S, m).
    """
    weights = official_weights(plan) if weights is None else weights
    done: list[FloatArray] = []
    for b, branch in enumerate(plan.branches):
        mean = Mean(1.0) if arithmetic and b == len(plan.branches) - 1 else branch.mean
        values = [
            _entering(mean, child, u[..., child.index] if child.leaf else done[child.index], axes_by)
            for child in branch.children
        ]
        done.append(_mean(mean, np.stack(np.broadcast_arrays(*values), axis=-1), weights[b]))
    return done


def root_scores(
    plan: Plan, u: FloatArray, weights: Weights | None = None, *, arithmetic: bool = False, axes_by: AxisRule = OWN_AXES
) -> FloatArray:
    """Return the root's scores (...,), NaN where the tree has none; see `branch_scores`."""
    if plan.root is None:
        return np.full(u.shape[:-1], np.nan)
    return branch_scores(plan, u, weights, arithmetic=arithmetic, axes_by=axes_by)[-1]


def axes(plan: Plan, u: FloatArray) -> FloatArray:
    """Return the root's children (..., c) on the scale that adds up in the root's mean."""
    root, scores = plan.branches[-1], branch_scores(plan, u)
    values = [
        _entering(root.mean, child, u[..., child.index] if child.leaf else scores[child.index], OWN_AXES)
        for child in root.children
    ]
    return root.mean.forward(np.stack(values, axis=-1))


def axis_ends(plan: Plan, u: FloatArray, weights: Weights | None, axes_by: AxisRule) -> FloatArray:
    """Return the scores (..., c, 2) of the root's children that count as 0 and as 1, for values u (..., m, J).

    A child without a span enters as it is, between 0 and 1.
    """
    scores, root = branch_scores(plan, u, weights), plan.branches[-1]
    found = []
    for child in root.children:
        low, high = _ends(child, u[..., child.index] if child.leaf else scores[child.index], axes_by)
        found.append(np.concatenate([low, high], axis=-1))
    return np.stack(found, axis=-2)


def _ends(child: Child, values: FloatArray, axes_by: AxisRule) -> tuple[FloatArray, FloatArray]:
    """Return the ends (..., 1) of a child's axis for values (..., m) of countries."""
    shape = (*values.shape[:-1], 1)
    if child.span is None or axes_by.unscaled:
        return np.zeros(shape), np.ones(shape)
    if axes_by.percentiles is None or not values.shape[-1]:
        low, high = child.span
        return np.full(shape, low), np.full(shape, high)
    # A country may lack the whole axis, where a question gives all weight to what it lacks.
    find = np.nanpercentile if np.isnan(values).any() else np.percentile
    low, high = find(values, axes_by.percentiles, axis=-1, keepdims=True)
    return low, np.where(high > low, high, low + 1.0)


def _entering(mean: Mean, child: Child, values: FloatArray, axes_by: AxisRule) -> FloatArray:
    if axes_by.percentiles is not None and child.span is not None:
        low, high = _ends(child, values, axes_by)
        values = np.clip((values - low) / (high - low), 0.0, 1.0)
    elif not axes_by.unscaled:
        values = child.scaled(values)
    return with_floor(values, mean.floor) if mean.positive and child.floored else values


def _mean(mean: Mean, values: FloatArray, weights: FloatArray) -> FloatArray:
    present: NDArray[np.bool_] = ~np.isnan(values)
    used = weights
    if not present.all():
        used = np.where(present, used, 0.0)
        # If all remaining children have no weight, they count equally: the limit of a weight that goes to 0.
        used = np.where(used.sum(axis=-1, keepdims=True) > 0, used, present)
        values = np.where(present, values, 1.0)
    whole = used.sum(axis=-1)
    # A sum's last bit depends on the order in memory: one country's is the same among many weightings and alone.
    total = np.multiply(mean.forward(values), used, order="C").sum(axis=-1)
    with np.errstate(invalid="ignore"):
        averages = total / np.where(whole > 0, whole, np.nan)
    return mean.backward(averages)


def child_keys(plan: Plan, branch: Branch) -> tuple[str, ...]:
    return tuple(
        plan.criteria[child.index].key if child.leaf else plan.branches[child.index].key for child in branch.children
    )


def reweighted(plan: Plan, model: Model, given: Mapping[str, float]) -> Weights:
    """Return local weights in which nodes and criteria in `given` take that weight and siblings keep theirs."""
    own = {item.key: item.weight for item, _ in model.walk()}
    found = []
    for branch in plan.branches:
        weights = np.array([given.get(key, own[key]) for key in child_keys(plan, branch)], dtype=np.float64)
        found.append(weights / weights.sum())
    return found
