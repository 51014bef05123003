"""Page cases for the agreements room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import own
from tests.support.page_cases import (
    ADDS,
    APPROVER,
    BOTH,
    ONCE,
    TITLES,
    Look,
    PageCase,
    TwoWriters,
    follow,
    refused,
    wait_for,
)

CASES = (
    PageCase(
        "partnership-new",
        Look("partnership-new", states=BOTH),
        refused("partnership-new", "Open the partnership"),
        Look("partnership-from-decision", actions=(follow("Togo"), wait_for("Recommended because"))),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-edit",
        Look("partnership-edit", own("draft")),
        Look("partnership-edit-signed", own("running")),
        url=lambda world: {"pk": records.a_partnership(world)["id"]},
        second_writer=TwoWriters(Role.ANALYST, TITLES),
    ),
    PageCase(
        "partnership-origin-confirm",
        Look("origin-confirm", own("bare"), APPROVER),
        url=lambda world: {"pk": records.a_partnership(world)["id"]},
        second_writer=ONCE,
    ),
)
