"""Method page as sentences: seven steps with their reasons and effects, and the limits of the list."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from cpc.web import formats
from cpc.web.tables import Column, Table
from selection.method.queries.run_figures import RunFigures, retained_share, share_drawn
from selection.model_definition import method_labels
from selection.model_definition.criteria_table import CriterionRow, ModelTable, Stage
from selection.model_definition.method_labels import share
from selection.model_definition.method_tests import HEAVY_TAILS, LIMITS
from selection.pool_rules.policy import REASONS, Reason, describe_rule
from selection.runs.labels import short


@dataclass(frozen=True, slots=True)
class Step:
    """Step of the method: the choice, the reason for it, and its effect in the run."""

    title: str
    choice: str
    reason: str
    effect: tuple[str, ...]


class _Frame(NamedTuple):
    """Subject of a step: the model, its method, and a run of it if there is one."""

    table: ModelTable
    method: Mapping[str, Any]
    found: RunFigures | None


def steps(table: ModelTable, found: RunFigures | None) -> list[Step]:
    """Return the seven steps; without a run none has an effect."""
    frame = _Frame(table, table.method, found)
    return [step(frame) for step in (_pool, _evidence, _facts, _estimates, _axes, _draws, _groups)]


def _pool(at: _Frame) -> Step:
    effect = []
    if found := at.found:
        outside = formats.listing([_outside(label, count) for label, count in found.outside])
        effect.append(f"{found.pool} of {found.listed} listed countries are in the pool.")
        effect += [f"Outside: {outside}."] if outside else []
    return Step(
        "Decide who is in the list",
        "A country in the TIP Report is in the pool unless a dated rule puts it outside. A recorded decision can "
        "admit it.",
        "Which countries can be in the list is a policy decision. It is made before any scoring, so no weight "
        "moves a country in or out.",
        tuple(effect),
    )


_OUTSIDE: Mapping[str, str] = {
    REASONS[Reason.HIGH_INCOME].label: "with high income",
    REASONS[Reason.TIER3].label: "on Tier 3",
    REASONS[Reason.SPECIAL_CASE].label: "as Special Cases",
    REASONS[Reason.PARTNERSHIP].label: "with a partnership in force",
    REASONS[Reason.NO_INCOME_CLASS].label: "without an income class",
}


def _outside(label: str, count: int) -> str:
    if label == REASONS[Reason.UNITED_STATES].label:
        return "the United States"
    return f"{count} {_OUTSIDE.get(label, label.lower())}"


def policy_sentences(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return each rule of the pool that a run is based on, with its reason."""
    rows = inputs.get("pool", {}).get("policies", ())
    return [(describe_rule(row["reason"], row["values"]), str(row["why"])) for row in rows]


def _evidence(at: _Frame) -> Step:
    rules, effect = at.method.get("rules", ()), []
    if found := at.found:
        effect.append(
            f"{found.ranked} countries have a rank, {found.provisional} are provisional, {found.not_rankable} cannot "
            "be ranked."
        )
        lacking = [f"{rule['key']} {found.failing[rule['key']]}" for rule in rules if found.failing.get(rule["key"])]
        effect += [f"Countries that lack each fact: {formats.listing(lacking)}."] if lacking else []
    choice = "Every country in the pool has a rank."
    if rules:
        count = formats.spell_out(len(rules)).lower()
        choice = (
            f"A rank needs {count} facts, {rules[0]['key']} to {rules[-1]['key']} below. Without one, a country "
            "is provisional: it is shown with bounds and does not affect other countries' ranks."
        )
    return Step(
        "Require evidence",
        choice,
        "Weights play no part: changing one moves no country in or out. Withholding what a fact needs costs a "
        "country its rank. Any other withheld value is filled from similar countries, which raises a rank about as "
        "often as it lowers one.",
        tuple(effect),
    )


def _lowered(label: str) -> str:
    return label[:1].lower() + label[1:]


def _facts(at: _Frame) -> Step:
    rows = _counted(at.table, at.method)
    shares = _local_shares(rows)
    named = formats.listing([f"{short(row.label)} ({share(round(shares[row.key], 3))})" for row in rows])
    effect = []
    if at.found and at.found.left_out:
        least = min(at.found.left_out, key=lambda one: one.change)
        most = max(at.found.left_out, key=lambda one: one.change)
        remaining = min(one.remaining for one in at.found.left_out)
        effect = [
            f"Ranks by need change by {most.change:.1f} places on average without {short(most.row.label)}, by "
            f"{least.change:.1f} without {short(least.row.label)}.",
            f"Whichever one is left out, at least {remaining} of the first {at.found.first} by need remain.",
        ]
    return Step(
        "Measure need by published facts",
        f"Need is based on {formats.spell_out(len(rows)).lower()} facts: {named}.",
        "The statute requires documented prevalence, but its only estimate by country is weak. Surveyed risks to "
        f"children supplement it.{_detected(at.table)}",
        tuple(effect),
    )


