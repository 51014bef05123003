"""Page cases for the API tokens room."""

from __future__ import annotations

from cpc.people.demo import PASSWORD
from tests.cpc import records
from tests.support.page_cases import (
    ADDS,
    ADMINISTRATOR,
    ALL_ERRORS,
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
    tick,
    wait_for,
)

CASES = (
    PageCase(
        "account-tokens",
        looks=(
            Look("tokens", (*EVERYBODY, *PROGRAM)),
            Look("tokens", PROGRAM, (EMPTY,)),
            Look("tokens-refused", VIEWER, ALL_ERRORS, actions=(press("Issue the token"),)),
            Look(
                "tokens-issued",
                REVIEWER,
                actions=(
                    fill("What it is for", "Weekly copy of the observations"),
                    tick("Read observations, sources, indicators, and countries"),
                    fill("Your password", PASSWORD),
                    press("Issue the token"),
                    wait_for("Copy the token now"),
                ),
            ),
        ),
        second_writer=ADDS,
    ),
    PageCase("account-tokens-all", looks=(Look("tokens-of-all", ADMINISTRATOR, BOTH),)),
    PageCase(
        "account-token-revoke",
        url=records.token_of_the_viewer,
        looks=(
            Look("token-revoke", VIEWER, arguments=lambda scene: {"pk": scene.tokens[0].pk}),
            Look("token-revoked", ADMINISTRATOR, arguments=lambda scene: {"pk": scene.tokens[1].pk}),
        ),
        second_writer=SAME,
    ),
)
