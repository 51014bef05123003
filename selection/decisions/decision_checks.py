"""Checks of a decision on a candidate, shared by page, service, and memo: the rules of `obstacles`, for one candidate.

Every kind of decision needs the answers of agencies, their dispositions, closed critical notes, a finding on the
statute, and the score. What is specific to a selection counts for a selection alone: the statute is met, all
restrictions are reviewed, and none bars. An existing partnership is printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cpc.accounts.models import User
from cpc.findings import Finding
from selection.decisions.obstacles import Step, as_findings, obstacles_in, readable_by
from selection.decisions.round_facts import RoundFacts, round_facts_of
from selection.models import Action, Candidate, SelectionRound


def in_the_pool(candidate: Candidate) -> list[Finding]:
    if candidate.in_pool:
        return []
    return [Finding.error("not_in_pool", f"{candidate.country} is not in the pool: {candidate.reason}", "pool")]


def grounds_of(selection_round: SelectionRound, candidates: Sequence[Candidate], on: date) -> RoundFacts:
    """Load the facts for the rules on some candidates, in a fixed number of queries."""
    return round_facts_of(selection_round, on, candidates)


def decision_findings(
    candidate: Candidate, action: str, on: date, grounds: RoundFacts | None = None, *, reader: User | None = None
) -> list[Finding]:
    """Return the findings on the decision `action`: errors block it, warnings inform.

    With a `reader`, they are as that account may read them.
    """
    known = grounds or grounds_of(candidate.round, [candidate], on)
    obstacles = obstacles_in(known.of(candidate, selecting=action == Action.SELECT))
    if reader is not None:
        obstacles = readable_by(reader, obstacles)
    return [*in_the_pool(candidate), *as_findings(obstacles, Step.DECISION)]
