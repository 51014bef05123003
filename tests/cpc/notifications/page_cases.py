"""Page cases for the notifications room."""

from __future__ import annotations

from tests.cpc import records
from tests.support.page_cases import BOTH, EVERYBODY, OWN, REVIEWER, VIEWER, Look, PageCase

CASES = (
    PageCase(
        "inbox",
        Look("inbox", roles=EVERYBODY, states=BOTH),
        Look("inbox-unread", roles=REVIEWER, query="?show=unread"),
        Look("inbox-nothing-unread", roles=VIEWER, query="?show=unread"),
    ),
    PageCase("inbox-read-all", second_writer=OWN),
    PageCase("inbox-read", url=records.notification_of_the_viewer, second_writer=OWN),
)
