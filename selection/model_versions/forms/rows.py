"""Forms of the rows of a draft: a node, a hurdle, a statutory criterion, and the weights of siblings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from cpc.web.edit_conflicts import RevisionForm
from selection.form_parts import text
from selection.model_definition.criteria_table import CriterionRow, ModelTable, NodeRow
from selection.model_definition.editing import Change, with_weights
from selection.model_definition.rules import BRANCHES
from selection.model_versions.forms.schema_fields import (
    PercentField,
    SchemaPart,
    check_ends,
    ends_of,
    fill_ends,
    offer,
    plain,
)
from selection.runs.labels import HURDLE_KINDS

KEY_HELP = "Lowercase letters, digits, and _. Exports and runs use it to name the row. You can't change it later."
ROOT = ("", "The whole")
AXIS = (
    "Which scores of this node count as 0 and as 1 in the node above. Leave empty to use the score unchanged. "
    "With 35 to 85, a score of 60 counts as half."
)
SPAN = ("span_low", "span_high")
SPREAD = (
    "Concentration of the weights in the draws",
    "The larger, the closer drawn weights follow the points. Leave empty to use the spread of the settings.",
)
POINTS = ("Points", "Relative to the points of its siblings.")
OPERATORS = ((">", "above"), (">=", "at least"), ("<", "below"), ("<=", "at most"), ("in", "is one of the labels"))
MORE = 3
"""Number of further empty lines."""


def offered_groups(table: ModelTable) -> list[tuple[str, str]]:
    """Return the groupings of a model as choices, after the choice of none."""
    return [("", "No"), *((name, name.replace("_", " ").capitalize()) for name in table.groupings)]


class RowForm(RevisionForm):
    """Form of a draft's row. `row` holds its current values, without a key if it is new."""

    part: ClassVar[SchemaPart]
    key_help = KEY_HELP

    def __init__(self, *args: Any, table: ModelTable, row: Mapping[str, Any], **options: Any) -> None:
        self.table, self.row = table, row
        super().__init__(*args, **options)
        if not row.get("key"):
            key = self.part.field("key", "Key", self.key_help, invalid=self.key_help)
            self.fields = {"key": key, **self.fields}
            self.inputs = self.fields
        self.part.fill(self, row)

    @property
    def values(self) -> dict[str, Any]:
        """Return the row as the table stores it. Call once the form is valid."""
        key = self.row.get("key") or self.cleaned_data["key"]
        return {"key": key, **self.part.values(self, self.row), **self.by_hand()}

    def by_hand(self) -> dict[str, Any]:
        """Return the properties whose fields are made by hand, as the table stores them."""
        return {}


