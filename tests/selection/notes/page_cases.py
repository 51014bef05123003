"""Page cases for the notes room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.scenes import NOTE_READERS, consulted
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    ANALYST,
    REVIEWER,
    Arguments,
    Look,
    PageCase,
    press,
    unfold,
    wait_for,
)


def _note(name: str) -> Arguments:
    return lambda scene: {"pk": scene.consulted.round.pk, "reference": scene.noted.notes[name].reference}


CASES = (
    PageCase(
        "note-new",
        url=records.consulted_round,
        looks=(
            Look("note-new", (Role.ANALYST, Role.REVIEWER), arguments=consulted),
            Look(
                "note-new-refused",
                REVIEWER,
                ALL_ERRORS,
                consulted,
                actions=(press("Save the note"), wait_for("Nothing was saved")),
            ),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "note",
        url=records.note,
        looks=(
            Look("note", NOTE_READERS, arguments=_note("thread")),
            Look("note-critical", ANALYST, arguments=_note("critical")),
            Look("note-escalated", REVIEWER, arguments=_note("escalated"), actions=(unfold("Supersede this note"),)),
            Look("note-withdrawn", REVIEWER, arguments=_note("withdrawn")),
            Look(
                "note-refused",
                ANALYST,
                ALL_ERRORS,
                _note("critical"),
                actions=(press("Record the answer"), wait_for("Nothing was saved.")),
            ),
        ),
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
