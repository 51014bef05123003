"""Result of a run: arrays by country, criterion, and node, read one country at a time or as plain data."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .evidence import Estimated
from .hurdles import HurdleKind, HurdleOutcome, Verdict
from .missing import CellState
from .model import Model
from .place import Place, placed
from .prepare import Prepared
from .ranking import RankInterval, Status
from .robustness import Robustness
from .snapshot import Snapshot
from .tree import Plan
from .uncertainty import RankUncertainty
from .validation import ModelFinding
from .value_functions import BoolArray, FloatArray, IntArray

_DIGITS = 9
"""Decimals stored. Machines differ in the last bits of a logarithm."""


@dataclass(frozen=True)
class CriterionLine:
    """One criterion of one country. Points are of 100.

    `nominal_weight` is global with nothing missing, `effective_weight` after reweighting; `points` add up to
    100 times the score, `points_owed` is the part that missing siblings' weight gave. `floored`: u = 0 met a mean that
    lifts zeros. `u` is None if the cell takes no part.
    """

    key: str
    label: str
    path: tuple[str, ...]
    state: str
    u: float | None
    clipped: bool
    floored: bool
    nominal_weight: float
    effective_weight: float
    points: float
    points_lost: float
    points_owed: float


@dataclass(frozen=True)
class NodeLine:
    """One node of one country: score in 0..1 or None, coverage in 0..1 or None if nothing applies, its threshold."""

    key: str
    label: str
    path: tuple[str, ...]
    score: float | None
    coverage: float | None
    tau: float
    required: bool


@dataclass(frozen=True)
class HurdleLine:
    """One hurdle of one country: verdict "pass", "fail" or "unknown", and the probability of passing if known."""

    key: str
    label: str
    hurdle_kind: HurdleKind
    verdict: str
    waived: bool
    probability: float | None


@dataclass(frozen=True)
class CountryResult:
    """Result of one country.

    `rank` is among eligible countries and only a RANKED country has one; `rank_among_scored` ignores hurdles. `lower`
    and `upper` are the score with everything missing at 0 and at 1. `equal_display`: another rank prints the same
    score.
    """

    country: str
    status: Status
    reason: str
    rank: int | None
    rank_among_scored: int | None
    interval: RankInterval | None
    equal_display: bool
    score: float | None
    coverage: float | None
    lower: float | None
    upper: float | None
    nodes: tuple[NodeLine, ...]
    criteria: tuple[CriterionLine, ...]
    hurdles: tuple[HurdleLine, ...]


def optional(value: float) -> float | None:
    """Convert NaN to None, and -0.0 to 0.0."""
    return None if math.isnan(value) else value + 0.0


@dataclass(frozen=True, eq=False)
class Result:
    """A scored run over n countries, J criteria and P nodes; arrays are in the snapshot's and the plan's order.

    `scores` (n,) in 0..1, NaN for a country without one. `ranks`, `ranks_among_scored` (n,), 0 for none.
    `node_scores`, `node_coverage` (n, P). `u`, `clipped`, `floored`, `effective`, `points`, `lost`, `owed` (n, J);
    `states` (n, J) are CellState. `findings` are warnings: of the model, and criteria inactive in this run.
    `robustness` is None without draws.
    """

    engine_version: str
    model: Model
    snapshot: Snapshot
    plan: Plan
    prepared: tuple[Prepared, ...]
    seed: int
    draws: int
    statuses: tuple[Status, ...]
    reasons: tuple[str, ...]
    scores: FloatArray
    ranks: IntArray
    ranks_among_scored: IntArray
    equal_display: BoolArray
    lower: FloatArray
    upper: FloatArray
    node_scores: FloatArray
    node_coverage: FloatArray
    u: FloatArray
    states: NDArray[np.int8]
    clipped: BoolArray
    floored: BoolArray
    effective: FloatArray
    points: FloatArray
    lost: FloatArray
    owed: FloatArray
    hurdles: tuple[HurdleOutcome, ...]
    uncertainty: RankUncertainty | None
    findings: tuple[ModelFinding, ...]
    estimated: Estimated
    robustness: Robustness | None = None

    @property
    def countries(self) -> tuple[str, ...]:
        """Return the country codes, in the order of every array's first axis."""
        return self.snapshot.countries

    @property
    def model_hash(self) -> str:
        return self.model.hash

    @property
    def snapshot_hash(self) -> str:
        return self.snapshot.hash

    @cached_property
    def _places(self) -> dict[str, Place]:
        return placed(self)

    def place(self, code: str) -> Place:
        """Return one country's place by the method of the model; KeyError for a country not in the run."""
        return self._places[code]

    @cached_property
    def _intervals(self) -> dict[int, RankInterval]:
        if self.uncertainty is None:
            return {}
        pairs = zip(self.uncertainty.positions.tolist(), self.uncertainty.intervals.tolist(), strict=True)
        return {position: RankInterval(*ranks) for position, ranks in pairs}

    def country(self, code: str) -> CountryResult:
        """Return one country's result. Raise KeyError for a country not in the run."""
        i = self.snapshot.position[code]
        root = len(self.plan.branches) - 1 if self.plan.root else None
        return CountryResult(
            code,
            self.statuses[i],
            self.reasons[i],
            int(self.ranks[i]) or None,
            int(self.ranks_among_scored[i]) or None,
            self._intervals.get(i),
            bool(self.equal_display[i]),
            optional(float(self.scores[i])),
            None if root is None else optional(float(self.node_coverage[i, root])),
            optional(float(self.lower[i])),
            optional(float(self.upper[i])),
            tuple(self._nodes(i)),
            tuple(self._criteria(i)),
            tuple(self._hurdles(i)),
        )

    def ranking(self) -> list[str]:
        """Return the codes of the ranked countries, best first; equal ranks by code."""
        ranked = [(int(rank), code) for rank, code in zip(self.ranks, self.countries, strict=True) if rank]
        return [code for _, code in sorted(ranked)]

    def _nodes(self, i: int) -> Iterator[NodeLine]:
        for branch, score, coverage in zip(
            self.plan.branches, self.node_scores[i].tolist(), self.node_coverage[i].tolist(), strict=True
        ):
            yield NodeLine(
                branch.key, branch.label, branch.path, optional(score), optional(coverage), branch.tau, branch.required
            )

    def _criteria(self, i: int) -> Iterator[CriterionLine]:
        columns = (self.u, self.effective, self.points, self.lost, self.owed)
        rows = zip(*(column[i].tolist() for column in columns), strict=True)
        for j, (u, effective, points, lost, owed) in enumerate(rows):
            criterion = self.plan.criteria[j]
            yield CriterionLine(
                criterion.key,
                criterion.label,
                self.plan.paths[j],
                CellState(int(self.states[i, j])).name.lower(),
                optional(u),
                bool(self.clipped[i, j]),
                bool(self.floored[i, j]),
                float(self.plan.nominal[j]),
                effective,
                points + 0.0,
                lost + 0.0,
                owed + 0.0,
            )

    def _hurdles(self, i: int) -> Iterator[HurdleLine]:
        for outcome in self.hurdles:
            yield HurdleLine(
                outcome.hurdle.key,
                outcome.hurdle.label,
                outcome.hurdle.hurdle_kind,
                Verdict(int(outcome.verdicts[i])).name.lower(),
                bool(outcome.waived[i]),
                optional(float(outcome.probability[i])),
            )

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for storing and comparing: floats print shortest and read back to the same bits.

        Labels, paths, and thresholds are not repeated from the model. The data includes what a criterion's function
        took from the pool ("parameters"), what the method fitted ("fits"), how it placed each country ("places"), and
        what its draws found ("drawn").
        """
        plain: dict[str, Any] = {
            "engine_version": self.engine_version,
            "model_hash": self.model_hash,
            "snapshot_hash": self.snapshot_hash,
            "seed": self.seed,
            "draws": self.draws,
            "findings": [[f.code, f.severity, f.path, f.message] for f in self.findings],
            "criteria": {
                item.criterion.key: {
                    "nominal_weight": float(self.plan.nominal[j]),
                    "parameters": {}
                    if item.fitted is None
                    else {k: v + 0.0 for k, v in item.fitted.parameters.items()},
                    "inactive": item.inactive,
                }
                for j, item in enumerate(self.prepared)
            },
            "countries": {code: _plain_country(self.country(code)) for code in self.countries},
            "fits": self.estimated.fits(),
            "places": {code: self.place(code).official() for code in self.countries},
        }
        if self.robustness is not None:
            plain["drawn"] = self.robustness.to_dict()
        rounded: dict[str, Any] = _rounded(plain)
        return rounded


def _rounded(plain: Any) -> Any:
    if isinstance(plain, float):
        return round(plain, _DIGITS) + 0.0
    if isinstance(plain, dict):
        return {key: _rounded(item) for key, item in plain.items()}
    return [_rounded(item) for item in plain] if isinstance(plain, list) else plain


def _plain_country(result: CountryResult) -> dict[str, Any]:
    interval = result.interval
    return {
        "status": result.status.value,
        "reason": result.reason,
        "rank": result.rank,
        "rank_among_scored": result.rank_among_scored,
        "rank_interval": None if interval is None else [interval.low, interval.median, interval.high],
        "equal_display": result.equal_display,
        "score": result.score,
        "coverage": result.coverage,
        "lower": result.lower,
        "upper": result.upper,
        "nodes": {line.key: {"score": line.score, "coverage": line.coverage} for line in result.nodes},
        "criteria": {
            line.key: {
                "state": line.state,
                "u": line.u,
                "clipped": line.clipped,
                "floored": line.floored,
                "effective_weight": line.effective_weight,
                "points": line.points,
                "points_lost": line.points_lost,
                "points_owed": line.points_owed,
            }
            for line in result.criteria
        },
        "hurdles": {
            line.key: {"verdict": line.verdict, "waived": line.waived, "probability": line.probability}
            for line in result.hurdles
        },
    }
