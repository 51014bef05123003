"""Page cases for the sheets of terms."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from partnerships.models import Partnership
from tests.partnerships import records
from tests.partnerships.scenes import own
from tests.support.page_cases import ALL_ERRORS, Look, PageCase, TwoWriters, fill, press, wait_for


def plan_key(_partnership: Partnership) -> str:
    return "plan"


CASES = (
    PageCase(
        "partnership-terms-sheet",
        Look("terms-sheet-plan", own("draft", sheet="plan")),
        Look("terms-sheet-people", own("draft", sheet="people")),
        Look("terms-sheet-money", own("draft", sheet="money")),
        Look("terms-sheet-all", own("draft", sheet="all")),
        Look("terms-sheet-nothing", own("bare", sheet="plan")),
        Look("terms-sheet-signed", own("running", sheet="plan")),
        Look(
            "terms-sheet-refused",
            own("bare", sheet="plan"),
            states=ALL_ERRORS,
            actions=(fill("Objective 1, Title", ""), press("Save"), wait_for("Nothing was saved.")),
        ),
        url=records.draft(sheet=plan_key),
        second_writer=TwoWriters(Role.ANALYST, {"row0-title": ("What the first types", "What the second types")}),
    ),
)
