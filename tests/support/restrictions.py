"""Reviews of all restrictions for a country, so that none blocks a test's step."""

from __future__ import annotations

import datetime as dt

from cpc.accounts.models import User
from indicators.models import Country
from selection.models import RestrictionFinding
from selection.restrictions.checklist import checklist, last_day

YEARS = range(2014, 2033)


def review_all(country: Country, actor: User, *, since: dt.date = dt.date(2014, 1, 1)) -> None:
    """Record every restriction as clear from a day on.

    A restriction of an annual appropriations act gets a review for each fiscal year.
    """
    rows = []
    for restriction in checklist():
        for year in YEARS if restriction.annual else (None,):
            first = since if year is None else dt.date(year - 1, 10, 1)
            rows.append(
                RestrictionFinding(
                    country=country,
                    code=restriction.code,
                    fiscal_year=year,
                    status="clear",
                    basis="Reviewed",
                    reviewer="L",
                    reviewed_on=first,
                    expires_on=dt.date(2099, 1, 1) if year is None else last_day(year),
                    recorded_by=actor,
                )
            )
    # One statement for speed: some hundred tests need all reviews, and another test covers the service.
    RestrictionFinding.objects.bulk_create(rows)
