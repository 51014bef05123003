"""Page cases for the run comparison room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.support.page_cases import (
    ALL_ERRORS,
    ANALYST,
    BOTH,
    RANKING,
    SAME,
    VIEWER,
    Arguments,
    Look,
    PageCase,
    press,
    wait_for,
)

FIRST_RUN: Arguments = lambda scene: {"pk": scene.runs[0].pk}  # noqa: E731  # a table of short functions

NEWEST_RUN: Arguments = lambda scene: {"pk": scene.runs[-1].pk}  # noqa: E731  # a table of short functions


CASES = (
    PageCase("runs", looks=(Look("runs", RANKING, BOTH),)),
    PageCase(
        "runs-compare",
        looks=(
            Look("two-dates", VIEWER, BOTH),
            Look("two-versions", VIEWER, query="?one=1&other={scene.runs[0].pk}"),
            Look("two-versions-why", VIEWER, query="?one=1&other={scene.runs[0].pk}&country=GHA"),
            Look("two-dates-not-computed", RANKING, query="?on=2019-12-31"),
            Look("two-dates-refused", ANALYST, ALL_ERRORS, query="?on=2999-01-01&other=99", status=400),
        ),
    ),
    PageCase(
        "run-as-known",
        looks=(
            Look("run-as-known", (Role.ANALYST, Role.APPROVER), BOTH),
            Look(
                "run-as-known-refused",
                (Role.ANALYST, Role.APPROVER),
                ALL_ERRORS,
                actions=(press("Compute it"), wait_for("Nothing was saved.")),
            ),
            Look("two-dates-to-compute", (Role.ANALYST,), query="?on=2019-12-31"),
        ),
        second_writer=SAME,
    ),
    PageCase(
        "run",
        url=lambda world: {"pk": world.run.pk},
        looks=(Look("run", VIEWER, arguments=NEWEST_RUN), Look("run-first", VIEWER, arguments=FIRST_RUN)),
    ),
    PageCase(
        "run-replay", url=lambda world: {"pk": world.run.pk}, second_writer="writes nothing but an entry of the trail"
    ),
)
