"""Speed of spending: what awards expend in a month, how long obligated money lasts, and what the plan needs. Pure.

Expenditures are those of line 10e of the recipients' accepted federal financial reports (SF-425), cumulative to the end
of each period. Money is in U.S. dollars; amounts are computed exactly and rounded only where they are shown.
"""

from __future__ import annotations

import calendar
import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cpc.fiscal_years import fiscal_year, last_day_of_year
from partnerships.limits import add_months

ZERO = Decimal(0)
YEAR_OF_MONTHS = 12


class NoPace(enum.StrEnum):
    """Reasons for which an award has no monthly spending."""

    NO_REPORT = "no_report"
    TOO_EARLY = "too_early"
    NOTHING_SPENT = "nothing_spent"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Expended:
    """Cumulative expenditures under one award at the end of a reported period."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Spending:
    """Obligations, expenditures, and pace of one award.

    `through` is the end of the last accepted report's period, or None without one. `a_month` covers the `months` before
    it: the last four reported quarters, or a longer time if no report ends a year before; it is None for the reason
    `no_pace`.
    """

    obligated: Decimal
    expended: Decimal
    through: date | None
    a_month: Decimal | None = None
    months: int = 0
    no_pace: NoPace | None = None

    @property
    def pipeline(self) -> Decimal:
        """Return what is obligated and not yet expended."""
        return self.obligated - self.expended

    @property
    def lasts_months(self) -> Decimal | None:
        """Return the months that the pipeline lasts at this pace, counted from `through`."""
        return None if self.a_month is None else max(self.pipeline, ZERO) / self.a_month

    @property
    def lasts_to(self) -> date | None:
        """Return the last day that the pipeline covers at this pace."""
        if self.through is None or self.lasts_months is None:
            return None
        return last_day_of(self.through, self.lasts_months)


def spending_of(
    obligated: Decimal, reports: Iterable[Expended], starts_on: date | None, ended_on: date | None
) -> Spending:
    """Return the spending of an award from its accepted reports.

    `ended_on` is the day on which the award ended, or None while it runs: an award that has ended has no pace. Under
    four reported quarters it is too early to tell one; the quarter in which the award starts counts, however short.
    """
    known = sorted(reports, key=lambda report: report.on)
    if not known:
        return Spending(obligated, ZERO, None, no_pace=NoPace.ENDED if ended_on else NoPace.NO_REPORT)
    last = known[-1]
    if ended_on is not None:
        return Spending(obligated, last.amount, last.on, no_pace=NoPace.ENDED)
    base = _base(known, starts_on)
    if base is None:
        return Spending(obligated, last.amount, last.on, no_pace=NoPace.TOO_EARLY)
    months = _months_apart(base.on, last.on)
    spent = last.amount - base.amount
    if spent <= 0:
        return Spending(obligated, last.amount, last.on, months=months, no_pace=NoPace.NOTHING_SPENT)
    return Spending(obligated, last.amount, last.on, spent / months, months)


def _base(known: Sequence[Expended], starts_on: date | None) -> Expended | None:
    """Return the point a year or more before the last report from which its pace counts, or None if it is too early.

    Without a report that old, it is nothing at the end of the quarter before the award starts.
    """
    latest = month_end_before(known[-1].on, YEAR_OF_MONTHS)
    old = [report for report in known if report.on <= latest]
    if old:
        return old[-1]
    if starts_on is None:
        return None
    before = quarter_start(starts_on) - timedelta(days=1)
    return Expended(before, ZERO) if before <= latest else None


def month_end_before(day: date, months: int) -> date:
    """Return the last day of the month that lies `months` before that of a day."""
    first = add_months(day.replace(day=1), -months)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def quarter_start(day: date) -> date:
    """Return the first day of the calendar quarter of a day."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def _months_apart(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def last_day_of(through: date, months: Decimal) -> date:
    """Return the last day of a number of months that begin after `through`. Part of a month counts in its days."""
    whole = int(months)
    start = add_months(through + timedelta(days=1), whole)
    if start == date.max:
        return start
    days = int((months - whole) * calendar.monthrange(start.year, start.month)[1])
    return start + timedelta(days=days - 1)


