"""Findings of a run on the certainty of its ranks, and the work list of figures that would increase it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

from cpc.grouping import grouped
from indicators.models import Indicator, Observation, Source
from selection.model_definition.criteria_table import CriterionRow, ModelTable, Stage
from selection.models import CountryScore, CountryStatus, ScoreRun
from selection.ranking.queries.findings import IN_POOL
from selection.runs.queries.all_in import UNCONFIRMED
from selection.runs.rows import OLD, Ranking, RankingRow, ranking_of
from selection.scoring import COMBINED, PEERS, POOLED

LEAST = 0.01
"""Least value of a figure that the page names: it changes a chance by one point on average."""


class FigureDoubt(StrEnum):
    """Reason that a figure is uncertain; the first that applies."""

    MISSING = "missing"
    BRIDGED = "bridged"
    LEVEL = "level"
    EDITIONS = "editions"
    EDITION = "edition"
    SURVEYS = "surveys"
    SWINGS = "swings"
    OLD = "old"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A published value behind a figure: the number or label, the year it describes, and its series.

    `indicator` is what its publisher measures; None if the model names an indicator that is not on record.
    """

    value: float | None
    label: str
    year: int
    series: str
    indicator: Indicator | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """Figure of one country that is worth confirming or collecting.

    `value` is the average change of the chance of the first N if the figure were known, from 0 to 1; `low` and `high`
    are that chance if the figure is low or high, None if the run does not have them, and `now` is the chance in all
    draws. `needed` is true if the country has no rank because the figure is missing. `observation` is the published
    value that counts, and `best` what the score uses instead. `publisher` is the publisher of the value, which
    differs from the criterion's where another series is used instead.
    """

    row: RankingRow
    criterion: CriterionRow
    doubt: FigureDoubt
    value: float
    now: float | None
    low: float | None
    high: float | None
    year: int | None
    age: int | None
    published: tuple[PublishedFigure, ...]
    best: float | None
    peers: int
    observation: int | None
    publisher: str = ""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """One criterion over all countries: the sum of its figures' values, with those that matter most first."""

    criterion: CriterionRow
    value: float
    countries: int
    doubts: Mapping[FigureDoubt, int]
    largest: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class WorkStep:
    """Change of the first N just outside a weight's range: the share there, and who leaves and enters."""

    share: float
    leaves: tuple[RankingRow, ...]
    enters: tuple[RankingRow, ...]


@dataclass(frozen=True, slots=True)
class WeightSlack:
    """Weight as a share of its group: today, and the ranges that preserve all, 90 and 75 percent of the first N.

    `group` is the label of the group, "" for the whole. `below` and `above` are None if no change lies there.
    """

    key: str
    label: str
    group: str
    now: float
    ranges: Mapping[int, tuple[float, float]]
    below: WorkStep | None
    above: WorkStep | None

    @property
    def slack(self) -> float:
        """Return the width of the range that preserves all of the first N."""
        low, high = self.ranges[100]
        return high - low


@dataclass(frozen=True, slots=True)
class Way:
    """Way to make the list: the model's own (labels ""), or with another option for a single choice."""

    choice: str
    option: str


@dataclass(frozen=True)
class HowSure:
    """Findings of a run by a method, as the page needs them.

    `figures` are those of the work list with any value, the most valuable first, and `sums` the same by criterion, so
    that the list adds up to them. `unchecked` are the countries of the pool with an unchecked tier. `ways` are in the
    order of `RankingRow.singles`. `choices` are labels of the method's choices with their share of the ranks' variance.
    """

    ranking: Ranking
    figures: tuple[Figure, ...]
    sums: tuple[Sum, ...]
    unchecked: tuple[RankingRow, ...]
    pool: int
    weights: tuple[WeightSlack, ...]
    ways: tuple[Way, ...]
    choices: tuple[tuple[str, float], ...]

    @property
    def table(self) -> ModelTable:
        return self.ranking.table

    @property
    def tier(self) -> CriterionRow | None:
        """Return the criterion that scores the tier; None if the model has none."""
        listing = self.table.listing["indicator"]
        return next((row for row in self.table.criteria if row.indicator == listing), None)

    @property
    def notable(self) -> tuple[Figure, ...]:
        """Return the figures that the page may name, without those that change a chance by less than a point."""
        return tuple(one for one in self.figures if one.value >= LEAST)

    @property
    def moving(self) -> frozenset[str]:
        """Return the keys of the weights that change the first N if moved far enough, each alone."""
        return frozenset(one.key for one in self.weights if one.below or one.above)


