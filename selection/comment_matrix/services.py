"""Uploads of a filled comment matrix: read, checked line by line, and imported in full or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from cpc.accounts.agencies import own_agencies
from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import require
from cpc.audit.services import record
from cpc.files.attachments import file_sha256
from cpc.validation import field_error
from cpc.web import formats
from selection.comment_matrix.reading import read_sheet
from selection.lookups.rounds import open_to_change
from selection.models import Candidate, MatrixUpload, Note, NoteKind, NoteVisibility, SelectionRound
from selection.models.notes import PRIVATE
from selection.notes.matrix_columns import ALL, BY_KEY, COLUMNS, cells_of
from selection.notes.queries import agencies_asked, criterion_labels, threads, with_threads
from selection.notes.services.attachments import safe_name
from selection.notes.services.notes import Anchor, NoteContent, insert_audited, write_note

State = Literal["new", "unchanged", "changed", "rejected"]
IDENTITY = ("candidate", "section", "kind", "text", "proposed_text", "rationale")
"""Columns that make two notes of an agency the same note."""

LIMITS = {
    "reviewer": 120,
    "section": 120,
    "document_version": 60,
    "text": 8_000,
    "proposed_text": 8_000,
    "rationale": 8_000,
}
"""Most characters of a cell, by column."""
KINDS = {str(label).casefold(): value for value, label in NoteKind.choices} | {v: v for v in NoteKind.values}


@dataclass(frozen=True, slots=True)
class Fault:
    cell: str
    heading: str
    value: str
    code: str
    message: str
    remedy: str


@dataclass(frozen=True)
class ComparedLine:
    row: int
    state: State
    cells: dict[str, str]
    faults: list[Fault] = field(default_factory=list)
    note: Note | None = None
    candidate: Candidate | None = None


@transaction.atomic
def receive_matrix(
    *, selection_round: SelectionRound, agency: Agency, file: File[bytes], visibility: str, actor: User
) -> MatrixUpload:
    """Read a filled matrix of an agency and store its lines for the preview; write no note.

    A reviewer of the agency uploads it, or the office on its behalf. Raises `PermissionDenied`, `ValidationError` with
    `not_asked`, `visibility`, or `round_closed`, and `cpc.files.upload_safety.UnreadableFile`.
    """
    check_may_upload(agency, actor)
    locked_round = open_to_change(selection_round)
    if not agencies_asked(locked_round).filter(pk=agency.pk).exists():
        raise ValidationError(f"{agency} is not asked in this round.", code="not_asked")
    if actor.agency_id is None and visibility == NoteVisibility.AGENCY:
        message = "The office can see notes that it enters for an agency. Choose who else can see them."
        raise field_error("visibility", message, "visibility")
    lines, sha256 = read_sheet(file), file_sha256(file)
    upload = MatrixUpload(
        round=locked_round,
        agency=agency,
        visibility=visibility,
        name=safe_name(file.name or ""),
        sha256=sha256,
        lines=lines,
        uploaded_by=actor,
    )
    insert_audited(upload, actor=actor, action="received", after={"sha256": sha256, "rows": len(lines)})
    return upload


def check_may_upload(agency: Agency, actor: User) -> None:
    if agency.pk in own_agencies(actor):
        return
    if actor.allows(Permission.CONSULT):
        raise PermissionDenied(f"{actor} can't write for {agency}.")
    require(actor, Permission.RUN_ROUNDS)


@transaction.atomic
def import_matrix(*, upload: MatrixUpload, actor: User) -> MatrixUpload:
    """Create the new notes of a matrix, all or none. A second call changes nothing.

    Checks the lines again under the lock of the round. Raises `ValidationError` `matrix_faults` with the number of
    faults if a line is rejected or would change a note, and what `write_note` raises.
    """
    check_may_upload(upload.agency, actor)
    open_to_change(upload.round)
    current = MatrixUpload.objects.select_for_update(of=("self",)).select_related("round", "agency").get(pk=upload.pk)
    if current.applied_at is not None:
        return current
    lines = compare_lines(current)
    faults = sum(len(line.faults) for line in lines)
    if faults:
        raise ValidationError(f"Correct {formats.count_of(faults, 'cell')}. No notes were added.", code="matrix_faults")
    new = [line for line in lines if line.state == "new"]
    labels = {label.casefold(): key for key, label in criterion_labels(current.round).items()}
    for line in new:
        _write(current, line, labels, actor)
    current.applied_at, current.applied_by, current.added = timezone.now(), actor, len(new)
    current.save(update_fields=("applied_at", "applied_by", "added"))
    record(actor=actor, action="took in", target=current, after={"notes": len(new)})
    return current


def _write(upload: MatrixUpload, line: ComparedLine, labels: dict[str, str], actor: User) -> None:
    cells = line.cells
    section = cells.get("section", "")
    criterion = labels.get(section.casefold(), "") if line.candidate is not None else ""
    content = NoteContent(
        kind=KINDS[cells["kind"].casefold()],
        text=cells["text"],
        proposed_text=cells.get("proposed_text", ""),
        rationale=cells.get("rationale", ""),
        section="" if criterion else section,
        document_version=cells.get("document_version", ""),
        reviewer=cells.get("reviewer", ""),
    )
    write_note(
        selection_round=upload.round,
        candidate=line.candidate,
        anchor=Anchor(criterion=criterion),
        content=content,
        visibility=upload.visibility,
        actor=actor,
        on_behalf_of=upload.agency,
    )


def compare_lines(upload: MatrixUpload) -> list[ComparedLine]:
    """Compare each line of a matrix with the record: new, unchanged, changed (not allowed), or rejected."""
    comparison = _Comparison(upload)
    return [comparison.compare(line) for line in upload.lines]


class _Comparison:
    """Lines of one upload, with the agency's notes and the candidates it is asked about, read once."""

    def __init__(self, upload: MatrixUpload) -> None:
        self.upload = upload
        labels = criterion_labels(upload.round)
        mine = with_threads(Note.objects.filter(round=upload.round, agency=upload.agency))
        if upload.uploaded_by.agency_id is None:  # The office must not learn here which notes only the agency sees.
            mine = mine.exclude(visibility=NoteVisibility.AGENCY)
        self.by_reference = {
            thread.note.reference.casefold(): (thread.note, cells_of(thread)) for thread in threads(mine, labels)
        }
        if upload.uploaded_by.agency_id is not None:
            former = [(note, cells) for note, cells in self.by_reference.values() if note.private_number]
            self.by_reference |= {
                f"{note.series.removesuffix(PRIVATE)}{PRIVATE}-{note.private_number}".casefold(): (note, cells)
                for note, cells in former
            }
        self.by_content = {_content(cells): note for note, cells in self.by_reference.values() if note.is_live}
        requests = upload.round.requests.sent().filter(agency=upload.agency)
        asked = Candidate.objects.filter(requests__request__in=requests).select_related("country")
        self.candidates = {text.casefold(): row for row in asked for text in (row.country.name, row.country.code)}
        self.names = sorted({row.country.name for row in self.candidates.values()})
        self.first_rows: dict[tuple[str, ...], int] = {}

    def compare(self, line: dict[str, Any]) -> ComparedLine:
        cells: dict[str, str] = dict(line["cells"])
        faults = [
            self.fault(line, key, "formula", "The cell has a formula or a formula error.", "Enter the text instead.")
            for key in line["formulas"]
        ]
        candidate = self.candidates.get(cells.get("candidate", "").casefold())
        if candidate is not None:
            cells["candidate"] = candidate.country.name
        if "number" in cells and not faults:
            return self.compare_numbered(line, cells)
        faults += self.faults_of_new(line, cells, candidate)
        if faults:
            return ComparedLine(line["row"], "rejected", cells, faults)
        key = _content(cells)
        if key in self.first_rows:
            message = f"This row repeats row {self.first_rows[key]}."
            return ComparedLine(
                line["row"], "rejected", cells, [self.fault(line, "text", "twice", message, "Delete one of them.")]
            )
        self.first_rows[key] = line["row"]
        known = self.by_content.get(key)
        return ComparedLine(line["row"], "unchanged" if known else "new", cells, [], known, candidate)

    def compare_numbered(self, line: dict[str, Any], cells: dict[str, str]) -> ComparedLine:
        """Compare a line that names a note on record: unchanged, or an attempt to change it."""
        recorded = self.by_reference.get(cells["number"].casefold())
        if recorded is None:
            message = f"{self.upload.agency} has no note with this number."
            fault = self.fault(line, "number", "number", message, "Leave the number empty for a new note.")
            return ComparedLine(line["row"], "rejected", cells, [fault])
        note, held = recorded
        remedy = (
            "Restore the original text. To change the note, supersede it on its page. The office records its "
            "answer there too."
        )
        faults = [
            self.fault(line, key, "changed", f"In {note}, this is “{_short(held[key]) or 'empty'}”.", remedy)
            for key in BY_KEY
            if key in line["columns"] and key != "number" and cells.get(key, "") != held[key]
        ]
        return ComparedLine(line["row"], "changed" if faults else "unchanged", cells, faults, note)

    # One piece: the table of all checks of a row.
    def faults_of_new(self, line: dict[str, Any], cells: dict[str, str], candidate: Candidate | None) -> list[Fault]:
        agency, named = self.upload.agency, cells.get("candidate", "")
        kind = KINDS.get(cells.get("kind", "").casefold())
        is_critical = kind == NoteKind.CRITICAL
        checks = [
            (
                candidate is None and named.casefold() != ALL.casefold(),
                "candidate",
                "candidate",
                f"{agency} is not asked about this candidate." if named else "The candidate is missing.",
                f"Enter one of: {', '.join(self.names) or 'none'}; or {ALL} for the round as a whole.",
            ),
            (
                kind is None,
                "kind",
                "kind",
                "This is not a type of note.",
                f"Enter one of: {', '.join(str(label) for _, label in NoteKind.choices)}.",
            ),
            (
                is_critical and not cells.get("rationale"),
                "rationale",
                "critical_rationale",
                "A critical note must state which law or policy is violated, or the risk.",
                "Fill in the rationale.",
            ),
            (not cells.get("text"), "text", "text", "The comment is missing.", "Enter a comment, or clear the row."),
            (
                cells.get("agency", "").casefold()
                not in {"", agency.name.casefold(), agency.code, agency.short.casefold()},
                "agency",
                "agency",
                f"This matrix belongs to {agency}.",
                f"Leave it empty or enter {agency.name}.",
            ),
            *(
                (
                    len(cells.get(key, "")) > most,
                    key,
                    "long",
                    f"{len(cells.get(key, '')):,} characters; the limit is {most:,}.",
                    "Shorten it, or attach a file to the note.",
                )
                for key, most in LIMITS.items()
            ),
            *(
                (
                    column.by_office and bool(cells.get(column.key)),
                    column.key,
                    "by_office",
                    "The office fills this in after the note is recorded.",
                    "Clear it.",
                )
                for column in COLUMNS
            ),
        ]
        return [self.fault(line, *problem) for is_wrong, *problem in checks if is_wrong]

    def fault(self, line: dict[str, Any], key: str, code: str, message: str, remedy: str) -> Fault:
        cell = f"{line['sheet']}!{line['columns'].get(key, '')}{line['row']}"
        return Fault(cell, BY_KEY[key].heading, _short(line["cells"].get(key, "")), code, message, remedy)


def _content(cells: dict[str, str]) -> tuple[str, ...]:
    kind = KINDS.get(cells.get("kind", "").casefold(), "")
    return tuple(kind if key == "kind" else " ".join(cells.get(key, "").split()).casefold() for key in IDENTITY)


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
