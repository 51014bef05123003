"""Page cases for the run comparison room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.support.page_cases import (
    ADMINISTRATOR,
    ALL_ERRORS,
    BOTH,
    RANKING,
    SAME,
    VIEWER,
    Arguments,
    Look,
    PageCase,
    refused,
    wait_for,
)

FIRST_RUN: Arguments = lambda scene: {"pk": scene.runs[0].pk}  # noqa: E731  # a table of short functions

NEWEST_RUN: Arguments = lambda scene: {"pk": scene.runs[-1].pk}  # noqa: E731  # a table of short functions


CASES = (
    PageCase("runs", Look("runs", roles=RANKING, states=BOTH), Look("runs-shared-views", roles=ADMINISTRATOR)),
    PageCase(
        "runs-compare",
        Look("two-dates", roles=VIEWER, states=BOTH),
        Look("two-versions", roles=VIEWER, query="?one=1&other={scene.runs[0].pk}"),
        Look("two-versions-why", roles=VIEWER, query="?one=1&other={scene.runs[0].pk}&country=GHA"),
        Look("two-dates-not-computed", roles=RANKING, query="?on=2019-12-31"),
        Look("two-dates-refused", states=ALL_ERRORS, query="?on=2999-01-01&other=99", status=400),
    ),
    PageCase(
        "run-as-known",
        Look("run-as-known", roles=(Role.ANALYST, Role.APPROVER), states=BOTH),
        refused("run-as-known", "Compute it", roles=(Role.ANALYST, Role.APPROVER), then=wait_for("Nothing was saved.")),
        Look("two-dates-to-compute", roles=(Role.ANALYST,), query="?on=2019-12-31"),
        second_writer=SAME,
    ),
    PageCase(
        "run",
        Look("run", NEWEST_RUN, VIEWER),
        Look("run-first", FIRST_RUN, VIEWER),
        url=lambda world: {"pk": world.run.pk},
    ),
    PageCase(
        "run-replay", url=lambda world: {"pk": world.run.pk}, second_writer="writes nothing but an entry of the trail"
    ),
)
