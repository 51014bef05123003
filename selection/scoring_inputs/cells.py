"""Conversion of observations known at a publication number to the engine's snapshot, by a model's table.

Each cell stores its observation, so that a score can be traced to the publisher's file.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cpc.grouping import grouped
from indicators.models import Country
from indicators.queries import Known, known_values, states
from selection.model_definition.criteria_table import CriterionRow, ModelTable, Stage
from selection.pool_rules.pools import Pool
from selection.scoring import Column, Snapshot

UNUSED = frozenset({"inferred"})
"""Qualities that are shown and marked, and never scored."""

_LISTED_WITHIN = 3
"""Number of newest reports of which one must rank a country for it to count as listed."""


@dataclass(frozen=True, slots=True)
class Rated:
    """Ratings of one criterion of one country: the key of each rating and its step, 0 to 4."""

    steps: Mapping[int, int]

    @property
    def median(self) -> float:
        """Return the median step; between two steps if the raters are evenly divided."""
        return float(statistics.median(self.steps.values()))

    @property
    def spread(self) -> float | None:
        """Return the standard deviation of the raters' steps, in steps; None for a single rater."""
        return statistics.stdev(self.steps.values()) if len(self.steps) > 1 else None


@dataclass(frozen=True)
class Cell:
    """Input of a criterion for one country: the observation or ratings used, or the missing reason.

    `shown` is an observation on record that does not score (inferred, or with a label that is not a value). `series`
    holds the newest observation of each series that an estimate may use.
    """

    used: Known | None = None
    missing: str = ""
    shown: Known | None = None
    rated: Rated | None = None
    series: Mapping[str, Known] = field(default_factory=dict)


Ratings = Mapping[str, Mapping[str, Rated]]
"""Ratings by criterion, then by country."""


@dataclass(frozen=True)
class Selection:
    """Snapshot with the cell behind every value, the excluded countries with reasons, and the pool."""

    snapshot: Snapshot
    cells: Mapping[str, Mapping[str, Cell]]
    periods: Mapping[str, str]
    left_out: Mapping[str, tuple[str, str]]
    pool: Pool


def candidate_cells(
    table: ModelTable, *, as_of: int, codes: Collection[str], ratings: Ratings
) -> dict[str, Mapping[str, Cell]]:
    """Return the cells of some candidates in the full score, by criterion, from the data known at number `as_of`.

    Every listed country still determines which period is complete, so that a round reads the same editions as the desk
    screen. `ratings` fill the criteria without a published indicator.
    """
    rows = table.rows(Stage.FULL)
    known = by_indicator(_known(table, rows, as_of, codes))
    every_country = states()
    left_out = never_candidates(table, every_country, known.get(table.listing["indicator"], []))
    candidates = sorted(country.code for country in every_country if country.code not in left_out)
    wanted = [code for code in candidates if code in codes]
    cells: dict[str, Mapping[str, Cell]] = {}
    for row in rows:
        values = [v for v in known.get(row.indicator, []) if v.series == row.series]
        chosen, _ = choose(row, values, candidates, wanted)
        rated = {code: Cell(rated=found) for code, found in ratings.get(row.key, {}).items()}
        cells[row.key] = chosen | rated
    return cells


def _known(table: ModelTable, rows: Sequence[CriterionRow], as_of: int, countries: Collection[str]) -> list[Known]:
    """Return the known values of rows: of all countries only where these decide the period."""
    wanted = {row.indicator for row in rows if row.indicator}
    of_all = wanted & {table.listing["indicator"], *(row.indicator for row in rows if row.period != "latest")}
    return [*known_values(of_all, as_of=as_of), *known_values(wanted - of_all, as_of=as_of, countries=countries)]


def by_indicator(values: Iterable[Known]) -> dict[str, list[Known]]:
    return grouped(values, lambda value: value.indicator)


def is_usable(value: Known) -> bool:
    """Return whether an observation may score: it holds a value, and it is not inferred."""
    return value.quality not in UNUSED and not value.missing


def never_candidates(
    table: ModelTable, countries: Iterable[Country], values: Sequence[Known]
) -> dict[str, tuple[str, str]]:
    """Return the countries that are never candidates, each with the code of the reason and its text.

    `values` are the known values of the table's list.
    """
    listed = _listed(values)
    found: dict[str, tuple[str, str]] = {}
    for country in countries:
        if country.code in table.not_candidates:
            found[country.code] = ("not_candidate", table.not_candidates[country.code])
        elif country.code not in listed:
            found[country.code] = ("not_listed", table.listing["reason"])
    return found


