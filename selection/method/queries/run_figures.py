"""Figures of one run for the page of the method: counts, fits, and what each choice did to the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selection.model_definition.criteria_table import CriterionRow, ModelTable, Stage
from selection.model_versions.queries.criteria import mean_ranks, spearman
from selection.models import CountryScore, CountryStatus, ScoreRun
from selection.pool_rules.policy import REASONS, Reason
from selection.runs.queries.stored_runs import shown_first
from selection.scoring.uncertainty import concentration

FILLED = ("peers", "range")
"""Sources of a value that is not the country's own."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Effect of omitting one fact on the rank by need: its mean change, and how many of the first N stay."""

    row: CriterionRow
    change: float
    remaining: int


@dataclass(frozen=True, slots=True)
class RegionCount:
    """The counts of a region's ranked countries: those among the first N, and all."""

    region: str
    first: int
    ranked: int


@dataclass(frozen=True)
class RunFigures:
    """The figures of a run on its method. Countries are counted, never named.

    `outside` are labels of reasons with counts; `failing` counts countries of the pool by the evidence rule they lack.
    `sources` counts the ranked countries by the series of each criterion with several. `drawn` is the result
    of the draws, as the run stores it; empty if none were made.
    """

    run: ScoreRun
    first: int
    counts: Mapping[str, int]
    outside: tuple[tuple[str, int], ...]
    failing: Mapping[str, int]
    sources: Mapping[str, Mapping[str, int]]
    filled: int
    cells: int
    regions: tuple[RegionCount, ...]
    groups: Mapping[str, int]
    left_out: tuple[LeftOut, ...]
    with_need: float | None
    with_feasibility: float | None
    fits: Mapping[str, Any] = field(default_factory=dict)
    drawn: Mapping[str, Any] = field(default_factory=dict)

    @property
    def pool(self) -> int:
        return self.ranked + self.provisional + self.not_rankable

    @property
    def listed(self) -> int:
        return self.pool + self.counts.get(CountryStatus.OUTSIDE_POOL, 0)

    @property
    def ranked(self) -> int:
        return self.counts.get(CountryStatus.RANKED, 0)

    @property
    def provisional(self) -> int:
        """Return the number of countries of the pool that lack evidence."""
        return self.counts.get(CountryStatus.PROVISIONAL, 0)

    @property
    def not_rankable(self) -> int:
        """Return the number of countries of the pool with no known fact on need."""
        return self.counts.get(CountryStatus.NOT_RANKABLE, 0)

    @property
    def widths(self) -> Mapping[str, float]:
        """Return the median width of the 90% interval, in ranks, by the source of doubt that is drawn."""
        widths: Mapping[str, float] = self.drawn.get("median_widths", {})
        return widths


def newest_run_on(table: ModelTable) -> ScoreRun | None:
    """Return the default desk screen among those by a model; None before the first one."""
    return shown_first().filter(table_hash=table.hash).first()


def figures(run: ScoreRun) -> RunFigures:
    """Return the figures of a run. A run never changes, so they are cached in this process."""
    return _figures(run.pk)


@lru_cache(maxsize=4)
def _figures(pk: int) -> RunFigures:
    run = ScoreRun.objects.get(pk=pk)
    table, result = ModelTable.from_dict(run.table), run.result
    scores = list(CountryScore.objects.filter(run=run))
    ranked = sorted((score for score in scores if score.rank is not None), key=lambda score: score.rank or 0)
    cells = [
        (line["key"], line["estimate"].get("source", ""))
        for score in ranked
        for line in score.lines
        if "estimate" in line
    ]
    order, need, feasibility = (
        np.array([getattr(score, name) or 0.0 for score in ranked]) for name in ("score", "need", "feasibility")
    )
    return RunFigures(
        run=run,
        first=table.first,
        counts=Counter(score.status for score in scores),
        outside=_outside(scores),
        failing=Counter(code for score in scores for code in _lacking(score)),
        sources=_sources(table, cells),
        filled=sum(source in FILLED for _, source in cells),
        cells=len(cells),
        regions=_regions(ranked, table.first),
        groups=Counter(score.group for score in ranked if score.group),
        left_out=tuple(_left_out(table, ranked)),
        with_need=spearman(order, need)[0],
        with_feasibility=spearman(order, feasibility)[0],
        fits=result.get("fits") or {},
        drawn=result.get("drawn") or {},
    )


