"""Errors and warnings about a scoring model in table form: findings that name the node and the remedy. Pure.

`check` checks the schema first (`schema`), then the rules of the table, then those of the engine. A finding's `field`
identifies its subject: the key of a node or criterion, `hurdles/KEY`, `mandatory/KEY`, `rules/KEY` (evidence),
`choices/KEY`, `method/`, or empty for the whole model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cpc.findings import Finding, Severity
from selection.model_definition.criteria_table import CriterionRow, ModelTable, Stage
from selection.model_definition.schema import (
    MOST_FINDINGS,
    error,
    faults,
    warning,
)
from selection.scoring import PlainDataError, validate
from selection.scoring.method_faults import WHOLE
from selection.scoring.value_functions import EVERY_COUNTRY

STEPS = 5
"""The steps of a rubric: 0 to 4."""

BRANCHES = ("need", "feasibility")
"""The two nodes below the root: every page gives a country's place by both of them."""

STATUTE = {
    "prevalence": "documented high prevalence, 22 U.S.C. 7103a(d)(5)(A)",
    "commitment": "political motivation and sustained commitment, 22 U.S.C. 7103a(d)(5)(B)",
}
"""Criteria that the statute requires of every partner, by key."""

APART = ("hurdles/", "rules/", "choices/", "method/")
"""Prefixes of paths in engine findings that identify neither a node nor a criterion."""

_YEARS = re.compile(r"\b(\d{1,3}) years?\b")
"""A number of years in a sentence."""

MOST_TESTS = 500
"""Most tests of one hurdle, those of the hurdles it refers to included."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Indicator properties that the rules check: its labels, none if its values are numbers."""

    labels: tuple[str, ...] = ()


Measures = Mapping[str, Measure]
"""Indicators by code."""


def check(data: Mapping[str, Any], measures: Measures) -> list[Finding]:
    """Return all findings, errors and warnings. A model without errors can be published and scored."""
    if findings := faults(data):
        return findings
    try:
        table = ModelTable.from_dict(data)
    except (TypeError, ValueError) as fault:
        return [error("unreadable", f"{fault}.")]
    findings = [finding for rule in _RULES for finding in rule(table, measures)]
    if not any(finding.code == "hurdle_too_large" for finding in findings):
        reported = {(finding.code, finding.field) for finding in findings}
        findings += [one for one in _by_engine(table) if (SAME.get(one.code), one.field) not in reported]
    return findings[:MOST_FINDINGS]


SAME = {"children_weights_zero": "weights_zero"}
"""Engine finding codes, each with the code of the table's rule that it repeats at the same node."""


# ---- rules of the table --------------------------------------------------------------------------------------------


def _indicators(table: ModelTable, measures: Measures) -> Iterator[Finding]:
    if table.listing["indicator"] not in measures:
        yield error("unknown_indicator", f"The list uses {table.listing['indicator']}, which no source publishes.")
    for row in table.criteria:
        if row.indicator and row.indicator not in measures:
            message = f"uses the indicator {row.indicator}, which no source publishes."
            yield error("unknown_indicator", message, row.key)
        elif not row.indicator and row.function["kind"] != "rubric":
            yield error("no_indicator", "has no indicator. Choose one, or rate it with a rubric.", row.key)
        elif row.stage != "full" and not row.indicator:
            yield error("stage", "is rated by people, so it can count only in the full score.", row.key)
        elif row.stage == "shown" and row.weight:
            yield error("stage", "is shown and not counted, so its weight must be 0.", row.key)


def _labels(table: ModelTable, measures: Measures) -> Iterator[Finding]:
    for row in table.criteria:
        measure = measures.get(row.indicator)
        if measure is None:
            continue
        if bool(measure.labels) != row.is_ordinal:
            kind = "labels. Use a table" if measure.labels else "numbers. Use a function other than a table"
            yield error("function_kind", f"{row.indicator} gives {kind}.", row.key)
        elif row.is_ordinal:
            yield from _label_faults(row, measure)


