"""Country in a desk screen by a method: its rank, the values behind it, and the changes that would move it."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from indicators.models import Country, Indicator, Observation
from indicators.queries import observations
from selection.countries.queries.country import CountryPage
from selection.countries.queries.withdrawn import WhatIf, published_values, what_if
from selection.model_definition.criteria_table import CriterionRow, ModelTable, Stage
from selection.models import CountryScore, ScoreRun
from selection.pool_rules.policy import AdmissionRow, PartnershipTerm
from selection.pool_rules.pools import PoolInputs
from selection.runs.all_in_figures import AllInFigures, figures_of
from selection.runs.labels import LEVEL
from selection.runs.queries.all_in import OverdueEdition, all_in_findings
from selection.runs.rows import Ranking, RankingRow, ranking_of
from selection.scoring import PEERS

EARLIER = 8
"""The number of runs in the history of a country's rank."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A published value behind a criterion: its series as text, the observation, and whether the estimate uses it.

    `value` is as published; the criterion may count 100 less it (see `CriterionRow.counts`).
    """

    label: str
    observation: Observation
    value: float | None
    is_used: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """Score of a country on one axis compared with the ranked countries; `rank` is its place among them.

    `interval` contains 90% of the draws, if the run stored it.
    """

    value: float | None
    peers: tuple[float, ...]
    median: float | None
    rank: int | None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Neighbor:
    """Ranked country directly above or below; `chance` is the share of draws in which it ranks above this one."""

    row: RankingRow
    chance: float | None

    @property
    def is_close(self) -> bool:
        return self.chance is not None and 1 - LEVEL < self.chance < LEVEL


@dataclass(frozen=True)
class Screen:
    """Country's part of a run by a method, as its page shows it.

    `statements` are the published values by criterion, and `likeness` the group that fills a missing one. `lacks` are
    the keys of the evidence rules that the country fails, or would fail if it were admitted. `publishers` are those of
    the indicators by code, if evidence is missing. `medians` are those of the ranked countries by node, `leaf_medians`
    those of the normalized values by criterion. `fits` are the run's fits by criterion.

    In a run with all-in draws, `figures` are the country's, `reliable` the least and greatest reliability of the
    ranked, `overdue` the editions that were due, and `earlier` the newest earlier label by criterion that does not
    apply for lack of a newer one.
    """

    country: Country
    run: ScoreRun
    score: CountryScore
    table: ModelTable
    ranked: int
    need: Axis
    feasibility: Axis
    what_if: WhatIf | None
    statements: Mapping[str, tuple[Statement, ...]]
    likeness: Mapping[str, str]
    lacks: tuple[str, ...]
    terms: tuple[PartnershipTerm, ...]
    admission: AdmissionRow | None
    above: Neighbor | None
    below: Neighbor | None
    publishers: Mapping[str, str]
    medians: Mapping[str, float]
    leaf_medians: Mapping[str, float]
    fits: Mapping[str, Mapping[str, Any]]
    figures: AllInFigures | None = None
    reliable: tuple[float, float] | None = None
    overdue: tuple[OverdueEdition, ...] = ()
    earlier: Mapping[str, Observation] = field(default_factory=dict)

    @property
    def first(self) -> int:
        return self.table.first

    @property
    def short(self) -> int:
        """Return the smaller N that is shown with it."""
        return int(self.table.method.get("short", 10))

    @property
    def rules(self) -> Mapping[str, Mapping[str, Any]]:
        return {rule["key"]: rule for rule in self.table.method.get("rules", ())}

    @property
    def lines(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the run's lines by criterion, for criteria that count and that a method estimates."""
        return {line["key"]: line for line in self.score.lines if "estimate" in line and line["nominal_weight"] > 0}

    def used(self, key: str) -> list[Statement]:
        """Return the published values that the estimate of a criterion uses."""
        return [statement for statement in self.statements.get(key, ()) if statement.is_used]

    def indicator_used(self, key: str) -> Indicator | None:
        return next((statement.observation.indicator for statement in self.used(key)), None)

    @property
    def filled(self) -> list[CriterionRow]:
        """Return the criteria filled from peers, those with the most weight first."""
        return self._by_weight(key for key, line in self.lines.items() if line["estimate"]["source"] == PEERS)

    @property
    def bridged(self) -> list[CriterionRow]:
        """Return the criteria estimated from another series, those with the most weight first."""
        return self._by_weight(key for key, line in self.lines.items() if line.get("state") == "bridged")

    def _by_weight(self, keys: Iterable[str]) -> list[CriterionRow]:
        weights = self.table.weights()
        return [self.table.row(key) for key in sorted(keys, key=lambda key: -weights[key])]


