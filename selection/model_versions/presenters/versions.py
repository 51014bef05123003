"""Scoring models as text, rows, and marks: versions, the tree of one version, its hurdles, and findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from cpc.findings import Finding
from cpc.web.badges import status
from cpc.web.lists import ListPage, declare
from cpc.web.markup import code, link
from cpc.web.tables import Column, Table
from cpc.web.templatetags.web import when
from selection.model_definition import statutory_criteria
from selection.model_definition.criteria_table import CriterionRow, ModelTable, NodeRow
from selection.model_definition.method_labels import describe_span
from selection.model_versions.presenters import criteria as criteria_presenters
from selection.model_versions.presenters.criteria import CriterionRules
from selection.model_versions.presenters.method import ErrorRow, RequirementRow, error_row
from selection.model_versions.queries.criteria import CriterionEntry
from selection.models import ModelState, ScoringModel
from selection.runs.labels import HURDLE_KINDS, INCOME, lowered
from selection.scoring.method_faults import WHOLE

MARKS: Mapping[str, str] = {
    ModelState.DRAFT: "info",
    ModelState.PUBLISHED: "good",
    ModelState.SUPERSEDED: "none",
    ModelState.WITHDRAWN: "none",
}


class VersionRow(NamedTuple):
    model: ScoringModel
    mark: str
    runs: int
    rounds: int


class Family(NamedTuple):
    """The versions of one model, the newest first. `is_default` is the one that the desk screen uses."""

    key: str
    title: str
    is_default: bool
    rows: list[VersionRow]


def families(
    models: Sequence[ScoringModel], runs: Mapping[str, int], rounds: Mapping[int, int], default: str
) -> list[Family]:
    by_key: dict[str, Family] = {}
    for model in models:
        family = by_key.setdefault(model.key, Family(model.key, model.title, model.key == default, []))
        counts = (runs.get(model.table_hash, 0), rounds.get(model.pk, 0))
        family.rows.append(VersionRow(model, MARKS[model.state], *counts))
    return sorted(by_key.values(), key=lambda family: (not family.is_default, family.title))


# ---- the tree ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A node or criterion. `level` counts from 0; `share` is of the whole, 0 to 1; `line` is a criterion's rules."""

    key: str
    label: str
    level: int
    points: float
    share: float
    node: NodeRow | None = None
    line: CriterionRules | None = None

    @property
    def kind(self) -> str:
        return "nodes" if self.node else "criteria"

    @property
    def percent(self) -> float:
        return 100 * self.share

    @property
    def axis(self) -> str:
        return describe_span(self.node.span) if self.node else ""

    @property
    def error(self) -> ErrorRow | None:
        return error_row(self.line.entry.row) if self.line else None

    @property
    def anchors(self) -> list[tuple[int, str]]:
        return list(enumerate(self.line.entry.row.anchors)) if self.line else []


def tree(table: ModelTable, entries: Sequence[CriterionEntry]) -> list[TreeRow]:
    """Return nodes and criteria in tree order, each node before those below it."""
    lines = {entry.row.key: criteria_presenters.line(entry) for entry in entries}
    return list(_below(table, "", 0, table.shares(), lines))


def _below(
    table: ModelTable, parent: str, level: int, shares: Mapping[str, float], lines: Mapping[str, CriterionRules]
) -> Iterator[TreeRow]:
    for row in table.criteria:
        if row.node == parent:
            yield TreeRow(row.key, row.label, level, row.weight, shares[row.key], line=lines[row.key])
    for node in table.nodes:
        if node.parent == parent:
            yield TreeRow(node.key, node.label, level, node.weight, shares[node.key], node=node)
            yield from _below(table, node.key, level + 1, shares, lines)


def siblings(table: ModelTable, parent: str) -> list[tuple[str, NodeRow | CriterionRow]]:
    """Return the rows directly below a node (empty: the root), each with the name of its list."""
    rows: list[tuple[str, NodeRow | CriterionRow]] = [("criteria", row) for row in table.criteria if row.node == parent]
    return rows + [("nodes", node) for node in table.nodes if node.parent == parent]


@dataclass(frozen=True, slots=True)
class PointsTotal:
    """The sum of the points below a node, as text; the page's script uses the same sentences."""

    points: float
    label: str

    even = "The points add up to 100."
    other = "The points add up to {}; each counts in proportion."
    unclear = "Enter a number of 0 or more in each field."

    @property
    def zero(self) -> str:
        return f"All points are 0, so nothing below {lowered(self.label)} counts. Give at least one of them points."

    @property
    def is_zero(self) -> bool:
        return self.points == 0

    @property
    def text(self) -> str:
        if self.is_zero:
            return self.zero
        return self.even if self.points == 100 else self.other.format(f"{self.points:.12g}")


# ---- gates and hurdles ---------------------------------------------------------------------------------------------


def statutory_rows(table: ModelTable) -> list[RequirementRow]:
    return [
        RequirementRow(spec, criterion.description)
        for spec, criterion in zip(table.mandatory, statutory_criteria.statutory_criteria_of(table, ()), strict=True)
    ]


class HurdleRow(NamedTuple):
    spec: Mapping[str, Any]
    rule: str
    kind: str


