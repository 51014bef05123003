"""Page cases for the room of updates."""

from __future__ import annotations

from tests.indicators import records
from tests.indicators.scenes import update_of
from tests.support.page_cases import ADDS, ALL_ERRORS, BOTH, EVERYBODY, SAME, Look, PageCase, refused

CASES = (
    PageCase("calendar", Look("calendar", roles=EVERYBODY, states=BOTH)),
    PageCase("calendar-file", no_page="a calendar file"),
    PageCase(
        "updates",
        Look("updates", states=BOTH),
        refused("updates", "Read the files"),
        second_writer=ADDS,
    ),
    PageCase(
        "update",
        Look("update", update_of("open")),
        Look("update-states", update_of("states"), states=ALL_ERRORS),
        Look("update-reading", update_of("reading")),
        Look("update-published", update_of("published")),
        Look("update-discarded", update_of("discarded")),
        url=records.update,
    ),
    PageCase("update-add", url=records.update, second_writer=ADDS),
    PageCase("update-effect", url=records.update, second_writer=SAME),
    PageCase("update-publish", url=records.update, second_writer=SAME),
    PageCase("update-discard", url=records.update, second_writer=SAME),
    PageCase(
        "update-take-back",
        Look("update-take-back", update_of("published")),
        refused("update-take-back", "Take them back", update_of("published")),
        url=records.published_update,
        second_writer=SAME,
    ),
    PageCase(
        "update-issues",
        Look("update-issues", update_of("states")),
        Look("update-issues-none", update_of("discarded")),
        url=records.update,
    ),
)
