"""Sample weighting exercise: the office and Labor have stated weights, and one consultee has not."""

from __future__ import annotations

from collections.abc import Mapping

from cpc.accounts.models import Agency, User
from selection.demo.asking import due_day
from selection.demo.people import People
from selection.models import ScoringModel, WeightingExercise
from selection.weighting.services import TOP, Numbers, open_exercise, state_weights

WAITING = "state-f"
"""Consultee that has not stated weights yet: it is successor to USAID, which the statute names beside Labor."""

ASKED = ("dol", WAITING)
LEANS = {
    "analyst": "need",
    "analyst-2": "feasibility",
    "approver": "need",
    "dol": "need",
}
"""Branch that each participant values more than the model does."""

MORE = 1.5
"""Factor by which a participant values a part more than the model does."""

REASONS = {
    "need": "Sample reason: where children are at most risk comes first.",
    "feasibility": "Sample reason: a partnership without a willing government changes little.",
}


def weigh(people: People, model: ScoringModel) -> WeightingExercise:
    """Open the exercise on a version of the model, and state the weights of everyone but one agency."""
    office = (people.analyst, people.second, people.approver)
    agencies = [agency for agency in people.agencies if agency.code in ASKED]
    exercise = open_exercise(
        model=model,
        title="Sample: weights for the next version",
        reason="Sample reason: the weights of the shipped version are an illustration.",
        due_on=due_day(),
        people=office,
        agencies=agencies,
        actor=people.analyst,
    )
    for number, person in enumerate(office):
        _state(exercise, person, person, LEANS[person.username], number)
    for number, agency in enumerate((one for one in agencies if one.code != WAITING), len(office)):
        _state(exercise, agency, people.contacts[agency.code], LEANS[agency.code], number)
    return exercise


def _state(exercise: WeightingExercise, participant: Agency | User, actor: User, leans: str, number: int) -> None:
    field = "account" if isinstance(participant, User) else "agency"
    points = _points(exercise, leans, number)
    state_weights(
        participant=exercise.participants.get(**{field: participant}),
        ranks=_ranks(points),
        points=points,
        comment=REASONS[leans],
        actor=actor,
    )


def _points(exercise: WeightingExercise, leans: str, number: int) -> Numbers:
    """Return points for each node: those of the model's weights, but more for one part, another one each."""
    found: dict[str, dict[str, float]] = {}
    for node in exercise.nodes:
        weights = {part["key"]: part["weight"] for part in node["children"]}
        valued = leans if leans in weights else list(weights)[number % len(weights)]
        weights[valued] *= MORE
        top = max(weights.values())
        found[node["key"]] = {key: round(TOP * weight / top, -1) for key, weight in weights.items()}
    return found


def _ranks(points: Numbers) -> Mapping[str, Mapping[str, float]]:
    """Return the ranks that points imply; ties share a rank."""
    return {
        node: {part: 1 + sum(other > value for other in parts.values()) for part, value in parts.items()}
        for node, parts in points.items()
    }
