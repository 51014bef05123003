"""Gaps and objections on the lines to sign: the approver acknowledges each before a decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from selection.decisions.obstacles import Obstacle, Weight, obstacles_in
from selection.decisions.round_facts import RoundFacts, round_facts_of
from selection.models import Action, Recommendation, SelectionRound


def missing_for(
    selection_round: SelectionRound, recommendations: Sequence[Recommendation], on: dt.date
) -> list[Obstacle]:
    """Return what the memo prints about some lines or the whole round, and does not stop a decision."""
    if not recommendations:
        return []
    facts = round_facts_of(selection_round, on, [row.candidate for row in recommendations])
    return _printed(facts)


def due_on(recommendation: Recommendation, facts: RoundFacts) -> list[Obstacle]:
    """Return what an approver must have seen before a decision on one line."""
    is_selected = recommendation.action == Action.SELECT
    return _printed(facts.of(recommendation.candidate, selecting=is_selected))


def _printed(facts: RoundFacts) -> list[Obstacle]:
    return [row for row in obstacles_in(facts) if row.weight is Weight.PRINTS]
