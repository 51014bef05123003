"""Adjudications of notes, the agency's concurrence, and the status that follows."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, Role
from cpc.audit.audited_writes import create, require
from cpc.audit.services import record
from selection.models import Adjudication, Concurrence, Note
from selection.note_status import status_of
from selection.notes import notifications
from selection.notes.queries import speaks_on
from selection.notes.services.notes import fit, locked_note


@transaction.atomic
def adjudicate(
    *, note: Note, outcome: str, rationale: str, actor: User, expected_revision: str | None = None
) -> Adjudication:
    """Answer a note for the office.

    Supersedes an earlier answer; the agency records again if it concurs. Raises `PermissionDenied`, `EditConflict` if
    the note no longer has the `expected_revision` (see `revision_of`), and `ValidationError` with `taken_back`,
    `own_note`, `rationale`, or `round_closed`. The same answer again changes nothing.
    """
    require(actor, Permission.RUN_ROUNDS)
    fit(rationale=rationale)
    current = locked_note(note, actor, expected_revision)
    if current.agency_id is None and current.author_id == actor.pk:
        raise ValidationError("You wrote this note, so someone else in the office must answer it.", code="own_note")
    earlier = current.adjudications.filter(superseded_at__isnull=True).first()
    if earlier is not None and (earlier.outcome, earlier.rationale) == (outcome, rationale.strip()):
        return earlier
    if earlier is not None:
        earlier.superseded_at = timezone.now()
        earlier.save(update_fields=("superseded_at",))
        record(actor=actor, action="superseded", target=earlier)
    adjudication = create(
        Adjudication(note=current, outcome=outcome, rationale=rationale.strip(), by=actor),
        actor=actor,
        action="adjudicated",
    )
    settle(current)
    if current.agency_id is not None:
        reviewers = User.objects.filter(role=Role.REVIEWER, is_active=True, agency=current.agency)
        concerned = reviewers.filter(Q(pk=current.author_id) | Q(is_contact=True))
        notifications.notify_about_note(
            notifications.ANSWER, current, once=str(adjudication.pk), recipients=concerned, actor=actor
        )
    return adjudication


@transaction.atomic
def concur(*, note: Note, concurs: bool, text: str, actor: User, expected_revision: str | None = None) -> Concurrence:
    """Record whether the agency concurs with the answer to its note.

    The author of the note or a point of contact may do so. Raises `PermissionDenied`, and `ValidationError` with
    `changed`, `not_adjudicated`, `text`, `taken_back`, or `round_closed`. The same again changes nothing.
    """
    require(actor, Permission.CONSULT)
    fit(text=text)
    current = locked_note(note, actor, expected_revision)
    if not speaks_on(current, actor):
        raise PermissionDenied(
            "Only the note's author or the agency's point of contact can record whether the agency agrees."
        )
    adjudication = current.adjudications.filter(superseded_at__isnull=True).first()
    if adjudication is None:
        raise ValidationError("The office has not answered this note yet.", code="not_adjudicated")
    newest = adjudication.concurrences.order_by("-pk").first()
    if newest is not None and (newest.concurs, newest.text) == (concurs, text.strip()):
        return newest
    concurrence = create(
        Concurrence(adjudication=adjudication, concurs=concurs, text=text.strip(), by=actor),
        actor=actor,
        action="agreed with" if concurs else "did not agree with",
    )
    settle(current)
    return concurrence


def settle(note: Note) -> None:
    """Compute the status of a locked note and store it for lists."""
    current = note.adjudications.filter(superseded_at__isnull=True).first()
    newest = current.concurrences.order_by("-pk").first() if current is not None else None
    status = status_of(
        kind=note.kind,
        outcome=current.outcome if current is not None else None,
        concurs=newest.concurs if newest is not None else None,
        from_agency=note.agency_id is not None,
        taken_back=not note.is_live,
    )
    if status != note.status:
        Note.objects.filter(pk=note.pk).update(status=status.value)
        note.status = status.value
