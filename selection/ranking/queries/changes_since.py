"""Short summary of a run's changes, for the home page."""

from __future__ import annotations

from dataclasses import dataclass

from selection.models import ScoreRun
from selection.runs.rows import RankingRow, ranking_of

MOVERS = 5
"""The number of moved countries that the home page names."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Summary of a run's changes: how many ranks differ, who enters and leaves the first N, who moves most.

    `movers` has the places moved (positive for a rise), the earlier rank, and the row in the later run.
    """

    moved: int
    entered: tuple[RankingRow, ...]
    left: tuple[RankingRow, ...]
    movers: tuple[tuple[int, int, RankingRow], ...]


def changes_since(run: ScoreRun, before: ScoreRun) -> Changes:
    """Return what `run` changed against `before`, from their rows alone."""
    then, now = ranking_of(before), ranking_of(run)
    old, new = ({row.code: row for row in ranking.ranked} for ranking in (then, now))
    first = [{row.code for row in ranking.first} for ranking in (then, now)]
    both = [(old[code].rank or 0, row) for code, row in new.items() if code in old]
    moves = [(was - (row.rank or 0), was, row) for was, row in both]
    movers = sorted((move for move in moves if move[0]), key=lambda move: (-abs(move[0]), move[2].rank or 0))
    return Changes(
        moved=len(movers) + len(set(old) ^ set(new)),
        entered=tuple(row for row in now.first if row.code not in first[0]),
        left=tuple(row for row in then.first if row.code not in first[1]),
        movers=tuple(movers[:MOVERS]),
    )