class NodeForm(RowForm):
    part = SchemaPart.of("nodes")
    error_fields = {"span": "span_low"}

    label = part.field("label", "Name")
    parent = part.field("parent", "Under", required=True, choices=())
    weight = part.field("weight", *POINTS)
    required = part.field("required", "A country without a score here has no rank")
    reason = part.field("reason", "Reason", "Why the node exists and why it has this weight.")
    span_low = PercentField(
        label="Axis from, in points of 100", help_text=AXIS, min_value=0, max_value=100, required=False
    )
    concentration = part.field("concentration", *SPREAD)
    span_high = PercentField(label="Axis to, in points of 100", min_value=0, max_value=100, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        labels = {node.key: node.label for node in self.table.nodes}
        is_branch = self.row.get("key") in BRANCHES
        offer(self, "parent", [ROOT] if is_branch else [(key, labels[key]) for key in BRANCHES if key in labels])
        self.fields["parent"].required = not is_branch
        fill_ends(self, SPAN, self.row.get("span"))

    def clean(self) -> dict[str, Any]:
        super().clean()
        check_ends(self, SPAN, "Enter both ends of the axis, or neither.")
        return self.cleaned_data

    def by_hand(self) -> dict[str, Any]:
        ends = ends_of(self, SPAN)
        return {} if ends is None else {"span": ends}


class WeightsForm(RevisionForm):
    def __init__(self, *args: Any, rows: Sequence[tuple[str, NodeRow | CriterionRow]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.rows = rows
        for _, row in rows:
            self.fields[f"w_{row.key}"] = NodeForm.part.field("weight", row.label)
            self.initial[f"w_{row.key}"] = plain(row.weight)

    def points(self) -> dict[str, float]:
        """Return the points by key: the submitted value if it is a number, else the current value."""
        typed = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else {}
        return {row.key: typed.get(f"w_{row.key}", row.weight) for _, row in self.rows}

    def change(self) -> Change:
        return with_weights(self.points())


class StatutoryForm(RowForm):
    """Form of a statutory criterion, which every partner must meet regardless of its score."""

    part = SchemaPart.of("mandatory")
    conditions = SchemaPart.of("mandatory", "conditions", naming="{}_#")
    error_fields = {"needs": "needs"}

    label = part.field("label", "Name")
    citation = part.field("citation", "Citation", required=True)
    reason = part.field("reason", "Reason", required=True)
    needs = part.field("needs", "Number of conditions that must be met")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        criteria = [("", "None"), *((row.key, row.label) for row in self.table.criteria)]
        self.lines = self.conditions.lines(self.row.get("conditions", ()), MORE)
        for number, (part, condition) in enumerate(self.lines, 1):
            label = f"Condition {number}"
            self.fields |= part.named(
                criterion=part.field("criterion", f"{label}: criterion", required=False, choices=criteria),
                at_least=part.field(
                    "at_least",
                    f"{label}: minimum, from 0 to 1",
                    "0.5 is step 2 of a rubric, or halfway between two goalposts.",
                    required=False,
                ),
            )
            part.fill(self, condition)

    def clean(self) -> dict[str, Any]:
        super().clean()
        for part, _ in self.lines:
            criterion_name, bound_name = part.name("criterion"), part.name("at_least")
            criterion, bound = self.cleaned_data.get(criterion_name), self.cleaned_data.get(bound_name)
            if criterion and bound is None and bound_name not in self.errors:
                self.add_error(bound_name, "Enter the minimum for this criterion.")
            elif bound is not None and not criterion:
                self.add_error(criterion_name, "Choose a criterion.")
        if not self.errors and not self.by_hand()["conditions"]:
            self.add_error("criterion_0", "Enter at least one condition.")
        return self.cleaned_data

    def by_hand(self) -> dict[str, Any]:
        conditions = [part.values(self, {}) for part, _ in self.lines]
        return {"conditions": [condition for condition in conditions if condition["criterion"]]}


class HurdleForm(RowForm):
    """Form of a hurdle: how binding it is, its citation, and its rule.

    A rule with a single test is edited in fields; a rule that combines several is edited as JSON that follows the
    schema.
    """

    part = SchemaPart.of("hurdles")
    test = SchemaPart.of("hurdles", "expression", "predicate")

    label = part.field("label", "Name")
    hurdle_kind = part.field("hurdle_kind", "How binding it is", choices=HURDLE_KINDS.items())
    citation = part.field("citation", "Citation", "The statute or policy it is based on.", required=True)
    criterion = test.field("criterion", "Criterion tested", required=False, choices=())
    turned = forms.BooleanField(label="Passes if the test fails", required=False)
    operator = test.field("operator", "Comparison", required=False, choices=OPERATORS)
    value = test.field("value", "Value", "Leave empty for labels and for the median of the group.")
    peer_median = test.field("peer_median", "Or the median of a group the country is in", choices=())
    labels = test.field("labels", "Labels", "One per line, for “is one of the labels”.")
    missing_fails = test.field("missing_fails", "Fails if the value is missing")
    joined = text(
        "Or a rule that combines several tests, as JSON",
        "The schema defines all_of, any_of, at_least, and not. If you fill this in, it replaces the test above.",
        rows=8,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        tested = [(row.key, row.label) for row in self.table.criteria if row.stage != "full"]
        offer(self, "criterion", [("", "Choose"), *tested])
        offer(self, "peer_median", offered_groups(self.table))
        rule: Mapping[str, Any] = self.row.get("expression", {})
        self.initial["turned"] = rule.get("kind") == "not"
        single: Mapping[str, Any] = rule["item"] if self.initial["turned"] else rule
        if rule and (single["kind"] != "predicate" or single.get("on", "raw") != "raw"):
            self.initial.update(joined=json.dumps(rule, indent=1, ensure_ascii=False), turned=False)
        else:
            self.test.fill(self, single)

    def clean_joined(self) -> Any:
        """Return the rule as plain data, None if empty; the service checks that it is a rule."""
        written = self.cleaned_data["joined"].strip()
        if not written:
            return None
        try:
            return json.loads(written, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise ValidationError(f"This is not valid JSON: {error}.") from error

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.cleaned_data.get("joined") and not self.cleaned_data.get("criterion") and not self.errors:
            self.add_error("criterion", "Choose the criterion to test, or write a rule that combines several tests.")
        return self.cleaned_data

    def by_hand(self) -> dict[str, Any]:
        if (rule := self.cleaned_data["joined"]) is not None:
            return {"expression": rule}
        test = {"kind": "predicate", "on": "raw", **self.test.values(self, {})}
        return {"expression": {"kind": "not", "item": test} if self.cleaned_data["turned"] else test}


def _no_number(constant: str) -> Any:
    raise ValueError(f"{constant} is not a number")
