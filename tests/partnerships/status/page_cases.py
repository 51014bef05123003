"""Page cases for the status room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import WORK, outlived, own
from tests.support.page_cases import (
    ADDS,
    APPROVER,
    DRAFTS,
    ONCE,
    Arguments,
    Look,
    PageCase,
    TwoWriters,
    refused,
)


def _step(key: str, name: str) -> Arguments:
    return lambda scene: {"pk": scene.partnerships[key].pk, "name": name}


CASES = (
    PageCase(
        "partnership-step",
        Look("partnership-step", _step("draft", "invite")),
        Look("partnership-step-outlived", outlived),
        url=lambda world: {"pk": records.a_partnership(world)["id"], "name": "invite"},
        second_writer=ONCE,
    ),
    PageCase(
        "partnership-steps",
        Look("partnership-steps", own("draft"), (Role.ANALYST, Role.APPROVER)),
        refused("partnership-steps", "Record the steps", own("draft")),
        url=records.life(),
        second_writer=ONCE,
    ),
    PageCase(
        "partnership-determinations",
        Look("determinations", own(), WORK),
        Look("determinations-none", own("running"), APPROVER),
        url=records.life(),
    ),
    PageCase(
        "partnership-determination-new",
        Look("suspend", own("running", kind="suspension"), APPROVER),
        refused("suspend", "Record a suspension", own("running", kind="suspension"), roles=APPROVER),
        Look("reinstate", own(kind="reinstatement"), APPROVER),
        url=records.life(kind=lambda p: "reinstatement"),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-correction-new",
        Look("correction-new", own(determination=records.suspension)),
        url=records.life(determination=records.suspension),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-correction-close",
        Look("correction-close", own(correction=records.correction), APPROVER),
        url=records.life(correction=records.correction),
        second_writer=TwoWriters(Role.APPROVER, {"evidence": DRAFTS}, second_may_send_again=False, shown_to_second=()),
    ),
    PageCase(
        "partnership-corrections-new",
        Look("corrections-new", own(determination=records.suspension)),
        url=records.life(determination=records.suspension),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-corrections-close",
        Look("corrections-close", own(determination=records.suspension), APPROVER),
        url=records.life(determination=records.suspension),
        second_writer="one that another person closed is refused at its part, which keeps its text (test_several)",
    ),
)
