"""The weight tree: laid out for computing, then aggregated with coverage, thresholds and bounds.

At a node p with children c and local weights v: A are the children with a score, C the applicable ones.
Score: mean of A with weights rescaled within A. Coverage: k_p = sum_C v k / sum_C v, where a leaf has k = 1 when
observed and 0 when missing or imputed, and a child without a score has k = 0. Below the threshold tau the node has
no score; exactly at it, it has one.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .aggregate import Mean, row_sums, with_floor
from .missing import applicable, known, scored
from .model import Aggregation, CoverageMode, Criterion, Model, Node
from .value_functions import BoolArray, FloatArray

# Coverage is a ratio of sums of weights such as 0.1, so "exactly at the threshold" must forgive their last bits.
_COVERAGE_TOLERANCE = 1e-12


@dataclass(frozen=True)
class Child:
    """A counted child of a branch: a leaf (index into criteria) or another branch (index into branches)."""

    leaf: bool
    index: int
    floored: bool
    """Flag: the parent's mean first raises this child's value above zero."""
    span: tuple[float, float] | None = None
    """The scores of a branch that count as 0 and as 1 in its parent; None if it enters as it is."""

    def scaled(self, scores: FloatArray) -> FloatArray:
        """Return the child's values as an axis of its parent: clip((s - low)/(high - low), 0, 1) within its span."""
        if self.span is None:
            return scores
        low, high = self.span
        return np.clip((scores - low) / (high - low), 0.0, 1.0)


@dataclass(frozen=True, eq=False)
class Branch:
    """An inner node laid out for computing; `weights` are local, sum to 1 and belong to `children`."""

    key: str
    label: str
    path: tuple[str, ...]
    mean: Mean
    tau: float
    required: bool
    children: tuple[Child, ...]
    weights: FloatArray
    leaves: tuple[int, ...]
    purely_arithmetic: bool
    concentration: float | None = None


@dataclass(frozen=True, eq=False)
class Plan:
    """A model's tree in computing order: children before parents, so the root is last.

    `nominal` (J,) are global weights of every criterion with nothing missing. Inactive criteria keep their nominal
    weight for display but belong to no branch. `dropped` are keys of nodes with nothing left to score.
    """

    criteria: tuple[Criterion, ...]
    paths: tuple[tuple[str, ...], ...]
    nominal: FloatArray
    branches: tuple[Branch, ...]
    dropped: tuple[str, ...]
    coverage_mode: CoverageMode

    @property
    def root(self) -> Branch | None:
        """Return the root, or None if no criterion is left to score."""
        return self.branches[-1] if self.branches and len(self.branches[-1].path) == 1 else None


def compile_tree(model: Model, inactive: Collection[str] = ()) -> Plan:
    """Lay out a valid model, leaving `inactive` criteria out of scores and coverage."""
    criteria = model.criteria
    paths = tuple(path for item, path in model.walk() if isinstance(item, Criterion))
    builder = _Builder(model, {criterion.key: j for j, criterion in enumerate(criteria)}, frozenset(inactive))
    builder.add(model.root, (model.root.key,))
    return Plan(
        criteria,
        paths,
        _nominal_weights(model, len(criteria)),
        tuple(builder.branches),
        tuple(builder.dropped),
        model.coverage_mode,
    )


class _Builder:
    def __init__(self, model: Model, position: Mapping[str, int], inactive: frozenset[str]) -> None:
        self.model = model
        self.position = position
        self.inactive = inactive
        self.branches: list[Branch] = []
        self.dropped: list[str] = []

    def add(self, node: Node, path: tuple[str, ...]) -> int | None:
        """Add a node after its children; its index, or None if nothing below it counts."""
        mean = _mean(node)
        children: list[Child] = []
        weights: list[float] = []
        for item in node.children:
            if isinstance(item, Node):
                index = self.add(item, (*path, item.key))
                # An axis needs the floor whatever mean it is: its scaling brings it back to 0.
                floored = mean.positive and (item.span is not None or not _mean(item).positive)
                child = None if index is None else Child(False, index, floored, item.span)
            else:
                counts = item.key not in self.inactive
                child = Child(True, self.position[item.key], mean.positive) if counts else None
            if child is not None and item.weight > 0:
                children.append(child)
                weights.append(item.weight)
        if not children:
            self.dropped.append(node.key)
            return None
        self.branches.append(self._branch(node, path, mean, children, weights))
        return len(self.branches) - 1

    def _branch(
        self, node: Node, path: tuple[str, ...], mean: Mean, children: list[Child], weights: list[float]
    ) -> Branch:
        below = [self.branches[child.index] for child in children if not child.leaf]
        leaves = [child.index for child in children if child.leaf] + [leaf for b in below for leaf in b.leaves]
        default = self.model.root_tau if node is self.model.root else self.model.node_tau
        return Branch(
            node.key,
            node.label,
            path,
            mean,
            default if node.tau is None else node.tau,
            node.required,
            tuple(children),
            np.array(weights) / math.fsum(weights),
            tuple(sorted(leaves)),
            mean.arithmetic
            and all(branch.purely_arithmetic for branch in below)
            and not any(child.span for child in children),
            node.concentration,
        )


