"""Country page: each factor with its observation and, for a run, its effect on the score."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from indicators.models import Country, Narrative, Observation, Publication
from indicators.queries import Known, loaded_indicators, newer_editions, observations
from selection.countries.queries.printed import printed_points
from selection.model_definition.criteria_table import (
    CriterionRow,
    ModelTable,
    NodeRow,
    Stage,
)
from selection.models import CountryScore, ScoreRun
from selection.runs.rows import (
    MEASURED,
    Ranking,
    RankingRow,
    missing_reason,
    ranking_of,
)
from selection.scoring_inputs.cells import Cell, choose


@dataclass(frozen=True, slots=True)
class Points:
    """Points of a factor in a run. Weights and points are out of 100.

    `weight` and `printed` are the nominal weight and the points as printed: they add up to 100 and to the score.
    """

    u: float | None
    median: float | None
    clipped: bool
    nominal: float
    weight: float
    effective: float
    points: float
    printed: float
    lost: float


@dataclass(frozen=True, slots=True)
class Factor:
    """Criterion of one country: the observation used, one that is only shown, or the missing reason.

    `step` is the median of the raters, 0 to 4, and `ratings` their keys, if the run counted ratings; `is_hidden` is
    true if this reader may not see them yet. `missing` is "not_loaded" if no country has a value of the indicator:
    only an imported file shows what a publisher omits and what does not apply. `age` is in years, to the reference
    date of the page. `newer_edition` is the newest edition of the same kind of file, if it does not state the value.
    `estimate` is the run's estimate from the published values, as `CountryScore.lines` stores it.
    """

    row: CriterionRow
    used: Observation | None
    shown: Observation | None
    missing: str
    made: Points | None = None
    step: float | None = None
    ratings: tuple[int, ...] = ()
    is_hidden: bool = False
    age: int | None = None
    newer_edition: str = ""
    estimate: Mapping[str, Any] | None = None

    @property
    def is_too_old(self) -> bool:
        """Return whether the value is older than the model's age limit for this criterion."""
        limit = None if self.estimate is not None else self.row.max_age
        return self.age is not None and limit is not None and self.age > limit

    @property
    def observation(self) -> Observation | None:
        return self.used or self.shown

    @property
    def is_counted(self) -> bool:
        return self.row.weight > 0


@dataclass(frozen=True, slots=True)
class FactorGroup:
    """A node of the tree with its factors. `level` is 0 for a branch, 1 below it."""

    node: NodeRow
    level: int
    factors: tuple[Factor, ...]
    score: float | None = None
    weight: float | None = None
    printed: float | None = None


@dataclass(frozen=True)
class CountryPage:
    """Country as its page shows it. Without `row` there is no rank, score, weight, or points to show.

    `score` is the country's row in the run, if the run has one.
    """

    country: Country
    successor: Country | None
    groups: tuple[FactorGroup, ...]
    unrated: tuple[Factor, ...]
    unrated_weight: float
    row: RankingRow | None = None
    ranking: Ranking | None = None
    total: float | None = None
    score: CountryScore | None = None

    @property
    def factors(self) -> list[Factor]:
        return [factor for group in self.groups for factor in group.factors]

    def factor(self, key: str) -> Factor | None:
        return next((factor for factor in self.factors if factor.row.key == key), None)


def find_country(code: str) -> Country | None:
    return Country.objects.filter(code=code.upper()).first()


