"""A record on a past day as text, and the changes since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models

from cpc.web import formats
from cpc.web.tables import Column, Table
from partnerships.amendments.presenters import describe_value, field_label
from partnerships.models import (
    Activity,
    AmendmentChange,
    ClearanceRequest,
    ExceptionKind,
    LimitException,
    LimitExceptionGrant,
    LimitExceptionRefusal,
    Milestone,
    OutcomeIndicator,
    Partnership,
    Program,
    ProgramAmount,
    Target,
    TextFile,
)

Tables = Mapping[str, Sequence[Mapping[str, Any]]]

HIDDEN = {"id", "partnership_id", "country_id", "limit_policy_id", "version"}
ORDER = {"partnership": 0, "participant": 1, "objective": 2, "responsibility": 3, "program": 4, "programamount": 5}
PEOPLE = "accounts.user"


@dataclass(frozen=True, slots=True)
class PastRow:
    """One row of a past record: its name, and its filled columns as text.

    `ended` is the reason why the row no longer counted: it was withdrawn, or a later row replaced it.
    """

    name: str
    pairs: list[tuple[str, str]]
    ended: str = ""


@dataclass(frozen=True, slots=True)
class PastTable:
    """One kind of rows. Rows without a name of their own, one much like the other, are `folded` together."""

    label: str
    rows: list[PastRow]
    folded: bool = False

    @property
    def count(self) -> str:
        over = sum(bool(row.ended) for row in self.rows)
        counted = formats.number(len(self.rows) - over)
        return f"{counted}, and {formats.number(over)} that no longer counted" if over else counted


@dataclass(frozen=True, slots=True)
class RecordChange:
    row: str
    field: str
    was: str
    now: str


CHANGES: Table[RecordChange] = Table(
    "Changed since",
    [
        Column("Item", lambda row: row.row, detail=lambda row: row.field),
        Column("Then", lambda row: row.was, css="is-wide"),
        Column("Now", lambda row: row.now, css="is-wide"),
    ],
    caption="Values then and now",
    css="c-diff",
)


def past_tables(tables: Tables) -> list[PastTable]:
    """Return each kind of rows as text, the partnership itself first."""
    named, ended = _names(tables), _end_reasons(tables)
    past = []
    for table in sorted(tables, key=_order):
        model = _model(table)
        if model is None:
            continue
        rows = [
            PastRow(
                _name(model, state),
                _decision(model, state, tables) + _pairs(model, state, named),
                ended.get((table, state["id"]), ""),
            )
            for state in tables[table]
        ]
        label = "The record" if model is Partnership else str(model._meta.verbose_name_plural).capitalize()
        past.append(PastTable(label, rows, folded=len(rows) > 1 and model in NAMELESS))
    return past


NAMELESS = (ClearanceRequest, TextFile)


def _decision(model: type[models.Model], state: Mapping[str, Any], tables: Tables) -> list[tuple[str, str]]:
    """Return the state of a limit exception, which the rows of other tables hold."""
    if model is not LimitException or state.get("kind") == ExceptionKind.DOCUMENTED_PRACTICE:
        return []
    for decision, label in ((LimitExceptionGrant, "Granted"), (LimitExceptionRefusal, "Refused")):
        if any(row["exception_id"] == state["id"] for row in tables.get(decision._meta.db_table, ())):
            return [("State", label)]
    return [("State", "Requested")]


NEWEST_COUNTS = {
    ProgramAmount._meta.db_table: ("program_id", "government"),
    Target._meta.db_table: ("indicator_id", "fiscal_year"),
}
"""Tables whose newest row counts, with the columns that say what a row is about."""

OF_WITHDRAWN: Sequence[tuple[type[models.Model], str, type[models.Model]]] = (
    (ProgramAmount, "program_id", Program),
    (Target, "indicator_id", OutcomeIndicator),
    (Milestone, "activity_id", Activity),
)
"""Tables whose rows are withdrawn with the row that they belong to, and the column that names it."""


def _end_reasons(tables: Tables) -> dict[tuple[str, int], str]:
    reasons: dict[tuple[str, int], str] = {}
    for table, states in tables.items():
        newest = {tuple(state[name] for name in NEWEST_COUNTS.get(table, ("id",))): state["id"] for state in states}
        replaced = {state["replaces_id"] for state in states if state.get("replaces_id")}
        for state in states:
            if state.get("withdrawn"):
                reasons[table, state["id"]] = "withdrawn"
            elif state["id"] in replaced or state["id"] not in newest.values():
                reasons[table, state["id"]] = "replaced"
    for model, column, owner in OF_WITHDRAWN:
        for state in tables.get(model._meta.db_table, ()):
            if reasons.get((owner._meta.db_table, state[column])) == "withdrawn":
                reasons.setdefault(
                    (model._meta.db_table, state["id"]), f"withdrawn with its {owner._meta.verbose_name}"
                )
    return reasons


def changed_since(then: Tables, now: Tables) -> list[RecordChange]:
    """Return the differences between two states of a record, row by row.

    A row that was added or deleted is one difference.
    """
    named = _names(then) | _names(now)
    changes = []
    for table in sorted({*then, *now}, key=_order):
        model = _model(table)
        if model is None:
            continue
        before = {state["id"]: state for state in then.get(table, ())}
        after = {state["id"]: state for state in now.get(table, ())}
        for key in dict.fromkeys((*before, *after)):
            changes += _row_changes(model, before.get(key), after.get(key), named)
    return changes


def _row_changes(
    model: type[models.Model],
    was: Mapping[str, Any] | None,
    now: Mapping[str, Any] | None,
    named: Mapping[tuple[str, int], str],
) -> list[RecordChange]:
    if was is None or now is None:
        states = ("Recorded", "Removed") if now is None else ("Not recorded", "Added")
        return [RecordChange(_name_with_kind(model, was or now or {}), "", *states)]
    changes = []
    for field in _columns(model):
        old, new = was.get(field.attname), now.get(field.attname)
        if old != new:
            changes.append(
                RecordChange(
                    _name_with_kind(model, now),
                    field_label(field),
                    describe_value(field, old, named),
                    describe_value(field, new, named),
                )
            )
    return changes


def _name_with_kind(model: type[models.Model], state: Mapping[str, Any]) -> str:
    """Return the kind of a row with its name; a row without a name of its own is named by its kind already."""
    kind, name = str(model._meta.verbose_name).capitalize(), _name(model, state)
    return name if name == kind or name.startswith(f"{kind}: ") else f"{kind}: {name}"


def _columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    fields = [f for f in model._meta.concrete_fields if f.attname not in HIDDEN]
    return [f for f in fields if not (f.remote_field and f.remote_field.model._meta.label_lower == PEOPLE)]


def _pairs(
    model: type[models.Model], state: Mapping[str, Any], named: Mapping[tuple[str, int], str]
) -> list[tuple[str, str]]:
    return [
        (field_label(field), describe_value(field, state[field.attname], named))
        for field in _columns(model)
        if _is_filled(state.get(field.attname))
        and not isinstance(field, models.DateTimeField)
        # An exception to be granted has this kind from the first, whatever became of it: `_decision` has it.
        and not (model is LimitException and state.get(field.attname) == ExceptionKind.GRANTED)
    ]


def _is_filled(value: Any) -> bool:
    # An amount of zero is a value; it equals False.
    return value is not False and value not in (None, "", [])


def _name(model: type[models.Model], state: Mapping[str, Any]) -> str:
    for column in ("title", "name", "text", "body", "institution"):
        if state.get(column):
            return str(state[column])[:80]
    if state.get("starts_on") and state.get("ends_on"):
        first, last = (formats.day(date.fromisoformat(state[end])) for end in ("starts_on", "ends_on"))
        return f"{first} to {last}"
    one = str(model._meta.verbose_name).capitalize()
    amount = f", {formats.dollars(Decimal(str(state['amount'])))}" if state.get("amount") is not None else ""
    for column in ("number", "kind", "government", "fiscal_year"):
        if state.get(column):
            labels = dict(next(f for f in model._meta.concrete_fields if f.attname == column).flatchoices)
            return f"{one}: {labels.get(state[column], state[column])}{amount}"
    return str(model._meta.verbose_name).capitalize()


def _names(tables: Tables) -> dict[tuple[str, int], str]:
    names: dict[tuple[str, int], str] = {}
    for table, states in tables.items():
        model = _model(table)
        if model is not None:
            names |= {(table, state["id"]): _name(model, state) for state in states}
    return names


def _model(table: str) -> type[models.Model] | None:
    """Return the model of a table that the page shows: changes that amendments propose have a page of their own."""
    known = {model._meta.db_table: model for model in apps.get_app_config("partnerships").get_models()}
    known.pop(AmendmentChange._meta.db_table)
    return known.get(table)


def _order(table: str) -> tuple[int, str]:
    name = table.removeprefix("partnerships_")
    return ORDER.get(name, len(ORDER)), name


def changes_sentence(changes: Sequence[RecordChange]) -> str:
    if not changes:
        return "Nothing has changed since."
    return f"{formats.spell_out(len(changes))} {formats.agree(len(changes), 'change', 'changes')} since."
