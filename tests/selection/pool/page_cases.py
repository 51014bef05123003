"""Page cases for the pool room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.scenes import NOTHING_SAVED
from tests.support.page_cases import (
    ADDS,
    APPROVER,
    BOTH,
    DRAFTS,
    REASONED,
    Arguments,
    Look,
    PageCase,
    TwoWriters,
    refused,
    unfold,
)

HIGH_INCOME: Arguments = lambda scene: {"reason": "high_income"}  # noqa: E731  # a table of short functions

POLICY: Arguments = lambda scene: {"pk": scene.pool.policy.pk}  # noqa: E731  # a table of short functions

ADMISSION: Arguments = lambda scene: {"pk": scene.pool.admission.pk}  # noqa: E731  # a table of short functions

ADMITTED: Arguments = lambda scene: {"pk": scene.pool.admitted.pk}  # noqa: E731  # a table of short functions


CASES = (
    PageCase(
        "pool",
        Look("pool", roles=(Role.ANALYST, Role.APPROVER, Role.VIEWER), states=BOTH),
        Look("pool-countries", actions=(unfold("outside: Tier 3"),)),
    ),
    PageCase(
        "pool-policy-new",
        Look("pool-rule", HIGH_INCOME, states=BOTH),
        Look("pool-rule-tier3", lambda scene: {"reason": "tier3"}),
        refused("pool-rule", "Propose the rule", HIGH_INCOME, then=NOTHING_SAVED),
        url=lambda world: {"reason": "high_income"},
        second_writer=ADDS,
    ),
    PageCase(
        "pool-policy-decide",
        Look("pool-rule-decide", POLICY, APPROVER),
        refused("pool-rule-decide", "Record the decision", POLICY, roles=APPROVER, then=NOTHING_SAVED),
        url=records.policy,
        second_writer=TwoWriters(
            Role.APPROVER, {"note": DRAFTS}, {"decision": "refuse"}, second_may_send_again=False, shown_to_second=()
        ),
    ),
    PageCase(
        "pool-admit",
        Look("pool-admit", states=BOTH),
        Look("pool-admit-one", query="?country=ROU"),
        refused("pool-admit", "Propose the admission", then=NOTHING_SAVED),
        second_writer=ADDS,
    ),
    PageCase(
        "pool-admission-decide",
        Look("pool-admission-decide", ADMISSION, APPROVER),
        url=records.admission,
        second_writer=TwoWriters(
            Role.APPROVER, {"note": DRAFTS}, {"decision": "refuse"}, second_may_send_again=False, shown_to_second=()
        ),
    ),
    PageCase(
        "pool-admission-end",
        Look("pool-admission-end", ADMITTED, APPROVER),
        refused("pool-admission-end", "End the admission", ADMITTED, roles=APPROVER, then=NOTHING_SAVED),
        url=records.admitted,
        second_writer=TwoWriters(Role.APPROVER, REASONED, second_may_send_again=False, shown_to_second=()),
    ),
)
