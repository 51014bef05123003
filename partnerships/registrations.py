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
from cpc.web import charts
from partnerships.deadlines import queries as deadlines_queries
from partnerships.limit_position import limit_positions
from partnerships.limit_presenters import money_of, partnership_summary, top_of
from partnerships.portfolio import queries as portfolio_queries
from partnerships.portfolio.presenters.lists import in_force_table
from partnerships.portfolio.queries import find_by_name

SHOWN = 6


def register() -> None:
    see = Permission.VIEW_PARTNERSHIPS
    dashboard.register(Panel("partnerships", "partnerships/home/_home_money.html", _money_panel, see, order=12, span=8))
    dashboard.register(
        Panel("partnership-deadlines", "partnerships/home/_home_due.html", _due_panel, see, order=13, span=4)
    )
    search.register(Provider("Partnerships", _find, see, order=20))


def _money_panel(_request: HttpRequest) -> dict[str, Any] | None:
    """Return the partnerships in force, earliest end first, or None if there are none."""
    today = timezone.now().date()
    positions = limit_positions(
        portfolio_queries.partnerships_in_force(portfolio_queries.partnerships(today), today, SHOWN)
    )
    if not positions:
        return None
    top = top_of(positions)
    return {
        "lines": [partnership_summary(position, today, top=top) for position in positions],
        "table": in_force_table(top),
        "summary": portfolio_queries.summary(today),
        "legend": charts.money_legend([money_of(position) for position in positions]),
    }


def _due_panel(_request: HttpRequest) -> dict[str, Any] | None:
    """Return overdue items and the next deadlines, or None if there are neither."""
    today = timezone.now().date()
    late, next_up = deadlines_queries.overdue(today, limit=4), deadlines_queries.upcoming(today, limit=4)
    return {"late": late, "next_up": next_up, "today": today} if late or next_up else None


def _find(query: str, _user: Any) -> list[Hit]:
    return [
        Hit(
            row.title,
            reverse("partnership", args=[row.pk]),
            f"{row.country.name}, {row.get_status_display()}{'; sample, in no total' if row.is_sample else ''}",
        )
        for row in find_by_name(query)
    ]
