"""Cutting a consultation short: going on without answers, or an earlier due day.

The office proposes it, with a reason for each agency. The agency consents for itself, or an approver, who is not the
one who asked, consents to all that is left. Nothing changes before. A later answer still counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require, set_fields
from cpc.audit.authors import check_may_decide
from cpc.database.revisions import check_revision
from cpc.validation import field_error
from cpc.web import formats
from selection import consultation_notifications
from selection.consultation.consent_queries import covered_by, missing_by_request, open_proposals
from selection.consultation.queries import PositionCell, revision_of
from selection.consultation.services.positions import submits
from selection.consultation.services.requests import (
    candidates_of,
    locked_request,
    not_consulting,
    require_reason,
    set_due_date,
)
from selection.lookups.rounds import open_to_change
from selection.models import (
    ANSWERING,
    ConsultationRequest,
    CutShort,
    CutShortDecision,
    CutShortKind,
    CutShortLine,
    ProceedWithout,
    SelectionRound,
)

OVERTAKEN = "Nothing is left to agree to: the answers came, or the round moved."


def reason_field(request: ConsultationRequest) -> str:
    """Return the name of the field with the reason for one agency."""
    return f"reason_{request.pk}"


def _answering(selection_round: SelectionRound) -> SelectionRound:
    found = open_to_change(selection_round)
    if found.state not in ANSWERING:
        raise not_consulting(found, "cut it short")
    return found


@transaction.atomic
def propose_going_on(
    *,
    selection_round: SelectionRound,
    reasons: Mapping[int, str],
    actor: User,
    today: dt.date | None = None,
) -> CutShort:
    """Ask for consent to go on without the answers that are missing; `reasons` gives one for each request that owes.

    Raises `ValidationError` with `not_consulting`, `nothing_missing`, `asked_already`, or `reason` at the field of each
    agency without one.
    """
    require(actor, Permission.RUN_ROUNDS)
    found = _answering(selection_round)
    missing = missing_by_request(found, today or timezone.now().date())
    if not missing:
        raise ValidationError("No answer is missing, so there is nothing to agree to.", code="nothing_missing")
    _close_overtaken(found)
    if (waiting := open_proposals(found).filter(kind=CutShortKind.GO_ON).first()) is not None:
        message = (
            f"{waiting.asked_by} already asked on {formats.day(waiting.at)}. The approver's answer is outstanding."
        )
        raise ValidationError(message, code="asked_already")
    lacking = [request for request, _ in missing if not reasons.get(request.pk, "").strip()]
    if lacking:
        raise ValidationError(
            {
                reason_field(request): ValidationError(
                    f"Say why the round can't wait for {request.agency.short}.", code="reason"
                )
                for request in lacking
            }
        )
    proposal = create(CutShort(round=found, kind=CutShortKind.GO_ON, asked_by=actor), actor=actor, action="proposed")
    for request, cells in missing:
        line = create(
            CutShortLine(proposal=proposal, request=request, reason=reasons[request.pk].strip()),
            actor=actor,
            action="proposed",
        )
        consultation_notifications.notify_agency(
            request,
            consultation_notifications.CONSENT_ASKED,
            [cell.candidate for cell in cells],
            once=str(line.pk),
            actor=actor,
        )
    return proposal


@transaction.atomic
def propose_shorter_time(
    *,
    request: ConsultationRequest,
    due_on: dt.date,
    reason: str,
    actor: User,
    expected_revision: str | None = None,
    today: dt.date | None = None,
) -> CutShort:
    """Ask for consent to an earlier due day of one request.

    Raises `EditConflict` if the request no longer has the `expected_revision`, and `ValidationError` with `not_sent`,
    `due_past`, `due_on`, `asked_already`, or `reason`.
    """
    require(actor, Permission.RUN_ROUNDS)
    current = locked_request(request)
    check_revision(revision_of(current), expected_revision)
    if not current.owes or current.due_on is None:
        raise ValidationError("Only a request that is waiting for an answer has a due date to move.", code="not_sent")
    if current.round.state not in ANSWERING:
        raise not_consulting(current.round, "shorten the time for an answer")
    if due_on < (today or timezone.now().date()):
        raise field_error("due_on", f"{formats.day(due_on)} has passed. Enter today or a later date.", "due_past")
    if due_on >= current.due_on:
        raise field_error("due_on", f"Enter a date before {formats.day(current.due_on)}.", "due_on")
    given_reason = require_reason(reason, "Enter why the agency should have less time.")
    same = open_proposals(current.round).filter(kind=CutShortKind.SHORTEN, lines__request=current)
    if same.exists():
        message = f"Less time for {current.agency} is already proposed. Withdraw that proposal first."
        raise ValidationError(message, code="asked_already")
    proposal = create(
        CutShort(round=current.round, kind=CutShortKind.SHORTEN, asked_by=actor), actor=actor, action="proposed"
    )
    line = create(
        CutShortLine(proposal=proposal, request=current, reason=given_reason, due_on=due_on),
        actor=actor,
        action="proposed",
    )
    consultation_notifications.notify_agency(
        current, consultation_notifications.LESS_TIME_ASKED, candidates_of(current), once=str(line.pk), actor=actor
    )
    return proposal


def _open(proposal: CutShort) -> CutShort:
    """Lock the round and return the proposal as it is now. Raise `ValidationError` if it is decided or overtaken."""
    _answering(proposal.round)
    rows = CutShort.objects.select_for_update(of=("self",), no_key=True)
    current = rows.select_related("round", "asked_by", "decided_by").get(pk=proposal.pk)
    if current.decision:
        by = f" by {current.decided_by}" if current.decided_by else ""
        message = f"This proposal is already {current.get_decision_display().lower()}{by}."
        raise ValidationError(message, code="decided_already")
    if current.round.steps.filter(at__gt=current.at).exists():
        raise ValidationError("The round has moved since this was proposed. Ask again.", code="overtaken")
    return current


def _lines_left(proposal: CutShort) -> list[CutShortLine]:
    lines = proposal.lines.filter(consented_by__isnull=True, request__dropped_at__isnull=True)
    return list(lines.select_related("request__agency", "request__round").order_by("pk"))


@transaction.atomic
def agree(*, proposal: CutShort, actor: User, note: str = "", today: dt.date | None = None) -> CutShort:
    """Consent, as an approver who did not ask, to all that no agency has consented to, and notify each agency.

    Answers that came in the meantime need no consent. Raises `ValidationError` with `two_people`, `decided_already`, or
    `overtaken` if nothing is left.
    """
    require(actor, Permission.APPROVE_SELECTION)
    current = _open(proposal)
    check_may_decide(current, actor)
    day = today or timezone.now().date()
    left = [(line, cells) for line in _lines_left(current) if (cells := _still(line, day))]
    if not left:
        raise ValidationError(OVERTAKEN, code="overtaken")
    _decide(current, CutShortDecision.AGREED, actor, note, "agreed to")
    for line, cells in left:
        _carry_out(line, cells, actor, by_agency=False)
    consultation_notifications.notify_of_proposal(current, actor=actor, agreed=True)
    return current


@transaction.atomic
def refuse(*, proposal: CutShort, note: str, actor: User) -> CutShort:
    """Refuse a proposal, with the reason, and notify the person who asked and the agencies.

    Raises what `agree` raises, and `note`.
    """
    require(actor, Permission.APPROVE_SELECTION)
    current = _open(proposal)
    check_may_decide(current, actor)
    if not note.strip():
        raise field_error("note", "Enter why you refuse.", "note")
    _decide(current, CutShortDecision.REFUSED, actor, note, "refused")
    consultation_notifications.notify_of_proposal(current, actor=actor, agreed=False)
    _notify_of_due_dates(current, actor)
    return current


@transaction.atomic
def withdraw(*, proposal: CutShort, actor: User) -> CutShort:
    """Take a proposal back before anybody decides, and notify the agencies. What agencies consented to stays."""
    require(actor, Permission.RUN_ROUNDS)
    withdrawn = _decide(_open(proposal), CutShortDecision.WITHDRAWN, actor, "", "withdrew")
    _notify_of_due_dates(withdrawn, actor)
    return withdrawn


def _notify_of_due_dates(proposal: CutShort, actor: User) -> None:
    """Tell the agencies that an urgent notice reached, and that have not consented, that nothing changes."""
    for line in _lines_left(proposal):
        consultation_notifications.notify_agency(
            line.request,
            consultation_notifications.AS_BEFORE,
            candidates_of(line.request),
            once=str(line.pk),
            actor=actor,
        )


@transaction.atomic
def consent_for_agency(*, line: CutShortLine, actor: User, today: dt.date | None = None) -> CutShortLine:
    """Consent, as a point of contact of the agency, to what is proposed about it.

    A second call changes nothing. Raises `PermissionDenied` for anyone else, and `ValidationError` with
    `decided_already` or `overtaken`.
    """
    current = CutShortLine.objects.select_related("proposal__round", "request__agency").get(pk=line.pk)
    if not submits(actor, current.request):
        raise PermissionDenied(f"Only a point of contact of {current.request.agency} consents for it.")
    if current.consented_by_id is not None:
        return current
    _open(current.proposal)
    related = ("proposal__round", "proposal__asked_by", "request__agency", "request__round")
    current = CutShortLine.objects.select_related(*related).get(pk=line.pk)
    if current.consented_by_id is not None:
        return current
    cells = _still(current, today or timezone.now().date())
    if not cells:
        raise ValidationError(OVERTAKEN, code="overtaken")
    values = {"consented_by": actor, "consented_at": timezone.now()}
    consented = set_fields(current, values, actor=actor, action="consented for the agency")
    _carry_out(consented, cells, actor, by_agency=True)
    consultation_notifications.notify_office(
        consented.request,
        consultation_notifications.AGENCY_CONSENTED,
        [cell.candidate for cell in cells],
        once=str(consented.pk),
        also=[consented.proposal.asked_by],
    )
    return consented


def _still(line: CutShortLine, today: dt.date) -> list[PositionCell]:
    """Return the answers that a line is about and that are missing now; none if the due day is that early by now."""
    request = line.request
    if line.due_on is not None and (request.due_on is None or line.due_on >= request.due_on or line.due_on < today):
        return []
    return covered_by(line, today)


def _carry_out(line: CutShortLine, cells: Iterable[PositionCell], actor: User, *, by_agency: bool) -> None:
    if line.due_on is not None:
        set_due_date(line.request, line.due_on, line.reason, actor, line=line)
        return
    gone_on = []
    for cell in cells:
        row = ProceedWithout(
            request=line.request,
            candidate=cell.candidate,
            line=line,
            reason=line.reason,
            approved_by=actor,
            by_agency=by_agency,
        )
        create(row, actor=actor, action="went on without a response")
        gone_on.append(cell.candidate)
    if not by_agency:
        consultation_notifications.notify_agency(
            line.request, consultation_notifications.GONE_ON, gone_on, once=str(line.pk), actor=actor
        )


def _decide(proposal: CutShort, decision: CutShortDecision, actor: User, note: str, action: str) -> CutShort:
    values = {"decision": decision, "decided_by": actor, "decided_at": timezone.now(), "note": note.strip()}
    return set_fields(proposal, values, actor=actor, action=action)


def _close_overtaken(selection_round: SelectionRound) -> None:
    """Close the proposals of a round of which nothing is left, so that the office can ask again."""
    waiting = {row.pk for row in open_proposals(selection_round)}
    for row in selection_round.cut_short.filter(decision="").exclude(pk__in=waiting):
        values = {"decision": CutShortDecision.OVERTAKEN, "decided_at": timezone.now()}
        set_fields(row, values, actor=None, action="overtaken")
