from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet

from cpc.accounts.models import Agency
from partnerships import clearing
from partnerships.lookups.clearance import Clearance
from partnerships.models import Amendment, ClearanceReminder, Partnership, Silence, TextVersion


def active_offices() -> QuerySet[Agency]:
    return Agency.objects.filter(is_active=True).order_by("-statutory", "name")


def statutory_offices() -> list[Agency]:
    """Return the agencies that the statute names, and the successors of those that are closed."""
    closed = Agency.objects.filter(statutory=True, is_active=False, successor__isnull=False)
    return list(active_offices().filter(Q(statutory=True) | Q(pk__in=closed.values("successor"))))


def closed_statutory(clearance: Clearance) -> list[Agency]:
    """Return the agencies that the statute names and that are closed, unless they were asked."""
    closed = Agency.objects.filter(statutory=True, is_active=False, successor__isnull=False)
    return list(closed.exclude(pk__in=clearance.agencies).select_related("successor").order_by("name"))


def reminders_of(clearance: Clearance) -> list[ClearanceReminder]:
    rows = ClearanceReminder.objects.filter(request__in=[row.pk for row in clearance.requests])
    return list(rows.select_related("request").order_by("pk"))


def amendments_with_text(partnership: Partnership) -> list[Amendment]:
    return list(partnership.amendments.exclude(state__in=("rejected", "withdrawn")).order_by("number"))


def versions_of(partnership: Partnership) -> list[TextVersion]:
    rows = TextVersion.objects.filter(partnership=partnership).order_by("number")
    return list(rows.prefetch_related("files", "findings"))


def waiting_silences(clearance: Clearance, today: date) -> Sequence[Silence]:
    """Return the proposals to go on without an answer that an approver has to decide.

    One is moot once the office answers, or the text changes materially.
    """
    silent, base = clearance.silent(today), clearing.base_of(clearance.facts)
    return [
        row for row in clearance.silences if not row.decision and row.agency_id in silent and row.version.number >= base
    ]
