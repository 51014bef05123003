"""The part of a country's result that the method adds to score, rank and points."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .estimates import COMBINED, PEERS, CellEstimates
from .method import Estimate
from .missing import known
from .ranking import RankInterval, Status, places
from .robustness.all_in import AllIn, Ranks, group_by_draws

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
    `first_share` and `short_share` are shares of draws within the model's N, `designs` that of the designs.
    `income_rank` is the rank within the grouping that the method names for it. `detail` holds bins, widths, best and
    worst case, the interval over designs, and the data of `_detailed` and `_all_in`; `estimates` one entry per
    criterion with an estimate.
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
    income_rank: int | None = None

    def official(self) -> dict[str, Any]:
        """Return the part of the result that depends on no draw, as plain data."""
        return {
            "fails": list(self.fails),
            "place": self.place,
            "region": self.region,
            "region_rank": self.region_rank,
            **({} if self.income_rank is None else {"income_rank": self.income_rank}),
            "estimates": {
                key: {name: value for name, value in entry.items() if name not in ("datum", "datum_ends")}
                for key, entry in self.estimates.items()
            },
        }


def placed(result: Result) -> dict[str, Place]:
    ranked = np.array([status is Status.RANKED for status in result.statuses], dtype=np.bool_)
    taken = places(result.scores, ranked)
    method, nowhere = result.model.method, (None,) * len(result.countries)
    regions = result.snapshot.groupings.get(method.region, nowhere)
    incomes = result.snapshot.groupings.get(method.income_group, nowhere)
    drawn = _drawn(result)
    return {
        code: Place(
            tuple(rule.key for rule in result.estimated.evidence.fails[i]),
            int(taken[i]) or None,
            regions[i] or "",
            _rank_among(result, regions, i),
            income_rank=_rank_among(result, incomes, i),
            estimates={
                criterion.key: _estimate(result, cells, i, j)
                for j, criterion in enumerate(result.plan.criteria)
                if (cells := result.estimated.cells.get(criterion.key)) is not None
            },
            **drawn.get(i, {}),
        )
        for i, code in enumerate(result.countries)
    }


def _rank_among(result: Result, labels: Sequence[str | None], i: int) -> int | None:
    """Return a ranked country's rank among the ranked countries with its label; None without a rank or a label."""
    own = int(result.ranks[i])
    if not own or not labels[i]:
        return None
    found: list[int] = result.ranks.tolist()
    return 1 + sum(0 < rank < own and label == labels[i] for rank, label in zip(found, labels, strict=True))


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
    if not np.isnan(drawn.details.ends[at]).any():
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
                **_all_in(drawn, k),
            },
        }
    for k, i in enumerate(drawn.provisional.tolist()):
        found[i] = {
            "first_share": float(drawn.places_within[k]),
            "interval": RankInterval(*drawn.places[k].tolist()),
            "detail": {"best": int(drawn.best[m + k]), "worst": int(drawn.worst[m + k]), **_axes(drawn, m + k)}
            | _all_in(drawn, m + k),
        }
    if drawn.all_in is not None:
        rows = len(drawn.ranked) + len(drawn.provisional)
        found |= {i: {"detail": _outside(drawn, drawn.all_in, k, rows + k)} for k, i in enumerate(drawn.all_in.outside)}
    return found


def _all_in(drawn: Robustness, row: int) -> dict[str, Any]:
    """Return what all-in draws tell of a ranked or provisional country, by its row among both.

    The interval and shares of data and weights alone; the all-in ones if no label of an overdue edition changes; the
    all-in share if the country's own labels hold; reliability, and of a ranked country the findings on free weights.
    """
    found = drawn.all_in
    if found is None:
        return {}
    m = len(drawn.ranked)
    holds = float(found.holds[row])
    plain: dict[str, Any] = {
        "data_weights": _ranks(found.inner, row, m),
        "holds": None if math.isnan(holds) else round(holds, 4),
        "reliability": _reliability(drawn, found, row),
    }
    if found.settled is not None:
        plain["settled"] = _ranks(found.settled, row, m)
        if row < m:
            plain["settled"]["group"] = group_by_draws(found.settled.within[row : row + 1], drawn.method.groups)[0]
    return plain | ({"free": _free(found, row)} if row < m else {})


def _outside(drawn: Robustness, found: AllIn, place: int, row: int) -> dict[str, Any]:
    """Return the places that a country outside the pool takes in the draws, and its reliability."""
    m = len(drawn.ranked)
    all_in, inner = (_ranks(ranks, m + place, m) for ranks in found.outside_ranks)
    return {"all_in": all_in, "data_weights": inner, "reliability": _reliability(drawn, found, row)}


def _ranks(ranks: Ranks, row: int, m: int) -> dict[str, Any]:
    """Return the interval of a row of ranked and other countries, and its shares within the first N."""
    if row >= m:
        low, middle, high = ranks.places[row - m].tolist()
        return {"low": low, "median": middle, "high": high, "p20": round(float(ranks.places_within[row - m]), 4)}
    low, middle, high = ranks.intervals[row].tolist()
    shares = (round(float(share[row]), 4) for share in (ranks.within, ranks.within_short))
    return {"low": low, "median": middle, "high": high} | dict(zip(("p20", "p10"), shares, strict=True))


def _reliability(drawn: Robustness, found: AllIn, row: int) -> dict[str, Any]:
    """Return a country's reliability, 0 to 10, what each criterion takes from it, and its value if tiers hold."""
    lost = zip(drawn.criteria, found.reliability.lost[row].tolist(), strict=True)
    plain: dict[str, Any] = {
        "value": round(float(found.reliability.values[row]), 3),
        "lost": {key: round(points, 3) for key, points in lost if points > 0.0005},
    }
    if found.overdue:
        plain["settled"] = round(float(found.reliability_settled[row]), 3)
    return plain


def _free(found: AllIn, row: int) -> dict[str, Any]:
    """Return the share of free weightings within the first N, the weights typical of those, and the share under them.

    Weights are shares of the parent.
    """
    low, high = found.free.intervals[row].tolist()
    confidence = float(found.free.confidence[row])
    weights = {
        key: round(weight, 3)
        for (_, children), local in zip(found.free_keys, found.free.central, strict=True)
        for key, weight in zip(children, local[row].tolist(), strict=True)
    }
    stated = not math.isnan(confidence)
    return {
        "share": round(float(found.free.acceptability[row]), 4),
        "low": low,
        "high": high,
        "confidence": round(confidence, 4) if stated else None,
        "weights": weights if stated else None,
    }


def _detailed(drawn: Robustness, k: int) -> dict[str, Any]:
    """Return the intervals of a ranked country by source, its ranks by single change of the design, and its axes."""
    ranges = {source: ends[k].tolist() for source, ends in drawn.details.ranges.items()}
    return {"ranges": ranges, "singles": [int(ranks[k]) for _, _, ranks in drawn.singles], **_axes(drawn, k)}


def _axes(drawn: Robustness, row: int) -> dict[str, Any]:
    """Return the 5 and 95 percent points, 0 to 100, of a country's score on each axis."""
    axes = drawn.details.axes.items()
    return {"axes": {key: np.round(ends[row], 4).tolist() for key, ends in axes if not np.isnan(ends[row]).any()}}
