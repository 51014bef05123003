"""Page cases for the rounds room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.scenes import READERS, deliberated, rated
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    APPROVER,
    BOTH,
    OFFICE,
    ONCE,
    REASONED,
    TITLES,
    VIEWER,
    Look,
    PageCase,
    TwoWriters,
    fill,
    press,
    refused,
    wait_for,
)

CASES = (
    PageCase("rounds", Look("rounds", roles=OFFICE, states=BOTH)),
    PageCase(
        "round-new",
        Look("round-new", states=BOTH),
        Look(
            "round-new-refused",
            states=ALL_ERRORS,
            actions=(fill("Title", ""), press("Open the round"), wait_for("Nothing was saved.")),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "round",
        Look("round-draft", deliberated("draft"), (Role.ANALYST, Role.APPROVER)),
        Look("round-decided", deliberated("decided"), (Role.ANALYST, Role.APPROVER)),
        Look("round-in-scoring", rated, (*READERS, Role.ADMINISTRATOR)),
        url=records.consulted_round,
    ),
    PageCase(
        "round-edit",
        Look("round-edit", deliberated("draft")),
        Look(
            "round-edit-refused",
            deliberated("draft"),
            states=ALL_ERRORS,
            actions=(fill("Title", ""), press("Save the round"), wait_for("Nothing was saved.")),
        ),
        url=records.consulted_round,
        second_writer=TwoWriters(Role.ANALYST, TITLES, prepare=records.draft_round),
    ),
    PageCase(
        "round-step",
        Look("round-close", deliberated("waits", name="decide"), APPROVER),
        url=lambda world: {**records.consulted_round(world), "name": "deliberate"},
        second_writer=ONCE,
    ),
    PageCase("round-score", url=records.consulted_round, second_writer="adds a score; the same again is one"),
    PageCase(
        "round-pool",
        Look("round-pool", deliberated("waits"), OFFICE),
        Look("round-pool-not-drawn", deliberated("draft")),
        Look("round-pool-nothing", deliberated("waits"), VIEWER, query="?q=nowhere"),
        Look("round-pool-refused", deliberated("waits"), VIEWER, states=ALL_ERRORS, query="?because=size", status=400),
        url=records.consulted_round,
    ),
    PageCase(
        "round-move",
        Look("round-move", deliberated("waits", code="GHA")),
        refused("round-move", "Remove it", deliberated("waits", code="GHA"), then=wait_for("Nothing was saved.")),
        url=lambda world: {**records.consulted_round(world), "code": "GHA"},
        second_writer=TwoWriters(Role.ANALYST, REASONED),
    ),
)
