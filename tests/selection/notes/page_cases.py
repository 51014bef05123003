"""Page cases for the notes room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.scenes import NOTE_READERS, consulted
from tests.support.page_cases import (
    ADDS,
    REVIEWER,
    Arguments,
    Look,
    PageCase,
    refused,
    unfold,
    wait_for,
)


def _note(name: str) -> Arguments:
    return lambda scene: {"pk": scene.consulted.round.pk, "reference": scene.noted.notes[name].reference}


CASES = (
    PageCase(
        "note-new",
        Look("note-new", consulted, (Role.ANALYST, Role.REVIEWER)),
        refused("note-new", "Save the note", consulted, roles=REVIEWER, then=wait_for("Nothing was saved")),
        url=records.consulted_round,
        second_writer=ADDS,
    ),
    PageCase(
        "note",
        Look("note", _note("thread"), NOTE_READERS),
        Look("note-critical", _note("critical")),
        Look("note-escalated", _note("escalated"), REVIEWER, actions=(unfold("Supersede this note"),)),
        Look("note-withdrawn", _note("withdrawn"), REVIEWER),
        refused("note", "Record the answer", _note("critical"), then=wait_for("Nothing was saved.")),
        url=records.note,
    ),
    PageCase(
        "note-file",
        url=lambda world: {**records.note(world), "attachment": records.noted(world).attachments.get().pk},
        no_page="a download",
    ),
    PageCase(
        "note-act",
        url=lambda world: {**records.note(world), "name": "reply"},
        second_writer="carries what stood about the note (test_notes_pages)",
    ),
)
