"""Trends of the evidence on a candidate: earlier values by the same method, or why there is no trend."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cpc.grouping import grouped
from indicators.models import Country, Observation
from selection.evidence.queries import EvidenceLine

SURVEYS = frozenset({"unicef"})
"""Keys of sources whose values of one country come from different surveys, each by its own method."""
TIERS = ("1", "2", "2WL", "3")
"""Labels that have an order, the best first."""


class NoTrend(enum.StrEnum):
    """Reason why a value has no trend."""

    SINGLE = "single"
    METHOD = "method"
    SURVEYS = "surveys"
    UNORDERED = "unordered"


@dataclass(frozen=True, slots=True)
class EvidenceTrend:
    """Earlier values of one indicator, oldest first, the shown value last.

    `points` is by year; it is empty with a reason in `why`. `others` are the earlier values that are not comparable.
    """

    points: tuple[tuple[int, float], ...] = ()
    first: Observation | None = None
    why: NoTrend | None = None
    others: tuple[Observation, ...] = ()

    @property
    def moved(self) -> bool:
        """Return True if the newest value differs from the one before it."""
        return len(self.points) > 1 and self.points[-1][1] != self.points[-2][1]


def trends_of(lines: Iterable[EvidenceLine], country: Country, *, as_of: int) -> dict[str, EvidenceTrend]:
    """Return the trend of each line with a value, by the key of its criterion, in one query."""
    shown = {line.row.key: line.observation for line in lines if line.observation is not None}
    indicators = {observation.indicator_id for observation in shown.values()}
    rows = Observation.objects.as_of(as_of).filter(country=country, indicator__in=indicators, missing="")
    rows = rows.select_related("indicator__source").order_by("year", "period")
    known = grouped(rows, lambda row: row.indicator_id)
    return {
        key: trend(observation, known.get(observation.indicator_id, ()), observation.indicator.source.key)
        for key, observation in shown.items()
    }


def trend(shown: Observation, known: Sequence[Observation], source: str) -> EvidenceTrend:
    """Return the trend up to the shown value from all values of its indicator, oldest first."""
    until = [row for row in known if row.year <= shown.year]
    same = {row.year: row for row in until if row.series == shown.series}
    named = _editions(until, shown)
    if len(same) < 2:
        return EvidenceTrend(why=NoTrend.METHOD if named else NoTrend.SINGLE, others=named)
    rows = list(same.values())
    if source in SURVEYS:
        return EvidenceTrend(why=NoTrend.SURVEYS, others=tuple(rows[:-1]))
    ordered = [(row.year, level) for row in rows if (level := _level(row)) is not None]
    if len(ordered) < 2:
        return EvidenceTrend(why=NoTrend.UNORDERED, others=tuple(rows[:-1]))
    first = same[ordered[0][0]]
    return EvidenceTrend(points=tuple(ordered), first=first)


def _editions(rows: Sequence[Observation], shown: Observation) -> tuple[Observation, ...]:
    """Return the earlier values of other series, one for each year: men and women of one survey are no editions."""
    by_year: Mapping[int, Observation] = {row.year: row for row in rows if row.series != shown.series}
    return tuple(row for year, row in by_year.items() if year < shown.year)


def _level(row: Observation) -> float | None:
    """Return the height of a value in a chart, or None if it has no order."""
    if row.label in TIERS:
        return float(len(TIERS) - TIERS.index(row.label))
    return row.value
