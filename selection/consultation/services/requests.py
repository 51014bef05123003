"""Requests to agencies about candidates.

Only the office adds an agency to a round or drops one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import audit_values, create, require, set_fields
from cpc.audit.services import record
from cpc.database.revisions import check_revision
from cpc.validation import field_error
from cpc.web import formats
from selection import consultation_notifications
from selection.consultation.queries import contacts_of, revision_of
from selection.evidence.services import fresh_evidence, refresh_evidence
from selection.lookups.rounds import open_to_change
from selection.models import (
    Candidate,
    ConsultationRequest,
    CutShortLine,
    DueChange,
    NotApplicable,
    RequestCandidate,
    RequestRole,
    RoundState,
    SelectionRound,
)


def require_reason(reason: str, message: str = "Enter a reason.") -> str:
    """Return the reason, stripped. Raise `ValidationError` at `reason` if it is empty."""
    if not reason.strip():
        raise field_error("reason", message, "reason")
    return reason.strip()


def not_consulting(selection_round: SelectionRound, what: str) -> ValidationError:
    """Return the error for an action, such as "send requests", that only a round in consultation permits."""
    message = f"The round is {selection_round.state_phrase}. You can {what} only in consultation."
    return ValidationError(message, code="not_consulting")


def locked_request(request: ConsultationRequest) -> ConsultationRequest:
    """Lock the round and return the current request. Raise `ValidationError` `round_closed`."""
    open_to_change(request.round)
    return ConsultationRequest.objects.select_related("round", "agency").get(pk=request.pk)


def _check_due_date(role: str, due_on: dt.date | None, today: dt.date) -> None:
    if role == RequestRole.INFO:
        return
    if due_on is None:
        raise field_error("due_on", "Enter the date by which the agency must answer.", "due_on")
    if due_on < today:
        raise field_error("due_on", f"{formats.day(due_on)} has passed. Enter today or a later date.", "due_past")


def _candidates_in_pool(selection_round: SelectionRound, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the current candidates from the pool of the round.

    Raise `ValidationError` at `candidates` if there are none, or if one is in another round or not in the pool.
    """
    wanted = {candidate.pk for candidate in candidates}
    if not wanted:
        raise field_error("candidates", "Choose at least one candidate.", "candidates")
    in_pool = list(selection_round.candidates.in_pool().filter(pk__in=wanted).select_related("country"))
    if len(in_pool) != len(wanted):
        raise field_error("candidates", "Choose candidates in this round's pool.", "not_in_pool")
    return in_pool


@transaction.atomic
def draft_request(
    *,
    selection_round: SelectionRound,
    agency: Agency,
    role: str,
    due_on: dt.date | None,
    questions: str,
    candidates: Iterable[Candidate],
    actor: User,
    today: dt.date | None = None,
) -> ConsultationRequest:
    """Draft a request to an agency. Only the office sees it until it is sent.

    Raises `ValidationError` with `agency_closed`, `asked_already`, `due_on`, `due_past`, `candidates`, `not_in_pool`.
    """
    require(actor, Permission.RUN_ROUNDS)
    locked_round = open_to_change(selection_round)
    if not agency.is_active:
        follows = f". Ask {agency.successor}" if agency.successor else ""
        raise field_error("agency", f"{agency} is closed{follows}.", "agency_closed")
    if ConsultationRequest.objects.live().filter(round=locked_round, agency=agency).exists():
        raise field_error("agency", f"{agency} is already asked. Add candidates to its request.", "asked_already")
    _check_due_date(role, due_on, today or timezone.now().date())
    wanted = _candidates_in_pool(locked_round, candidates)
    row = ConsultationRequest(
        round=locked_round, agency=agency, role=role, due_on=due_on, questions=questions.strip(), drafted_by=actor
    )
    drafted = create(row, actor=actor, action="drafted")
    _add(drafted, wanted, actor)
    return drafted


def _add(request: ConsultationRequest, candidates: Sequence[Candidate], actor: User) -> None:
    RequestCandidate.objects.bulk_create(
        RequestCandidate(request=request, candidate=candidate, added_by=actor) for candidate in candidates
    )
    codes = sorted(candidate.country.code for candidate in candidates)
    record(actor=actor, action="asked about candidates", target=request, after={"candidates": codes})


