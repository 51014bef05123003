"""The four measures that are tested, and the periods that they describe. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

METHOD: Final = "1"
"""Version of the method. Raise it with any change of a rule or number: what was computed before is then never shown."""

TIER_VALUES: Final[Mapping[str, float]] = {"Tier 3": 1.0, "Tier 2 Watch List": 2.0, "Tier 2": 3.0, "Tier 1": 4.0}
"""Tiers as numbers. That the steps are equal is a convention; a Special Case is a missing value."""

LOWEST_TIER: Final = TIER_VALUES["Tier 3"]
WATCH_LIST: Final = TIER_VALUES["Tier 2 Watch List"]

MOST_INFERRED: Final = 3
"""An edition of the tiers is complete if at most so many of its values are inferred."""


@dataclass(frozen=True, slots=True)
class OutcomeMeasure:
    """A measure: its indicator, its names on pages, the unit and decimals of its differences, the ends of its scale.

    `pretended` are the years by which a check moves every signature back.
    """

    key: str
    indicator: str
    title: str
    tab: str
    unit: str
    decimals: int
    low: float
    high: float
    pretended: int

    @property
    def is_tier(self) -> bool:
        return self.key == "tier"

    def period_of(self, day: dt.date) -> int:
        """Return the period that contains a day: an edition of the TIP Report, or a calendar year."""
        return edition_of(day) if self.is_tier else day.year


def edition_of(day: dt.date) -> int:
    """Return the edition of the TIP Report that covers a day. Edition Y covers Apr 1, Y-1, to Mar 31, Y."""
    return day.year + (day.month >= 4)


def income_year_of(day: dt.date) -> int:
    """Return the fiscal year of the World Bank, Jul 1 to Jun 30, that contains a day."""
    return day.year + (day.month >= 7)


TIER: Final = OutcomeMeasure("tier", "tip.tier", "TIP tier", "TIP tier", "steps of one tier", 2, 1, 4, 4)
RIGHTS: Final = OutcomeMeasure(
    "rights", "fh.political_rights", "Political rights", "Political rights", "points of 40", 1, 0, 40, 3
)
LIBERTIES: Final = OutcomeMeasure(
    "liberties", "fh.civil_liberties", "Civil liberties", "Civil liberties", "points of 60", 1, 0, 60, 3
)
CORRUPTION: Final = OutcomeMeasure(
    "cpi", "cpi.score", "Corruption Perceptions Index", "Corruption Perceptions", "points of 100", 1, 0, 100, 3
)
MEASURES: Final = (TIER, RIGHTS, LIBERTIES, CORRUPTION)
BY_KEY: Final = {measure.key: measure for measure in MEASURES}

FREEDOM: Final = "fh.total"
INCOME: Final = "wb.income_class"
