"""Forms of the rows of a draft: a node, a hurdle, a statutory criterion, and the weights of siblings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cpc.web.edit_conflicts import RevisionForm
from selection.form_parts import text
from selection.model_definition.criteria_table import ModelTable
from selection.model_definition.rules import BRANCHES, groupings_of
from selection.model_versions.forms.versions import number, plain
from selection.runs.labels import HURDLE_KINDS

KEY = r"^[a-z][a-z0-9_]{0,58}$"
KEY_HELP = "Lowercase letters, digits, and _. Exports and runs use it to name the row. You can't change it later."
ROOT = ("", "The whole")
AXIS = (
    "Which scores of this node count as 0 and as 1 in the node above. Leave empty to use the score unchanged. "
    "With 35 to 85, a score of 60 counts as half."
)
MORE = 3
"""Number of further empty lines."""


def key_of_row() -> forms.RegexField:
    """Return the field for the key of a new row."""
    return forms.RegexField(KEY, label="Key", help_text=KEY_HELP, error_messages={"invalid": KEY_HELP})


def choose(
    label: str, choices: Iterable[tuple[str, Any]], help_text: str = "", *, required: bool = True
) -> forms.ChoiceField:
    """Return a field for choosing one from a list."""
    return forms.ChoiceField(label=label, choices=list(choices), help_text=help_text, required=required)


def text_field(label: str, help_text: str = "", *, most: int = 120, required: bool = True) -> forms.CharField:
    """Return a field for one line of text."""
    return forms.CharField(label=label, max_length=most, help_text=help_text, required=required)


def offered_groups(table: ModelTable) -> list[tuple[str, str]]:
    """Return the groupings of a model as choices, after the choice of none."""
    return [("", "No"), *((name, name.replace("_", " ").capitalize()) for name in groupings_of(table))]


class RowForm(RevisionForm):
    """Form of a draft's row. `row` holds its current values, without a key if it is new."""

    label = text_field("Name")

    def __init__(self, *args: Any, table: ModelTable, row: Mapping[str, Any], **options: Any) -> None:
        self.table, self.row = table, row
        super().__init__(*args, **options)
        self.initial.update(self.shown(row))
        if not row.get("key"):
            self.fields = {"key": key_of_row(), **self.fields}
            self.inputs = self.fields

    def shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the initial values of the fields."""
        return dict(row)

    @property
    def row_key(self) -> str:
        """Return the key of the row. Call once the form is valid."""
        return str(self.row.get("key") or self.cleaned_data["key"])

    @property
    def values(self) -> dict[str, Any]:
        """Return the row as the table stores it. Call once the form is valid."""
        raise NotImplementedError(f"{type(self).__name__} must define how its row is written")


class NodeForm(RowForm):
    """A node: its parent, its weight, and the reason for both."""

    parent = choose("Under", ())
    weight = number("Points", "Relative to the points of its siblings.", least=0, most=1_000_000)
    required = forms.BooleanField(label="A country without a score here has no rank", required=False)
    reason = text("Reason", "Why the node exists and why it has this weight.", required=False)
    span_low = number("Axis from, in points of 100", AXIS, least=0, most=100, required=False)
    span_high = number("Axis to, in points of 100", least=0, most=100, required=False)

    error_fields = {"span": "span_low", "span_without_method": "span_low"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["parent"]
        assert isinstance(field, forms.ChoiceField)
        if self.row.get("key") in BRANCHES:
            field.choices, field.required = [ROOT], False
        else:
            labels = {node.key: node.label for node in self.table.nodes}
            field.choices = [(key, labels[key]) for key in BRANCHES if key in labels]

    def shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the node with its axis in points of 100."""
        low, high = row.get("span") or (None, None)
        return {**row, "span_low": _points(low), "span_high": _points(high)}

    def clean(self) -> dict[str, Any]:
        """Check that an axis has both ends or neither."""
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        ends = [asked.get(name) for name in ("span_low", "span_high")]
        if ends.count(None) == 1 and not self.errors:
            self.add_error("span_low" if ends[0] is None else "span_high", "Enter both ends of the axis, or neither.")
        return asked

    @property
    def values(self) -> dict[str, Any]:
        """Return the node as the table stores it."""
        asked = self.cleaned_data
        row = {
            "key": self.row_key,
            "label": asked["label"],
            "parent": asked["parent"],
            "weight": plain(asked["weight"]),
            "required": asked["required"],
            "reason": asked["reason"],
        }
        if asked["span_low"] is None:
            return row
        return {**row, "span": [plain(round(asked[name] / 100, 8)) for name in ("span_low", "span_high")]}


def _points(share: float | None) -> float | int | None:
    return None if share is None else plain(round(100 * share, 6))


