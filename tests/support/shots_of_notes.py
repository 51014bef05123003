"""The pages of notes and of the comment matrix in each of their states."""

from __future__ import annotations

from collections.abc import Sequence

from cpc.accounts.permissions import Role
from tests.support.listed import ALL_ERRORS, ANALYST, REVIEWER, Arguments, Listed, press, unfold, wait_for
from tests.worlds.demonstration import Scene

READERS = (Role.ANALYST, Role.APPROVER, Role.ADMINISTRATOR, Role.REVIEWER)
"""Runs the round, decides, reads, or reviews for an agency."""


def _round(scene: Scene) -> dict[str, object]:
    return {"pk": scene.consulted.round.pk}


def _note(name: str) -> Arguments:
    return lambda scene: {"pk": scene.consulted.round.pk, "reference": scene.noted.notes[name].reference}


def _upload(name: str) -> Arguments:
    return lambda scene: {"pk": scene.consulted.round.pk, "upload": scene.noted.uploads[name].pk}


NOTES: Sequence[Listed] = (
    Listed("matrix", "round-matrix", READERS, arguments=_round),
    Listed("matrix-taken-back", "round-matrix", ANALYST, arguments=_round, query="?status=taken_back"),
    Listed("matrix-none", "round-matrix", ANALYST, arguments=_round, query="?q=nobody+wrote+this"),
    Listed("matrix-unknown", "round-matrix", ANALYST, ALL_ERRORS, _round, "?kind=huge", 400),
    Listed("matrix-import", "matrix-import", (Role.ANALYST, Role.REVIEWER), arguments=_round),
    Listed(
        "matrix-import-refused",
        "matrix-import",
        REVIEWER,
        ALL_ERRORS,
        _round,
        acts=(press("Read it and show what it would do"), wait_for("Nothing was read.")),
    ),
    Listed("matrix-upload", "matrix-upload", (Role.ANALYST, Role.REVIEWER), arguments=_upload("good")),
    Listed("matrix-upload-bad", "matrix-upload", REVIEWER, ALL_ERRORS, _upload("bad")),
    Listed("note", "note", READERS, arguments=_note("thread")),
    Listed("note-critical", "note", ANALYST, arguments=_note("critical")),
    Listed("note-escalated", "note", REVIEWER, arguments=_note("escalated"), acts=(unfold("Put another note"),)),
    Listed("note-withdrawn", "note", REVIEWER, arguments=_note("withdrawn")),
    Listed(
        "note-refused",
        "note",
        ANALYST,
        ALL_ERRORS,
        _note("critical"),
        acts=(press("Record the answer"), wait_for("Nothing was saved.")),
    ),
    Listed("note-new", "note-new", (Role.ANALYST, Role.REVIEWER), arguments=_round),
    Listed(
        "note-new-refused",
        "note-new",
        REVIEWER,
        ALL_ERRORS,
        _round,
        acts=(press("Save the note"), wait_for("Nothing was saved")),
    ),
)