def _label_faults(row: CriterionRow, measure: Measure) -> Iterator[Finding]:
    listed = {label for label, _ in row.function["table"]} | set(row.labels_missing)
    if left := [label for label in measure.labels if label not in listed]:
        message = f"the table does not list {', '.join(left)}. Give each label a value, or mark it as no value."
        yield error("label_missed", message, row.key)
    if odd := sorted(listed - set(measure.labels)):
        yield error("label_unknown", f"{row.indicator} has no label {', '.join(odd)}.", row.key)
    if both := sorted({label for label, _ in row.function["table"]} & set(row.labels_missing)):
        yield error("label_twice", f"{', '.join(both)} has a value and is also marked as no value.", row.key)


def _pools(table: ModelTable, _measures: Measures) -> Iterator[Finding]:
    for row in table.criteria:
        pool = row.function.get("pool", EVERY_COUNTRY)
        if pool != EVERY_COUNTRY:
            message = f"compares within the pool {pool!r}; the only pool is {EVERY_COUNTRY}."
            yield error("unknown_pool", message, row.key)
        if (group := row.function.get("peer_median")) and group not in table.groupings:
            yield error(
                "unknown_grouping",
                f"uses the grouping {group!r}, which does not exist. Use {', '.join(table.groupings)}.",
                row.key,
            )


def _groupings(table: ModelTable, measures: Measures) -> Iterator[Finding]:
    for name, indicator in table.groupings.items():
        measure = measures.get(indicator)
        if measure is None:
            message = f"groups countries by {indicator} ({name}), which no source publishes."
            yield error("unknown_indicator", message, WHOLE)
        elif not measure.labels:
            message = f"groups countries by {indicator} ({name}), which gives numbers. Groups need labels."
            yield error("grouping_kind", message, WHOLE)
    if table.root_tau or table.node_tau:
        message = "also requires a share of known weight, but with a method only evidence counts. Set both shares to 0."
        yield error("tau_with_method", message, WHOLE)
    used = [name for names in table.method.get("peers", ()) for name in names] + [table.method.get("region", "region")]
    used.append(table.method.get("income_group", ""))
    for name in dict.fromkeys(used):
        if name and name not in table.groupings:
            yield error("unknown_grouping", f"uses the grouping {name}, which the model does not have. Add it.", WHOLE)


def _facts(table: ModelTable, _measures: Measures) -> Iterator[Finding]:
    if not table.method.get("facts"):
        yield error("facts", "has no fact of need. Choose at least one.", WHOLE)


def _evidence_texts(table: ModelTable, _measures: Measures) -> Iterator[Finding]:
    for rule in table.method.get("rules", ()):
        limit = rule.get("within")
        named = {int(count) for name in ("label", "lacking") for count in _YEARS.findall(rule[name])}
        if odd := sorted(named - {limit}):
            age = "any age" if limit is None else f"{limit} years"
            message = f"accepts values of {age}, but its texts mention {odd[0]} years. Make them match."
            yield warning("evidence_words", message, f"rules/{rule['key']}")


def _series(table: ModelTable, measures: Measures) -> Iterator[Finding]:
    for row in table.criteria:
        rows = row.series_rows
        for series in rows:
            measure = measures.get(series["indicator"])
            if measure is None:
                message = f"uses the indicator {series['indicator']}, which no source publishes."
                yield error("unknown_indicator", message, row.key)
            elif measure.labels:
                message = f"uses {series['indicator']} as a series, but it gives labels. A series must have numbers."
                yield error("series_kind", message, row.key)
        combine = (row.estimate or {}).get("combine", "first")
        is_one_value = combine != "pooled" or len(rows) == 1
        is_own = bool(rows) and (rows[0]["indicator"], rows[0].get("series", "")) == (row.indicator, row.series)
        if rows and is_one_value and not is_own:
            message = f"has {rows[0]['label']} as its first series. The first series must be its own indicator."
            yield error("series_own", message, row.key)


