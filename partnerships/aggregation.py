"""Totals over those who report one indicator: awards, and the partner government or the office. Pure.

A total is made within a period first, then over periods (`progress.roll_up`). The newest result counts over periods
where levels are reported; each reporter then keeps its newest level of the same fiscal year (`carried_reports`).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from cpc.fiscal_years import fiscal_year
from partnerships.progress import COUNTED, Measure, share_of


class Method(enum.StrEnum):
    """Methods of making one total from what several report."""

    SUM = "sum"
    DISTINCT = "distinct"
    LATEST = "latest"
    SHARE = "share"


METHODS: Mapping[Measure, tuple[Method, ...]] = {
    **dict.fromkeys(COUNTED, (Method.SUM, Method.DISTINCT, Method.LATEST)),
    Measure.PERCENT: (Method.SHARE, Method.LATEST),
    Measure.MONEY: (Method.SUM, Method.LATEST),
    Measure.SCORE: (Method.LATEST,),
}
"""Methods that a measure permits; the first is the usual one."""


@dataclass(frozen=True, slots=True)
class Report:
    """The current result of one reporter in one period.

    `reporter` is the key of an award, or None for the partner government or the office. `recorded` orders reports of
    one day. `counts` are the numerator and denominator of a share.
    """

    reporter: int | None
    ends_on: date
    recorded: int
    value: Decimal | None
    counts: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class AddedUp:
    """A value over all who report.

    `doubles` is what was taken off because several counted it. `is_same` is true if equal levels were counted once,
    `differs` if levels of one day differ and the one recorded last counts. `lacks_counts` is true if shares could not
    be added, because one of several comes without its counts; there is no value then.
    """

    value: Decimal | None
    counts: tuple[Decimal, Decimal] | None = None
    doubles: Decimal = Decimal(0)
    is_same: bool = False
    differs: bool = False
    lacks_counts: bool = False


def usual_method(measure: Measure) -> Method:
    return METHODS[measure][0]


def total_of(reports: Iterable[Report], method: Method, doubles: Decimal = Decimal(0)) -> AddedUp:
    """Make one total of the reports that stand at the end of a period.

    Reports without a value add nothing. `doubles` is what several counted; only `Method.DISTINCT` takes it off.
    """
    known = [(row, row.value) for row in reports if row.value is not None]
    values = [value for _, value in known]
    if not values:
        return AddedUp(None)
    if method is Method.LATEST:
        newest_day = max(row.ends_on for row, _ in known)
        of_day = [(row, value) for row, value in known if row.ends_on == newest_day]
        row, value = max(of_day, key=lambda pair: pair[0].recorded)
        agree = len({value for _, value in of_day}) == 1
        return AddedUp(value, row.counts, is_same=len(of_day) > 1 and agree, differs=not agree)
    if method is Method.SHARE:
        if len(known) == 1:
            return AddedUp(values[0], known[0][0].counts)
        counts = [row.counts for row, _ in known if row.counts is not None]
        if len(counts) < len(known):
            return AddedUp(None, lacks_counts=True)
        added = sum((n for n, _ in counts), Decimal(0)), sum((d for _, d in counts), Decimal(0))
        return AddedUp(share_of(counts), added)
    taken = doubles if method is Method.DISTINCT else Decimal(0)
    return AddedUp(sum(values, Decimal(0)) - taken, doubles=taken)


def most_doubles(values: Iterable[Decimal]) -> Decimal:
    """Return the most that can have been counted more than once: the total less the largest reporter.

    Two reporters of 142 and 38 people share at most 38 of them, so at least 142 people are left.
    """
    known = list(values)
    return sum(known, Decimal(0)) - max(known, default=Decimal(0))


def carried_reports(reports: Iterable[Report], ends_on: date) -> list[Report]:
    """Return the newest known level of each reporter in the fiscal year of a day, up to that day.

    A reporter without any value in the year is left out.
    """
    newest: dict[int | None, Report] = {}
    for row in sorted(reports, key=lambda row: (row.ends_on, row.recorded)):
        if row.value is not None and row.ends_on <= ends_on and fiscal_year(row.ends_on) == fiscal_year(ends_on):
            newest[row.reporter] = row
    return list(newest.values())


@dataclass(frozen=True, slots=True)
class Planned:
    """The method of an indicator in a version of the monitoring plan, from the moment of its approval."""

    version: int
    approved_at: datetime
    method: Method


def method_in_effect(planned: Sequence[Planned], approved_at: datetime | None, otherwise: Method) -> tuple[Method, int]:
    """Return the method of a year's figure, and the version of the plan that has it (0 if none does).

    It is that of the plan in effect when the last report of the year was approved (`approved_at`), or today's if one
    is not. A later plan never changes it. `planned` is in order of time. `otherwise` is the method in a plan that was
    never approved; a year approved before the indicator was in a plan has the first method planned.
    """
    if not planned:
        return otherwise, 0
    in_time = [row for row in planned if approved_at is None or row.approved_at <= approved_at]
    row = in_time[-1] if in_time else planned[0]
    return row.method, row.version
