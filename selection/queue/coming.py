"""Days ahead of rounds: the due days of positions that agencies owe."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.db.models import Count
from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.site.queue import Coming, Desk
from cpc.web import formats
from selection.models import ConsultationRequest
from selection.queue.branches import owed


def coming(desk: Desk) -> list[Coming]:
    """Return the days after today on which positions are due, by round, in one query.

    Each position that is owed counts, as it does in the queue of its agency: a request may ask for several.
    """
    rows = owed().filter(request__in=ConsultationRequest.objects.visible_to(desk.user), request__due_on__gt=desk.today)
    keys = ("request__due_on", "request__round", "request__round__title", "request__round__fiscal_year")
    counted = rows.order_by("request__due_on", "request__round").values_list(*keys)
    sees_rounds = desk.user.allows(Permission.VIEW_ROUNDS)
    found = counted.annotate(positions=Count("pk"), agencies=Count("request__agency", distinct=True))
    return [
        Coming(
            cast(date, day),  # `owed` leaves no request without a due day
            f"{title}, FY {year}: {formats.count_of(positions, 'position')} of "
            f"{formats.count_of(agencies, 'agency', 'agencies') if sees_rounds else 'your agency'} "
            f"{formats.agree(positions, 'is', 'are')} due",
            reverse("round-requests", args=[key]) if sees_rounds else reverse("consultation"),
        )
        for day, key, title, year, positions, agencies in found[: desk.limit]
    ]