def months_left(through: date, last_day: date) -> Decimal:
    """Return the months after `through` up to and with `last_day`. Part of a month counts by its days; none is zero."""
    first, end = through + timedelta(days=1), last_day + timedelta(days=1)
    if end <= first:
        return ZERO
    whole = _months_apart(first, end) - (end.day < first.day)
    rest = (end - add_months(first, whole)).days
    month = add_months(first, whole)
    return whole + Decimal(rest) / calendar.monthrange(month.year, month.month)[1]


@dataclass(frozen=True, slots=True)
class Outlook:
    """Pace of the awards of a partnership together, and how far their money goes.

    `through` is the end of the newest reported period; `oldest_through` is that of the running award whose last report
    is the oldest. `unknown` counts running awards with money left of which no pace is known: the pace of all is then at
    least `a_month`, and the end of the money is not known.
    """

    obligated: Decimal
    expended: Decimal
    through: date | None
    oldest_through: date | None
    a_month: Decimal
    left: Decimal
    unknown: int

    @property
    def pipeline(self) -> Decimal:
        return self.obligated - self.expended

    @property
    def lasts_months(self) -> Decimal | None:
        if not self.a_month or self.unknown:
            return None
        return self.left / self.a_month

    @property
    def lasts_to(self) -> date | None:
        """Return the last day that the pipeline of the running awards covers at their pace."""
        if self.through is None or self.lasts_months is None:
            return None
        return last_day_of(self.through, self.lasts_months)

    def spent_by(self, last_day: date) -> Decimal | None:
        """Return what is expended by a day at this pace, whatever is obligated; None if no pace is known."""
        if self.through is None or not self.a_month or self.unknown:
            return None
        return self.expended + self.a_month * months_left(self.through, last_day)

    def needed_a_month(self, planned: Decimal, last_day: date) -> Decimal | None:
        """Return what has to be expended in a month from `through` to spend the plan by a day; None if none is left."""
        if self.through is None:
            return None
        months = months_left(self.through, last_day)
        return max(planned - self.expended, ZERO) / months if months else None


def outlook_of(awards: Iterable[Spending]) -> Outlook:
    """Return the outlook over awards.

    What an ended award has not spent does not last for others, so `left` has the pipeline of running awards alone. A
    report that is older than the newest is carried to the newest period at its award's pace.
    """
    every = list(awards)
    reported = [award.through for award in every if award.through is not None]
    through = max(reported, default=None)
    running = [award for award in every if award.no_pace != NoPace.ENDED]
    paced = [award for award in running if award.a_month is not None]
    left = ZERO
    for award in paced:
        assert award.through is not None
        assert award.a_month is not None
        assert through is not None
        left += max(award.pipeline - award.a_month * months_left(award.through, through), ZERO)
    return Outlook(
        obligated=sum((award.obligated for award in every), ZERO),
        expended=sum((award.expended for award in every), ZERO),
        through=through,
        oldest_through=min((award.through for award in running if award.through), default=None),
        a_month=sum((award.a_month for award in paced if award.a_month), ZERO),
        left=left,
        unknown=sum(award.a_month is None and award.pipeline > 0 for award in running),
    )


def expended_by_year(
    reports: Iterable[Expended], starts_on: date | None, last_day: date | None, closed: int
) -> tuple[dict[int, Decimal], frozenset[int]]:
    """Return what an award expended in each U.S. fiscal year, and the closed years of which that is not fully known.

    A year has what the last report in it adds to the last report before it. A year is not fully known if no report in
    or before it reaches its last day, or the last day of the award. `closed` is the last closed fiscal year.
    """
    known = sorted(reports, key=lambda report: report.on)
    amounts: dict[int, Decimal] = {}
    before = ZERO
    for report in known:
        year = fiscal_year(report.on)
        amounts[year] = amounts.get(year, ZERO) + report.amount - before
        before = report.amount
    if starts_on is None:
        return amounts, frozenset()
    missing = set()
    for year in range(fiscal_year(starts_on), closed + 1):
        end = last_day_of_year(year)
        due = end if last_day is None else min(end, last_day)
        if not any(due <= report.on <= end for report in known):
            missing.add(year)
    return amounts, frozenset(missing)
