"""Texts for a model's method: scales, errors, evidence, peers, groups, and other designs. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cpc.web import formats
from selection.model_definition.criteria_table import CriterionRow, ModelTable
from selection.model_definition.options import FLAGS, PERCENTILES, written_option

SCALES: Mapping[str, str] = {
    "points": "the value's own unit",
    "log": "logarithms: an error is a share of the value",
    "logit": "logits of percentages: an error shrinks near 0 and 100",
}
COMBINES: Mapping[str, str] = {
    "first": "the first one with a recent enough value; later ones through a bridge",
    "pooled": "the mean of all editions, pulled toward the pool's mean if they agree little",
    "surveys": "both surveys combined, where the second one is newer; otherwise the first recent one, or a bridge",
}
PERIODS: Mapping[str, str] = {
    "latest": "the newest value of each country",
    "complete": "the newest complete period for all countries",
    "newest": "the newest edition for all countries",
}
FILLS: Mapping[str, str] = {
    "peers": "the mean of its peers; in a draw, the value of any peer",
    "range": "the middle of the scale; in a draw, any step",
}
AGGREGATIONS: Mapping[str, str] = {
    "geometric": "geometric mean",
    "arithmetic": "arithmetic mean",
}
SOURCES: Mapping[str, str] = {
    "mean": "the published mean of its editions",
    "pooled": "its editions, pulled toward the pool's mean",
    "own_first": "its own survey where recent, never combined",
    "newest": "the newest survey alone, without the mean difference",
}
"""Values of an option that are no single series."""
FLAG_LABELS = frozenset(FLAGS.values())
GROUPINGS: Mapping[str, str] = {"region": "region", "income_group": "income class"}


def grouping(name: str) -> str:
    return GROUPINGS.get(name, name.replace("_", " "))


def share(value: float) -> str:
    return f"{100 * value:g}%"


def years(count: float) -> str:
    """Return "1 year", "15 years"."""
    return f"{count:g} {formats.agree(count, 'year', 'years')}"


def due_each_year(due: str) -> str:
    """Return "due on June 30 of each year" for a month and day as MM-DD."""
    try:
        day = dt.datetime.strptime(f"2000-{due}", "%Y-%m-%d")
    except ValueError:
        return f"due on {due} of each year"
    return f"due on {day:%B} {day.day} of each year"


# ---- error models --------------------------------------------------------------------------------------------------


def describe_estimate(estimate: Mapping[str, Any], *, is_ordinal: bool = False) -> list[str]:
    return list(_of_labels(estimate) if is_ordinal else _of_numbers(estimate))


def _of_labels(estimate: Mapping[str, Any]) -> Iterator[str]:
    moves = estimate.get("transitions")
    if moves is None:
        yield "Exact: the label counts as published."
        return
    if due := moves.get("due"):
        yield f"Editions are {due_each_year(due)}. Exact until a newer edition than the one loaded is due."
        yield "Each edition that is due and not loaded moves the label in the draws once, by how labels have moved."
        return
    offset, count = moves.get("offset", 1), len(moves["steps"])
    behind = "one edition behind" if count == 1 else f"one to {count} editions behind"
    yield f"Exact up to {years(offset)} of age. Draws vary an older label by how labels have moved, {behind}."


def _of_numbers(estimate: Mapping[str, Any]) -> Iterator[str]:
    series = estimate.get("series", ())
    names = [str(one["label"]) for one in series]
    is_pooled = estimate.get("combine") == "pooled"
    if is_pooled and len(names) == 1:
        yield f"The newest value of {names[0]}, pulled toward the pool's mean, because single values agree little."
    elif is_pooled:
        yield f"The mean of {formats.listing(names)}, pulled toward the pool's mean if they agree little."
    elif len(series) > 1:
        yield from _of_several(estimate, names)
    if clip := estimate.get("clip"):
        yield f"Values beyond {clip[0]:g} and {clip[1]:g} count as the end."
    if any(one.get("complement") for one in series):
        yield "The score uses 100 minus the published value."
    yield from _error(estimate, is_pooled=is_pooled)
    if trend := estimate.get("trend", 0):
        most = estimate.get("trend_years")
        credited = "" if most is None else f", credited for {years(most)} at most"
        yield f"An old value is adjusted by {trend:g} per year, the trend of the series{credited}."
    if estimate.get("fill", "peers") == "range":
        yield "Without a value, any step is possible."


def _of_several(estimate: Mapping[str, Any], names: Sequence[str]) -> Iterator[str]:
    fresh = estimate.get("fresh")
    limit = "" if fresh is None else f" if not older than {years(fresh)}"
    yield f"{names[0]}{limit}; else, through a bridge fitted in the run, {formats.listing(names[1:], 'or')}."
    if estimate.get("combine") == "surveys":
        young = "" if fresh is None else f", and neither is older than {years(fresh)}"
        yield (
            f"Where {names[1]} comes from a newer survey than {names[0]}{young}, both surveys are combined by their "
            "errors, with the mean difference between them added to the second. In the same year, a larger value also "
            "means another survey."
        )


def _error(estimate: Mapping[str, Any], *, is_pooled: bool) -> Iterator[str]:
    scale = {"log": "of the logarithm", "logit": "of the logit"}.get(estimate.get("scale", "points"), "in points")
    noise, drift = estimate.get("measurement", 0), estimate.get("drift", 0)
    if is_pooled and len(estimate.get("series", ())) == 1:
        agreement = estimate.get("agreement", 0)
        retained = agreement / (agreement + noise**2) if agreement > 0 else 1.0
        yield f"Error of one value: {noise:g} {scale}. The pull retains {retained:.0%} of its distance from the mean."
    elif is_pooled:
        yield (
            f"The run estimates the error of one edition and the agreement of two; "
            f"without enough pairs, they are {noise:g} and {estimate.get('agreement', 0):g} {scale}."
        )
    elif estimate.get("published_error"):
        yield f"Error: the publisher's standard error, or {noise:g} if there is none."
    elif noise:
        yield f"Error of one measurement: {noise:g} {scale}."
    elif not drift:
        yield "Exact: the value counts as published."
    if drift and not is_pooled:
        yield f"Age adds {drift:g} per square root of a year, {scale}."


# ---- evidence, peers, groups ---------------------------------------------------------------------------------------


def describe_rule(rule: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    names = [labels.get(key, key) for key in rule["criteria"]]
    least = rule.get("least", 1)
    if least == len(names) > 1:
        values = f"Values of {formats.listing(names)}"
    elif least == 1:
        values = f"A value of {formats.listing(names, 'or')}"
    else:
        values = f"At least {least} of {formats.listing(names)}"
    within = rule.get("within")
    return f"{values}, {'of any age' if within is None else f'not older than {years(within)}'}."


def describe_peers(method: Mapping[str, Any]) -> str:
    groups = [f"of the same {formats.listing([grouping(name) for name in names])}" for names in method.get("peers", ())]
    least = method.get("least_peers", 12)
    if not groups:
        return "A missing value is filled with the mean u of all countries in the pool that have one."
    steps = ", else ".join(groups)
    return (
        "A missing value is filled with the mean u of countries in the pool, ranked or provisional, that have one: "
        f"those {steps}, in each case if they are at least {least}; otherwise all."
    )


def describe_groups(method: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the name of each group of ranked countries with its rule."""
    first, groups = method.get("first", 20), method.get("groups", {})
    inside, designs, out = groups.get("in_draws", 0.8), groups.get("in_designs", 0.9), groups.get("out", 0.05)
    inner, outer = f"draws and {share(designs)} of methods", "draws and of methods"
    if method.get("all_in"):
        inner = outer = "draws of data, weights, and method"
    return [
        ("Firmly in", f"among the first {first} in at least {share(inside)} of {inner}"),
        ("Firmly out", f"among the first {first} in less than {share(out)} of {outer}"),
        ("Open", "every other ranked country"),
    ]


