"""Planted text in weighting exercises and in the consultation on criteria."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

from cpc.accounts.models import Agency, User
from selection.criteria_consultation import services as criteria_services
from selection.models import WeightingExercise
from selection.weighting import drafts
from selection.weighting import services as weighting_services
from tests.security.canaries import LABOR, NO_READERS, RANKINGS
from tests.support.models import draft, shipped
from tests.support.weighing import participant, points_of, ranks_of

if TYPE_CHECKING:
    from tests.security.agencies_world import Consultees


def plant_criteria(there: Consultees) -> None:
    """Open an exercise in which Labor alone has answered, close another one, and record answers on criteria."""
    labor = Agency.objects.get(code="dol")
    Agency.objects.filter(pk=labor.pk).update(on_criteria=True)
    _running(there, labor)
    _closed(there, labor)
    _answers(there, labor)


def _open(there: Consultees, name: str, agencies: list[Agency]) -> WeightingExercise:
    plant, office = there.plant, there.office
    return weighting_services.open_exercise(
        model=shipped() if name == "running" else draft(office.analyst, note="Sample"),
        title=plant(f"selection.WeightingExercise.title, {name}", RANKINGS | LABOR),
        reason=plant(f"selection.WeightingExercise.reason, {name}", RANKINGS | LABOR),
        due_on=timezone.now().date() + dt.timedelta(days=20),
        people=[office.analyst, office.approver],
        agencies=agencies,
        actor=office.analyst,
    )


def _state(exercise: WeightingExercise, who: User | Agency, actor: User, comment: str) -> None:
    points = points_of(exercise)
    weighting_services.state_weights(
        participant=participant(exercise, who), ranks=ranks_of(points), points=points, comment=comment, actor=actor
    )


def _running(there: Consultees, labor: Agency) -> None:
    contact = User.objects.get(username="contact-dol")
    exercise = _open(there, "running", [labor])
    _state(exercise, labor, contact, there.plant("selection.StatedWeights.comment, running", LABOR))


def _closed(there: Consultees, labor: Agency) -> None:
    plant, office = there.plant, there.office
    contact, everyone = User.objects.get(username="contact-dol"), RANKINGS | LABOR
    exercise = _open(there, "closed", [labor, Agency.objects.get(code="tre")])
    _state(exercise, office.analyst, office.analyst, plant("selection.StatedWeights.comment, closed", everyone))
    _state(exercise, labor, contact, plant("selection.StatedWeights.comment, withdrawn", NO_READERS))
    weighting_services.withdraw_weights(
        participant=participant(exercise, labor),
        reason=plant("selection.StatedWeights.withdrawn_because", everyone),
        actor=contact,
    )
    weighting_services.drop_participant(
        participant=participant(exercise, Agency.objects.get(code="tre")),
        reason=plant("selection.WeightingParticipant.drop_reason", everyone),
        actor=office.analyst,
    )
    weighting_services.close_exercise(
        exercise=exercise, reason=plant("selection.WeightingExercise.closed_because", everyone), actor=office.analyst
    )
    drafts.make_draft(exercise=exercise, takes_weights=True, takes_spread=False, note="Sample", actor=office.analyst)


def _answers(there: Consultees, labor: Agency) -> None:
    plant, office, today = there.plant, there.office, timezone.now().date()
    asked = criteria_services.ask_on_criteria(
        model=shipped(), agencies=[labor], due_on=today + dt.timedelta(days=20), actor=office.analyst
    )
    everyone = RANKINGS | LABOR
    criteria_services.answer_on_criteria(
        request=asked[0],
        value="agrees_with_changes",
        text=plant("selection.CriteriaAnswer.text, labor", everyone),
        speaker=plant("selection.CriteriaAnswer.speaker, labor", everyone),
        actor=User.objects.get(username="contact-dol"),
    )
    criteria_services.record_criteria_answer(
        model=shipped(),
        agency=Agency.objects.get(code="doj"),
        value="disagrees",
        text=plant("selection.CriteriaAnswer.text, justice", RANKINGS),
        speaker=plant("selection.CriteriaAnswer.speaker, justice", RANKINGS),
        document=plant("selection.CriteriaAnswer.document", RANKINGS),
        asked_on=today,
        means=plant("selection.CriteriaRequest.means", RANKINGS),
        answered_on=today,
        actor=office.analyst,
    )