@transaction.atomic
def edit_request(
    *,
    request: ConsultationRequest,
    values: Mapping[str, Any],
    candidates: Iterable[Candidate],
    actor: User,
    expected_revision: str | None = None,
    today: dt.date | None = None,
) -> ConsultationRequest:
    """Change `role`, `due_on`, `questions`, and candidates of a draft request.

    Raises `EditConflict` if the draft no longer has the `expected_revision` (see `revision_of`), `ValidationError` with
    `request_sent`, and what `draft_request` raises.
    """
    require(actor, Permission.RUN_ROUNDS)
    current = locked_request(request)
    if not current.is_draft:
        raise ValidationError("This request was sent and can't change. Drop it and ask again.", code="request_sent")
    check_revision(revision_of(current), expected_revision)
    _check_due_date(values["role"], values["due_on"], today or timezone.now().date())
    wanted = {candidate.pk: candidate for candidate in _candidates_in_pool(current.round, candidates)}
    covered = set(current.candidates.values_list("candidate", flat=True))
    current.candidates.exclude(candidate__in=wanted).delete()
    if added := [candidate for key, candidate in wanted.items() if key not in covered]:
        _add(current, added, actor)
    return set_fields(current, values, actor=actor, action="changed")


@transaction.atomic
def send_request(
    *, request: ConsultationRequest, actor: User, expected_revision: str | None = None, today: dt.date | None = None
) -> ConsultationRequest:
    """Send a drafted request and notify the agency's reviewers.

    A second call changes nothing. Raises `EditConflict` if the draft no longer has the `expected_revision` (see
    `revision_of`), and `ValidationError` with `not_consulting` outside of consultation, `due_past`, `not_in_pool`, and
    `no_contact` if the agency has no one who can submit for it.
    """
    require(actor, Permission.RUN_ROUNDS)
    current = locked_request(request)
    if current.is_sent:
        return current
    check_revision(revision_of(current), expected_revision)
    if current.dropped_at is not None:
        raise ValidationError("This request was dropped. Draft another one.", code="request_dropped")
    if current.round.state != RoundState.CONSULTATION:
        raise not_consulting(current.round, "send requests")
    _check_due_date(current.role, current.due_on, today or timezone.now().date())
    candidates = _candidates_in_pool(
        current.round, [row.candidate for row in current.candidates.select_related("candidate")]
    )
    if current.role != RequestRole.INFO and not contacts_of(current.agency):
        message = f"No one can submit for {current.agency}. An administrator must first name its point of contact."
        raise ValidationError(message, code="no_contact")
    ensure_current_evidence(current.round)
    if current.role != RequestRole.INFO:
        _no_longer_left_out(current, actor)
    sent = set_fields(current, {"sent_at": timezone.now(), "sent_by": actor}, actor=actor, action="sent")
    consultation_notifications.notify_asked_agency(sent, candidates, actor=actor)
    return sent


def ensure_current_evidence(selection_round: SelectionRound) -> None:
    """Make sure that every candidate has a version of the evidence as known now."""
    if selection_round.evidence_as_of is None:
        refresh_evidence(selection_round=selection_round)
    else:
        fresh_evidence(selection_round=selection_round)


def _no_longer_left_out(request: ConsultationRequest, actor: User) -> None:
    rows = NotApplicable.objects.filter(round=request.round, agency=request.agency, superseded_at__isnull=True)
    for row in rows:
        set_fields(row, {"superseded_at": timezone.now()}, actor=actor, action="superseded: the agency is asked")


@transaction.atomic
def add_candidates(
    *, request: ConsultationRequest, candidates: Iterable[Candidate], actor: User
) -> ConsultationRequest:
    """Add candidates to a sent request, with its role and due date, and notify the agency.

    Skips candidates that the request already covers. Raises `ValidationError` with `not_sent`, `not_consulting`,
    `candidates`, or `not_in_pool`.
    """
    require(actor, Permission.RUN_ROUNDS)
    current = locked_request(request)
    if not current.is_sent:
        raise ValidationError("You can add candidates only to a sent request. Edit the draft instead.", code="not_sent")
    if current.round.state != RoundState.CONSULTATION:
        raise ValidationError("Reopen consultation before you ask about more candidates.", code="not_consulting")
    covered = set(current.candidates.values_list("candidate", flat=True))
    added = [candidate for candidate in _candidates_in_pool(current.round, candidates) if candidate.pk not in covered]
    if added:
        ensure_current_evidence(current.round)
        _add(current, added, actor)
        consultation_notifications.notify_asked_agency(current, added, actor=actor)
    return current


@transaction.atomic
def drop_request(
    *, request: ConsultationRequest, reason: str, actor: User, expected_revision: str | None = None
) -> ConsultationRequest:
    """Drop a request, with the reason.

    The agency's positions stay on record. A second call changes nothing. Raises `EditConflict` if the request no
    longer has the `expected_revision` (see `revision_of`).
    """
    require(actor, Permission.RUN_ROUNDS)
    current = locked_request(request)
    check_revision(revision_of(current), expected_revision)
    if current.dropped_at is not None:
        return current
    was_sent = current.is_sent
    values = {"dropped_at": timezone.now(), "dropped_by": actor, "drop_reason": require_reason(reason)}
    dropped = set_fields(current, values, actor=actor, action="dropped")
    if was_sent:
        consultation_notifications.notify_agency(
            dropped, consultation_notifications.DROPPED, candidates_of(dropped), once="", actor=actor, due=False
        )
    return dropped