def _detected(table: ModelTable) -> str:
    if any(row.stage == "shown" and row.key == "detected" for row in table.criteria):
        return " Detected victims are shown but not counted, because they measure the response."
    return ""


def _counted(table: ModelTable, method: Mapping[str, Any]) -> list[CriterionRow]:
    facts = method.get("facts", ())
    return [row for row in table.rows(Stage.SCREEN) if row.key in facts and row.weight > 0]


def _local_shares(rows: Sequence[CriterionRow]) -> dict[str, float]:
    whole = math.fsum(row.weight for row in rows)
    return {row.key: row.weight / whole for row in rows}


def _estimates(at: _Frame) -> Step:
    least = at.method.get("least_peers", 12)
    return Step(
        "Estimate every value, with its error",
        "An old value is carried forward to the date of the run with a wider error. Editions that disagree are "
        f"pulled toward the mean. A gap is filled from a sister series, or else from {least} or more similar "
        "countries.",
        "Published values differ in age and quality. Treating them as exact, or leaving gaps out, would reward "
        "missing data.",
        tuple(_fitted(at.table, at.found)) if at.found else (),
    )


def _fitted(table: ModelTable, found: RunFigures) -> Iterator[str]:
    for key, fits in found.fits.items():
        row = table.row(key)
        if pooling := fits.get("pooling"):
            yield _pulled(row, pooling)
        if bridges := fits.get("bridges"):
            sources = found.sources.get(key, {})
            own = sources.get(str(row.series_rows[0]["key"]), 0)
            used = sum(count for source, count in sources.items() if source in bridges)
            yield f"{row.label}: {own} ranked countries have their own survey; {used} use a bridge."
    yield f"{found.filled} of {found.cells:,} values of the ranked countries come from similar countries."


def _pulled(row: CriterionRow, pooling: Mapping[str, Any]) -> str:
    pull = 1.0 - retained_share(pooling, len(row.series_rows))
    correlation = pooling.get("correlation")
    agree = (
        "" if correlation is None else f" The editions correlate {correlation:.2f} over {pooling['pairs']} countries."
    )
    return f"{row.label} is pulled {formats.share(pull)} of the way toward the pool's mean.{agree}"


def _axes(at: _Frame) -> Step:
    roots = [node for node in at.table.nodes if not node.parent and node.span]
    spans = [f"{_lowered(node.label)} from {_ends(node.span)}" for node in roots]
    mean, effect = method_labels.AGGREGATIONS[at.table.aggregation], []
    found = at.found
    if found and found.with_need is not None and found.with_feasibility is not None:
        effect.append(
            f"Order by score correlates with order by need ({found.with_need:.2f}) and by feasibility "
            f"({found.with_feasibility:.2f}); 1 is the same order, 0 no relation."
        )
    ends = f"Each counts between fixed ends: {formats.listing(spans)}. " if spans else ""
    return Step(
        "Combine need and feasibility",
        f"{ends}The score is their {mean}.",
        "The statute requires both. Between these ends, each has its intended influence"
        + (", and with a geometric mean, neither makes up for a lack of the other." if mean[0] == "g" else "."),
        tuple(effect),
    )


def _ends(span: tuple[float, float] | None) -> str:
    return "" if span is None else f"{100 * span[0]:g} to {100 * span[1]:g}"


def _draws(at: _Frame) -> Step:
    effect, widths = [], at.found.widths if at.found else {}
    if widths:
        effect.append(
            f"Half of the intervals are {widths['total']:g} places wide or more. Data alone: {widths['data']:g} "
            f"(age {widths['age']:g}, measurement {widths['measurement']:g}); weights: {widths['weights']:g}. "
            "Widths don't add up."
        )
    drawn = "different values within their errors and weights near the model's"
    if at.table.is_all_in:
        drawn = "different values within their errors, weights near the model's, and another of the designs"
    choice = f"The list is computed {at.table.draws:,} times, each time with {drawn}."
    if ends := share_drawn(at.table):
        low, high = (formats.share(end) for end in ends)
        choice += f" Need's share of the score is {low} to {high} in 90% of the draws."
    return Step(
        "Draw the list many times",
        choice,
        "A rank alone looks too certain. A country's interval contains 90% of its ranks in the draws.",
        tuple(effect),
    )


