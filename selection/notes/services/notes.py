"""Writing, sharing, withdrawing, and superseding notes, replying to them, and reading their files.

The text of a note never goes into the audit trail, because the office reads the trail and a note may be visible to its
agency alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone

from cpc.accounts.agencies import own_agencies
from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import require, set_fields
from cpc.audit.services import record
from cpc.database.revisions import check_revision
from cpc.validation import field_error, save_validated
from indicators.models import Narrative, Observation
from indicators.queries import has_sentence
from selection.lookups.rounds import open_to_change
from selection.models import (
    Candidate,
    Note,
    NoteAnchor,
    NoteAttachment,
    NoteReply,
    NoteStatus,
    NoteVisibility,
    SelectionRound,
)
from selection.models.notes import series_of
from selection.notes.queries import may_answer_for, revision_of, writes_notes
from selection.notes.services.attachments import attach
from selection.notes.services.mentions import mention

LONGEST = 8_000
"""Maximum length of one text, in characters."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Subject of a note. Empty means the candidate, or the round if there is no candidate."""

    criterion: str = ""
    observation: Observation | None = None
    narrative: Narrative | None = None
    sentence: str = ""
    locator: str = ""

    def kind(self, candidate: Candidate | None) -> NoteAnchor:
        if self.narrative is not None:
            return NoteAnchor.SENTENCE
        if self.observation is not None:
            return NoteAnchor.OBSERVATION
        if self.criterion:
            return NoteAnchor.CRITERION
        return NoteAnchor.CANDIDATE if candidate is not None else NoteAnchor.ROUND


@dataclass(frozen=True, slots=True)
class NoteContent:
    """Text of a note. `reviewer` names the author if another person enters the note."""

    kind: str
    text: str
    proposed_text: str = ""
    rationale: str = ""
    section: str = ""
    document_version: str = ""
    reviewer: str = ""


@transaction.atomic
def write_note(
    *,
    selection_round: SelectionRound,
    content: NoteContent,
    visibility: str,
    actor: User,
    candidate: Candidate | None = None,
    anchor: Anchor | None = None,
    files: Sequence[File[bytes]] = (),
    on_behalf_of: Agency | None = None,
) -> Note:
    """Write a note with the next number of its round, and notify the people named with @.

    A reviewer writes for their agency, on what it is asked about; the office writes for itself or for an agency. Raises
    `PermissionDenied`, and `ValidationError` with `round_closed`, `not_asked`, `not_in_pool`, `criterion`,
    `observation`, `sentence`, `critical_rationale`, `visibility`, `mention`, or a code of `cpc.files.attachments`.
    """
    agency = _writes_for(actor, on_behalf_of)
    locked_round = open_to_change(selection_round)
    target = anchor or Anchor()
    check_anchor(locked_round, candidate, target)
    if agency is not None:
        check_asked(locked_round, candidate, agency)
    if on_behalf_of is not None and actor.agency_id is None and visibility == NoteVisibility.AGENCY:
        message = "The office can see notes that it enters for an agency. Choose who else can see them."
        raise field_error("visibility", message, "visibility")
    note = _insert(locked_round, candidate, target, content, visibility, agency, actor, None)
    _finish(note, None, note.text, files, actor)
    return note


def _writes_for(actor: User, on_behalf_of: Agency | None) -> Agency | None:
    """Return the agency that the account writes for, or None for the office. Raise `PermissionDenied`."""
    if actor.allows(Permission.CONSULT) and actor.agency is not None:
        if on_behalf_of is not None and on_behalf_of.pk not in own_agencies(actor):
            raise PermissionDenied(f"{actor} can't write for {on_behalf_of}.")
        return actor.agency
    if on_behalf_of is not None:
        require(actor, Permission.RUN_ROUNDS)
    elif not writes_notes(actor):
        raise PermissionDenied(f"{actor} can't write notes.")
    return on_behalf_of


def check_asked(selection_round: SelectionRound, candidate: Candidate | None, agency: Agency) -> None:
    """Raise `ValidationError` `not_asked` if the agency is not asked about the subject now."""
    sent = selection_round.requests.sent().filter(agency=agency)
    if not (sent.exists() if candidate is None else sent.filter(candidates__candidate=candidate).exists()):
        subject = candidate.country.name if candidate is not None else "this round"
        message = f"{agency} is not asked about {subject}. The office must first add it to the agency's request."
        raise field_error("candidate", message, "not_asked")


