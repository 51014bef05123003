"""A score computed line by line: the rule of each criterion, and one country from its published values to its rank."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cpc.web import formats
from cpc.web.tables import Column, Table
from selection.method.presenters import rules
from selection.method.presenters.rules import number, plus
from selection.method.queries.run_figures import retained_share
from selection.method.queries.worked import Worked
from selection.model_definition.criteria_table import CriterionRow, ModelTable, Stage
from selection.model_versions.presenters.method import paragraphs
from selection.runs import labels
from selection.scoring import COMBINED, PEERS, POOLED, Scale

MINUS = formats.MINUS
TIMES, PRIME = "\N{MULTIPLICATION SIGN}", "\N{PRIME}"


LAST_STEPS = 4
"""The steps from both axes to the rank, which are at the end."""


@dataclass(frozen=True, slots=True)
class ScoreStep:
    """One step from values to a score: what is computed, its rule, and the same for a country."""

    label: str
    rule: tuple[str, ...]
    worked: str = ""


def lines(table: ModelTable, fits: Mapping[str, Any], worked: Worked | None) -> list[ScoreStep]:
    """Return every step in the order in which a score is computed."""
    rows = [row for row in table.rows(Stage.SCREEN) if row.weight > 0]
    found = [
        ScoreStep(row.label, rules.rule(row, fits.get(row.key, {})), _criterion(row, fits.get(row.key, {}), worked))
        for row in rows
    ]
    return [*found, *_nodes(table, worked), *_score(table, worked)]


# ---- a criterion ---------------------------------------------------------------------------------------------------


def _criterion(row: CriterionRow, fits: Mapping[str, Any], worked: Worked | None) -> str:
    line = worked.lines.get(row.key) if worked else None
    if worked is None or line is None:
        return ""
    estimate = line["estimate"]
    if not estimate["source"]:
        return "Does not apply"
    if estimate["source"] == PEERS:
        return f"No value; mean u of {len(estimate['peers'])} peers: u = {number(line['u'])}"
    return f"{_estimate(row, estimate, fits, worked.year)}u = {number(line['u'])}"


def _estimate(row: CriterionRow, estimate: Mapping[str, Any], fits: Mapping[str, Any], year: int) -> str:
    published = estimate["published"]
    if not published:
        return ""
    if published[0]["label"]:
        return f"{labels.value_label(published[0]['label'])} ({published[0]['year']}): "
    best = estimate["best"]
    if estimate["source"] == COMBINED:
        return _combined(row, estimate, fits, best)
    if estimate["source"] == POOLED:
        return _pooled(row, published, fits, best)
    one = published[0]
    value = f"{number(one['value'])} ({one['year']})"
    bridge = fits.get("bridges", {}).get(estimate["source"])
    if bridge is not None:
        at = Scale((row.estimate or {}).get("scale", Scale.POINTS)).of(one["value"])
        return (
            f"{value}, L(v) = {number(at)}; {number(bridge['intercept'])}{plus(bridge['slope'])} {TIMES} {_signed(at)}"
            f" = {number(bridge['intercept'] + bridge['slope'] * at)}; best {number(best)}; "
        )
    trend = (row.estimate or {}).get("trend")
    if not trend:
        return f"{value}; "
    return _carried(row, one, best, year)


def _carried(row: CriterionRow, one: Mapping[str, Any], best: float, year: int) -> str:
    how = row.estimate or {}
    value = row.counts(one["value"], one["series"])
    age = max(year - one["year"], 0)
    credited = age if how.get("trend_years") is None else min(age, how["trend_years"])
    at = Scale.LOGIT.of(value)
    turned = f"100 {MINUS} {number(one['value'])} = {number(value)}" if row.is_complement else number(value)
    return (
        f"{turned} ({one['year']}), L(v) = {number(at)}; {number(at)}{plus(how['trend'])} {TIMES} {credited} = "
        f"{number(at + how['trend'] * credited)}; best {number(best)}; "
    )


def _pooled(row: CriterionRow, published: list[Mapping[str, Any]], fits: Mapping[str, Any], best: float) -> str:
    pooling = fits["pooling"]
    retained = number(retained_share(pooling, len(published)))
    mean = pooling["mean"]
    if len(row.series_rows) == 1:
        value = published[0]["value"]
        clip = (row.estimate or {}).get("clip")
        cut = min(max(value, clip[0]), clip[1]) if clip else value
        dated = f"{number(value)} ({published[0]['year']})"
        return f"{dated}; {number(mean)} + {retained} {TIMES} ({number(cut)}{plus(-mean)}) = {number(best)}; "
    named = formats.listing([f"{number(one['value'])} ({one['year']})" for one in published])
    x = math.fsum(math.log(one["value"]) + pooling["shifts"][one["series"]] for one in published) / len(published)
    at = mean + retained_share(pooling, len(published)) * (x - mean)
    return (
        f"{named}: x = {number(x)}; {number(mean)} + {retained} {TIMES} ({number(x)}{plus(-mean)}) = {number(at)}; "
        f"best {number(best)}; "
    )


def _combined(row: CriterionRow, estimate: Mapping[str, Any], fits: Mapping[str, Any], best: float) -> str:
    by_series = {one["series"]: one for one in estimate["published"]}
    own, part, *_ = (series["key"] for series in row.series_rows)
    bridge, offset = fits["bridges"][part], fits["surveys"]["offset"]
    points = [Scale.LOGIT.of(by_series[key]["value"]) for key in (own, part)]
    moved = bridge["intercept"] + bridge["slope"] * points[1] + offset
    share = estimate["share"]
    at = share * moved + (1.0 - share) * points[0]
    values = " and ".join(f"{number(by_series[key]['value'])} ({by_series[key]['year']})" for key in (own, part))
    between = abs(by_series[own]["year"] - by_series[part]["year"])
    return (
        f"{values}: L(own) = {number(points[0])}; b + o = {number(bridge['intercept'])}{plus(bridge['slope'])} {TIMES} "
        f"{_signed(points[1])}{plus(offset)} = {number(moved)}; D = {between}, w = {number(share)}; "
        f"L(best) = {number(at)}; best {number(best)}; "
    )


def _signed(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)


# ---- nodes, axes, score --------------------------------------------------------------------------------------------


def _nodes(table: ModelTable, worked: Worked | None) -> list[ScoreStep]:
    found: list[ScoreStep] = []
    values = {} if worked is None else {key: line["u"] for key, line in worked.lines.items()}
    names = {row.key: labels.short(row.label) for row in table.criteria}
    names |= {node.key: labels.lowered(node.label) for node in table.nodes}
    for node, parts in rules.nodes(table):
        rule = " + ".join(f"{number(weight)} {TIMES} {names[key]}" for key, weight in parts)
        text = ""
        if worked is not None:
            known = [(key, weight) for key, weight in parts if values.get(key) is not None]
            whole = math.fsum(weight for _, weight in known)
            value = math.fsum(weight * values[key] for key, weight in known) / whole if whole else None
            values[node.key] = value
            sums = " + ".join(f"{number(weight / whole)} {TIMES} {number(values[key])}" for key, weight in known)
            text = f"{sums} = {number(value)}" if value is not None else "Nothing is known"
        found.append(ScoreStep(node.label, (rule,), text))
    return found


def _score(table: ModelTable, worked: Worked | None) -> list[ScoreStep]:
    roots = [node for node in table.nodes if not node.parent and node.weight > 0]
    whole = math.fsum(node.weight for node in roots)
    rows, values, terms = [], [], []
    own = {"need": worked.score.need, "feasibility": worked.score.feasibility} if worked else {}
    for node in roots:
        letter, (low, high) = node.label[:1], node.span or (0.0, 1.0)
        value, text = own.get(node.key), ""
        if value is not None:
            at = min(max((value / 100 - low) / (high - low), 0.0), 1.0)
            values.append(at)
            above = f"({number(value / 100)}{plus(-low)})" if low else number(value / 100)
            text = f"{above} / {number(high - low)} = {number(at)}"
        part = f"({node.label.lower()} {MINUS} {number(low)})" if low else node.label.lower()
        rule = f"{letter} = {part} / {number(high - low)}, limited to 0 to 1"
        rows.append(ScoreStep(f"{node.label} on its axis, {letter}", (rule,), text))
        terms.append((letter, node.weight / whole))
    rows.append(_total(table, worked, terms, values))
    return [*rows, ScoreStep("Rank", (RANK,), "" if worked is None else _rank(worked))]


RANK = "1 + the number of ranked countries with a higher score; all digits count, and equal scores share a rank"


def _total(table: ModelTable, worked: Worked | None, terms: list[tuple[str, float]], values: list[float]) -> ScoreStep:
    score = worked.score.score if worked else None
    if table.aggregation != "geometric":
        rule = "100 (" + " + ".join(f"{number(weight)} {letter}" for letter, weight in terms) + ")"
        return ScoreStep("Score", (rule,), "" if score is None else formats.number(score, 2))
    floor = table.model(Stage.SCREEN).root.floor
    rule = "100 exp(" + " + ".join(f"{number(weight)} ln {letter}{PRIME}" for letter, weight in terms) + ")"
    raised = f"x{PRIME} = {number(floor)} + {number(1 - floor)} x for both"
    text = ""
    if score is not None and len(values) == len(terms):
        floored = [floor + (1 - floor) * value for value in values]
        pairs = zip(terms, floored, strict=True)
        logs = " + ".join(f"{number(weight)} {TIMES} ({number(math.log(at))})" for (_, weight), at in pairs)
        named = ", ".join(f"{letter}{PRIME} = {number(at)}" for (letter, _), at in zip(terms, floored, strict=True))
        text = f"{named}; 100 exp({logs}) = {formats.number(score, 2)}"
    return ScoreStep("Score", (raised, rule), text)


def _rank(worked: Worked) -> str:
    above = sum(other > (worked.score.score or 0.0) for _, _, other in worked.scores)
    rank = f"it would rank {above + 1}" if worked.score.rank is None else f"rank {worked.score.rank}"
    return f"{above} of {len(worked.scores)} are higher: {rank}"


def table_of(worked: Worked | None) -> Table[ScoreStep]:
    """Return the table of all steps; the last column is that of the country."""
    columns: list[Column[ScoreStep]] = [
        Column("Step", lambda row: row.label),
        Column("Rule", lambda row: paragraphs(row.rule), css="is-wide"),
    ]
    if worked is not None:
        columns.append(Column(worked.name, lambda row: row.worked, css="is-wide"))
    caption = "From published values to a score, with the numbers of the run"
    return Table("Steps of a score", columns, caption=caption, css="c-rules u-small")
