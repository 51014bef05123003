"""Registrations with the kernel: panels of the home page, legal holds, and the class of retention."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.permissions import Permission
from cpc.retention.schedule import CLASSES, RetentionClass
from cpc.retention.scopes import HOLD_SCOPES, HoldScope
from cpc.site import dashboard
from cpc.site.dashboard import Panel
from partnerships.models import Partnership
from partnerships.portfolio import queries as portfolio_queries


def register() -> None:
    see = Permission.VIEW_PARTNERSHIPS
    dashboard.register(Panel("partnerships", "partnerships/home/_home_partnerships.html", _panel, see, order=12))
    HOLD_SCOPES.add(HoldScope("partnership", "Partnerships", _records, lambda key: reverse("partnership", args=[key])))
    CLASSES.add(
        RetentionClass(
            "partnerships",
            "Partnerships with their terms, money, results, documents, and every version of them",
            "Department of State schedule: agreements and program files, likely permanent; transferred by an export",
            ("partnerships",),
            "Permanent",
            is_held=True,
        )
    )


def _records() -> list[tuple[int, str]]:
    """Return the key and name of each partnership, for legal holds."""
    return [(row.pk, str(row)) for row in Partnership.objects.select_related("country").order_by("country__name", "pk")]


def _panel(_request: HttpRequest) -> dict[str, Any] | None:
    """Return counts of the partnerships, or None if there are none."""
    summary = portfolio_queries.summary(timezone.now().date())
    return {"summary": summary} if summary["total"] else None
