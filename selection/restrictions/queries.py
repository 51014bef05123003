"""Where the restrictions on a country stand on a day, from the reviews on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cpc.findings import Finding
from indicators.models import Country
from selection.models import RestrictionFinding
from selection.restrictions.checklist import (
    Scope,
    Standing,
    State,
    findings,
    standings,
)

__all__ = ("Scope", "barred", "findings_by_country", "restriction_findings", "reviewed", "standings_of")


def standings_of(country: Country, on: dt.date) -> list[Standing]:
    """Where each restriction of the list stands for a country on a day."""
    rows = country.restriction_findings.select_related("recorded_by").order_by("id")
    return standings(rows, on)


def restriction_findings(country: Country, on: dt.date, scope: Scope) -> list[Finding]:
    """What stands in the way on a day: what bars, what expired and, by name, what was not reviewed."""
    return findings(standings_of(country, on), scope)


def findings_by_country(countries: Collection[int], on: dt.date) -> dict[int, list[Finding]]:
    """What stands in the way of selecting each of some countries, by their keys. One query."""
    rows: dict[int, list[RestrictionFinding]] = {key: [] for key in countries}
    for row in RestrictionFinding.objects.filter(country__in=countries).order_by("id"):
        rows[row.country_id].append(row)
    return {key: findings(standings(reviews, on), Scope.COUNTRY) for key, reviews in rows.items()}


def barred(on: dt.date) -> dict[str, str]:
    """The countries that a restriction bars on a day, each with the words for it. What nobody reviewed bars nobody."""
    by_country: dict[str, list[RestrictionFinding]] = {}
    for row in RestrictionFinding.objects.filter(reviewed_on__lte=on).select_related("country").order_by("id"):
        by_country.setdefault(row.country.code, []).append(row)
    found = {}
    for code, rows in by_country.items():
        bars = [
            f"{stands.name}: {stands.review.get_status_display().lower()}"
            for stands in standings(rows, on)
            if stands.review is not None and stands.review.status == "triggered" and stands.state is State.BARS
            if stands.restriction.gates(Scope.COUNTRY)
        ]
        if bars:
            found[code] = f"{'; '.join(bars)}."
    return found


@dataclass(frozen=True, slots=True)
class ReviewedCountry:
    """A country with where each restriction stands, every review of each (the newest first), and the newest key."""

    country: Country
    on: dt.date
    standings: Sequence[Standing]
    reviews: Mapping[str, Sequence[RestrictionFinding]]

    @property
    def newest(self) -> int:
        """The key of the newest review, 0 without one: what a reader has seen."""
        return max((row.pk for rows in self.reviews.values() for row in rows), default=0)

    @property
    def findings(self) -> list[Finding]:
        """What stands in the way of selecting the country."""
        return findings(self.standings, Scope.COUNTRY)

    def by_state(self, state: State, *, gating: bool = True) -> list[Standing]:
        """The restrictions in a state; by default those alone that gate a selection."""
        return [
            found
            for found in self.standings
            if found.state is state and (not gating or found.restriction.gates(Scope.COUNTRY))
        ]

    @property
    def next_end(self) -> dt.date | None:
        """The day on which the first of the reviews in force expires."""
        return min(
            (found.review.expires_on for found in self.standings if found.review and found.state is not State.EXPIRED),
            default=None,
        )


def reviewed(countries: Iterable[Country], on: dt.date) -> list[ReviewedCountry]:
    """Each country with its restrictions on a day, in the order given and in one query."""
    wanted = list(countries)
    by_country: dict[int, list[RestrictionFinding]] = {}
    rows = RestrictionFinding.objects.filter(country__in=wanted).select_related("recorded_by").order_by("pk")
    for row in rows:
        by_country.setdefault(row.country_id, []).append(row)
    return [_reviewed(country, by_country.get(country.pk, []), on) for country in wanted]


def _reviewed(country: Country, rows: Sequence[RestrictionFinding], on: dt.date) -> ReviewedCountry:
    by_code: dict[str, list[RestrictionFinding]] = {}
    for row in reversed(rows):
        by_code.setdefault(row.code, []).append(row)
    return ReviewedCountry(country, on, standings(rows, on), by_code)
