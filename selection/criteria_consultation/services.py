"""Writes of the consultation on criteria: ask agencies, and record what they answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require, set_fields
from cpc.database.revisions import check_revision
from cpc.validation import field_error
from cpc.web import formats
from selection.criteria_consultation import notifications
from selection.models import CriteriaAnswer, CriteriaRequest, CriteriaView, ModelState, ScoringModel


def revision_of(model: ScoringModel, agency: Agency) -> str:
    """Return the revision of an agency's answer, which is superseded and never edited: its key and the version's."""
    answer = model.criteria_answers.filter(agency=agency, superseded_at__isnull=True).first()
    return f"{answer.pk if answer else 0}-{model.table_hash[:12]}"


def _locked(model: ScoringModel) -> ScoringModel:
    """Return the locked version. Raise `ValidationError` `not_current` unless it is a draft or published."""
    found = ScoringModel.objects.select_for_update(of=("self",), no_key=True).get(pk=model.pk)
    if found.state not in (ModelState.DRAFT, ModelState.PUBLISHED):
        message = f"{found} is {found.get_state_display().lower()}. Ask about a draft or published one."
        raise ValidationError(message, code="not_current")
    return found


@transaction.atomic
def ask_on_criteria(
    *, model: ScoringModel, agencies: Iterable[Agency], due_on: dt.date, actor: User
) -> list[CriteriaRequest]:
    """Ask agencies in the product, today, to answer on the criteria of a version; asking again replaces the request.

    Raise `ValidationError` with `not_current`, `no_participant`, `due_past`, or `agency_closed`.
    """
    require(actor, Permission.RUN_ROUNDS)
    current, today, asked = _locked(model), timezone.now().date(), list(agencies)
    if not asked:
        raise field_error("agencies", "Choose at least one agency.", "no_participant")
    if due_on < today:
        raise field_error("due_on", f"{formats.day(due_on)} has passed. Enter today or a later date.", "due_past")
    rows = [_asked(current, agency, today, due_on, "", actor) for agency in asked]
    for row in rows:
        notifications.notify_agency(row, actor=actor)
    return rows


def _asked(
    model: ScoringModel, agency: Agency, asked_on: dt.date, due_on: dt.date | None, means: str, actor: User
) -> CriteriaRequest:
    if not agency.is_active:
        raise field_error("agency", f"{agency} is closed. Ask {agency.successor}.", "agency_closed")
    for former in model.criteria_requests.filter(agency=agency, superseded_at__isnull=True):
        set_fields(former, {"superseded_at": timezone.now()}, actor=actor, action="superseded")
    row = CriteriaRequest(
        model=model,
        agency=agency,
        table_hash=model.table_hash,
        asked_on=asked_on,
        due_on=due_on,
        means=means,
        asked_by=actor,
    )
    return create(row, actor=actor, action="asked")


@transaction.atomic
def answer_on_criteria(
    *,
    request: CriteriaRequest,
    value: str,
    text: str,
    speaker: str,
    actor: User,
    expected_revision: str | None = None,
) -> CriteriaAnswer:
    """Answer as the point of contact of the agency that was asked, today.

    Raise `EditConflict` if the draft changed, or another answer came, since the page was shown.
    """
    require(actor, Permission.CONSULT)
    current = _locked(request.model)
    row = CriteriaRequest.objects.select_related("agency").get(pk=request.pk)
    if actor.agency_id != row.agency_id or not actor.is_contact:
        raise PermissionDenied("Only the point of contact of the agency answers for it.")
    if row.superseded_at is not None:
        raise ValidationError("The office asked again since. Answer the newer request.", code="not_asked")
    if value not in (CriteriaView.AGREES, CriteriaView.AGREES_WITH_CHANGES, CriteriaView.DISAGREES):
        raise field_error("value", "Choose an answer.", "value")
    check_revision(revision_of(current, row.agency), expected_revision)
    answer = CriteriaAnswer(
        model=current,
        agency=row.agency,
        request=row,
        table_hash=current.table_hash,
        value=value,
        text=text.strip(),
        speaker=speaker.strip(),
        answered_on=timezone.now().date(),
        by_agency=True,
        recorded_by=actor,
    )
    stored = _store(answer, actor)
    notifications.notify_office(stored, actor=actor)
    return stored


@transaction.atomic
def record_criteria_answer(
    *,
    model: ScoringModel,
    agency: Agency,
    value: str,
    text: str,
    speaker: str,
    document: str,
    asked_on: dt.date | None,
    means: str,
    answered_on: dt.date,
    actor: User,
    expected_revision: str | None = None,
) -> CriteriaAnswer:
    """Record for the office what an agency answered outside the product, or that its answer does not apply, and why.

    Raise `ValidationError` with `not_current`, `asked_on`, `asked_later`, `answered_later`, `answered_early`, `text`,
    or `document`.
    """
    require(actor, Permission.RUN_ROUNDS)
    current = _locked(model)
    check_revision(revision_of(current, agency), expected_revision)
    request = None
    if value != CriteriaView.NOT_APPLICABLE:
        if asked_on is None:
            raise field_error("asked_on", "Enter the day on which the agency was asked.", "asked_on")
        request = current.criteria_requests.filter(agency=agency, superseded_at__isnull=True).first()
        if request is None or request.asked_on != asked_on:
            request = _asked(current, agency, asked_on, None, means.strip(), actor)
    answer = CriteriaAnswer(
        model=current,
        agency=agency,
        request=request,
        table_hash=current.table_hash,
        value=value,
        text=text.strip(),
        speaker=speaker.strip(),
        document=document.strip(),
        answered_on=answered_on,
        recorded_by=actor,
    )
    return _store(answer, actor)


def _store(answer: CriteriaAnswer, actor: User) -> CriteriaAnswer:
    former = answer.model.criteria_answers.filter(agency=answer.agency, superseded_at__isnull=True).first()
    if former is not None:
        set_fields(former, {"superseded_at": timezone.now()}, actor=actor, action="superseded")
    return create(answer, actor=actor, action="answered")
