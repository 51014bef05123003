"""What has to be so before two people can send a form: a step taken, a row added. By the arguments of the address."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from partnerships.awards.services import awards as awards_services
from partnerships.dialogues import services as dialogues_services
from partnerships.models import Award, AwardState, Dialogue, Partnership, Programme
from partnerships.monitoring.services import plans as plans_services
from partnerships.terms import services as terms_services
from selection.consultation.services import requests as requests_services
from selection.decisions import services as decisions_services
from selection.models import Candidate, ConsultationRequest, SelectionRound
from selection.pool_rules.pools import PoolRule
from selection.rounds import services as rounds_services
from tests.support.consulting import says

Kwargs = dict[str, Any]


def _analyst() -> User:
    return User.objects.filter(role="analyst", is_active=True).earliest("pk")


def _approver() -> User:
    return User.objects.filter(role="approver", is_active=True).earliest("pk")


def program(kwargs: Kwargs) -> None:
    """A program whose amounts may be set."""
    partnership = Partnership.objects.get(pk=kwargs["pk"])
    terms_services.add_term(term=Programme(partnership=partnership, title="Program"), actor=None)


def plan_is_a_draft(kwargs: Kwargs) -> None:
    """The monitoring plan is revised, so that indicators and targets may change."""
    plan = Partnership.objects.get(pk=kwargs["pk"]).monitoring_plan
    today = timezone.now().date()
    plans_services.take_plan_step(plan=plan, name="revise", actor=_analyst(), on=today, reason="More districts")


def dialogue_is_held(kwargs: Kwargs) -> None:
    """The second dialogue is held, so that its minutes may be written."""
    row = Dialogue.objects.get(partnership=kwargs["pk"], number=2)
    today, analyst = timezone.now().date(), _analyst()
    dialogues_services.edit_dialogue(dialogue=row, values={"planned_on": today}, actor=analyst)
    dialogues_services.take_dialogue_step(dialogue=row, name="set_ready", actor=analyst, on=today)
    dialogues_services.edit_dialogue(dialogue=row, values={"held_from": today, "held_until": today}, actor=analyst)
    dialogues_services.take_dialogue_step(dialogue=row, name="hold", actor=analyst, on=today)


def award_is_active(kwargs: Kwargs) -> None:
    """An award that may be stopped or ended."""
    award = Award.objects.get(pk=kwargs["award"])
    if award.state == AwardState.PLANNED:
        actor = User.objects.filter(role=Role.ANALYST, is_active=True).earliest("pk")
        awards_services.change_award_state(
            award=award, state=AwardState.ACTIVE, actor=actor, on=timezone.now().date(), reason="Signed"
        )


def draft_round(kwargs: Kwargs) -> None:
    """A round that is a draft; the address is pointed at it."""
    made = rounds_services.open_round(
        title="A draft",
        fiscal_year=2028,
        model=SelectionRound.objects.latest("pk").model,
        rule=PoolRule(only=("GHA", "CIV")),
        reference_date=dt.date(2026, 11, 25),
        actor=_analyst(),
    )
    kwargs["pk"] = made.pk


def draft_request(kwargs: Kwargs) -> None:
    """A request that is not sent yet; the address is pointed at it."""
    found = SelectionRound.objects.get(pk=kwargs["pk"])
    agency, _ = Agency.objects.get_or_create(code="doe", defaults={"name": "Department of Energy"})
    made = requests_services.draft_request(
        selection_round=found,
        agency=agency,
        role="consult",
        due_on=timezone.now().date() + dt.timedelta(days=30),
        questions="What?",
        candidates=found.candidates.in_pool(),
        actor=_analyst(),
    )
    kwargs["asked"] = made.pk


def extension_is_asked(kwargs: Kwargs) -> None:
    """The agency asks for more time; the address is pointed at that."""
    request = ConsultationRequest.objects.get(round=kwargs["pk"], agency__code="dol")
    day = (request.due_on or timezone.now().date()) + dt.timedelta(days=14)
    candidate = request.round.candidates.in_pool().get(country__code="GHA")
    kwargs["position"] = says(request, candidate, "extension", "Our attorneys travel.", day).pk


def deliberated(kwargs: Kwargs) -> None:
    """The round is in deliberation."""
    found = SelectionRound.objects.get(pk=kwargs["pk"])
    SelectionRound.objects.filter(pk=found.pk).update(state="deliberation")


def recommended(kwargs: Kwargs) -> None:
    """There is a recommendation on the candidate."""
    deliberated(kwargs)
    candidate = Candidate.objects.get(round=kwargs["pk"], country__code=kwargs["code"])
    decisions_services.recommend(candidate=candidate, action="not_selected", rationale="Need is low.", actor=_analyst())


def due_has_passed(kwargs: Kwargs) -> None:
    """The agency has not answered in time."""
    request = ConsultationRequest.objects.get(pk=kwargs["asked"])
    day = timezone.now().date() - dt.timedelta(days=3)
    ConsultationRequest.objects.filter(pk=request.pk).update(due_on=day)
    request.positions.filter(superseded_at=None).update(superseded_at=timezone.now())