def _listed(values: Sequence[Known]) -> frozenset[str]:
    newest = sorted({v.year for v in values}, reverse=True)[:_LISTED_WITHIN]
    return frozenset(v.country for v in values if v.year in newest)


def newest_complete(values: Sequence[Known], wanted: Iterable[str], stated: float = 1.0) -> str:
    """Return the newest period in which no wanted country is inferred or absent, else the newest with fewest gaps.

    A country is wanted in a period only if it has a value there or in an earlier one: a publisher does not owe a
    value to a country it never covered. With a smaller share `stated`, the rest of the wanted countries may be
    inferred or absent.
    """
    by_period: dict[tuple[int, str], dict[str, Known]] = {}
    first: dict[str, int] = {}
    for value in values:
        by_period.setdefault((value.year, value.period), {})[value.country] = value
        if value.country not in first or value.year < first[value.country]:
            first[value.country] = value.year
    ordered = sorted(by_period, reverse=True)
    covered = [code for code in wanted if code in first]
    owed = {key: sum(first[code] <= key[0] for code in covered) for key in ordered}
    gaps = {
        key: sum(
            first[code] <= key[0] and (code not in by_period[key] or by_period[key][code].quality in UNUSED)
            for code in covered
        )
        for key in ordered
    }
    for key in ordered:
        if gaps[key] <= (1.0 - stated) * owed[key]:
            return key[1]
    return min(ordered, key=lambda key: (gaps[key], -key[0]))[1] if ordered else ""


def choose(
    row: CriterionRow, values: Sequence[Known], candidates: Sequence[str], shown: Sequence[str] | None = None
) -> tuple[dict[str, Cell], str]:
    """Return the cells of the candidates, or of those `shown`, and the period that all use.

    The period is "" if each candidate uses its own newest.
    """
    period = _period(row, values, candidates)
    by_country = grouped(values, lambda value: value.country)
    codes = candidates if shown is None else shown
    return {code: _cell(row, by_country.get(code, ()), period) for code in codes}, period


def _period(row: CriterionRow, values: Sequence[Known], candidates: Sequence[str]) -> str:
    if row.period == "complete":
        return newest_complete(values, candidates)
    if row.period == "newest":
        return max(((v.year, v.period) for v in values if is_usable(v)), default=(0, ""))[1]
    return ""


def _cell(row: CriterionRow, values: Sequence[Known], period: str) -> Cell:
    newest = sorted(values, key=lambda v: (v.year, v.period), reverse=True)
    if row.period == "newest":
        return _of_newest(row, newest, period)
    if period:
        newest = [v for v in newest if v.period == period]
    shown = None
    for value in newest:
        if not is_usable(value):
            # A later edition that shows no value does not hide an earlier one; the age limit does.
            shown = shown or value
        elif value.label in row.labels_missing:
            return Cell(missing=row.labels_missing[value.label], shown=value)
        else:
            return Cell(used=value, shown=shown)
    return Cell(missing=(shown.missing if shown else "") or row.absent, shown=shown)


def _of_newest(row: CriterionRow, values: Sequence[Known], period: str) -> Cell:
    """Return the value that the newest edition states, else none; an earlier one is shown and never scores."""
    stated = next((v for v in values if v.period == period and is_usable(v)), None)
    if stated is None:
        earlier = next((v for v in values if is_usable(v)), None)
        return Cell(missing=row.absent, shown=earlier or next(iter(values), None))
    if stated.label in row.labels_missing:
        return Cell(missing=row.labels_missing[stated.label], shown=stated)
    return Cell(used=stated)


def column_of(row: CriterionRow, cells: Sequence[Cell], year: int) -> Column:
    """Return a criterion's cells as the engine's column; ages are counted to `year`."""
    if any(cell.rated for cell in cells):
        return _rated_column(cells)
    used = [cell.used for cell in cells]
    whole = row.is_complement
    missing = [None if cell.used else cell.missing for cell in cells]
    ages = [float(year - value.year) if value else None for value in used]
    if row.is_ordinal:
        return Column.categorical([v.label if v else None for v in used], missing=missing, ages=ages)
    return Column.numeric(
        [None if v is None or v.value is None else (100.0 - v.value if whole else v.value) for v in used],
        missing=missing,
        standard_errors=[v.standard_error if v else None for v in used],
        ages=ages,
    )


def _rated_column(cells: Sequence[Cell]) -> Column:
    return Column.numeric(
        [cell.rated.median if cell.rated else None for cell in cells],
        missing=[None if cell.rated else cell.missing for cell in cells],
        standard_errors=[cell.rated.spread if cell.rated else None for cell in cells],
    )
