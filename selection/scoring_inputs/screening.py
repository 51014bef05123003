"""Conversion of observations to the engine's snapshot: pool, series, and regions.

Values are those published by the day of the run, of the data loaded at a publication number. The cell of each
criterion stores every observation that its estimate may use.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from indicators.models import Country, CountryKind
from indicators.queries import Known, editions_due, known_values, regions, states
from selection.model_definition.criteria_table import ModelTable, Stage
from selection.pool_rules.policy import Reason
from selection.pool_rules.pools import Pool, PoolFacts, PoolInputs, resolve_pool
from selection.scoring import CANDIDATES, POOL, WIDER, Column, SeriesColumn, Snapshot
from selection.scoring_inputs.cells import (
    UNUSED,
    Cell,
    Ratings,
    Selection,
    by_indicator,
    choose,
    column_of,
    is_usable,
    never_candidates,
    newest_complete,
)

Edition = tuple[str, str]
"""Edition of a publisher: the code of an indicator and the period."""

HIGH_INCOME = "H"
REGION, INCOME_GROUP = "region", "income_group"


def select(
    table: ModelTable,
    stage: Stage,
    *,
    as_of: int,
    on: dt.date,
    inputs: PoolInputs,
    candidates: Collection[str] | None = None,
    ratings: Ratings | None = None,
    listed_regions: Mapping[str, str] | None = None,
    unpublished: Collection[Edition] = (),
    known: Mapping[str, Sequence[Known]] | None = None,
) -> Selection:
    """Choose every cell of a stage from the data known at number `as_of` and published by the day `on`.

    The pool follows from `inputs`; `candidates` limits the countries that may be ranked to those of a round, whose
    means and peers are still the pool's. `ratings` fill the criteria without a published indicator. `listed_regions`
    are those of countries that the file of regions omits, as stored in the run that is replayed; None reads them from
    the list. `unpublished` are the overdue editions that are not published by a recorded statement. `known` are the
    values of every indicator in `indicators_of`, for a caller that has read them already.
    """
    if known is None:
        known = by_indicator(known_values(indicators_of(table, stage), as_of=as_of, published_by=on))
    pool = _pool(table, inputs, known)
    return select_from(
        table,
        stage,
        known=known,
        pool=pool,
        as_of=as_of,
        on=on,
        candidates=candidates,
        ratings=ratings,
        listed_regions=listed_regions,
        unpublished=unpublished,
    )


def select_from(
    table: ModelTable,
    stage: Stage,
    *,
    known: Mapping[str, Sequence[Known]],
    pool: Pool,
    as_of: int,
    on: dt.date,
    candidates: Collection[str] | None = None,
    ratings: Ratings | None = None,
    listed_regions: Mapping[str, str] | None = None,
    unpublished: Collection[Edition] = (),
) -> Selection:
    """Choose every cell of a stage from known values by indicator, for the countries of a pool.

    See `select`, which reads both.
    """
    countries = sorted({*pool.members, *pool.outside, *(candidates or ())})
    series: dict[str, dict[str, SeriesColumn]] = {}
    columns: dict[str, Column] = {}
    cells: dict[str, Mapping[str, Cell]] = {}
    periods: dict[str, str] = {}
    for row in table.rows(stage):
        values = [v for v in known.get(row.indicator, ()) if v.series == row.series]
        chosen, periods[row.key] = choose(row, values, countries)
        for code, rated in (ratings or {}).get(row.key, {}).items():
            chosen[code] = Cell(rated=rated)
        if row.series_rows:
            newest = {part["key"]: newest_of_series(part, known) for part in row.series_rows}
            series[row.key] = {part["key"]: _column(part, newest[part["key"]], on.year) for part in row.series_rows}
            chosen = {code: replace(cell, series=_of_country(newest, code)) for code, cell in chosen.items()}
        cells[row.key] = chosen
        columns[row.key] = column_of(row, [chosen[code] for code in countries], on.year)
    snapshot = Snapshot(
        countries=tuple(countries),
        columns=columns,
        groupings=_groupings(table, known, countries, as_of, listed_regions),
        pools=_pools(pool, cells, countries, candidates),
        series=series,
        overdue=_overdue(table, stage, periods, on, unpublished),
    )
    return Selection(
        snapshot, cells, periods, _left_out(table, pool, countries, known.get(table.listing["indicator"], ())), pool
    )


def indicators_of(table: ModelTable, stage: Stage) -> frozenset[str]:
    """Return the indicators that the selection of a stage reads, by code."""
    wanted = {indicator for row in table.rows(stage) for indicator in row.indicators} | {table.listing["indicator"]}
    return frozenset(wanted | ({table.groupings[INCOME_GROUP]} if INCOME_GROUP in table.groupings else set()))


def _overdue(
    table: ModelTable,
    stage: Stage,
    periods: Mapping[str, str],
    on: dt.date,
    unpublished: Collection[Edition],
) -> dict[str, int]:
    """Count, by criterion, the editions that are due by a day, not loaded, and not known to be unpublished."""
    found = {}
    for row in table.rows(stage):
        due, loaded = row.due, periods[row.key]
        if due is not None and loaded.isdecimal():
            late = editions_due(int(loaded), on, due)
            found[row.key] = sum((row.indicator, str(year)) not in unpublished for year in late)
    return found


def _pool(table: ModelTable, inputs: PoolInputs, known: Mapping[str, Sequence[Known]]) -> Pool:
    income = table.groupings.get(INCOME_GROUP, "")
    tiers, classes = known.get(table.listing["indicator"], ()), known.get(income, ())
    return resolve_pool(inputs, facts_of(tiers, classes, Country.objects.all(), table, stated=inputs.stated))


def facts_of(
    tiers: Sequence[Known],
    income: Sequence[Known],
    countries: Iterable[Country],
    table: ModelTable,
    *,
    stated: float,
) -> PoolFacts:
    """Return the facts that define a pool, from known values of both indicators.

    `table` names the countries that are never candidates; it is the run's table, so that a replay resolves the same
    pool. The tiers are those of the newest complete edition for states; inferred ones are left out. A country's class
    is the last one that the publisher stated. An edition counts as complete if it states at least the share `stated`
    of its tiers.
    """
    considered = list(countries)
    of_states = [country for country in considered if country.kind == CountryKind.STATE]
    never = never_candidates(table, of_states, tiers)
    edition = newest_complete(tiers, [country.code for country in of_states if country.code not in never], stated)
    listed = {
        value.country: value.label
        for value in tiers
        if value.period == edition and value.label and value.quality not in UNUSED
    }
    classes: dict[str, tuple[int, str]] = {}
    for value in income:
        if value.label and value.quality not in UNUSED and value.year >= classes.get(value.country, (0, ""))[0]:
            classes[value.country] = (value.year, value.label)
    kinds = {country.code: country.kind for country in considered}
    return PoolFacts(
        edition=edition,
        tiers=listed,
        income={code: label for code, (_, label) in classes.items()},
        not_states=frozenset(code for code in listed if kinds.get(code) != CountryKind.STATE),
    )


def newest_of_series(part: Mapping[str, str], known: Mapping[str, Sequence[Known]]) -> dict[str, Known]:
    values = (value for value in known.get(part["indicator"], ()) if value.series == part.get("series", ""))
    return newest_by_country(value for value in values if value.value is not None and is_usable(value))


def newest_by_country(values: Iterable[Known]) -> dict[str, Known]:
    newest: dict[str, Known] = {}
    for value in values:
        held = newest.get(value.country)
        if held is None or (held.year, held.period) < (value.year, value.period):
            newest[value.country] = value
    return newest


def _column(part: Mapping[str, object], newest: Mapping[str, Known], year: int) -> SeriesColumn:
    whole = bool(part.get("complement"))
    numbers = {code: v.value for code, v in newest.items() if v.value is not None}
    return SeriesColumn(
        {code: 100.0 - value if whole else value for code, value in numbers.items()},
        {code: float(year - newest[code].year) for code in numbers},
        {code: v.standard_error for code, v in newest.items() if v.standard_error is not None},
    )


def _of_country(newest: Mapping[str, Mapping[str, Known]], code: str) -> dict[str, Known]:
    return {key: values[code] for key, values in newest.items() if code in values}


def _groupings(
    table: ModelTable,
    known: Mapping[str, Sequence[Known]],
    countries: Sequence[str],
    as_of: int,
    listed: Mapping[str, str] | None,
) -> dict[str, tuple[str | None, ...]]:
    found: dict[str, tuple[str | None, ...]] = {}
    for name, indicator in table.groupings.items():
        stated = (value for value in known.get(indicator, ()) if value.label and is_usable(value))
        labels = {code: value.label for code, value in newest_by_country(stated).items()}
        by_code = _regions(as_of, listed) if name == REGION else labels
        found[name] = tuple(by_code.get(code) for code in countries)
    return found


def _regions(as_of: int, listed: Mapping[str, str] | None) -> Mapping[str, str]:
    found = regions(as_of=as_of)
    published = {code: region.name for code, region in found.items() if region.observation_id is not None}
    return {**(listed_regions(as_of) if listed is None else listed), **published}


def listed_regions(as_of: int) -> dict[str, str]:
    """Return the regions from the list of countries for those that the publisher's file of regions omits.

    A run stores them: the list has no history, so a replay could not read its earlier state.
    """
    found = regions(as_of=as_of).items()
    return {code: region.name for code, region in sorted(found) if region.observation_id is None}


def _pools(
    pool: Pool, cells: Mapping[str, Mapping[str, Cell]], countries: Sequence[str], candidates: Collection[str] | None
) -> dict[str, tuple[str, ...]]:
    members = pool.default_members
    apart = {code for code, entry in pool.entries.items() if entry.reason_code == Reason.UNITED_STATES}
    income = cells.get("income", {})
    high = [
        code
        for code in countries
        if code not in apart and (used := income.get(code, Cell()).used) is not None and used.label == HIGH_INCOME
    ]
    ranked = pool.members if candidates is None else tuple(sorted(candidates))
    return {CANDIDATES: ranked, POOL: members, WIDER: tuple(sorted({*members, *high}))}


def _never(table: ModelTable, code: str) -> tuple[str, str]:
    if code in table.not_candidates:
        return "not_candidate", table.not_candidates[code]
    return "not_listed", table.listing["reason"]


def _left_out(
    table: ModelTable, pool: Pool, countries: Sequence[str], tiers: Sequence[Known]
) -> dict[str, tuple[str, str]]:
    """Return the countries that are not scored, each with the code of the status and the reason."""
    found = {
        country.code: _never(table, country.code)
        for country in states()
        if country.code not in pool.entries and country.code not in countries
    }
    unstated = {value.country for value in tiers if value.period == pool.edition and value.quality in UNUSED}
    why = f"The TIP Report of {pool.edition} names it, but the files loaded here do not state its tier."
    found |= {code: ("not_listed", why) for code in unstated if code in found and found[code][0] == "not_listed"}
    excluded = {code: entry for code, entry in pool.entries.items() if code not in countries}
    return found | {code: ("not_candidate", entry.sentence) for code, entry in excluded.items()}
