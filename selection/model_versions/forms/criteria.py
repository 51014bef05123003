"""Form of a criterion: its indicator, its weight, and the way values are converted to 0 to 1.

Each kind of value function has its own fields, and a table has one line per label of the indicator. The form is
therefore built for one kind and one indicator, which it submits in hidden fields. If the person chooses another kind
or indicator, the page shows the form again with the fields for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import capfirst

from indicators.models import Indicator
from selection.form_parts import text
from selection.model_definition import method_labels
from selection.model_definition.criteria_table import ModelTable
from selection.model_definition.rules import STEPS
from selection.model_versions.forms.rows import (
    RowForm,
    choose,
    offered_groups,
    text_field,
)
from selection.model_versions.forms.versions import number, plain
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
TAKEN_POLICIES = ("reweight", "floor", "required", "not_applicable")
ABSENT: Mapping[str, str] = {
    "not_collected": "Not collected",
    "not_yet_published": "Not yet published",
    "suppressed": "Suppressed by the publisher",
    "not_applicable": "Does not apply",
    "special_case": "Special case",
    "stale": "Too old",
}
PERIODS = tuple((name, capfirst(text)) for name, text in method_labels.PERIODS.items())
DIRECTIONS = (("1", "More is better for the ranking"), ("-1", "Less is better for the ranking"))
TIES = (("mid", "Halfway"), ("min", "At the lowest"))
Chosen = tuple[str, str]
"""A kind of function, and the code of an indicator, empty if people rate."""

LINES = "One per line: the value, a colon, and its number from 0 to 1."


def _direction() -> forms.ChoiceField:
    return choose("Direction", DIRECTIONS)


def _log() -> forms.BooleanField:
    return forms.BooleanField(label="Use the logarithm of the value", required=False)


def _ends(low: str, high: str) -> dict[str, forms.Field]:
    return {"f_lower": number(low), "f_upper": number(high)}


def parts_of(kind: str, labels: Sequence[str], groups: Sequence[tuple[str, str]]) -> dict[str, forms.Field]:
    """Return the fields of a value function of this kind; `groups` are those whose median may be used as threshold."""
    match kind:
        case "goalposts":
            return {**_ends("Low goalpost", "High goalpost"), "f_direction": _direction(), "f_log": _log()}
        case "rubric":
            return {**_ends("Lowest step", "Highest step"), "f_direction": _direction()}
        case "minmax":
            return {"f_direction": _direction(), "f_log": _log()}
        case "percentile":
            return {"f_direction": _direction(), "f_ties": choose("Countries with equal values rank", TIES)}
        case "zscore":
            return {"f_direction": _direction()}
        case "threshold":
            return {
                "f_theta": number("Threshold", "Leave empty to use the group's median.", required=False),
                "f_peer_median": choose("Or the median of a group the country is in", groups, required=False),
                "f_direction": _direction(),
                "f_soft": forms.BooleanField(
                    label="Soft: use the probability that the value is above the threshold", required=False
                ),
            }
        case "piecewise_linear":
            return {"f_knots": text("Points", LINES, rows=6)}
        case "target_band":
            names = ("outer_lower", "lower", "upper", "outer_upper")
            label = ("0 below", "1 from", "1 to", "0 above")
            return {f"f_{name}": number(label) for name, label in zip(names, label, strict=True)}
    return _table(labels)


def _table(labels: Sequence[str]) -> dict[str, forms.Field]:
    reasons = [
        ("", "Uses the number above"),
        *((key, f"No value: {label.lower()}") for key, label in ABSENT.items()),
    ]
    found: dict[str, forms.Field] = {}
    for index, label in enumerate(labels):
        name = value_label(label)
        found[f"u_{index}"] = number(f"{name}: number from 0 to 1", least=0, most=1, required=False)
        found[f"none_{index}"] = choose(f"{name}: or no value", reasons, required=False)
    found["f_reason"] = text(
        "Reason for the numbers", "Required if the numbers neither rise nor fall in order.", required=False
    )
    return found


class CriterionForm(RowForm):
    """A criterion of one kind of function and one indicator; `labels` are the indicator's."""

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

    factor = text_field("Factor of the fact sheet")
    node = choose("Under", ())
    weight = number("Points", "Relative to the points of its siblings.", least=0, most=1_000_000)
    stage = choose("Counts in", STAGES.items())
    indicator = choose("Indicator", (), required=False)
    series = text_field("Series", "If the publisher has several. Leave empty for all.", required=False)
    period = choose("Value used", PERIODS)
    max_age = number("Maximum age of a value, in years", "Leave empty for any age.", least=0, most=200, required=False)
    missing = choose("If a value is missing", ((name, POLICIES[name]) for name in TAKEN_POLICIES))
    absent = choose("If a country is not in the publisher's file", ABSENT.items())
    kind = choose("How a value becomes 0 to 1", KINDS.items())
    reason = text("Reason", "Why you chose this function and these goalposts.")
    shown_for = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, chosen: Chosen, indicators: Mapping[str, Indicator], **options: Any) -> None:
        self.of_kind, self.of_indicator = chosen
        self.indicators = indicators
        self.labels = self._ordered(options["row"])
        super().__init__(*args, **options)
        self.initial.update(kind=self.of_kind, indicator=self.of_indicator, shown_for=" ".join(chosen))
        self.fields |= parts_of(self.of_kind, self.labels, offered_groups(self.table))
        if self.of_kind == "rubric" and not self.of_indicator:
            for step in range(STEPS):
                self.fields[f"anchor_{step}"] = text(f"What raters see at step {step}", required=False)
        self._offer("node", [(node.key, _indented(self.table, node.key)) for node in self.table.nodes])
        self._offer("indicator", _grouped(indicators.values()))

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _ordered(self, row: Mapping[str, Any]) -> list[str]:
        """Return the indicator's labels: those in the table first, in its order (best or worst first), then others."""
        found = self.indicators.get(self.of_indicator)
        labels = list(found.labels) if found else []
        given = [label for label, _ in row.get("function", {}).get("table", ())]
        return [label for label in given if label in labels] + [label for label in labels if label not in given]

    def shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the row, its function and its anchors as the fields show them."""
        function: Mapping[str, Any] = row.get("function", {})
        parts = ("function", "anchors", "labels_missing", "estimate")
        found = {name: value for name, value in row.items() if name not in parts}
        found["max_age"] = plain(row.get("max_age"))
        if function.get("kind") == self.of_kind:
            found |= {f"f_{name}": value for name, value in function.items()}
        elif self.of_kind == "rubric":
            found |= {"f_lower": 0, "f_upper": STEPS - 1, "f_direction": 1}
        found["f_knots"] = "\n".join(f"{x:g}: {u:g}" for x, u in function.get("knots", ()))
        numbers, none = dict(function.get("table", ())), row.get("labels_missing", {})
        for index, label in enumerate(self.labels):
            found |= {f"u_{index}": plain(numbers.get(label)), f"none_{index}": none.get(label, "")}
        return found | {f"anchor_{step}": label for step, label in enumerate(row.get("anchors", ()))}

    def take(self, data: QueryDict) -> None:
        """Copy the input of a form of another kind, for the fields that both forms have."""
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
    def parts(self) -> list[forms.BoundField]:
        """Return the fields of the function, in order."""
        return [self[name] for name in self.fields if name.startswith(("f_", "u_", "none_"))]

    @property
    def anchors(self) -> list[forms.BoundField]:
        """Return the fields of the rubric's steps."""
        return [self[name] for name in self.fields if name.startswith("anchor_")]

    @property
    def head(self) -> list[forms.BoundField]:
        """Return the fields that every criterion has, except those of its function."""
        rest = {one.name for one in (*self.parts, *self.anchors)} | {
            "kind",
            "reason",
            "idempotency_key",
            "revision",
            "shown_for",
        }
        return [self[name] for name in self.fields if name not in rest]

    def clean_f_knots(self) -> list[list[float | int | None]]:
        """Return the points of a piecewise linear function; raise `ValidationError` for lines that cannot be read."""
        found, wrong = [], []
        for index, line in enumerate(self.cleaned_data["f_knots"].splitlines(), 1):
            if not line.strip():
                continue
            try:
                x, u = (float(part) for part in line.split(":"))
            except ValueError:
                wrong.append(f"line {index}, “{line.strip()[:40]}”")
            else:
                found.append([plain(x), plain(u)])
        if wrong:
            raise ValidationError(f"{LINES} Can't read {'; '.join(wrong)}.")
        return found

    @property
    def values(self) -> dict[str, Any]:
        """Return the criterion as the table stores it."""
        asked = self.cleaned_data
        row = {
            "key": self.row_key,
            **{name: asked[name] for name in ("label", "factor", "stage", "node", "indicator", "series", "period")},
            **{name: plain(asked[name]) for name in ("weight", "max_age")},
            **{name: asked[name] for name in ("absent", "missing", "reason")},
            "labels_missing": self._none() if self.of_kind == "ordinal" else {},
            "function": self._function(),
        }
        anchors = [asked[f"anchor_{step}"] for step in range(STEPS) if f"anchor_{step}" in self.fields]
        row |= {"anchors": anchors} if any(anchors) else {}
        # Its error has a separate form and is not changed here.
        return row | ({"estimate": self.row["estimate"]} if self.row.get("estimate") is not None else {})

    def _function(self) -> dict[str, Any]:
        asked = {name[2:]: value for name, value in self.cleaned_data.items() if name.startswith("f_")}
        found: dict[str, Any] = {"kind": self.of_kind}
        for name, value in asked.items():
            if name == "direction":
                found[name] = int(value)
            elif isinstance(value, float):
                found[name] = plain(value)
            else:
                found[name] = (value or None) if name == "peer_median" else value
        if self.of_kind in ("minmax", "percentile", "zscore"):
            found["pool"] = EVERY_COUNTRY
        if self.of_kind == "ordinal":
            none = self._none()
            given = ((label, self.cleaned_data[f"u_{index}"]) for index, label in enumerate(self.labels))
            found["table"] = [[label, plain(u)] for label, u in given if u is not None and label not in none]
        return found

    def _none(self) -> dict[str, str]:
        asked = ((label, self.cleaned_data[f"none_{index}"]) for index, label in enumerate(self.labels))
        return {label: reason for label, reason in asked if reason}


def _indented(table: ModelTable, key: str) -> str:
    nodes = {node.key: node for node in table.nodes}
    node = nodes[key]
    return f"{nodes[node.parent].label}: {node.label}" if node.parent else node.label


def _grouped(indicators: Iterable[Indicator]) -> list[Any]:
    """Return the indicators by source, after the choice of none."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in indicators:
        found.setdefault(one.source.title, []).append((one.code, f"{one.name} ({one.code})"))
    return [("", "Rated by people in the office"), *sorted(found.items())]


def filled_for(data: QueryDict, usual: Chosen, known: Mapping[str, Indicator]) -> Chosen:
    """Return the kind and indicator of a submitted form; `usual` if it names none."""
    kind, _, indicator = str(data.get("shown_for", "")).partition(" ")
    return (kind, indicator) if kind in KINDS and (not indicator or indicator in known) else usual


def chosen_in(data: QueryDict, usual: Chosen, known: Mapping[str, Indicator]) -> Chosen:
    """Return the kind and indicator that are chosen in a submitted form."""
    kind, indicator = str(data.get("kind", usual[0])), str(data.get("indicator", usual[1]))
    return kind if kind in KINDS else usual[0], indicator if indicator in known else ""
