"""Page cases for the restrictions room."""

from __future__ import annotations

from tests.selection import records
from tests.selection.scenes import READERS, rated
from tests.support.page_cases import VIEWER, Arguments, Look, PageCase, refused, wait_for


def _country(code: str) -> Arguments:
    return lambda _: {"code": code}


CASES = (
    PageCase(
        "round-restrictions",
        Look("restrictions-of-round", rated, READERS),
        Look("restrictions-of-round-nothing", rated, VIEWER, query="?q=nowhere"),
        url=records.consulted_round,
    ),
    PageCase(
        "restrictions",
        Look("restrictions-of-country", _country("GHA"), READERS),
        Look("restrictions-of-country-clear", _country("KEN"), VIEWER),
        Look("restrictions-of-country-nothing", _country("TGO")),
        url=lambda world: {"code": "GHA"},
    ),
    PageCase(
        "restriction-review",
        Look("restriction-review", _country("GHA"), query="?code=tier_3"),
        refused("restriction-review", "Record the review", _country("GHA"), then=wait_for("Nothing was saved.")),
        url=lambda world: {"code": "GHA"},
        second_writer="names the review in whose place it comes; the second is refused (test_pages_restrictions)",
    ),
    PageCase(
        "restriction-list",
        Look("restriction-list", _country("GHA")),
        refused("restriction-list", "Record the review", _country("GHA"), then=wait_for("Nothing was saved.")),
        url=lambda world: {"code": "GHA"},
        second_writer="names the review in whose place it comes; the second is refused (test_review_list)",
    ),
)
