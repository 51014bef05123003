"""Nominal weights of a run and their effect, and the facts that explain the difference."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from indicators.models import Indicator
from selection.model_definition.criteria_table import CriterionRow, ModelTable
from selection.model_definition.statutory_criteria import documented
from selection.models import CountryScore, ScoreRun
from selection.runs.rows import Ranking, ranking_of

RankedLines = tuple[int, Sequence[Mapping[str, Any]]]
"""The rank of a country, and the stored lines of its criteria."""

AGAINST = -0.2
"""Correlation with the total, up to which points on a criterion go against it."""

GOES_WITH_LESS = -0.3
"""Correlation with a fact of need, up to which a criterion that goes against the total is explained by it."""


@dataclass(frozen=True, slots=True)
class EffectOfWeight:
    """One criterion or axis: its nominal share of the total, its effective importance, and its correlation with it.

    The last two are None if too few countries have it, or if nothing varies.
    """

    key: str
    label: str
    is_axis: bool
    nominal: float
    effective: float | None
    r: float | None


@dataclass(frozen=True, slots=True)
class Opposite:
    """Criteria whose points go against the total, and the facts of need that are low where they are high."""

    labels: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublishedNeed:
    """Newest published values of the criterion that the statute asks to be documented.

    `below` of the `first` countries have one below `bound`, and `under` one below `median`: that of the `measured`
    ranked countries with a value of the newest `edition`.
    """

    criterion: CriterionRow
    first: int
    bound: float
    below: int
    edition: str
    measured: int
    median: float
    under: int
    indicator: Indicator | None = None


@dataclass(frozen=True, slots=True)
class Weighing:
    """Nominal weights and their effect; `rows` are the criteria and the two axes in the model's order."""

    rows: tuple[EffectOfWeight, ...]
    opposites: tuple[Opposite, ...]
    published: PublishedNeed | None

    @property
    def criteria(self) -> tuple[EffectOfWeight, ...]:
        known = [one for one in self.rows if not one.is_axis and one.effective is not None]
        return tuple(sorted(known, key=lambda one: (-(one.effective or 0.0), one.label)))


def weighing(run: ScoreRun) -> Weighing:
    """Return the weights of a run with all-in draws, cached in this process since a run never changes."""
    return _weighing(run.pk)


@lru_cache(maxsize=4)
def _weighing(run_id: int) -> Weighing:
    ranking = ranking_of(ScoreRun(pk=run_id))
    stored = ScoreRun.objects.values_list("result__drawn__all_in__importance", flat=True).get(pk=run_id)
    scores = CountryScore.objects.filter(run=run_id, rank__isnull=False).order_by("rank")
    lines: list[RankedLines] = [(rank or 0, every) for rank, every in scores.values_list("rank", "lines")]
    rows = tuple(_rows(ranking.table, stored or (), lines))
    return Weighing(rows, tuple(_opposites(ranking, rows)), _published(ranking, lines))


def _rows(table: ModelTable, stored: Sequence[Sequence[Any]], lines: Sequence[RankedLines]) -> Iterator[EffectOfWeight]:
    """Yield the stored rows, with nominal weights as exact as the lines of a country have them."""
    axes = {node.key: node.label for node in table.nodes}
    exact = {line["key"]: line["nominal_weight"] for _, every in lines[:1] for line in every}
    for key, nominal, effective, r in stored:
        label = axes.get(key) or table.row(key).label
        yield EffectOfWeight(key, label, key in axes, exact.get(key, nominal), effective, r)


def _opposites(ranking: Ranking, rows: Sequence[EffectOfWeight]) -> Iterator[Opposite]:
    """Group the criteria that go against the total by the facts of need that explain it; those without one are left."""
    facts = ranking.table.method.get("facts", ())
    by_facts: dict[tuple[str, ...], list[str]] = {}
    for one in rows:
        if one.is_axis or one.r is None or one.r > AGAINST:
            continue
        less = tuple(key for key in facts if _correlation(ranking.values, one.key, key) <= GOES_WITH_LESS)
        if less:
            by_facts.setdefault(less, []).append(one.label)
    for keys, labels in by_facts.items():
        yield Opposite(tuple(labels), tuple(ranking.table.row(key).label for key in keys))


def _correlation(values: Mapping[str, Sequence[float | None]], one: str, other: str) -> float:
    """Return the correlation of two criteria over the ranked countries that have both; 0 if either does not vary."""
    if one not in values or other not in values:
        return 0.0
    both = zip(values[one], values[other], strict=True)
    pairs = [(a, b) for a, b in both if a is not None and b is not None]
    if len({a for a, _ in pairs}) < 2 or len({b for _, b in pairs}) < 2:
        return 0.0
    return statistics.correlation([a for a, _ in pairs], [b for _, b in pairs])


# ---- what the statute asks to be documented ------------------------------------------------------------------------


def _published(ranking: Ranking, scores: Sequence[RankedLines]) -> PublishedNeed | None:
    """Return the published values behind the statutory check; None if the model has no such check or no value."""
    asked = _asked(ranking.table)
    if asked is None:
        return None
    row, at_least = asked
    lines = [(rank, line) for rank, every in scores for line in every if line["key"] == row.key]
    newest = [(rank, published[0], line) for rank, line in lines if (published := _values(line))]
    if not newest:
        return None
    edition = max((value["year"], value["series"]) for _, value, _ in newest)[1]
    of_edition = [value["value"] for _, value, _ in newest if value["series"] == edition]
    median = statistics.median(of_edition)
    first = [(value, line) for rank, value, line in newest if rank <= ranking.table.first]
    tested = [fact.u for _, line in first if (fact := documented(row, line)) is not None]
    lower, upper = row.function["lower"], row.function["upper"]
    labels = {one["key"]: str(one["label"]) for one in row.series_rows}
    return PublishedNeed(
        criterion=row,
        first=len(ranking.first),
        bound=lower + at_least * (upper - lower),
        below=sum(u < at_least - 1e-9 for u in tested),
        edition=labels.get(edition, row.label),
        measured=len(of_edition),
        median=median,
        under=sum(value["value"] < median for value, _ in first),
        indicator=Indicator.objects.filter(code=row.indicator).first(),
    )


def _asked(table: ModelTable) -> tuple[CriterionRow, float] | None:
    """Return the first published criterion that a statutory check compares with a bound, and the bound on u."""
    for spec in table.mandatory:
        for condition in spec["conditions"]:
            row = table.row(condition["criterion"])
            if row.indicator and row.function["kind"] == "goalposts" and row.function["direction"] > 0:
                return row, float(condition["at_least"])
    return None


def _values(line: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the published numbers behind a line, the newest first."""
    return [one for one in (line.get("estimate") or {}).get("published", ()) if one["value"] is not None]
