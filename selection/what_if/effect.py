"""Movements between two rankings: who enters or leaves the first N, and who moves far. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from selection.runs.movements import FAR, Move, moves_between

NAMED_MOVES = 3
"""The most movements that are named as the farthest."""


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
    enters: tuple[Move, ...]
    leaves: tuple[Move, ...]
    far: int
    nearest: int
    moved: int
    gained: int
    lost: int
    farthest: tuple[Move, ...] = ()

    @property
    def stay(self) -> int:
        """Return the number of countries that are among the first N in both lists."""
        return self.within - len(self.enters)

    @property
    def is_same(self) -> bool:
        return self.stay == self.within and not self.leaves


def effect(before: Mapping[str, int], after: Mapping[str, int], first: int) -> Effect:
    """Compare two lists of ranks by country. Places are counted by the ranks as printed."""
    moves = moves_between(before, after)
    enters = [move for move in moves if move.enters(first)]
    leaves = [move for move in moves if move.leaves(first)]
    far = [min(move.before or 0, move.after or 0) for move in moves if move.distance >= FAR]
    kinds = Counter(move.kind for move in moves)
    return Effect(
        first,
        len(after),
        sum(rank <= first for rank in after.values()),
        tuple(sorted(enters, key=lambda move: (move.after or 0, move.code))),
        tuple(sorted(leaves, key=lambda move: (move.before or 0, move.code))),
        len(far),
        min(far, default=0),
        kinds["up"] + kinds["down"],
        kinds["gained"],
        kinds["lost"],
        _farthest(moves),
    )


def _farthest(moves: Sequence[Move]) -> tuple[Move, ...]:
    moved = sorted((move for move in moves if move.rise), key=lambda move: (-move.distance, move.after or 0, move.code))
    far = [move for move in moved[:NAMED_MOVES] if move.distance >= FAR]
    return tuple(far or moved[:1])
