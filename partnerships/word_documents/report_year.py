"""The fiscal year of an annual report, and the readers that it is for."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, timedelta

from cpc.web import formats


class Readers(enum.StrEnum):
    """Readers of a report. Outside the office, small counts of people are withheld, and internal text is left out."""

    OFFICE = "office"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class ReportYear:
    """A fiscal year as known on a day; `last` is its last day, or that day while the year is under way."""

    year: int
    today: date

    @property
    def first(self) -> date:
        return date(self.year - 1, 10, 1)

    @property
    def last(self) -> date:
        return min(date(self.year, 9, 30), self.today)

    @property
    def is_over(self) -> bool:
        return date(self.year, 9, 30) < self.today

    @property
    def day_after(self) -> date:
        """Return the day on which results of periods that ended in the year count."""
        return self.last + timedelta(days=1) if self.is_over else self.today

    @property
    def label(self) -> str:
        return formats.fiscal_year(self.year)

    def has(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last
