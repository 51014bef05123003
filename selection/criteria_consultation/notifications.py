"""Notifications about the consultation on criteria. They name the version, agencies, and days, never an answer."""

from __future__ import annotations

from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, Role
from cpc.notifications import services as notifications
from cpc.notifications.kinds import Kind, register
from cpc.web import formats
from selection.models import CriteriaAnswer, CriteriaRequest

ASKED = "criteria.asked"
ANSWERED = "criteria.answered"

_EXAMPLE = {"what": "Default model, version 4", "agency": "Department of Labor"}

KINDS = (
    Kind(
        ASKED,
        "Requests to answer on criteria",
        "{what}: your agency's answer on the criteria is due {due}",
        "The office asks {agency} whether it agrees with the criteria and weights (22 U.S.C. 7103a(d)(5)), by {due}. "
        "The point of contact answers.",
        {**_EXAMPLE, "due": "Fri, Dec 4"},
    ),
    Kind(
        ANSWERED,
        "Answers on criteria",
        "{agency} answered on the criteria",
        "{agency} answered on the criteria of {what}. The version's page shows the answer.",
        _EXAMPLE,
    ),
)


def register_kinds() -> None:
    for kind in KINDS:
        register(kind)


def notify_agency(request: CriteriaRequest, *, actor: User) -> None:
    people = User.objects.filter(agency=request.agency, role=Role.REVIEWER, is_active=True)
    values = {
        "what": str(request.model),
        "agency": request.agency.name,
        "due": formats.deadline(request.due_on),
    }
    notifications.notify(
        recipients=people,
        kind=ASKED,
        values=values,
        link=reverse("criteria-answer", args=[request.pk]),
        target=request,
        dedupe=f"{ASKED} {request.pk}",
        actor=actor,
    )


def notify_office(answer: CriteriaAnswer, *, actor: User) -> None:
    """Tell whoever asked the agency that it answered."""
    assert answer.request is not None
    asker = answer.request.asked_by
    notifications.notify(
        recipients=[asker] if asker.allows(Permission.RUN_ROUNDS) else [],
        kind=ANSWERED,
        values={"what": str(answer.model), "agency": answer.agency.name},
        link=f"{reverse('model', args=[answer.model_id])}#consultation",
        target=answer,
        dedupe=f"{ANSWERED} {answer.pk}",
        actor=actor,
    )
