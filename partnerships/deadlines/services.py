"""Scheduled work: starts of partnerships, expiry warnings, and overdue notices.

A second run on the same day changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from cpc.audit.services import record
from partnerships import schedules
from partnerships.lookups import duties
from partnerships.models import Notice, NoticeKind, Partnership, RecordKind, Risk, Status, SustainabilityMeasure
from partnerships.status.services import take_step


@dataclass(frozen=True, slots=True)
class DueSummary:
    started: int
    renewed: int
    notices: int


def run_due(*, today: date) -> DueSummary:
    """Do the work that is due by `today`: start partnerships, renew limits, raise notices once."""
    return DueSummary(started=_start(today), renewed=_renew_limits(), notices=_raise_notices(today))


def _start(today: date) -> int:
    """Start signed partnerships whose first day has come, each in its own transaction.

    A partnership that someone else started meanwhile is skipped. Returns the number of partnerships started.
    """
    ready = Partnership.objects.filter(kind=RecordKind.MANAGED, status=Status.SIGNED, starts_on__lte=today)
    started = 0
    for pk in ready.order_by("pk").values_list("pk", flat=True):
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
            row.save(update_fields=("title",))
            row.refresh_from_db()
            after = {"term_limit_months": row.term_limit_months, "funding_limit": row.funding_limit}
            if after != before:
                record(actor=None, action="renewed the limits", target=row, before=before, after=after)
                renewed += 1
    return renewed


def _raise_notices(today: date) -> int:
    notices = [
        *_expiries(today),
        *_reports(today),
        *_responsibilities(today),
        *_periods(today),
        *_actions(today),
        *_reviews(today),
    ]
    known = set(Notice.objects.filter(key__in=[notice.key for notice in notices]).values_list("key", flat=True))
    raised = 0
    for notice in notices:
        if notice.key in known:
            continue
        with transaction.atomic():
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


def _reports(today: date) -> Iterator[Notice]:
    late = duties.reports_open().filter(due_on__lt=today).select_related("award__partnership")
    for report in late.order_by("pk"):
        yield Notice(
            partnership=report.award.partnership,
            kind=NoticeKind.REPORT_OVERDUE,
            key=f"report:{report.pk}",
            text=f"{report.award.recipient}: {report} was due on {report.due_on}."[:300],
            due_on=report.due_on,
            raised_on=today,
        )


def _responsibilities(today: date) -> Iterator[Notice]:
    late = duties.responsibilities_open().filter(due_on__lt=today)
    for row in late.select_related("partnership", "participant").order_by("pk"):
        assert row.due_on is not None
        yield Notice(
            partnership=row.partnership,
            kind=NoticeKind.RESPONSIBILITY_OVERDUE,
            key=f"responsibility:{row.pk}:{row.due_on}",
            text=f"{row.participant}: {row} was due on {row.due_on}."[:300],
            due_on=row.due_on,
            raised_on=today,
        )


def _periods(today: date) -> Iterator[Notice]:
    late = duties.periods_open().filter(due_on__lt=today)
    for row in late.select_related("partnership").order_by("pk"):
        yield Notice(
            partnership=row.partnership,
            kind=NoticeKind.PERIOD_OVERDUE,
            key=f"period:{row.pk}:{row.due_on}",
            text=f"The report on {row} was due on {row.due_on}.",
            due_on=row.due_on,
            raised_on=today,
        )


def _actions(today: date) -> Iterator[Notice]:
    late = duties.actions_open().filter(due_on__lt=today)
    for row in late.select_related("dialogue__partnership", "owner").order_by("pk"):
        yield Notice(
            partnership=row.dialogue.partnership,
            kind=NoticeKind.ACTION_OVERDUE,
            key=f"action:{row.pk}:{row.due_on}",
            text=f"{row.owner}: {row} was due on {row.due_on}."[:300],
            due_on=row.due_on,
            raised_on=today,
        )


def _reviews(today: date) -> Iterator[Notice]:
    """Yield notices of measures and risks with an overdue review.

    A new day of review gets a new notice.
    """
    late: tuple[tuple[str, str, QuerySet[SustainabilityMeasure] | QuerySet[Risk]], ...] = (
        ("measure", "the measure", duties.measures_open()),
        ("risk", "the risk", duties.risks_open()),
    )
    for name, noun, rows in late:
        for row in rows.filter(review_on__lt=today).select_related("partnership", "owner").order_by("pk"):
            yield Notice(
                partnership=row.partnership,
                kind=NoticeKind.REVIEW_OVERDUE,
                key=f"{name}:{row.pk}:{row.review_on}",
                text=f"{row.owner}: the review of {noun} “{row}” was due on {row.review_on}."[:300],
                due_on=row.review_on,
                raised_on=today,
            )