def _lacking(score: CountryScore) -> list[str]:
    if score.status not in (CountryStatus.PROVISIONAL, CountryStatus.NOT_RANKABLE):
        return []
    return score.reason_code.split(",")


def _outside(scores: Sequence[CountryScore]) -> tuple[tuple[str, int], ...]:
    """Count the countries outside the pool by the label of their reason, the most frequent first."""
    known = {reason.value: REASONS[Reason(reason)].label for reason in Reason}
    codes = Counter(score.reason_code for score in scores if score.status == CountryStatus.OUTSIDE_POOL)
    return tuple((known.get(code, "Another reason"), count) for code, count in codes.most_common())


def _sources(table: ModelTable, cells: Sequence[tuple[str, str]]) -> dict[str, Counter[str]]:
    several = [row.key for row in table.criteria if len(row.series_rows) > 1]
    return {key: Counter(source for of, source in cells if of == key) for key in several}


def _regions(ranked: Sequence[CountryScore], first: int) -> tuple[RegionCount, ...]:
    regions = Counter(score.region for score in ranked if score.region)
    within = Counter(score.region for score in ranked if score.region and (score.rank or 0) <= first)
    return tuple(
        RegionCount(region, within[region], count)
        for region, count in sorted(regions.items(), key=lambda item: (-within[item[0]], item[0]))
    )


def _left_out(table: ModelTable, ranked: Sequence[CountryScore]) -> list[LeftOut]:
    """Rank without each criterion of need in turn."""
    rows = [row for row in table.rows(Stage.SCREEN) if row.key in table.method.get("facts", ()) and row.weight]
    if len(rows) < 2 or not ranked:
        return []
    u = np.array([[_u(score, row.key) for row in rows] for score in ranked])
    weights = np.array([row.weight for row in rows])
    whole = mean_ranks(-(u @ weights))
    found = []
    for index, row in enumerate(rows):
        rest = weights.copy()
        rest[index] = 0.0
        ranks = mean_ranks(-(u @ rest))
        remaining = int(((whole <= table.first) & (ranks <= table.first)).sum())
        found.append(LeftOut(row, float(np.abs(ranks - whole).mean()), remaining))
    return found


def _u(score: CountryScore, key: str) -> float:
    line = next((line for line in score.lines if line["key"] == key), None)
    return 0.0 if line is None or line["u"] is None else float(line["u"])


def retained_share(pooling: Mapping[str, Any], editions: int) -> float:
    """Return the share of a country's distance from the mean that remains with this many editions."""
    agreement, noise = pooling["agreement"], pooling["noise"]
    return float(agreement / (agreement + noise**2 / editions)) if agreement > 0 else 1.0


def share_drawn(table: ModelTable, level: float = 0.90) -> tuple[float, float] | None:
    """Return between which shares of the score need lies in 90% of the draws of the weights; None for one branch."""
    roots = [node for node in table.nodes if not node.parent and node.weight > 0]
    need = next((node for node in roots if node.key == "need"), None)
    if need is None or len(roots) < 2:
        return None
    share = need.weight / sum(node.weight for node in roots)
    c = table.concentration or concentration(len(roots), table.rho)
    return _beta_interval(c * share, c * (1.0 - share), level)


def _beta_interval(a: float, b: float, level: float) -> tuple[float, float]:
    """Return the middle `level` of a beta distribution, by summing its density over a fine grid."""
    x = (np.arange(20_000) + 0.5) / 20_000
    logs = (a - 1.0) * np.log(x) + (b - 1.0) * np.log1p(-x)
    density: NDArray[np.float64] = np.exp(logs - np.max(logs))
    below = np.cumsum(density) / density.sum()
    ends = ((1.0 - level) / 2.0, (1.0 + level) / 2.0)
    low, high = (float(x[min(int(np.searchsorted(below, end)), len(x) - 1)]) for end in ends)
    return low, high
