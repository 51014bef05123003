"""Countries of a ranking that a list shows, and their order: groups, filters, and sort columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from selection.models import CountryStatus
from selection.pool_rules.policy import POSITIONS
from selection.runs.all_in_figures import AllInFigures, DrawnRanks
from selection.runs.rows import (
    TIER_ORDER,
    Ranking,
    RankingRow,
    plain,
)

STATUS_ORDER: Mapping[str, int] = {
    status.value: place
    for place, status in enumerate(
        (
            CountryStatus.PROVISIONAL,
            CountryStatus.OUTSIDE_POOL,
            CountryStatus.NOT_RANKABLE,
            CountryStatus.UNRANKED_COVERAGE,
            CountryStatus.UNRANKED_REQUIRED,
            CountryStatus.UNDETERMINED,
            CountryStatus.SCREENED_OUT,
            CountryStatus.NOT_LISTED,
            CountryStatus.NOT_CANDIDATE,
        )
    )
}


@dataclass(frozen=True, slots=True)
class ListTab:
    """Group of countries with a list of its own.

    `statuses` are the statuses of its countries, `sorts` the columns that can be sorted by, the first by default.
    """

    key: str
    label: str
    statuses: Collection[str]
    sorts: tuple[str, ...]

    def of(self, ranking: Ranking) -> list[RankingRow]:
        """Return its countries, in the order of ranks, others by name."""
        return [row for row in ranking.rows if row.status in self.statuses]


RANKED = ListTab(
    "",
    "Ranked",
    (CountryStatus.RANKED,),
    (
        *("rank", "country", "need", "feasibility", "score", "interval", "p20", "p10", "designs", "group"),
        *("hurdle", "tier", "known", "reliability", "region", "income", "data_weights", "inner", "holds"),
        *("settled", "free"),
    ),
)
PROVISIONAL = ListTab(
    "provisional",
    "Provisional",
    (CountryStatus.PROVISIONAL,),
    ("-p20", "country", "reason", "need", "feasibility", "middle", "hurdle", "tier", "reliability"),
)
OUTSIDE = ListTab(
    "outside",
    "Outside the pool",
    (CountryStatus.OUTSIDE_POOL, CountryStatus.NOT_LISTED, CountryStatus.NOT_CANDIDATE),
    ("reason", "country", "need", "feasibility", "place", "tier", "range", "chance", "reliability"),
)
NOT_RANKABLE = ListTab(
    "not-rankable", "Not rankable", (CountryStatus.NOT_RANKABLE,), ("country", "feasibility", "tier")
)
TABS = (RANKED, PROVISIONAL, OUTSIDE, NOT_RANKABLE)
"""Groups that the countries of a run fall into."""


# ---- filters -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of a list; an empty field excludes no country."""

    q: str = ""
    region: str = ""
    income: str = ""
    tier: str = ""
    group: str = ""
    hurdle: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in fields(self) if getattr(self, one.name))

    def without(self, *names: str) -> Wanted:
        return replace(self, **dict.fromkeys(names, ""))


def narrowed(rows: Iterable[RankingRow], wanted: Wanted) -> list[RankingRow]:
    """Return the rows that fit every filter; text is part of a name, without accents, or a whole code."""
    text, code = plain(wanted.q), wanted.q.strip().upper()
    return [
        row
        for row in rows
        if (not text or text in plain(row.name) or code == row.code)
        and (not wanted.region or row.region == wanted.region)
        and (not wanted.income or row.income == wanted.income)
        and (not wanted.tier or row.tier == wanted.tier)
        and (not wanted.group or row.group == wanted.group)
        and (not wanted.hurdle or ("corruption" in row.hurdles and row.hurdles["corruption"].kind == wanted.hurdle))
    ]


def in_the_way(rows: Sequence[RankingRow], wanted: Wanted) -> tuple[str, int] | None:
    """Return the filter without which most countries are left, with their number; None if none is."""
    left = [(len(narrowed(rows, wanted.without(name))), name) for name in wanted.names]
    count, name = max(left, default=(0, ""), key=lambda pair: pair[0])
    return (name, count) if count else None


# ---- order ---------------------------------------------------------------------------------------------------------

Key = Callable[[RankingRow], Any]


def _why(row: RankingRow) -> tuple[int, int, str, float]:
    """Return the sort position of a reason: the order of the pool's rules, then the place it would take."""
    order = STATUS_ORDER.get(row.status, len(STATUS_ORDER))
    reason = "" if row.status == CountryStatus.OUTSIDE_POOL else row.reason_code or row.reason
    return order, POSITIONS.get(row.reason_code, 0), reason, row.place or 999


def all_in(figure: Callable[[AllInFigures], Any]) -> Key:
    """Return the reader of a figure that only a run with all-in draws has; it reads None in other runs."""
    return lambda row: figure(row.all_in) if row.all_in else None


def _width(drawn: DrawnRanks | None) -> int | None:
    return drawn.high - drawn.low if drawn else None


SORTS: Mapping[str, Key] = {
    "rank": lambda row: row.rank,
    "country": lambda row: plain(row.name),
    "tier": lambda row: TIER_ORDER.get(row.tier),
    "score": lambda row: row.score,
    "need": lambda row: row.need,
    "feasibility": lambda row: row.feasibility,
    "interval": lambda row: None if row.high is None or row.low is None else row.high - row.low,
    "p20": lambda row: row.p20,
    "p10": lambda row: row.p10,
    "designs": lambda row: row.designs,
    "group": lambda row: ("in", "open", "out").index(row.group) if row.group else None,
    "known": lambda row: row.coverage,
    "hurdle": lambda row: row.hurdles["corruption"].probability if "corruption" in row.hurdles else None,
    "reason": _why,
    "place": lambda row: row.place,
    "middle": lambda row: row.median,
    "reliability": all_in(lambda found: found.reliability),
    "region": lambda row: row.region_rank,
    "income": all_in(lambda found: found.income_rank),
    "data_weights": all_in(lambda found: _width(found.data_weights)),
    "inner": all_in(lambda found: found.data_weights.p20),
    "holds": all_in(lambda found: found.holds),
    "settled": all_in(lambda found: found.settled.p20 if found.settled else None),
    "free": all_in(lambda found: found.free.share if found.free else None),
    "range": all_in(lambda found: _width(found.outside)),
    "chance": all_in(lambda found: found.outside.p20 if found.outside else None),
}


def in_order(rows: Sequence[RankingRow], asked: str) -> list[RankingRow]:
    """Sort rows by `asked` ("-score"). Missing values come last in both directions; ties keep their order."""
    key = SORTS[asked.removeprefix("-")]
    known = [row for row in rows if key(row) is not None]
    known.sort(key=key, reverse=asked.startswith("-"))
    return known + [row for row in rows if key(row) is None]
