"""Positions and notes by workbook: received, compared row by row, and saved as far as they are right."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.services import record
from cpc.days import DayFormField
from cpc.files.attachments import file_sha256
from cpc.parameters import whole_number
from cpc.web import formats
from selection.consultation.services.positions import submit_position
from selection.models import (
    Candidate,
    ConsultationRequest,
    Note,
    Position,
    PositionValue,
    ResponseUpload,
)
from selection.notes.services.attachments import safe_name
from selection.notes.services.notes import Anchor, NoteContent, write_note

State = Literal["new", "replaces", "unchanged", "open", "refused"]
NO_KEY = "This row has no key. Download the workbook again, and answer in the row of the candidate."


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """Outcome of one row; `label` is the new position or the type of a note, `before` the position on record."""

    line: int
    subject: str
    state: State
    label: str = ""
    text: str = ""
    before: str = ""
    errors: tuple[str, ...] = ()
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Responses:
    """Outcomes of a workbook: its positions and its notes."""

    positions: tuple[RowOutcome, ...]
    notes: tuple[RowOutcome, ...]

    @property
    def refused(self) -> int:
        return sum(row.state == "refused" for row in (*self.positions, *self.notes))

    @property
    def new_positions(self) -> int:
        return sum(row.state in ("new", "replaces") for row in self.positions)

    @property
    def new_notes(self) -> int:
        return sum(row.state == "new" for row in self.notes)


@transaction.atomic
def receive_responses(
    *,
    request: ConsultationRequest,
    file: File[bytes],
    positions: list[dict[str, Any]],
    notes: list[dict[str, Any]],
    actor: User,
) -> ResponseUpload:
    """Store the rows of a workbook for the preview; save no position and no note. Raises `PermissionDenied`."""
    _require_own(request, actor)
    upload = ResponseUpload(
        request=request,
        name=safe_name(file.name or ""),
        sha256=file_sha256(file),
        positions=positions,
        notes=notes,
        uploaded_by=actor,
    )
    upload.save(force_insert=True)  # no column holds what a person typed
    record(actor=actor, action="received", target=upload, after={"sha256": upload.sha256})
    return upload


def _require_own(request: ConsultationRequest, actor: User) -> None:
    if not actor.allows(Permission.CONSULT) or actor.agency_id != request.agency_id or request.sent_at is None:
        raise PermissionDenied(f"{actor} can't answer for the agency that was asked.")


def preview_responses(*, upload: ResponseUpload, actor: User) -> Responses:
    """Return what saving would do with each row, and save nothing."""
    _require_own(upload.request, actor)
    with transaction.atomic():
        responses = _respond(upload, actor)
        transaction.set_rollback(True)
    return responses


@transaction.atomic
def save_responses(*, upload: ResponseUpload, actor: User) -> Responses:
    """Save the positions and notes of each row that is right, and return what became of every row.

    A row that is refused leaves the others alone. A second call saves nothing.
    """
    _require_own(upload.request, actor)
    current = ResponseUpload.objects.select_for_update(of=("self",)).select_related("request").get(pk=upload.pk)
    if current.applied_at is not None:
        raise ValidationError("The rows of this file have been saved. Upload the corrected file.", code="applied")
    responses = _respond(current, actor)
    current.applied_at, current.applied_by = timezone.now(), actor
    current.positions_saved, current.notes_saved = responses.new_positions, responses.new_notes
    current.save(update_fields=("applied_at", "applied_by", "positions_saved", "notes_saved"))
    after = {"positions": responses.new_positions, "notes": responses.new_notes}
    record(actor=actor, action="took in", target=current, after=after)
    return responses


def _respond(upload: ResponseUpload, actor: User) -> Responses:
    rows = Candidate.objects.filter(requests__request=upload.request).select_related("country", "round")
    candidates = {row.pk: row for row in rows}
    by_name = {text.casefold(): row for row in candidates.values() for text in (row.country.name, row.country.code)}
    seen: set[int] = set()
    positions = tuple(_position(upload, row, candidates, seen, actor) for row in upload.positions)
    return Responses(positions, tuple(_note(upload, row, by_name, actor) for row in upload.notes))


def _position(
    upload: ResponseUpload, row: dict[str, Any], candidates: dict[int, Candidate], seen: set[int], actor: User
) -> RowOutcome:
    cells, line = row["cells"], row["line"]
    value, text = cells.get("value", ""), cells.get("text", "").strip()
    candidate = candidates.get(int(row["key"] or 0))
    if candidate is None:
        return RowOutcome(line, cells.get("candidate", formats.DASH), "refused", errors=(NO_KEY,))
    subject = candidate.country.name
    live = Position.objects.live().filter(request=upload.request, candidate=candidate).first()
    before = live.get_value_display() if live else ""
    label = dict(PositionValue.choices).get(value, value)

    def outcome(state: State, *errors: str) -> RowOutcome:
        return RowOutcome(line, subject, state, str(label), text, before, errors)

    errors = [*row["misfits"].values()]
    if candidate.pk in seen:
        errors.append("The candidate has another row. Delete one of them.")
    if cells.get("candidate", subject) != subject:
        errors.append(f"The row is about {subject}, but names “{cells['candidate']}”.")
    seen.add(candidate.pk)
    if not value and not text and not errors:
        return outcome("open")
    if live is not None and (live.value, live.text) == (value, text) and live.proposed_due_on is None and not errors:
        return outcome("unchanged")
    evidence, _, revision = row["revision"].partition(".")
    try:
        day = _day(cells.get("proposed_due_on", ""))
        if errors:
            return outcome("refused", *errors)
        with transaction.atomic():
            submit_position(
                request=upload.request,
                candidate=candidate,
                value=value,
                text=text,
                proposed_due_on=day,
                evidence=whole_number(evidence) or 0,
                expected_revision=revision,
                actor=actor,
            )
    except ValidationError as error:
        return outcome("refused", *errors, *error.messages)
    except PermissionDenied as error:
        return outcome("refused", *errors, str(error))
    return outcome("replaces" if live else "new")


def _day(text: str) -> dt.date | None:
    day: dt.date | None = DayFormField(required=False).clean(text)
    return day


def _note(upload: ResponseUpload, row: dict[str, Any], by_name: dict[str, Candidate], actor: User) -> RowOutcome:
    cells, line = row["cells"], row["line"]
    candidate = by_name.get(cells.get("candidate", "").casefold())
    subject = candidate.country.name if candidate else cells.get("candidate", formats.DASH)
    text, kind = cells.get("text", "").strip(), cells.get("kind", "")
    errors = [*row["misfits"].values()]
    if candidate is None and "candidate" not in row["misfits"]:
        errors.append("Enter the candidate.")
    errors += [message for name, message in MISSING.items() if not cells.get(name, "").strip()]
    criterion = cells.get("criterion", "")
    proposed, rationale = cells.get("proposed_text", "").strip(), cells.get("rationale", "").strip()
    if errors or candidate is None:
        return RowOutcome(line, subject, "refused", kind, text, errors=tuple(errors))
    same = Note.objects.live().filter(
        round=upload.request.round, agency=upload.request.agency, candidate=candidate, criterion=criterion
    )
    known = same.filter(kind=kind, text=text, proposed_text=proposed, rationale=rationale).first()
    if known is not None:
        return RowOutcome(line, subject, "unchanged", kind, text, note=known)
    try:
        with transaction.atomic():
            made = write_note(
                selection_round=upload.request.round,
                candidate=candidate,
                anchor=Anchor(criterion=criterion),
                content=NoteContent(kind=kind, text=text, proposed_text=proposed, rationale=rationale),
                visibility=cells["visibility"],
                actor=actor,
            )
    except ValidationError as error:
        return RowOutcome(line, subject, "refused", kind, text, errors=tuple(error.messages))
    return RowOutcome(line, subject, "new", made.get_kind_display(), text, note=made)


MISSING = {"kind": "Choose the type.", "visibility": "Choose who sees the note.", "text": "Enter the note."}
"""Errors of required cells of a note that are empty, by column."""