def _mean(node: Node) -> Mean:
    exponents = {Aggregation.ARITHMETIC: 1.0, Aggregation.GEOMETRIC: 0.0, Aggregation.GENERALISED: node.p}
    return Mean(exponents[node.aggregation], node.floor)


def _counts(item: Node | Criterion) -> bool:
    return isinstance(item, Criterion) or any(child.weight > 0 and _counts(child) for child in item.children)


def _nominal_weights(model: Model, size: int) -> FloatArray:
    nominal = np.zeros(size)
    position = {criterion.key: j for j, criterion in enumerate(model.criteria)}

    def spread(node: Node, share: float) -> None:
        counted = [child for child in node.children if child.weight > 0 and _counts(child)]
        total = math.fsum(child.weight for child in counted)
        for child in counted:
            if isinstance(child, Node):
                spread(child, share * (child.weight / total))
            else:
                nominal[position[child.key]] = share * (child.weight / total)

    spread(model.root, 1.0)
    return nominal


@dataclass(frozen=True, eq=False)
class TreeScores:
    """Aggregated tree over n countries and P branches (in the plan's order).

    `scores`, `coverage` (n, P), NaN where there is none; `applicable` (n, P). `local[b]` (n, c) are branch b's child
    weights after reweighting, 0 for children without a score. `effective` (n, J) are global weights after reweighting.
    """

    scores: FloatArray
    coverage: FloatArray
    applicable: BoolArray
    local: tuple[FloatArray, ...]
    effective: FloatArray


def aggregate_tree(
    plan: Plan, u: FloatArray, has: BoolArray, counts: BoolArray, credit: FloatArray, *, thresholds: bool = True
) -> TreeScores:
    """Aggregate leaf values bottom up.

    `u`, `has` (takes part in the score), `counts` (applicable) and `credit` (coverage) are (n, J). Without
    `thresholds`, coverage is measured but never takes a node's score away.
    """
    n, size = len(u), len(plan.branches)
    scores = np.full((n, size), np.nan)
    coverage = np.full((n, size), np.nan)
    applies = np.zeros((n, size), dtype=np.bool_)
    local: list[FloatArray] = []
    relative: list[FloatArray] = []
    for b, branch in enumerate(plan.branches):
        values, present, relevant, credits_ = _gather(branch, u, has, counts, credit, scores, coverage, applies)
        applies[:, b] = relevant.any(axis=1)
        coverage[:, b] = _coverage(branch.weights, present, relevant, credits_, plan.coverage_mode)
        weights = _rescaled(branch.weights, present)
        ok = present.any(axis=1)
        coverage[~applies[:, b], b] = np.nan
        if thresholds:
            ok &= coverage[:, b] >= branch.tau - _COVERAGE_TOLERANCE
        shares = _leaf_shares(branch, weights, relative, u.shape)
        if branch.purely_arithmetic:
            leaves = list(branch.leaves)
            terms = shares[:, leaves] * np.where(shares[:, leaves] > 0, u[:, leaves], 0.0)
            result = row_sums(terms)
        else:
            # A row without any child takes the plain weights over ones: masked below, but never the mean of nothing.
            safe = np.where(np.reshape(ok, (n, 1)), weights, branch.weights)
            result = branch.mean.of(floored(branch, np.where(present, values, 1.0)), safe)
        scores[:, b] = np.where(ok, result, np.nan)
        local.append(weights)
        relative.append(shares)
    effective = relative[-1] if plan.root else np.zeros(u.shape)
    return TreeScores(scores, coverage, applies, tuple(local), effective)


