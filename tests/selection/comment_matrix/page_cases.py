"""Page cases for the comment matrix room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.scenes import NOTE_READERS, consulted
from tests.support.page_cases import ADDS, ALL_ERRORS, ANALYST, REVIEWER, Arguments, Look, PageCase, press, wait_for


def _upload(name: str) -> Arguments:
    return lambda scene: {"pk": scene.consulted.round.pk, "upload": scene.noted.uploads[name].pk}


CASES = (
    PageCase(
        "round-matrix",
        url=records.consulted_round,
        looks=(
            Look("matrix", NOTE_READERS, arguments=consulted),
            Look("matrix-taken-back", ANALYST, arguments=consulted, query="?status=taken_back"),
            Look("matrix-none", ANALYST, arguments=consulted, query="?q=nobody+wrote+this"),
            Look("matrix-unknown", ANALYST, ALL_ERRORS, consulted, "?kind=huge", 400),
        ),
    ),
    PageCase("matrix-template", url=records.consulted_round, no_page="a file"),
    PageCase(
        "matrix-import",
        url=records.consulted_round,
        looks=(
            Look("matrix-import", (Role.ANALYST, Role.REVIEWER), arguments=consulted),
            Look(
                "matrix-import-refused",
                REVIEWER,
                ALL_ERRORS,
                consulted,
                actions=(press("Upload and preview"), wait_for("The file was not read.")),
            ),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "matrix-upload",
        url=records.matrix_upload,
        looks=(
            Look("matrix-upload", (Role.ANALYST, Role.REVIEWER), arguments=_upload("good")),
            Look("matrix-upload-bad", REVIEWER, ALL_ERRORS, _upload("bad")),
        ),
        second_writer="taken in whole, once",
    ),
)