def candidates_of(request: ConsultationRequest) -> list[Candidate]:
    rows = Candidate.objects.in_pool().filter(requests__request=request)
    return list(rows.select_related("country").order_by("country__name"))


@transaction.atomic
def move_due(
    *,
    request: ConsultationRequest,
    due_on: dt.date,
    reason: str,
    actor: User,
    expected_revision: str | None = None,
    today: dt.date | None = None,
) -> ConsultationRequest:
    """Move the due date of one sent request to a later day, record the change, and notify the agency.

    Less time than the agency was given needs consent (`services.cut_short`). Raises `EditConflict` if the request no
    longer has the `expected_revision` (see `revision_of`), and `ValidationError` with `not_sent`, `due_past`,
    `no_consent` for an earlier day, or `reason`.
    """
    require(actor, Permission.RUN_ROUNDS)
    current = locked_request(request)
    check_revision(revision_of(current), expected_revision)
    if not current.owes:
        raise ValidationError("Only a request that is waiting for an answer has a due date to move.", code="not_sent")
    _check_due_date(current.role, due_on, today or timezone.now().date())
    if current.due_on is not None and due_on < current.due_on:
        message = f"{current.agency} has until {formats.day(current.due_on)}. Ask it or an approver to agree to less."
        raise field_error("due_on", message, "no_consent")
    return set_due_date(current, due_on, require_reason(reason, "Enter why you are moving the due date."), actor)


def set_due_date(
    request: ConsultationRequest, due_on: dt.date, reason: str, actor: User, *, line: CutShortLine | None = None
) -> ConsultationRequest:
    """Set a new due date and record the change, with the consent to an earlier one (`line`).

    The caller holds the lock and has checked the date.
    """
    assert request.due_on is not None
    change = create(
        DueChange(request=request, before=request.due_on, after=due_on, reason=reason, by=actor, line=line),
        actor=actor,
        action="moved the due date",
    )
    updated = set_fields(request, {"due_on": due_on}, actor=actor, action="moved the due date of")
    consultation_notifications.notify_agency(
        updated, consultation_notifications.DUE_MOVED, candidates_of(updated), once=str(change.pk), actor=actor
    )
    return updated


@transaction.atomic
def record_not_applicable(
    *, selection_round: SelectionRound, agency: Agency, reason: str, actor: User
) -> NotApplicable:
    """Record that a statutory consultee is not asked in this round, with the reason.

    Asking it supersedes the record; informing it does not. Raises `ValidationError` with `not_statutory`,
    `asked_already`, `not_applicable_once`, or `reason`.
    """
    require(actor, Permission.RUN_ROUNDS)
    locked_round = open_to_change(selection_round)
    if not agency.statutory and not agency.predecessors.filter(statutory=True).exists():
        message = f"The statute does not name {agency}, so you don't need to record why it is not asked."
        raise field_error("agency", message, "not_statutory")
    asked = ConsultationRequest.objects.sent().exclude(role=RequestRole.INFO).filter(round=locked_round, agency=agency)
    if asked.exists():
        message = f"{agency} is asked in this round. Drop its request first."
        raise field_error("agency", message, "asked_already")
    row = NotApplicable(round=locked_round, agency=agency, reason=require_reason(reason), recorded_by=actor)
    return create(row, actor=actor, action="recorded as not applicable")


def move_requests(old: Agency, new: Agency, actor: User | None) -> int:
    """Move the open requests of an agency that closes to its successor, in every open round.

    Positions keep the name of the agency that gave them. If the successor already has a request in the round, that
    request gains the candidates and the other one is dropped.
    """
    rows = ConsultationRequest.objects.live().filter(agency=old).select_related("round").order_by("pk")
    open_rows = [row for row in rows if row.round.is_open]
    for row in open_rows:
        open_to_change(row.round)
        other = ConsultationRequest.objects.live().filter(round=row.round, agency=new).first()
        if other is None:
            set_fields(row, {"agency": new}, actor=actor, action=f"moved to the successor of {old}")
            continue
        # An agency has one request per round (see the constraint), so the two become one.
        rows_to_add = row.candidates.exclude(candidate__in=other.candidates.values("candidate"))
        RequestCandidate.objects.bulk_create(
            RequestCandidate(request=other, candidate_id=key, added_by=actor)
            for key in rows_to_add.values_list("candidate", flat=True)
        )
        values = {
            "dropped_at": timezone.now(),
            "dropped_by": actor,
            "drop_reason": f"{new} succeeds {old} and is already asked.",
        }
        before = audit_values(other)
        set_fields(row, values, actor=actor, action="merged into the request of the successor")
        record(
            actor=actor,
            action=f"took over the request to {old}",
            target=other,
            before=before,
            after=audit_values(other),
        )
    return len(open_rows)