def screen_of(page: CountryPage, run: ScoreRun | None) -> Screen | None:
    """Return a country's data in a run; None if the run does not score it."""
    score, ranking = page.score, page.ranking
    if run is None or score is None or ranking is None or not score.lines:
        return None
    shared = _Shared(run, ranking, _fits(run), _medians(run))
    above, below = _neighbors(run, ranking, score)
    return replace(shared.screen(page.country, score, what_if(run, page.country)), above=above, below=below)


def screens_of(run: ScoreRun, countries: Sequence[Country]) -> list[Screen]:
    """Return the data of scored countries in a run by a method, without neighbors and changes of values."""
    shared = _Shared(run, ranking_of(run), _fits(run), _medians(run))
    rows = CountryScore.objects.filter(run=run, country__in=countries).select_related("country")
    scores = {score.country.code: score for score in rows}
    return [
        shared.screen(country, scores[country.code], WhatIf(published_values(run, country), ()))
        for country in countries
    ]


@dataclass(frozen=True)
class _Shared:
    """The parts of a run that are the same for all countries."""

    run: ScoreRun
    ranking: Ranking
    fits: Mapping[str, Mapping[str, Any]]
    medians: Mapping[str, float]

    def screen(self, country: Country, score: CountryScore, asked: WhatIf | None) -> Screen:
        run, ranking = self.run, self.ranking
        lines = {line["key"]: line for line in score.lines if "estimate" in line}
        inputs = PoolInputs.from_dict(run.inputs["pool"])
        lacks = _lacks(ranking.table, lines)
        codes = {code for row in ranking.table.rows(Stage.SCREEN) for code in row.indicators}
        indicators = Indicator.objects.filter(code__in=codes)
        return Screen(
            country=country,
            run=run,
            score=score,
            table=ranking.table,
            ranked=len(ranking.ranked),
            need=_axis(ranking, "need", score.need, score.axis_range("need")),
            feasibility=_axis(ranking, "feasibility", score.feasibility, score.axis_range("feasibility")),
            what_if=asked,
            statements=_statements(ranking.table, lines, asked),
            likeness=_likeness(run, score, lines),
            lacks=lacks,
            terms=tuple(term for term in inputs.partnerships if term.country == country.code),
            admission=next((row for row in inputs.admissions if row.country == country.code), None),
            above=None,
            below=None,
            publishers=dict(indicators.values_list("code", "source__publisher")) if lacks else {},
            medians=self.medians,
            leaf_medians=ranking.medians,
            fits=self.fits,
            figures=figures_of(score.detail),
            reliable=self.reliable,
            overdue=all_in.overdue if (all_in := all_in_findings(run)) else (),
            earlier=_earlier(run, ranking.table, country, lines),
        )

    @property
    def reliable(self) -> tuple[float, float] | None:
        """Return the least and greatest reliability of the ranked countries; None without all-in draws."""
        found = [row.all_in.reliability for row in self.ranking.ranked if row.all_in]
        return (min(found), max(found)) if found else None


def _fits(run: ScoreRun) -> Mapping[str, Mapping[str, Any]]:
    fits: Mapping[str, Mapping[str, Any]] | None = (
        ScoreRun.objects.filter(pk=run.pk).values_list("result__fits", flat=True).first()
    )
    return fits or {}


def _axis(ranking: Ranking, name: str, value: float | None, interval: tuple[float, float] | None) -> Axis:
    peers = tuple(found for row in ranking.ranked if (found := getattr(row, name)) is not None)
    median = statistics.median(peers) if peers else None
    rank = None if value is None else 1 + sum(peer > value for peer in peers)
    return Axis(value, peers, median, rank, interval)


def _medians(run: ScoreRun) -> dict[str, float]:
    nodes = list(CountryScore.objects.filter(run=run, rank__isnull=False).values_list("nodes", flat=True))
    scores = {
        key: [node[key]["score"] for node in nodes if node[key]["score"] is not None] for key in (nodes or [{}])[0]
    }
    return {key: statistics.median(found) for key, found in scores.items() if found}


# ---- values --------------------------------------------------------------------------------------------------------


