"""What partnerships give to the kernel: a place in the navigation, panels and tasks of the home page, the search."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.permissions import Permission
from cpc.web import charts, formats, navigation, panels, search
from cpc.web.navigation import NavItem
from cpc.web.panels import Panel, Task, TaskSource
from cpc.web.search import Hit, Provider
from partnerships.queries import deadlines, portfolio
from partnerships.queries import overview as reads
from partnerships.queries.standing import standings
from partnerships.tables.standing import line, money_of, top_of

SHOWN = 6


def register() -> None:
    """Called once, when the app is ready."""
    see = Permission.VIEW_PARTNERSHIPS
    navigation.register(
        NavItem("Partnerships", "partnerships", see, order=40, covers=("partnership", "partnership-new"))
    )
    panels.register(Panel("partnerships", "partnerships/_home_money.html", _money, see, order=12, span=8))
    panels.register(Panel("partnership-deadlines", "partnerships/_home_due.html", _due, see, order=13, span=4))
    panels.register_tasks(TaskSource("partnerships", _tasks, Permission.EDIT_PARTNERSHIPS, order=20))
    search.register(Provider("Partnerships", _find, see, order=20))


def _money(_request: HttpRequest) -> dict[str, Any] | None:
    """The partnerships in force, those that end first at the top; nothing where none is on record."""
    today = timezone.now().date()
    found = standings(portfolio.current(portfolio.partnerships(today), today, SHOWN))
    if not found:
        return None
    top = top_of(found)
    return {
        "lines": [line(standing, today, top=top) for standing in found],
        "top": top,
        "summary": portfolio.summary(today),
        "legend": charts.money_legend([money_of(standing) for standing in found]),
    }


def _due(_request: HttpRequest) -> dict[str, Any] | None:
    """What is overdue, then what falls due next; nothing where there is neither."""
    today = timezone.now().date()
    late, next_up = deadlines.overdue(today, limit=4), deadlines.upcoming(today, limit=4)
    return {"late": late, "next_up": next_up, "today": today} if late or next_up else None


def _tasks(_request: HttpRequest) -> list[Task]:
    """What is overdue, in a partnership that is run here."""
    today = timezone.now().date()
    late = deadlines.overdue(today, limit=5)
    managed = set(portfolio.managed(row.partnership_id for row in late))
    return [
        Task(
            f"{row.country}: {row.text}",
            f"{reverse('partnership', args=[row.partnership_id])}#{row.place}",
            "It keeps being listed until it is done, dropped or amended.",
            "alarm",
            f"Due {formats.day(row.day)}",
            "warn",
        )
        for row in late
        if row.partnership_id in managed
    ]


def _find(query: str, _user: Any) -> list[Hit]:
    return [
        Hit(row.title, reverse("partnership", args=[row.pk]), f"{row.country.name}, {row.get_status_display()}")
        for row in reads.found_by_name(query)
    ]
