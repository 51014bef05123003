"""Messages to those who uploaded a template, once another person decided on it."""

from __future__ import annotations

from collections.abc import Collection

from django.urls import reverse

from cpc.accounts.models import User
from cpc.notifications.kinds import Kind, register
from cpc.notifications.services import notify
from partnerships.models import DocumentTemplate

DECIDED = "partnerships.template_decided"


def register_kinds() -> None:
    register(
        Kind(
            key=DECIDED,
            label="Decisions on templates that you uploaded",
            subject="{what} was {action}",
            text="{who} decided on it.",
            example={"what": "Instrument, template version 2", "action": "released", "who": "Approver"},
        )
    )


def notify_uploader(template: DocumentTemplate, *, did: str, actor: User, uploaders: Collection[User]) -> None:
    """Tell those who uploaded a template, but not the actor, what was decided: `did` completes "It was ..."."""
    notify(
        recipients=[user for user in uploaders if user != actor],
        kind=DECIDED,
        values={"what": template, "action": did, "who": actor},
        link=reverse("document-templates"),
        target=template,
        dedupe=f"{template._meta.label_lower} {template.pk} {did}",
        actor=actor,
    )
