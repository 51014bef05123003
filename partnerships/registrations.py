"""Registrations with the kernel: panels of the home page, and the search."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.permissions import Permission
from cpc.site import dashboard, search
from cpc.site.dashboard import Panel
from cpc.site.search import Hit, Provider
from partnerships.portfolio import queries as portfolio_queries
from partnerships.portfolio.queries import find_by_name


def register() -> None:
    see = Permission.VIEW_PARTNERSHIPS
    dashboard.register(Panel("partnerships", "partnerships/home/_home_partnerships.html", _panel, see, order=12))
    search.register(Provider("Partnerships", _find, see, order=20))


def _panel(_request: HttpRequest) -> dict[str, Any] | None:
    """Return counts of the partnerships, or None if there are none."""
    summary = portfolio_queries.summary(timezone.now().date())
    return {"summary": summary} if summary["total"] else None


def _find(query: str, _user: Any) -> list[Hit]:
    return [
        Hit(
            row.title,
            reverse("partnership", args=[row.pk]),
            f"{row.country.name}, {row.get_status_display()}{'; sample, in no total' if row.is_sample else ''}",
        )
        for row in find_by_name(query)
    ]
