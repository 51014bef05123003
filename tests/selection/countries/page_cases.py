"""Page cases for the countries room."""

from __future__ import annotations

from selection.models import CountryStatus
from tests.support.page_cases import ANALYST, BOTH, SCORES, VIEWER, Arguments, Look, PageCase, unfold


def _with_status(status: CountryStatus) -> Arguments:
    return lambda scene: {"code": scene.country(status)}


GHANA: Arguments = lambda scene: {"code": "GHA"}  # noqa: E731  # a table of short functions


CASES = (
    PageCase(
        "countries",
        Look("countries", roles=SCORES, states=BOTH),
        Look("countries-shared-views", roles=ANALYST),
        Look("countries-nothing", roles=VIEWER, query="?q=nowhere"),
        Look("countries-territories", roles=VIEWER, query="?kind=territory"),
    ),
    PageCase(
        "country",
        Look("country", GHANA, SCORES, states=BOTH, actions=(unfold("Shown but not counted"),)),
        Look("country-earlier-run", GHANA, VIEWER, query="?run=1"),
        Look("country-provisional", _with_status(CountryStatus.PROVISIONAL), SCORES, states=BOTH),
        Look("country-not-rankable", _with_status(CountryStatus.NOT_RANKABLE), VIEWER),
        Look("country-outside-pool", lambda scene: {"code": "ROU"}, VIEWER, states=BOTH),
        Look("country-not-listed", _with_status(CountryStatus.NOT_LISTED), VIEWER),
        Look("country-not-a-candidate", lambda scene: {"code": "USA"}, VIEWER),
        Look("country-territory", lambda scene: {"code": "HKG"}, SCORES),
        Look("country-special-case", lambda scene: {"code": "HTI"}, VIEWER),
        url=lambda world: {"code": "GHA"},
    ),
)
