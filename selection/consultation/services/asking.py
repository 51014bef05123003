"""Requests to several agencies, written and sent together, with the reasons why others are not asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import require
from cpc.notifications.services import Preview
from cpc.validation import field_error
from selection import consultation_notifications
from selection.consultation.services import requests as requests_services
from selection.models import Candidate, ConsultationRequest, NotApplicable, SelectionRound


@dataclass(frozen=True, slots=True)
class Ask:
    """One agency with its role, due day, and questions of its own, which follow the common ones."""

    agency: Agency
    role: str
    due_on: dt.date | None
    questions: str = ""


class AgenciesRefused(ValidationError):
    """Errors of a common request, by the code of the agency."""

    def __init__(self, errors: Mapping[str, ValidationError]) -> None:
        super().__init__("Nothing was sent. What is wrong is shown at each agency.", code="agencies_refused")
        self.by_code = errors


@dataclass(frozen=True, slots=True)
class Asked:
    """Requests that were sent, with the message to each agency, and the records of agencies that are not asked."""

    requests: Sequence[tuple[ConsultationRequest, Preview]]
    left_out: Sequence[NotApplicable]


@transaction.atomic
def ask_agencies(
    *,
    selection_round: SelectionRound,
    asks: Sequence[Ask],
    candidates: Collection[Candidate],
    questions: str,
    left_out: Sequence[tuple[Agency, str]],
    actor: User,
    today: dt.date | None = None,
) -> Asked:
    """Draft and send a request to each agency, and record why others are not asked: all or nothing.

    Raises `ValidationError` with `agencies` if there is nothing to do, and `AgenciesRefused` with what `draft_request`,
    `send_request`, and `record_not_applicable` raise for each agency.
    """
    require(actor, Permission.RUN_ROUNDS)
    if not asks and not left_out:
        raise field_error("agencies", "Choose at least one agency.", "agencies")
    sent, recorded, refused = [], [], {}
    for ask in asks:
        try:
            with transaction.atomic():
                sent.append(_ask(selection_round, ask, candidates, questions, actor, today))
        except ValidationError as error:
            refused[ask.agency.code] = error
    for agency, reason in left_out:
        try:
            with transaction.atomic():
                recorded.append(
                    requests_services.record_not_applicable(
                        selection_round=selection_round, agency=agency, reason=reason, actor=actor
                    )
                )
        except ValidationError as error:
            refused[agency.code] = error
    if refused:
        raise AgenciesRefused(refused)
    return Asked(sent, recorded)


def _ask(
    selection_round: SelectionRound,
    ask: Ask,
    candidates: Collection[Candidate],
    questions: str,
    actor: User,
    today: dt.date | None,
) -> tuple[ConsultationRequest, Preview]:
    draft = requests_services.draft_request(
        selection_round=selection_round,
        agency=ask.agency,
        role=ask.role,
        due_on=ask.due_on,
        questions="\n".join(part for part in (questions.strip(), ask.questions.strip()) if part),
        candidates=candidates,
        actor=actor,
        today=today,
    )
    message = consultation_notifications.preview(draft, requests_services.candidates_of(draft))
    return requests_services.send_request(request=draft, actor=actor, today=today), message


def preview_of(
    *,
    selection_round: SelectionRound,
    asks: Sequence[Ask],
    candidates: Collection[Candidate],
    questions: str,
    left_out: Sequence[tuple[Agency, str]],
    actor: User,
    today: dt.date | None = None,
) -> Asked:
    """Return what `ask_agencies` would send, and save nothing. Raises what it raises."""
    with transaction.atomic():
        asked = ask_agencies(
            selection_round=selection_round,
            asks=asks,
            candidates=candidates,
            questions=questions,
            left_out=left_out,
            actor=actor,
            today=today,
        )
        transaction.set_rollback(True)
    return asked
