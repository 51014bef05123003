"""The part of a country's result that a model with a method adds to score, rank and points."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .estimates import COMBINED, PEERS, CellEstimates
from .method import Estimate
from .missing import known
from .ranking import RankInterval, Status, places

if TYPE_CHECKING:
    from .result import Result
    from .robustness import Robustness

_WITHIN_90 = 1.6448536269514722
"""Standard deviations that hold the middle 90 percent of a normal distribution."""


@dataclass(frozen=True)
class Place:
    """Place of one country among the others.

    `fails` are the keys of the evidence rules that it fails. `place` is the rank its score would take among the
    ranked; its own rank if it has one. `interval` are the places a provisional country takes in the draws.
    `first_share` and `short_share` are shares of draws within the model's N, `designs` that of the designs. `detail`
    holds bins, widths, best and worst case, the interval over designs, and the data of `_detailed`; `estimates` one
    entry per criterion with an estimate.
    """

    fails: tuple[str, ...]
    place: int | None
    region: str
    region_rank: int | None
    first_share: float | None = None
    short_share: float | None = None
    designs: float | None = None
    group: str = ""
    interval: RankInterval | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    estimates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def official(self) -> dict[str, Any]:
        """Return the part of the result that depends on no draw, as plain data."""
        return {
            "fails": list(self.fails),
            "place": self.place,
            "region": self.region,
            "region_rank": self.region_rank,
            "estimates": {
                key: {name: value for name, value in entry.items() if name not in ("datum", "datum_ends")}
                for key, entry in self.estimates.items()
            },
        }


def placed(result: Result) -> dict[str, Place]:
    """Return the place of every country of a result whose model has a method."""
    assert result.estimated is not None
    assert result.model.method is not None
    ranked = np.array([status is Status.RANKED for status in result.statuses], dtype=np.bool_)
    taken = places(result.scores, ranked)
    grouping = result.model.method.region
    regions = result.snapshot.groupings.get(grouping, (None,) * len(result.countries))
    drawn = _drawn(result)
    found = {}
    for i, code in enumerate(result.countries):
        among = [int(result.ranks[k]) for k in np.flatnonzero(ranked).tolist() if regions[k] == regions[i]]
        found[code] = Place(
            tuple(rule.key for rule in result.estimated.evidence.fails[i]),
            int(taken[i]) or None,
            regions[i] or "",
            1 + sum(rank < int(result.ranks[i]) for rank in among) if ranked[i] and regions[i] else None,
            estimates={
                key: _estimate(result, cells, i, j) for j, (key, cells) in _with_estimates(result) if cells is not None
            },
            **drawn.get(i, {}),
        )
    return found


def _with_estimates(result: Result) -> list[tuple[int, tuple[str, CellEstimates | None]]]:
    assert result.estimated is not None
    cells = result.estimated.cells
    return list(enumerate((criterion.key, cells.get(criterion.key)) for criterion in result.plan.criteria))


def _estimate(result: Result, cells: CellEstimates, i: int, j: int) -> dict[str, Any]:
    """Return one cell's source, best estimate, and 90 percent range in its unit."""
    how = cells.criterion.estimate or Estimate()
    age = float(cells.ages[i])
    entry: dict[str, Any] = {"source": cells.sources[i], "age": None if math.isnan(age) else max(int(age), 0)}
    best, error = float(cells.best[i]), float(cells.error[i])
    if not math.isnan(best):
        low, middle, high = how.scale.back(
            np.array([best - _WITHIN_90 * error, best, best + _WITHIN_90 * error])
        ).tolist()
        # A rate whose goalposts start at 0 has no value below it, though its error on an even scale reaches there.
        if middle >= 0.0 and getattr(cells.criterion.value_function, "lower", None) == 0.0:
            low = max(low, 0.0)
        entry |= {"best": middle, "low": low, "high": high, "error": error}
    if i in cells.moves and how.transitions is not None:
        entry["moves"] = dict(zip(how.transitions.labels, cells.moves[i].tolist(), strict=True))
    if cells.sources[i] == COMBINED:
        entry["share"] = float(cells.shares[i])
    if cells.sources[i] == PEERS:
        entry["peers"] = [result.countries[k] for k in cells.peers[i].tolist()]
    if result.robustness is not None:
        entry |= _datum(result.robustness, cells.criterion.key, i)
    entry["measured"] = bool(known(result.states[i : i + 1, j])[0])
    return entry


def _datum(drawn: Robustness, key: str, i: int) -> dict[str, Any]:
    """Return the value of a cell's datum: the change of the share of draws within the first N if it were known.

    `datum_ends` are that share with the cell among its lowest and its highest values, lowest in u; none if it is
    exact.
    """
    rows = [*drawn.ranked.tolist(), *drawn.provisional.tolist()]
    if i not in rows:
        return {"datum": None}
    at = rows.index(i), drawn.criteria.index(key)
    found: dict[str, Any] = {"datum": round(float(drawn.datum[at]), 4)}
    if drawn.details is not None and not np.isnan(drawn.details.ends[at]).any():
        found["datum_ends"] = np.round(drawn.details.ends[at], 3).tolist()
    return found


def _drawn(result: Result) -> dict[int, dict[str, Any]]:
    """Return the findings of the draws and the designs, by position; none for a result without draws."""
    drawn = result.robustness
    if drawn is None:
        return {}
    m, found = len(drawn.ranked), {}
    for k, i in enumerate(drawn.ranked.tolist()):
        found[i] = {
            "first_share": float(drawn.within[k]),
            "short_share": float(drawn.within_short[k]),
            "designs": float(drawn.designs_within[k]),
            "group": drawn.groups[k],
            "detail": {
                "bins": drawn.bins[k].tolist(),
                "widths": {name: int(widths[k]) for name, widths in drawn.widths.items()},
                "best": int(drawn.best[k]),
                "worst": int(drawn.worst[k]),
                "designs_interval": drawn.designs_intervals[k].tolist(),
                **_detailed(drawn, k),
            },
        }
    for k, i in enumerate(drawn.provisional.tolist()):
        found[i] = {
            "first_share": float(drawn.places_within[k]),
            "interval": RankInterval(*drawn.places[k].tolist()),
            "detail": {"best": int(drawn.best[m + k]), "worst": int(drawn.worst[m + k]), **_axes(drawn, m + k)},
        }
    return found


def _detailed(drawn: Robustness, k: int) -> dict[str, Any]:
    """Return the intervals of a ranked country by source, its ranks by single change of the design, and its axes."""
    if drawn.details is None:
        return {}
    ranges = {source: ends[k].tolist() for source, ends in drawn.details.ranges.items()}
    return {"ranges": ranges, "singles": [int(ranks[k]) for _, _, ranks in drawn.singles], **_axes(drawn, k)}


def _axes(drawn: Robustness, row: int) -> dict[str, Any]:
    """Return the 5 and 95 percent points, 0 to 100, of a country's score on each axis."""
    axes = drawn.details.axes.items() if drawn.details else ()
    return {"axes": {key: np.round(ends[row], 4).tolist() for key, ends in axes if not np.isnan(ends[row]).any()}}
