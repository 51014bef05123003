"""Prevalence in a run: the part in need of the criterion that the statute names, and how low its values are."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from selection.model_definition.criteria_table import CriterionRow, ModelTable, Stage
from selection.models import CountryScore, ScoreRun

PREVALENCE = "prevalence"


@dataclass(frozen=True, slots=True)
class WeakFact:
    """Figures on prevalence in a run.

    `share` is its part in the variance of need. Of the first N, `below_bound` have a newest published value below
    `bound`, the bound of the statutory check, and `below_median` one below `median`, that of the `dated` ranked
    countries with a value of the newest edition.
    """

    row: CriterionRow
    share: float | None
    first: int
    bound: float | None
    below_bound: int
    median: float | None
    below_median: int
    dated: int


def weak_fact(run: ScoreRun, table: ModelTable) -> WeakFact | None:
    """Return the figures on prevalence; None if the model does not count it, or for a run with few countries."""
    row = next((row for row in table.rows(Stage.SCREEN) if row.key == PREVALENCE and row.weight > 0), None)
    ranked = list(
        CountryScore.objects.filter(run=run, rank__isnull=False).only("rank", "need", "lines").order_by("rank")
    )
    if row is None or len(ranked) < 2:
        return None
    lines = [next(line for line in score.lines if line["key"] == row.key) for score in ranked]
    u, need = [line["u"] for line in lines], [(score.need or 0.0) / 100 for score in ranked]
    spread = statistics.variance(need)
    siblings = sum(other.weight for other in table.rows(Stage.SCREEN) if other.node == row.node)
    local = row.weight / siblings
    newest = [next(iter(line["estimate"]["published"]), None) for line in lines]
    last = row.series_rows[-1]["key"] if row.series_rows else ""
    dated = [one["value"] for one in newest if one and one["series"] == last]
    median = statistics.median(dated) if dated else None
    bound = _bound(row, table)
    first = [
        one["value"] for score, one in zip(ranked, newest, strict=True) if one and (score.rank or 0) <= table.first
    ]
    return WeakFact(
        row,
        local * statistics.covariance(u, need) / spread if spread else None,
        min(table.first, len(ranked)),
        bound,
        sum(value < bound for value in first) if bound is not None else 0,
        median,
        sum(value < median for value in first) if median is not None else 0,
        len(dated),
    )


def _bound(row: CriterionRow, table: ModelTable) -> float | None:
    """Return the value that the statutory check of a criterion asks for."""
    found = (
        condition["at_least"]
        for spec in table.mandatory
        for condition in spec["conditions"]
        if condition["criterion"] == row.key
    )
    least, function = next(found, None), row.function
    if least is None or function["kind"] != "goalposts":
        return None
    return float(function["lower"] + least * (function["upper"] - function["lower"]))