def describe_span(span: Sequence[float] | None) -> str:
    """Return how a node's score enters the node above, or "" if it enters as it is."""
    if span is None:
        return ""
    return f"On its axis, {100 * span[0]:g} of 100 counts as 0 and {100 * span[1]:g} as 1."


# ---- designs -------------------------------------------------------------------------------------------------------


def describe_changes(option: Mapping[str, Any], table: ModelTable) -> str:
    labels = {node.key: node.label for node in table.nodes} | {row.key: row.label for row in table.criteria}
    rows = {row.key: row for row in table.criteria}
    return "; ".join(_change(line, labels, rows) for line in written_option(option))


def _change(line: str, labels: Mapping[str, str], rows: Mapping[str, CriterionRow]) -> str:
    head, _, rest = (part.strip() for part in line.partition(":"))
    kind, _, key = head.partition(" of ")
    if kind == "value":
        series = {part["key"]: part["label"] for part in (rows[key].series_rows if key in rows else ())}
        return f"{labels.get(key, key)} from {SOURCES.get(rest) or series.get(rest, rest)}"
    if kind == "label":
        old, _, new = rest.partition(" as ")
        return f"{old} counts as {new}"
    if kind == "weight":
        return f"{labels.get(key, key)} with {rest} points"
    if head == PERCENTILES:
        return f"axes from percentile {rest.replace(' to ', ' to percentile ')} of the ranked countries"
    names = formats.listing([labels.get(part.strip(), part.strip()) for part in rest.split(",")])
    return f"{head}: {names}" if rest else head


def designs_of(method: Mapping[str, Any]) -> int:
    return math.prod(len(choice["options"]) for choice in method.get("choices", ()))