def country_page(
    country: Country,
    table: ModelTable,
    run: ScoreRun | None,
    *,
    as_of: int | None,
    stage: Stage = Stage.SCREEN,
) -> CountryPage:
    """Return the known facts of a country and, if `run` is given, how the run counted them.

    Without a run, or for a country that it does not score, the values are the newest known at `as_of` (None is now),
    and the groups hold the criteria of `stage`.
    """
    score = CountryScore.objects.filter(run=run, country=country).first() if run else None
    lines = {line["key"]: line for line in score.lines} if score else {}
    cells = _cells_of_lines(lines) if lines else {}
    rows = table.rows(Stage.FULL)
    cells |= _newest_cells(country, [row for row in rows if row.key not in cells], as_of)
    loaded = loaded_indicators({row.indicator for row in rows if row.indicator}, as_of=as_of)
    listed = table.listing["indicator"]
    factors = {row.key: _factor(row, *cells[row.key], loaded=loaded, listed=listed) for row in rows}
    factors = _dated(factors, run.reference_date.year if run else _year_of(as_of), as_of)
    ranking = ranking_of(run) if run else None
    total: float | None = None
    printed: dict[str, float] = {}
    weights: dict[str, float] = {}
    factors |= {key: replace(factors[key], estimate=line.get("estimate")) for key, line in lines.items()}
    if score is not None and score.score is not None and ranking is not None:
        total = round(score.score, 1)
        printed = printed_points({key: line["points"] for key, line in lines.items()}, table, total)
        weights = printed_points({key: 100 * line["nominal_weight"] for key, line in lines.items()}, table, 100.0)
        factors |= _made(factors, lines, printed, weights, ranking.medians)
    successor = Country.objects.filter(code=country.successor_code).first() if country.successor_code else None
    full = table.weights()
    stage = Stage(run.stage) if run else stage
    unrated = tuple(f for f in factors.values() if f.row.stage == "full" and (f.made is None or f.made.u is None))
    return CountryPage(
        country=country,
        successor=successor,
        groups=tuple(_groups(table, stage, factors, printed, weights, score.nodes if score else {})),
        unrated=unrated,
        unrated_weight=sum(full[f.row.key] for f in unrated),
        row=ranking.row(country.code) if ranking else None,
        ranking=ranking,
        total=total,
        score=score,
    )


def without_ratings(page: CountryPage, keys: Collection[str]) -> CountryPage:
    """Return the page without raters' steps on some criteria, and without points that would reveal them."""

    def hidden(factor: Factor) -> Factor:
        if factor.row.key not in keys:
            return factor
        return replace(factor, made=None, step=None, ratings=(), is_hidden=True)

    groups = tuple(replace(group, factors=tuple(map(hidden, group.factors))) for group in page.groups)
    return replace(page, groups=groups)


# ---- cells ---------------------------------------------------------------------------------------------------------

_Cells = dict[str, tuple[Observation | None, Observation | None, str]]


def _cells_of_lines(lines: Mapping[str, Mapping[str, Any]]) -> _Cells:
    """Return the observations behind a run's lines. They are found by number, since observations are never deleted."""
    wanted = {line[name] for line in lines.values() for name in ("observation", "shown") if line[name]}
    rows = Observation.objects.select_related("indicator__source", "file").in_bulk(wanted)
    return {key: (rows.get(line["observation"]), rows.get(line["shown"]), _reason(line)) for key, line in lines.items()}


def _reason(line: Mapping[str, Any]) -> str:
    """Return why a line has no published value; an estimate shows for itself how old its value is."""
    return str(line["missing"]) if "estimate" in line else missing_reason(line)


def _newest_cells(country: Country, rows: Sequence[CriterionRow], as_of: int | None) -> _Cells:
    """Return the newest values by the rules of the model's table, without computing a score."""
    codes = {row.indicator for row in rows if row.indicator}
    found = list(observations(as_of).filter(country=country, indicator__code__in=codes).order_by("year", "period"))
    by_id = {row.pk: row for row in found}
    cells: _Cells = {}
    for row in rows:
        if not row.indicator:
            cells[row.key] = (None, None, "not_rated")
            continue
        known = [_known(o, country.code) for o in found if (o.indicator.code, o.series) == (row.indicator, row.series)]
        chosen, _ = choose(row, known, [country.code])
        cells[row.key] = _read(chosen[country.code], by_id)
    return cells


def _known(row: Observation, code: str) -> Known:
    return Known(
        observation_id=row.pk,
        indicator=row.indicator.code,
        country=code,
        period=row.period,
        year=row.year,
        series=row.series,
        value=row.value,
        label=row.label,
        missing=row.missing,
        standard_error=row.standard_error,
        quality=row.quality,
        edition=row.edition,
    )


