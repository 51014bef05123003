"""Method of a model version in rows: evidence rules, error models, peers, groups, and other designs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from cpc.web.markup import link, small
from cpc.web.tables import Column, Empty, Table
from selection.model_definition import method_labels
from selection.model_definition.criteria_table import CriterionRow, ModelTable, Stage


class RequirementRow(NamedTuple):
    """An evidence rule or a criterion of the statute, with what it asks for as text."""

    spec: Mapping[str, Any]
    asks: str


class OptionRow(NamedTuple):
    """Option of a choice, with the text of what it changes; empty for the model's own."""

    label: str
    changes: str


class ChoiceRow(NamedTuple):
    """A choice with the ways it could be made, the model's own first."""

    spec: Mapping[str, Any]
    options: tuple[OptionRow, ...]


class MovesTable(NamedTuple):
    """Shares of a label's moves per number of editions behind: a row for each label it moves from."""

    behind: int
    labels: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True)
class ErrorRow:
    row: CriterionRow
    sentences: tuple[str, ...]
    source: str
    moves: tuple[MovesTable, ...]


def method_context(table: ModelTable) -> dict[str, Any]:
    method = table.method
    labels = {row.key: row.label for row in table.criteria}
    return {
        "first": table.first,
        "short": int(method.get("short", 10)),
        "facts": [labels.get(key, key) for key in method.get("facts", ())],
        "aggregation": method_labels.AGGREGATIONS[table.aggregation],
        "peers": method_labels.describe_peers(method),
        "region": method_labels.grouping(method.get("region", "region")),
        "income_group": method_labels.grouping(method.get("income_group", "")),
        "drawn": "data, weights, and method" if method.get("all_in") else "data and weights",
        "groups": method_labels.describe_groups(method),
        "groupings": [(method_labels.grouping(name), indicator) for name, indicator in table.groupings.items()],
        "rules": [RequirementRow(rule, method_labels.describe_rule(rule, labels)) for rule in method.get("rules", ())],
        "choices": [_choice(choice, table) for choice in method.get("choices", ())],
        "designs": method_labels.designs_of(method),
    }


def _choice(choice: Mapping[str, Any], table: ModelTable) -> ChoiceRow:
    return ChoiceRow(choice, tuple(_option(option, table) for option in choice["options"]))


def _option(option: Mapping[str, Any], table: ModelTable) -> OptionRow:
    label, changes = str(option["label"]), method_labels.describe_changes(option, table)
    return OptionRow(label, "" if changes in method_labels.FLAG_LABELS and label.lower() in changes else changes)


def errors_of(table: ModelTable, stage: Stage | None = None) -> list[ErrorRow]:
    """Return the error model of each criterion that has one: of a stage, those that count, or of all."""
    rows: Sequence[CriterionRow] = table.criteria
    if stage is not None:
        rows = [row for row in table.rows(stage) if row.weight > 0]
    return [error for row in rows if (error := error_row(row)) is not None]


def error_row(row: CriterionRow) -> ErrorRow | None:
    """Return the error model of a criterion; None if its values count as published."""
    if row.estimate is None:
        return None
    sentences = method_labels.describe_estimate(row.estimate, is_ordinal=row.is_ordinal)
    return ErrorRow(row, tuple(sentences), str(row.estimate.get("source", "")), tuple(_moves(row.estimate)))


def _moves(estimate: Mapping[str, Any]) -> list[MovesTable]:
    moves = estimate.get("transitions")
    if moves is None:
        return []
    labels = tuple(moves["labels"])
    return [
        MovesTable(behind, labels, tuple((label, tuple(row)) for label, row in zip(labels, rows, strict=False)))
        for behind, rows in enumerate(moves["steps"], 1)
    ]


# ---- tables --------------------------------------------------------------------------------------------------------

ERRORS: Table[ErrorRow] = Table(
    "Errors",
    [
        Column("Criterion", lambda error: error.row.label),
        Column("Best estimate and error", lambda error: paragraphs(error.sentences), css="is-wide u-small"),
        Column("Source of the numbers", lambda error: error.source, css="is-wide u-small"),
    ],
    caption="Error model of each criterion, with its source",
)


def paragraphs(sentences: Sequence[str]) -> SafeString:
    return format_html_join("", "<p>{}</p>", ((sentence,) for sentence in sentences))


def choices_table(edits: int | None = None) -> Table[ChoiceRow]:
    """Return the choices of a method; `edits` is the draft whose choices link to their forms, if any."""

    def label(row: ChoiceRow) -> SafeString | str:
        text = str(row.spec["label"])
        return text if edits is None else link(reverse("model-row", args=[edits, "choices", row.spec["key"]]), text)

    return Table(
        "Other methods",
        [
            Column("Choice", label),
            Column("The model\N{RIGHT SINGLE QUOTATION MARK}s own way", lambda row: capfirst(row.options[0].label)),
            Column("Other ways", _other_ways, css="is-wide"),
        ],
        caption="Choices of the method, each with the alternatives",
        empty=Empty("No choice", "None. The list is not compared with other methods.", "settings"),
    )


def _other_ways(row: ChoiceRow) -> SafeString:
    ways = ((capfirst(option.label), small(option.changes)) for option in row.options[1:])
    return format_html('<ul class="c-plain">{}</ul>', format_html_join("", "<li>{} {}</li>", ways))
