"""Records of the demonstration that page cases of several rooms use."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.support.page_cases import Arguments, wait_for
from tests.worlds.demonstration import Scene

NOTHING_SAVED = wait_for("Nothing was saved.")


def deliberated(key: str, **more: object) -> Arguments:
    return lambda scene: {"pk": scene.deliberated.rounds[key].pk, **more}


READERS = (Role.ANALYST, Role.VIEWER)


def consulted(scene: Scene) -> dict[str, object]:
    return {"pk": scene.consulted.round.pk}


NOTE_READERS = (Role.ANALYST, Role.APPROVER, Role.ADMINISTRATOR, Role.REVIEWER)
"""Roles that run the round, decide, read, and review for an agency."""


def rated(scene: Scene) -> dict[str, object]:
    return {"pk": scene.rated.round.pk}


def rated_candidate(code: str = "GHA", **more: str) -> Arguments:
    return lambda scene: {**rated(scene), "code": code, **more}
