"""Two other ways to a difference or its chance, tried as checks: a regression, and never-partners of one tier. Pure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from partnerships.outcomes.comparing import Compared, tier_before
from partnerships.outcomes.measures import OutcomeMeasure
from partnerships.outcomes.panel import Panel


def by_regression(panel: Panel, measure: OutcomeMeasure, one: Compared) -> Compared:
    """Return a partner against the change that level and trend before signature predict, instead of its group's.

    The line is fitted over the pool. For a country of the pool it is fitted without that country.
    """
    values, before = panel.series[measure.key].stated, len(one.window.before)
    table = np.array([[values[code][period] for period in one.window.periods] for code in (*one.pool, one.country)])
    levels = table[:, :before].mean(axis=1)
    changes = table[:, before:].mean(axis=1) - levels
    rows = np.column_stack([np.ones(len(table)), levels, table[:, before - 1] - table[:, 0]])
    inverse = np.linalg.pinv(rows[:-1])
    weights = inverse @ changes[:-1]
    residuals = changes - rows @ weights
    # The residual of a country by the line fitted without it; a country that alone fixes the line has none.
    free = 1.0 - np.einsum("ij,ji->i", rows[:-1], inverse)
    without = np.divide(residuals[:-1], free, out=np.zeros(len(free)), where=free > 1e-9)
    return replace(one, group_change=one.change - float(residuals[-1]), placebos=without)


def with_same_tier(panel: Panel, one: Compared) -> Compared:
    """Return a partner with a chance from those of its pool alone that had its tier before signature."""
    day = one.signature.day
    tier = tier_before(panel, one.country, day)
    same = [i for i, code in enumerate(one.pool) if tier_before(panel, code, day) == tier]
    return replace(one, pool=tuple(one.pool[i] for i in same), placebos=one.placebos[same])
