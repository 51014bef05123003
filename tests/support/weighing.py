"""Weighting exercises for tests, opened and answered only through the services."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from cpc.accounts.models import Agency, User
from selection.criteria_consultation.services import ask_on_criteria
from selection.models import CriteriaRequest, ScoringModel, StatedWeights, WeightingExercise, WeightingParticipant
from selection.weighting import services
from selection.weighting.queries import agencies, members
from tests.support.models import shipped

WHY = "Sample: need counts first."


def opened(
    analyst: User, *, people: Sequence[User] = (), asked: Sequence[Agency] = (), model: ScoringModel | None = None
) -> WeightingExercise:
    """Open an exercise that is due in two weeks."""
    return services.open_exercise(
        model=model or shipped(),
        title="Sample: weights for the next version",
        reason="Sample: the weights have been the project's so far.",
        due_on=timezone.now().date() + dt.timedelta(days=14),
        people=people or [analyst],
        agencies=asked,
        actor=analyst,
    )


def participant(exercise: WeightingExercise, who: User | Agency) -> WeightingParticipant:
    field = "account" if isinstance(who, User) else "agency"
    return exercise.participants.get(**{field: who})


def points_of(exercise: WeightingExercise, **changed: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Return points for every node: 100 for the first part and 50 for each other, but those of the nodes changed."""
    plain = {
        node["key"]: {part["key"]: 50.0 if index else 100.0 for index, part in enumerate(node["children"])}
        for node in exercise.nodes
    }
    return {**plain, **{node: dict(parts) for node, parts in changed.items()}}


def ranks_of(points: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Return the ranks that the points imply; ties share a rank."""
    return {
        node: {part: 1 + sum(other > value for other in parts.values()) for part, value in parts.items()}
        for node, parts in points.items()
    }


def stated(
    exercise: WeightingExercise, who: User | Agency, actor: User | None = None, **changed: Mapping[str, float]
) -> StatedWeights:
    """State weights for a person, or as `actor` for an agency."""
    points = points_of(exercise, **changed)
    speaker = actor if actor is not None else who
    assert isinstance(speaker, User)
    return services.state_weights(
        participant=participant(exercise, who), ranks=ranks_of(points), points=points, comment=WHY, actor=speaker
    )


def typed(points: Mapping[str, Mapping[str, float]], **more: Any) -> dict[str, str]:
    """Return the data of the form for an answer."""
    ranks = ranks_of(points)
    found = {
        services.field_of(kind, node, part): str(value)
        for kind, held in (("r", ranks), ("p", points))
        for node, parts in held.items()
        for part, value in parts.items()
    }
    return {**found, "comment": WHY, "idempotency_key": str(uuid.uuid4()), **more}


@dataclass(frozen=True)
class Weighed:
    """An exercise that is open, one that is closed with every answer, and a request on criteria."""

    running: WeightingExercise
    closed: WeightingExercise
    asked: CriteriaRequest


def weighed(analyst: User, reviewer: User, on: ScoringModel) -> Weighed:
    """Open an exercise on the published version, which the analyst has answered; answer and close another one."""
    assert reviewer.agency is not None
    for sample in WeightingExercise.objects.filter(closed_at__isnull=True):  # a version has one open exercise
        services.close_exercise(exercise=sample, reason="Sample: another one is opened.", actor=analyst)
    running = opened(analyst, people=list(members()), asked=[reviewer.agency])
    stated(running, analyst)
    closed = opened(analyst, people=list(members()), asked=list(agencies()), model=on)
    for index, one in enumerate(closed.participants.order_by("pk")):
        who = one.agency or one.account
        assert who is not None
        actor = User.objects.filter(agency=who, is_contact=True).first() if isinstance(who, Agency) else None
        root = (
            {"need": 100.0, "feasibility": max(0.0, 100.0 - 12 * index)}
            if index % 2
            else {"need": 70.0, "feasibility": 100.0}
        )
        stated(closed, who, actor, total=root)
    services.close_exercise(exercise=closed, reason="Sample: everyone has answered.", actor=analyst)
    asked = ask_on_criteria(
        model=shipped(),
        agencies=[reviewer.agency],
        due_on=timezone.now().date() + dt.timedelta(days=14),
        actor=analyst,
    )
    return Weighed(running, closed, asked[0])
