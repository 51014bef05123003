"""The pages of questions to a ranking in each of their states, and of scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cpc.accounts.permissions import Role
from tests.support.listed import ALL_ERRORS, ANALYST, BOTH, Act, Arguments, Listed, press, unfold, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Page

ASKED = "?w-need=60&w-feasibility=40"
SHARED: Arguments = lambda scene: {"key": scene.scenarios[0].key}  # noqa: E731  # as in `shots`
PRIVATE: Arguments = lambda scene: {"key": scene.scenarios[1].key}  # noqa: E731  # as in `shots`
NOTHING_SAVED = wait_for("Nothing was saved.")


def _draw() -> Act:
    """Draw with the weights of the page, and wait for the chances."""

    def act(page: Page) -> None:
        page.locator("#draw").click()
        page.get_by_text("are those of 10,000 draws with your weights").wait_for()

    return act


WHAT_IF: Sequence[Listed] = (
    Listed("what-if", "what-if", (Role.ANALYST, Role.VIEWER), BOTH),
    Listed(
        "what-if-asked",
        "what-if",
        ANALYST,
        query=f"{ASKED}&pool=tier3&rule-E2=10",
        acts=(unfold("Inside governance"), _draw()),
    ),
    Listed("what-if-one-side", "what-if", ANALYST, query="?w-need=0"),
    Listed("what-if-nothing-weighted", "what-if", ANALYST, query="?w-need=0&w-feasibility=0"),
    Listed("what-if-unknown", "what-if", ANALYST, ALL_ERRORS, query="?w-need=many", status=400),
    Listed("what-if-draft", "what-if-draft", ANALYST, query=f"{ASKED}&pool=tier3&rule-E2=10"),
    Listed(
        "what-if-draft-refused", "what-if-draft", ANALYST, ALL_ERRORS, acts=(press("Make the draft"), NOTHING_SAVED)
    ),
    Listed("scenario", "scenario", (Role.ANALYST, Role.VIEWER), arguments=SHARED),
    Listed("scenario-new", "scenario-new", ANALYST, query=ASKED),
    Listed(
        "scenario-new-refused", "scenario-new", ANALYST, ALL_ERRORS, acts=(press("Save the scenario"), NOTHING_SAVED)
    ),
    Listed("scenario-share", "scenario-share", ANALYST, arguments=PRIVATE),
    Listed("scenario-withdraw", "scenario-withdraw", ANALYST, arguments=PRIVATE),
)
