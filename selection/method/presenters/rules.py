"""The rule of each criterion as a formula, with the numbers of the model and of a run, to compute a score by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpc.web import formats
from selection.method.queries.run_figures import retained_share
from selection.model_definition.criteria_table import CriterionRow, ModelTable, NodeRow, Stage
from selection.runs import labels
from selection.scoring.method import LOGIT_MARGIN

DIGITS = 4
"""Decimals of fitted numbers: enough to find a score to a tenth of a point."""

FITTED = "as fitted in the run"


def number(value: float, decimals: int = DIGITS) -> str:
    """Return a number without trailing zeros: "0.965", "-0.6351", "16"."""
    text = formats.number(value, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def plus(value: float) -> str:
    """Return a term with its sign: " + 0.965", " - 0.6351" with a true minus."""
    return f" {'+' if value >= 0 else formats.MINUS} {number(abs(value))}"


def scales() -> tuple[str, ...]:
    """Return the definitions that the rules use."""
    low, high = number(LOGIT_MARGIN), number(100.0 + LOGIT_MARGIN)
    return (
        "v is the published value, a its age: the year of the run less the year of the value.",
        f"L(v) = ln((v + {low}) / ({high} {formats.MINUS} v)); back, "
        f"v = ({high} e^L {formats.MINUS} {low}) / (1 + e^L), limited to 0 to 100.",
        "u is the value between the goalposts, limited to 0 to 1.",
    )


def rule(row: CriterionRow, fits: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the rule of a criterion as lines: the best estimate, then u."""
    function = row.function
    if function["kind"] == "ordinal":
        steps = "; ".join(f"{labels.value_label(label)} {number(u)}" for label, u in function["table"])
        return (f"u: {steps}.",)
    return (*_best(row, fits), _u(function))


def _u(function: Mapping[str, Any]) -> str:
    low, high = function["lower"], function["upper"]
    if function["direction"] < 0:
        return f"u = ({number(high)} {formats.MINUS} best) / {number(high - low)}"
    if low == 0:
        return f"u = best / {number(high)}"
    return f"u = (best{plus(-low)}) / {number(high - low)}"


def _best(row: CriterionRow, fits: Mapping[str, Any]) -> tuple[str, ...]:
    how = row.estimate or {}
    combine = how.get("combine", "first")
    if combine == "surveys":
        return tuple(_surveys(row, how, fits))
    if combine == "pooled":
        return (_pooled(row, how, fits.get("pooling")),)
    if how.get("trend"):
        years = how.get("trend_years")
        aged = "a" if years is None else f"min(a, {number(years)})"
        turned = f"v = 100 {formats.MINUS} published. " if row.is_complement else ""
        step = f"{formats.MINUS if how['trend'] < 0 else '+'} {number(abs(how['trend']))} {aged}"
        return (f"{turned}L(best) = L(v) {step}",)
    return ("best = v",)


def _pooled(row: CriterionRow, how: Mapping[str, Any], pooling: Mapping[str, Any] | None) -> str:
    if pooling is None:
        return f"best: pulled to the mean of the pool, {FITTED}"
    counts = range(1, len(row.series_rows) + 1)
    share = retained_text({count: retained_share(pooling, count) for count in counts})
    if len(row.series_rows) == 1:
        clip = how.get("clip")
        cut = f"v cut at {number(clip[0])} and {number(clip[1])}. " if clip else ""
        return f"{cut}best = m + k (v {formats.MINUS} m), m = {number(pooling['mean'])}, {share}"
    shifts = "; ".join(
        f"{series['label']} {plus(pooling['shifts'][series['key']]).strip()}" for series in row.series_rows
    )
    return (
        f"x = mean over the editions of ln v and its shift ({shifts}). ln(best) = m + k (x {formats.MINUS} m), "
        f"m = {number(pooling['mean'])}, {share}"
    )


def retained_text(shares: Mapping[int, float]) -> str:
    """Return the share of a distance that remains: "k = 0.3869 with 2 editions, 0.2399 with 1"."""
    if len(shares) == 1:
        return f"k = {number(shares[1])}"
    most = max(shares)
    rest = "".join(f", {number(shares[count])} with {count}" for count in sorted(shares, reverse=True) if count != most)
    return f"k = {number(shares[most])} with {most} editions{rest}"


def _surveys(row: CriterionRow, how: Mapping[str, Any], fits: Mapping[str, Any]) -> list[str]:
    own, part, *_ = row.series_rows
    found, surveys = fits.get("bridges", {}), fits.get("surveys")
    fresh = number(how.get("fresh") or 0)
    if surveys is None or part["key"] not in found:
        return [f"best: two surveys combined, else the first series within {fresh} years through its bridge, {FITTED}"]
    first = found[part["key"]]
    rows = [
        f"Two surveys, if “{part['label']}” is newer than “{own['label']}”, or of the same year with the "
        f"larger value, and both are within {fresh} years: L(best) = w (b + o) + (1 {formats.MINUS} w) L(own), "
        f"b = {_line(first)}, o = {number(surveys['offset'])}, w = (n² + d² D) / (2 n² + d² D + r²), "
        f"n = {number(how['measurement'])}, "
        f"d = {number(how['drift'])}, r = {number(first['residual'])}, D the years between them.",
    ]
    others = "; ".join(
        f"“{series['label']}”, L(best) = {_line(found[series['key']])}"
        for series in row.series_rows[1:]
        if series["key"] in found
    )
    rows.append(
        f"Else the first within {fresh} years, or if none is, the first there is: “{own['label']}”, best = v; {others}."
    )
    return rows


def _line(bridge: Mapping[str, Any]) -> str:
    return f"{number(bridge['intercept'])}{plus(bridge['slope'])} L(v)"


# ---- nodes, axes, score --------------------------------------------------------------------------------------------


def nodes(table: ModelTable) -> list[tuple[NodeRow, list[tuple[str, float]]]]:
    """Return the nodes of the screen, each with its parts and their weights as shares of it; the lower nodes first."""
    rows = [row for row in table.rows(Stage.SCREEN) if row.weight > 0]
    used = {row.node for row in rows}
    used |= {node.parent for node in table.nodes if node.key in used}
    found = []
    for node in sorted((node for node in table.nodes if node.key in used), key=lambda node: not node.parent):
        parts = [(row.key, row.weight) for row in rows if row.node == node.key]
        parts += [(other.key, other.weight) for other in table.nodes if other.parent == node.key and other.key in used]
        whole = sum(weight for _, weight in parts)
        found.append((node, [(key, weight / whole) for key, weight in parts]))
    return found
