"""Sentences of a memo about the notes of a round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cpc.web import formats
from selection.models import NoteKind, NoteStatus


def note_summary(disclosed: Sequence[Any], undecided: Mapping[tuple[str, str], int]) -> list[str]:
    """Return the memo's sentences on all notes of a round.

    The sentence on disclosed notes appears only if there are none; the others always do. `undecided` counts the notes
    that are open or wait for their agency, by status and kind.
    """
    sentences = [] if disclosed else ["No critical note was rejected, and no answer is disputed."]
    for status, labels in (
        (NoteStatus.OPEN, ("note is open", "notes are open")),
        (
            NoteStatus.ADJUDICATED,
            ("note waits for the word of its agency", "notes wait for the word of their agencies"),
        ),
    ):
        counts = [(kind, undecided.get((status, kind), 0)) for kind in NoteKind]
        total = sum(count for _, count in counts)
        if total:
            kinds = formats.listing([f"{count} {kind.label.lower()}" for kind, count in counts if count])
            sentences.append(f"{formats.spell_out(total, *labels)}: {kinds}.")
    return sentences
