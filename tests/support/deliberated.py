"""Sample rounds in deliberation and after it: open, decided, frozen, superseded, and affected by later changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from partnerships.agreements.services import create_partnership
from partnerships.models import Partnership
from selection.consultation.services import dispositions as dispositions_services
from selection.consultation.services import requests as requests_services
from selection.decisions.memo import services as memo_services
from selection.lookups.rounds import statutory_consultees
from selection.models import Decision, Position, SelectionRound
from selection.pool_rules.pools import PoolRule
from selection.rounds import services as rounds_services
from selection.signing import services as signing_services
from tests.support import deciding
from tests.support.consulting import OBJECTION, asked, in_consultation, says
from tests.support.restrictions import review_all
from tests.support.unguarded import unguarded

RATIONALE = (
    "Need is high: children work in fishing and are moved between districts. The courts are ready, the ministry asked "
    "for help with shelters, and two of the programs of the Department of Labor end next year."
)


RATED = {"forms": 3, "prosecution": 3, "protection": 2, "prevention": 3}
"""Steps of the rubric that meet the statutory requirements."""


@dataclass(frozen=True)
class Deliberated:
    """Rounds by their status, with the partnership that a decision started."""

    rounds: Mapping[str, SelectionRound] = field(default_factory=dict)
    waiting: Decision | None = None
    partnership: Partnership | None = None


def in_deliberation(analyst: User, title: str, codes: tuple[str, ...]) -> SelectionRound:
    """Take a round to deliberation after its consultees answered on every candidate.

    Justice objects to the first candidate, and the office records its disposition; the other consultees clear.
    """
    found = in_consultation(analyst, title, codes, RATED)
    pool = list(found.candidates.in_pool().select_related("country", "round__model").order_by("country__name"))
    for agency in dict.fromkeys([*statutory_consultees(), *Agency.objects.filter(code="doj")]):
        if not User.objects.filter(agency=agency, is_contact=True, is_active=True).exists():
            requests_services.record_not_applicable(
                selection_round=found, agency=agency, reason="It has no programs in these countries.", actor=analyst
            )
            continue
        request = asked(found, agency, analyst)
        for candidate in pool:
            objects = agency.code == "doj" and candidate == pool[0]
            position = says(request, candidate, "does_not_clear" if objects else "clear", OBJECTION if objects else "")
            if objects:
                dispositions_services.dispose(
                    position=position, text="An objective for the courts was added.", actor=analyst
                )
    return rounds_services.take_round_step(selection_round=found, name="deliberate", actor=analyst)


def _recommended(found: SelectionRound, analyst: User, *recommendations: tuple[str, str]) -> None:
    for code, action in recommendations:
        candidate = found.candidates.select_related("country", "round").get(country__code=code)
        deciding.recommend(candidate=candidate, action=action, rationale=RATIONALE, actor=analyst)


def _decided(found: SelectionRound, approver: User, code: str, action: str, remarks: str = "") -> Decision:
    candidate = found.candidates.get(country__code=code)
    made = candidate.recommendations.get(superseded_at=None)
    return deciding.decide(recommendation=made, action=action, remarks=remarks, actor=approver)


def _closed(found: SelectionRound, analyst: User, approver: User) -> SelectionRound:
    memo_services.issue_memo(selection_round=found, actor=analyst)
    return rounds_services.take_round_step(selection_round=found, name="decide", actor=approver)


def deliberated(users: Mapping[Role, User]) -> Deliberated:
    """Make rounds in each state of deliberation, and a draft round.

    They have no recommendation yet, wait for a decision, were decided and changed, or are affected by later changes.
    """
    analyst, approver = users[Role.ANALYST], users[Role.APPROVER]
    codes = ("BEN", "GHA", "MWI", "NPL", "TGO")
    fresh = in_deliberation(analyst, "Not begun", codes[:2])

    waits = in_deliberation(analyst, "Deliberated", codes)
    for candidate in waits.candidates.in_pool().select_related("country"):
        review_all(candidate.country, analyst)
    _recommended(waits, analyst, ("GHA", "select"), ("MWI", "defer"), ("NPL", "select"), ("TGO", "not_selected"))
    _decided(waits, approver, "GHA", "shortlist", "After the election.")
    _decided(waits, approver, "MWI", "defer")
    _recommended(waits, analyst, ("MWI", "shortlist"))
    issued = memo_services.issue_memo(selection_round=waits, actor=analyst)
    question = "Which of the two years would the ministry lose?"
    asked = waits.candidates.get(country__code="MWI").recommendations.get(superseded_at=None)
    signing_services.sign(memo=issued, lines=[signing_services.Line(asked, "discuss", question)], actor=approver)

    decided = in_deliberation(analyst, "Decided", codes)
    _recommended(decided, analyst, ("TGO", "select"), ("BEN", "select"), ("GHA", "not_selected"))
    waiting = _decided(decided, approver, "TGO", "select")
    began = _decided(decided, approver, "BEN", "select", "Begin with the north.")
    _decided(decided, approver, "GHA", "not_selected")
    decided = _closed(decided, analyst, approver)
    partnership = create_partnership(
        country=began.candidate.country,
        title=f"Partnership with {began.candidate.country}",
        decision=began,
        actor=analyst,
    )
    _recommended(decided, analyst, ("BEN", "defer"))
    _decided(decided, approver, "BEN", "defer")

    touched = in_deliberation(analyst, "Touched", codes[:2])
    _recommended(touched, analyst, ("GHA", "not_selected"))
    _decided(touched, approver, "GHA", "not_selected")
    touched = _closed(touched, analyst, approver)
    with unguarded():
        Position.objects.filter(candidate__round=touched, value="does_not_clear").update(text="Fine.")
    draft = rounds_services.open_round(
        title="Not drawn",
        fiscal_year=decided.fiscal_year,
        model=decided.model,
        rule=PoolRule(only=codes),
        reference_date=decided.reference_date,
        actor=analyst,
    )
    rounds = {"draft": draft, "fresh": fresh, "waits": waits, "decided": decided, "touched": touched}
    return Deliberated(rounds, waiting, partnership)
