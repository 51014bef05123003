"""Page of a reviewer: the queue of their agency."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web.tables import PAGE, paginate
from selection.consultation import presenters, queries
from selection.evidence import services as evidence_services

ANSWERED = "answered"
"""Query parameter for the page number of the agency's answered candidates."""


@require_safe
@requires(Permission.CONSULT)
def queue(request: HttpRequest) -> HttpResponse:
    check_parameters(request, (PAGE, ANSWERED))
    user, today = user_of(request), timezone.now().date()
    assert user.agency is not None
    for selection_round in queries.open_rounds_of(user):
        evidence_services.fresh_evidence(selection_round=selection_round)
    own_queue = queries.queue_of(user, today)
    waiting = paginate(request, own_queue.waiting)
    answered = paginate(request, own_queue.answered, parameter=ANSWERED)
    context = {
        "queue": own_queue,
        "waiting_page": waiting,
        "answered_page": answered,
        "agency": user.agency,
        "waiting": [
            (cell, presenters.questions(cell.request), presenters.due_mark(cell.request, today)) for cell in waiting
        ],
        "answered": [
            (cell, presenters.mark(cell), own_queue.changes.get(cell.position.pk, ()) if cell.position else ())
            for cell in answered
        ],
        "contacts": queries.contacts_of(user.agency),
        "office": settings.OFFICE_EMAIL,
        "today": today,
    }
    return render(request, "selection/consultation/queue.html", context)
