"""Answers of offices, findings of the Legal Adviser, and going on without an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils import timezone

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission
from cpc.audit.authors import check_may_decide
from partnerships.agreements.services import add_document_version
from partnerships.clearance import notifications
from partnerships.lookups.clearance import Clearance, clearance_of, is_signed
from partnerships.lookups.locking import create, lock_partnership, lock_row, service, set_fields
from partnerships.models import (
    Amendment,
    AnswerKind,
    ClearanceAnswer,
    DocumentKind,
    LegalFinding,
    LegalReview,
    Silence,
    SilenceDecision,
    TextVersion,
)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it came from an office, by email or in writing."""

    agency: Agency
    kind: AnswerKind
    answered_on: date
    comment: str = ""
    file: File[bytes] | None = None


@service(Permission.EDIT_PARTNERSHIPS)
def record_answers(
    *,
    version: TextVersion,
    answers: Sequence[Given],
    actor: User | None,
    finding: tuple[LegalReview, date] | None = None,
) -> list[ClearanceAnswer]:
    """Record answers of several offices over a version, and perhaps the finding of the Legal Adviser: all or none.

    The answers to a text that is signed are marked as after signature; what the signature rests on stays as it was.
    Raises `ValidationError` with code `answers_missing` without either, `comment` for an office that does not clear
    without its comment, `not_asked`, `answered_early`, or `future_day`; the message names the office.
    """
    current = lock_partnership(version.partnership)
    if not answers and finding is None:
        raise ValidationError("Enter at least one answer.", code="answers_missing")
    amendment = version.amendment and Amendment.objects.get(pk=version.amendment.pk)  # its state, under the lock
    is_late = is_signed(current, amendment)
    made = []
    for given in answers:
        try:
            made.append(_record(version, given, actor, is_late=is_late))
        except ValidationError as error:
            code = next((one.code for one in error.error_list), None) if not hasattr(error, "error_dict") else None
            raise ValidationError(f"{given.agency.name}: {' '.join(error.messages)}", code=code or "answer") from error
    notifications.mark_settled(version, [given.agency for given in answers if given.kind != AnswerKind.EXTENSION])
    if finding is not None:
        record_finding(version=version, result=finding[0], found_on=finding[1], actor=actor)
    return made


def _record(version: TextVersion, given: Given, actor: User | None, *, is_late: bool) -> ClearanceAnswer:
    if given.kind == AnswerKind.REFUSED and not given.comment.strip():
        raise ValidationError("Enter its comment: an office that does not clear gives its reason.", code="comment")
    document = None
    if given.file is not None:
        document = add_document_version(
            partnership=version.partnership,
            kind=DocumentKind.EVIDENCE,
            title=f"Answer of {given.agency.name}"[:200],
            file=given.file,
            actor=actor,
            dated=given.answered_on,
            note=f"On version {version.number} of the text",
        )
    answer = ClearanceAnswer(
        version=version,
        agency=given.agency,
        kind=given.kind,
        answered_on=given.answered_on,
        comment=given.comment.strip(),
        document=document,
        after_signature=is_late,
        recorded_by=actor,
    )
    return create(answer, actor=actor, action="answered")


@service(Permission.EDIT_PARTNERSHIPS)
def record_finding(
    *, version: TextVersion, result: LegalReview, found_on: date, actor: User | None, note: str = ""
) -> LegalFinding:
    """Record whether the Legal Adviser finds a text binding, non-binding, or qualifying (1 U.S.C. 112b).

    The legal review of the partnership follows from it in the database.
    """
    lock_partnership(version.partnership)
    finding = LegalFinding(version=version, result=result, found_on=found_on, note=note.strip(), recorded_by=actor)
    return create(finding, actor=actor, action="found")


@service(Permission.EDIT_PARTNERSHIPS)
def propose_going_on(*, clearance: Clearance, reasons: Mapping[Agency, str], actor: User) -> list[Silence]:
    """Propose to go on without the answers of offices that are silent, each for a reason. An approver decides.

    Raises `ValidationError` with code `answered` for an office that does not owe an answer.
    """
    partnership = lock_partnership(clearance.partnership)
    current = clearance_of(partnership, clearance.amendment)
    if current.newest is None or not reasons:
        raise ValidationError("Give a reason for at least one office.", code="reason")
    today = timezone.now().date()
    silent = current.silent(today)
    for agency, reason in reasons.items():
        if agency.pk not in silent:
            raise ValidationError(f"{agency.name} owes no answer.", code="answered")
        if not reason.strip():
            raise ValidationError(f"{agency.name}: Enter a reason.", code="reason")
    return [
        create(
            Silence(version=current.newest, agency=agency, reason=reason.strip(), asked_by=actor),
            actor=actor,
            action="proposed",
        )
        for agency, reason in reasons.items()
    ]


@service(Permission.APPROVE_PARTNERSHIPS)
def decide_going_on(*, silences: Sequence[Silence], agree: bool, actor: User, note: str = "") -> list[Silence]:
    """Agree to go on without answers, or refuse. Whoever proposed it cannot decide.

    Raises `ValidationError` with code `two_people`, `silence_state` for one that is decided, or `reason` for a
    rejection without a note.
    """
    if not agree and not note.strip():
        raise ValidationError({"note": ValidationError("Enter a reason.", code="reason")})
    decided = []
    for silence in silences:
        lock_partnership(silence.version.partnership)
        current = lock_row(silence)
        if current.decision:
            raise ValidationError("This was decided already.", code="silence_state")
        check_may_decide(current, actor)
        values = {
            "decision": SilenceDecision.CONSENTED if agree else SilenceDecision.REFUSED,
            "decided_by": actor,
            "decided_at": timezone.now(),
            "note": note.strip(),
        }
        decided.append(set_fields(current, values, actor=actor, action="agreed to" if agree else "refused"))
    return decided
