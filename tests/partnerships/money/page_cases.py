"""Page cases for the money room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import BARE, RUNNING, first, own
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    ANALYST,
    APPROVER,
    DRAFTS,
    VIEWER,
    Look,
    PageCase,
    Roles,
    TwoWriters,
    press,
    wait_for,
)

RECORDS: Roles = (Role.ANALYST, Role.APPROVER, Role.VIEWER)  # records money, exempts from notification, or reads


CASES = (
    PageCase(
        "partnership-money",
        url=records.draft(),
        looks=(
            Look("money", RECORDS, arguments=RUNNING),
            Look("money-nothing", RECORDS, arguments=BARE),
            Look("money-refused", VIEWER, ALL_ERRORS, RUNNING, query="?format=pdf", status=400),
        ),
    ),
    PageCase(
        "partnership-contribution-new",
        url=records.draft(),
        looks=(
            Look("contribution-new", ANALYST, arguments=RUNNING),
            Look(
                "contribution-refused",
                ANALYST,
                ALL_ERRORS,
                RUNNING,
                actions=(press("Record the contribution"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-contribution-replace",
        url=records.draft(row=records.contribution),
        looks=(Look("contribution-replace", ANALYST, arguments=own("running", row=first("contributions"))),),
        second_writer=TwoWriters(
            Role.ANALYST, {"description": DRAFTS}, second_may_send_again=False, shown_to_second=()
        ),
    ),
    PageCase(
        "partnership-notification-new",
        url=records.draft(),
        looks=(Look("notification-new", ANALYST, arguments=RUNNING),),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-notification-replace",
        url=records.draft(row=records.notification),
        looks=(Look("notification-replace", ANALYST, arguments=own("running", row=first("notifications"))),),
        second_writer=TwoWriters(Role.ANALYST, {"reference": DRAFTS}, second_may_send_again=False, shown_to_second=()),
    ),
    PageCase(
        "partnership-exemption-new",
        url=records.draft(),
        looks=(Look("exemption-new", APPROVER, arguments=RUNNING),),
        second_writer=ADDS,
    ),
    PageCase(
        "api:partnership-contributions",
        url=records.a_partnership,
        second_writer="adds a statement, or names the one in whose place it comes, once",
    ),
)
