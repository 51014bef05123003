"""Page cases for the dialogues room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import DESK, own
from tests.support.page_cases import (
    ADDS,
    ANALYST,
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
        url=records.life(),
        looks=(Look("dialogues", DESK, arguments=own()), Look("dialogues-empty", ANALYST, arguments=own("bare"))),
    ),
    PageCase(
        "partnership-dialogue-new",
        url=records.life(),
        looks=(Look("dialogue-new", ANALYST, arguments=own()),),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-dialogue",
        url=records.life(**records.SECOND),
        looks=(
            Look("dialogue-planned", DESK, arguments=own(number=2)),
            Look("dialogue-concluded", APPROVER, arguments=own(number=1)),
        ),
    ),
    PageCase(
        "partnership-dialogue-edit",
        url=records.life(**records.SECOND),
        looks=(Look("dialogue-edit", ANALYST, arguments=own(number=2)),),
        second_writer=TwoWriters(Role.ANALYST, {"place": ("A first place", "A second place")}),
    ),
    PageCase(
        "partnership-dialogue-step",
        url=records.life(**records.SECOND, name=lambda p: "cancel"),
        looks=(Look("dialogue-step", ANALYST, arguments=own(number=2, name="set_ready")),),
        second_writer=ONCE,
    ),
    PageCase(
        "partnership-dialogue-pack",
        url=records.life(**records.SECOND),
        looks=(Look("dialogue-pack", VIEWER, arguments=own(number=2)),),
    ),
    PageCase(
        "partnership-dialogue-minutes",
        url=records.life(**records.SECOND),
        looks=(Look("dialogue-minutes", ANALYST, arguments=own(number=2)),),
        second_writer=TwoWriters(Role.ANALYST, {"item_*": DRAFTS}, prepare=records.dialogue_is_held),
    ),
    PageCase(
        "partnership-agenda-new",
        url=records.life(**records.SECOND),
        looks=(Look("agenda-new", ANALYST, arguments=own(number=2)),),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-agenda-remove",
        url=records.life(**records.SECOND, item=records.agenda),
        looks=(Look("agenda-remove", ANALYST, arguments=own(number=2, item=records.agenda)),),
        second_writer=SAME,
    ),
    PageCase(
        "partnership-key-new",
        url=records.life(**records.SECOND),
        looks=(Look("key-new", ANALYST, arguments=own(number=2)),),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-key-drop",
        url=records.life(**records.SECOND, key=records.key),
        looks=(Look("key-drop", ANALYST, arguments=own(number=2, key=records.key)),),
        second_writer=SAME,
    ),
    PageCase(
        "partnership-action-new",
        url=records.life(**records.SECOND),
        looks=(
            Look("action-new", ANALYST, arguments=own(number=2)),
            refused("action-new", ANALYST, "Add the action item", own(number=2)),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-action-close",
        url=records.life(action=records.action),
        looks=(Look("action-close", ANALYST, arguments=own(action=records.action)),),
        second_writer=TwoWriters(Role.ANALYST, {"outcome": DRAFTS}, {"state": "done"}),
    ),
)