def check_anchor(selection_round: SelectionRound, candidate: Candidate | None, anchor: Anchor) -> None:
    """Check that anchor and candidate fit together and belong to this round.

    Raises `ValidationError` with `not_in_pool`, `criterion`, `observation`, or `sentence`.
    """
    if candidate is None:
        if anchor != Anchor():
            raise field_error("candidate", "Choose the candidate that this note is about.", "not_in_pool")
        return
    if candidate.round_id != selection_round.pk or not candidate.in_pool:
        raise field_error("candidate", f"{candidate.country} is not in the pool of this round.", "not_in_pool")
    keys = {row.key for row in selection_round.model.as_table.criteria}
    if anchor.criterion and anchor.criterion not in keys:
        raise field_error("criterion", f"{selection_round.model} has no criterion {anchor.criterion}.", "criterion")
    if anchor.observation is not None and anchor.observation.country_id != candidate.country_id:
        raise field_error("observation", f"This value is not a value of {candidate.country}.", "observation")
    if (narrative := anchor.narrative) is not None and not (
        narrative.country_id == candidate.country_id and has_sentence(narrative, anchor.sentence)
    ):
        raise field_error("sentence", f"This sentence is not in the narrative of {candidate.country}.", "sentence")


def _insert(
    selection_round: SelectionRound,
    candidate: Candidate | None,
    anchor: Anchor,
    content: NoteContent,
    visibility: str,
    agency: Agency | None,
    actor: User,
    supersedes: Note | None,
) -> Note:
    fit(text=content.text, proposed_text=content.proposed_text, rationale=content.rationale)
    shown = candidate.evidence.order_by("-number").first() if candidate is not None else None
    note = Note(
        round=selection_round,
        **_next_number(selection_round, agency, visibility),
        candidate=candidate,
        anchor=anchor.kind(candidate),
        criterion=anchor.criterion,
        observation=anchor.observation,
        narrative=anchor.narrative,
        sentence=anchor.sentence.strip() if anchor.narrative else "",
        locator=anchor.locator,
        agency=agency,
        author=actor,
        reviewer=content.reviewer.strip(),
        kind=content.kind,
        text=content.text.strip(),
        proposed_text=content.proposed_text.strip(),
        rationale=content.rationale.strip(),
        section=content.section.strip(),
        document_version=content.document_version.strip() or (f"Evidence {shown.number}" if shown else ""),
        visibility=visibility,
        supersedes=supersedes,
    )
    insert_audited(note, actor=actor, action="wrote", after={"type": note.kind, "visibility": visibility})
    return note


def _next_number(selection_round: SelectionRound, agency: Agency | None, visibility: str) -> dict[str, Any]:
    """Return series and number of the next note, and the number in the agency's own series if only the agency sees it.

    The caller holds the lock of the round.
    """
    series = series_of(agency, visibility)
    if visibility == NoteVisibility.AGENCY:
        notes = selection_round.notes.filter(agency=agency)
        number = (notes.aggregate(newest=Max("private_number"))["newest"] or 0) + 1
        return {"series": series, "number": number, "private_number": number}
    newest = selection_round.notes.filter(series=series).aggregate(newest=Max("number"))["newest"] or 0
    return {"series": series, "number": newest + 1}


def fit(**texts: str) -> None:
    """Raise `ValidationError` `max_length` at each text that is too long."""
    if long := {
        name: ValidationError(
            f"The text has {len(text):,} characters; the limit is {LONGEST:,}. Attach the rest as a file.",
            code="max_length",
        )
        for name, text in texts.items()
        if len(text.strip()) > LONGEST
    }:
        raise ValidationError(long)


def insert_audited(row: models.Model, *, actor: User, action: str, after: dict[str, object]) -> None:
    """Validate and insert a row, and record an audit entry without its text."""
    save_validated(row, force_insert=True)
    row.refresh_from_db()
    record(actor=actor, action=action, target=row, after=after)


def _finish(note: Note, reply: NoteReply | None, text: str, files: Iterable[File[bytes]], actor: User) -> None:
    mention(note=note, reply=reply, text=text, actor=actor)
    attach(note=note, reply=reply, files=list(files), actor=actor)


def locked_note(note: Note, actor: User, expected_revision: str | None) -> Note:
    """Return the current note in its locked round.

    Raises `EditConflict`, `round_closed`, or `taken_back`.
    """
    open_to_change(note.round)
    current = Note.objects.visible_to(actor).filter(pk=note.pk).select_related("round", "candidate", "agency").first()
    if current is None:
        raise PermissionDenied(f"{actor} can't see this note.")
    check_revision(revision_of(current), expected_revision)
    if not current.is_live:
        raise ValidationError(f"{current} was withdrawn or superseded, so it can't change.", code="taken_back")
    return current


