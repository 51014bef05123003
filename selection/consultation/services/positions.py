"""Answers of agencies: drafts by their members and positions that the point of contact submits.

Each draft and position names the version of the evidence that it rests on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require, set_fields
from cpc.audit.services import record
from cpc.database.revisions import check_revision
from cpc.validation import field_error
from selection import consultation_notifications
from selection.consultation.queries import revision_of_position
from selection.consultation.services.requests import ensure_current_evidence, locked_request, not_consulting
from selection.evidence.queries import newest_evidence
from selection.models import (
    ANSWERING,
    NEEDS_TEXT,
    Candidate,
    ConsultationRequest,
    EvidenceVersion,
    Position,
    PositionDraft,
    PositionValue,
)

PRIVATE_FIELDS = ("value", "text", "proposed_due_on")
"""Draft fields that the audit trail omits, because the office reads it and a draft is the agency's own."""
DRAFT_CHANGED = (
    "You saved this draft in another window since you opened it here. Nothing was saved now; what you typed is still "
    "in the form. Compare both and save again."
)
POSITION_CHANGED = (
    "Somebody submitted a position for your agency since you opened this page. Nothing was saved; what you typed is "
    "still in the form. Read the position on record, then submit again if yours is to replace it."
)
EVIDENCE_CHANGED = (
    "The evidence changed since you opened this page. Nothing was saved; what you typed is still in the form. Look at "
    "what changed, then submit again."
)
TEXT_ASKED: Mapping[str, str] = {
    PositionValue.CLEAR_WITH_EDITS: "Enter the edits that the clearance depends on.",
    PositionValue.CLEAR_WITH_COMMENTS: "Enter the comments.",
    PositionValue.DOES_NOT_CLEAR: "Enter the reason. It is printed in the memo.",
    PositionValue.EXTENSION: "Enter why you need more time.",
}


def lock_for_answer(request: ConsultationRequest, candidate: Candidate, actor: User) -> ConsultationRequest:
    """Lock and return the request if this account may write on the candidate for the agency.

    Raises `PermissionDenied` for another agency, and `ValidationError` with `not_asked`, `not_consulting`, or
    `round_closed`.
    """
    current = locked_request(request)
    if not actor.allows(Permission.CONSULT) or actor.agency_id != current.agency_id or current.sent_at is None:
        raise PermissionDenied(f"{actor} can't act for the agency that was asked.")
    if not current.owes:
        message = (
            "The office no longer asks for this position."
            if current.dropped_at is not None
            else "This was sent for information only. No position is requested."
        )
        raise ValidationError(message, code="not_asked")
    if current.round.state not in ANSWERING:
        raise not_consulting(current.round, "give positions")
    if not candidate.in_pool or not current.candidates.filter(candidate=candidate).exists():
        raise ValidationError("The office does not ask about this candidate.", code="not_asked")
    return current


def submits(actor: User, request: ConsultationRequest) -> bool:
    return actor.allows(Permission.CONSULT) and actor.agency_id == request.agency_id and actor.is_contact


def _current_evidence(request: ConsultationRequest, candidate: Candidate, evidence: int) -> EvidenceVersion:
    """Return the newest version of the evidence on a candidate.

    Raises `ValidationError` `evidence_changed` if the page showed an older one.
    """
    ensure_current_evidence(request.round)
    newest = newest_evidence(candidate)
    if newest is None or newest.pk != evidence:
        raise ValidationError(EVIDENCE_CHANGED, code="evidence_changed")
    return newest


@transaction.atomic
def save_draft(
    *,
    request: ConsultationRequest,
    candidate: Candidate,
    value: str,
    text: str,
    proposed_due_on: dt.date | None,
    evidence: int,
    actor: User,
    expected_revision: str | None = None,
) -> PositionDraft:
    """Save a draft position by a member of the agency. It may be incomplete.

    `evidence` is the key of the version on the page. Raises `EditConflict` if the author's draft no longer has the
    `expected_revision` ("0" for no draft), because it was saved in another window, `ValidationError` with
    `evidence_changed` for an unknown version, and what `lock_for_answer` raises.
    """
    current = lock_for_answer(request, candidate, actor)
    version = EvidenceVersion.objects.filter(candidate=candidate, pk=evidence).first()
    if version is None:
        raise ValidationError(EVIDENCE_CHANGED, code="evidence_changed")
    own_draft = PositionDraft.objects.open().filter(request=current, candidate=candidate, author=actor).first()
    check_revision(own_draft.current_revision() if own_draft else "0", expected_revision, DRAFT_CHANGED)
    day = proposed_due_on if value == PositionValue.EXTENSION else None
    values: dict[str, Any] = {"value": value, "text": text.strip(), "proposed_due_on": day, "evidence": version}
    now = timezone.now()
    if own_draft is None:
        row = PositionDraft(request=current, candidate=candidate, author=actor, changed_at=now, **values)
        return create(row, actor=actor, action="drafted", private=PRIVATE_FIELDS)
    if all(getattr(own_draft, name) == new for name, new in values.items()):
        return own_draft
    return set_fields(own_draft, {**values, "changed_at": now}, actor=actor, action="changed", private=PRIVATE_FIELDS)


