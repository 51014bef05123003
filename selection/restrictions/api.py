"""REST interface to reviews of restrictions. Read-only."""

from __future__ import annotations

from cpc.accounts.permissions import Permission
from cpc.api.resources import Resource
from selection.models import RestrictionFinding

REVIEWS = Resource(
    name="restriction-reviews",
    noun="restriction review",
    model=RestrictionFinding,
    title="Reviews of restrictions",
    description=(
        "Each review of a legal, policy, or fiscal restriction on a country. The newest of a restriction counts until "
        "it expires."
    ),
    fields=(
        "id country=country.code code fiscal_year status basis reviewer reviewed_on expires_on "
        "recorded_by=recorded_by.name at"
    ),
    notes={
        "country": "Code of the country.",
        "code": "The restriction.",
        "fiscal_year": "The fiscal year, for a restriction of an annual appropriation.",
        "status": "The finding.",
        "basis": "The basis of the finding.",
        "reviewer": "The office that reviewed.",
        "reviewed_on": "The day of the review.",
        "expires_on": "The last day on which it counts.",
    },
    reasons={"fiscal_year": "not_applicable"},
    order=("country__code", "code", "-pk"),
    filters="status fiscal_year",
    permission=Permission.VIEW_ROUNDS,
    tag="rounds",
    prefix="selection_",
    url_prefix="selection-",
)
RESOURCES = (REVIEWS,)
