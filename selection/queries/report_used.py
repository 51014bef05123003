"""The edition of the TIP Report whose tiers a run counts, and a newer one that it passes over."""

from __future__ import annotations

from typing import NamedTuple

from indicators.queries import known_values
from selection.model_table import ModelTable
from selection.models import ScoreRun


class ReportUsed(NamedTuple):
    """The edition that counts, and the newest one published by the day of the run if that is another; else empty."""

    edition: str
    passed_over: str


def report_used(run: ScoreRun, table: ModelTable) -> ReportUsed:
    """Return the edition whose tiers a run counts; both parts are empty for a model without a tier."""
    listing = table.listing["indicator"]
    edition = next((run.periods.get(row.key, "") for row in table.criteria if row.indicator == listing), "")
    if not edition or "pool" not in run.inputs:
        return ReportUsed(edition, "")
    published = known_values({listing}, as_of=run.as_of, published_by=run.reference_date)
    newest = max(((value.year, value.period) for value in published), default=(0, edition))[1]
    return ReportUsed(edition, "" if newest == edition else newest)
