"""Stage between values and the weight tree: estimates, evidence for a rank, and peers.

The pool and a country's published values decide whether it is ranked, never a weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .canonical_json import encode
from .estimates import CellEstimates, PeerGroup, estimate_cells, filled
from .method import EvidenceRule, Method
from .prepare import Prepared
from .ranking import Status
from .snapshot import CANDIDATES, POOL, WIDER, Snapshot
from .value_functions import Positions


@dataclass(frozen=True, eq=False)
class Evidence:
    """The status that the evidence allows each of the n countries so far, and the rules that each fails."""

    statuses: tuple[Status, ...]
    fails: tuple[tuple[EvidenceRule, ...], ...]

    def reason(self, position: int) -> str:
        """Return why a candidate has no rank, as sentences; "" if it has one or is no candidate."""
        return " ".join(rule.lacking for rule in self.fails[position])

    def at(self, *statuses: Status) -> Positions:
        return np.flatnonzero([status in statuses for status in self.statuses])


@dataclass(frozen=True, eq=False)
class Estimated:
    """Estimates by criterion, in the model's order, and the evidence they give."""

    cells: Mapping[str, CellEstimates]
    evidence: Evidence
    peers: PeerGroup

    def fits(self) -> dict[str, Any]:
        """Return the run's fits as plain data by criterion: bridges and surveys, or the agreement of editions."""
        found: dict[str, Any] = {}
        for key, cells in self.cells.items():
            if cells.pooling is not None:
                found[key] = {"pooling": encode(cells.pooling)}
            elif cells.bridges:
                found[key] = {"bridges": encode(cells.bridges)}
                if cells.surveys is not None:
                    found[key]["surveys"] = encode(cells.surveys)
        return found


def estimate(
    method: Method,
    prepared: Mapping[str, Prepared],
    snapshot: Snapshot,
    held: Mapping[str, CellEstimates] | None = None,
) -> tuple[Estimated, dict[str, Prepared]]:
    """Estimate every criterion that has an estimate, decide who may be ranked, and fill gaps from peers.

    Returns the estimates and the criteria as the weight tree reads them. Bridges and pooling are fitted on the
    snapshot, or taken from `held`.
    """
    cells = {
        key: estimate_cells(item, snapshot, (held or {}).get(key))
        for key, item in prepared.items()
        if item.criterion.estimate is not None
    }
    evidence = _evidence(method, prepared, cells, snapshot)
    peers = _peers(method, evidence, snapshot)
    done = dict(prepared)
    for key, estimated in cells.items():
        cells[key], done[key] = filled(estimated, prepared[key], peers)
    return Estimated(cells, evidence, peers), done


def _evidence(
    method: Method, prepared: Mapping[str, Prepared], cells: Mapping[str, CellEstimates], snapshot: Snapshot
) -> Evidence:
    candidates = set(snapshot.pools.get(CANDIDATES, snapshot.countries))
    ages = {key: known_ages(item, cells.get(key)) for key, item in prepared.items()}
    statuses: list[Status] = []
    fails: list[tuple[EvidenceRule, ...]] = []
    for i, code in enumerate(snapshot.countries):
        failed = tuple(rule for rule in method.rules if not _holds(rule, ages, i)) if code in candidates else ()
        fails.append(failed)
        if code not in candidates:
            statuses.append(Status.OUTSIDE_POOL)
        elif method.facts and all(np.isnan(ages[key][i]) for key in method.facts):
            statuses.append(Status.NOT_RANKABLE)
        else:
            statuses.append(Status.PROVISIONAL if failed else Status.RANKED)
    return Evidence(tuple(statuses), tuple(fails))


def known_ages(item: Prepared, cells: CellEstimates | None) -> NDArray[np.float64]:
    """Return the age in years (n,) of each known value of a criterion, NaN if it is unknown."""
    if cells is not None:
        return cells.ages
    return np.where(item.fresh, np.nan_to_num(item.column.ages), np.nan)


def _holds(rule: EvidenceRule, ages: Mapping[str, NDArray[np.float64]], i: int) -> bool:
    limit = np.inf if rule.within is None else rule.within
    return sum(bool(ages[key][i] <= limit) for key in rule.criteria) >= rule.least


def _peers(method: Method, evidence: Evidence, snapshot: Snapshot) -> PeerGroup:
    """Return the countries that may fill missing values, without those that have no known fact."""
    unknown = set(evidence.at(Status.NOT_RANKABLE).tolist())
    pool, wider = (_members(snapshot, name) for name in (POOL, WIDER))
    keep = [np.array([i for i in group.tolist() if i not in unknown], dtype=np.intp) for group in (pool, wider)]
    return PeerGroup(snapshot, method, keep[0], keep[1], frozenset(pool.tolist()))


def _members(snapshot: Snapshot, name: str) -> Positions:
    return np.sort(snapshot.members(name)) if name in snapshot.pools else snapshot.everyone


def settled(evidence: Evidence, judged: Sequence[tuple[Status, str]]) -> list[tuple[Status, str]]:
    """Combine the evidence with the results of hurdles and required parts: a candidate needs both to be ranked.

    `judged` holds status and reason by the rules of every model, RANKED where those rules exclude no country.
    """
    pairs = enumerate(zip(evidence.statuses, judged, strict=True))
    return [
        other if status is Status.RANKED and other[0] is not Status.RANKED else (status, evidence.reason(i))
        for i, (status, other) in pairs
    ]
