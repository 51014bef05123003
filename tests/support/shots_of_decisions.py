"""The pages of deliberation, of the memo, and of what came of a decision, in each of their states."""

from __future__ import annotations

from collections.abc import Sequence

from cpc.accounts.permissions import Role
from tests.support.listed import (
    ALL_ERRORS,
    ANALYST,
    APPROVER,
    BOTH,
    OFFICE,
    Arguments,
    Listed,
    follow,
    press,
    wait_for,
)
from tests.worlds.demonstration import Scene

READERS = (Role.ANALYST, Role.APPROVER, Role.VIEWER)
"""Recommends, decides, reads."""


def _round(key: str, **more: object) -> Arguments:
    return lambda scene: {"pk": scene.deliberated.rounds[key].pk, **more}


def _outlived(scene: Scene) -> dict[str, object]:
    assert scene.deliberated.partnership is not None
    return {"pk": scene.deliberated.partnership.pk, "name": "invite"}


DECISIONS: Sequence[Listed] = (
    Listed("deliberation", "round-deliberation", OFFICE, arguments=_round("waits")),
    Listed("deliberation-not-begun", "round-deliberation", ANALYST, arguments=_round("fresh")),
    Listed("deliberation-decided", "round-deliberation", READERS, arguments=_round("decided")),
    Listed("deliberation-touched", "round-deliberation", APPROVER, ALL_ERRORS, _round("touched")),
    Listed("recommend", "recommend", ANALYST, arguments=_round("waits", code="BEN")),
    Listed("recommend-anew", "recommend", ANALYST, arguments=_round("decided", code="BEN")),
    Listed(
        "recommend-refused",
        "recommend",
        ANALYST,
        ALL_ERRORS,
        _round("waits", code="BEN"),
        acts=(press("Save the recommendation"), wait_for("Nothing was saved.")),
    ),
    Listed("decide", "decide", APPROVER, arguments=_round("waits", code="TGO")),
    Listed("decide-anew", "decide", APPROVER, arguments=_round("waits", code="MWI")),
    Listed(
        "decide-refused",
        "decide",
        APPROVER,
        ALL_ERRORS,
        _round("waits", code="NPL"),
        acts=(press("Record the decision"), wait_for("Nothing was saved.")),
    ),
    Listed("memos", "round-memos", (Role.ANALYST, Role.APPROVER), arguments=_round("decided")),
    Listed("memos-none", "round-memos", ANALYST, arguments=_round("fresh")),
    Listed("memo", "memo", ANALYST, arguments=_round("waits", number=1)),
    Listed("memo-superseding", "memo", APPROVER, arguments=_round("decided", number=2)),
    Listed("memo-templates", "memo-templates", ANALYST, BOTH),
    Listed(
        "memo-templates-refused",
        "memo-templates",
        ANALYST,
        ALL_ERRORS,
        acts=(press("Take this template"), wait_for("Nothing was saved.")),
    ),
    Listed("round-decided", "round", (Role.ANALYST, Role.APPROVER), arguments=_round("decided")),
    Listed("round-close", "round-step", APPROVER, arguments=_round("waits", name="decide")),
    Listed("dossier-selected", "dossier", (Role.ANALYST, Role.VIEWER), arguments=_round("decided", code="TGO")),
    Listed("partnership-outlived", "partnership", ANALYST, arguments=lambda scene: {"pk": _outlived(scene)["pk"]}),
    Listed(
        "partnership-from-decision",
        "partnership-new",
        ANALYST,
        acts=(follow("Togo"), wait_for("Recommended because")),
    ),
    Listed("partnership-step-outlived", "partnership-step", ANALYST, arguments=_outlived),
)