@transaction.atomic
def reply_to_note(*, note: Note, text: str, actor: User, files: Sequence[File[bytes]] = ()) -> NoteReply:
    """Reply in the thread of a note that the account sees. Raise as `write_note` does."""
    if not writes_notes(actor):
        raise PermissionDenied(f"{actor} can't write notes.")
    fit(text=text)
    current = locked_note(note, actor, None)
    reply = NoteReply(
        note=current, author=actor, agency=actor.agency if own_agencies(actor) else None, text=text.strip()
    )
    insert_audited(reply, actor=actor, action="replied", after={"note": current.reference})
    _finish(current, reply, reply.text, files, actor)
    return reply


def _check_behind(note: Note, actor: User) -> None:
    if not may_answer_for(note, actor):
        raise PermissionDenied("Only a note's author or the agency's point of contact can change it.")


@transaction.atomic
def share_note(*, note: Note, visibility: str, actor: User, expected_revision: str | None = None) -> Note:
    """Share a note with more people. The same visibility changes nothing.

    A note that only its agency saw gets the next number that everyone sees.

    Raises `ValidationError` `only_widened` if fewer people would see the note, and what `locked_note` raises.
    """
    current = locked_note(note, actor, expected_revision)
    _check_behind(current, actor)
    order = NoteVisibility.values
    if visibility not in order or order.index(visibility) < order.index(current.visibility):
        message = "You can show a note only to more people, because others may have read it already."
        raise field_error("visibility", message, "only_widened")
    values: dict[str, Any] = {"visibility": visibility}
    if current.visibility == NoteVisibility.AGENCY != visibility:
        values |= _next_number(current.round, current.agency, visibility)
    return set_fields(current, values, actor=actor, action="shared", private=("series", "number"))


@transaction.atomic
def withdraw_note(*, note: Note, reason: str, actor: User, expected_revision: str | None = None) -> Note:
    """Withdraw a note with the reason. The note stays on file, closed.

    Raises `ValidationError` `reason` without one, and what `locked_note` raises.
    """
    current = locked_note(note, actor, expected_revision)
    _check_behind(current, actor)
    if not reason.strip():
        raise field_error("reason", "Enter why you are withdrawing the note.", "reason")
    fit(reason=reason)
    current.withdrawn_at, current.withdrawn_by = timezone.now(), actor
    current.withdrawn_because, current.status = reason.strip(), NoteStatus.CLOSED
    current.save(update_fields=("withdrawn_at", "withdrawn_by", "withdrawn_because", "status"))
    record(actor=actor, action="withdrew", target=current)
    return current


@transaction.atomic
def supersede_note(
    *,
    note: Note,
    content: NoteContent,
    visibility: str,
    actor: User,
    files: Sequence[File[bytes]] = (),
    expected_revision: str | None = None,
) -> Note:
    """Close a note and write another one on the same evidence, with its own number.

    Raises `ValidationError` `only_widened` if fewer people would see the new note, and what `locked_note` raises.
    """
    current = locked_note(note, actor, expected_revision)
    _check_behind(current, actor)
    order = NoteVisibility.values
    if visibility in order and order.index(visibility) < order.index(current.visibility):
        message = "Everyone who could see the old note must be able to see the new one."
        raise field_error("visibility", message, "only_widened")
    anchor = Anchor(current.criterion, current.observation, current.narrative, current.sentence, current.locator)
    Note.objects.filter(pk=current.pk).update(superseded_at=timezone.now(), status=NoteStatus.CLOSED)
    successor = _insert(current.round, current.candidate, anchor, content, visibility, current.agency, actor, current)
    record(actor=actor, action="superseded", target=current, after={"by": successor.reference})
    _finish(successor, None, successor.text, files, actor)
    return successor


def open_attachment(*, attachment: NoteAttachment, actor: User) -> File[bytes]:
    """Open a file of a note, and audit the download.

    Raises `PermissionDenied` if the account does not see the file.
    """
    if not NoteAttachment.objects.visible_to(actor).filter(pk=attachment.pk).exists():
        raise PermissionDenied(f"{actor} can't see this file.")
    file: File[bytes] = attachment.file.open("rb")
    record(actor=actor, action="downloaded", target=attachment, after={"sha256": attachment.sha256})
    return file
