"""Days ahead of rounds: the due days of their consultations."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.db.models import Count
from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.site.queue import Coming, Desk
from cpc.web import formats
from selection.models import CLOSED, ConsultationRequest


def coming(desk: Desk) -> list[Coming]:
    """Return the days after today on which positions are due, by round, in one query."""
    rows = ConsultationRequest.objects.visible_to(desk.user).exclude(round__state__in=CLOSED)
    rows = rows.filter(due_on__gt=desk.today, sent_at__isnull=False, dropped_at__isnull=True)
    counted = rows.order_by("due_on", "round").values("due_on", "round", "round__title", "round__fiscal_year")
    name = "round-requests" if desk.user.allows(Permission.VIEW_ROUNDS) else ""
    return [
        Coming(
            cast(date, row["due_on"]),  # the filter leaves no request without a due day
            f"{row['round__title']}, FY {row['round__fiscal_year']}: "
            f"{formats.count_of(row['requests'], 'position request is', 'position requests are')} due",
            reverse(name, args=[row["round"]]) if name else reverse("consultation"),
        )
        for row in counted.annotate(requests=Count("pk"))[: desk.limit]
    ]
