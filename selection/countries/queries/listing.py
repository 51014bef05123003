"""List of countries, each with its rank or the reason that it has none."""

from __future__ import annotations

from dataclasses import dataclass

from indicators.models import Country, Observation
from selection.models import CountryStatus
from selection.runs.rows import Ranking, RankingRow, plain


@dataclass(frozen=True, slots=True)
class CountryEntry:
    """Line of the list of countries; `row` is set only for accounts that may see rankings."""

    country: Country
    tier: str
    tier_quality: str
    tier_year: int | None
    income: str
    row: RankingRow | None

    @property
    def status(self) -> str:
        """Return the status of the country in the run, such as "Provisional"; "" if it has no row."""
        return CountryStatus(self.row.status).label if self.row is not None else ""


def country_entries(ranking: Ranking | None, *, as_of: int | None = None) -> list[CountryEntry]:
    """Return every country, territory and former state by name, with its class and newest tier that is not inferred."""
    tiers = _newest_labels("tip.tier", as_of)
    classes = _newest_labels("wb.income_class", as_of)
    by_code = {row.code: row for row in (*ranking.ranked, *ranking.others)} if ranking else {}
    found = []
    for country in Country.objects.all():
        tier, income = tiers.get(country.pk), classes.get(country.pk)
        found.append(
            CountryEntry(
                country,
                tier.label if tier else "",
                tier.quality if tier else "",
                tier.year if tier else None,
                income.label if income else "",
                by_code.get(country.code),
            )
        )
    return sorted(found, key=lambda entry: plain(entry.country.name))


def _newest_labels(code: str, as_of: int | None) -> dict[int, Observation]:
    rows = (
        Observation.objects.as_of(as_of)
        .filter(indicator__code=code, series="", missing="")
        .exclude(quality="inferred")
        .order_by("country_id", "-year", "-period")
        .distinct("country_id")
    )
    return {row.country_id: row for row in rows}