def hurdles(table: ModelTable) -> list[HurdleRow]:
    rows = {row.key: row for row in table.criteria}
    names = {str(spec["key"]): str(spec["label"]) for spec in table.hurdles}
    return [
        HurdleRow(spec, _sentence(_rule(spec["expression"], rows, names)), HURDLE_KINDS[spec["hurdle_kind"]])
        for spec in table.hurdles
    ]


_OPERATORS = {">": "above", ">=": "at least", "<": "below", "<=": "at most"}


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _rule(rule: Mapping[str, Any], rows: Mapping[str, CriterionRow], names: Mapping[str, str]) -> str:
    match rule["kind"]:
        case "predicate":
            return _predicate(rule, rows)
        case "not":
            return f"not ({_rule(rule['item'], rows, names)})"
        case "hurdle":
            return f"“{names.get(rule['hurdle'], rule['hurdle'])}” passes"
        case kind:
            lead = {"all_of": "all of", "any_of": "any of"}.get(kind) or f"at least {rule['k']} of"
            return f"{lead}: {'; '.join(_rule(item, rows, names) for item in rule['items'])}"


def _predicate(rule: Mapping[str, Any], rows: Mapping[str, CriterionRow]) -> str:
    row = rows.get(rule["criterion"])
    subject = row.label if row else str(rule["criterion"])
    if rule.get("on", "raw") == "u":
        subject = f"{subject}, from 0 to 1,"
    if rule["operator"] == "in":
        condition = f"is {' or '.join(INCOME.get(label, label) for label in rule.get('labels', ()))}"
    elif rule.get("peer_median"):
        condition = f"is {_OPERATORS[rule['operator']]} the median of its {str(rule['peer_median']).replace('_', ' ')}"
    else:
        condition = f"is {_OPERATORS[rule['operator']]} {rule['value']:g}"
    return f"{subject} {condition}{', and fails if it is missing' if rule.get('missing_fails') else ''}"


# ---- findings ------------------------------------------------------------------------------------------------------


class VersionText(NamedTuple):
    """A finding with the list and the key of the row that it is about; both empty if it is about the whole."""

    finding: Finding
    kind: str
    key: str


def located_findings(findings: Sequence[Finding], table: ModelTable) -> list[VersionText]:
    """Return findings with the link where each can be corrected."""
    lists = {"hurdles": table.hurdles, "mandatory": table.mandatory}
    lists |= {name: table.method.get(name, ()) for name in ("rules", "choices")}
    apart = {f"{name}/{spec['key']}" for name, specs in lists.items() for spec in specs} | {WHOLE}
    kinds = {row.key: "criteria" for row in table.criteria} | {node.key: "nodes" for node in table.nodes}
    texts = []
    for finding in findings:
        kind, _, key = finding.field.rpartition("/")
        if finding.field not in apart:
            kind, key = kinds.get(key, ""), key if key in kinds else ""
        texts.append(VersionText(finding, kind, key))
    return texts


# ---- versions ------------------------------------------------------------------------------------------------------


VERSIONS = declare(ListPage("models", "Versions of scoring models", "version", "versions", "models"))


MORE: Sequence[Column[VersionRow]] = (
    Column("Model", lambda row: row.model.title),
    Column("Key", lambda row: row.model.key, html=lambda row: code(row.model.key)),
    Column("Number", lambda row: row.model.number, width=10),
    Column("Withdrawn because", lambda row: row.model.withdrawn_because, css="is-wide", width=40),
    Column("SHA-256", lambda row: row.model.table_hash, html=lambda row: code(row.model.table_hash), css="u-break"),
)


def versions_table(default: str) -> Table[VersionRow]:
    """Return the table of all versions by model; `default` is the key of the one that the desk screen uses."""

    def version(row: VersionRow) -> SafeString:
        return link(reverse("model", args=[row.model.pk]), f"Version {row.model.number}", f" of {row.model.title}")

    def group(row: VersionRow) -> str:
        used = "the desk screen uses its published version" if row.model.key == default else "for rounds"
        return f"{row.model.title}, {used}"

    return Table(
        "Versions",
        [
            Column(
                "Version", lambda row: f"{row.model.title}, version {row.model.number}", html=version, css="u-nowrap"
            ),
            Column("State", lambda row: status(row.mark, row.model.get_state_display())),
            Column(
                "What is different, and why",
                lambda row: Truncator(row.model.note).chars(220),
                detail=_withdrawn,
                css="is-wide",
                name="note",
                text=lambda row: row.model.note,
                width=60,
            ),
            Column(
                "Drafted",
                lambda row: when(row.model.at) if row.model.drafted_by else "Shipped",
                detail=lambda row: str(row.model.drafted_by or ""),
            ),
            Column(
                "Published",
                lambda row: when(row.model.published_at) if row.model.published_at else None,
                detail=lambda row: str(row.model.published_by or ""),
            ),
            Column("Runs", lambda row: row.runs, "number"),
            Column("Rounds", lambda row: row.rounds, "number"),
        ],
        caption="Versions of each model, the newest first",
        css="usa-table--hover",
        group=group,
        more=MORE,
    )


def _withdrawn(row: VersionRow) -> str:
    because = row.model.withdrawn_because
    return f"Withdrawn: {Truncator(because).chars(160)}" if because else ""
