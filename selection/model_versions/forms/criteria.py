"""Form of a criterion: its indicator, its weight, and the way values are converted to 0 to 1.

Each kind of value function has its own fields, and a table has one line per label of the indicator. The form is
therefore built for one kind and one indicator, which it submits in hidden fields. If the person chooses another kind
or indicator, the page shows the form again with the fields for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst

from indicators.models import Indicator
from selection.form_parts import text
from selection.model_definition import method_labels
from selection.model_definition.criteria_table import ModelTable
from selection.model_definition.rules import STEPS
from selection.model_versions.forms.rows import POINTS, RowForm, offered_groups
from selection.model_versions.forms.schema_fields import (
    NumberField,
    SchemaPart,
    offer,
    plain,
    read_lines,
)
from selection.runs.labels import POLICIES, STAGES, value_label
from selection.scoring.value_functions import EVERY_COUNTRY

KINDS: Mapping[str, str] = {
    "goalposts": "Two goalposts: a fixed low and high end",
    "ordinal": "A table: a number for each label",
    "rubric": "A rubric: rated by people in steps",
    "threshold": "A threshold: above or below",
    "piecewise_linear": "Points joined by lines",
    "target_band": "A band: best in the middle",
    "minmax": "Smallest to largest of all countries",
    "percentile": "Share of the countries below",
    "zscore": "Distance from the mean of all countries",
}
ABSENT: Mapping[str, str] = {
    "not_collected": "Not collected",
    "not_yet_published": "Not yet published",
    "suppressed": "Suppressed by the publisher",
    "not_applicable": "Does not apply",
    "special_case": "Special case",
    "stale": "Too old",
}
PERIODS = tuple((name, capfirst(text)) for name, text in method_labels.PERIODS.items())
NO_VALUE = (("", "Uses the number above"), *((key, f"No value: {label.lower()}") for key, label in ABSENT.items()))
LINES = "One per line: the value, a colon, and its number from 0 to 1."

DIRECTIONS = ((1, "More is better for the ranking"), (-1, "Less is better for the ranking"))
TIES = (("mid", "Halfway"), ("min", "At the lowest"))
DIRECTION = ("Direction",)
LOGARITHM = ("Use the logarithm of the value",)
FUNCTION_FIELDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "goalposts": {
        "lower": ("Low goalpost",),
        "upper": ("High goalpost",),
        "direction": DIRECTION,
        "log": LOGARITHM,
    },
    "rubric": {"lower": ("Lowest step",), "upper": ("Highest step",), "direction": DIRECTION},
    "minmax": {"direction": DIRECTION, "log": LOGARITHM},
    "percentile": {"direction": DIRECTION, "ties": ("Countries with equal values rank",)},
    "zscore": {"direction": DIRECTION},
    "threshold": {
        "theta": ("Threshold", "Leave empty to use the group's median."),
        "peer_median": ("Or the median of a group the country is in",),
        "direction": DIRECTION,
        "soft": ("Soft: use the probability that the value is above the threshold",),
    },
    "piecewise_linear": {},
    "target_band": {
        "outer_lower": ("0 below",),
        "lower": ("1 from",),
        "upper": ("1 to",),
        "outer_upper": ("0 above",),
    },
    "ordinal": {"reason": ("Reason for the numbers", "Required if the numbers neither rise nor fall in order.")},
}
"""Label and help of the fields of each kind of value function, in their order."""

Chosen = tuple[str, str]
"""A kind of function, and the code of an indicator, empty if people rate."""


class CriterionForm(RowForm):
    """A criterion of one kind of function and one indicator; `labels` are the indicator's."""

    part = SchemaPart.of("criteria")
    error_fields = {
        **dict.fromkeys(("goalposts", "goalposts_log", "target_band", "rubric_scale"), "f_lower"),
        **dict.fromkeys(("label_missed", "table_range", "table_empty", "function_kind"), "kind"),
        **dict.fromkeys(("knots", "knots_range"), "f_knots"),
        **dict.fromkeys(("unknown_indicator", "no_indicator", "series_own"), "indicator"),
        **dict.fromkeys(("due_period", "newest_period"), "period"),
        "newest_age": "max_age",
        "estimate_function": "kind",
        "table_reason": "f_reason",
        "threshold": "f_theta",
        "anchors": "anchor_0",
        "weight_negative": "weight",
    }

    label = part.field("label", "Name")
    factor = part.field("factor", "Factor of the fact sheet")
    node = part.field("node", "Under", required=True, choices=())
    weight = part.field("weight", *POINTS)
    stage = part.field("stage", "Counts in", choices=STAGES.items())
    indicator = part.field("indicator", "Indicator", choices=())
    series = part.field("series", "Series", "If the publisher has several. Leave empty for all.")
    period = part.field("period", "Value used", choices=PERIODS)
    max_age = part.field("max_age", "Maximum age of a value, in years", "Leave empty for any age.")
    missing = part.field("missing", "If a value is missing", choices=POLICIES.items())
    absent = part.field("absent", "If a country is not in the publisher's file", choices=ABSENT.items())
    kind = forms.ChoiceField(label="How a value becomes 0 to 1", choices=KINDS.items())
    reason = part.field("reason", "Reason", "Why you chose this function and these goalposts.", required=True)
    shown_for = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, chosen: Chosen, indicators: Mapping[str, Indicator], **options: Any) -> None:
        self.of_kind, self.of_indicator = chosen
        self.indicators = indicators
        super().__init__(*args, **options)
        self.function = SchemaPart.of("criteria", "function", self.of_kind, naming="f_{}")
        self.initial.update(kind=self.of_kind, indicator=self.of_indicator, shown_for=" ".join(chosen))
        self._add_labels()
        self._add_function()
        self._add_anchors()
        offer(self, "node", [(node.key, _indented(self.table, node.key)) for node in self.table.nodes])
        offer(self, "indicator", [("", "Rated by people in the office"), *by_source(indicators.values())])

    def _add_function(self) -> None:
        choices = {"direction": DIRECTIONS, "ties": TIES, "peer_median": offered_groups(self.table)}
        for name, labels in FUNCTION_FIELDS[self.of_kind].items():
            self.fields[f"f_{name}"] = self.function.field(name, *labels, choices=choices.get(name))
        function: Mapping[str, Any] = self.row.get("function", {})
        if function.get("kind") == self.of_kind:
            self.function.fill(self, function)
        elif self.of_kind == "rubric":
            self.function.fill(self, {"lower": 0, "upper": STEPS - 1, "direction": 1})
        if self.of_kind == "piecewise_linear":
            self.fields["f_knots"] = text("Points", LINES, rows=6)
            self.initial["f_knots"] = "\n".join(f"{x:g}: {u:g}" for x, u in function.get("knots", ()))

    def _add_labels(self) -> None:
        """Add a number and a reason for each label: first those in the table, in its order (best or worst first)."""
        numbers = dict(self.row.get("function", {}).get("table", ()))
        known = getattr(self.indicators.get(self.of_indicator), "labels", ())
        ordered = [*(label for label in numbers if label in known), *(label for label in known if label not in numbers)]
        self.labels = ordered if self.of_kind == "ordinal" else []
        for index, label in enumerate(self.labels):
            name = value_label(label)
            self.fields[f"u_{index}"] = NumberField(
                label=f"{name}: number from 0 to 1", min_value=0, max_value=1, required=False
            )
            self.fields[f"none_{index}"] = forms.ChoiceField(
                label=f"{name}: or no value", choices=NO_VALUE, required=False
            )
            self.initial[f"u_{index}"] = plain(numbers.get(label))
            self.initial[f"none_{index}"] = self.row.get("labels_missing", {}).get(label, "")

    def _add_anchors(self) -> None:
        if self.of_kind != "rubric" or self.of_indicator:
            return
        anchors = self.row.get("anchors", ())
        for step in range(STEPS):
            self.fields[f"anchor_{step}"] = text(f"What raters see at step {step}", required=False)
            self.initial[f"anchor_{step}"] = anchors[step] if step < len(anchors) else ""

    def take(self, data: QueryDict) -> None:
        for name, field in self.fields.items():
            if name in ("kind", "indicator", "shown_for", "idempotency_key"):
                continue
            if isinstance(field, forms.BooleanField) and "shown_for" in data:
                self.initial[name] = name in data
            elif name in data:
                self.initial[name] = data[name]

    @property
    def is_for_another(self) -> bool:
        """Return whether a kind or indicator other than the one on display was chosen. Call on submitted data."""
        chosen = f"{self.data.get('kind', '')} {self.data.get('indicator', '')}"
        return "shown_for" in self.data and str(self.data["shown_for"]) != chosen

    @property
    def scale_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(("f_", "u_", "none_"))]

    @property
    def anchors(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("anchor_")]

    @property
    def head(self) -> list[forms.BoundField]:
        apart = ("f_", "u_", "none_", "anchor_", "kind", "reason")
        return [field for field in self.visible_fields() if not field.name.startswith(apart)]

    def clean_f_knots(self) -> list[list[float | int]]:
        return list(filter(None, read_lines(self.cleaned_data["f_knots"], _knot, LINES)))

    def by_hand(self) -> dict[str, Any]:
        values, lines = self.cleaned_data, list(enumerate(self.labels))
        none = {label: values[f"none_{index}"] for index, label in lines if values[f"none_{index}"]}
        function = {"kind": self.of_kind, **self.function.values(self, {})}
        if "pool" in self.function.schema["properties"]:
            function["pool"] = EVERY_COUNTRY
        if self.of_kind == "ordinal":
            numbers = [[label, values[f"u_{index}"]] for index, label in lines]
            function["table"] = [pair for pair in numbers if pair[1] is not None and pair[0] not in none]
        anchors = [values[field.name] for field in self.anchors]
        row: dict[str, Any] = {"labels_missing": none, "function": function}
        if any(anchors):
            row["anchors"] = anchors
        if self.row.get("estimate") is not None:  # it has a form of its own, so it stays as it is
            row["estimate"] = self.row["estimate"]
        return row


def _knot(line: str) -> list[float | int | None]:
    x, u = (plain(float(part)) for part in line.split(":"))
    return [x, u]


def _indented(table: ModelTable, key: str) -> str:
    nodes = {node.key: node for node in table.nodes}
    node = nodes[key]
    return f"{nodes[node.parent].label}: {node.label}" if node.parent else node.label


def by_source(indicators: Iterable[Indicator]) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for indicator in indicators:
        groups.setdefault(indicator.source.title, []).append((indicator.code, f"{indicator.name} ({indicator.code})"))
    return sorted(groups.items())


def filled_for(data: QueryDict, usual: Chosen, known: Mapping[str, Indicator]) -> Chosen:
    """Return the kind and indicator of a submitted form; `usual` if it names none."""
    kind, _, indicator = str(data.get("shown_for", "")).partition(" ")
    return (kind, indicator) if kind in KINDS and (not indicator or indicator in known) else usual


def chosen_in(data: QueryDict, usual: Chosen, known: Mapping[str, Indicator]) -> Chosen:
    kind, indicator = str(data.get("kind", usual[0])), str(data.get("indicator", usual[1]))
    return kind if kind in KINDS else usual[0], indicator if indicator in known else ""