def how_sure(run: ScoreRun) -> HowSure:
    """Return the findings of a run by a method, cached in this process since a run never changes."""
    return _how_sure(run.pk)


@lru_cache(maxsize=4)
def _how_sure(run_id: int) -> HowSure:
    ranking = ranking_of(ScoreRun(pk=run_id))
    drawn = _drawn(run_id)
    scored = CountryScore.objects.filter(run=run_id).exclude(lines=[])
    codes = sorted(scored.values_list("country__code", flat=True))
    known = _with_publishers(list(_figures(run_id, ranking)))
    figures = tuple(sorted(known, key=lambda one: (-one.value, one.row.name, one.criterion.key)))
    pool = [row for row in ranking.rows if row.status in IN_POOL]
    return HowSure(
        ranking=ranking,
        figures=figures,
        sums=tuple(_sums(figures)),
        unchecked=tuple(row for row in pool if row.tier_quality == UNCONFIRMED),
        pool=len(pool),
        weights=tuple(sorted(_weights(ranking, drawn["stability"], codes), key=lambda one: one.slack)),
        ways=tuple(_ways(ranking.table, drawn["singles"])),
        choices=tuple(_choices(ranking.table, drawn["anova"])),
    )


def _drawn(run_id: int) -> dict[str, Any]:
    """Return the findings of the draws that are in no country's row, without loading the rest."""
    names = ("stability", "singles", "anova")
    values = ScoreRun.objects.values_list(*(f"result__drawn__{name}" for name in names)).get(pk=run_id)
    return {name: value or () for name, value in zip(names, values, strict=True)}


# ---- figures worth knowing -----------------------------------------------------------------------------------------


def _figures(run_id: int, ranking: Ranking) -> Iterator[Figure]:
    """Yield the figures of the countries that are drawn whose value is not 0."""
    rows = {row.code: row for row in ranking.rows}
    rules = {rule["key"]: rule["criteria"] for rule in ranking.table.method.get("rules", ())}
    lacking = {code: {key for rule in row.fails for key in rules.get(rule, ())} for code, row in rows.items()}
    codes = {code for row in ranking.table.criteria for code in row.indicators}
    known = {one.code: one for one in Indicator.objects.filter(code__in=codes)}
    scores = CountryScore.objects.filter(run=run_id, status__in=(CountryStatus.RANKED, CountryStatus.PROVISIONAL))
    for code, lines in scores.values_list("country__code", "lines"):
        for line in lines:
            if (line.get("estimate") or {}).get("datum"):
                criterion = ranking.table.row(line["key"])
                yield _figure(rows[code], criterion, line, known, needed=line["key"] in lacking[code])


def _with_publishers(figures: Sequence[Figure]) -> list[Figure]:
    rows = Observation.objects.filter(pk__in={one.observation for one in figures if one.observation})
    names = rows.values_list("pk", "indicator__publisher", "indicator__source__publisher")
    publishers = {pk: own or of_source for pk, own, of_source in names}
    return [replace(one, publisher=publishers.get(one.observation or 0, "")) for one in figures]


def _figure(
    row: RankingRow,
    criterion: CriterionRow,
    line: Mapping[str, Any],
    known: Mapping[str, Indicator],
    *,
    needed: bool,
) -> Figure:
    estimate = line["estimate"]
    low, high = estimate.get("datum_ends", (None, None))
    if criterion.function.get("direction", 1) < 0:
        low, high = high, low  # stored by normalized value, shown by the figure itself
    published = tuple(
        PublishedFigure(p["value"], p["label"], p["year"], p["series"], known.get(criterion.indicator_of(p["series"])))
        for p in estimate["published"]
    )
    return Figure(
        row=row,
        criterion=criterion,
        doubt=_doubt(line, len(published), len(criterion.series_rows)),
        value=estimate["datum"],
        now=row.p20,
        low=low,
        high=high,
        year=max((one.year for one in published), default=None),
        age=estimate["age"],
        published=published,
        best=estimate.get("best"),
        peers=len(estimate.get("peers", ())),
        observation=line.get("observation"),
        needed=needed,
    )


