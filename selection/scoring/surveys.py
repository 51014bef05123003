"""Two surveys of one country: its own series, and a newer survey of a part of it through a bridge.

A country has a second survey if the second series has a newer reference year than its own, or the same year and a
larger value: a part cannot exceed its whole in one survey. Where both are young, the two are combined by their errors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .fits import Bridge, fit_bridge
from .method import Estimate
from .snapshot import SeriesColumn


@dataclass(frozen=True, slots=True)
class Surveys:
    """The countries with two surveys, and the mean of what their own value lies above the bridged one on the scale.

    A short questionnaire counts less of a part than a long one. The `offset` brings both to one level.
    """

    offset: float
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Combined:
    """Best estimate of two surveys on the scale, its standard deviations by source of doubt, and the newer one's share.

    The age is that of the newer survey.
    """

    best: float
    measurement: float
    age: float
    bridge: float
    share: float


def fit_part(own: SeriesColumn, part: SeriesColumn, how: Estimate) -> Bridge | None:
    """Fit the bridge from the second series where both come from one survey: one year, and the part in the whole."""
    same = {
        code: value
        for code, value in part.values.items()
        if code in own.values and own.ages[code] == part.ages[code] and value <= own.values[code]
    }
    return fit_bridge(own, SeriesColumn(same, {code: part.ages[code] for code in same}, {}), how.scale)


def fit_surveys(own: SeriesColumn, part: SeriesColumn, bridge: Bridge, how: Estimate) -> Surveys:
    """Find the countries with a second survey, and fit their offset."""
    codes = tuple(code for code in sorted(own.values) if _has_second(own, part, code, how))
    apart = [how.on_scale(own.values[code]) - bridge.at(how.on_scale(part.values[code])) for code in codes]
    return Surveys(math.fsum(apart) / len(apart) if apart else 0.0, codes)


def _has_second(own: SeriesColumn, part: SeriesColumn, code: str, how: Estimate) -> bool:
    if code not in part.values or not all(how.scale.accepts(one.values[code]) for one in (own, part)):
        return False
    if how.fresh is not None and max(own.ages[code], part.ages[code]) > how.fresh:
        return False
    newer, as_new = part.ages[code] < own.ages[code], part.ages[code] == own.ages[code]
    return newer or (as_new and part.values[code] > own.values[code])


def combine(own: SeriesColumn, part: SeriesColumn, code: str, bridge: Bridge, how: Estimate, offset: float) -> Combined:
    """Combine the two surveys of a country that has both.

    With measurement n, drift d, D years between the surveys, a years since the newer one, and the bridge's residual r,
    the newer one's share is w = (n² + d²D) / (n² + d²D + n² + r²). The error variance is (1-w)²n² + w²n² for
    measurement, (1-w)²d²D + d²a for age, and w²r² for the bridge.
    """
    n2, d2, r2 = how.measurement**2, how.drift**2, bridge.residual**2
    between = own.ages[code] - part.ages[code]
    age = max(part.ages[code], 0.0)
    older = n2 + d2 * between
    share = older / (older + n2 + r2)
    newer = bridge.at(how.on_scale(part.values[code])) + offset
    return Combined(
        share * newer + (1.0 - share) * how.on_scale(own.values[code]),
        math.sqrt(((1.0 - share) ** 2 + share**2) * n2),
        math.sqrt((1.0 - share) ** 2 * d2 * between + d2 * age),
        share * bridge.residual,
        share,
    )


def part_alone(part: SeriesColumn, code: str, bridge: Bridge, how: Estimate) -> Combined:
    """Estimate a country from its second series alone: the bridge without the offset, and the errors of both."""
    age = max(part.ages[code], 0.0)
    best = bridge.at(how.on_scale(part.values[code]))
    return Combined(best, how.measurement, how.drift * math.sqrt(age), bridge.residual, 1.0)
