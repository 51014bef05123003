"""Room of each weight (its range without a change of the first N), the ways to rank, and texts for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from cpc.web import charts, formats
from cpc.web.tables import Column, Table
from selection.how_sure.queries.findings import HowSure, WeightSlack, WorkStep
from selection.ranking.presenters.sentences import NAMED, counted_share, limits_of, names, whole_percent
from selection.runs import labels
from selection.runs.rows import RankingRow

FULL = (0.0, 1.0)
CHOICES = 3
"""The number of choices of the method that a sentence names."""

SHORT = {"as they are": "not stretched to one range", "arithmetic": "plain average"}
"""Clearer labels for options that are hard to understand without the other options."""

HEADS = {
    "Axes": "Scores of need and feasibility",
    "Mean of the axes": "Need and feasibility combined",
    "Need to feasibility": "Weights of need to feasibility",
}
"""Clearer labels for choices that are hard to understand without an explanation."""


# ---- weights -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WeightRow:
    """Weight with its ranges, and the countries that enter and leave at each end."""

    label: str
    now: str
    every: str
    most: str
    few: str
    below: str
    above: str


def tornado(findings: HowSure) -> charts.Chart | None:
    """Draw the room of each weight, the least first; None for a run without draws, or without a weight to move."""
    if not findings.weights or not findings.ranking.ranked:
        return None
    nodes = {node.key for node in findings.table.nodes}
    rooms = [
        charts.Room(one.label.split(",")[0], one.now, one.ranges[100], one.ranges[90], strong=one.key in nodes)
        for one in findings.weights
    ]
    context = "Each weight is a share of its group; the other weights in the group keep their proportions."
    return charts.tornado("rooms", _least_slack(findings), context, rooms)


def stay_counts(findings: HowSure) -> tuple[int, int, int]:
    """Return how many of the first stay in each of the three ranges."""
    count = len(findings.ranking.first)
    return count, -(-count * 90 // 100), -(-count * 75 // 100)


def key(findings: HowSure) -> list[tuple[charts.Svg, str]]:
    every, most, _ = stay_counts(findings)
    marks = (("every", f"the first {every} are the same"), ("most", f"at least {most} of them stay"), ("now", "today"))
    return [(charts.room_mark(kind), text) for kind, text in marks]


def named(one: WeightSlack) -> str:
    """Return a weight's label with its parent: "Prevalence, of need"."""
    return f"{one.label.split(',')[0]}, of {labels.lowered(one.group)}" if one.group else one.label


def _least_slack(findings: HowSure) -> str:
    one, first = findings.weights[0], findings.table.first
    axes = [weight for weight in findings.weights if not weight.group]
    if len(axes) == 2 and one in axes:  # two weights that share a parent have complementary ranges
        one = min(axes, key=lambda weight: weight.key != findings.table.nodes[0].key)
    low, high = one.ranges[100]
    if (low, high) == FULL:
        return f"No single weight changes the first {first}, whatever its share."
    if one.slack < 0.01:
        return f"{one.label} has the least room: any change to it changes the first {first}."
    if len(axes) == 2 and one in axes:
        other = labels.lowered(next(weight.label for weight in axes if weight is not one))
        split = f"The split between {labels.lowered(one.label)} and {other} has the least room"
        return f"{split}: with {labels.lowered(one.label)} {_outside(low, high)}, the first {first} change."
    return f"{one.label} has the least room: {_outside(low, high)}, the first {first} change."


def _outside(low: float, high: float) -> str:
    """Return the shares at which something changes: "below 48% or above 55%"."""
    parts = [f"below {whole_percent(low)}"] if low > 0 else []
    parts += [f"above {whole_percent(high)}"] if high < 1 else []
    return formats.listing(parts, "or")


def weight_rows(findings: HowSure) -> list[WeightRow]:
    return [
        WeightRow(
            named(one),
            whole_percent(one.now),
            _range(one.ranges[100]),
            _range(one.ranges[90]),
            _range(one.ranges[75]),
            _end(one, one.below, "Under"),
            _end(one, one.above, "Over"),
        )
        for one in findings.weights
    ]


def _range(ends: tuple[float, float]) -> str:
    low, high = (str(round(100 * end)) for end in ends)
    return f"{formats.span(low, high)}%"


def _end(one: WeightSlack, step: WorkStep | None, word: str) -> str:
    if step is None:
        return "No change"
    edge = one.ranges[100][word == "Over"]
    return f"{word} {whole_percent(edge)}: {changed(step)}"