def _doubt(line: Mapping[str, Any], published: int, editions: int) -> FigureDoubt:
    """Return why a figure is uncertain, given the numbers of its published values and of its criterion's editions."""
    estimate = line["estimate"]
    if estimate["source"] == PEERS or not published:
        return FigureDoubt.MISSING
    if line["state"] == "bridged":
        return FigureDoubt.BRIDGED
    if "moves" in estimate:
        return FigureDoubt.LEVEL
    if estimate["source"] == COMBINED:
        return FigureDoubt.SURVEYS
    if estimate["source"] == POOLED and editions < 2:
        return FigureDoubt.SWINGS
    if estimate["source"] == POOLED:
        return FigureDoubt.EDITIONS if published > 1 else FigureDoubt.EDITION
    return FigureDoubt.OLD if (estimate["age"] or 0) > OLD else FigureDoubt.ERROR


def _sums(figures: Sequence[Figure]) -> list[Sum]:
    """Return the figures by criterion, those with the highest value of knowing them first."""
    by = grouped(figures, lambda figure: figure.criterion.key)
    sums = [
        Sum(
            ones[0].criterion,
            sum(one.value for one in ones),
            len(ones),
            Counter(one.doubt for one in ones),
            tuple(ones),
        )
        for ones in by.values()
    ]
    return sorted(sums, key=lambda one: -one.value)


def sources(table: ModelTable) -> dict[str, Source]:
    """Return the source of each criterion's own series, by the criterion's key."""
    codes = {row.key: row.indicator for row in table.rows(Stage.SCREEN) if row.indicator}
    indicators = Indicator.objects.filter(code__in=set(codes.values())).select_related("source")
    known = {indicator.code: indicator.source for indicator in indicators}
    return {key: known[code] for key, code in codes.items() if code in known}


# ---- weights and ways ----------------------------------------------------------------------------------------------


def _weights(ranking: Ranking, stored: Sequence[Mapping[str, Any]], codes: Sequence[str]) -> Iterator[WeightSlack]:
    rows = {row.code: row for row in ranking.rows}
    labels, groups = _labels(ranking.table)
    for item in stored:
        key = item["key"]

        def step(side: str, item: Mapping[str, Any] = item) -> WorkStep | None:
            if not item.get(side):
                return None
            share, leaves, enters = item[side]
            return WorkStep(share, *(tuple(rows[codes[k]] for k in positions) for positions in (leaves, enters)))

        ranges = {int(percent): (ends[0], ends[1]) for percent, ends in item["ranges"].items()}
        yield WeightSlack(key, labels[key], groups[key], item["now"], ranges, step("below"), step("above"))


def _labels(table: ModelTable) -> tuple[dict[str, str], dict[str, str]]:
    nodes = {node.key: node.label for node in table.nodes}
    labels = nodes | {row.key: row.label for row in table.criteria}
    groups = {node.key: nodes.get(node.parent, "") for node in table.nodes}
    return labels, groups | {row.key: nodes.get(row.node, "") for row in table.criteria}


def _ways(table: ModelTable, singles: Sequence[Sequence[Any]]) -> Iterator[Way]:
    choices = {choice["key"]: choice for choice in table.method.get("choices", ())}
    for key, option, *_ in singles:
        choice = choices.get(key)
        labels = {one["key"]: one["label"] for one in choice["options"]} if choice else {}
        yield Way(choice["label"] if choice else "", labels.get(option, ""))


def _choices(table: ModelTable, shares: Mapping[str, float] | Sequence[Any]) -> list[tuple[str, float]]:
    """Return the method's choices by their part in the variance of ranks over the designs, the largest first."""
    labels = {choice["key"]: choice["label"] for choice in table.method.get("choices", ())}
    parts = [(str(labels.get(key, key)), float(share)) for key, share in dict(shares).items()]
    return sorted(parts, key=lambda pair: -pair[1])
