"""Registrations with the kernel: panels of the home page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from cpc.accounts.permissions import Permission
from cpc.site import dashboard
from cpc.site.dashboard import Panel
from partnerships.portfolio import queries as portfolio_queries


def register() -> None:
    see = Permission.VIEW_PARTNERSHIPS
    dashboard.register(Panel("partnerships", "partnerships/home/_home_partnerships.html", _panel, see, order=12))


def _panel(_request: HttpRequest) -> dict[str, Any] | None:
    """Return counts of the partnerships, or None if there are none."""
    summary = portfolio_queries.summary(timezone.now().date())
    return {"summary": summary} if summary["total"] else None
