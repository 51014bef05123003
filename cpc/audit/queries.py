"""Queries of the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Model, Q, QuerySet

from cpc.accounts.models import User
from cpc.audit.models import AuditEntry, AuditSeal
from cpc.registry import Registry


@dataclass(frozen=True, slots=True)
class HiddenEntries:
    """Entries about records whose existence an account may not know, as a condition for that account."""

    key: str
    condition: Callable[[User], Q]


hidden_entries: Registry[HiddenEntries] = Registry(key=lambda hidden: hidden.key)


def entries_for(user: User) -> QuerySet[AuditEntry]:
    """Return the entries that an account with access to the trail may read."""
    rows = AuditEntry.objects.all()
    for hidden in hidden_entries:
        rows = rows.exclude(hidden.condition(user))
    return rows


class FieldChange(NamedTuple):
    """A field of an entry, before and after; None if it had no recorded value."""

    field: str
    before: Any
    after: Any


def changes(entry: AuditEntry) -> list[FieldChange]:
    before, after = entry.before or {}, entry.after or {}
    return [FieldChange(field, before.get(field), after.get(field)) for field in dict.fromkeys((*before, *after))]


def entries_of(target: Model) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(object_type=target._meta.label_lower, object_id=str(target.pk))


def changes_of(target: Model, fields: Iterable[str]) -> QuerySet[AuditEntry]:
    return entries_of(target).filter(after__has_any_keys=list(fields))


def newest_change(target: Model, fields: Iterable[str]) -> int:
    """Return the number of the newest entry for these fields, used to detect edit conflicts; 0 if there is none."""
    return changes_of(target, fields).values_list("pk", flat=True).first() or 0


def changes_since(
    target: Model, fields: Iterable[str], entry_number: int
) -> list[tuple[AuditEntry, list[FieldChange]]]:
    """Return the changes of these fields after the entry with this number, oldest first, each before and after."""
    return [(entry, changes(entry)) for entry in changes_of(target, fields).filter(pk__gt=entry_number).order_by("pk")]


def seal_of(entry: AuditEntry) -> int | None:
    """Return the number of the seal that covers an entry, None while it waits for one."""
    later = AuditSeal.objects.filter(at__gte=entry.at, entries__contains=[entry.pk])
    return later.order_by("at").values_list("number", flat=True).first()  # nearly always the next one


def recorded(field: str) -> list[str]:
    """Return the distinct values of a field of the trail, as choices of a filter."""
    return list(AuditEntry.objects.order_by(field).values_list(field, flat=True).distinct())
