"""Places of the candidates of an earlier day: in the whole and on each axis, officially and over draws.

An earlier day holds too few values to fit the errors of the method again. It is scored by what a later run fitted:
its bridges, and the error of its editions. The mean of the pool is that of the day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .estimates import PEERS, CellEstimates, exact_cells
from .evidence import estimate
from .fits import fit_pooling
from .method import Estimate
from .missing import CellState
from .model import Model, Node
from .prepare import Prepared, prepare
from .ranking import competition_ranks
from .result import Result
from .robustness.draws import Simulation
from .robustness.exact import reweighted, root_scores
from .robustness.tables import spread
from .snapshot import CANDIDATES, POOL, Snapshot
from .tree import compile_tree
from .uncertainty import rank_intervals
from .value_functions import FloatArray, Positions

PUBLISHED, BRIDGED, FILLED, DROPPED, APART = "published", "bridged", "filled", "dropped", "apart"
"""The ways in which a country has a criterion: by its own value, a bridged sister series, or the values of similar
countries; `DROPPED` where no country had one, and `APART` where it does not apply to the country."""


@dataclass(frozen=True, slots=True)
class CandidateRank:
    """The rank of one candidate, the ranks at 5 and 95 percent of the draws, and the share within the first N.

    Without draws the last three are None.
    """

    rank: int
    low: int | None = None
    high: int | None = None
    within: float | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Candidate among `of`: its place in the whole and on each axis by key, and the source of each criterion."""

    of: int
    total: CandidateRank
    axes: Mapping[str, CandidateRank]
    known: Mapping[str, str]


def place_candidates(
    snapshot: Snapshot,
    model: Model,
    fitted: Mapping[str, CellEstimates],
    *,
    exact: Collection[str] = (),
    draws: int,
    seed: int,
    of: Collection[str],
) -> dict[str, Placed]:
    """Place the candidates named in `of` among all candidates of the snapshot, whatever evidence they have.

    `fitted` are the estimates of a later run. The labels of `exact` criteria are not drawn, however old they are.
    """
    prepared = {criterion.key: prepare(criterion, snapshot) for criterion in model.criteria}
    held = {key: _held(cells, snapshot) for key, cells in fitted.items()}
    estimated, prepared = estimate(model.method, prepared, snapshot, held)
    cells = {key: estimated.cells.get(key) or exact_cells(item) for key, item in prepared.items()}
    cells |= {key: replace(cells[key], moves={}) for key in exact if key in cells}
    positions = np.sort(snapshot.members(CANDIDATES))
    branches = [model.root, *(child for child in model.root.children if isinstance(child, Node))]
    found = [_candidate_ranks(branch, model, cells, positions, draws, seed) for branch in branches]
    known = {key: _known(item, cells[key]) for key, item in prepared.items()}
    rows = {snapshot.countries[position]: row for row, position in enumerate(positions.tolist())}
    return {
        code: Placed(
            len(rows),
            found[0][rows[code]],
            {branch.key: positions[rows[code]] for branch, positions in zip(branches[1:], found[1:], strict=True)},
            {key: ways[snapshot.position[code]] for key, ways in known.items()},
        )
        for code in of
    }


def _held(cells: CellEstimates, snapshot: Snapshot) -> CellEstimates:
    """Return the estimates from which an earlier day takes its fits, with the mean of that day's own pool."""
    if cells.pooling is None:
        return cells
    how = cells.criterion.estimate or Estimate()
    pool = frozenset(snapshot.pools.get(POOL, snapshot.countries))
    own = fit_pooling(how, snapshot.series[cells.criterion.key], pool)
    return replace(cells, pooling=replace(own, noise=cells.pooling.noise, agreement=cells.pooling.agreement))


def _candidate_ranks(
    branch: Node,
    model: Model,
    cells: Mapping[str, CellEstimates],
    positions: Positions,
    draws: int,
    seed: int,
) -> list[CandidateRank]:
    """Rank the candidates by one branch of the tree, which is scored as a separate model."""
    own, first = replace(model, root=branch), model.method.first
    plan = compile_tree(own)
    u = np.stack([cells[criterion.key].u[positions] for criterion in plan.criteria], axis=1)
    ranks = competition_ranks(root_scores(plan, u)).tolist()
    if not draws:
        return [CandidateRank(rank) for rank in ranks]
    counts = Simulation(own, plan, spread(plan, cells, positions), len(positions), first).run(draws, seed)
    within = (counts[:, :first].sum(axis=1) / draws).tolist()
    lows, highs = rank_intervals(counts)[:, [0, -1]].T.tolist()
    return [CandidateRank(*found) for found in zip(ranks, lows, highs, within, strict=True)]


def _known(item: Prepared, cells: CellEstimates) -> list[str]:
    states, sources = item.cells.states.tolist(), cells.sources
    anybody = any(source not in ("", PEERS) for source in sources)
    found = []
    for state, source in zip(states, sources, strict=True):
        if state == CellState.NOT_APPLICABLE:
            found.append(APART if anybody else DROPPED)
        elif source in cells.bridges:
            found.append(BRIDGED)
        elif source == PEERS:
            found.append(FILLED)
        else:
            found.append(PUBLISHED if source else DROPPED)
    return found


def totals_by_share(result: Result, first: str, shares: Sequence[float]) -> list[FloatArray]:
    """Return the scores of all countries of a result for each share of the root's weight that one branch takes.

    The other branches share the rest as they do in the model.
    """
    plan, root = result.plan, result.model.root
    others = sum(child.weight for child in root.children if child.key != first)
    found = []
    for share in shares:
        given = {child.key: (1.0 - share) * child.weight / others for child in root.children} | {first: share}
        found.append(root_scores(plan, result.u, reweighted(plan, result.model, given)))
    return found
