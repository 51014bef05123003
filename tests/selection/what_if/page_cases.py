"""Page cases for the what if room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.scenes import NOTHING_SAVED
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    BOTH,
    OWN,
    Arguments,
    Look,
    PageAction,
    PageCase,
    refused,
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
        Look("what-if", roles=(Role.ANALYST, Role.VIEWER), states=BOTH),
        Look("what-if-asked", query=f"{ASKED}&pool=tier3&rule-E2=10", actions=(unfold("Inside governance"), _draw())),
        Look("what-if-choices", query="?take-child_labour=own_first&hold=tier", actions=(_draw(),)),
        Look("what-if-follow", query="?follow=KEN&w-births=40&w-prevalence=22.5&w-child_labour=22.5&w-marriage=15"),
        Look(
            "what-if-values",
            query="?follow=KEN&value-KEN-births=48&value-GHA-cpi=20&without-KEN-marriage=own",
            actions=(unfold("Withdrawn values of Kenya"),),
        ),
        Look("what-if-value-refused", query="?follow=KEN&value-KEN-births=101", status=400),
        Look("what-if-one-side", query="?w-need=0"),
        Look("what-if-nothing-weighted", query="?w-need=0&w-feasibility=0"),
        Look("what-if-unknown", states=ALL_ERRORS, query="?w-need=many", status=400),
    ),
    PageCase(
        "what-if-draft",
        Look("what-if-draft", query=f"{ASKED}&pool=tier3&rule-E2=10"),
        refused("what-if-draft", "Make the draft", then=NOTHING_SAVED),
        second_writer=ADDS,
    ),
    PageCase(
        "scenario-new",
        Look("scenario-new", query=ASKED),
        refused("scenario-new", "Save the scenario", then=NOTHING_SAVED),
        second_writer=ADDS,
    ),
    PageCase("scenario", Look("scenario", SHARED, (Role.ANALYST, Role.VIEWER)), url=records.scenario),
    PageCase("scenario-share", Look("scenario-share", PRIVATE), url=records.scenario, second_writer=OWN),
    PageCase("scenario-withdraw", Look("scenario-withdraw", PRIVATE), url=records.scenario, second_writer=OWN),
    PageCase("what-if-draws", no_page="a file for a script"),
)
