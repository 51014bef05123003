"""Page cases for the dossier room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.scenes import deliberated, rated_candidate
from tests.support.page_cases import OFFICE, REVIEWER, Look, PageCase
from tests.worlds.demonstration import Scene


def _consulted_candidate(scene: Scene) -> dict[str, object]:
    return {"pk": scene.consulted.round.pk, "code": "GHA"}


CASES = (
    PageCase(
        "dossier",
        Look("dossier-selected", deliberated("decided", code="TGO"), (Role.ANALYST, Role.VIEWER)),
        Look("dossier", rated_candidate(), OFFICE),
        Look("dossier-bare", rated_candidate("TGO")),
        Look("dossier-of-reviewer", _consulted_candidate, REVIEWER),
        url=records.dossier,
    ),
)