def _periods(table: ModelTable, _measures: Measures) -> Iterator[Finding]:
    for row in table.criteria:
        moves = (row.estimate or {}).get("transitions") or {}
        if moves.get("due") and row.period != "complete":
            message = (
                "counts editions that are due, so all countries must have the same one. Use the newest complete period."
            )
            yield error("due_period", message, row.key)
        if row.period != "newest":
            continue
        if not row.indicator:
            message = "is rated by people, so it has no edition. Use the newest value of each country."
            yield error("newest_period", message, row.key)
        elif row.series_rows:
            message = "reads the newest value of each series, so no edition holds for all. Use each country's newest."
            yield error("newest_period", message, row.key)
        elif row.max_age is not None:
            message = "takes the newest edition whatever its age. Leave the maximum age empty."
            yield error("newest_age", message, row.key)


def _anchors(table: ModelTable, _measures: Measures) -> Iterator[Finding]:
    for row in table.criteria:
        given = [anchor for anchor in row.anchors if anchor.strip()]
        if row.anchors and row.function["kind"] != "rubric":
            yield error("anchors", "is not a rubric, so it cannot have anchors.", row.key)
        elif row.is_rated and (row.function["lower"], row.function["upper"]) != (0, STEPS - 1):
            yield error(
                "rubric_scale", f"is rated in steps from 0 to {STEPS - 1}. Set the goalposts to match.", row.key
            )
        elif row.is_rated and not given:
            yield warning("anchors", "has no anchors, so raters see steps without descriptions.", row.key)
        elif row.is_rated and len(given) != STEPS:
            yield error("anchors", f"has {len(given)} anchors. Write one for each step from 0 to 4.", row.key)


def _branches(table: ModelTable, _measures: Measures) -> Iterator[Finding]:
    nodes = {node.key: node for node in table.nodes}
    for key in BRANCHES:
        if key not in nodes or nodes[key].parent:
            yield error("branches", "is missing below the root. Every ranking needs both need and feasibility.", key)
        elif not nodes[key].required:
            yield error("branches", "is not required. Every ranking needs both need and feasibility.", key)
    for node in table.nodes:
        if not node.parent and node.key not in BRANCHES:
            yield error("branches", f"is beside {' and '.join(BRANCHES)}. Move it under one of them.", node.key)
        elif node.parent and nodes[node.parent].parent:
            message = f"is three nodes deep, under {node.parent}. Move it under {' or '.join(BRANCHES)}."
            yield error("too_deep", message, node.key)


def _nothing_counts(table: ModelTable, _measures: Measures) -> Iterator[Finding]:
    below: dict[str, list[float]] = {node.key: [] for node in table.nodes}
    for node in table.nodes:
        below.setdefault(node.parent, []).append(node.weight)
    for row in table.criteria:
        if row.stage != "shown":
            below[row.node].append(row.weight)
    empty = {node.parent for node in table.nodes} | {row.node for row in table.criteria}
    for node in table.nodes:
        weights = below[node.key]
        if node.key not in empty:
            yield warning("no_children", "has nothing below it, so scoring leaves it out.", node.key)
        elif weights and not any(weights):
            message = "counts nothing: every weight below it is 0. Give one of them points."
            yield error("weights_zero", message, node.key)
        elif not node.parent and not any(below[""]):
            yield error("weights_zero", "has the weight 0, and so does every other branch. Give it points.", node.key)
        elif node.key in BRANCHES and not _is_screened(table, node.key):
            message = "has nothing below it that the desk screen counts, so no country would have a rank."
            yield error("weights_zero", message, node.key)


def _is_screened(table: ModelTable, branch: str) -> bool:
    nodes = {node.key for node in table.nodes if node.parent == branch and node.weight > 0} | {branch}
    return any(row.stage == "screen" and row.weight > 0 and row.node in nodes for row in table.criteria)


def _goalposts_reasoned(table: ModelTable, _measures: Measures) -> Iterator[Finding]:
    for row in table.criteria:
        if not row.reason.strip():
            yield error("reason", "has no reason. Explain the choice of its function and goalposts.", row.key)