def changed(step: WorkStep) -> str:
    """Return the countries that enter and leave: "Peru for Togo"."""
    if step.enters and step.leaves:
        return f"{names(step.enters)} for {names(step.leaves)}"
    return f"{names(step.enters)} too" if step.enters else f"without {names(step.leaves)}"


# ---- ways ----------------------------------------------------------------------------------------------------------


def way_heads(findings: HowSure) -> list[tuple[str, int]]:
    """Return the choices that are made otherwise, each with the number of its ways; the model's own list apart."""
    heads = groupby(findings.ways[1:], key=lambda way: way.choice)
    return [(HEADS.get(choice, choice), len(list(ways))) for choice, ways in heads]


def way_options(findings: HowSure) -> list[str]:
    return [SHORT.get(way.option, way.option) for way in findings.ways[1:]]


def way_rows(findings: HowSure, rows: Sequence[RankingRow]) -> list[dict[str, Any]]:
    """Return each country's rank in each way, and its share of all designs within the first N.

    Empty for a run that did not store them.
    """
    first, shown = findings.table.first, limits_of(findings.ranking.table, "in_designs")
    return [
        {
            "row": row,
            "ranks": [(rank, rank <= first) for rank in row.singles],
            "share": formats.DASH if row.designs is None else counted_share(row.designs, shown),
        }
        for row in rows
        if len(row.singles) == len(findings.ways) > 1
    ]


# ---- findings ------------------------------------------------------------------------------------------------------


def weight_facts(findings: HowSure) -> dict[str, Any]:
    """Return the facts of what the room of each weight, the ways, and the choices mean: `_weight_findings.html`."""
    free = [one for one in findings.weights if one.ranges[100] == FULL]
    zero = [one for one in findings.weights if one.ranges[100][0] == 0.0 and one not in free]
    return {
        "hinge": _hinge(findings),
        "free": [labels.short(one.label) for one in free],
        "zero": [labels.short(one.label) for one in zero],
        "steady": steady(findings),
        "choice": _choice(findings),
    }


def _hinge(findings: HowSure) -> dict[str, Any] | None:
    """Return who drops out by most changes of one weight; None if no weight changes the first."""
    steps = [step for one in findings.weights for step in (one.below, one.above) if step is not None]
    out = [row for step in steps for row in step.leaves]
    if not out:
        return None
    most = max({row.code: row for row in out}.values(), key=lambda row: (out.count(row), -(row.rank or 0)))
    instead = {row.code: row for step in steps if most in step.leaves for row in step.enters}
    return {
        "row": most,
        "changes": len(steps),
        "count": sum(most in step.leaves for step in steps),
        "enters": [row.name for row in sorted(instead.values(), key=lambda row: row.rank or 0)[:NAMED]],
    }


def steady(findings: HowSure) -> dict[str, Any] | None:
    """Return which countries are among the first N in every way of counting; None if the run has none."""
    rows = way_rows(findings, findings.ranking.ranked)
    steady = [one["row"].name for one in rows if all(inside for _, inside in one["ranks"])]
    few = steady if len(steady) <= 2 * NAMED else []
    return {"count": len(steady), "names": few, "ways": len(findings.ways)} if rows else None


def _choice(findings: HowSure) -> dict[str, Any] | None:
    """Return which choices of the method move ranks most; None without designs."""
    shares = [(labels.lowered(HEADS.get(label, label)), share) for label, share in findings.choices if share > 0]
    if not shares:
        return None
    (label, share), *others = shares[:CHOICES]
    return {
        "label": label,
        "share": whole_percent(share),
        "others": [f"“{name}” in {whole_percent(part)}" for name, part in others],
    }


def weights_table(findings: HowSure) -> Table[WeightRow]:
    every, most, few = stay_counts(findings)
    return Table(
        "Room of each weight",
        [
            Column("Weight", lambda row: row.label),
            Column("Today", lambda row: row.now, "number"),
            Column(f"All {every} stay", lambda row: row.every, "number", css="u-nowrap"),
            Column(f"{most} stay", lambda row: row.most, "number", css="u-nowrap"),
            Column(f"{few} stay", lambda row: row.few, "number", css="u-nowrap"),
            Column("Below", lambda row: row.below),
            Column("Above", lambda row: row.above),
        ],
        caption="Room of each weight, and what changes right outside",
    )
