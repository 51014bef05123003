"""Page cases for the terms room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import BARE, DRAFT, RUNNING, first, own
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    ANALYST,
    IF_MATCH,
    RANKING,
    SAME,
    TITLES,
    Look,
    PageCase,
    TwoWriters,
    fill,
    press,
    wait_for,
)

OBJECTIVE = own("draft", kind="objective", row=first("objectives"))

DONE = own("running", kind="responsibility", row=first("responsibilities"))


CASES = (
    PageCase(
        "partnership-terms",
        url=records.draft(),
        looks=(
            Look("terms", RANKING, arguments=DRAFT),
            Look("terms-signed", RANKING, arguments=RUNNING),
            Look("terms-nothing", RANKING, arguments=BARE),
        ),
    ),
    PageCase(
        "partnership-amounts",
        url=records.draft(),
        looks=(
            Look("amounts", ANALYST, arguments=DRAFT),
            Look("amounts-nothing", ANALYST, arguments=BARE),
            Look(
                "amounts-refused",
                ANALYST,
                ALL_ERRORS,
                DRAFT,
                actions=(
                    fill("Special courts, United States (optional)", "5000000.01"),
                    press("Save the amounts"),
                    wait_for("USD 0.01 too much"),
                ),
            ),
        ),
        second_writer=TwoWriters(
            Role.ANALYST, {"amount-*": ("1000.00", "2000.00")}, shown_to_second=("1,000.00",), prepare=records.program
        ),
    ),
    PageCase(
        "partnership-plan-take",
        url=records.draft(),
        looks=(Look("plan-take-into-account", ANALYST, arguments=DRAFT),),
        second_writer=SAME,
    ),
    PageCase(
        "partnership-plan-new",
        url=records.draft(),
        looks=(Look("plan-of-a-partnership-new", ANALYST, arguments=DRAFT),),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-plan-leave",
        url=records.draft(row=records.plan_row),
        looks=(Look("plan-leave-out", ANALYST, arguments=own("running", row=first("national_plans"))),),
        second_writer=SAME,
    ),
    PageCase(
        "partnership-term-new",
        url=records.draft(kind=records.objective_kind),
        looks=(
            Look("term-new", ANALYST, arguments=own("draft", kind="activity")),
            Look(
                "term-new-refused",
                ANALYST,
                ALL_ERRORS,
                own("draft", kind="activity"),
                actions=(press("Add the activity"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-term",
        url=records.draft(kind=records.objective_kind, row=records.objective),
        looks=(Look("term", ANALYST, arguments=OBJECTIVE), Look("term-recorded", ANALYST, arguments=DONE)),
        second_writer=TwoWriters(Role.ANALYST, TITLES),
    ),
    PageCase(
        "partnership-term-remove",
        url=records.draft(kind=records.objective_kind, row=records.objective),
        looks=(Look("term-remove", ANALYST, arguments=OBJECTIVE),),
        second_writer=SAME,
    ),
    PageCase("api:partnership-programs", url=records.a_partnership, second_writer=IF_MATCH),
    PageCase("api:partnership-amounts", url=records.a_partnership, second_writer=IF_MATCH),
)
