"""Page cases for the history room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import own
from tests.support.page_cases import ALL_ERRORS, RANKING, VIEWER, Look, PageCase

CASES = (
    PageCase(
        "partnership-as-of",
        Look("as-of", own(), (*RANKING, Role.APPROVER, Role.ADMINISTRATOR)),
        Look("as-of-too-early", own(), VIEWER, query="?date=2013-03-07"),
        Look("as-of-refused", own(), VIEWER, states=ALL_ERRORS, query="?date=yesterday", status=400),
        url=records.life(),
    ),
)
