"""The pages of the rounds, of their pools, and of a round that is a draft, in each of their states."""

from __future__ import annotations

from collections.abc import Sequence

from cpc.accounts.permissions import Role
from tests.support.listed import (
    ALL_ERRORS,
    ANALYST,
    BOTH,
    OFFICE,
    RANKING,
    VIEWER,
    Arguments,
    Listed,
    fill,
    press,
    wait_for,
)


def _round(key: str, **more: str) -> Arguments:
    return lambda scene: {"pk": scene.deliberated.rounds[key].pk, **more}


ROUNDS: Sequence[Listed] = (
    Listed("run-as-known", "run-as-known", (Role.ANALYST, Role.APPROVER), BOTH),
    Listed(
        "run-as-known-refused",
        "run-as-known",
        (Role.ANALYST, Role.APPROVER),
        ALL_ERRORS,
        acts=(press("Compute it"), wait_for("Nothing was saved.")),
    ),
    Listed("rounds", "rounds", RANKING, BOTH),
    Listed("round-new", "round-new", ANALYST, BOTH),
    Listed(
        "round-new-refused",
        "round-new",
        ANALYST,
        ALL_ERRORS,
        acts=(fill("Title", ""), press("Open the round"), wait_for("Nothing was saved.")),
    ),
    Listed("round-draft", "round", (Role.ANALYST, Role.APPROVER), arguments=_round("draft")),
    Listed("round-edit", "round-edit", ANALYST, arguments=_round("draft")),
    Listed(
        "round-edit-refused",
        "round-edit",
        ANALYST,
        ALL_ERRORS,
        _round("draft"),
        acts=(fill("Title", ""), press("Save the round"), wait_for("Nothing was saved.")),
    ),
    Listed("round-pool", "round-pool", OFFICE, arguments=_round("waits")),
    Listed("round-pool-not-drawn", "round-pool", ANALYST, arguments=_round("draft")),
    Listed("round-pool-nothing", "round-pool", VIEWER, arguments=_round("waits"), query="?q=nowhere"),
    Listed("round-pool-refused", "round-pool", VIEWER, ALL_ERRORS, _round("waits"), "?because=size", 400),
    Listed("round-move", "round-move", ANALYST, arguments=_round("waits", code="GHA")),
    Listed(
        "round-move-refused",
        "round-move",
        ANALYST,
        ALL_ERRORS,
        _round("waits", code="GHA"),
        acts=(press("Take it out"), wait_for("Nothing was saved.")),
    ),
)
