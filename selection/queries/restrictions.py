"""Where the restrictions on a country stand on a day, from the reviews on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from cpc.findings import Finding
from indicators.models import Country
from selection.models import RestrictionFinding
from selection.restrictions import Scope, Standing, State, findings, standings

__all__ = ("Scope", "barred", "findings_by_country", "newest_of", "restriction_findings", "reviews_of", "standings_of")


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


def newest_of(country: Country) -> list[RestrictionFinding]:
    """The newest review of each restriction on a country, by its code."""
    newest = {row.code: row for row in country.restriction_findings.order_by("id")}
    return [newest[code] for code in sorted(newest)]


def reviews_of(country: Country, code: str) -> list[RestrictionFinding]:
    """Every review of one restriction on a country, the newest first."""
    rows = country.restriction_findings.filter(code=code).select_related("recorded_by")
    return list(rows.order_by("-id"))
