"""The causes behind a country's movement between two runs, criterion by criterion.

A criterion moves a score by another value, by an older or refitted estimate of the same value, by other peers, or by
another weight. The points of all criteria add up to the change of the score: where both models join the same axes, each
axis carries its part of the geometric mean's difference (its log-mean split), and inside an axis weight times value
adds up. Between other models they are the differences of the points that each run gives.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from selection.model_definition.criteria_table import CriterionRow, ModelTable
from selection.models import CountryStatus
from selection.pool_rules.policy import Reason
from selection.scoring import PEERS, POOLED
from selection.scoring.aggregate import Mean
from selection.scoring.contributions import log_mean

Line = Mapping[str, Any]
FLOOR = Mean(0.0).floor
"""Lowest value that an axis counts as in a geometric mean."""

NOTHING = 1e-9
"""Points below this are rounding error of a sum."""


class Cause(enum.StrEnum):
    """Kinds of differences between two runs that move a country."""

    DATA = "data"
    AGE = "age"
    FITTED = "fitted"
    PEERS = "peers"
    MODEL = "model"
    POOL = "pool"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class CauseChange:
    """Criterion of a country that differs between two runs; `points` are its part of the score's change.

    `before` and `after` are the lines of the runs, None if a run does not count the criterion. `is_reweighed` is True
    if its weight differs in addition to the cause.
    """

    key: str
    cause: Cause
    points: float
    before: Line | None
    after: Line | None
    is_reweighed: bool = False


@dataclass(frozen=True)
class Side:
    """One country in one run: its lines by criterion, node scores (0 to 100), and own score.

    `data_weights` are the figures of its draws of data and weights alone, if the run's draws vary the method as well.
    """

    lines: Mapping[str, Line] = field(default_factory=dict)
    nodes: Mapping[str, float | None] = field(default_factory=dict)
    score: float | None = None
    data_weights: Mapping[str, Any] | None = None


Knows = Callable[[int], bool]
"""Function that returns True if a run could take an observation.

The observation was loaded, published by the run's day, and not retracted.
"""


@dataclass(frozen=True)
class Pair:
    """Models of both runs, and the observations that each of them could take."""

    before: ModelTable
    after: ModelTable
    before_knows: Knows
    after_knows: Knows
    is_one_stage: bool = True

    @property
    def is_one_model(self) -> bool:
        """Return True if both runs count the same criteria by the same rules."""
        return self.is_one_stage and self.before.hash == self.after.hash

    def row(self, key: str) -> CriterionRow:
        """Return a criterion, from the later model if it has it."""
        return {row.key: row for table in (self.before, self.after) for row in table.criteria}[key]


def changes(old: Side, new: Side, pair: Pair) -> tuple[CauseChange, ...]:
    """Return the differences of a country, the criterion with the largest part of the change first."""
    points = _points(old, new, pair)
    found = []
    for key in dict.fromkeys((*new.lines, *old.lines)):
        before, after = old.lines.get(key), new.lines.get(key)
        if not _weight(before) and not _weight(after):
            continue
        cause = _cause(key, before, after, pair)
        if cause is None and abs(points.get(key, 0.0)) > NOTHING:
            cause = Cause.MODEL  # it counts the same, in a tree that joins it otherwise
        if cause is not None:
            reweighed = cause is not Cause.MODEL and _nominal(before) != _nominal(after)
            found.append(CauseChange(key, cause, points.get(key, 0.0), before, after, reweighed))
    return tuple(sorted(found, key=lambda change: -abs(change.points)))


def observations_of(line: Line | None) -> tuple[int, ...]:
    """Return the observations that a line rests on, or the one behind its missing value.

    An estimate may rest on several.
    """
    if line is None:
        return ()
    found = line.get("observations") or [line["observation"] or line["shown"]]
    return tuple(pk for pk in found if pk)


def age(line: Line | None) -> int | None:
    """Return the age of a line's newest value in years."""
    found: int | None = (line or {}).get("estimate", {}).get("age")
    return found


def source(line: Line | None) -> str:
    """Return the source of the estimate in a line; "" in a run whose values count as published."""
    return str((line or {}).get("estimate", {}).get("source", ""))


