"""Page cases for the countries room."""

from __future__ import annotations

from selection.models import CountryStatus
from tests.support.page_cases import BOTH, SCORES, VIEWER, Arguments, Look, PageCase, unfold


def _with_status(status: CountryStatus) -> Arguments:
    return lambda scene: {"code": scene.country(status)}


GHANA: Arguments = lambda scene: {"code": "GHA"}  # noqa: E731  # a table of short functions


CASES = (
    PageCase(
        "countries",
        looks=(
            Look("countries", SCORES, BOTH),
            Look("countries-nothing", VIEWER, query="?q=nowhere"),
            Look("countries-territories", VIEWER, query="?kind=territory"),
        ),
    ),
    PageCase(
        "country",
        url=lambda world: {"code": "GHA"},
        looks=(
            Look("country", SCORES, BOTH, GHANA, actions=(unfold("Shown but not counted"),)),
            Look("country-earlier-run", VIEWER, arguments=GHANA, query="?run=1"),
            Look("country-provisional", SCORES, BOTH, _with_status(CountryStatus.PROVISIONAL)),
            Look("country-not-rankable", VIEWER, arguments=_with_status(CountryStatus.NOT_RANKABLE)),
            Look("country-outside-pool", VIEWER, BOTH, lambda scene: {"code": "ROU"}),
            Look("country-not-listed", VIEWER, arguments=_with_status(CountryStatus.NOT_LISTED)),
            Look("country-not-a-candidate", VIEWER, arguments=lambda scene: {"code": "USA"}),
            Look("country-territory", SCORES, arguments=lambda scene: {"code": "HKG"}),
            Look("country-special-case", VIEWER, arguments=lambda scene: {"code": "HTI"}),
        ),
    ),
)
