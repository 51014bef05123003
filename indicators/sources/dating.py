"""Days of publication of editions, and of values by reference year.

A file rarely gives the day of its publication, and a file of many years never gives one for each year. Each source
declares one rule for both. A month in a rule is represented by its last day, so that nothing counts too early.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cpc.plausible import FIRST_DAY, LAST_DAY

REVISED_FILES = (
    "The World Bank and UNICEF revise past years; CPC uses their current files for past dates, so a value can differ "
    "from the one first published."
)
"""Limitation of every view by day of publication, as its pages word it."""


@dataclass(frozen=True, slots=True)
class Dating:
    """Dating rule of one source.

    A value of reference year y counts as published on `month`/`day` of y + `years_after`; None means that only the
    edition's own day counts. `edition_years_after` is the same for the year in an edition's label, and `editions`
    gives the day of single editions. `is_revised` means that a file gives past years as they are known now.
    """

    rule_text: str = ""
    years_after: int | None = None
    month: int = 12
    day: int = 31
    edition_years_after: int | None = None
    editions: Mapping[str, date] = field(default_factory=dict)
    is_revised: bool = False

    def value_day(self, year: int) -> date | None:
        """Return the day from which a value of a reference year counts as published.

        The result is None if no rule dates it.
        """
        return None if self.years_after is None or not year else self._day(year + self.years_after)

    def edition_day(self, edition: str, rank: int) -> tuple[date | None, str]:
        """Return the publication day of an edition and its basis: the label, else the rule of the source."""
        year, month, day = rank // 10_000, rank // 100 % 100, rank % 100
        if edition in self.editions:
            return self.editions[edition], self.rule_text
        if month:
            day_ = _plausible(date(year, month, day or calendar.monthrange(year, month)[1]))
            return day_, f"Name of the edition: {edition}" if _LABEL.search(edition) else self.rule_text
        if self.edition_years_after is None or not year:
            return None, ""
        return self._day(year + self.edition_years_after), self.rule_text

    def next_edition_day(self, edition: str, rank: int, cadence_months: int) -> date | None:
        """Return the day by which the rule expects the edition that follows this one.

        The result is None if no rule dates it, or if the label itself states the month of publication.
        """
        year, month = rank // 10_000, rank // 100 % 100
        years = -(-cadence_months // 12)
        if edition in self.editions:
            day = self.editions[edition]
            return date(day.year + years, day.month, min(day.day, calendar.monthrange(day.year + years, day.month)[1]))
        if month or self.edition_years_after is None or not 1 <= year <= 9900:
            return None
        return date(year + years + self.edition_years_after, self.month, self.day)

    def _day(self, year: int) -> date | None:
        return _plausible(date(year, self.month, self.day)) if 1 <= year <= 9999 else None


_LABEL = re.compile(r"\d{4}-\d{2}")


def _plausible(day: date) -> date | None:
    """Return the day, or None after `LAST_DAY`.

    A day before `FIRST_DAY`, the first plausible day, becomes that day.
    """
    return None if day > LAST_DAY else max(day, FIRST_DAY)


def earliest(*days: date | None) -> date | None:
    known = [day for day in days if day is not None]
    return min(known) if known else None


SURVEYS = Dating(
    "A value counts as published from the second year after the year that it describes.",
    years_after=2,
    month=1,
    day=1,
    edition_years_after=2,
    is_revised=True,
)
"""Rule of surveys.

They are published by the end of the second year; the rule is compared by year (method 1.9).
"""


def next_edition_due(dating: Dating, edition: str, rank: int, cadence_months: int, last_year: int) -> date:
    """Return the day from which a newer edition is expected: that of the source's rule, if it has one.

    `rank` is an `edition_rank` (year, month, and day in decimal places), `last_year` the newest reference year of the
    edition's values. Without a rule, an edition dated to the month is followed `cadence_months` later, and an edition
    known only by its year in the year given by its year and the cadence. If it covers its own year, it cannot have
    been published before that year ended, so its successor is expected a year later.
    """
    if (by_rule := dating.next_edition_day(edition, rank, cadence_months)) is not None:
        return by_rule
    year, month = rank // 10_000, rank // 100 % 100
    if month:
        months = year * 12 + (month - 1) + cadence_months
        return date(months // 12, months % 12 + 1, 1)
    return date(year + -(-cadence_months // 12) + (last_year >= year), 1, 1)


def editions_due(newest: int, on: date, due: tuple[int, int]) -> tuple[int, ...]:
    """Return the years after `newest` whose editions are due on or before `on`, the earliest first.

    An edition is due on the month and day `due` of its own year: a TIP Report on June 30.
    """
    month, day = due
    last = on.year if (on.month, on.day) >= (month, day) else on.year - 1
    return tuple(range(newest + 1, last + 1))
