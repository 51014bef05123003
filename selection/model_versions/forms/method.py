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
    words,
)
from selection.model_versions.forms.versions import number, plain

RULE_KEY = r"^[A-Za-z][A-Za-z0-9_]{0,20}$"
RULE_KEY_HELP = "Letters, digits and _, at most 21. It names the rule on pages and in runs, as E1 does."
MORE = 2
"""Number of empty lines for further options."""

USUAL: Mapping[str, Any] = {
    "first": 20,
    "short": 10,
    "facts": [],
    "peers": [["region", "income_group"], ["income_group"]],
    "least_peers": 12,
    "region": "region",
    "groups": {"in_draws": 0.80, "in_designs": 0.90, "out": 0.05},
}
"""Default settings of a method."""

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
        **dict.fromkeys(("unknown_grouping", "unknown_indicator", "grouping_kind"), "groupings"),
    }

    first = whole("How many countries are “the first”", "This number is drawn and named on every page.")
    short = whole("A smaller number beside it")
    facts = _criteria("Facts of need: a country needs one of them to be shown with bounds")
    aggregation = forms.ChoiceField(
        label="How need and feasibility become one score",
        choices=[
            ("geometric", "Geometric mean: both must be there, neither makes up for the other"),
            ("arithmetic", "Arithmetic mean: one may make up for the other"),
        ],
    )
    groupings = text("Groupings of countries", "One a line: a name, a colon, the indicator whose label is the group.")
    peers = text(
        "Whose values stand in for a missing one",
        "One group a line, the narrowest first: names of groupings, with commas between. The whole pool comes last.",
    )
    least_peers = whole("How many such countries a group needs at least")
    region = words("Grouping in which a country has a second rank", most=60)
    in_draws = number("In: among the first in at least so many percent of draws", least=0, most=100)
    in_designs = number("In: and of other designs, in percent", least=0, most=100)
    out = number("Out: among the first in less than so many percent of both", least=0, most=100)

    def __init__(self, *args: Any, table: ModelTable, **options: Any) -> None:
        self.held = dict(table.method or {})
        held = {**USUAL, **self.held}
        initial = {name: held[name] for name in ("first", "short", "facts", "least_peers", "region")}
        initial |= {name: plain(round(100 * {**USUAL["groups"], **held["groups"]}[name], 6)) for name in SHARES}
        initial |= {
            "aggregation": table.aggregation,
            "groupings": "\n".join(f"{name}: {indicator}" for name, indicator in table.groupings.items()),
            "peers": "\n".join(", ".join(names) for names in held["peers"]),
        }
        super().__init__(*args, **options)
        self.initial.update(initial)
        _offer(self, "facts", table)

    def clean_groupings(self) -> dict[str, str]:
        """Return the indicator of each grouping by its name; raise `ValidationError` for incomplete lines."""
        found, wrong = {}, []
        for place, line in enumerate(self.cleaned_data["groupings"].splitlines(), 1):
            name, _, indicator = (part.strip() for part in line.partition(":"))
            if name and indicator:
                found[name] = indicator
            elif name or indicator:
                wrong.append(f"line {place}, “{line.strip()[:60]}”")
        if wrong:
            raise ValidationError(f"Write the name, a colon and the indicator: {'; '.join(wrong)}.")
        return found

    def clean_peers(self) -> list[list[str]]:
        """Return the groups of peers, each as names of groupings."""
        lines = [line for line in self.cleaned_data["peers"].splitlines() if line.strip()]
        return [[part.strip() for part in line.split(",") if part.strip()] for line in lines]

    @property
    def method(self) -> dict[str, Any]:
        """Return the method without its rules and choices. Call once the form is valid."""
        asked = self.cleaned_data
        found = {name: asked[name] for name in ("first", "short", "facts", "peers", "least_peers", "region")}
        found["groups"] = {name: plain(round(asked[name] / 100, 8)) for name in SHARES}
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

    label = words("What is asked for", most=200)
    lacking = words("Sentence for a country that lacks it", most=200)
    criteria = _criteria("Criteria of which a value is asked for")
    least = whole("How many of them", most=50)
    within = whole("Not older than, in years", "Empty: of any age.", least=0, required=False)
    reason = text("Reason", "Why a rank needs it.", required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(self, "criteria", self.table)
        if "key" in self.fields:
            said = {"invalid": RULE_KEY_HELP}
            key = forms.RegexField(RULE_KEY, label="Key", help_text=RULE_KEY_HELP, error_messages=said)
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
        self.fields["label"].label = "What is chosen"
        for place in range(self.places):
            said = "The model's own way" if place == 0 else f"Other way {place}"
            more = HELP if place == 1 else "" if place else "It changes nothing."
            self.fields |= {
                f"key_{place}": forms.RegexField(
                    KEY,
                    label=f"{said}: key",
                    required=place == 0,
                    help_text=KEY_HELP,
                    error_messages={"invalid": KEY_HELP},
                ),
                f"label_{place}": words(f"{said}: in words", most=200, required=place == 0),
                f"changes_{place}": text(f"{said}: what it changes", more, required=False),
            }

    @property
    def held(self) -> Sequence[Mapping[str, Any]]:
        """Return the options that the choice already has."""
        options: Sequence[Mapping[str, Any]] = self.row.get("options", ())
        return options

    @property
    def places(self) -> int:
        """Return the number of options in the form, with the empty ones."""
        return max(len(self.held), 1) + MORE

    def shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options as the fields show them."""
        found: dict[str, Any] = {"label": row.get("label", "")}
        for place, option in enumerate(row.get("options", ())):
            lines = "\n".join(written_option(option))
            found |= {f"key_{place}": option["key"], f"label_{place}": option["label"], f"changes_{place}": lines}
        return found

    def clean(self) -> dict[str, Any]:
        """Check that each option has a key and a label, and that its changes can be read."""
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        for place in range(self.places):
            key, label, changes = (asked.get(f"{name}_{place}") for name in ("key", "label", "changes"))
            if (label or changes) and not key and f"key_{place}" not in self.errors:
                self.add_error(f"key_{place}", "Give it a key.")
            if key and not label and f"label_{place}" not in self.errors:
                self.add_error(f"label_{place}", "Say it in words.")
            try:
                read_option(changes or "")
            except ValueError as error:
                self.add_error(f"changes_{place}", f"{HELP} This is none: {error}.")
        return asked

    @property
    def values(self) -> dict[str, Any]:
        """Return the choice as the method stores it."""
        asked = self.cleaned_data
        options = []
        for place in range(self.places):
            if asked[f"key_{place}"]:
                before = self.held[place] if place < len(self.held) else {}
                kept = {name: value for name, value in before.items() if not value and name not in ("key", "label")}
                changes = read_option(asked[f"changes_{place}"])
                options.append({"key": asked[f"key_{place}"], "label": asked[f"label_{place}"], **kept, **changes})
        return {"key": self.row_key, "label": asked["label"], "options": options}
