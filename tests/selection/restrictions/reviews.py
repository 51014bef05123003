"""Reviews of restrictions that are not saved, and a candidate with them."""

from __future__ import annotations

import datetime as dt

from indicators.models import Country
from selection.models import Candidate, RestrictionFinding
from selection.restrictions.checklist import by_code, checklist, restriction_statuses
from selection.restrictions.queries import ReviewedCountry

ON = dt.date(2026, 11, 25)
LATER = ON + dt.timedelta(days=300)
DAY = dt.timedelta(days=1)


def review(code: str, status: str = "clear", until: dt.date = LATER, on: dt.date | None = None) -> RestrictionFinding:
    year = 2027 if by_code()[code].annual else None
    return RestrictionFinding(
        code=code,
        status=status,
        basis="Memo",
        reviewer="L",
        reviewed_on=ON - 60 * DAY if on is None else on,
        expires_on=until,
        fiscal_year=year,
    )


def row(*reviews: RestrictionFinding, others: bool = True) -> tuple[Candidate, ReviewedCountry]:
    """Return Ghana with these reviews, and with the rest of the list clear unless `others` is false."""
    given = {one.code for one in reviews}
    rest = [review(known.code) for known in checklist() if known.code not in given] if others else []
    rows = [*rest, *reviews]
    ghana = Country(code="GHA", name="Ghana")
    reviewed = ReviewedCountry(ghana, ON, restriction_statuses(rows, ON), {one.code: [one] for one in rows})
    return Candidate(country=ghana), reviewed
