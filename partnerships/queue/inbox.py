"""Decisions on partnerships in the inbox: by partnership and by who decided, with the reason of a return."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.text import Truncator

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.models import AuditEntry
from cpc.notifications import lines
from cpc.notifications.lines import Detail, DetailSource
from partnerships.lookups.decided import RETURNED, about
from partnerships.models import (
    Amendment,
    LimitExceptionGrant,
    LimitExceptionRefusal,
    OriginConfirmation,
    PeriodStep,
    PlanStep,
    StatusChange,
)

LONGEST = 160
"""Characters of a reason in a line; the page that it links has all of it."""


def register() -> None:
    _of(PlanStep, "actor", ("plan__partnership__country",), lambda row: row.plan)
    _of(PeriodStep, "actor", ("period__partnership__country",), lambda row: row.period)
    _of(StatusChange, "actor", ("partnership__country",), lambda row: row.partnership)
    _of(OriginConfirmation, "confirmed_by", ("partnership__country",), lambda row: row.partnership)
    _of(LimitExceptionGrant, "granted_by", ("exception__partnership__country",), lambda row: row.exception)
    _of(LimitExceptionRefusal, "refused_by", ("exception__partnership__country",), lambda row: row.exception)
    lines.register(DetailSource("partnerships.amendment", _amendments, frozenset({RETURNED})))


def _of(model: type[Model], who: str, related: Sequence[str], record: Callable[[Any], Any]) -> None:
    details = partial(_rows, model._default_manager.select_related(who, *related), who, record)
    lines.register(DetailSource(model._meta.label_lower, details, frozenset({RETURNED})))


def _rows(
    rows: QuerySet[Any], who: str, record: Callable[[Any], Any], keys: Sequence[str], user: User
) -> Mapping[str, Detail]:
    if not user.allows(Permission.VIEW_PARTNERSHIPS):
        return {}
    found = rows.filter(pk__in=list(keys))
    return {
        str(row.pk): _detail(record(row), str(getattr(row, who) or ""), getattr(row, "reason", "")) for row in found
    }


def _amendments(keys: Sequence[str], user: User) -> Mapping[str, Detail]:
    """Return who decided last on each amendment, with the reason of its last return."""
    if not user.allows(Permission.VIEW_PARTNERSHIPS):
        return {}
    decided = AuditEntry.objects.filter(
        object_type="partnerships.amendment", object_id__in=list(keys), action__in=("returned", "approved", "rejected")
    )
    who, reasons = {}, {}
    for entry in decided.order_by("pk"):
        who[entry.object_id] = entry.actor_name
        if entry.action == "returned":
            reasons[entry.object_id] = str((entry.after or {}).get("decision_note", ""))
    rows = Amendment.objects.filter(pk__in=list(keys)).select_related("partnership__country")
    return {str(row.pk): _detail(row, who.get(str(row.pk), ""), reasons.get(str(row.pk), "")) for row in rows}


def _detail(record: Any, who: str, reason: str) -> Detail:
    what, partnership, _ = about(record)
    title, url = str(partnership), reverse("partnership", args=[partnership.pk])
    return Detail(
        title, url, who, before="Returned", subject=what[0].lower() + what[1:], reason=Truncator(reason).chars(LONGEST)
    )
