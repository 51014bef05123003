"""Sample consultation for pages and URL tests: requests in each state, positions, drafts, and missing answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from selection.consultation.services import positions as positions_services
from selection.consultation.services import requests as requests_services
from selection.consultation.services.openings import record_opening
from selection.models import (
    Candidate,
    ConsultationRequest,
    Position,
    RatingEvidence,
    ScoringModel,
    SelectionRound,
)
from selection.pool_rules.pools import PoolRule
from selection.ratings import services as ratings_services
from selection.rounds import services as rounds_services

OBJECTION = (
    "Two of our projects end next year, and a third partner in the same districts would overlap with both of them."
)
QUESTIONS = (
    "Does your work overlap with a partnership on child labor in fishing and on cocoa farms?\n"
    "Which child labor figure should lead?"
)


@dataclass(frozen=True)
class Consulted:
    """A round in consultation, with its requests and positions by name."""

    round: SelectionRound
    requests: Mapping[str, ConsultationRequest] = field(default_factory=dict)
    positions: Mapping[str, Position] = field(default_factory=dict)


def in_consultation(
    analyst: User, title: str, codes: tuple[str, ...], rated: Mapping[str, int] | None = None
) -> SelectionRound:
    """Open and score a round about a few countries and take it to consultation.

    `rated` gives, by criterion, the step of the rubric with which every candidate is rated.
    """
    found = rounds_services.open_round(
        title=title,
        fiscal_year=2027,
        model=ScoringModel.objects.get(state="published"),
        rule=PoolRule(only=codes, income_classes=(), leave_out_partners=False, leave_out_restricted=False),
        actor=analyst,
    )
    for name in ("screen", "start_scoring"):
        found = rounds_services.take_round_step(selection_round=found, name=name, actor=analyst)
    for candidate in found.candidates.in_pool().select_related("country", "round__model"):
        for criterion, step in (rated or {}).items():
            ratings_services.rate(
                candidate=candidate,
                criterion=criterion,
                step=step,
                rationale="Cases rose in two years running.",
                evidence=[RatingEvidence(document="Annual report of the ministry")],
                actor=analyst,
            )
    rounds_services.score_round(selection_round=found, actor=analyst)
    return rounds_services.take_round_step(selection_round=found, name="open_consultation", actor=analyst)


def asked(
    found: SelectionRound,
    agency: Agency,
    analyst: User,
    *,
    days: int = 20,
    role: str = "consult",
    send: bool = True,
    about: Sequence[Candidate] = (),
) -> ConsultationRequest:
    """Send a request about these candidates, or every candidate of the round, due in `days` days."""
    today = timezone.now().date()
    made = requests_services.draft_request(
        selection_round=found,
        agency=agency,
        role=role,
        due_on=None if role == "info" else today + dt.timedelta(days),
        questions=QUESTIONS,
        candidates=about or found.candidates.in_pool(),
        actor=analyst,
    )
    return requests_services.send_request(request=made, actor=analyst) if send else made


def says(
    request: ConsultationRequest, candidate: Candidate, value: str, text: str = "", day: dt.date | None = None
) -> Position:
    """Submit the position of an agency's point of contact, who has opened the newest evidence."""
    shown = candidate.evidence.order_by("-number").first()
    assert shown is not None
    contact = User.objects.get(agency=request.agency, is_contact=True, is_active=True)
    record_opening(request=request, evidence=shown, actor=contact)
    return positions_services.submit_position(
        request=request,
        candidate=candidate,
        value=value,
        text=text,
        proposed_due_on=day,
        evidence=shown.pk,
        actor=contact,
    )


def consulted(users: Mapping[Role, User]) -> Consulted:
    """Make the demonstration's consultation, with requests and positions in each state.

    Labor has answered in part, Justice objects, one request is a draft, and one is dropped. The accounts are those of
    the demonstration; the round is new.
    """
    analyst = users[Role.ANALYST]
    found = in_consultation(analyst, "Consulted", ("GHA", "CIV", "KEN", "TGO", "UGA"))
    pool = list(found.candidates.in_pool().select_related("country", "round__model").order_by("country__name"))
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    labor = asked(found, agencies["dol"], analyst, days=2)
    justice = asked(found, agencies["doj"], analyst, about=[row for row in pool if row.country.code != "UGA"])
    dropped = asked(found, agencies["hhs"], analyst)
    requests_services.drop_request(
        request=dropped, reason="Its programs ended; it asked to be left out.", actor=analyst
    )
    later = labor.due_on + dt.timedelta(14) if labor.due_on else None
    positions = {
        "stale": says(labor, pool[0], "clear_with_comments", "Lead with the figure that counts chores."),
        "objection": says(justice, pool[0], "does_not_clear", OBJECTION),
        "extension": says(labor, pool[1], "extension", "Our attorneys travel.", later),
        "clear": says(justice, pool[1], "no_equities"),
    }
    ratings_services.rate(
        candidate=pool[0],
        criterion="prosecution",
        step=3,
        rationale="Cases rose in two years running.",
        evidence=[RatingEvidence(document="Annual report of the ministry")],
        actor=analyst,
    )
    for member in User.objects.filter(agency=labor.agency, is_active=True, is_contact=False)[:1]:
        positions_services.save_draft(
            request=labor,
            candidate=pool[2],
            value="clear_with_edits",
            text="Name the labor inspectorate.",
            proposed_due_on=None,
            evidence=pool[2].evidence.get().pk,
            actor=member,
        )
    draft = asked(found, agencies["dhs"], analyst, role="clear", send=False)
    requests = {"labor": labor, "justice": justice, "dropped": dropped, "draft": draft}
    return Consulted(found, requests, positions)
