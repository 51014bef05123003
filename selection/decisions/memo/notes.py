"""Notes of agencies and office in a memo: those that are open, rejected, disputed, or deferred, in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from cpc.web import formats
from selection.decisions.memo.agencies import name_of
from selection.decisions.memo.wording import country_in_text, joined, quoted, sentence
from selection.models import Note, NoteKind, NoteStatus, NoteVisibility, Outcome, SelectionRound
from selection.notes.queries import Thread, criterion_labels, threads, with_threads

WEIGHTY = (NoteKind.CRITICAL, NoteKind.MAJOR)
_LABELS = {"accepted": ("accepted", "accepted"), "noted": ("noted", "noted"), "modified": ("accepted with change",) * 2}


def notes_of(selection_round: SelectionRound) -> list[Thread]:
    """Return the current notes that the office sees, the weightiest first."""
    rows = Note.objects.live().filter(round=selection_round).exclude(visibility=NoteVisibility.AGENCY).order_by("pk")
    order = NoteKind.values
    return sorted(
        threads(with_threads(rows), criterion_labels(selection_round)), key=lambda row: order.index(row.note.kind)
    )


def is_open(thread: Thread) -> bool:
    return thread.note.status == NoteStatus.OPEN


def is_rejected(thread: Thread) -> bool:
    return thread.answer is not None and thread.answer.outcome == Outcome.REJECTED


def is_printed(thread: Thread) -> bool:
    """Return True if a memo prints the note in full: it is open, waits for its agency, or was not accepted."""
    deferred = thread.answer is not None and thread.answer.outcome == Outcome.DEFERRED
    return is_open(thread) or is_rejected(thread) or deferred or thread.note.status == NoteStatus.ESCALATED


def is_weighty(thread: Thread) -> bool:
    return thread.note.kind in WEIGHTY and is_printed(thread)


def author_of(thread: Thread) -> str:
    return name_of(thread.note.agency) if thread.note.agency else "The office"


def label_of(thread: Thread) -> str:
    """Return a note as a sentence names it: "Labor note 1"."""
    named, _, number = number_of(thread).rpartition(" ")
    return f"{named} note {number}" if named else f"note {number}"


def number_of(thread: Thread) -> str:
    """Return the number of a note with the name of its agency; with a former code if it had one."""
    note = thread.note
    if note.agency is None:
        return f"TIP Office {note.number}"
    return f"{name_of(note.agency)} {note.number}" if note.series == note.agency.code.upper() else note.reference


def heading_of(thread: Thread) -> str:
    return f"{author_of(thread)}, {thread.note.get_kind_display().lower()}"


def subject_of(thread: Thread) -> str:
    candidate = thread.note.candidate
    return country_in_text(candidate.country.name) if candidate else "the round"


def state_of(thread: Thread) -> str:
    """Return what became of a note, with the office's reason and the agency's reply."""
    answer, agrees = thread.answer, thread.agrees
    if answer is None:
        return "Open: not answered yet."
    answered = f"{answer.get_outcome_display()}{f': {sentence(answer.rationale)}' if answer.rationale else '.'}"
    if is_open(thread):
        answered = f"Open. {answered}"
    if agrees is None:
        reply = "" if thread.note.agency is None else f"{author_of(thread)} has not replied."
    elif agrees.concurs:
        reply = f"{author_of(thread)} agrees."
    else:
        reply = f"{author_of(thread)} does not agree: {sentence(agrees.text)}"
    return joined([answered, reply])


def in_full(thread: Thread) -> str:
    """Return a note in full: its number, author, kind, text, proposed text, reason, and state."""
    note = thread.note
    proposed = f"Proposed: {quoted(note.proposed_text)}." if note.proposed_text else ""
    reason = f"Reason: {sentence(note.rationale)}" if note.rationale else ""
    kind, label = note.get_kind_display().lower(), label_of(thread)
    head = f"{label}, {kind}: {quoted(note.text)}"
    return joined([sentence(head), proposed, reason, state_of(thread)])


def on_candidate(rows: Iterable[Thread], candidate: int) -> tuple[str, str]:
    """Return the row of notes of one candidate: a lead, and each weighty note that is open or rejected in full."""
    own = [row for row in rows if row.note.candidate_id == candidate]
    weighty = [row for row in own if is_weighty(row)]
    others = sum(is_printed(row) for row in own) - len(weighty)
    more = f"{formats.spell_out(others, 'other note is', 'other notes are')} in Tab 2." if others else ""
    if not weighty:
        return "", joined(["No critical or major note is open or rejected.", more]) if own else "None."
    opened, rejected = sum(map(is_open, weighty)), sum(map(is_rejected, weighty))
    lead = ", ".join([*([f"{opened} open"] if opened else []), *([f"{rejected} rejected"] if rejected else [])])
    return f"{lead[:1].upper()}{lead[1:]}." if lead else "Disputed.", joined([*map(in_full, weighty), more])


def row_of(thread: Thread) -> dict[str, Any]:
    """Return a note as a row of Tab 2."""
    note = thread.note
    return {
        "number": number_of(thread),
        "kind": note.kind,
        "from": f"{heading_of(thread)}, on {subject_of(thread)}",
        "text": note.text,
        "proposed": note.proposed_text,
        "reason": note.rationale,
        "state": state_of(thread),
    }


def _critical(rows: Sequence[Thread]) -> str:
    """Return the critical notes that Tab 2 does not print, each with what became of it."""
    critical = [row for row in rows if row.note.kind == NoteKind.CRITICAL]
    if not critical:
        return "No critical note was written."
    settled = [
        f"{label_of(row)} on {subject_of(row)}: {quoted(row.note.text)} {state_of(row)}"
        for row in critical
        if not is_printed(row)
    ]
    return f"Critical and settled: {joined(settled)}" if settled else ""


def left_out(rows: Sequence[Thread]) -> str:
    """Return what Tab 2 does not print: notes that were accepted or noted, and how many there are in all."""
    if not rows:
        return "No note was written."
    counts = Counter(row.answer.outcome for row in rows if row.answer and not is_printed(row))
    parts = [f"{count} {Outcome(outcome).label.lower()}" for outcome, count in counts.items()]
    hidden = f"Not shown: {formats.listing(parts)}." if parts else ""
    return joined([hidden, _critical(rows), f"The full matrix has {formats.count_of(len(rows), 'note')}."])
