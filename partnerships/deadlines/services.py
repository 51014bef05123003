"""Scheduled work: starts of partnerships, expiry warnings, and overdue notices.

A second run on the same day changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from cpc.audit.services import record
from partnerships import schedules
from partnerships.lookups import duties
from partnerships.models import Notice, NoticeKind, Partnership, RecordKind, Status
from partnerships.status.services import take_step


@dataclass(frozen=True, slots=True)
class DueSummary:
    started: int
    renewed: int
    notices: int


def run_due(*, today: date) -> DueSummary:
    """Do the work that is due by `today`: start partnerships, renew limits, raise notices once."""
    return DueSummary(started=_start_partnerships(today), renewed=_renew_limits(), notices=_raise_notices(today))


def _start_partnerships(today: date) -> int:
    """Start signed partnerships whose first day has come, each in its own transaction.

    A partnership that someone else started meanwhile is skipped. Returns the number of partnerships started.
    """
    ready = Partnership.objects.filter(kind=RecordKind.MANAGED, status=Status.SIGNED, starts_on__lte=today)
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
    for pk in running.filter(kind=RecordKind.MANAGED).order_by("pk").values_list("pk", flat=True):
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
    known = set(Notice.objects.filter(key__in=[notice.key for notice in notices]).values_list("key", flat=True))
    raised = 0
    for notice in notices:
        if notice.key in known:
            continue
        with transaction.atomic():
            # Two runs may overlap: the unique key lets one of them insert the notice.
            made = Notice.objects.bulk_create([notice], ignore_conflicts=True)
            if Notice.objects.filter(key=notice.key).exists() and made:
                record(actor=None, action="announced", target=notice.partnership, after={"notice": notice.text})
                raised += 1
    return raised


def _expiries(today: date) -> Iterator[Notice]:
    running = Partnership.objects.filter(status__in=(Status.SIGNED, Status.ACTIVE, Status.SUSPENDED))
    for partnership in running.filter(kind=RecordKind.MANAGED, ends_on__isnull=False).order_by("pk"):
        assert partnership.ends_on is not None
        due_on = partnership.ends_on
        for days in schedules.passed_warnings(due_on, today):
            yield Notice(
                partnership=partnership,
                kind=NoticeKind.EXPIRY,
                key=f"expiry:{partnership.pk}:{due_on}:{days}",
                text=f"{partnership} ends on {due_on}, within {days} days.",
                due_on=due_on,
                raised_on=today,
            )
        if due_on < today:
            yield Notice(
                partnership=partnership,
                kind=NoticeKind.EXPIRED,
                key=f"expired:{partnership.pk}:{due_on}",
                text=f"{partnership} ended on {due_on}; record its completion.",
                due_on=due_on,
                raised_on=today,
            )


@dataclass(frozen=True, slots=True)
class _Announced:
    """Rows of one kind that are announced once their day has passed.

    `partnership` leads from a row to its partnership. A row with another `day` is announced again, unless `is_final`.
    """

    kind: NoticeKind
    name: str
    open_rows: Callable[[], QuerySet[Any]]
    day: str
    partnership: str
    related: tuple[str, ...]
    text: Callable[[Any], str]
    is_final: bool = False


ANNOUNCED = (
    _Announced(
        NoticeKind.REPORT_OVERDUE, "report", duties.reports_open, "due_on", "award__partnership", (),
        lambda row: f"{row.award.recipient}: {row} was due on {row.due_on}.", is_final=True,
    ),
    _Announced(
        NoticeKind.RESPONSIBILITY_OVERDUE, "responsibility", duties.responsibilities_open, "due_on", "partnership",
        ("participant",), lambda row: f"{row.participant}: {row} was due on {row.due_on}.",
    ),
    _Announced(
        NoticeKind.PERIOD_OVERDUE, "period", duties.periods_open, "due_on", "partnership", (),
        lambda row: f"The report on {row} was due on {row.due_on}.",
    ),
    _Announced(
        NoticeKind.ACTION_OVERDUE, "action", duties.actions_open, "due_on", "dialogue__partnership", ("owner",),
        lambda row: f"{row.owner}: {row} was due on {row.due_on}.",
    ),
    _Announced(
        NoticeKind.REVIEW_OVERDUE, "measure", duties.measures_open, "review_on", "partnership", ("owner",),
        lambda row: f"{row.owner}: the review of the measure “{row}” was due on {row.review_on}.",
    ),
    _Announced(
        NoticeKind.REVIEW_OVERDUE, "risk", duties.risks_open, "review_on", "partnership", ("owner",),
        lambda row: f"{row.owner}: the review of the risk “{row}” was due on {row.review_on}.",
    ),
)  # fmt: skip


def _overdue(today: date) -> Iterator[Notice]:
    for rule in ANNOUNCED:
        partnership_of = attrgetter(rule.partnership.replace("__", "."))
        late = rule.open_rows().filter(**{f"{rule.day}__lt": today})
        for row in late.select_related(rule.partnership, *rule.related).order_by("pk"):
            due_on: date = getattr(row, rule.day)
            yield Notice(
                partnership=partnership_of(row),
                kind=rule.kind,
                key=f"{rule.name}:{row.pk}" if rule.is_final else f"{rule.name}:{row.pk}:{due_on}",
                text=rule.text(row)[:300],
                due_on=due_on,
                raised_on=today,
            )
