"""Page cases for the export of a partnership."""

from __future__ import annotations

from tests.partnerships import records
from tests.support.page_cases import PageCase

CASES = (
    PageCase("partnership-record-zip", url=records.life(), no_page="a download"),
    PageCase("api:partnership-record", url=records.a_partnership),
)
