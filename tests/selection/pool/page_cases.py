"""Page cases for the pool room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.scenes import NOTHING_SAVED
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    ANALYST,
    APPROVER,
    BOTH,
    DRAFTS,
    REASONED,
    Arguments,
    Look,
    PageCase,
    TwoWriters,
    press,
    unfold,
)

HIGH_INCOME: Arguments = lambda scene: {"reason": "high_income"}  # noqa: E731  # a table of short functions

POLICY: Arguments = lambda scene: {"pk": scene.pool.policy.pk}  # noqa: E731  # a table of short functions

ADMISSION: Arguments = lambda scene: {"pk": scene.pool.admission.pk}  # noqa: E731  # a table of short functions

ADMITTED: Arguments = lambda scene: {"pk": scene.pool.admitted.pk}  # noqa: E731  # a table of short functions


CASES = (
    PageCase(
        "pool",
        looks=(
            Look("pool", (Role.ANALYST, Role.APPROVER, Role.VIEWER), BOTH),
            Look("pool-countries", ANALYST, actions=(unfold("outside: Tier 3"),)),
        ),
    ),
    PageCase(
        "pool-policy-new",
        url=lambda world: {"reason": "high_income"},
        looks=(
            Look("pool-rule", ANALYST, BOTH, HIGH_INCOME),
            Look("pool-rule-tier3", ANALYST, arguments=lambda scene: {"reason": "tier3"}),
            Look(
                "pool-rule-refused",
                ANALYST,
                ALL_ERRORS,
                HIGH_INCOME,
                actions=(press("Propose the rule"), NOTHING_SAVED),
            ),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "pool-policy-decide",
        url=records.policy,
        looks=(
            Look("pool-rule-decide", APPROVER, arguments=POLICY),
            Look(
                "pool-rule-decide-refused",
                APPROVER,
                ALL_ERRORS,
                POLICY,
                actions=(press("Record the decision"), NOTHING_SAVED),
            ),
        ),
        second_writer=TwoWriters(
            Role.APPROVER, {"note": DRAFTS}, {"decision": "refuse"}, second_may_send_again=False, shown_to_second=()
        ),
    ),
    PageCase(
        "pool-admit",
        looks=(
            Look("pool-admit", ANALYST, BOTH),
            Look("pool-admit-one", ANALYST, query="?country=ROU"),
            Look("pool-admit-refused", ANALYST, ALL_ERRORS, actions=(press("Propose the admission"), NOTHING_SAVED)),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "pool-admission-decide",
        url=records.admission,
        looks=(Look("pool-admission-decide", APPROVER, arguments=ADMISSION),),
        second_writer=TwoWriters(
            Role.APPROVER, {"note": DRAFTS}, {"decision": "refuse"}, second_may_send_again=False, shown_to_second=()
        ),
    ),
    PageCase(
        "pool-admission-end",
        url=records.admitted,
        looks=(
            Look("pool-admission-end", APPROVER, arguments=ADMITTED),
            Look(
                "pool-admission-end-refused",
                APPROVER,
                ALL_ERRORS,
                ADMITTED,
                actions=(press("End the admission"), NOTHING_SAVED),
            ),
        ),
        second_writer=TwoWriters(Role.APPROVER, REASONED, second_may_send_again=False, shown_to_second=()),
    ),
)
