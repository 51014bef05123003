"""Columns of the comment matrix, shared by its page, exports, and import.

Columns follow the practice of review teams: number, agency, reviewer, document version, section, type, comment,
proposed text, rationale; then the office's columns: adjudication, its reason, by whom and when; the reviewer's
concurrence; status. A round covers several countries, so the candidate is a column of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cpc.formulas import CONTROL
from cpc.web import formats
from selection.notes.queries import Thread

ALL = "All"
SHEET = "Comment matrix"
ABOUT = "About"


@dataclass(frozen=True, slots=True)
class MatrixColumn:
    key: str
    heading: str
    value: Callable[[Thread], str]
    by_office: bool = False
    width: int = 16


def _status(thread: Thread) -> str:
    note = thread.note
    if note.superseded_at is not None:
        return "Superseded"
    return "Withdrawn" if note.withdrawn_at is not None else str(note.get_status_display())


def section_of(thread: Thread) -> str:
    """Return the section of the note as entered, or else the label of its criterion, value, or sentence."""
    note = thread.note
    return note.section if note.section or note.anchor in ("candidate", "round") else thread.label


def agreement(thread: Thread) -> str:
    if thread.agrees is None:
        return ""
    word = "Concurs" if thread.agrees.concurs else "Does not concur"
    return f"{word}: {thread.agrees.text}" if thread.agrees.text else word


COLUMNS: tuple[MatrixColumn, ...] = (
    MatrixColumn("number", "No.", lambda row: row.note.reference, width=10),
    MatrixColumn("agency", "Agency", lambda row: row.note.agency.name if row.note.agency else "TIP Office", width=24),
    MatrixColumn("reviewer", "Reviewer", lambda row: row.note.reviewer or str(row.note.author), width=20),
    MatrixColumn(
        "candidate", "Candidate", lambda r: r.note.candidate.country.name if r.note.candidate else ALL, width=18
    ),
    MatrixColumn("document_version", "Document version", lambda row: row.note.document_version),
    MatrixColumn("section", "Section or paragraph", section_of, width=24),
    MatrixColumn("kind", "Type", lambda row: str(row.note.get_kind_display())),
    MatrixColumn("text", "Comment", lambda row: row.note.text, width=60),
    MatrixColumn("proposed_text", "Proposed text", lambda row: row.note.proposed_text, width=44),
    MatrixColumn("rationale", "Rationale", lambda row: row.note.rationale, width=40),
    MatrixColumn(
        "outcome", "Adjudication", lambda r: str(r.answer.get_outcome_display()) if r.answer else "", True, 20
    ),
    MatrixColumn("answer", "Adjudication rationale", lambda row: row.answer.rationale if row.answer else "", True, 40),
    MatrixColumn("by", "Adjudicator", lambda row: str(row.answer.by) if row.answer else "", True, 20),
    MatrixColumn("at", "Date", lambda row: formats.day(row.answer.at) if row.answer else "", True, 14),
    MatrixColumn("agrees", "Reviewer concurrence", agreement, True, 30),
    MatrixColumn("status", "Status", _status, True, 14),
)
BY_KEY: Mapping[str, MatrixColumn] = {column.key: column for column in COLUMNS}
REQUIRED = ("candidate", "kind", "text")


def cells_of(thread: Thread) -> dict[str, str]:
    """Return the cells of a note, by column key, as every export shows them."""
    return {column.key: plain(column.value(thread)) for column in COLUMNS}


def plain(text: str) -> str:
    """Normalize a text for comparison.

    Unifies line ends, strips blanks, and replaces control characters as exports do.
    """
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
