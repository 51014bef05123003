"""Movements between two rankings: who enters or leaves the first N, and who moves far. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FAR = 5
"""Least number of places that counts as a far movement."""

NAMED_MOVES = 3
"""The most movements that are named as the farthest."""


@dataclass(frozen=True, slots=True)
class QuestionMove:
    """A country's ranks before and after; None is no rank."""

    code: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Effect:
    """Movements of a list of `ranked` countries.

    `within` counts the first N, which may be more if the last of them are equal. `enters` and `leaves` are among
    these; `far` counts those that move by `FAR` places or more between two ranks, the best of these ranks being
    `nearest`; `moved` counts every other rank. `gained` and `lost` count countries. `farthest` are the farthest
    movements: up to three far ones, or else the farthest alone.
    """

    first: int
    ranked: int
    within: int
    enters: tuple[QuestionMove, ...]
    leaves: tuple[QuestionMove, ...]
    far: int
    nearest: int
    moved: int
    gained: int
    lost: int
    farthest: tuple[QuestionMove, ...] = ()

    @property
    def stay(self) -> int:
        """Return the number of countries that are among the first N in both lists."""
        return self.within - len(self.enters)


def effect(before: Mapping[str, int], after: Mapping[str, int], first: int) -> Effect:
    """Compare two lists of ranks by country."""
    moves = [QuestionMove(code, before.get(code), after.get(code)) for code in sorted({*before, *after})]
    both = [(move.before, move.after) for move in moves if move.before is not None and move.after is not None]
    far = [min(a, b) for a, b in both if abs(a - b) >= FAR]
    enters = [m for m in moves if _within(m.after, first) and not _within(m.before, first)]
    leaves = [m for m in moves if _within(m.before, first) and not _within(m.after, first)]
    return Effect(
        first,
        len(after),
        sum(rank <= first for rank in after.values()),
        tuple(sorted(enters, key=lambda move: (move.after or 0, move.code))),
        tuple(sorted(leaves, key=lambda move: (move.before or 0, move.code))),
        len(far),
        min(far, default=0),
        sum(a != b for a, b in both),
        sum(code not in before for code in after),
        sum(code not in after for code in before),
        _farthest(moves),
    )


def _farthest(moves: Sequence[QuestionMove]) -> tuple[QuestionMove, ...]:
    far = [
        (abs(move.before - move.after), move.after, move)
        for move in moves
        if move.before is not None and move.after is not None and move.before != move.after
    ]
    far.sort(key=lambda item: (-item[0], item[1], item[2].code))
    named = sum(distance >= FAR for distance, _, _ in far[:NAMED_MOVES])
    return tuple(move for _, _, move in far[: max(named, 1)])


def _within(rank: int | None, first: int) -> bool:
    return rank is not None and rank <= first
