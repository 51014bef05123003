"""Page cases for the agreements room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import own
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    ANALYST,
    APPROVER,
    BOTH,
    ONCE,
    TITLES,
    Look,
    PageCase,
    TwoWriters,
    follow,
    press,
    wait_for,
)

CASES = (
    PageCase(
        "partnership-new",
        looks=(
            Look("partnership-new", ANALYST, BOTH),
            Look("partnership-new-refused", ANALYST, ALL_ERRORS, actions=(press("Open the partnership"),)),
            Look("partnership-from-decision", ANALYST, actions=(follow("Togo"), wait_for("Recommended because"))),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-edit",
        url=lambda world: {"pk": records.a_partnership(world)["id"]},
        looks=(
            Look("partnership-edit", ANALYST, arguments=own("draft")),
            Look("partnership-edit-signed", ANALYST, arguments=own("running")),
        ),
        second_writer=TwoWriters(Role.ANALYST, TITLES),
    ),
    PageCase(
        "partnership-origin-confirm",
        url=lambda world: {"pk": records.a_partnership(world)["id"]},
        looks=(Look("origin-confirm", APPROVER, arguments=own("bare")),),
        second_writer=ONCE,
    ),
)
