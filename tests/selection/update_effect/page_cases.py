"""Page cases for the effects of updates."""

from __future__ import annotations

from tests.indicators.scenes import update_of
from tests.selection import records
from tests.support.page_cases import Look, PageCase

CASES = (
    PageCase(
        "update-ranks",
        Look("update-ranks", update_of("open")),
        url=records.update_with_effect,
    ),
)