def _mandatory(table: ModelTable, _measures: Measures) -> Iterator[Finding]:
    rows = {row.key: row for row in table.criteria}
    criteria = {criterion["key"]: criterion for criterion in table.mandatory}
    for key, requirement in STATUTE.items():
        if key not in criteria:
            message = f"is missing. The statute requires {requirement} of every partner, and no weight makes up for it."
            yield error("mandatory_missing", message, f"mandatory/{key}")
    for key, criterion in criteria.items():
        location = f"mandatory/{key}"
        if criterion["needs"] > len(criterion["conditions"]):
            count = len(criterion["conditions"])
            message = f"requires {criterion['needs']} of {count} conditions, so no country can meet it."
            yield error("needs", message, location)
        for condition in criterion["conditions"]:
            row = rows.get(condition["criterion"])
            if row is None:
                message = f"requires the criterion {condition['criterion']}, which the model does not have."
                yield error("unknown_criterion", message, location)
            elif row.function["kind"] == "rubric" and not row.indicator and not row.is_rated:
                message = f"requires {row.key}, which has the weight 0, so no one rates it. Give it points."
                yield error("gate_not_rated", message, location)
            if not condition["at_least"]:
                message = f"requires {condition['criterion']} at 0 or more, which every country meets."
                yield error("gate_empty", message, location)


def _hurdle_sizes(table: ModelTable, _measures: Measures) -> Iterator[Finding]:
    """Yield an error for each hurdle that needs too many tests.

    Hurdles may refer to each other and each reference is followed, so a short definition can require very many tests.
    """
    rules = {str(hurdle["key"]): hurdle["expression"] for hurdle in table.hurdles}
    sizes: dict[str, int] = {}
    for key, rule in rules.items():
        sizes[key] = _tests(rule, rules, sizes, (key,))
        if sizes[key] > MOST_TESTS:
            message = f"needs more than {MOST_TESTS} tests, including those of the hurdles it refers to."
            yield error("hurdle_too_large", message, f"hurdles/{key}")


def _tests(rule: Any, rules: Mapping[str, Any], sizes: dict[str, int], above: tuple[str, ...]) -> int:
    """Return how many predicates are evaluated for a rule. The engine reports cycles, so each is counted once."""
    if rule["kind"] == "hurdle":
        key = rule["hurdle"]
        if key not in rules or key in above:
            return 1
        if key not in sizes:
            sizes[key] = _tests(rules[key], rules, sizes, (*above, key))
        return sizes[key]
    inner = rule.get("items") or ([rule["item"]] if "item" in rule else [])
    return 1 + sum(_tests(one, rules, sizes, above) for one in inner)


Rule = Callable[[ModelTable, Measures], Iterator[Finding]]
_RULES: tuple[Rule, ...] = (
    _indicators,
    _labels,
    _pools,
    _groupings,
    _facts,
    _evidence_texts,
    _series,
    _periods,
    _anchors,
    _branches,
    _nothing_counts,
    _goalposts_reasoned,
    _mandatory,
    _hurdle_sizes,
)


def _by_engine(table: ModelTable) -> list[Finding]:
    """Return the engine's findings in the full model, and those of the screen that it does not repeat."""
    findings: list[Finding] = []
    for stage in (Stage.FULL, Stage.SCREEN):
        try:
            engine_findings = validate(table.model(stage))
        except PlainDataError as fault:
            return [error("unreadable", f"{fault}.")]
        for made in engine_findings:
            if made.code == "root_weights_zero":
                continue  # reported by the table's own rule
            location = made.path if made.path.startswith(APART) else made.path.rsplit("/", 1)[-1]
            message = f"{made.message}."
            if stage is Stage.SCREEN and made.code == "unknown_criterion":
                message = "tests a criterion that is only in the full score. The desk screen needs this hurdle too."
            if not any((one.code, one.field) == (made.code, location) for one in findings):
                findings.append(Finding(made.code, Severity(made.severity), message, location))
    return findings
