"""Days ahead of partnerships: reports that fall due, and terms that end."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from cpc.site.queue import Coming, Desk
from partnerships.limit_position import AHEAD
from partnerships.lookups.duties import reports_open
from partnerships.models import Partnership
from partnerships.states import IN_FORCE


def coming(desk: Desk) -> list[Coming]:
    """Return the next days after today within the time that deadlines look ahead, in two queries."""
    last = desk.today + timedelta(days=AHEAD)
    reports = reports_open().filter(due_on__gt=desk.today, due_on__lte=last).order_by("due_on", "pk")
    terms = Partnership.objects.counted().filter(status__in=IN_FORCE, ends_on__gt=desk.today, ends_on__lte=last)
    return [
        *(
            Coming(
                row.due_on,
                f"{row.award.partnership.country}: {row.get_kind_display().lower()} falls due",
                reverse("partnership", args=[row.award.partnership_id]),
            )
            for row in reports.select_related("award__partnership__country")[: desk.limit]
        ),
        *(
            Coming(row.ends_on, f"{row.country}: the term ends", reverse("partnership", args=[row.pk]))
            for row in terms.select_related("country").order_by("ends_on", "pk")[: desk.limit]
            if row.ends_on is not None
        ),
    ]
