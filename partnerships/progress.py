"""Figures of years and of the whole partnership from results of periods. Pure.

`roll_up` combines results and `compare` compares a figure with its target; every page and endpoint uses these two.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from cpc.fiscal_years import fiscal_year
from partnerships.limits import add_months
from partnerships.schedules import ReportFrequency, report_due_on

TOLERANCE = Decimal(10)
"""Percent by which a year may miss its target, either way, before it needs a narrative."""
QUANTUM = Decimal("0.0001")
"""Precision of averages and percentages, rounded half to even; results have four decimals too."""

MONTHS = {ReportFrequency.QUARTERLY: 3, ReportFrequency.SEMIANNUAL: 6, ReportFrequency.ANNUAL: 12}


class Measure(enum.StrEnum):
    PEOPLE = "people"
    ITEMS = "things"
    PERCENT = "percent"
    MONEY = "money"
    SCORE = "score"


COUNTED = (Measure.PEOPLE, Measure.ITEMS)
"""Measures that can be broken down into parts that add up."""


class Rollup(enum.StrEnum):
    SUM = "sum"
    LATEST = "latest"
    AVERAGE = "average"
    NONE = "none"


class Direction(enum.StrEnum):
    INCREASE = "increase"
    DECREASE = "decrease"


class TargetStatus(enum.StrEnum):
    """Result of comparing a figure with its target.

    `within` means short of the target by no more than the tolerance: behind, with no narrative required.
    """

    NO_DATA = "no_data"
    NO_TARGET = "no_target"
    AHEAD = "ahead"
    ON_TARGET = "on_target"
    WITHIN = "within"
    BEHIND = "behind"


class Trend(enum.StrEnum):
    UNKNOWN = "unknown"
    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Point:
    """The value of one period, or None if it is unknown, which is not zero.

    `counts` are the numerator and the denominator of a share in percent, if both are known.
    """

    ends_on: date
    value: Decimal | None
    counts: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A combined value with the numbers of known and missing periods.

    The value is None if no period has one, or if they may not be combined.
    """

    value: Decimal | None
    known: int
    missing: int

    @property
    def is_partial(self) -> bool:
        """Return True if a period is missing, so that a sum is a lower bound and an average a guess."""
        return self.known > 0 and self.missing > 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure and its target compared.

    `deviation` is in percent of the target, or None if the target is zero or unknown. It is positive above the target,
    which is worse if less is better. `difference` is in the unit of the figure: for a percentage, points.
    """

    status: TargetStatus
    deviation: Decimal | None
    needs_narrative: bool
    direction: Direction = Direction.INCREASE
    difference: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """The days that one report covers, both ends included, and its due day."""

    starts_on: date
    ends_on: date
    due_on: date


def roll_up(points: Iterable[Point], how: Rollup) -> Figure:
    """Combine the values of periods: add them, take the newest, average them, or leave them apart.

    Periods without a value are counted as missing; they never count as zero. The order of `points` does not matter.
    Shares are added by their counts: numerators and denominators, which are then divided.
    """
    ordered = sorted(points, key=lambda point: point.ends_on)
    known = [point for point in ordered if point.value is not None]
    values = [point.value for point in known if point.value is not None]
    counts = {"known": len(values), "missing": len(ordered) - len(values)}
    if not values or how is Rollup.NONE:
        return Figure(None, **counts)
    if how is Rollup.SUM:
        shares = [point.counts for point in known if point.counts is not None]
        added = share_of(shares) if len(shares) == len(known) else sum(values, Decimal(0))
        return Figure(added, **counts)
    if how is Rollup.LATEST:
        return Figure(values[-1], **counts)
    return Figure((sum(values, Decimal(0)) / len(values)).quantize(QUANTUM, ROUND_HALF_EVEN), **counts)


def share_of(counts: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """Return a share in percent: numerators and denominators are added, then divided.

    Half of the last decimal is rounded up, as the database rounds it. Raises `ZeroDivisionError` if every denominator
    is zero.
    """
    pairs = list(counts)
    numerator = sum((pair[0] for pair in pairs), Decimal(0))
    denominator = sum((pair[1] for pair in pairs), Decimal(0))
    return (numerator * 100 / denominator).quantize(QUANTUM, ROUND_HALF_UP)


def by_fiscal_year(points: Iterable[Point], how: Rollup) -> dict[int, Figure]:
    """Return the figure of each U.S. fiscal year in which a period ends, in order of years."""
    years: dict[int, list[Point]] = {}
    for point in points:
        years.setdefault(fiscal_year(point.ends_on), []).append(point)
    return {year: roll_up(years[year], how) for year in sorted(years)}


def compare(actual: Decimal | None, target: Decimal | None, direction: Direction) -> Comparison:
    """Compare a figure with its target. A miss over `TOLERANCE` percent needs a narrative.

    This applies in either direction. Any other value misses a target of zero, with no percentage.
    """
    if actual is None or target is None:
        status = TargetStatus.NO_DATA if actual is None else TargetStatus.NO_TARGET
        return Comparison(status, None, needs_narrative=False, direction=direction)
    difference = actual - target
    off = abs(difference) * 100 > abs(target) * TOLERANCE
    deviation = (difference * 100 / abs(target)).quantize(QUANTUM, ROUND_HALF_EVEN) if target else None
    if not difference:
        return Comparison(TargetStatus.ON_TARGET, deviation, False, direction, difference)
    is_better = (difference > 0) is (direction is Direction.INCREASE)
    missed = TargetStatus.BEHIND if off else TargetStatus.WITHIN
    return Comparison(TargetStatus.AHEAD if is_better else missed, deviation, off, direction, difference)


def points_off(difference: Decimal) -> str:
    """Return the size of a difference between percentages: "2 points", "1 point", "under 0.1 points"."""
    size = abs(difference).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
    if not size:
        return "under 0.1 points"
    return f"{size.normalize():f} {'point' if size == 1 else 'points'}"


def targets_differ(years: Sequence[int], targets: Mapping[int | None, Decimal], how: Rollup) -> str:
    """Describe how the yearly targets of a term differ from the target of the whole term.

    Years combine as their results do. Returns "" if they agree, and until every target is set. The key of the whole
    term is None.
    """
    set_years = {year: targets[year] for year in years if year in targets}
    whole = targets.get(None)
    if not set_years or len(set_years) < len(years) or whole is None or how is Rollup.NONE:
        return ""
    combined = roll_up((Point(date(year, 9, 30), value) for year, value in set_years.items()), how).value
    if combined is None or combined == whole:
        return ""
    subjects = {
        Rollup.SUM: "The yearly targets add up to",
        Rollup.LATEST: "The target for the last year is",
        Rollup.AVERAGE: "The yearly targets average",
    }[how]
    return f"{subjects} {_plain(combined)}; the target for the whole term is {_plain(whole)}."


def _plain(value: Decimal) -> str:
    return f"{value.normalize():,f}"


def trend(points: Iterable[Point], direction: Direction) -> Trend:
    """Return whether the newest value is better than the one before; unknown with fewer than two."""
    values = [point.value for point in sorted(points, key=lambda point: point.ends_on) if point.value is not None]
    if len(values) < 2:
        return Trend.UNKNOWN
    before, now = values[-2:]
    if now == before:
        return Trend.SAME
    return Trend.BETTER if (now > before) is (direction is Direction.INCREASE) else Trend.WORSE


def fiscal_years(starts_on: date, ends_on: date) -> range:
    return range(fiscal_year(starts_on), fiscal_year(ends_on) + 1)


def year_is_over(year: int, last_day: date | None, today: date) -> bool:
    """Return whether a fiscal year is over, so that its target is due; the last one of a term ends with the term."""
    end = date(year, 9, 30)
    return (min(end, last_day) if last_day is not None else end) < today


def report_key(day: date, frequency: ReportFrequency) -> tuple[int, int]:
    """Return the fiscal year and its part (from 0) whose report of this frequency covers the day."""
    months = MONTHS[frequency]
    return fiscal_year(day), (day.month - 10) % 12 // months


def closes(ends_on: date, schedule: Iterable[date], frequency: ReportFrequency) -> bool:
    """Return whether a period is the last one of its report.

    No later period of the schedule ends in the same part of the year.
    """
    key = report_key(ends_on, frequency)
    return all(other <= ends_on or report_key(other, frequency) != key for other in schedule)


def spans(starts_on: date, ends_on: date, frequency: ReportFrequency) -> Sequence[Span]:
    """Return the reports of a term without gap or overlap, split at parts of the fiscal year.

    No report belongs to two fiscal years; the first and the last may be shorter. `due_on` follows 4 FAM 642. Raises
    `ValueError` for the frequency `FINAL` and for a term that ends before it starts.
    """
    if frequency not in MONTHS:
        raise ValueError("A period must last a quarter, half a year, or a year.")
    if ends_on < starts_on:
        raise ValueError("The last day of the term cannot be before the first day.")
    reports = []
    cut = date(fiscal_year(starts_on) - 1, 10, 1)
    while cut <= ends_on:
        following = add_months(cut, MONTHS[frequency])
        first, last = max(cut, starts_on), min(following - timedelta(days=1), ends_on)
        if first <= last:
            reports.append(Span(first, last, report_due_on(last, frequency)))
        cut = following
    return tuple(reports)
