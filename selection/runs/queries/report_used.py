"""Edition of the TIP Report whose tiers a run counts, and the newer ones that it skips."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from indicators.queries import known_values
from selection.model_definition.criteria_table import ModelTable
from selection.models import ScoreRun
from selection.pool_rules.pools import PoolInputs
from selection.scoring_inputs.cells import is_usable


class ReportUsed(NamedTuple):
    """Edition that counts, with the number of its tiers that are stated, and the newer ones that were skipped.

    `passed_over` are the editions published by the day of the run, the newest first, each with that number too.
    `share` is the part of the tiers that an edition must state to count by the rule of the run.
    """

    edition: str
    stated: int = 0
    passed_over: tuple[tuple[str, int], ...] = ()
    share: float = 1.0


def report_used(run: ScoreRun, table: ModelTable) -> ReportUsed:
    """Return the edition whose tiers a run counts, and those that it skips; empty for a model without a tier."""
    listing = table.listing["indicator"]
    edition = next((run.periods.get(row.key, "") for row in table.criteria if row.indicator == listing), "")
    if not edition:
        return ReportUsed(edition)
    known = known_values({listing}, as_of=run.as_of, published_by=run.reference_date)
    stated = Counter({value.period: 0 for value in sorted(known, key=lambda value: value.year)})
    stated.update(value.period for value in known if is_usable(value))
    ordered = list(stated)
    newer = ordered[ordered.index(edition) + 1 :] if edition in ordered else ordered
    passed_over = tuple((period, stated[period]) for period in reversed(newer))
    return ReportUsed(edition, stated[edition], passed_over, PoolInputs.from_dict(run.inputs["pool"]).stated)
