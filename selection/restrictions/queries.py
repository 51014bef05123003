"""Status of the restrictions on a country on a day, from the reviews on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cpc.findings import Finding
from cpc.grouping import grouped
from indicators.models import Country
from selection.models import RestrictionFinding
from selection.restrictions.checklist import (
    RestrictionStatus,
    Scope,
    State,
    findings,
    restriction_statuses,
)

__all__ = ("Scope", "barred", "country_statuses", "findings_by_country", "restriction_findings", "reviewed")


def country_statuses(country: Country, on: dt.date) -> list[RestrictionStatus]:
    rows = country.restriction_findings.select_related("recorded_by").order_by("id")
    return restriction_statuses(rows, on)


def restriction_findings(country: Country, on: dt.date, scope: Scope) -> list[Finding]:
    return findings(country_statuses(country, on), scope)


def findings_by_country(countries: Collection[int], on: dt.date) -> dict[int, list[Finding]]:
    """Return the findings against selecting each country, by country key, in one query."""
    rows = RestrictionFinding.objects.filter(country__in=countries).order_by("id")
    reviews = grouped(rows, lambda row: row.country_id)
    return {key: findings(restriction_statuses(reviews.get(key, ()), on), Scope.COUNTRY) for key in countries}


def barred(on: dt.date) -> dict[str, str]:
    """Return the countries that a restriction bars on a day, each with the reason.

    A restriction without a review bars no country.
    """
    reviews = RestrictionFinding.objects.filter(reviewed_on__lte=on).select_related("country").order_by("id")
    reasons = {}
    for code, rows in grouped(reviews, lambda row: row.country.code).items():
        bars = [
            f"{status.name}: {status.review.get_status_display().lower()}"
            for status in restriction_statuses(rows, on)
            if status.review is not None and status.review.status == "triggered" and status.state is State.BARS
            if status.restriction.is_required_for(Scope.COUNTRY)
        ]
        if bars:
            reasons[code] = f"{'; '.join(bars)}."
    return reasons


@dataclass(frozen=True, slots=True)
class ReviewedCountry:
    """Country with the status of each restriction and every review of it, the newest first."""

    country: Country
    on: dt.date
    statuses: Sequence[RestrictionStatus]
    reviews: Mapping[str, Sequence[RestrictionFinding]]

    @property
    def newest(self) -> int:
        """Return the key of the newest review that the page shows, or 0, to detect edit conflicts."""
        return max((row.pk for rows in self.reviews.values() for row in rows), default=0)

    @property
    def findings(self) -> list[Finding]:
        return findings(self.statuses, Scope.COUNTRY)

    def by_state(self, state: State, *, gating: bool = True) -> list[RestrictionStatus]:
        """Return the restrictions in a state; by default only those that selection requires."""
        return [
            status
            for status in self.statuses
            if status.state is state and (not gating or status.restriction.is_required_for(Scope.COUNTRY))
        ]

    @property
    def next_end(self) -> dt.date | None:
        """Return the day on which the first review in force expires, or None."""
        return min(
            (
                status.review.expires_on
                for status in self.statuses
                if status.review and status.state is not State.EXPIRED
            ),
            default=None,
        )


def reviewed(countries: Iterable[Country], on: dt.date) -> list[ReviewedCountry]:
    """Return each country with its restrictions on a day, in the given order and in one query."""
    wanted = list(countries)
    rows = RestrictionFinding.objects.filter(country__in=wanted).select_related("recorded_by").order_by("pk")
    by_country = grouped(rows, lambda row: row.country_id)
    return [
        ReviewedCountry(country, on, restriction_statuses(own, on), grouped(reversed(own), lambda row: row.code))
        for country in wanted
        for own in [by_country.get(country.pk, [])]
    ]