def _groups(at: _Frame) -> Step:
    rules, effect = dict(method_labels.describe_groups(at.method)), []
    if at.found and at.found.groups:
        counts = {name: at.found.groups.get(name, 0) for name in ("in", "out", "open")}
        effect.append(
            f"{counts['in']} countries are firmly in, {counts['out']} are firmly out, and {counts['open']} are open."
        )
    if at.found and (top := largest_choices(at.table, at.found)):
        effect.append(f"Choices that matter most to the differences in ranks between methods: {formats.listing(top)}.")
    designs = method_labels.designs_of(at.method)
    return Step(
        "Sort into firmly in, firmly out, and open",
        f"Firmly in: {rules['Firmly in']}. Firmly out: {rules['Firmly out']}. All others are open. "
        f"The {formats.number(designs)} methods combine alternatives for these choices.",
        "Results that depend on a choice should be visible. Three groups claim no more than the data support.",
        tuple(effect),
    )


def largest_choices(table: ModelTable, found: RunFigures, count: int = 3) -> list[str]:
    """Return the choices with the largest shares of the variance of ranks over the designs."""
    labels = {choice["key"]: choice["label"] for choice in table.method.get("choices", ())}
    shares = sorted(found.drawn.get("anova", {}).items(), key=lambda item: -item[1])[:count]
    return [f"{_lowered(labels.get(key, key))} ({formats.share(value)})" for key, value in shares]


# ---- what the list cannot show -------------------------------------------------------------------------------------


class Limit(NamedTuple):
    """Limitation: a question that the list cannot answer."""

    title: str
    text: str


def limits(table: ModelTable, found: RunFigures | None, *, measured: bool) -> list[Limit]:
    """Return the questions that the list cannot answer, with figures of the run if it has them."""
    named = formats.listing([short(row.label) for row in _counted(table, table.method)])
    rows = [Limit("Forms of trafficking", f"Need is measured by {named}. {LIMITS['forms']}")]
    if found and (region := _region(found)):
        rows.append(Limit("Balance between regions", region))
    rows.append(Limit("Trafficking of children itself", LIMITS["children"]))
    if found and (neighbors := _neighbors(found)):
        rows.append(Limit("Order of neighbors", neighbors))
    rows.append(Limit("The right weights", LIMITS["weights_all_in" if table.is_all_in else "weights"]))
    rows.append(Limit("Errors that many values share", LIMITS["shared"]))
    rows.append(
        Limit("Errors of single countries", f"{HEAVY_TAILS} {LIMITS['borrowed']}" if measured else LIMITS["borrowed"])
    )
    rows.append(Limit("Will and capacity", LIMITS["full"]))
    return rows


def _region(found: RunFigures) -> str:
    rows = [row for row in found.regions if row.first]
    if not rows:
        return ""
    top = rows[0]
    within = sum(row.first for row in rows)
    return (
        f"{top.first} of the first {within} countries are in the region {top.region}, as are {top.ranked} of all "
        f"{found.ranked} ranked countries. That follows from the choice of facts. Lists also show the rank within "
        "the region."
    )


def _neighbors(found: RunFigures) -> str:
    near = found.apart
    if not near:
        return ""
    distances = [f"{_places(one.ranks)} apart in {formats.chance(one.share, prose=True)} of draws" for one in near]
    return (
        f"The higher of two countries stays ahead: {formats.listing(distances)} (medians). "
        "A difference of a few ranks is not a finding."
    )


def _places(count: int) -> str:
    return "one rank" if count == 1 else f"{count} ranks"


STEPS: Table[tuple[int, Step]] = Table(
    "Seven steps",
    [
        Column("Step", lambda row: f"{row[0]}. {row[1].title}"),
        Column("Choice", lambda row: row[1].choice, css="is-wide"),
        Column("Reason", lambda row: row[1].reason, css="is-wide"),
        Column("Effect", lambda row: _effect(row[1]), css="is-wide"),
    ],
    caption="The steps of the method, each with its reason and effect",
    css="c-steps7",
)


def _effect(step: Step) -> SafeString:
    first = ' class="u-strong"'
    parts = ((SafeString("" if index else first), sentence) for index, sentence in enumerate(step.effect))
    return format_html_join("", "<p{}>{}</p>", parts)
