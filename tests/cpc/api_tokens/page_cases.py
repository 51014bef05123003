"""Page cases for the API tokens room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from cpc.people.demo import PASSWORD
from tests.cpc import records
from tests.support.page_cases import (
    ADDS,
    ADMINISTRATOR,
    BOTH,
    EMPTY,
    EVERYBODY,
    PROGRAM,
    REVIEWER,
    SAME,
    VIEWER,
    Look,
    PageCase,
    fill,
    press,
    refused,
    tick,
    wait_for,
)

CASES = (
    PageCase(
        "account-tokens",
        Look("tokens", roles=(*EVERYBODY, *PROGRAM)),
        Look("tokens", roles=PROGRAM, states=(EMPTY,)),
        refused("tokens", "Issue the token", roles=VIEWER),
        Look(
            "tokens-issued",
            roles=REVIEWER,
            actions=(
                fill("What it is for", "Weekly copy of the observations"),
                tick("Read observations, sources, indicators, and countries"),
                fill("Your password", PASSWORD),
                press("Issue the token"),
                wait_for("Copy the token now"),
            ),
        ),
        second_writer=ADDS,
    ),
    PageCase("account-tokens-all", Look("tokens-of-all", roles=ADMINISTRATOR, states=BOTH)),
    PageCase(
        "account-tokens-of",
        Look("tokens-of-a-program", lambda scene: {"pk": scene.people["program"].pk}, (*ADMINISTRATOR, Role.ANALYST)),
        refused(
            "tokens-of-a-program",
            "Issue the token",
            lambda scene: {"pk": scene.people["program"].pk},
            roles=ADMINISTRATOR,
        ),
        url=records.program,
        second_writer=ADDS,
    ),
    PageCase(
        "account-token-revoke",
        Look("token-revoke", lambda scene: {"pk": scene.tokens[0].pk}, VIEWER),
        Look("token-revoked", lambda scene: {"pk": scene.tokens[1].pk}, ADMINISTRATOR),
        url=records.token_of_the_viewer,
        second_writer=SAME,
    ),
)
