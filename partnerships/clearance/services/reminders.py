"""Reminders of requests: two workdays before the due day and on it, each on record."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.workdays import workdays_before
from partnerships import clearing
from partnerships.clearance import notifications
from partnerships.lookups.clearance import clearance_of
from partnerships.lookups.locking import lock_partnership, service
from partnerships.models import (
    AmendmentState,
    ClearanceReminder,
    ClearanceRequest,
    ClearanceRole,
    ReminderOccasion,
    Status,
)

WORKDAYS_BEFORE = 2


def remind(*, today: date) -> int:
    """Remind the offices whose answer is due in two workdays, or today. A second run on a day does nothing more.

    Returns the number of reminders. An office without accounts gets none: its reminder means that the office that owns
    the text has to call.
    """
    unsigned = Q(version__amendment=None, version__partnership__signed_on=None) | Q(
        version__amendment__state__in=(AmendmentState.DRAFT, AmendmentState.SUBMITTED, AmendmentState.APPROVED)
    )
    due = ClearanceRequest.objects.filter(
        unsigned, role=ClearanceRole.CLEARS, removed_on__isnull=True, due_on__gte=today
    ).exclude(version__partnership__status=Status.CANCELED)
    sent = 0
    for request in due.select_related("version__partnership", "version__amendment", "agency").order_by("pk"):
        occasion = clearing.reminder_due(
            request.due_on, request.asked_on, today, workdays_before(request.due_on, WORKDAYS_BEFORE)
        )
        if occasion and _is_silent(request, today):
            sent += _remind(request, ReminderOccasion(occasion), today, actor=None)
    return sent


def _is_silent(request: ClearanceRequest, today: date) -> bool:
    clearance = clearance_of(request.version.partnership, request.version.amendment)
    if clearance.newest != request.version:
        return False
    return any(
        office.key == request.agency_id and cell.status in clearing.SILENT for office, cell in clearance.statuses(today)
    )


@service(Permission.EDIT_PARTNERSHIPS)
def remind_by_hand(*, request: ClearanceRequest, today: date, actor: User) -> bool:
    """Remind one office now; False if it was reminded by hand today."""
    return _remind(request, ReminderOccasion.BY_HAND, today, actor=actor)


def _remind(request: ClearanceRequest, occasion: ReminderOccasion, today: date, actor: User | None) -> bool:
    with transaction.atomic():
        lock_partnership(request.version.partnership)
        once = {"request": request, "occasion": occasion, "due_on": request.due_on}
        if occasion == ReminderOccasion.BY_HAND:
            once["reminded_on"] = today
        if ClearanceReminder.objects.filter(**once).exists():
            return False
        accounts = notifications.remind_office(request, occasion=f"{occasion} {today}", actor=actor)
        ClearanceReminder.objects.create(**{**once, "reminded_on": today, "accounts": accounts})
    return True