@transaction.atomic
def submit_position(
    *,
    request: ConsultationRequest,
    candidate: Candidate,
    value: str,
    text: str,
    proposed_due_on: dt.date | None,
    evidence: int,
    actor: User,
    expected_revision: str | None = None,
    taken_over: PositionDraft | None = None,
    today: dt.date | None = None,
) -> Position:
    """Submit the agency's position as its point of contact.

    Supersedes the previous position and settles its drafts. `evidence` is the key of the version that the page showed,
    and `taken_over` the draft whose author is credited. Submitting the same position on the same evidence changes
    nothing. Raises `PermissionDenied` for anyone but a point of contact, `EditConflict` if the previous position is not
    that of `expected_revision` (see `revision_of_position`), and `ValidationError` with `evidence_changed`, `value`,
    `text`, `proposed_due_on`, `not_asked`, `not_consulting`, or `round_closed`.
    """
    current = lock_for_answer(request, candidate, actor)
    if not submits(actor, current):
        raise PermissionDenied(f"Only the point of contact of {current.agency} submits; save a draft instead.")
    _check_complete(current, value, text, proposed_due_on, today or timezone.now().date())
    version = _current_evidence(current, candidate, evidence)
    previous = Position.objects.live().filter(request=current, candidate=candidate).first()
    check_revision(revision_of_position(previous), expected_revision, POSITION_CHANGED)
    if previous is not None:
        if _same(previous, value, text.strip(), proposed_due_on, version):
            return previous
        set_fields(previous, {"superseded_at": timezone.now()}, actor=actor, action="superseded")
    newest_run = current.round.runs.order_by("-number").first()
    row = Position(
        request=current,
        candidate=candidate,
        agency=current.agency,
        value=value,
        text=text.strip(),
        proposed_due_on=proposed_due_on,
        evidence=version,
        run=newest_run.run if newest_run else None,
        given_by=actor,
        drafted_by=taken_over.author if taken_over else None,
    )
    submitted = create(row, actor=actor, action="submitted")
    _settle_drafts(submitted, actor)
    kind = consultation_notifications.ANSWERED if submitted.is_final else consultation_notifications.EXTENSION_ASKED
    consultation_notifications.notify_about_position(submitted, kind, to_agency=False, actor=actor)
    return submitted


def _check_complete(
    request: ConsultationRequest, value: str, text: str, proposed_due_on: dt.date | None, today: dt.date
) -> None:
    if value not in PositionValue.values:
        raise field_error("value", "Choose a position.", "value")
    if value in NEEDS_TEXT and not text.strip():
        raise field_error("text", TEXT_ASKED[value], "text")
    if value != PositionValue.EXTENSION:
        if proposed_due_on is not None:
            raise field_error("proposed_due_on", "Enter a date only with a request for more time.", "proposed_due_on")
        return
    assert request.due_on is not None
    if proposed_due_on is None or proposed_due_on <= max(request.due_on, today):
        message = "Enter the date by which you will answer, after the due date and after today."
        raise field_error("proposed_due_on", message, "proposed_due_on")


def _same(before: Position, value: str, text: str, day: dt.date | None, version: EvidenceVersion) -> bool:
    if (before.value, before.text, before.proposed_due_on) != (value, text, day):
        return False
    # An answered extension request may be repeated with the same text.
    return before.evidence_id == version.pk and not hasattr(before, "extension_answer")


def _settle_drafts(position: Position, actor: User) -> None:
    drafts = PositionDraft.objects.open().filter(request=position.request, candidate=position.candidate)
    authors = list(drafts.values_list("author__username", flat=True))
    if drafts.update(settled_at=timezone.now()):
        record(actor=actor, action="settled drafts by", target=position, after={"authors": authors})


@transaction.atomic
def confirm_position(*, position: Position, evidence: int, actor: User) -> Position:
    """Submit the same position again on the current evidence.

    Raises what `submit_position` raises, and `not_stale` if the position already rests on the newest evidence.
    """
    if not position.is_final:
        raise ValidationError("You can confirm only an answer.", code="not_stale")
    if position.evidence_id == evidence:
        raise ValidationError("This position is already based on the newest evidence.", code="not_stale")
    return submit_position(
        request=position.request,
        candidate=position.candidate,
        value=position.value,
        text=position.text,
        proposed_due_on=None,
        evidence=evidence,
        expected_revision=revision_of_position(position),
        actor=actor,
    )


def lock_for_office(actor: User, permission: Permission, request: ConsultationRequest) -> ConsultationRequest:
    """Lock and return a request whose round lets agencies and the office answer each other.

    Raises `PermissionDenied`, and `ValidationError` with `not_consulting` in another state of the round or
    `round_closed`.
    """
    require(actor, permission)
    current = locked_request(request)
    if current.round.state not in ANSWERING:
        raise not_consulting(current.round, "do this")
    return current
