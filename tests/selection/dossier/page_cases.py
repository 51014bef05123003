"""Page cases for the dossier room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.scenes import deliberated, rated_candidate
from tests.support.page_cases import ANALYST, OFFICE, REVIEWER, Look, PageCase
from tests.worlds.demonstration import Scene


def _consulted_candidate(scene: Scene) -> dict[str, object]:
    return {"pk": scene.consulted.round.pk, "code": "GHA"}


CASES = (
    PageCase(
        "dossier",
        url=records.dossier,
        looks=(
            Look("dossier-selected", (Role.ANALYST, Role.VIEWER), arguments=deliberated("decided", code="TGO")),
            Look("dossier", OFFICE, arguments=rated_candidate()),
            Look("dossier-bare", ANALYST, arguments=rated_candidate("TGO")),
            Look("dossier-of-reviewer", REVIEWER, arguments=_consulted_candidate),
        ),
    ),
)
