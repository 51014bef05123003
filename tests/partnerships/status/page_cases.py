"""Page cases for the status room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import WORK, outlived, own
from tests.support.page_cases import (
    ADDS,
    ANALYST,
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
        url=lambda world: {"pk": records.a_partnership(world)["id"], "name": "invite"},
        looks=(
            Look("partnership-step", ANALYST, arguments=_step("draft", "invite")),
            Look("partnership-step-outlived", ANALYST, arguments=outlived),
        ),
        second_writer=ONCE,
    ),
    PageCase(
        "partnership-determinations",
        url=records.life(),
        looks=(
            Look("determinations", WORK, arguments=own()),
            Look("determinations-none", APPROVER, arguments=own("running")),
        ),
    ),
    PageCase(
        "partnership-determination-new",
        url=records.life(kind=lambda p: "reinstatement"),
        looks=(
            Look("suspend", APPROVER, arguments=own("running", kind="suspension")),
            refused("suspend", APPROVER, "Record a suspension", own("running", kind="suspension")),
            Look("reinstate", APPROVER, arguments=own(kind="reinstatement")),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-correction-new",
        url=records.life(determination=records.suspension),
        looks=(Look("correction-new", ANALYST, arguments=own(determination=records.suspension)),),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-correction-close",
        url=records.life(correction=records.correction),
        looks=(Look("correction-close", APPROVER, arguments=own(correction=records.correction)),),
        second_writer=TwoWriters(Role.APPROVER, {"evidence": DRAFTS}, second_may_send_again=False, shown_to_second=()),
    ),
)