def _statements(
    table: ModelTable, lines: Mapping[str, Mapping[str, Any]], asked: WhatIf | None
) -> dict[str, tuple[Statement, ...]]:
    """Return the published values behind each criterion. A run that cannot be replayed has only those it used."""
    wanted: dict[str, list[tuple[str, int]]] = {}
    for key, line in lines.items():
        published = asked.published.get(key, ()) if asked else ()
        wanted[key] = [(one.series, one.observation) for one in published] or [("", pk) for pk in line["observations"]]
    ids = {pk for found in wanted.values() for _, pk in found}
    rows = Observation.objects.select_related("indicator__source").in_bulk(ids)
    return {
        key: tuple(_statement(table.row(key), series, rows[pk], lines[key]) for series, pk in found if pk in rows)
        for key, found in wanted.items()
    }


def _statement(row: CriterionRow, series: str, found: Observation, line: Mapping[str, Any]) -> Statement:
    part = next((part for part in row.series_rows if part["key"] == series), {})
    return Statement(part.get("label", ""), found, found.value, found.pk in line["observations"])


def _earlier(
    run: ScoreRun, table: ModelTable, country: Country, lines: Mapping[str, Mapping[str, Any]]
) -> dict[str, Observation]:
    """Return the newest label of each criterion for which the newest edition has none of the country."""
    if not table.is_all_in:
        return {}
    found = {}
    for key, line in lines.items():
        row = table.row(key)
        if row.period != "newest" or line["estimate"]["source"]:
            continue
        rows = observations(run.as_of).filter(country=country, indicator__code=row.indicator, missing="")
        labeled = rows.exclude(label="").exclude(label__in=row.labels_missing).order_by("-year")
        if newest := labeled.select_related("indicator__source").first():
            found[key] = newest
    return found


def _likeness(run: ScoreRun, score: CountryScore, lines: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return by criterion the narrowest group that contains all peers of a filled value: "region", "income", or "all".

    A group by region is also one by income class.
    """
    groups = {key: line["estimate"]["peers"] for key, line in lines.items() if line["estimate"].get("peers")}
    if not groups:
        return {}
    codes = {code for found in groups.values() for code in found}
    rows = CountryScore.objects.filter(run=run, country__code__in=codes)
    known = {code: (region, income) for code, region, income in rows.values_list("country__code", "region", "income")}
    found = {}
    for key, peers in groups.items():
        same_income = all(known.get(code, ("", ""))[1] == score.income for code in peers)
        same_region = all(known.get(code, ("", ""))[0] == score.region for code in peers)
        found[key] = "region" if same_income and same_region else "income" if same_income else "all"
    return found


def _lacks(table: ModelTable, lines: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the evidence rules that a country's values fail, whether or not it is in the pool."""
    failed = []
    for rule in table.method.get("rules", ()):
        limit = rule.get("within")
        ages = [lines[key]["estimate"]["age"] if key in lines else None for key in rule["criteria"]]
        held = sum(age is not None and (limit is None or age <= limit) for age in ages)
        if held < rule.get("least", 1):
            failed.append(rule["key"])
    return tuple(failed)


# ---- neighbors and history -----------------------------------------------------------------------------------------


def _neighbors(run: ScoreRun, ranking: Ranking, score: CountryScore) -> tuple[Neighbor | None, Neighbor | None]:
    """Return the countries ranked directly above and below, with the share of draws in which each ranks above."""
    codes = [row.code for row in ranking.ranked]
    if score.rank is None or score.country.code not in codes:
        return None, None
    at = codes.index(score.country.code)
    shares: Sequence[float] | None = None
    # The pairs are in the official order; of two with one rank it may differ from that of the list.
    if len({row.rank for row in ranking.ranked}) == len(codes):
        # One row of the stored result, which is large.
        shares = ScoreRun.objects.filter(pk=run.pk).values_list(f"result__drawn__pairs__{at}", flat=True).first()
    above, below = (
        Neighbor(ranking.ranked[other], 1.0 - shares[other] if shares else None) if 0 <= other < len(codes) else None
        for other in (at - 1, at + 1)
    )
    return above, below


def history(country: Country) -> list[CountryScore]:
    """Return the results of a country in the newest desk screens, the one of the newest day first."""
    rows = CountryScore.objects.filter(country=country, run__stage=Stage.SCREEN).order_by("-run_id")
    rows = rows.select_related("run").defer("lines", "nodes", "hurdles", "detail", "run__result", "run__table")
    return sorted(rows[:EARLIER], key=lambda row: (row.run.reference_date, row.run.pk), reverse=True)