# ---- causes --------------------------------------------------------------------------------------------------------


def _weight(line: Line | None) -> float:
    return float(line["effective_weight"]) if line else 0.0


def _nominal(line: Line | None) -> float:
    return round(float(line["nominal_weight"]), 12) if line else 0.0


def _cause(key: str, before: Line | None, after: Line | None, pair: Pair) -> Cause | None:
    """Return the cause of a criterion's difference, or None if nothing relevant differs."""
    if before is None or after is None:
        return Cause.MODEL if not pair.is_one_model else Cause.DATA
    old, new = observations_of(before), observations_of(after)
    if set(old) != set(new):
        fresh = any(not pair.before_knows(pk) for pk in set(new) - set(old))
        gone = any(not pair.after_knows(pk) for pk in set(old) - set(new))
        if fresh or gone:
            return Cause.DATA
        return Cause.AGE if pair.is_one_model else Cause.MODEL
    if _rated(before) != _rated(after):
        return Cause.DATA
    if before["u"] == after["u"] and _weight(before) == _weight(after):
        return None
    if not pair.is_one_model and _defined_otherwise(key, pair):
        return Cause.MODEL
    if before["u"] == after["u"]:
        return Cause.DATA if _nominal(before) == _nominal(after) else Cause.MODEL  # a sibling does not apply
    return _reestimated(before, after)


def _reestimated(before: Line, after: Line) -> Cause:
    """Explain why the same observations give another value.

    The reason is age alone, a fit over other countries, or other peers.
    """
    if PEERS in (source(before), source(after)):
        return Cause.PEERS
    aged = age(before) != age(after)
    return Cause.AGE if aged and source(after) != POOLED and after["state"] != "bridged" else Cause.FITTED


def _rated(line: Line) -> tuple[Any, ...]:
    return (tuple(line.get("ratings", ())), line.get("step"))


def _defined_otherwise(key: str, pair: Pair) -> bool:
    one, other = ({row.key: row for row in table.criteria}.get(key) for table in (pair.before, pair.after))
    return (
        one is None
        or other is None
        or (one.weight, one.function, one.estimate, one.node)
        != (
            other.weight,
            other.function,
            other.estimate,
            other.node,
        )
    )


_READ_FROM = {
    Reason.TIER3: "tier",
    Reason.SPECIAL_CASE: "tier",
    Reason.HIGH_INCOME: "income",
    Reason.NO_INCOME_CLASS: "income",
}
"""Published fact behind each reason outside the pool; the other reasons are decisions."""


def deciders(status: str, reason: str, found: Sequence[CauseChange], pair: Pair) -> tuple[CauseChange, ...]:
    """Return the criteria that decide why a country has no rank.

    `status` and `reason` are those of the run without a rank.
    """
    if status == CountryStatus.OUTSIDE_POOL:
        return tuple(change for change in found if _decides(change, reason, pair.after))
    asked = _evidence(reason, pair)
    return tuple(change for change in found if change.key in asked)


def status_cause(
    status: str, reason: str, deciding: Sequence[CauseChange], sides: tuple[Side, Side], pair: Pair
) -> Cause:
    """Return the main reason why a country has no rank in one of two runs; see `deciders`."""
    causes = [change.cause for change in deciding]
    if status == CountryStatus.OUTSIDE_POOL:
        return causes[0] if causes else Cause.POOL
    if Cause.DATA in causes or not pair.is_one_model:
        return Cause.DATA if Cause.DATA in causes else Cause.MODEL
    aged = any(age(sides[0].lines.get(key)) != age(sides[1].lines.get(key)) for key in _evidence(reason, pair))
    return Cause.AGE if aged else (causes or [Cause.DATA])[0]


def _evidence(reason: str, pair: Pair) -> list[str]:
    """Return the criteria that the evidence rules of a reason require."""
    rules = [rule for table in (pair.before, pair.after) for rule in table.method.get("rules", ())]
    return [key for rule in rules if rule["key"] in reason.split(",") for key in rule["criteria"]]


