"""One partner against the countries most similar to it before its signature. Pure.

All figures of a partner come from one matrix: the countries of its pool with itself as the last row, so that the
figure of a country that was never a partner is computed exactly as that of the partner.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from partnerships.outcomes.measures import LOWEST_TIER, OutcomeMeasure, edition_of, income_year_of
from partnerships.outcomes.panel import PAGE, Design, Numbers, Panel, Signature

Floats = NDArray[np.float64]

TIED = 1e-9
"""Distances, and sizes of differences, that lie this close together are equal."""

LOOSE = 0.25
"""Standard deviations between a partner and its group before signature beyond which the match is loose."""

LEVEL_WEIGHT = 4.0
ENTERS_AT = 2
"""A partner enters a measure once the second period after that of its signature has been published."""

FEWEST_IN_POOL = 2
"""Each country of a pool needs another one to be compared with."""

ASSESSED = ("L", "LM", "UM")
HIGH = "H"
INCOME_YEARS = 3
"""Years back in which the last income class is taken where the year of the signature has none."""


@dataclass(frozen=True, slots=True)
class Window:
    """Periods of a signature in one measure: that of the signature, and those that count before and after."""

    zero: int
    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def periods(self) -> tuple[int, ...]:
        return self.before + self.after


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """A country of a group, with its distance (not squared) from the partner, and its change."""

    distance: float
    country: str
    change: float


@dataclass(frozen=True, eq=False)
class Compared:
    """A partner in one measure, beside its group, and every country of its pool beside its own.

    `before` and `after` are means, `change` their difference, `difference` that change minus the mean change of the
    group. `gap` is the distance of the level before signature from that of the group, in standard deviations of the
    pool. `placebos` (n,) are the differences of the countries of `pool`, in its order.
    """

    signature: Signature
    window: Window
    before: float
    after: float
    members: tuple[Member, ...]
    group_change: float
    gap: float
    pool: tuple[str, ...]
    placebos: Floats

    @property
    def country(self) -> str:
        return self.signature.country

    @property
    def change(self) -> float:
        return self.after - self.before

    @property
    def difference(self) -> float:
        return self.change - self.group_change

    @property
    def is_loose(self) -> bool:
        return abs(self.gap) > LOOSE

    @property
    def rank(self) -> int:
        """Return the rank of the size of the difference among the pool and the partner, the largest first."""
        return 1 + int((np.abs(self.placebos) > abs(self.difference) + TIED).sum())

    @property
    def of(self) -> int:
        return len(self.pool) + 1

    @property
    def p(self) -> float:
        """Return the share of the pool, the partner included, with a difference at least as large."""
        return (1 + int((np.abs(self.placebos) >= abs(self.difference) - TIED).sum())) / self.of


@dataclass(frozen=True, slots=True)
class NotCompared:
    """A partner without a figure in a measure.

    It is too early if `enters` is set: the period with which it enters. Otherwise values before or after are missing.
    """

    signature: Signature
    window: Window
    enters: int | None = None

    @property
    def country(self) -> str:
        return self.signature.country


def window_of(panel: Panel, measure: OutcomeMeasure, signature: Signature, design: Design) -> Window:
    """Return the periods that count, as far as they are published and the partner has a value in them."""
    series, zero = panel.series[measure.key], measure.period_of(design.signed(signature))
    counted = (series.published if design.with_inferred else series.counted) - design.left_out
    own = values_of(panel, measure, design).get(signature.country, {})
    usable = sorted(period for period in counted if period in own)
    last = zero + design.last_after if design.last_after is not None else max(usable, default=zero)
    return Window(
        zero,
        tuple(period for period in usable if zero - design.before <= period < zero),
        tuple(period for period in usable if zero + design.first_after <= period <= last),
    )


def values_of(panel: Panel, measure: OutcomeMeasure, design: Design) -> Numbers:
    series = panel.series[measure.key]
    return series.values if design.with_inferred else series.stated


def compare(
    panel: Panel, measure: OutcomeMeasure, signature: Signature, design: Design = PAGE
) -> Compared | NotCompared:
    """Compare one partner in one measure."""
    window, published = window_of(panel, measure, signature, design), panel.series[measure.key].published
    second = window.zero + ENTERS_AT
    if max(published, default=0) < second:
        return NotCompared(signature, window, second)
    lacks_start = design.is_whole and min(published) > window.zero - design.before
    if not window.before or not window.after or lacks_start:
        return NotCompared(signature, window)
    day, values = design.signed(signature), values_of(panel, measure, design)
    pool = tuple(
        code
        for code in sorted(panel.eligible)
        if all(period in values.get(code, {}) for period in window.periods)
        and (not design.by_freedom or freedom_before(panel, code, day) is not None)
        and is_comparable(panel, code, signature.country, day, design)
    )
    has_freedom = freedom_before(panel, signature.country, day) is not None or not design.by_freedom
    if len(pool) < FEWEST_IN_POOL or not has_freedom:
        return NotCompared(signature, window)
    return _compared(panel, values, signature, window, pool, design)


def _compared(
    panel: Panel, values: Numbers, signature: Signature, window: Window, pool: Sequence[str], design: Design
) -> Compared:
    day, codes, before = design.signed(signature), (*pool, signature.country), len(window.before)
    table = np.array([[values[code][period] for period in window.periods] for code in codes])
    levels, trends = table[:, :before].mean(axis=1), table[:, before - 1] - table[:, 0]
    after = table[:, before:].mean(axis=1)
    numbers = [(levels, LEVEL_WEIGHT), (trends, 1.0)]
    if design.by_freedom:
        numbers.append((np.array([freedom_before(panel, code, day) for code in codes], dtype=np.float64), 1.0))
    labels = [[panel.regions.get(code, "") for code in codes], [income_class(panel, code, day) or "" for code in codes]]
    distances = _distances(numbers, labels)
    changes = after - levels
    groups = _groups(distances, design.group)
    differences = changes - (groups @ changes) / groups.sum(axis=1)
    mine = np.flatnonzero(groups[-1])
    members = sorted(Member(float(np.sqrt(distances[-1, i])), codes[i], float(changes[i])) for i in mine)
    return Compared(
        signature,
        window,
        float(levels[-1]),
        float(after[-1]),
        tuple(members),
        float(changes[mine].mean()),
        float(levels[-1] - levels[mine].mean()) / (float(np.std(levels[:-1])) or 1.0),
        tuple(pool),
        differences[:-1],
    )


def is_comparable(panel: Panel, code: str, partner: str, day: dt.date, design: Design = PAGE) -> bool:
    """Return whether income and tier before a day admit a country to the pool of a partner."""
    income = income_class(panel, code, day)
    takes_high = design.with_high_income or income_class(panel, partner, day) == HIGH
    if income not in ASSESSED and not (takes_high and income == HIGH):
        return False
    tier = tier_before(panel, code, day)
    return tier is not None and (design.with_lowest_tier or tier != LOWEST_TIER)


def freedom_before(panel: Panel, code: str, day: dt.date) -> float | None:
    """Return the total of Freedom House of the calendar year before, or of the first year of the series if later."""
    return panel.freedom.get(code, {}).get(max(day.year - 1, panel.first_freedom))


def income_class(panel: Panel, code: str, day: dt.date) -> str | None:
    """Return the World Bank's class in the fiscal year of a day, else the last of the three years before."""
    classes, year = panel.income.get(code, {}), income_year_of(day)
    return next((classes[one] for one in range(year, year - INCOME_YEARS - 1, -1) if one in classes), None)


