"""Page cases for proof bundles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpc.accounts.permissions import Role
from selection.proof.services import prove
from tests.support.page_cases import VIEWER, Look, PageCase
from tests.worlds.demonstration import Scene
from tests.worlds.small_world import World

READERS = (Role.ANALYST, Role.APPROVER, Role.VIEWER)


def proved(world: World) -> Mapping[str, Any]:
    prove(run=world.run, actor=None)
    return {"pk": world.run.pk}


def of_memo(scene: Scene) -> Mapping[str, Any]:
    """Return the run of a round with a memo, which prints the hash of the run's bundle."""
    return {"pk": scene.deliberated.rounds["decided"].runs.latest("number").run_id}


CASES = (
    PageCase(
        "run-proof",
        Look("proof", of_memo, READERS),
        Look("proof-none", lambda scene: {"pk": scene.runs[0].pk}, VIEWER),
        url=proved,
    ),
    PageCase("run-proof-make", url=proved, second_writer="a run has one bundle; the second finds that of the first"),
    PageCase("run-proof-bundle", url=proved, no_page="a download"),
    PageCase("api:proof", url=lambda world: {"run": proved(world)["pk"]}),
)
