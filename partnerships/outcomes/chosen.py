"""Who was chosen: partners are freer than others of their pools, and tiers return to the middle by themselves. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from partnerships.outcomes.comparing import Compared, freedom_before, is_comparable
from partnerships.outcomes.measures import TIER, WATCH_LIST
from partnerships.outcomes.panel import Panel, Signature


def freedom_percentile(panel: Panel, signature: Signature) -> float | None:
    """Return the percentile (0 to 100) of a partner's freedom in its pool before signature; ties count half.

    The pool is that of income and tier; no period after signature is needed. None without a total of Freedom House.
    """
    day = signature.day
    own = freedom_before(panel, signature.country, day)
    totals = [
        total
        for code in panel.eligible
        if is_comparable(panel, code, signature.country, day)
        and (total := freedom_before(panel, code, day)) is not None
    ]
    if own is None or not totals:
        return None
    column = np.array(totals)
    return float(50 * ((column < own).mean() + (column <= own).mean()))


def rise_of_the_watch_list(panel: Panel, compared: Sequence[Compared]) -> float | None:
    """Return how much more countries on the Watch List rose than all others of the pool, without any partnership.

    The mean over the pools of all partners of the tier's change minus the mean change of the rest of the pool.
    """
    values, rises = panel.series[TIER.key].stated, []
    for one in compared:
        table = np.array([[values[code][period] for period in one.window.periods] for code in one.pool])
        before = len(one.window.before)
        changes = table[:, before:].mean(axis=1) - table[:, :before].mean(axis=1)
        rest = (changes.sum() - changes) / max(len(changes) - 1, 1)
        rises.append((changes - rest)[table[:, before - 1] == WATCH_LIST])
    joined = np.concatenate(rises) if rises else np.array([])
    return float(joined.mean()) if len(joined) else None
