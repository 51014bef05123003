"""Page cases for the rounds room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.scenes import READERS, deliberated, rated
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    ANALYST,
    APPROVER,
    BOTH,
    OFFICE,
    ONCE,
    RANKING,
    REASONED,
    TITLES,
    VIEWER,
    Look,
    PageCase,
    TwoWriters,
    fill,
    press,
    wait_for,
)

CASES = (
    PageCase("rounds", looks=(Look("rounds", RANKING, BOTH),)),
    PageCase(
        "round-new",
        looks=(
            Look("round-new", ANALYST, BOTH),
            Look(
                "round-new-refused",
                ANALYST,
                ALL_ERRORS,
                actions=(fill("Title", ""), press("Open the round"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "round",
        url=records.consulted_round,
        looks=(
            Look("round-draft", (Role.ANALYST, Role.APPROVER), arguments=deliberated("draft")),
            Look("round-decided", (Role.ANALYST, Role.APPROVER), arguments=deliberated("decided")),
            Look("round-in-scoring", (*READERS, Role.ADMINISTRATOR), arguments=rated),
        ),
    ),
    PageCase(
        "round-edit",
        url=records.consulted_round,
        looks=(
            Look("round-edit", ANALYST, arguments=deliberated("draft")),
            Look(
                "round-edit-refused",
                ANALYST,
                ALL_ERRORS,
                deliberated("draft"),
                actions=(fill("Title", ""), press("Save the round"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer=TwoWriters(Role.ANALYST, TITLES, prepare=records.draft_round),
    ),
    PageCase(
        "round-step",
        url=lambda world: {**records.consulted_round(world), "name": "deliberate"},
        looks=(Look("round-close", APPROVER, arguments=deliberated("waits", name="decide")),),
        second_writer=ONCE,
    ),
    PageCase("round-score", url=records.consulted_round, second_writer="adds a score; the same again is one"),
    PageCase(
        "round-pool",
        url=records.consulted_round,
        looks=(
            Look("round-pool", OFFICE, arguments=deliberated("waits")),
            Look("round-pool-not-drawn", ANALYST, arguments=deliberated("draft")),
            Look("round-pool-nothing", VIEWER, arguments=deliberated("waits"), query="?q=nowhere"),
            Look("round-pool-refused", VIEWER, ALL_ERRORS, deliberated("waits"), "?because=size", 400),
        ),
    ),
    PageCase(
        "round-move",
        url=lambda world: {**records.consulted_round(world), "code": "GHA"},
        looks=(
            Look("round-move", ANALYST, arguments=deliberated("waits", code="GHA")),
            Look(
                "round-move-refused",
                ANALYST,
                ALL_ERRORS,
                deliberated("waits", code="GHA"),
                actions=(press("Remove it"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer=TwoWriters(Role.ANALYST, REASONED),
    ),
)
