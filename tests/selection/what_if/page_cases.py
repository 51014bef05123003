"""Page cases for the what if room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.scenes import NOTHING_SAVED
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    ANALYST,
    BOTH,
    OWN,
    Arguments,
    Look,
    PageAction,
    PageCase,
    press,
    unfold,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

ASKED = "?w-need=60&w-feasibility=40"

SHARED: Arguments = lambda scene: {"key": scene.scenarios[0].key}  # noqa: E731  # a table of short functions

PRIVATE: Arguments = lambda scene: {"key": scene.scenarios[1].key}  # noqa: E731  # a table of short functions


def _draw() -> PageAction:
    """Draw with the weights of the page, and wait for the chances."""

    def act(page: Page) -> None:
        page.locator("#draw").click()
        page.get_by_text("with your settings: ").wait_for()

    return act


CASES = (
    PageCase(
        "what-if",
        looks=(
            Look("what-if", (Role.ANALYST, Role.VIEWER), BOTH),
            Look(
                "what-if-asked",
                ANALYST,
                query=f"{ASKED}&pool=tier3&rule-E2=10",
                actions=(unfold("Inside governance"), _draw()),
            ),
            Look(
                "what-if-choices",
                ANALYST,
                query="?take-child_labour=own_first&hold=tier",
                actions=(_draw(),),
            ),
            Look("what-if-one-side", ANALYST, query="?w-need=0"),
            Look("what-if-nothing-weighted", ANALYST, query="?w-need=0&w-feasibility=0"),
            Look("what-if-unknown", ANALYST, ALL_ERRORS, query="?w-need=many", status=400),
        ),
    ),
    PageCase(
        "what-if-draft",
        looks=(
            Look("what-if-draft", ANALYST, query=f"{ASKED}&pool=tier3&rule-E2=10"),
            Look("what-if-draft-refused", ANALYST, ALL_ERRORS, actions=(press("Make the draft"), NOTHING_SAVED)),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "scenario-new",
        looks=(
            Look("scenario-new", ANALYST, query=ASKED),
            Look("scenario-new-refused", ANALYST, ALL_ERRORS, actions=(press("Save the scenario"), NOTHING_SAVED)),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "scenario", url=records.scenario, looks=(Look("scenario", (Role.ANALYST, Role.VIEWER), arguments=SHARED),)
    ),
    PageCase(
        "scenario-share",
        url=records.scenario,
        looks=(Look("scenario-share", ANALYST, arguments=PRIVATE),),
        second_writer=OWN,
    ),
    PageCase(
        "scenario-withdraw",
        url=records.scenario,
        looks=(Look("scenario-withdraw", ANALYST, arguments=PRIVATE),),
        second_writer=OWN,
    ),
    PageCase("what-if-draws", no_page="a file for a script"),
)
