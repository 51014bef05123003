"""Forms of a draft's method: its general settings, an evidence rule, and a choice with its designs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from cpc.web.edit_conflicts import RevisionForm
from selection.form_parts import text
from selection.model_definition.criteria_table import ModelTable
from selection.model_definition.editing import Change, with_method
from selection.model_definition.options import HELP, read_option, written_option
from selection.model_versions.forms.rows import KEY_HELP, RowForm
from selection.model_versions.forms.schema_fields import SchemaPart, offer, read_lines

RULE_KEY_HELP = "Letters, digits, and _, at most 21. Pages and runs use it to name the rule, such as E1."
MEANS = (
    ("geometric", "Geometric mean: both must be present; neither makes up for the other"),
    ("arithmetic", "Arithmetic mean: one can make up for the other"),
)
MORE = 2
"""Number of empty lines for further options."""


def offer_criteria(form: forms.Form, name: str, table: ModelTable) -> None:
    """Offer the criteria of the desk screen, and those that are chosen already."""
    chosen = form.initial.get(name) or ()
    offer(form, name, [(row.key, row.label) for row in table.criteria if row.stage == "screen" or row.key in chosen])


class MethodForm(RevisionForm):
    """Form for the method as a whole; its evidence rules and choices have forms of their own."""

    part = SchemaPart.of("method")
    groups = SchemaPart.of("method", "groups")
    model = SchemaPart.of()
    error_fields = {
        "first": "short",
        "groups": "in_draws",
        "least_peers": "least_peers",
        "peers": "peers",
        "facts": "facts",
        "all_in": "all_in",
        **dict.fromkeys(("unknown_grouping", "unknown_indicator", "grouping_kind"), "groupings"),
    }

    first = part.field(
        "first",
        "How many countries are “the first”",
        "Every page names this number and computes shares of draws for it.",
        required=True,
    )
    short = part.field("short", "A smaller number shown with it", required=True)
    facts = part.field(
        "facts", "Facts of need: a country needs at least one to be shown with bounds", required=True, choices=()
    )
    aggregation = model.field("aggregation", "How need and feasibility become one score", choices=MEANS)
    groupings = text(
        "Groupings of countries", "One per line: a name, a colon, and the indicator with labels that form the groups."
    )
    peers = text(
        "Countries used to fill a missing value",
        "One group per line, the narrowest first: names of groupings, separated by commas. The whole pool comes last.",
    )
    least_peers = part.field("least_peers", "Minimum number of such countries in a group", required=True)
    region = part.field("region", "Grouping for a country's second rank", required=True)
    income_group = part.field("income_group", "Grouping for a country's third rank", "Leave empty for none.")
    all_in = part.field(
        "all_in",
        "Draws vary the design as well as data and weights",
        "Their intervals are shown first, and they alone decide who is in or out.",
    )
    in_draws = groups.field(
        "in_draws", "In: among the first in at least this percent of draws", required=True, is_percent=True
    )
    in_designs = groups.field(
        "in_designs", "In: and in at least this percent of other designs", required=True, is_percent=True
    )
    out = groups.field("out", "Out: among the first in less than this percent of both", required=True, is_percent=True)

    def __init__(self, *args: Any, table: ModelTable, **options: Any) -> None:
        self.before = dict(table.method)
        super().__init__(*args, **options)
        self.part.fill(self, self.before)
        self.groups.fill(self, self.before.get("groups", {}))
        self.initial["aggregation"] = table.aggregation
        self.initial["groupings"] = "\n".join(f"{name}: {indicator}" for name, indicator in table.groupings.items())
        self.initial["peers"] = "\n".join(", ".join(names) for names in self.initial["peers"])
        offer_criteria(self, "facts", table)
        if self.before.get("all_in"):  # no share of designs decides a group
            del self.fields["in_designs"]
            self.fields["out"].label = "Out: among the first in less than this percent of draws"

    def clean_groupings(self) -> dict[str, str]:
        rule = "Write the name, a colon, and the indicator."
        return dict(filter(None, read_lines(self.cleaned_data["groupings"], _grouping, rule)))

    def clean_peers(self) -> list[list[str]]:
        lines = [line for line in self.cleaned_data["peers"].splitlines() if line.strip()]
        return [[part.strip() for part in line.split(",") if part.strip()] for line in lines]

    def change(self) -> Change:
        """Return the change of the draft: the method without its rules and choices, and two settings beside it."""
        before = self.before.get("groups", {})
        method = self.part.values(self, self.before)
        groups = {**self.groups.defaults, **before, **self.groups.values(self, self.groups.defaults)}
        if "groups" in self.before or groups != self.groups.defaults:
            method["groups"] = groups
        values = self.cleaned_data
        return with_method(method, aggregation=values["aggregation"], groupings=values["groupings"])


def _grouping(line: str) -> tuple[str, str]:
    name, _, indicator = (part.strip() for part in line.partition(":"))
    if not (name and indicator):
        raise ValueError(line)
    return name, indicator


class RuleForm(RowForm):
    """Fact that a country needs for a rank."""

    part = SchemaPart.of("method", "rules")
    key_help = RULE_KEY_HELP
    error_fields = {
        "evidence_criterion": "criteria",
        "evidence_least": "least",
        "evidence_within": "within",
        "evidence_lacking": "lacking",
    }

    label = part.field("label", "Evidence required")
    lacking = part.field("lacking", "Sentence for a country that lacks it")
    criteria = part.field("criteria", "Criteria that need a value", choices=())
    least = part.field("least", "How many of them are required", required=True)
    within = part.field("within", "Maximum age, in years", "Empty: of any age.")
    reason = part.field("reason", "Reason", "Why a rank needs this evidence.")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer_criteria(self, "criteria", self.table)


class ChoiceForm(RowForm):
    """A choice of the method with the ways it could be made; the first is the model's own."""

    part = SchemaPart.of("method", "choices")
    options = SchemaPart.of("method", "choices", "options", naming="{}_#")
    error_fields = {**dict.fromkeys(("options", "option"), "label_1"), "first_option": "changes_0"}

    label = part.field("label", "Choice")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        before: Sequence[Mapping[str, Any]] = self.row.get("options", ())
        self.lines = self.options.lines(before or ({},), MORE)
        for number, (part, option) in enumerate(self.lines):
            label = f"Other way {number}" if number else "The model's own way"
            help_text = HELP if number == 1 else "" if number else "Changes nothing."
            self.fields |= part.named(
                key=part.field("key", f"{label}: key", KEY_HELP, required=not number, invalid=KEY_HELP),
                label=part.field("label", f"{label}: description", required=not number),
                changes=text(f"{label}: what it changes", help_text, required=False),
            )
            part.fill(self, {**option, "changes": "\n".join(written_option(option))})

    def clean(self) -> dict[str, Any]:
        super().clean()
        for part, _ in self.lines:
            names = [part.name(name) for name in ("key", "label", "changes")]
            key, label, changes = (self.cleaned_data.get(name) for name in names)
            if (label or changes) and not key and names[0] not in self.errors:
                self.add_error(names[0], "Enter a key.")
            if key and not label and names[1] not in self.errors:
                self.add_error(names[1], "Enter a description.")
            try:
                read_option(changes or "")
            except ValueError as error:
                self.add_error(names[2], f"{HELP} Can't read {error}.")
        return self.cleaned_data

    def by_hand(self) -> dict[str, Any]:
        options = []
        for part, before in self.lines:
            option = part.values(self, {})
            if option["key"]:
                empty = {name: value for name, value in before.items() if not value}
                options.append({**empty, **option, **read_option(self.cleaned_data[part.name("changes")])})
        return {"options": options}
