"""Messages to the accounts of an office that is asked to clear a text, or reminded of its answer."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from cpc.accounts.models import Agency, User
from cpc.notifications.kinds import Kind, register
from cpc.notifications.services import mark_done, notify
from cpc.web import formats
from partnerships.models import ClearanceRequest, TextVersion

ASKED = "clearance.asked"
REMINDER = "clearance.reminder"

_EXAMPLE = {
    "agency": "Department of Labor",
    "country": "Ghana",
    "what": "the instrument, version 2",
    "due": "Dec 4, 2026",
}


def register_kinds() -> None:
    register(
        Kind(
            key=ASKED,
            label="Requests to clear a text",
            subject="{agency} is asked to clear {what} with {country}",
            text="Send your answer to the TIP Office by {due}.",
            example=_EXAMPLE,
        )
    )
    register(
        Kind(
            key=REMINDER,
            label="Reminders of a text to clear",
            subject="{agency} has not answered on {what} with {country}",
            text="Your answer is due on {due}. Without it, the text can't be signed unless an approver agrees.",
            example=_EXAMPLE,
        )
    )


def notify_of_request(request: ClearanceRequest, *, actor: User | None) -> int:
    return _notify(ASKED, request, dedupe=f"clearance {request.pk}", actor=actor)


def remind_office(request: ClearanceRequest, *, occasion: str, actor: User | None) -> int:
    """Remind the accounts of an office, and return how many there are; 0 means that somebody has to call."""
    dedupe = f"clearance reminder {request.pk} {request.due_on} {occasion}"
    return _notify(REMINDER, request, dedupe=dedupe, actor=actor)


def mark_settled(version: TextVersion, agencies: Iterable[Agency]) -> None:
    """Leave these offices no unread request about a text once it is answered, asked again, or void."""
    rows = ClearanceRequest.objects.filter(
        version__partnership=version.partnership_id, version__amendment=version.amendment_id, agency__in=list(agencies)
    )
    mark_done(rows, {ASKED, REMINDER})


def _notify(kind: str, request: ClearanceRequest, *, dedupe: str, actor: User | None) -> int:
    version, agency = request.version, request.agency
    recipients = list(User.objects.filter(agency=agency, is_active=True).order_by("pk"))
    if not recipients:
        return 0
    what = f"amendment {version.amendment.number}" if version.amendment else "the instrument"
    return notify(
        recipients=recipients,
        kind=kind,
        values={
            "agency": agency.name,
            "country": version.partnership.country.name,
            "what": f"{what}, version {version.number}",
            "due": formats.day(request.due_on),
        },
        link=reverse("queue"),
        target=request,
        dedupe=dedupe,
        actor=actor,
    )
