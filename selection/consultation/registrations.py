"""Registrations of the consultation: the reviewer's panel, and tasks of office and agencies."""

from __future__ import annotations

from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from cpc.grouping import grouped
from cpc.site import dashboard
from cpc.site.dashboard import Panel, Task, TaskSource
from cpc.web import formats
from selection import consultation_notifications, dossier_sections
from selection.consultation import presenters, queries
from selection.consultation.position_status import PositionStatus
from selection.dossier_sections import Section
from selection.models import Candidate, SelectionRound

SHOWN = 5


def register() -> None:
    dashboard.register(
        Panel("consultation", "selection/consultation/_home.html", _queue_panel, Permission.CONSULT, order=5, span=12)
    )
    dashboard.register_tasks(TaskSource("consultation", _office_tasks, Permission.RUN_ROUNDS, order=15))
    dashboard.register_tasks(TaskSource("consultation-queue", _agency_tasks, Permission.CONSULT, order=5))
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


def _office_tasks(_request: HttpRequest) -> list[Task]:
    cells = grouped(queries.owed_to_office(timezone.now().date()), lambda cell: cell.request.round)
    return [task for selection_round, own in cells.items() for task in _round_tasks(selection_round, own)]


def _round_tasks(selection_round: SelectionRound, cells: list[queries.PositionCell]) -> list[Task]:
    url = reverse("round-requests", args=[selection_round.pk])
    objections = [cell for cell in cells if cell.needs_disposition]
    wishes = [cell for cell in cells if cell.status is PositionStatus.EXTENSION]
    late = sorted({cell.request.agency.short for cell in cells if cell.status is PositionStatus.NO_RESPONSE})
    tasks = []
    if wishes:
        why = f"{selection_round}: {_named(wishes)} requested more time."
        tasks.append(Task("Answer the request for more time", url, why, "alarm", urgency="warn"))
    if objections:
        why = f"{selection_round}: {_named(objections)}. The decision requires a record of what was done about it."
        tasks.append(Task("Record what was done about an objection", url, why, "highlight_off", urgency="warn"))
    if late:
        why = f"{selection_round}: no response, which never counts as clear."
        tasks.append(Task(f"Follow up with {', '.join(late)}", url, why, "forum", urgency="bad"))
    return tasks


def _agency_tasks(request: HttpRequest) -> list[Task]:
    user, today = user_of(request), timezone.now().date()
    queue, url = queries.queue_of(user, today), reverse("consultation")
    tasks = []
    if queue.waiting:
        first = queue.waiting[0]
        names = consultation_notifications.countries(cell.candidate for cell in queue.waiting)
        due = presenters.due_mark(first.request, today)
        urgency: Literal["", "warn", "bad"] = "bad" if due and due.kind == "bad" else "warn" if due else ""
        deadline = formats.deadline(first.request.due_on)
        why = f"{first.request.round}. No response never counts as clear."
        tasks.append(Task(f"Answer the office on {names}", url, why, "forum", deadline, urgency))
    if queue.stale:
        names = consultation_notifications.countries(cell.candidate for cell in queue.answered if cell.is_stale)
        why = "The evidence changed after your agency answered."
        tasks.append(Task(f"Confirm or change the position on {names}", url, why, "warning"))
    return tasks


def _named(cells: list[queries.PositionCell]) -> str:
    first = f"{cells[0].request.agency.short} on {cells[0].candidate.country.name}"
    return first if len(cells) == 1 else f"{first} and {len(cells) - 1} more"


def _queue_panel(request: HttpRequest) -> dict[str, Any] | None:
    user, today = user_of(request), timezone.now().date()
    if user.agency is None:
        return None
    queue = queries.queue_of(user, today)
    return {
        "queue": queue,
        "agency": user.agency,
        "waiting": [(cell, presenters.due_mark(cell.request, today)) for cell in queue.waiting[:SHOWN]],
        "office": settings.OFFICE_EMAIL,
    }
