"""Questions to a run: other weights, rules, and candidates, scored and drawn again by the scoring engine."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from selection.runs.queries.basis import Basis
from selection.scoring import CANDIDATES, Model, Node, Result, Snapshot, Status, score
from selection.scoring.estimates import exact_cells
from selection.scoring.method import EvidenceRule
from selection.scoring.ranking import competition_ranks
from selection.scoring.robustness.counters import Places
from selection.scoring.robustness.draws import Simulation
from selection.scoring.robustness.exact import root_scores
from selection.scoring.robustness.tables import QUANTILES, spread
from selection.scoring.robustness.weights import draw_weights, shapes
from selection.scoring.tree import compile_tree
from selection.scoring.value_functions import Positions


@dataclass(frozen=True)
class Asked:
    """A question as the browser reads it: weights in percent, reasons, and limits in years or "off"."""

    weights: Mapping[str, float] = field(default_factory=dict)
    let_in: Sequence[str] = ()
    evidence: Mapping[str, int | str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """Return the question as the page passes it to its script."""
        return {"weights": dict(self.weights), "let_in": list(self.let_in), "evidence": dict(self.evidence)}


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
    assert model.method is not None
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


def simulated(basis: Basis, asked: Asked, draws: int) -> Simulated:
    """Draw the answer to a question by the kernel of the server."""
    result, model = rescored(basis, asked), changed(basis.model, asked)
    ranked, provisional = _order_of(result), _at(result, Status.PROVISIONAL)
    plan, m = compile_tree(model), len(ranked)
    laws = spread(plan, cells_of(basis), np.concatenate([ranked, provisional]))
    beside = Places(m, len(provisional))
    counts = Simulation(model, plan, laws, m, 20).run(draws, 11, (beside,))
    rows = [*zip(ranked.tolist(), counts, strict=True), *zip(provisional.tolist(), beside.counts, strict=True)]
    return Simulated(ranked, provisional, dict(rows))


def _order_of(result: Result) -> Positions:
    return np.argsort(np.where(result.ranks > 0, result.ranks, 999), kind="stable")[: int((result.ranks > 0).sum())]


def _at(result: Result, status: Status) -> Positions:
    return np.flatnonzero([one is status for one in result.statuses])


def cells_of(basis: Basis) -> dict[str, Any]:
    """Return the cells of every criterion, with an estimate or exact."""
    return {
        item.criterion.key: basis.cells.get(item.criterion.key) or exact_cells(item) for item in basis.result.prepared
    }


@dataclass(frozen=True)
class Given:
    """Draws made by the server: u (countries, criteria, draws), weights by branch, and the ranks they give."""

    countries: Positions
    draws: int
    u: Any
    weights: Sequence[Any]
    ranks: Any

    @property
    def content(self) -> bytes:
        """Return u, weights, and ranks as one file."""
        return b"".join([self.u.tobytes(), *(rows.tobytes() for rows in self.weights), self.ranks.tobytes()])


def given_draws(basis: Basis, draws: int) -> Given:
    """Draw cells and weights of the run's own question, and rank them by the official arithmetic."""
    result, rng = basis.result, np.random.default_rng(5)
    plan, countries = result.plan, _order_of(result)
    assert plan.root is not None
    laws = spread(plan, cells_of(basis), countries)
    u = np.repeat(laws.base[:, :, None], draws, axis=2).astype(np.float32)
    numbers = rng.integers(0, QUANTILES, (len(laws.tables), draws))
    u[laws.rows, laws.columns] = np.take_along_axis(laws.tables, numbers, axis=1)

    def runs(count: int) -> list[Any]:
        return [rng.integers(0, QUANTILES, draws) for _ in range(count)]

    weights = draw_weights(shapes(plan, basis.model), draws, runs, rng)
    by_draw = np.where(laws.absent[:, :, None], np.nan, u.astype(np.float64)).transpose(0, 2, 1)
    scores = root_scores(plan, by_draw, [rows.T.astype(np.float64) for rows in weights])
    ranks = np.stack([competition_ranks(scores[:, k]) for k in range(draws)], axis=1)
    used_columns = sorted({leaf for branch in plan.branches for leaf in branch.leaves})
    return Given(countries, draws, np.ascontiguousarray(u[:, used_columns]), weights, ranks.astype(np.uint16))
