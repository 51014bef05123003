"""A round in deliberation, with an agency that clears and one that does not, made by the services."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from selection.consultation.services import dispositions as dispositions_services
from selection.decisions import services as decisions_services
from selection.decisions.memo import services as memo_services
from selection.models import Decision, Recommendation, SelectionRound
from selection.rounds import services as rounds_services
from tests.support.restrictions import review_all
from tests.support.rounds import ON, Office

FAR = dt.date(2099, 1, 1)


def review(office: Office, selection_round: SelectionRound, code: str = "GHA", status: str = "clear") -> None:
    """The whole list of restrictions reviewed for a country; with another status than clear, one of them stands so."""
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
    """A country rated on political will for each P, and the round scored with it."""
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
    """Hold the office and the decision that the world `decided` adds."""

    office: Office
    decision: Decision


def select_ghana(_folder: Path) -> Decided:
    """Select Ghana, and close the round as decided with its memo."""
    office, found = Office.there(), in_deliberation()
    made = decided(office, found)
    closed(office, found)
    return Decided(office, made)


def in_deliberation() -> SelectionRound:
    """Return the round of that world as it is now."""
    return SelectionRound.objects.select_related("model").get(state="deliberation")


def deliberating(office: Office) -> SelectionRound:
    """A round whose agencies have answered on Ghana: Labor clears, Justice does not; the office disposed of it."""
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
    """A recommendation of the analyst."""
    return decisions_services.recommend(
        candidate=office.candidate(selection_round, code),
        action=action,
        rationale="Need is high and the courts are ready.",
        actor=office.analyst,
    )


def decided(office: Office, selection_round: SelectionRound, code: str = "GHA", action: str = "select") -> Decision:
    """A recommendation with the decision of the approver."""
    return decisions_services.decide(
        recommendation=recommended(office, selection_round, code, action), action=action, actor=office.approver, on=ON
    )


def closed(office: Office, selection_round: SelectionRound) -> SelectionRound:
    """The round closed as decided, with its memo."""
    memo_services.issue_memo(selection_round=selection_round, actor=office.analyst, on=ON)
    return rounds_services.take_round_step(selection_round=selection_round, name="decide", actor=office.approver, on=ON)


def changed(office: Office, decision: Decision, action: str = "defer") -> Decision:
    """Another decision on the same candidate, which supersedes."""
    made = decisions_services.recommend(
        candidate=decision.candidate, action=action, rationale="An election was called.", actor=office.analyst
    )
    return decisions_services.decide(recommendation=made, action=action, actor=office.approver, on=ON)
