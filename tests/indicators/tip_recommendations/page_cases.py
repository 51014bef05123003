"""Page cases for the TIP recommendations room."""

from __future__ import annotations

from tests.indicators import records
from tests.support.page_cases import BOTH, IMPORTING, Arguments, Look, PageCase, unfold

GHANA: Arguments = lambda scene: {"code": "GHA"}  # noqa: E731  # a table of short functions


CASES = (
    PageCase(
        "recommendations",
        Look("recommendations", GHANA, IMPORTING, states=BOTH),
        Look("recommendations-correct", GHANA, actions=(unfold("Correct"),)),
        url=lambda world: {"code": "GHA"},
    ),
    PageCase(
        "recommendations-confirm",
        url=records.editions,
        second_writer="carries the row that was seen; the second is told that it is another one now",
    ),
)
