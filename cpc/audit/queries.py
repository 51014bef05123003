"""Reading the audit trail."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import Model, QuerySet

from cpc.audit.models import AuditEntry


class Change(NamedTuple):
    """One field of an entry, before and after. None where it was not there."""

    field: str
    before: Any
    after: Any


def changes(entry: AuditEntry) -> list[Change]:
    """What an entry says of each field, in the order in which the fields were recorded."""
    before, after = entry.before or {}, entry.after or {}
    return [Change(field, before.get(field), after.get(field)) for field in dict.fromkeys((*before, *after))]


def entries_of(target: Model) -> QuerySet[AuditEntry]:
    """The history of one object, newest first."""
    return AuditEntry.objects.filter(object_type=target._meta.label_lower, object_id=str(target.pk))


def changes_of(target: Model) -> QuerySet[AuditEntry]:
    """The entries that say what of an object changed, newest first; signing in, for one, changes nothing."""
    return entries_of(target).filter(after__isnull=False)


def newest_change(target: Model) -> int:
    """The number of the newest of them, by which an edit notices that somebody was quicker; 0 where there is none."""
    return changes_of(target).values_list("pk", flat=True).first() or 0


def changes_since(target: Model, seen: int) -> list[tuple[AuditEntry, list[Change]]]:
    """What changed of an object after the entry `seen`, oldest first, with each field before and after."""
    return [(entry, changes(entry)) for entry in changes_of(target).filter(pk__gt=seen).order_by("pk")]


def recorded(field: str) -> list[str]:
    """The different values that a field of the trail has, for a list to choose from."""
    return list(AuditEntry.objects.order_by(field).values_list(field, flat=True).distinct())
