"""Published values as the comparison reads them, and the rules of a comparison. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from partnerships.outcomes.measures import TIER, OutcomeMeasure

Numbers = Mapping[str, Mapping[int, float]]
"""Values by country and period."""


@dataclass(frozen=True, slots=True, order=True)
class Signature:
    """The day on which a partnership was signed."""

    day: dt.date
    country: str


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one measure.

    `stated` leaves out inferred values. `published` are the periods with a value of any country, `counted` those that
    count: for the tiers, the complete editions. `unconfirmed` are counted periods that rest largely on one list.
    """

    values: Numbers
    stated: Numbers
    published: frozenset[int]
    counted: frozenset[int]
    unconfirmed: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Panel:
    """Everything that a comparison reads, as of one publication.

    `eligible` are the countries of the compiled tiers with a region, without the United States, territories, and all
    that were ever a partner. `income` has the World Bank's classes by its fiscal year, `freedom` the totals of Freedom
    House by calendar year.
    """

    series: Mapping[str, Series]
    freedom: Numbers
    income: Mapping[str, Mapping[int, str]]
    regions: Mapping[str, str]
    eligible: frozenset[str]
    signatures: tuple[Signature, ...]

    @property
    def tiers(self) -> Series:
        return self.series[TIER.key]

    @cached_property
    def first_freedom(self) -> int:
        """Return the first year with a total of any country: a check may ask for one before it."""
        return min((year for years in self.freedom.values() for year in years), default=0)


@dataclass(frozen=True, slots=True)
class Design:
    """Rules of a comparison: those of the page by default, and others in the checks.

    `earlier` are the years by which a signature is moved back; nothing from its true period on is used then. With
    `is_whole`, the series must cover all periods before. `left_out` are periods that do not count.
    """

    group: int = 10
    before: int = 3
    first_after: int = 1
    last_after: int | None = 4
    by_freedom: bool = True
    with_high_income: bool = False
    with_lowest_tier: bool = False
    with_inferred: bool = False
    earlier: int = 0
    is_whole: bool = False
    left_out: frozenset[int] = field(default_factory=frozenset)

    def signed(self, signature: Signature) -> dt.date:
        """Return the day from which a signature counts; February 29 becomes 28 in another year."""
        day = signature.day
        if not self.earlier:
            return day
        return day.replace(year=day.year - self.earlier, day=min(day.day, 28) if day.month == 2 else day.day)


PAGE = Design()


def pretended(measure: OutcomeMeasure) -> Design:
    """Return the design of a signature that was never given, some years earlier."""
    years = measure.pretended
    return Design(earlier=years, last_after=years - 1, is_whole=True)
