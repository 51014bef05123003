"""Records of the demonstration that page cases of several rooms use."""

from __future__ import annotations

from typing import Any

from cpc.accounts.permissions import Role
from tests.support.page_cases import Arguments, Roles
from tests.worlds.demonstration import Scene


def own(which: str = "life", /, **more: Any) -> Arguments:
    """Return a function that gives the key of a scene's partnership and further arguments.

    An argument that is a function is called with the partnership.
    """

    def arguments(scene: Scene) -> dict[str, Any]:
        own = scene.partnerships[which]
        return {"pk": own.pk, **{name: take(own) if callable(take) else take for name, take in more.items()}}

    return arguments


def first(name: str) -> Any:
    return lambda owner: getattr(owner, name).order_by("pk")[0].pk


RUNNING = own("running")
DRAFT = own("draft")
BARE = own("bare")


def outlived(scene: Scene) -> dict[str, object]:
    assert scene.deliberated.partnership is not None
    return {"pk": scene.deliberated.partnership.pk, "name": "invite"}


WORK: Roles = (Role.ANALYST, Role.APPROVER, Role.VIEWER)  # drafts, decides, or reads
DESK: Roles = (Role.ANALYST, Role.VIEWER)  # drafts, or reads
