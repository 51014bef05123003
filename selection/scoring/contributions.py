"""Points: how much of a score each criterion gives, so that the parts add up to the whole, also after rounding.

Arithmetic trees: points = 100 w' u and points lost = 100 w' (1 - u), with w' the country's effective weight.
Where a node on the way is another mean, its loss 1 - s divides over its children by weight times shortfall (see
`Mean.shortfall`): exact for the geometric mean as the log-mean (LMDI) split of Ang, from full marks. Points are then
100 w' less points lost; a very low value under a geometric mean can cost more than its weight, so that its points are
below zero.

Where a geometric mean joins axes, the log-mean split starts from the floor f: of the score S, an axis with value x and
weight w holds w f + L(S, f) w ln(x/f), which adds up to S and is never below zero. Inside the axis its points divide
over the criteria in proportion to weight times value.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .aggregate import row_sums
from .tree import Branch, Plan, TreeScores, children_values, floored
from .value_functions import BoolArray, FloatArray


@dataclass(frozen=True, eq=False)
class Contributions:
    """Per country and criterion, (n, J), in points of 100; 0 where the criterion takes no part.

    `points` sum to 100 S; `lost` to 100 (1 - S). `owed` is the part of `points` that comes from the weight of
    missing siblings: points (1 - w/w'), which is 100 (w' - w) u in an arithmetic tree.
    """

    points: FloatArray
    lost: FloatArray
    owed: FloatArray


def contributions(plan: Plan, u: FloatArray, tree: TreeScores, has_score: BoolArray) -> Contributions:
    """Return each criterion's contribution to the root's score; zeros for countries outside `has_score` (n,)."""
    root = plan.root
    if root is None:
        zeros = np.zeros(u.shape)
        return Contributions(zeros, zeros, zeros)
    weights = np.where(has_score[:, None], tree.effective, 0.0)
    counted = weights > 0
    values = np.where(counted, u, 0.0)
    if _joins_axes(root, plan):
        points = 100.0 * _axis_points(plan, root, values, weights, tree)
        lost = 100.0 * weights - points
    elif root.purely_arithmetic:
        points = 100.0 * (weights * values)
        lost = 100.0 * (weights * (1.0 - values))
    else:
        lost = np.where(counted, _losses(plan, u, tree), 0.0)
        points = 100.0 * weights - lost
    nominal = np.broadcast_to(plan.nominal, weights.shape)
    share = np.divide(nominal, weights, out=np.ones_like(weights), where=counted)
    return Contributions(points, lost, points * (1.0 - share) + 0.0)


def _joins_axes(root: Branch, plan: Plan) -> bool:
    """Return whether the root is a geometric mean of axes, each a weighted mean of criteria."""
    below = [plan.branches[child.index] for child in root.children if not child.leaf]
    spanned = any(child.span for child in root.children)
    return (
        spanned
        and root.mean.p == 0.0
        and all(child.floored for child in root.children)
        and all(branch.purely_arithmetic for branch in below)
    )


def _axis_points(plan: Plan, root: Branch, u: FloatArray, weights: FloatArray, tree: TreeScores) -> FloatArray:
    """Return points per leaf (n, J), of 1.

    Each axis gets the log-mean split from the floor, divided over its leaves by weight times value.
    """
    floor, local = root.mean.floor, tree.local[-1]
    entered = floored(root, np.nan_to_num(children_values(root, u, tree.scores)))
    scores = np.nan_to_num(tree.scores[:, -1], nan=floor)
    means = np.array([log_mean(score, floor) for score in scores.tolist()])
    of_child = local * (floor + means[:, None] * np.log(entered / floor))
    points = np.zeros(u.shape)
    for c, child in enumerate(root.children):
        leaves = [child.index] if child.leaf else list(plan.branches[child.index].leaves)
        parts = weights[:, leaves] * u[:, leaves]
        # An axis at zero still holds its part of the floor, which then follows the weights.
        parts = np.where(row_sums(parts)[:, None] > 0, parts, weights[:, leaves])
        whole = row_sums(parts)[:, None]
        points[:, leaves] = of_child[:, c, None] * np.divide(parts, whole, out=np.zeros_like(parts), where=whole > 0)
    return points


def _losses(plan: Plan, u: FloatArray, tree: TreeScores) -> FloatArray:
    """Return the points lost per leaf (n, J), divided downward from the root."""
    losses = np.zeros(u.shape)
    of_branch = np.zeros(tree.scores.shape)
    of_branch[:, -1] = 100.0 * (1.0 - np.nan_to_num(tree.scores[:, -1], nan=1.0))
    for b in range(len(plan.branches) - 1, -1, -1):
        branch, local = plan.branches[b], tree.local[b]
        shares = _loss_shares(branch, local, u, tree.scores)
        for c, child in enumerate(branch.children):
            target = losses if child.leaf else of_branch
            target[:, child.index] = of_branch[:, b] * shares[:, c]
    return losses


def _loss_shares(branch: Branch, local: FloatArray, u: FloatArray, scores: FloatArray) -> FloatArray:
    values = children_values(branch, u, scores)
    used = floored(branch, np.where(np.isnan(values) | (local == 0), 1.0, values))
    parts = local * branch.mean.shortfall(used)
    total = row_sums(parts)[:, None]
    return np.divide(parts, total, out=np.zeros_like(parts), where=total > 0)


def log_mean(x: float, y: float) -> float:
    """Logarithmic mean L(x, y) = (x-y)/(ln x - ln y) of positive numbers, with L(x, x) = x."""
    return x if x == y else (x - y) / math.log(x / y)


def geometric_difference(a: Sequence[float], b: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Split S_a - S_b of two geometric means over their criteria: L(S_a, S_b) w_j ln(u_aj/u_bj).

    Values must be positive (after the floor) and weights sum to 1; the parts add up to the difference exactly.
    """
    score_a, score_b = (math.exp(math.fsum(w * math.log(u) for w, u in zip(weights, us, strict=True))) for us in (a, b))
    mean = log_mean(score_a, score_b)
    return [mean * w * math.log(x / y) for w, x, y in zip(weights, a, b, strict=True)]


def round_to_total(parts: Sequence[float], total: float, digits: int = 1) -> list[float]:
    """Round parts to `digits` decimals so that they add up to the rounded total (largest remainder, Hamilton).

    `total` is printed with the parts, and is near their sum. Each part moves less than one last digit; of equal
    remainders the earlier part is rounded up.
    """
    scale = 10**digits
    exact = [part * scale for part in parts]
    units = [math.floor(value) for value in exact]
    left = round(float(f"{total:.{digits}f}") * scale) - sum(units)
    if not 0 <= left <= len(parts):
        raise ValueError(f"the parts add up to {math.fsum(parts)}, not to {total}")
    by_remainder = sorted(range(len(parts)), key=lambda i: (units[i] - exact[i], i))
    for i in by_remainder[:left]:
        units[i] += 1
    return [unit / scale for unit in units]
