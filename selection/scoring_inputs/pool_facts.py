"""Published facts that define a pool: the listed countries, with tier and income class. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indicators.models import Country, CountryKind
from indicators.queries import Known
from selection.model_definition.criteria_table import ModelTable
from selection.pool_rules.pools import PoolFacts
from selection.scoring_inputs.cells import UNUSED, never_candidates, newest_complete


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
    states = [country for country in considered if country.kind == CountryKind.STATE]
    never = never_candidates(table, states, tiers)
    edition = newest_complete(tiers, [country.code for country in states if country.code not in never], stated)
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
