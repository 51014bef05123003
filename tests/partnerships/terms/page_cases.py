"""Page cases for the terms room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import BARE, DRAFT, RUNNING, first, own
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    IF_MATCH,
    RANKING,
    SAME,
    TITLES,
    Look,
    PageCase,
    TwoWriters,
    fill,
    press,
    refused,
    wait_for,
)

OBJECTIVE = own("draft", kind="objective", row=first("objectives"))

DONE = own("running", kind="responsibility", row=first("responsibilities"))


CASES = (
    PageCase(
        "partnership-terms",
        Look("terms", DRAFT, RANKING),
        Look("terms-signed", RUNNING, RANKING),
        Look("terms-nothing", BARE, RANKING),
        Look("terms-sample", own("sample"), RANKING),
        url=records.draft(),
    ),
    PageCase(
        "partnership-amounts",
        Look("amounts", DRAFT),
        Look("amounts-nothing", BARE),
        Look(
            "amounts-refused",
            DRAFT,
            states=ALL_ERRORS,
            actions=(
                fill("Special courts, United States (optional)", "5000000.01"),
                press("Save the amounts"),
                wait_for("$0.01 too much"),
            ),
        ),
        url=records.draft(),
        second_writer=TwoWriters(
            Role.ANALYST, {"amount-*": ("1000.00", "2000.00")}, shown_to_second=("1,000.00",), prepare=records.program
        ),
    ),
    PageCase("partnership-plan-take", Look("plan-take-into-account", DRAFT), url=records.draft(), second_writer=SAME),
    PageCase("partnership-plan-new", Look("plan-of-a-partnership-new", DRAFT), url=records.draft(), second_writer=ADDS),
    PageCase(
        "partnership-plan-leave",
        Look("plan-leave-out", own("running", row=first("national_plans"))),
        url=records.draft(row=records.plan_row),
        second_writer=SAME,
    ),
    PageCase(
        "partnership-term-new",
        Look("term-new", own("draft", kind="activity")),
        refused("term-new", "Add the activity", own("draft", kind="activity"), then=wait_for("Nothing was saved.")),
        url=records.draft(kind=records.objective_kind),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-term",
        Look("term", OBJECTIVE),
        Look("term-recorded", DONE),
        url=records.draft(kind=records.objective_kind, row=records.objective),
        second_writer=TwoWriters(Role.ANALYST, TITLES),
    ),
    PageCase(
        "partnership-term-remove",
        Look("term-remove", OBJECTIVE),
        url=records.draft(kind=records.objective_kind, row=records.objective),
        second_writer=SAME,
    ),
    PageCase("api:partnership-programs", url=records.a_partnership, second_writer=IF_MATCH),
    PageCase("api:partnership-amounts", url=records.a_partnership, second_writer=IF_MATCH),
)
