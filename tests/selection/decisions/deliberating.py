"""A round in deliberation, with an agency that clears and one that does not, created through the services."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from selection.consultation.services import dispositions as dispositions_services
from selection.decisions.memo import services as memo_services
from selection.models import Decision, Recommendation, SelectionRound
from selection.rounds import services as rounds_services
from tests.support import deciding
from tests.support.restrictions import review_all
from tests.support.rounds import ON, Office

FAR = dt.date(2099, 1, 1)


def review(office: Office, selection_round: SelectionRound, code: str = "GHA", status: str = "clear") -> None:
    """Review all restrictions for a country as clear; a `status` other than clear is recorded for Tier 3."""
    country = office.candidate(selection_round, code).country
    review_all(country, office.analyst)
    if status != "clear":
        country.restriction_findings.create(
            code="tier_3",
            status=status,
            basis="Placed on Tier 3",
            reviewer="L",
            reviewed_on=ON,
            expires_on=FAR,
            recorded_by=office.analyst,
        )


def committed(office: Office, selection_round: SelectionRound, code: str = "GHA", step: int = 3) -> None:
    """Rate a country on political will for prosecution, protection, and prevention, and score the round."""
    for criterion in ("prosecution", "protection", "prevention"):
        office.rate(office.candidate(selection_round, code), criterion, step)
    rounds_services.score_round(selection_round=selection_round, actor=office.analyst)


@dataclass(frozen=True)
class Deliberation:
    """The office and the round that the world `deliberation` adds to the ranking."""

    office: Office
    round: SelectionRound


def deliberation(_folder: Path) -> Deliberation:
    """Take a round to deliberation."""
    office = Office()
    return Deliberation(office, deliberating(office))


@dataclass(frozen=True)
class Decided:
    """The office and the decision that the world `decided` adds."""

    office: Office
    decision: Decision


def select_ghana(_folder: Path) -> Decided:
    """Select Ghana, and close the round as decided with its memo."""
    office, found = Office.there(), in_deliberation()
    made = decided(office, found)
    closed(office, found)
    return Decided(office, made)


def in_deliberation() -> SelectionRound:
    """Return the current record of the round of that world."""
    return SelectionRound.objects.select_related("model").get(state="deliberation")


def deliberating(office: Office) -> SelectionRound:
    """Take a round to deliberation after its agencies answered on Ghana.

    Labor clears; Justice does not clear, and the office records a disposition.
    """
    found = office.scored()
    committed(office, found)
    found = office.step(found, "open_consultation")
    labor, justice = office.agency(), office.agency("doj", "Department of Justice")
    office.answer(office.ask(found, labor), text="Say more of the fishing sector.", value="clear_with_comments")
    against = office.answer(office.ask(found, justice), value="does_not_clear", text="Cases are not tried.")
    dispositions_services.dispose(position=against, text="A court objective was added.", actor=office.analyst)
    review(office, found)
    return office.step(found, "deliberate")


def recommended(
    office: Office, selection_round: SelectionRound, code: str = "GHA", action: str = "select"
) -> Recommendation:
    """Record the analyst's recommendation."""
    return deciding.recommend(
        candidate=office.candidate(selection_round, code),
        action=action,
        rationale="Need is high and the courts are ready.",
        actor=office.analyst,
    )


def decided(office: Office, selection_round: SelectionRound, code: str = "GHA", action: str = "select") -> Decision:
    """Record a recommendation and the approver's decision on it."""
    return deciding.decide(
        recommendation=recommended(office, selection_round, code, action), action=action, actor=office.approver, on=ON
    )


def closed(office: Office, selection_round: SelectionRound) -> SelectionRound:
    """Issue the round's memo, and close the round as decided."""
    memo_services.issue_memo(selection_round=selection_round, actor=office.analyst, on=ON)
    return rounds_services.take_round_step(selection_round=selection_round, name="decide", actor=office.approver, on=ON)


def changed(office: Office, decision: Decision, action: str = "defer") -> Decision:
    """Record another decision on the same candidate, which supersedes the first."""
    made = deciding.recommend(
        candidate=decision.candidate, action=action, rationale="An election was called.", actor=office.analyst
    )
    return deciding.decide(recommendation=made, action=action, actor=office.approver, on=ON)