def _gather(
    branch: Branch,
    u: FloatArray,
    has: BoolArray,
    counts: BoolArray,
    credit: FloatArray,
    scores: FloatArray,
    coverage: FloatArray,
    applies: BoolArray,
) -> tuple[FloatArray, BoolArray, BoolArray, FloatArray]:
    """Return children's values, presence, applicability and coverage credit, each (n, c)."""
    if all(child.leaf for child in branch.children):
        columns = [child.index for child in branch.children]
        return u[:, columns], has[:, columns], counts[:, columns], credit[:, columns]
    values = children_values(branch, u, scores)
    present = np.empty(values.shape, dtype=np.bool_)
    relevant = np.empty(values.shape, dtype=np.bool_)
    credits_ = np.empty(values.shape, dtype=np.float64)
    for c, child in enumerate(branch.children):
        j = child.index
        present[:, c] = has[:, j] if child.leaf else ~np.isnan(scores[:, j])
        relevant[:, c] = counts[:, j] if child.leaf else applies[:, j]
        credits_[:, c] = credit[:, j] if child.leaf else np.where(present[:, c], coverage[:, j], 0.0)
    return values, present, relevant, credits_


def children_values(branch: Branch, u: FloatArray, scores: FloatArray) -> FloatArray:
    """Return the values (n, c) of a branch's children as its mean takes them, NaN where there are none."""
    return np.stack(
        [u[:, child.index] if child.leaf else child.scaled(scores[:, child.index]) for child in branch.children], axis=1
    )


def floored(branch: Branch, values: FloatArray) -> FloatArray:
    """Return children's values as the branch's mean takes them: raised above zero if the mean needs it."""
    lifted = [child.floored for child in branch.children]
    return np.where(lifted, with_floor(values, branch.mean.floor), values) if any(lifted) else values


def _coverage(
    weights: FloatArray, present: BoolArray, relevant: BoolArray, credit: FloatArray, mode: CoverageMode
) -> FloatArray:
    if mode is CoverageMode.COUNT:
        counted = (present & relevant & (credit > 0)).sum(axis=1)
        return np.asarray(counted / np.maximum(relevant.sum(axis=1), 1), dtype=np.float64)
    if relevant.all() and (credit == 1.0).all():
        return np.ones(len(present))
    whole = row_sums(weights * relevant)
    return row_sums(weights * credit * relevant) / np.where(whole > 0, whole, 1.0)


def _rescaled(weights: FloatArray, present: BoolArray) -> FloatArray:
    """Return local weights (n, c) rescaled to sum 1 over each country's children with a score.

    A row with all children has unchanged weights: their sum may miss 1 by its last bit, and dividing by it would let a
    gap of one country move the last bit of another's score.
    """
    if present.all():
        return np.broadcast_to(weights, present.shape)
    patterns = {np.ones(len(weights), dtype=np.bool_).tobytes(): weights}
    rows = []
    for row in present:
        pattern = row.tobytes()
        if pattern not in patterns:
            total = math.fsum(weights[row].tolist())
            patterns[pattern] = np.where(row, weights / total, 0.0) if total > 0 else np.zeros(len(weights))
        rows.append(patterns[pattern])
    return np.array(rows).reshape(present.shape)


def _leaf_shares(branch: Branch, weights: FloatArray, relative: list[FloatArray], shape: tuple[int, ...]) -> FloatArray:
    """Return the weights (n, J) of the leaves within the branch: products of local weights down to each leaf."""
    shares = np.zeros(shape)
    for c, child in enumerate(branch.children):
        if child.leaf:
            shares[:, child.index] = weights[:, c]
        else:
            shares += weights[:, c, None] * relative[child.index]
    return shares


def bounds(plan: Plan, u: FloatArray, states: NDArray[np.int8], tree: TreeScores) -> tuple[FloatArray, FloatArray]:
    """Return the bounds from ignorance S-, S+ (n,): the root's score with every missing leaf at u = 0 and at u = 1.

    Only leaves that are not applicable are reweighted, and no coverage threshold removes a node. An imputed leaf
    counts as missing. The bounds limit what full data would give; a score that depends on reweighting, or that lost a
    node to low coverage, can lie outside them.
    """
    if plan.root is None:
        nothing = np.full(len(u), np.nan)
        return nothing, nothing
    observed = known(states)
    if observed.all() and not np.isnan(tree.scores).any():
        return tree.scores[:, -1], tree.scores[:, -1]
    counts = applicable(states)
    credit = np.ones_like(u)
    low, high = (
        aggregate_tree(plan, np.where(observed, u, fill), counts, counts, credit, thresholds=False).scores[:, -1]
        for fill in (0.0, 1.0)
    )
    return low, high


def score_tree(plan: Plan, u: FloatArray, states: NDArray[np.int8], credit: FloatArray) -> TreeScores:
    """Aggregate resolved cells; `u`, `states` (CellState) and `credit` are (n, J)."""
    return aggregate_tree(plan, u, scored(states), applicable(states), credit)
