"""Page cases for the comment matrix room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.scenes import NOTE_READERS, consulted
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    REVIEWER,
    Arguments,
    Look,
    PageCase,
    refused,
    wait_for,
)


def _upload(name: str) -> Arguments:
    return lambda scene: {"pk": scene.consulted.round.pk, "upload": scene.noted.uploads[name].pk}


CASES = (
    PageCase(
        "round-matrix",
        Look("matrix", consulted, NOTE_READERS),
        Look("matrix-taken-back", consulted, query="?status=taken_back"),
        Look("matrix-none", consulted, query="?q=nobody+wrote+this"),
        Look("matrix-unknown", consulted, states=ALL_ERRORS, query="?kind=huge", status=400),
        url=records.consulted_round,
    ),
    PageCase("matrix-template", url=records.consulted_round, no_page="a file"),
    PageCase(
        "matrix-import",
        Look("matrix-import", consulted, (Role.ANALYST, Role.REVIEWER)),
        refused(
            "matrix-import", "Upload and preview", consulted, roles=REVIEWER, then=wait_for("The file was not read.")
        ),
        url=records.consulted_round,
        second_writer=ADDS,
    ),
    PageCase(
        "matrix-upload",
        Look("matrix-upload", _upload("good"), (Role.ANALYST, Role.REVIEWER)),
        Look("matrix-upload-bad", _upload("bad"), REVIEWER, states=ALL_ERRORS),
        url=records.matrix_upload,
        second_writer="taken in whole, once",
    ),
)
