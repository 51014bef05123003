"""Notifications about weighting exercises. They name the version, counts, and days, never what a person wrote."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.notifications import services as notifications
from cpc.notifications.kinds import Kind, register
from cpc.web import formats
from selection.models import WeightingExercise, WeightingParticipant
from selection.weighting.queries import recipients

ASKED = "weighting.asked"
DUE_MOVED = "weighting.due_moved"
DROPPED = "weighting.dropped"
COMPLETE = "weighting.complete"
CLOSED = "weighting.closed"

_EXAMPLE = {"what": "Default model, version 4"}
_DUE = {"due": "Fri, Dec 4"}

KINDS = (
    Kind(
        ASKED,
        "Requests to weigh criteria",
        "Weights of {what}: yours are due {due}",
        "The office asks you to weigh the criteria of a scoring model by {due}. The answers of others are open to you "
        "once you have answered.",
        {**_EXAMPLE, **_DUE},
    ),
    Kind(
        DUE_MOVED,
        "More time to weigh criteria",
        "Weights of {what}: now due {due}",
        "The office gives more time to weigh the criteria, until {due}.",
        {**_EXAMPLE, **_DUE},
    ),
    Kind(
        DROPPED,
        "Weights that are no longer needed",
        "Weights of {what}: yours are no longer needed",
        "The office no longer asks for your weights.",
        _EXAMPLE,
    ),
    Kind(
        COMPLETE,
        "Weighting exercises that are complete",
        "Weights of {what}: everyone has answered",
        "{count} answers are on record. Make a draft from them, or close the exercise.",
        {**_EXAMPLE, "count": "6"},
    ),
    Kind(
        CLOSED,
        "Weighting exercises that are closed",
        "Weights of {what}: the exercise is closed",
        "The result shows every answer, their mean, and where the office and agencies differ.",
        _EXAMPLE,
    ),
)


def register_kinds() -> None:
    for kind in KINDS:
        register(kind)


def notify_participants(
    exercise: WeightingExercise, participants: Sequence[WeightingParticipant], kind: str, *, actor: User, once: str
) -> None:
    page = "weighting-answer" if kind == ASKED else "weighting"
    values: dict[str, object] = {"what": str(exercise.model)}
    if kind in (ASKED, DUE_MOVED):
        values["due"] = formats.deadline(exercise.due_on)
    _notify(exercise, recipients(participants), kind, values, reverse(page, args=[exercise.pk]), actor, once)


def notify_opener(exercise: WeightingExercise, answers: int, *, actor: User) -> None:
    """Tell whoever opened the exercise that it is complete."""
    opener = exercise.opened_by
    to = [opener] if opener.allows(Permission.EDIT_MODELS) and opener.pk != actor.pk else []
    values: dict[str, object] = {"what": str(exercise.model), "count": answers}
    _notify(exercise, to, COMPLETE, values, reverse("weighting", args=[exercise.pk]), actor, str(answers))


def _notify(
    exercise: WeightingExercise,
    to: Sequence[User],
    kind: str,
    values: dict[str, object],
    link: str,
    actor: User,
    once: str,
) -> None:
    notifications.notify(
        recipients=[user for user in to if user.pk != actor.pk],
        kind=kind,
        values=values,
        link=link,
        target=exercise,
        dedupe=f"{kind} {exercise.pk} {once}",
        actor=actor,
    )