def _read(cell: Cell, rows: Mapping[int, Observation]) -> tuple[Observation | None, Observation | None, str]:
    used = rows[cell.used.observation_id] if cell.used else None
    shown = rows[cell.shown.observation_id] if cell.shown else None
    return used, shown, "" if used else cell.missing


def _factor(
    row: CriterionRow,
    used: Observation | None,
    shown: Observation | None,
    missing: str,
    *,
    loaded: Collection[str],
    listed: str,
) -> Factor:
    """Return a factor with its missing reason.

    `listed` is the indicator whose publisher decides which countries are listed.
    """
    reason = shown_reason(row, missing, loaded=loaded, listed=listed, has_value=shown is not None)
    return Factor(row, used, None if shown is not None and shown.missing else shown, reason)


def shown_reason(row: CriterionRow, missing: str, *, loaded: Collection[str], listed: str, has_value: bool) -> str:
    """Return the reason for a missing value that every page shows; "" if none is missing.

    Without any file of the indicator, the model's reason would claim what only a file can show: that the publisher
    omits the country, or that the criterion does not apply to it.
    """
    if missing and row.indicator and row.indicator not in loaded:
        return "not_loaded"
    if missing == "not_collected" and row.indicator == listed and not has_value:
        return "not_listed"
    return missing


def _year_of(as_of: int | None) -> int:
    """Return the year to which ages are counted without a run: that of the requested publication, or today's."""
    publication = Publication.objects.filter(seq=as_of).first() if as_of is not None else None
    return (publication.at if publication else timezone.now()).year


def _dated(factors: Mapping[str, Factor], year: int, as_of: int | None) -> dict[str, Factor]:
    """Return the factors with the age of each value and the edition that came after those that state it."""
    newer = newer_editions([f.observation for f in factors.values() if f.observation is not None], as_of=as_of)
    return {
        key: factor
        if (found := factor.observation) is None or found.missing
        else replace(factor, age=year - found.year, newer_edition=newer.get(found.pk, ""))
        for key, factor in factors.items()
    }


# ---- points --------------------------------------------------------------------------------------------------------


def _made(
    factors: Mapping[str, Factor],
    lines: Mapping[str, Mapping[str, Any]],
    printed: Mapping[str, float],
    weights: Mapping[str, float],
    medians: Mapping[str, float],
) -> dict[str, Factor]:
    made = {}
    for key, line in lines.items():
        factor = factors[key]
        points = Points(
            u=line["u"] if "estimate" in line or line["state"] in MEASURED else None,
            median=medians.get(key),
            clipped=line["clipped"],
            nominal=100 * line["nominal_weight"],
            weight=weights.get(key, 0.0),
            effective=100 * line["effective_weight"],
            points=line["points"],
            printed=printed.get(key, 0.0),
            lost=line["points_lost"],
        )
        made[key] = replace(
            factor,
            made=points,
            step=line.get("step"),
            ratings=tuple(line.get("ratings", ())),
        )
    return made


def _groups(
    table: ModelTable,
    stage: Stage,
    factors: Mapping[str, Factor],
    printed: Mapping[str, float],
    weights: Mapping[str, float],
    nodes: Mapping[str, Mapping[str, float | None]],
) -> Iterable[FactorGroup]:
    shown = {row.key for row in table.rows(stage)}

    def group(node: NodeRow, level: int) -> FactorGroup:
        own = [f for f in factors.values() if f.row.node == node.key and f.row.key in shown]
        return FactorGroup(
            node,
            level,
            tuple(sorted(own, key=lambda factor: not factor.is_counted)),
            score=nodes.get(node.key, {}).get("score"),
            weight=weights.get(node.key),
            printed=printed.get(node.key),
        )

    for branch in (node for node in table.nodes if not node.parent):
        yield group(branch, 0)
        below = [group(node, 1) for node in table.nodes if node.parent == branch.key]
        yield from (found for found in below if found.factors)


# ---- narrative -------------------------------------------------------------------------------------------------------


def newest_narrative(country: Country, as_of: int | None = None) -> Narrative | None:
    rows = Narrative.objects.as_of(as_of).filter(country=country).prefetch_related("recommendations")
    return rows.order_by("-report_year").first()