def tier_before(panel: Panel, code: str, day: dt.date) -> float | None:
    """Return the last tier that a complete edition states, among the three before that of a day; None without any."""
    zero, stated = edition_of(day), panel.tiers.stated.get(code, {})
    editions = (edition for edition in range(zero - 1, zero - 4, -1) if edition in panel.tiers.counted)
    return next((stated[edition] for edition in editions if edition in stated), None)


def _distances(numbers: Sequence[tuple[Floats, float]], labels: Sequence[Sequence[str]]) -> Floats:
    """Return squared distances (n, n). The last row is the partner, which is in no standard deviation."""
    n = len(labels[0])
    squared = np.zeros((n, n))
    for column, weight in numbers:
        scaled = column / (float(np.std(column[:-1])) or 1.0)
        squared += weight * (scaled[:, None] - scaled[None, :]) ** 2
    for texts in labels:
        label = np.array(texts)
        squared += label[:, None] != label[None, :]
    return squared


def _groups(distances: Floats, size: int) -> NDArray[np.bool_]:
    """Return the group of each row as a mask (n, n): the nearest `size` countries and all as near as the last of them.

    No one is in its own group, and the partner, the last row, is in none.
    """
    apart = distances.copy()
    np.fill_diagonal(apart, np.inf)
    apart[:, -1] = np.inf
    last = min(size, len(apart) - 2)
    farthest = np.sort(apart, axis=1)[:, last - 1]
    groups: NDArray[np.bool_] = apart <= farthest[:, None] + TIED
    return groups
