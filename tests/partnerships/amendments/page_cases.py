"""Page cases for the amendments room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import DESK, WORK, own
from tests.support.page_cases import (
    ADDS,
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
        Look("amendments", own(), DESK),
        Look("amendments-before-signature", own("bare")),
        url=records.life(),
    ),
    PageCase(
        "partnership-amendment-new",
        Look("amendment-new", own()),
        refused("amendment-new", "Draft the amendment", own()),
        url=records.life(),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-amendment",
        Look("amendment-in-effect", own(number=1), VIEWER),
        Look("amendment-past-the-limit", own(number=2), WORK),
        url=records.life(**records.SECOND),
    ),
    PageCase(
        "partnership-amendment-change",
        Look("amendment-change", own(number=2, kind="partnership", row=lambda own: own.pk)),
        url=records.life(**records.SECOND, kind=lambda p: "partnership", row=lambda p: p.pk),
        second_writer=TwoWriters(Role.ANALYST, TITLES),
    ),
    PageCase(
        "partnership-amendment-add",
        Look("amendment-add", own(number=2, kind="activity")),
        url=records.life(**records.SECOND, kind=lambda p: "objective"),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-amendment-amounts",
        Look("amendment-amounts", own(number=2)),
        url=records.life(**records.SECOND),
        second_writer=TwoWriters(Role.ANALYST, {"amount_*": ("1000.00", "2000.00")}, shown_to_second=("1,000.00",)),
    ),
    PageCase(
        "partnership-amendment-drop",
        Look("amendment-drop", own(number=2, change=records.change)),
        url=records.life(**records.SECOND, change=records.change),
        second_writer=SAME,
    ),
    PageCase(
        "partnership-amendment-step",
        Look("amendment-submit", own(number=2, name="submit")),
        refused("amendment-submit", "Submit for approval", own(number=2, name="submit")),
        url=records.life(**records.SECOND, name=lambda p: "submit"),
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
