"""Scheduled work: starts of partnerships, expiry warnings, and overdue notices.

A second run on the same day changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from cpc.audit.services import record
from partnerships import schedules
from partnerships.lookups.late import DUTIES
from partnerships.models import Notice, NoticeKind, Partnership, Status
from partnerships.status.services import take_step


@dataclass(frozen=True, slots=True)
class DueSummary:
    started: int
    renewed: int
    notices: int


def run_due(*, today: date) -> DueSummary:
    return DueSummary(started=_start_partnerships(today), renewed=_renew_limits(), notices=_raise_notices(today))


def _start_partnerships(today: date) -> int:
    """Start signed partnerships whose first day has come, each in its own transaction.

    A partnership that someone else started meanwhile is skipped. Returns the number of partnerships started.
    """
    ready = Partnership.objects.run_here().filter(status=Status.SIGNED, starts_on__lte=today)
    started = 0
    for pk in ready.order_by("pk").values_list("pk", flat=True):
        # A transaction each: a step that is rejected undoes no other, and no lock is held for the whole run.
        with transaction.atomic():
            waiting = ready.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
            if waiting is not None:
                take_step(partnership=waiting, name="start", actor=None, on=today)
                started += 1
    return started


def _renew_limits() -> int:
    """Derive the limits of running partnerships again, and return the number that changed.

    Limits change on the day a policy takes effect or an exception expires.
    """
    running = Partnership.objects.exclude(status__in=(Status.CLOSED, Status.TERMINATED, Status.CANCELED))
    renewed = 0
    for pk in running.run_here().order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = Partnership.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
            before = {"term_limit_months": row.term_limit_months, "funding_limit": row.funding_limit}
            # Any write makes the trigger derive the limits; the title stays as it is.
            row.save(update_fields=("title",))
            row.refresh_from_db()
            after = {"term_limit_months": row.term_limit_months, "funding_limit": row.funding_limit}
            if after != before:
                record(actor=None, action="renewed the limits", target=row, before=before, after=after)
                renewed += 1
    return renewed


def _raise_notices(today: date) -> int:
    notices = [*_expiries(today), *_overdue(today)]
    known = set(Notice.objects.filter(key__in=[values["key"] for values in notices]).values_list("key", flat=True))
    raised = 0
    for values in notices:
        if values["key"] in known:
            continue
        with transaction.atomic():
            # Runs may overlap: the unique key lets one of them create the notice, and only that one announces it.
            notice, created = Notice.objects.get_or_create(key=values["key"], defaults=values | {"raised_on": today})
            if created:
                record(actor=None, action="announced", target=notice.partnership, after={"notice": notice.text})
                raised += 1
    return raised


def _expiries(today: date) -> Iterator[dict[str, Any]]:
    """Yield the columns of the notices of terms that end soon or are over."""
    running = Partnership.objects.filter(status__in=(Status.SIGNED, Status.ACTIVE, Status.SUSPENDED))
    for partnership in running.run_here().filter(ends_on__isnull=False).order_by("pk"):
        assert partnership.ends_on is not None
        due_on = partnership.ends_on
        shared = {"partnership": partnership, "due_on": due_on}
        for days in schedules.passed_warnings(due_on, today):
            yield shared | {
                "kind": NoticeKind.EXPIRY,
                "key": f"expiry:{partnership.pk}:{due_on}:{days}",
                "text": f"{partnership} ends on {due_on}, within {days} days.",
            }
        if due_on < today:
            yield shared | {
                "kind": NoticeKind.EXPIRED,
                "key": f"expired:{partnership.pk}:{due_on}",
                "text": f"{partnership} ended on {due_on}; record its completion.",
            }


def _overdue(today: date) -> Iterator[dict[str, Any]]:
    """Yield the columns of the notices of late work."""
    for duty in DUTIES:
        if duty.notified is None:
            continue
        late = duty.late(today, of_all=True).annotate(due_day=duty.on)
        for row in late.select_related(duty.partnership, *duty.notified.related).order_by("pk"):
            key = f"{duty.notified.key}:{row.pk}"
            yield {
                "partnership": duty.partnership_of(row),
                "kind": duty.notified.kind,
                "key": key if duty.notified.is_once else f"{key}:{row.due_day}",
                "text": f"{duty.notified.begin(row)} was due on {row.due_day}."[:300],
                "due_on": row.due_day,
            }
