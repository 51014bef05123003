"""Short summary of what one ranking changed against another: groups, the first N, widths, and the largest movements."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from selection.models import ScoreRun
from selection.models.runs import ScreenGroup
from selection.run_comparison.queries.comparison import Comparison, RunMove, compare
from selection.run_comparison.queries.data_differences import DataBehind, data_behind
from selection.runs.queries.all_in import UNCONFIRMED
from selection.runs.rows import RankingRow

MOVERS = 5
"""Number of movements that a summary names."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures of one ranking: ranked countries by group, the median width of the interval, and unconfirmed tiers.

    `width` is None for a ranking without draws.
    """

    groups: Mapping[str, int]
    width: float | None
    unconfirmed: int


@dataclass(frozen=True)
class ChangeSummary:
    """Comparison of two rankings with the figures of both; `largest` are the movements to name, with the data behind.

    The widths compare like with like, as `RunMove.drawn` does.
    """

    comparison: Comparison
    before: Counts
    after: Counts
    largest: tuple[RunMove, ...]
    data: DataBehind

    def joined(self, group: ScreenGroup) -> list[RankingRow]:
        """Return the countries in a group of the later ranking that were not in it before, by rank."""
        return [move.row for move in self._by_rank if _group(move.after) == group != _group(move.before)]

    def parted(self, group: ScreenGroup) -> list[RankingRow]:
        """Return the countries in a group of the earlier ranking that are no longer in it, by rank."""
        return [move.row for move in self._by_rank if _group(move.before) == group != _group(move.after)]

    @property
    def _by_rank(self) -> list[RunMove]:
        return sorted(self.comparison.moves, key=lambda move: move.row.rank or 1000)


def summary_of(before: ScoreRun, after: ScoreRun) -> ChangeSummary:
    """Return what a ranking changed against an earlier one. Runs never change, so it is cached in this process."""
    return _summary(before.pk, after.pk, before.snapshot_hash, after.snapshot_hash)


@lru_cache(maxsize=8)
def _summary(before_id: int, after_id: int, *_snapshots: str) -> ChangeSummary:
    before, after = (ScoreRun.objects.defer("result").get(pk=pk) for pk in (before_id, after_id))
    found = compare(before, after)
    largest = tuple(found.moved[:MOVERS])
    return ChangeSummary(found, _counts(found, 0), _counts(found, 1), largest, data_behind(found, largest))


def _counts(found: Comparison, side: int) -> Counts:
    rows = [row for move in found.moves if (row := (move.before, move.after)[side]) is not None and row.rank]
    drawn = [one for move in found.moves if (one := move.drawn[side]) is not None]
    groups = Counter(row.group for row in rows)
    return Counts(
        groups={group.value: groups[group.value] for group in ScreenGroup} if groups.keys() - {""} else {},
        width=statistics.median(one.high - one.low for one in drawn) if drawn else None,
        unconfirmed=sum(row.tier_quality == UNCONFIRMED for row in rows),
    )


def _group(row: RankingRow | None) -> str:
    return row.group if row is not None and row.rank else ""
