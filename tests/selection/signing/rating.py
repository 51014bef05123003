"""Ratings of a second candidate, without which no finding on the statute is possible."""

from __future__ import annotations

from selection.models import SelectionRound
from selection.rounds.services import score_round
from tests.support.rounds import Office


def rated(office: Office, selection_round: SelectionRound, code: str = "CIV") -> None:
    """Rate a candidate on what the statute asks for, and score the round."""
    for criterion in ("forms", "prosecution", "protection", "prevention"):
        office.rate(office.candidate(selection_round, code), criterion, 3)
    score_round(selection_round=selection_round, actor=office.analyst)
