"""Questions to a run: other weights, rules, and candidates, scored and drawn again by the scoring engine."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from selection.runs.queries.basis import Basis
from selection.scoring import CANDIDATES, Model, Node, Result, Snapshot, Status, score
from selection.scoring.method import EvidenceRule
from selection.scoring.ranking import competition_ranks
from selection.scoring.robustness.counters import Places
from selection.scoring.robustness.exact import branch_scores
from selection.scoring.robustness.mix import Mix, mix_of, mixed_laws
from selection.scoring.robustness.tables import QUANTILES
from selection.scoring.robustness.weights import draw_weights
from selection.scoring.value_functions import FloatArray, Positions
from selection.what_if.answer import answer, askable_of, taken_by
from selection.what_if.designs import cells_of
from selection.what_if.question import Question, from_dict


@dataclass(frozen=True)
class Asked:
    """A question as the browser reads it: weights in percent, reasons, limits in years or "off", and options."""

    weights: Mapping[str, float] = field(default_factory=dict)
    let_in: Sequence[str] = ()
    evidence: Mapping[str, int | str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    held: Sequence[str] = ()

    def to_dict(self) -> dict[str, object]:
        """Return the question as the page passes it to its script."""
        return {
            "weights": dict(self.weights),
            "let_in": list(self.let_in),
            "evidence": dict(self.evidence),
            "options": dict(self.options),
            "held": list(self.held),
        }


def rescored(basis: Basis, asked: Asked) -> Result:
    """Score the run's own values by the changed model, among the changed candidates."""
    return score(candidates(basis, asked), changed(basis.model, asked), draws=0)


def candidates(basis: Basis, asked: Asked) -> Snapshot:
    """Return the run's snapshot with the countries that were let in as candidates; pool and peers don't change."""
    snapshot, pool = basis.snapshot, basis.selection.pool
    assert pool is not None
    more = [code for code, entry in pool.outside.items() if entry.reason_code in asked.let_in]
    ranked = tuple(sorted({*snapshot.pools[CANDIDATES], *more}))
    return replace(snapshot, pools={**snapshot.pools, CANDIDATES: ranked})


def changed(model: Model, asked: Asked) -> Model:
    """Return the model with the weights and rules of the question."""
    rules = tuple(_limited(rule, asked) for rule in model.method.rules if asked.evidence.get(rule.key) != "off")
    return replace(model, root=_weighted(model.root, asked), method=replace(model.method, rules=rules))


def _limited(rule: EvidenceRule, asked: Asked) -> EvidenceRule:
    within = asked.evidence.get(rule.key, rule.within)
    return replace(rule, within=within if within is None else int(within))


def _weighted(node: Node, asked: Asked) -> Node:
    whole = math.fsum(child.weight for child in node.children)
    children = [
        replace(child, weight=asked.weights.get(child.key, 100.0 * child.weight / whole if whole else 0.0))
        for child in node.children
    ]
    return replace(
        node, children=tuple(_weighted(child, asked) if isinstance(child, Node) else child for child in children)
    )


# ---- draws by the server -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Simulated:
    """Results of the server's draws for a question, by country.

    They are the counts of ranks; for provisional countries, the counts of the ranks that they would have.
    """

    ranked: Positions
    provisional: Positions
    counts: dict[int, Any]


def simulated(basis: Basis, asked: Asked, draws: int, *, designs: bool = True) -> Simulated:
    """Draw the answer to a question by the kernel of the server, with another seed than the run's."""
    question = from_dict(asked.to_dict(), askable_of(basis))
    rows = answer(basis, question).rows
    ranked = np.array(sorted((i for i, row in enumerate(rows) if row.rank), key=lambda i: (rows[i].rank, i)))
    provisional = np.flatnonzero([row.status == Status.PROVISIONAL for row in rows])
    m, beside = len(ranked), Places(len(ranked), len(provisional))
    positions = np.concatenate([ranked, provisional])
    counts = taken_by(basis, question).simulation(positions, m, designs=designs).run(draws, 11, (beside,))
    pairs = [*zip(ranked.tolist(), counts, strict=True), *zip(provisional.tolist(), beside.counts, strict=True)]
    return Simulated(ranked, provisional, dict(pairs))


def _order_of(result: Result) -> Positions:
    return np.argsort(np.where(result.ranks > 0, result.ranks, 999), kind="stable")[: int((result.ranks > 0).sum())]


@dataclass(frozen=True)
class Given:
    """Draws made by the server: u (countries, criteria, draws), weights by branch, designs, and the ranks they give."""

    countries: Positions
    draws: int
    u: Any
    weights: Sequence[Any]
    designs: Positions
    ranks: Any

    @property
    def content(self) -> bytes:
        """Return u, weights, and ranks as one file."""
        return b"".join([self.u.tobytes(), *(rows.tobytes() for rows in self.weights), self.ranks.tobytes()])


def given_draws(basis: Basis, draws: int) -> Given:
    """Draw cells, weights, and designs of the run's own question, and rank them by the official arithmetic."""
    result, rng = basis.result, np.random.default_rng(5)
    plan, countries = result.plan, _order_of(result)
    grid = taken_by(basis, Question()).grid(countries, cells_of(basis), designs=True)
    mix, laws = mix_of(basis.model, plan, grid, grid.run()), mixed_laws(plan, grid, countries)
    designs = rng.integers(0, mix.designs, draws)
    u = np.repeat(laws.base[:, :, None], draws, axis=2).astype(np.float32)
    for row, j, table in zip(laws.rows.tolist(), laws.columns.tolist(), laws.tables, strict=True):
        level = mix.levels[j][designs] if j in mix.levels else 0
        u[row, j] = table[level * QUANTILES + rng.integers(0, QUANTILES, draws)]

    def runs(count: int) -> list[Any]:
        return [rng.integers(0, QUANTILES, draws) for _ in range(count)]

    levels = [None if level is None else level[designs] for level in mix.shape_levels]
    weights = draw_weights(mix.shapes, draws, runs, rng, levels)
    by_draw = np.where(laws.absent[:, :, None], np.nan, u.astype(np.float64)).transpose(0, 2, 1)
    scores = _scores_by_design(basis, mix, designs, by_draw, [rows.T.astype(np.float64) for rows in weights])
    ranks = np.stack([competition_ranks(scores[:, k]) for k in range(draws)], axis=1)
    used_columns = sorted({leaf for branch in plan.branches for leaf in branch.leaves})
    used = np.ascontiguousarray(u[:, used_columns])
    return Given(countries, draws, used, weights, designs, ranks.astype(np.uint16))


def _scores_by_design(
    basis: Basis, mix: Mix, designs: Positions, u: FloatArray, weights: Sequence[FloatArray]
) -> FloatArray:
    """Return the scores (m, draws) of values (m, draws, J) by the axes and the mean of each draw's design."""
    plan = basis.result.plan
    root, done = plan.branches[-1], branch_scores(plan, u, weights)
    arithmetic = mix.arithmetic[designs]
    sums, logs = np.zeros(u.shape[:2]), np.zeros(u.shape[:2])
    for c, child in enumerate(root.children):
        values = u[..., child.index] if child.leaf else done[child.index]
        floors = np.where(arithmetic, 0.0, root.mean.floor if child.floored else 0.0)
        axis = np.clip(mix.slopes[c, designs] * values + mix.shifts[c, designs], floors, 1.0)
        sums += weights[-1][:, c] * axis
        logs += weights[-1][:, c] * np.log(np.maximum(axis, 1e-12))
    return np.where(arithmetic, sums, np.exp(logs))
