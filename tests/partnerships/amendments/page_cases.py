"""Page cases for the amendments room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import DESK, own
from tests.support.page_cases import (
    ADDS,
    ANALYST,
    IF_MATCH,
    ONCE,
    SAME,
    TITLES,
    VIEWER,
    Look,
    PageCase,
    TwoWriters,
    refused,
)

CASES = (
    PageCase(
        "partnership-amendments",
        url=records.life(),
        looks=(
            Look("amendments", DESK, arguments=own()),
            Look("amendments-before-signature", ANALYST, arguments=own("bare")),
        ),
    ),
    PageCase(
        "partnership-amendment-new",
        url=records.life(),
        looks=(
            Look("amendment-new", ANALYST, arguments=own()),
            refused("amendment-new", ANALYST, "Draft the amendment", own()),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-amendment",
        url=records.life(**records.SECOND),
        looks=(
            Look("amendment-in-effect", VIEWER, arguments=own(number=1)),
            Look("amendment-past-the-limit", DESK, arguments=own(number=2)),
        ),
    ),
    PageCase(
        "partnership-amendment-change",
        url=records.life(**records.SECOND, kind=lambda p: "partnership", row=lambda p: p.pk),
        looks=(Look("amendment-change", ANALYST, arguments=own(number=2, kind="partnership", row=lambda own: own.pk)),),
        second_writer=TwoWriters(Role.ANALYST, TITLES),
    ),
    PageCase(
        "partnership-amendment-add",
        url=records.life(**records.SECOND, kind=lambda p: "objective"),
        looks=(Look("amendment-add", ANALYST, arguments=own(number=2, kind="activity")),),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-amendment-amounts",
        url=records.life(**records.SECOND),
        looks=(Look("amendment-amounts", ANALYST, arguments=own(number=2)),),
        second_writer=TwoWriters(Role.ANALYST, {"amount_*": ("1000.00", "2000.00")}, shown_to_second=("1,000.00",)),
    ),
    PageCase(
        "partnership-amendment-drop",
        url=records.life(**records.SECOND, change=records.change),
        looks=(Look("amendment-drop", ANALYST, arguments=own(number=2, change=records.change)),),
        second_writer=SAME,
    ),
    PageCase(
        "partnership-amendment-step",
        url=records.life(**records.SECOND, name=lambda p: "submit"),
        looks=(
            Look("amendment-submit", ANALYST, arguments=own(number=2, name="submit")),
            refused("amendment-submit", ANALYST, "Submit for approval", own(number=2, name="submit")),
        ),
        second_writer=ONCE,
    ),
    PageCase("api:partnership-amendments", url=records.a_partnership, second_writer=ADDS),
    PageCase("api:partnership-amendment", url=records.amendment),
    PageCase(
        "api:partnership-amendment-changes",
        url=records.amendment,
        second_writer="adds a change of a field that has none in the draft; a second one is refused",
    ),
    PageCase("api:partnership-amendment-steps", url=records.amendment, second_writer=IF_MATCH),
)
