"""Badges, labels, and the table of changes for the pages of amendments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.html import format_html

from cpc.web import formats
from cpc.web.badges import Badge
from cpc.web.markup import link
from cpc.web.tables import Column, Table
from partnerships.amendable import ADDED_WITH, AMENDABLE
from partnerships.amendments.queries import model_named, rows_named
from partnerships.models import Amendment, AmendmentChange, AmendmentState, ChangeAction, Government, ProgramAmount
from partnerships.models.partnership import is_dollars

NOTHING = "Nothing"
KINDS = {
    "partnership": "Dates and description",
    "participant": "Participants",
    "objective": "Objectives",
    "responsibility": "Responsibilities",
    "program": "Programs",
    "activity": "Activities",
    "milestone": "Milestones",
    "mechanism": "Mechanisms",
    "dataplan": "Child protection data plans",
    "sustainabilitystrategy": "Sustainability strategies",
}
SINGULAR = {
    "participant": "participant",
    "objective": "objective",
    "responsibility": "responsibility",
    "program": "program",
    "activity": "activity",
    "milestone": "milestone",
    "mechanism": "mechanism",
    "dataplan": "child protection data plan",
    "sustainabilitystrategy": "sustainability strategy",
}
LABELS = {
    "starts_on": "First day of the term",
    "ends_on": "Last day of the term",
    "due_on": "Due date",
    "outcome": "Intended outcome",
    "withdrawn": "Withdrawn from the terms",
    "overlap_reason": "Reason for overlapping another partnership",
    "program": "Program",
}
STATES = {
    AmendmentState.DRAFT: "info",
    AmendmentState.SUBMITTED: "warn",
    AmendmentState.APPROVED: "info",
    AmendmentState.APPLIED: "good",
    AmendmentState.REJECTED: "none",
    AmendmentState.WITHDRAWN: "none",
}


@dataclass(frozen=True, slots=True)
class Difference:
    change: AmendmentChange
    what: str
    field: str
    old: str
    new: str


def amendment_badge(amendment: Amendment) -> Badge:
    label = amendment.get_state_display()
    if amendment.state == AmendmentState.DRAFT and amendment.decision_note:
        return Badge("warn", "Returned for changes")
    return Badge(STATES[AmendmentState(amendment.state)], label)


def differences(changes: Sequence[AmendmentChange]) -> list[Difference]:
    named = rows_named(list(changes))
    models_of = {model_named(name)._meta.db_table: name for name in AMENDABLE}
    rows = []
    for change in changes:
        if change.row_table == ProgramAmount._meta.db_table:
            rows.append(_amount_row(change, named))
        elif change.action == ChangeAction.ADD:
            rows.append(_addition_row(change, models_of[change.row_table], named))
        else:
            rows.append(_change_row(change, models_of[change.row_table], named))
    return rows


def _amount_row(change: AmendmentChange, named: Mapping[tuple[str, int], str]) -> Difference:
    key = change.new["program_id"], change.new["government"]
    what = named.get((model_named("program")._meta.db_table, key[0]), "A program")
    return Difference(
        change,
        what,
        f"Amount, {Government(key[1]).label}",
        formats.dollars(Decimal(change.old)) if change.old is not None else NOTHING,
        formats.dollars(Decimal(change.new["amount"])),
    )


def _addition_row(change: AmendmentChange, name: str, named: Mapping[tuple[str, int], str]) -> Difference:
    model = model_named(name)
    parts = []
    for field_name in ADDED_WITH[name]:
        field = model._meta.get_field(field_name)
        assert isinstance(field, models.Field)
        value = change.new.get(field.attname)
        if value not in (None, "", []):
            parts.append(f"{field_label(field)}: {describe_value(field, value, named)}")
    return Difference(change, f"New {SINGULAR[name]}", "", NOTHING, "; ".join(parts))


def _change_row(change: AmendmentChange, name: str, named: Mapping[tuple[str, int], str]) -> Difference:
    model = model_named(name)
    field = next(f for f in model._meta.concrete_fields if f.attname == change.column)
    own = "The partnership" if name == "partnership" else named.get((change.row_table, change.row_id or 0), "")
    old, new = (describe_value(field, value, named) for value in (change.old, change.new))
    return Difference(change, own, field_label(field), old, new)


def field_label(field: models.Field[Any, Any]) -> str:
    label = LABELS.get(field.name, str(field.verbose_name))
    return f"{label[:1].upper()}{label[1:]}"


def describe_value(field: models.Field[Any, Any], value: Any, named: Mapping[tuple[str, int], str]) -> str:
    """Return a value of a column as text for a reader; a day may be its stored text."""
    if value in (None, "", []):
        return NOTHING
    if isinstance(field, ArrayField):
        labels = dict(field.base_field.flatchoices)
        return ", ".join(str(labels.get(one, one)) for one in value)
    if isinstance(field, models.ForeignKey):
        return named.get((field.related_model._meta.db_table, value), f"number {value}")
    if isinstance(field, models.BooleanField):
        return "Yes" if value else "No"
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        return formats.day(value if isinstance(value, date) else date.fromisoformat(value))
    if isinstance(field, models.DecimalField):
        amount = Decimal(str(value))
        return formats.dollars(amount) if is_dollars(field) else formats.number(amount.normalize(), None)
    if isinstance(field, models.IntegerField) and not field.flatchoices and not field.name.endswith("year"):
        return formats.number(value)
    return str(dict(field.flatchoices).get(value, value))


AMENDMENTS: Table[Amendment] = Table(
    "Amendments",
    [
        Column(
            "Amendment",
            lambda row: link(reverse("partnership-amendment", args=[row.partnership_id, row.number]), row),
        ),
        Column("Kind", lambda row: row.get_kind_display()),
        Column("Changes", lambda row: len(row.changes.all()), "number"),
        Column("Requested", lambda row: str(row.requested_by), detail=lambda row: formats.day(row.requested_at)),
        Column(
            "Decided",
            lambda row: str(row.decided_by or ""),
            detail=lambda row: formats.day(row.decided_at) if row.decided_by else "",
        ),
        Column("State", amendment_badge, "badge"),
    ],
    caption="Amendments, newest first",
)


def changes_table(amendment: Amendment, *, is_draft: bool) -> Table[Difference]:
    columns: list[Column[Difference]] = [
        Column("Item", lambda row: row.what, detail=lambda row: row.field),
        Column("From", lambda row: format_html("<del>{}</del>", row.old), css="is-wide"),
        Column("To", lambda row: format_html("<ins>{}</ins>", row.new), css="is-wide"),
    ]
    if is_draft:
        drop = "partnership-amendment-drop"
        key = (amendment.partnership_id, amendment.number)
        columns.append(
            Column(
                "Remove",
                lambda row: link(reverse(drop, args=[*key, row.change.pk]), "Remove", f": {row.what} {row.field}"),
                hidden_label=True,
            )
        )
    return Table("Changes", columns, caption="Old and new values", css="c-diff")
