"""Page cases for the room on what it would take for one country."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.support.page_cases import ALL_ERRORS, BOTH, VIEWER, Arguments, Look, PageCase, unfold


def of(code: str) -> Arguments:
    return lambda _: {"code": code}


CASES = (
    PageCase(
        "what-it-takes",
        Look("what-it-takes", of("KEN"), roles=(Role.ANALYST, Role.VIEWER), states=BOTH, query="?first=10"),
        Look("what-it-takes-open", of("KEN"), VIEWER, query="?first=10", actions=(unfold("Five more figures"),)),
        Look("what-it-takes-in", of("UGA"), VIEWER, query="?first=10"),
        Look("what-it-takes-provisional", of("BLZ"), VIEWER),
        Look("what-it-takes-enough-once-published", of("VUT"), VIEWER, query="?first=10"),
        Look("what-it-takes-outside-pool", of("BLR"), VIEWER),
        Look("what-it-takes-partner", of("COL"), VIEWER),
        Look("what-it-takes-not-listed", of("DMA"), VIEWER),
        Look("what-it-takes-earlier-run", of("KEN"), VIEWER, query="?run=1"),
        Look("what-it-takes-refused", of("KEN"), VIEWER, states=ALL_ERRORS, query="?first=7", status=400),
        url=lambda world: {"code": "GHA"},
    ),
)
