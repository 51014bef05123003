"""Page cases for the dialogues room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import DESK, own
from tests.support.page_cases import (
    ADDS,
    APPROVER,
    DRAFTS,
    ONCE,
    SAME,
    VIEWER,
    Look,
    PageCase,
    TwoWriters,
    refused,
)

CASES = (
    PageCase(
        "partnership-dialogues",
        Look("dialogues", own(), DESK),
        Look("dialogues-sample", own("sample"), DESK),
        Look("dialogues-empty", own("bare")),
        url=records.life(),
    ),
    PageCase("partnership-dialogue-new", Look("dialogue-new", own()), url=records.life(), second_writer=ADDS),
    PageCase(
        "partnership-dialogue",
        Look("dialogue-planned", own(number=2), DESK),
        Look("dialogue-concluded", own(number=1), APPROVER),
        url=records.life(**records.SECOND),
    ),
    PageCase(
        "partnership-dialogue-edit",
        Look("dialogue-edit", own(number=2)),
        url=records.life(**records.SECOND),
        second_writer=TwoWriters(Role.ANALYST, {"place": ("A first place", "A second place")}),
    ),
    PageCase(
        "partnership-dialogue-step",
        Look("dialogue-step", own(number=2, name="set_ready")),
        url=records.life(**records.SECOND, name=lambda p: "cancel"),
        second_writer=ONCE,
    ),
    PageCase(
        "partnership-dialogue-pack", Look("dialogue-pack", own(number=2), VIEWER), url=records.life(**records.SECOND)
    ),
    PageCase(
        "partnership-dialogue-minutes",
        Look("dialogue-minutes", own(number=2)),
        url=records.life(**records.SECOND),
        second_writer=TwoWriters(Role.ANALYST, {"item_*": DRAFTS}, prepare=records.dialogue_is_held),
    ),
    PageCase(
        "partnership-dialogue-record",
        Look("dialogue-record", own(number=2)),
        refused("dialogue-record", "Save the record", own(number=2)),
        url=records.life(**records.SECOND),
        second_writer=TwoWriters(Role.ANALYST, {"minutes-item_*": DRAFTS}, prepare=records.dialogue_is_held),
    ),
    PageCase(
        "partnership-agenda-new",
        Look("agenda-new", own(number=2)),
        url=records.life(**records.SECOND),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-agenda-remove",
        Look("agenda-remove", own(number=2, item=records.agenda)),
        url=records.life(**records.SECOND, item=records.agenda),
        second_writer=SAME,
    ),
    PageCase(
        "partnership-key-new", Look("key-new", own(number=2)), url=records.life(**records.SECOND), second_writer=ADDS
    ),
    PageCase(
        "partnership-key-drop",
        Look("key-drop", own(number=2, key=records.key)),
        url=records.life(**records.SECOND, key=records.key),
        second_writer=SAME,
    ),
    PageCase(
        "partnership-action-new",
        Look("action-new", own(number=2)),
        refused("action-new", "Add the action item", own(number=2)),
        url=records.life(**records.SECOND),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-action-close",
        Look("action-close", own(action=records.action)),
        url=records.life(action=records.action),
        second_writer=TwoWriters(Role.ANALYST, {"outcome": DRAFTS}, {"state": "done"}),
    ),
    PageCase(
        "partnership-actions-close",
        Look("actions-close", own()),
        url=records.life(),
        second_writer="each item carries its revision; one that another person closed is refused and keeps its text",
    ),
)
