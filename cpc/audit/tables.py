"""Table of the audit trail: its filters and its CSV export."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.apps import apps
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from cpc.audit.models import AuditEntry
from cpc.audit.queries import FieldChange
from cpc.days import DayFormField
from cpc.web import formats
from cpc.web.lists import ListPage, declare
from cpc.web.markup import code, link
from cpc.web.tables import Column, Table

CHANNELS = (
    ("page", "Page"),
    ("api", "REST interface"),
    ("task", "Task"),
    ("command", "Command"),
    ("database", "Database"),
)


class TrailFilter(forms.Form):
    actor = forms.CharField(label="Who", required=False, max_length=120)
    action = forms.ChoiceField(label="Action", required=False)
    object_type = forms.ChoiceField(label="Object type", required=False)
    object = forms.CharField(label="Object name or number", required=False, max_length=200)
    channel = forms.ChoiceField(label="Channel", required=False, choices=(("", "Any channel"), *CHANNELS))
    request = forms.CharField(label="Request number", required=False, max_length=64)
    since = DayFormField(label="From", required=False)
    until = DayFormField(label="To", required=False)

    def __init__(self, data: QueryDict, *, actions: Iterable[str], object_types: Iterable[str]) -> None:
        super().__init__(data, auto_id="f-%s")
        offered = {
            "action": [("", "Anything"), *((action, action) for action in actions)],
            "object_type": [("", "Anything"), *((label, kind(label)) for label in object_types)],
        }
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        for field in self.fields.values():
            field.widget.attrs["class"] = "usa-select" if isinstance(field, forms.ChoiceField) else "usa-input"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", "The last date is before the first one.")
        return cleaned

    def narrow(self, entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Return the entries that match the filters.

        Call this on a valid form; days are UTC, the last one included.
        """
        asked = self.cleaned_data
        if asked["actor"]:
            entries = entries.filter(Q(actor_name__icontains=asked["actor"]) | Q(actor_id=asked["actor"]))
        if asked["object"]:
            entries = entries.filter(Q(object_label__icontains=asked["object"]) | Q(object_id=asked["object"]))
        for name, lookup in (
            ("action", "action"),
            ("object_type", "object_type"),
            ("channel", "channel"),
            ("request", "request_id"),
        ):
            if asked[name]:
                entries = entries.filter(**{lookup: asked[name]})
        if asked["since"]:
            entries = entries.filter(at__gte=dt.datetime.combine(asked["since"], dt.time.min, tzinfo=dt.UTC))
        if asked["until"]:
            entries = entries.filter(at__lte=dt.datetime.combine(asked["until"], dt.time.max, tzinfo=dt.UTC))
        return entries


def kind(label: str) -> str:
    """Return the display name of an entry's model; its label if the model no longer exists."""
    try:
        return str(apps.get_model(label)._meta.verbose_name).capitalize()
    except LookupError:
        return label
    except ValueError:  # a request, which is no row of a table
        return label.capitalize()


def _json(values: Any) -> str:
    return "" if values is None else json.dumps(values, ensure_ascii=False, sort_keys=True)


TRAIL_LIST = declare(
    ListPage(
        "audit", "Audit trail", "entry", "entries", "audit",
        filters=("actor", "action", "object_type", "object", "channel", "request", "since", "until"),
    )
)  # fmt: skip

FILE: tuple[Column[AuditEntry], ...] = (
    Column("Number", lambda e: e.pk, "number", name="entry"),
    Column("Time (UTC)", lambda e: e.at, "moment", name="when"),
    Column("Actor id", lambda e: e.actor_id),
    Column("Actor", lambda e: e.actor_name, name="who"),
    Column("Action", lambda e: e.action),
    Column("Object type", lambda e: e.object_type),
    Column("Object id", lambda e: e.object_id),
    Column("Object", lambda e: e.object_label),
    Column("Before", lambda e: _json(e.before)),
    Column("After", lambda e: _json(e.after)),
    Column("Channel", lambda e: e.channel),
    Column("Request", lambda e: e.request_id),
    Column("Address", lambda e: e.address),
    Column("Session", lambda e: e.session),
    Column("Signed in", lambda e: e.account),
)

TRAIL: Table[AuditEntry] = Table(
    "Entries",
    [
        Column("Entry", lambda e: link(reverse("audit-entry", args=[e.pk]), str(e.pk))),
        Column("When", lambda e: e.at, "moment", css="u-nowrap"),
        Column("Who", lambda e: e.actor_name),
        Column("Action", lambda e: e.action),
        Column("Object", lambda e: e.object_label, css="u-break"),
        Column("Channel", lambda e: e.channel),
    ],
    caption="Entries of the audit trail, newest first",
    css="usa-table--hover",
    file=FILE,
    per_page=25,
)
CHANGES: Table[FieldChange] = Table(
    "Before and after",
    [
        Column("Field", lambda change: code(change.field)),
        Column("Before", lambda change: formats.plain(change.before)),
        Column("After", lambda change: formats.plain(change.after)),
    ],
    caption="Fields before and after",
)
