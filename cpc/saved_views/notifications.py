"""Notifications to the person whose view another one decided on."""

from __future__ import annotations

from django.urls import reverse

from cpc.accounts.models import User
from cpc.notifications.kinds import Kind, register
from cpc.notifications.services import notify
from cpc.saved_views.models import Outcome, SavedViewVersion
from cpc.web.lists import list_of

DECIDED = "saved_views.decided"


def register_kinds() -> None:
    register(
        Kind(
            key=DECIDED,
            label="Decisions on views that you share with everyone",
            subject="Your view of the list {what} was {action}",
            text="{who} decided on it.",
            example={"what": "Partnerships", "action": "consented to", "who": "Approver"},
        )
    )


def notify_of_decision(version: SavedViewVersion, *, actor: User) -> None:
    """Tell the author of a version what was decided; the name of the view is free text, and is left out of emails."""
    page = list_of(version.view.list_key)
    notify(
        recipients=[version.made_by],
        kind=DECIDED,
        values={
            "what": page.label if page else version.view.list_key,
            "action": Outcome(version.outcome).label.lower(),
            "who": actor,
        },
        link=reverse("saved-view", args=[version.view_id]),
        target=version,
        dedupe=f"saved view {version.pk} decided",
        actor=actor,
    )
