"""Page cases for the money room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import BARE, RUNNING, first, own
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    APPROVER,
    DRAFTS,
    OFFICE,
    VIEWER,
    Look,
    PageCase,
    Roles,
    TwoWriters,
    refused,
    wait_for,
)

RECORDS: Roles = (Role.ANALYST, Role.APPROVER, Role.VIEWER)  # records money, exempts from notification, or reads


CASES = (
    PageCase(
        "partnership-money",
        Look("money", RUNNING, RECORDS),
        Look("money-nothing", BARE, RECORDS),
        Look("money-sample", own("sample"), RECORDS),
        Look("money-refused", RUNNING, VIEWER, states=ALL_ERRORS, query="?format=pdf", status=400),
        url=records.draft(),
    ),
    PageCase(
        "partnership-awards",
        Look("awards", RUNNING, OFFICE),
        Look("awards-nothing", BARE),
        url=records.draft(),
    ),
    PageCase(
        "partnership-contributions",
        Look("contributions", RUNNING, OFFICE, query="?show=all&columns=given-by,stage,usd,replaced-by"),
        Look("contributions-nothing", BARE, VIEWER),
        url=records.draft(),
    ),
    PageCase(
        "partnership-contribution-new",
        Look("contribution-new", RUNNING),
        refused("contribution", "Record the contribution", RUNNING, then=wait_for("Nothing was saved.")),
        url=records.draft(),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-contribution-replace",
        Look("contribution-replace", own("running", row=first("contributions"))),
        url=records.draft(row=records.contribution),
        second_writer=TwoWriters(
            Role.ANALYST, {"description": DRAFTS}, second_may_send_again=False, shown_to_second=()
        ),
    ),
    PageCase(
        "partnership-notification-new", Look("notification-new", RUNNING), url=records.draft(), second_writer=ADDS
    ),
    PageCase(
        "partnership-notification-replace",
        Look("notification-replace", own("running", row=first("notifications"))),
        url=records.draft(row=records.notification),
        second_writer=TwoWriters(Role.ANALYST, {"reference": DRAFTS}, second_may_send_again=False, shown_to_second=()),
    ),
    PageCase(
        "partnership-exemption-new", Look("exemption-new", RUNNING, APPROVER), url=records.draft(), second_writer=ADDS
    ),
    PageCase(
        "api:partnership-contributions",
        url=records.a_partnership,
        second_writer="adds a statement, or names the one in whose place it comes, once",
    ),
)
