"""Page cases for the restrictions room."""

from __future__ import annotations

from tests.selection import records
from tests.selection.scenes import READERS, rated
from tests.support.page_cases import ALL_ERRORS, ANALYST, VIEWER, Arguments, Look, PageCase, press, wait_for


def _country(code: str) -> Arguments:
    return lambda _: {"code": code}


CASES = (
    PageCase(
        "round-restrictions",
        url=records.consulted_round,
        looks=(
            Look("restrictions-of-round", READERS, arguments=rated),
            Look("restrictions-of-round-nothing", VIEWER, arguments=rated, query="?q=nowhere"),
        ),
    ),
    PageCase(
        "restrictions",
        url=lambda world: {"code": "GHA"},
        looks=(
            Look("restrictions-of-country", READERS, arguments=_country("GHA")),
            Look("restrictions-of-country-clear", VIEWER, arguments=_country("KEN")),
            Look("restrictions-of-country-nothing", ANALYST, arguments=_country("TGO")),
        ),
    ),
    PageCase(
        "restriction-review",
        url=lambda world: {"code": "GHA"},
        looks=(
            Look("restriction-review", ANALYST, arguments=_country("GHA"), query="?code=tier_3"),
            Look(
                "restriction-review-refused",
                ANALYST,
                ALL_ERRORS,
                _country("GHA"),
                actions=(press("Record the review"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer="names the review in whose place it comes; the second is refused (test_pages_restrictions)",
    ),
)
