"""What a reviewer sees: the queue of their agency, and the page on which it answers on one candidate."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web.tables import PAGE, paginate
from selection.consultation import presenters, queries
from selection.consultation.forms import ConfirmForm, PositionForm
from selection.consultation.position_status import Standing
from selection.consultation.services import positions as positions_services
from selection.evidence import services as evidence_services
from selection.evidence.queries import newest_evidence
from selection.models import ANSWERING, Candidate, ConsultationRequest, Position, PositionDraft
from selection.page_frame import METHODS, carried_out
from selection.runs import labels

SUBMIT = "submit"
ANSWERED = "answered"
"""The parameter with the page of what the agency has answered."""


@require_safe
@requires(Permission.CONSULT)
def queue(request: HttpRequest) -> HttpResponse:
    """What the reviewer's agency owes, by due date, and what it has answered."""
    check_parameters(request, (PAGE, ANSWERED))
    user, today = user_of(request), timezone.now().date()
    assert user.agency is not None
    for selection_round in queries.open_rounds_of(user):
        evidence_services.fresh_evidence(selection_round=selection_round)
    found = queries.queue_of(user, today)
    waiting = paginate(request, found.waiting)
    answered = paginate(request, found.answered, parameter=ANSWERED)
    context = {
        "queue": found,
        "waiting_page": waiting,
        "answered_page": answered,
        "agency": user.agency,
        "title": presenters.queue_title(found, user.agency.short),
        "lede": presenters.queue_lede(found, today),
        "waiting": [
            (
                cell,
                presenters.questions(cell.request),
                presenters.due_mark(cell.request, today),
                presenters.draft_mark(cell),
            )
            for cell in waiting
        ],
        "answered": [
            (cell, presenters.mark(cell), found.changes.get(cell.position.pk, ()) if cell.position else ())
            for cell in answered
        ],
        "contacts": queries.contacts_of(user.agency),
        "office": settings.OFFICE_EMAIL,
        "today": today,
    }
    return render(request, "selection/consultation/queue.html", context)


@require_http_methods(METHODS)
@requires(Permission.CONSULT)
def review(request: HttpRequest, pk: int, code: str) -> HttpResponseBase:
    """The evidence on one candidate, what the office asks, and the position of the reviewer's agency."""
    check_parameters(request, ("draft",))
    asked, candidate = _found(request, pk, code)
    if candidate.country.code != code:
        return redirect("consultation-review", pk, candidate.country.code)
    evidence_services.fresh_evidence(selection_round=asked.round)
    user = user_of(request)
    drafts = queries.drafts_of(user, asked, candidate)
    if request.method != "POST":
        shown = _shown_draft(request, drafts)
        return _page(request, asked, candidate, drafts, None, shown)
    form = PositionForm(request.POST)
    submits = request.POST.get("act") == SUBMIT
    if form.is_valid() and (not submits or form.submits()):
        taken = next((draft for draft in drafts if draft.pk == form.cleaned_data["draft"]), None)
        work = _submit(request, asked, candidate, form, taken) if submits else _save(request, asked, candidate, form)
        done = (
            f"Submitted for {asked.agency.short}. It stays on record; a later position takes its place."
            if submits
            else "Draft saved. Only your agency sees it."
        )
        if (led := carried_out(request, form, work, done)) is not None:
            return led
    return _page(request, asked, candidate, drafts, form, None)


def _found(request: HttpRequest, pk: int, code: str) -> tuple[ConsultationRequest, Candidate]:
    found = queries.find_for_review(user_of(request), pk, code.upper())
    if found is None:
        raise Http404
    return found


def _shown_draft(request: HttpRequest, drafts: list[PositionDraft]) -> PositionDraft | None:
    """The draft that `?draft=` asks for, else the reader's own."""
    user, wanted = user_of(request), request.GET.get("draft", "")
    if not wanted:
        return next((draft for draft in drafts if draft.author_id == user.pk), None)
    found = next((draft for draft in drafts if str(draft.pk) == wanted), None)
    if found is None:
        raise Http404
    return found


