"""Registrations of the consultation: the reviewer's panel, and what waits for office and agencies."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.access import user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.grouping import grouped
from cpc.site import dashboard, queue
from cpc.site.dashboard import Panel
from cpc.site.queue import Category, Desk, Item, Lane, QueueSource
from selection import consultation_notifications, dossier_sections
from selection.consultation import presenters, queries
from selection.consultation.position_status import PositionStatus
from selection.dossier_sections import Section
from selection.models import Candidate, SelectionRound

SHOWN = 5


def register() -> None:
    dashboard.register(
        Panel("consultation", "selection/consultation/_home_agency.html", _agency, Permission.CONSULT, order=5)
    )
    queue.register(QueueSource("consultation", Permission.RUN_ROUNDS, _for_office, order=15))
    queue.register(QueueSource("consultation-queue", Permission.CONSULT, _for_agency, order=5))
    dossier_sections.register(
        Section(
            "consultation",
            "Consultation",
            "selection/consultation/_dossier.html",
            _on_candidate,
            Permission.VIEW_ROUNDS,
            order=60,
        )
    )


def _on_candidate(request: HttpRequest, candidate: Candidate) -> dict[str, Any] | None:
    cells = queries.on_candidate(candidate, timezone.now().date())
    return {
        "rows": [(cell, presenters.mark(cell)) for cell in cells],
        "may_run": user_of(request).allows(Permission.RUN_ROUNDS),
    }


def _for_office(desk: Desk) -> list[Lane]:
    cells = grouped(queries.owed_to_office(desk.today), lambda cell: cell.request.round)
    items = [item for selection_round, own in cells.items() for item in _items_of_round(selection_round, own)]
    answers = [item for item in items if item.category is Category.ANSWERS]
    calls = [item for item in items if item.category is Category.FOLLOW_UP]
    return [
        queue.lane_of_items(desk, Category.ANSWERS, answers),
        queue.lane_of_items(desk, Category.FOLLOW_UP, calls),
    ]


def _items_of_round(selection_round: SelectionRound, cells: list[queries.PositionCell]) -> list[Item]:
    url, key = reverse("round-requests", args=[selection_round.pk]), selection_round.pk
    objections = [cell for cell in cells if cell.needs_disposition]
    wishes = [cell for cell in cells if cell.status is PositionStatus.EXTENSION]
    late = [cell for cell in cells if cell.status is PositionStatus.NO_RESPONSE]
    items = []
    if wishes:
        why = f"{selection_round}: {_named(wishes)} requested more time."
        title, category = "Answer the request for more time", Category.ANSWERS
        items.append(Item(f"extension:{key}", title, url, why, "Answer", "alarm", category, due=_first_due(wishes)))
    if objections:
        why = f"{selection_round}: {_named(objections)}. The decision requires a record of what was done about it."
        title, category = "Record what was done about an objection", Category.ANSWERS
        items.append(Item(f"objection:{key}", title, url, why, "Record", "highlight_off", category))
    if late:
        why = f"{selection_round}: no response, which never counts as clear."
        title = f"Follow up with {', '.join(sorted({cell.request.agency.short for cell in late}))}"
        category = Category.FOLLOW_UP
        items.append(Item(f"silent:{key}", title, url, why, "Follow up", "forum", category, due=_first_due(late)))
    return items


def _first_due(cells: list[queries.PositionCell]) -> date | None:
    return min((cell.request.due_on for cell in cells if cell.request.due_on), default=None)


def _for_agency(desk: Desk) -> list[Lane]:
    waiting, url = queries.queue_of(desk.user, desk.today), reverse("consultation")
    items = []
    if waiting.waiting:
        first = waiting.waiting[0]
        names = consultation_notifications.countries(cell.candidate for cell in waiting.waiting)
        why = f"{first.request.round}. No response never counts as clear."
        title, due = f"Answer the office on {names}", first.request.due_on
        items.append(Item("positions", title, url, why, "Answer", "forum", Category.ANSWERS, due=due))
    if waiting.stale:
        names = consultation_notifications.countries(cell.candidate for cell in waiting.answered if cell.is_stale)
        why, title = "The evidence changed after your agency answered.", f"Confirm or change the position on {names}"
        items.append(Item("positions-stale", title, url, why, "Confirm", "warning", Category.ANSWERS))
    return [queue.lane_of_items(desk, Category.ANSWERS, items)]


def _named(cells: list[queries.PositionCell]) -> str:
    first = f"{cells[0].request.agency.short} on {cells[0].candidate.country.name}"
    return first if len(cells) == 1 else f"{first} and {len(cells) - 1} more"


def _agency(request: HttpRequest) -> dict[str, Any] | None:
    agency = user_of(request).agency
    if agency is None:
        return None
    people = User.objects.filter(agency=agency, is_active=True).order_by("-is_contact", "name", "pk")[:SHOWN]
    return {"agency": agency, "people": list(people), "office": settings.OFFICE_EMAIL}
