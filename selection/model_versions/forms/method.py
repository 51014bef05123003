"""Forms of a draft's method: its general settings, an evidence rule, and a choice with its designs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cpc.web.edit_conflicts import RevisionForm
from selection.form_parts import text
from selection.model_definition.criteria_table import ModelTable
from selection.model_definition.editing import short
from selection.model_definition.options import HELP, read_option, written_option
from selection.model_versions.forms.rows import (
    KEY,
    KEY_HELP,
    RowForm,
    text_field,
)
from selection.model_versions.forms.versions import number, plain

RULE_KEY = r"^[A-Za-z][A-Za-z0-9_]{0,20}$"
RULE_KEY_HELP = "Letters, digits, and _, at most 21. Pages and runs use it to name the rule, such as E1."
MORE = 2
"""Number of empty lines for further options."""

USUAL: Mapping[str, Any] = {
    "first": 20,
    "short": 10,
    "facts": [],
    "peers": [["region", "income_group"], ["income_group"]],
    "least_peers": 12,
    "region": "region",
    "income_group": "",
    "all_in": False,
    "groups": {"in_draws": 0.80, "in_designs": 0.90, "out": 0.05},
}
"""Default settings of a method."""

PLAIN = ("first", "short", "least_peers", "region", "income_group", "all_in")
SHARES = ("in_draws", "in_designs", "out")


def whole(label: str, help_text: str = "", *, least: int = 1, most: int = 200, required: bool = True) -> forms.Field:
    """Return a field for a whole number."""
    widget = forms.TextInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=least, max_value=most, required=required, widget=widget
    )


def _criteria(label: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, widget=forms.CheckboxSelectMultiple)


def _offer(form: forms.Form, name: str, table: ModelTable) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.MultipleChoiceField)
    chosen = set(form.initial.get(name) or ())
    field.choices = [(row.key, row.label) for row in table.criteria if row.stage == "screen" or row.key in chosen]


class MethodForm(RevisionForm):
    """Form for the method as a whole; its evidence rules and choices have forms of their own."""

    error_fields = {
        "first": "short",
        "groups": "in_draws",
        "least_peers": "least_peers",
        "peers": "peers",
        "facts": "facts",
        "all_in": "all_in",
        **dict.fromkeys(("unknown_grouping", "unknown_indicator", "grouping_kind"), "groupings"),
    }

    first = whole(
        "How many countries are “the first”", "Every page names this number and computes shares of draws for it."
    )
    short = whole("A smaller number shown with it")
    facts = _criteria("Facts of need: a country needs at least one to be shown with bounds")
    aggregation = forms.ChoiceField(
        label="How need and feasibility become one score",
        choices=[
            ("geometric", "Geometric mean: both must be present; neither makes up for the other"),
            ("arithmetic", "Arithmetic mean: one can make up for the other"),
        ],
    )
    groupings = text(
        "Groupings of countries", "One per line: a name, a colon, and the indicator with labels that form the groups."
    )
    peers = text(
        "Countries used to fill a missing value",
        "One group per line, the narrowest first: names of groupings, separated by commas. The whole pool comes last.",
    )
    least_peers = whole("Minimum number of such countries in a group")
    region = text_field("Grouping for a country's second rank", most=60)
    income_group = text_field("Grouping for a country's third rank", "Leave empty for none.", most=60, required=False)
    all_in = forms.BooleanField(
        label="Draws vary the design as well as data and weights",
        help_text="Their intervals are shown first, and they alone decide who is in or out.",
        required=False,
    )
    in_draws = number("In: among the first in at least this percent of draws", least=0, most=100)
    in_designs = number("In: and in at least this percent of other designs", least=0, most=100)
    out = number("Out: among the first in less than this percent of both", least=0, most=100)

    def __init__(self, *args: Any, table: ModelTable, **options: Any) -> None:
        self.held = dict(table.method or {})
        held = {**USUAL, **self.held}
        initial = {name: held[name] for name in (*PLAIN, "facts")}
        initial |= {name: plain(round(100 * {**USUAL["groups"], **held["groups"]}[name], 6)) for name in SHARES}
        initial |= {
            "aggregation": table.aggregation,
            "groupings": "\n".join(f"{name}: {indicator}" for name, indicator in table.groupings.items()),
            "peers": "\n".join(", ".join(names) for names in held["peers"]),
        }
        super().__init__(*args, **options)
        self.initial.update(initial)
        _offer(self, "facts", table)
        if held["all_in"]:  # no share of designs decides a group
            del self.fields["in_designs"]
            self.fields["out"].label = "Out: among the first in less than this percent of draws"

    def clean_groupings(self) -> dict[str, str]:
        """Return the indicator of each grouping by its name; raise `ValidationError` for incomplete lines."""
        found, wrong = {}, []
        for index, line in enumerate(self.cleaned_data["groupings"].splitlines(), 1):
            name, _, indicator = (part.strip() for part in line.partition(":"))
            if name and indicator:
                found[name] = indicator
            elif name or indicator:
                wrong.append(f"line {index}, “{line.strip()[:60]}”")
        if wrong:
            raise ValidationError(f"Write the name, a colon, and the indicator. Can't read {'; '.join(wrong)}.")
        return found

    def clean_peers(self) -> list[list[str]]:
        """Return the groups of peers, each as names of groupings."""
        lines = [line for line in self.cleaned_data["peers"].splitlines() if line.strip()]
        return [[part.strip() for part in line.split(",") if part.strip()] for line in lines]

    @property
    def method(self) -> dict[str, Any]:
        """Return the method without its rules and choices. Call once the form is valid."""
        asked = self.cleaned_data
        found = {name: asked[name] for name in (*PLAIN, "facts", "peers")}
        shares = {name: plain(round(asked[name] / 100, 8)) for name in SHARES if name in asked}
        found["groups"] = {**USUAL["groups"], **self.held.get("groups", {}), **shares}
        return short(found, USUAL, self.held)

    @property
    def beside_method(self) -> dict[str, Any]:
        """Return the settings of the table outside its method. Call once the form is valid."""
        return {name: self.cleaned_data[name] for name in ("aggregation", "groupings")}


class RuleForm(RowForm):
    """Fact that a country needs for a rank."""

    error_fields = {
        "evidence_criterion": "criteria",
        "evidence_least": "least",
        "evidence_within": "within",
        "evidence_lacking": "lacking",
    }

    label = text_field("Evidence required", most=200)
    lacking = text_field("Sentence for a country that lacks it", most=200)
    criteria = _criteria("Criteria that need a value")
    least = whole("How many of them are required", most=50)
    within = whole("Maximum age, in years", "Empty: of any age.", least=0, required=False)
    reason = text("Reason", "Why a rank needs this evidence.", required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(self, "criteria", self.table)
        if "key" in self.fields:
            label = {"invalid": RULE_KEY_HELP}
            key = forms.RegexField(RULE_KEY, label="Key", help_text=RULE_KEY_HELP, error_messages=label)
            self.fields = {**self.fields, "key": key}

    def shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the rule with defaults for its missing settings."""
        return {"least": 1, **row}

    @property
    def values(self) -> dict[str, Any]:
        """Return the rule as the method stores it."""
        asked = self.cleaned_data
        names = ("label", "lacking", "criteria", "least", "within", "reason")
        found = {"key": self.row_key, **{name: asked[name] for name in names}}
        return short(found, {"least": 1, "within": None, "reason": ""}, self.row)


