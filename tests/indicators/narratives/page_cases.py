"""Page cases for the narratives room."""

from __future__ import annotations

from tests.support.page_cases import BOTH, EVERYBODY, VIEWER, Look, PageCase

CASES = (
    PageCase(
        "narratives",
        Look("narratives", roles=EVERYBODY, states=BOTH),
        Look("narratives-nothing", roles=VIEWER, query="?q=nowhere"),
    ),
)
