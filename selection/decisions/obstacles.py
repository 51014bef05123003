"""Obstacles of a round: one list for its overview, the decision, the memo, errors of services, and REST.

Each rule is one function over the facts of the round. It yields obstacles with their weight, the candidates concerned,
and the steps that they stop. Every page, service, and precondition reads this list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.findings import Finding
from selection.decisions import rules_of_candidates, rules_of_consultation
from selection.decisions.round_facts import Obstacle, RoundFacts, Step, Weight, round_facts_of
from selection.models import SelectionRound

__all__ = ("RULES", "Obstacle", "Step", "Weight", "as_findings", "obstacles_in", "obstacles_of", "readable_by", "stops")

Rule = Callable[[RoundFacts], Iterator[Obstacle]]
RULES: tuple[Rule, ...] = (
    rules_of_candidates.scored,
    rules_of_consultation.statutory_asked,
    rules_of_consultation.answered,
    rules_of_consultation.objections_disposed,
    rules_of_consultation.edits_settled,
    rules_of_consultation.notes_settled,
    rules_of_candidates.ratings_complete,
    rules_of_candidates.statute_met,
    rules_of_candidates.restrictions_reviewed,
    rules_of_candidates.tiers_confirmed,
    rules_of_consultation.positions_fresh,
    rules_of_candidates.not_partners,
    rules_of_candidates.recommended,
)
WITHOUT_NOTES: Mapping[str, str] = {
    "critical_open": "A critical note is open.",
    "critical_rejected": "A critical note is rejected, and its agency does not agree.",
    "major_open": "A major note is open.",
    "note_rejected": "A note is rejected.",
}
"""Titles of the obstacles about notes for accounts that may not read notes, by code."""
_ORDER = {weight: number for number, weight in enumerate(Weight)}


def obstacles_of(selection_round: SelectionRound, on: date) -> list[Obstacle]:
    """Return what stops the memo and the decision, what the memo prints, and what is fine, in this order."""
    return obstacles_in(round_facts_of(selection_round, on))


def obstacles_in(facts: RoundFacts) -> list[Obstacle]:
    """Return the obstacles of the round and of the candidates in the facts, the heaviest first, then by rule."""
    keys = {candidate.pk for candidate in facts.candidates}
    found = [row for rule in RULES for row in rule(facts) if not row.candidates or keys.intersection(row.candidates)]
    return sorted(found, key=lambda obstacle: _ORDER[obstacle.weight])


def readable_by(user: User, obstacles: Iterable[Obstacle]) -> list[Obstacle]:
    """Return obstacles as an account may read them: without permission to see notes, none names or quotes a note."""
    if user.allows(Permission.VIEW_NOTES):
        return list(obstacles)
    return [
        replace(row, title=WITHOUT_NOTES[row.code], detail="", url="", verb="", candidates=())
        if row.code in WITHOUT_NOTES
        else row
        for row in obstacles
    ]


def stops(obstacles: Iterable[Obstacle], step: Step) -> list[Obstacle]:
    """Return those obstacles that stop a step."""
    return [row for row in obstacles if row.weight is Weight.STOPS and step in row.blocks]


def as_findings(obstacles: Iterable[Obstacle], step: Step, *, warn: bool = True) -> list[Finding]:
    """Return obstacles as findings of a step: errors where they stop it, warnings where the memo prints them."""
    found = []
    for row in obstacles:
        if row.weight is Weight.STOPS and step in row.blocks:
            found.append(Finding.error(row.code, row.message, row.about, row.citation))
        elif row.weight is Weight.PRINTS and warn:
            found.append(Finding.warning(row.code, row.message, row.about, row.citation))
    return found
