"""Presentation of notes for pages and exports: badges and rows of the matrix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpc.web.badges import Badge
from cpc.web.charts.svg import Svg, rect, tag
from cpc.web.tables import Column
from selection.models import Note, NoteStatus, NoteVisibility, Outcome
from selection.note_status import blocks
from selection.notes import matrix_columns
from selection.notes.matrix_columns import COLUMNS, plain, section_of
from selection.notes.queries import Thread

OUTCOMES = {
    Outcome.ACCEPTED: Badge("good", "Accepted"),
    Outcome.MODIFIED: Badge("good", "Accepted with change"),
    Outcome.REJECTED: Badge("bad", "Rejected"),
    Outcome.NOTED: Badge("none", "Noted"),
    Outcome.DEFERRED: Badge("unknown", "Deferred"),
}
STATUSES = {
    NoteStatus.OPEN: Badge("info", "Open"),
    NoteStatus.ADJUDICATED: Badge("none", "Adjudicated"),
    NoteStatus.ESCALATED: Badge("warn", "Escalated"),
    NoteStatus.CLOSED: Badge("good", "Closed"),
}


def line(thread: Thread, *, may_answer: bool = False) -> dict[str, Any]:
    """Return a thread with its badges and texts; `may_answer` shows the link to the adjudication."""
    note, section = thread.note, section_of(thread)
    return {
        "thread": thread,
        "note": note,
        "about": f"{note.subject}, {section}" if section else note.subject,
        "answer": answer_mark(thread),
        "status": taken_back(note) or STATUSES[NoteStatus(note.status)],
        "agrees": agreement_mark(thread),
        "audience": audience(note),
        "blocks": blocks(kind=note.kind, status=note.status, visibility=note.visibility),
        "may_answer": may_answer and note.is_live,
    }


def taken_back(note: Note) -> Badge | None:
    if note.withdrawn_at is not None:
        return Badge("none", "Withdrawn")
    return Badge("none", "Superseded") if note.superseded_at is not None else None


def answer_mark(thread: Thread) -> Badge:
    if thread.answer is None:
        return taken_back(thread.note) or STATUSES[NoteStatus.OPEN]
    return OUTCOMES[Outcome(thread.answer.outcome)]


def agreement_mark(thread: Thread) -> Badge | None:
    """Return the badge for the agency's concurrence, or None if no agency is asked."""
    if thread.note.agency_id is None or not thread.note.is_live:
        return None
    if thread.answer is None:
        return Badge("", "Waiting for the office")
    if thread.agrees is None:
        return Badge("", "Waiting for the agency")
    if thread.agrees.concurs:
        return Badge("good", "Yes")
    return Badge("warn", "No, disclosed in memo")


def audience(note: Note) -> str:
    if note.visibility == NoteVisibility.AGENCY and note.agency is not None:
        return f"Seen by {note.agency.name} only"
    if note.visibility == NoteVisibility.ALL:
        return "Seen by the office and all consultees asked"
    return "Seen by the office" if note.agency is None else f"Seen by the office and {note.agency.name}"


def visibilities(*, of_agency: bool, from_: str = "") -> list[tuple[str, str]]:
    """Return the choices of visibility with labels; `from_` leaves out those that narrow the audience."""
    labels = {
        NoteVisibility.AGENCY: "My agency only",
        NoteVisibility.OFFICE: "The office and my agency" if of_agency else "The office",
        NoteVisibility.ALL: "The office and all consultees asked",
    }
    order = [*labels] if of_agency else [NoteVisibility.OFFICE, NoteVisibility.ALL]
    allowed = order[order.index(NoteVisibility(from_)) :] if from_ in order else order
    return [(str(value), labels[value]) for value in allowed]


ENTERED_VISIBILITIES = [
    (str(NoteVisibility.OFFICE), "The office and the agency"),
    (str(NoteVisibility.ALL), "The office and all consultees asked"),
]
"""Choices of visibility for a note that the office enters for an agency."""


def _column(column: matrix_columns.MatrixColumn) -> Column[Thread]:
    return Column(column.heading, lambda row: plain(column.value(row)), width=column.width, name=column.key)


FIELDS: tuple[Column[Thread], ...] = tuple(_column(column) for column in COLUMNS)

_PARTS = (
    ("k-s-good", "Accepted, also with change", (Outcome.ACCEPTED, Outcome.MODIFIED)),
    ("k-s-comment", "Deferred", (Outcome.DEFERRED,)),
    ("k-s-bad", "Rejected", (Outcome.REJECTED,)),
    ("k-s-none", "Noted", (Outcome.NOTED,)),
)


def progress(answered: Mapping[str, int], total: int) -> dict[str, Any]:
    """Return the bar above the matrix, 520 wide, with the key, label, and count of each part.

    `answered` counts the notes by the outcome of their answer.
    """
    parts = [(css, label, sum(answered.get(outcome, 0) for outcome in outcomes)) for css, label, outcomes in _PARTS]
    count_answered = sum(answered.values())
    parts.append(("k-s-out", "Not answered", total - count_answered))
    shown = [(css, count) for css, _, count in parts if count]
    left, drawn = 0.0, []
    room = 520 - 2 * max(len(shown) - 1, 0)
    for css, count in shown:
        width = room * count / total
        drawn.append(rect(left + 0.5, 0.5, width - 1, 13, css, rx=1))
        left += width + 2
    bar = tag("svg", *drawn, class_="k k-fit", viewBox="0 0 520 14", aria_hidden="true", focusable="false")
    keys = [(_key(css), label, count) for css, label, count in parts]
    return {"answered": count_answered, "bar": bar, "parts": keys}


def _key(css: str) -> Svg:
    square = rect(0.5, 0.5, 9, 9, css)
    return tag(
        "svg", square, class_="k", viewBox="0 0 10 10", width=10, height=10, aria_hidden="true", focusable="false"
    )