class WeightsForm(RevisionForm):
    """Form for the points of everything directly below one node."""

    def __init__(self, *args: Any, rows: Sequence[tuple[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.update({f"w_{row.key}": plain(row.weight) for _, row in rows})
        self.rows = rows
        for _, row in rows:
            self.fields[f"w_{row.key}"] = number(row.label, least=0, most=1_000_000)

    def points(self) -> dict[str, float]:
        """Return the points by key: the submitted value if it is a number, else the current value."""
        typed = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else {}
        return {row.key: typed.get(f"w_{row.key}", row.weight) for _, row in self.rows}

    @property
    def weights(self) -> dict[str, float | int | None]:
        """Return the points by key as the table stores them. Call once the form is valid."""
        return {row.key: plain(self.cleaned_data[f"w_{row.key}"]) for _, row in self.rows}


class StatutoryForm(RowForm):
    """Form of a statutory criterion, which every partner must meet regardless of its score."""

    error_fields = {"needs": "needs"}

    citation = text_field("Citation", most=300)
    reason = text("Reason")
    needs = forms.IntegerField(
        label="Number of conditions that must be met",
        min_value=1,
        max_value=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        criteria = [("", "None"), *((row.key, row.label) for row in self.table.criteria)]
        given = self.row.get("conditions", ())
        for index in range(len(given) + MORE):
            condition = given[index] if index < len(given) else {}
            label = f"Condition {index + 1}"
            self.fields[f"criterion_{index}"] = choose(f"{label}: criterion", criteria, required=False)
            self.fields[f"at_least_{index}"] = number(
                f"{label}: minimum, from 0 to 1",
                "0.5 is step 2 of a rubric, or halfway between two goalposts.",
                least=0,
                most=1,
                required=False,
            )
            self.initial.update(
                {
                    f"criterion_{index}": condition.get("criterion", ""),
                    f"at_least_{index}": plain(condition.get("at_least")),
                }
            )
        self.condition_count = len(given) + MORE

    def clean(self) -> dict[str, Any]:
        """Check that each criterion has its bound and each bound its criterion."""
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        for index in range(self.condition_count):
            criterion, bound = asked.get(f"criterion_{index}"), asked.get(f"at_least_{index}")
            if criterion and bound is None and f"at_least_{index}" not in self.errors:
                self.add_error(f"at_least_{index}", "Enter the minimum for this criterion.")
            elif bound is not None and not criterion:
                self.add_error(f"criterion_{index}", "Choose a criterion.")
        if not self.errors and not self._conditions():
            self.add_error("criterion_0", "Enter at least one condition.")
        return asked

    def _conditions(self) -> list[dict[str, Any]]:
        asked = self.cleaned_data
        return [
            {"criterion": asked[f"criterion_{index}"], "at_least": plain(asked[f"at_least_{index}"])}
            for index in range(self.condition_count)
            if asked.get(f"criterion_{index}")
        ]

    @property
    def values(self) -> dict[str, Any]:
        """Return the statutory criterion as the table stores it."""
        asked = self.cleaned_data
        return {
            "key": self.row_key,
            **{name: asked[name] for name in ("label", "citation", "reason", "needs")},
            "conditions": self._conditions(),
        }


class HurdleForm(RowForm):
    """Form of a hurdle: how binding it is, its citation, and its rule.

    A rule with a single test is edited in fields; a rule that combines several is edited as JSON that follows the
    schema.
    """

    hurdle_kind = choose("How binding it is", HURDLE_KINDS.items())
    citation = text_field("Citation", "The statute or policy it is based on.", most=300)
    criterion = choose("Criterion tested", (), required=False)
    turned = forms.BooleanField(label="Passes if the test fails", required=False)
    operator = choose(
        "Comparison",
        ((">", "above"), (">=", "at least"), ("<", "below"), ("<=", "at most"), ("in", "is one of the labels")),
        required=False,
    )
    value = number("Value", "Leave empty for labels and for the median of the group.", required=False)
    peer_median = choose(
        "Or the median of a group the country is in",
        (),
        required=False,
    )
    labels = text("Labels", "One per line, for “is one of the labels”.", required=False)
    missing_fails = forms.BooleanField(label="Fails if the value is missing", required=False)
    joined = text(
        "Or a rule that combines several tests, as JSON",
        "The schema defines all_of, any_of, at_least, and not. If you fill this in, it replaces the test above.",
        rows=8,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["criterion"]
        assert isinstance(field, forms.ChoiceField)
        rows = self.table.criteria
        field.choices = [("", "Choose"), *((row.key, row.label) for row in rows if row.stage != "full")]
        groups = self.fields["peer_median"]
        assert isinstance(groups, forms.ChoiceField)
        groups.choices = offered_groups(self.table)

    def shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the rule in fields if it is a single test, else as JSON."""
        rule: Mapping[str, Any] = row.get("expression", {})
        turned = rule.get("kind") == "not"
        test: Mapping[str, Any] = rule["item"] if turned else rule
        if rule and (test["kind"] != "predicate" or test.get("on", "raw") != "raw"):
            return {**row, "joined": json.dumps(rule, indent=1, ensure_ascii=False)}
        labels = "\n".join(test.get("labels", ()))
        return {**row, **test, "labels": labels, "value": plain(test.get("value")), "turned": turned}

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
        """Check that there is one test, or a rule that joins several."""
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        if not asked.get("joined") and not asked.get("criterion") and not self.errors:
            self.add_error("criterion", "Choose the criterion to test, or write a rule that combines several tests.")
        return asked

    @property
    def values(self) -> dict[str, Any]:
        """Return the hurdle as the table holds it."""
        asked = self.cleaned_data
        return {
            "key": self.row_key,
            **{name: asked[name] for name in ("label", "hurdle_kind", "citation")},
            "expression": asked["joined"] if asked["joined"] is not None else self._test(),
        }

    def _test(self) -> dict[str, Any]:
        asked = self.cleaned_data
        test = {
            "kind": "predicate",
            "criterion": asked["criterion"],
            "operator": asked["operator"],
            "value": plain(asked["value"]),
            "peer_median": asked["peer_median"] or None,
            "labels": [line.strip() for line in asked["labels"].splitlines() if line.strip()],
            "on": "raw",
            "missing_fails": asked["missing_fails"],
        }
        return {"kind": "not", "item": test} if asked["turned"] else test


def _no_number(written: str) -> Any:
    raise ValueError(f"{written} is not a number")