def _submit(
    request: HttpRequest,
    asked: ConsultationRequest,
    candidate: Candidate,
    form: PositionForm,
    taken: PositionDraft | None,
) -> Any:
    values = form.cleaned_data

    def work() -> str:
        positions_services.submit_position(
            request=asked,
            candidate=candidate,
            value=values["value"],
            text=values["text"],
            proposed_due_on=values["proposed_due_on"],
            evidence=values["evidence"],
            seen=values["seen"],
            actor=user_of(request),
            taken_over=taken,
        )
        return reverse("consultation")

    return work


def _save(request: HttpRequest, asked: ConsultationRequest, candidate: Candidate, form: PositionForm) -> Any:
    values = form.cleaned_data

    def work() -> str:
        positions_services.save_draft(
            request=asked,
            candidate=candidate,
            value=values["value"],
            text=values["text"],
            proposed_due_on=values["proposed_due_on"],
            evidence=values["evidence"],
            actor=user_of(request),
            edit=values["edit"],
        )
        return reverse("consultation-review", args=[asked.pk, candidate.country.code])

    return work


@require_POST
@requires(Permission.CONSULT)
def confirm(request: HttpRequest, pk: int, code: str) -> HttpResponseBase:
    """Say the same again on the evidence as it is now."""
    asked, candidate = _found(request, pk, code)
    form = ConfirmForm(request.POST)
    drafts = queries.drafts_of(user_of(request), asked, candidate)
    if form.is_valid():
        values = form.cleaned_data
        position = Position.objects.live().filter(request=asked, candidate=candidate, pk=values["position"]).first()

        def work() -> str:
            if position is None:
                raise ValidationError(
                    "Somebody submitted another position for your agency meanwhile. Read it first.",
                    code="position_changed",
                )
            positions_services.confirm_position(position=position, evidence=values["evidence"], actor=user_of(request))
            return reverse("consultation")

        done = f"Confirmed for {asked.agency.short} on the evidence as it is now."
        if (led := carried_out(request, form, work, done)) is not None:
            return led
    return _page(request, asked, candidate, drafts, None, None, refused=form)


def _page(
    request: HttpRequest,
    asked: ConsultationRequest,
    candidate: Candidate,
    drafts: list[PositionDraft],
    form: PositionForm | None,
    shown: PositionDraft | None,
    refused: ConfirmForm | None = None,
) -> HttpResponse:
    user, today = user_of(request), timezone.now().date()
    version = newest_evidence(candidate)
    if version is None:
        raise Http404
    history = queries.history_of(asked, candidate)
    live = next((row for row in history if row.superseded_at is None), None)
    own = next((draft for draft in drafts if draft.author_id == user.pk), None)
    stale = live if live is not None and live.is_final and live.evidence_id != version.pk else None
    if form is None:
        bound = False
        form = PositionForm.opened(version.pk, live, own, shown)
    else:
        bound = True
        form.now(version.pk, live, own)
    may_write = asked.owes and asked.round.state in ANSWERING
    waiting = [cell for cell in queries.queue_of(user, today).waiting if cell.candidate != candidate]
    evidence = queries.evidence_lines(version, candidate)
    lines = [presenters.line(found) for found in evidence if not found.is_rated]
    context = {
        "asked": asked,
        "candidate": candidate,
        "round": asked.round,
        "agency": asked.agency,
        "version": version,
        "questions": presenters.questions(asked),
        "due": presenters.due_mark(asked, today),
        "today": today,
        "counted": [line for line in lines if line["row"].weight > 0],
        "beside": [line for line in lines if not line["row"].weight > 0],
        "rated": [labels.lowered(found.row.label) for found in evidence if found.is_rated],
        "history": [(row, presenters.MARKS[Standing(row.value)]) for row in history],
        "live": live,
        "live_mark": presenters.MARKS[Standing(live.value)] if live else None,
        "stale": stale,
        "changes": queries.changes_of([stale]).get(stale.pk, ()) if stale else (),
        "confirm": ConfirmForm(initial={"evidence": version.pk, "position": stale.pk}) if stale else None,
        "refused": refused,
        "form": form,
        "own": own,
        "shown": shown,
        "others": [draft for draft in drafts if draft != own],
        "may_write": may_write,
        "may_submit": positions_services.submits(user, asked),
        "contacts": queries.contacts_of(asked.agency),
        "next": waiting[0] if waiting else None,
        "office": settings.OFFICE_EMAIL,
    }
    refusing = bound or refused is not None
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refusing else HTTPStatus.OK
    return render(request, "selection/consultation/review.html", context, status=status)
