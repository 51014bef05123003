"""What the consultation gives to the kernel: a reviewer's place and panel, and what waits for the office."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from cpc.web import navigation, panels
from cpc.web.navigation import NavItem
from cpc.web.panels import Panel
from selection.queries import consultation as reads
from selection.tables import consultation as said

SHOWN = 5


def register() -> None:
    """Called once, when the app is ready."""
    covered = ("consultation-review", "consultation-confirm")
    navigation.register(NavItem("Consultation", "consultation", Permission.CONSULT, order=5, covers=covered))
    panels.register(
        Panel("consultation", "selection/consultation/_home.html", _queue, Permission.CONSULT, order=5, span=12)
    )


def _queue(request: HttpRequest) -> dict[str, Any] | None:
    """What the reviewer's agency owes, the first due first."""
    user, today = user_of(request), timezone.now().date()
    if user.agency is None:
        return None
    found = reads.queue_of(user, today)
    return {
        "title": said.queue_title(found, user.agency.short),
        "lede": said.queue_lede(found, today),
        "waiting": [(cell, said.due_mark(cell.request, today)) for cell in found.waiting[:SHOWN]],
        "office": settings.OFFICE_EMAIL,
    }
