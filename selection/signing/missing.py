"""What is missing or against the lines to sign: the approver acknowledges each before a decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from selection.models import SelectionRound


@dataclass(frozen=True, slots=True)
class Obstacle:
    key: str
    title: str
    candidates: tuple[int, ...] = ()


def to_acknowledge(selection_round: SelectionRound, candidates: Collection[int], on: dt.date) -> list[Obstacle]:
    """Return what is printed in the memo about some candidates or the whole round, and stops no decision."""
    del selection_round, candidates, on
    return []


def concerns(obstacle: Obstacle, candidate: int) -> bool:
    return not obstacle.candidates or candidate in obstacle.candidates