class ChoiceForm(RowForm):
    """A choice of the method with the ways it could be made; the first is the model's own."""

    error_fields = {**dict.fromkeys(("options", "option"), "label_1"), "first_option": "changes_0"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["label"].label = "Choice"
        for index in range(self.option_count):
            label = "The model's own way" if index == 0 else f"Other way {index}"
            more = HELP if index == 1 else "" if index else "Changes nothing."
            self.fields |= {
                f"key_{index}": forms.RegexField(
                    KEY,
                    label=f"{label}: key",
                    required=index == 0,
                    help_text=KEY_HELP,
                    error_messages={"invalid": KEY_HELP},
                ),
                f"label_{index}": text_field(f"{label}: description", most=200, required=index == 0),
                f"changes_{index}": text(f"{label}: what it changes", more, required=False),
            }

    @property
    def held(self) -> Sequence[Mapping[str, Any]]:
        """Return the options that the choice already has."""
        options: Sequence[Mapping[str, Any]] = self.row.get("options", ())
        return options

    @property
    def option_count(self) -> int:
        """Return the number of options in the form, with the empty ones."""
        return max(len(self.held), 1) + MORE

    def shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options as the fields show them."""
        found: dict[str, Any] = {"label": row.get("label", "")}
        for index, option in enumerate(row.get("options", ())):
            lines = "\n".join(written_option(option))
            found |= {f"key_{index}": option["key"], f"label_{index}": option["label"], f"changes_{index}": lines}
        return found

    def clean(self) -> dict[str, Any]:
        """Check that each option has a key and a label, and that its changes can be read."""
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        for index in range(self.option_count):
            key, label, changes = (asked.get(f"{name}_{index}") for name in ("key", "label", "changes"))
            if (label or changes) and not key and f"key_{index}" not in self.errors:
                self.add_error(f"key_{index}", "Enter a key.")
            if key and not label and f"label_{index}" not in self.errors:
                self.add_error(f"label_{index}", "Enter a description.")
            try:
                read_option(changes or "")
            except ValueError as error:
                self.add_error(f"changes_{index}", f"{HELP} Can't read {error}.")
        return asked

    @property
    def values(self) -> dict[str, Any]:
        """Return the choice as the method stores it."""
        asked = self.cleaned_data
        options = []
        for index in range(self.option_count):
            if asked[f"key_{index}"]:
                before = self.held[index] if index < len(self.held) else {}
                empty = {name: value for name, value in before.items() if not value and name not in ("key", "label")}
                changes = read_option(asked[f"changes_{index}"])
                options.append({"key": asked[f"key_{index}"], "label": asked[f"label_{index}"], **empty, **changes})
        return {"key": self.row_key, "label": asked["label"], "options": options}
