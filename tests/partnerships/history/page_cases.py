"""Page cases for the history room."""

from __future__ import annotations

from tests.partnerships import records
from tests.partnerships.scenes import own
from tests.support.page_cases import ALL_ERRORS, VIEWER, Look, PageCase

CASES = (
    PageCase(
        "partnership-as-of",
        url=records.life(),
        looks=(
            Look("as-of", VIEWER, arguments=own()),
            Look("as-of-too-early", VIEWER, arguments=own(), query="?date=2013-03-07"),
            Look("as-of-refused", VIEWER, ALL_ERRORS, own(), query="?date=yesterday", status=400),
        ),
    ),
)