def _decides(change: CauseChange, reason: str, table: ModelTable) -> bool:
    """Return True if a criterion holds the fact behind a reason outside the pool, and it differs."""
    facts = {"tier": table.listing["indicator"], "income": table.groupings.get("income_group", "")}
    indicator = facts.get(_READ_FROM.get(Reason(reason), "") if reason in set(Reason) else "")
    row = next((row for row in table.criteria if row.key == change.key), None)
    is_other = (change.before or {}).get("u") != (change.after or {}).get("u")
    return bool(indicator and row and row.indicator == indicator and is_other)


# ---- points --------------------------------------------------------------------------------------------------------


def _points(old: Side, new: Side, pair: Pair) -> Mapping[str, float]:
    """Return the part of each criterion in the change of the score, if both runs give one."""
    if old.score is None or new.score is None:
        return {}
    axes = _axes(pair)
    if not axes or any(side.nodes.get(axis.key) is None for side in (old, new) for axis in axes):
        keys = (*new.lines, *(key for key in old.lines if key not in new.lines))
        return {key: _given(new.lines.get(key)) - _given(old.lines.get(key)) for key in keys}
    factor = log_mean(new.score, old.score)
    found: dict[str, float] = {}
    for axis in axes:
        one, other = (axis.enters(float(side.nodes[axis.key] or 0.0)) for side in (old, new))
        moved = factor * axis.weight * math.log(other / one)
        parts = {key: _worth(new.lines.get(key)) - _worth(old.lines.get(key)) for key in axis.criteria}
        total = math.fsum(parts.values())
        # Where parts nearly cancel, the slope of the logarithm stands in for the quotient of two small numbers.
        slope = moved / total if abs(total) > 1e-6 else factor * axis.weight * axis.slope(one) / axis.whole(new)
        found |= {key: slope * part for key, part in parts.items()}
    return found


def _given(line: Line | None) -> float:
    return float(line["points"]) if line else 0.0


def _worth(line: Line | None) -> float:
    return _weight(line) * float(line["u"] or 0.0) if line else 0.0


@dataclass(frozen=True, slots=True)
class _Axis:
    key: str
    weight: float
    low: float
    high: float
    criteria: tuple[str, ...]

    @property
    def joined(self) -> tuple[object, ...]:
        """Return the signature of how the axis enters the score."""
        return (self.key, self.weight, self.low, self.high)

    def enters(self, score: float) -> float:
        """Return the value with which a node's score (0 to 100) enters the geometric mean."""
        scaled = min(max((score / 100.0 - self.low) / (self.high - self.low), 0.0), 1.0)
        return FLOOR + (1.0 - FLOOR) * scaled

    def slope(self, entered: float) -> float:
        """Return the slope of the logarithm in the node's score; it is zero beyond the ends of the span."""
        inside = FLOOR < entered < 1.0
        return (1.0 - FLOOR) / (self.high - self.low) / entered if inside else 0.0

    def whole(self, side: Side) -> float:
        """Return the weight that the axis carries in a country."""
        return math.fsum(_weight(side.lines.get(key)) for key in self.criteria) or 1.0


def _axes(pair: Pair) -> Sequence[_Axis]:
    """Return the axes that both models join in the same way by a geometric mean; empty for other trees."""
    one, other = _axes_of(pair.before), _axes_of(pair.after)
    if [axis.joined for axis in one] != [axis.joined for axis in other]:
        return ()
    return [
        replace(a, criteria=tuple(dict.fromkeys((*a.criteria, *b.criteria)))) for a, b in zip(one, other, strict=True)
    ]


def _axes_of(table: ModelTable) -> Sequence[_Axis]:
    """Return the axes of a geometric mean; empty for another tree."""
    branches = [node for node in table.nodes if not node.parent]
    if table.aggregation != "geometric" or any(node.span is None for node in branches):
        return ()
    whole = math.fsum(node.weight for node in branches)
    found = []
    for node in branches:
        assert node.span is not None
        inside = {node.key}
        while more := {child.key for child in table.nodes if child.parent in inside} - inside:
            inside |= more
        criteria = tuple(row.key for row in table.criteria if row.node in inside)
        found.append(_Axis(node.key, node.weight / whole, *node.span, criteria))
    return found
