"""The pages of the pool and of adoptions in each of their states."""

from __future__ import annotations

from collections.abc import Sequence

from cpc.accounts.permissions import Role
from tests.support.listed import ALL_ERRORS, ANALYST, APPROVER, BOTH, EMPTY, Arguments, Listed, press, unfold, wait_for
from tests.worlds.demonstration import Scene

HIGH_INCOME: Arguments = lambda scene: {"reason": "high_income"}  # noqa: E731  # as in `shots`
POLICY: Arguments = lambda scene: {"pk": scene.pool.policy.pk}  # noqa: E731  # a table of short functions
ADMISSION: Arguments = lambda scene: {"pk": scene.pool.admission.pk}  # noqa: E731  # a table of short functions
ADMITTED: Arguments = lambda scene: {"pk": scene.pool.admitted.pk}  # noqa: E731  # a table of short functions
ADOPTED: Arguments = lambda scene: {"pk": scene.pool.adoption.model_id}  # noqa: E731  # a table of short functions
NOTHING_SAVED = wait_for("Nothing was saved.")


def _shipped(scene: Scene) -> dict[str, object]:
    from tests.support.models import shipped

    return {"pk": shipped().pk}


POOL: Sequence[Listed] = (
    Listed("pool", "pool", (Role.ANALYST, Role.APPROVER, Role.VIEWER), BOTH),
    Listed("pool-countries", "pool", ANALYST, acts=(unfold("outside: Tier 3"),)),
    Listed("pool-rule", "pool-policy-new", ANALYST, BOTH, HIGH_INCOME),
    Listed("pool-rule-tier3", "pool-policy-new", ANALYST, arguments=lambda scene: {"reason": "tier3"}),
    Listed(
        "pool-rule-refused",
        "pool-policy-new",
        ANALYST,
        ALL_ERRORS,
        HIGH_INCOME,
        acts=(press("Propose the rule"), NOTHING_SAVED),
    ),
    Listed("pool-rule-decide", "pool-policy-decide", APPROVER, arguments=POLICY),
    Listed(
        "pool-rule-decide-refused",
        "pool-policy-decide",
        APPROVER,
        ALL_ERRORS,
        POLICY,
        acts=(press("Record the decision"), NOTHING_SAVED),
    ),
    Listed("pool-admit", "pool-admit", ANALYST, BOTH),
    Listed("pool-admit-one", "pool-admit", ANALYST, query="?country=ROU"),
    Listed(
        "pool-admit-refused", "pool-admit", ANALYST, ALL_ERRORS, acts=(press("Propose the admission"), NOTHING_SAVED)
    ),
    Listed("pool-admission-decide", "pool-admission-decide", APPROVER, arguments=ADMISSION),
    Listed("pool-admission-end", "pool-admission-end", APPROVER, arguments=ADMITTED),
    Listed(
        "pool-admission-end-refused",
        "pool-admission-end",
        APPROVER,
        ALL_ERRORS,
        ADMITTED,
        acts=(press("End the admission"), NOTHING_SAVED),
    ),
    Listed("model-adopt", "model-adopt", APPROVER, (EMPTY,), _shipped),
    Listed("model-adoption-withdraw", "model-adoption-withdraw", APPROVER, arguments=ADOPTED),
)
