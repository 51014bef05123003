"""The consultation of a round as the office runs it: who is asked about whom, by when, and where each agency stands."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import exports, formats
from cpc.web.badges import Badge
from cpc.web.tables import export_format
from selection import consultation_notifications
from selection.consultation import forms, presenters, queries
from selection.consultation.position_status import Standing
from selection.consultation.services import requests as requests_services
from selection.evidence import services as evidence_services
from selection.lookups.rounds import locked
from selection.models import ANSWERING, ConsultationRequest, RoundState
from selection.page_frame import (
    METHODS,
    Act,
    Trail,
    answer,
    carried_out,
    round_or_404,
    sent,
    trail_of,
)


def request_or_404(request: HttpRequest, pk: int, asked: int) -> ConsultationRequest:
    """A request of a round as the account sees it. Raises `Http404`."""
    round_or_404(request, pk)
    found = queries.find_request(user_of(request), pk, asked)
    if found is None:
        raise Http404
    return found


def _list_of(pk: int) -> tuple[str, str]:
    return ("Consultation", reverse("round-requests", args=[pk]))


def page_of(found: ConsultationRequest) -> str:
    """The address of a request in the office's pages."""
    return reverse("round-request", args=[found.round_id, found.pk])


def request_trail(found: ConsultationRequest) -> Trail:
    """The places above what is done about a request."""
    return trail_of(found.round, _list_of(found.round_id), (found.agency.name, page_of(found)))


@require_safe
@requires(Permission.VIEW_ROUNDS)
def requests(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every agency that is asked, with its position on each candidate."""
    check_parameters(request, ("format",))
    found, today, user = round_or_404(request, pk), timezone.now().date(), user_of(request)
    evidence_services.fresh_evidence(selection_round=found)
    page = queries.consultation_of(found, today)
    if kind := export_format(request):
        return exports.response(kind, page.cells, presenters.fields(), f"positions round {pk}", sheet="Positions")
    context = {
        "round": found,
        "place": "requests",
        "page": page,
        "facts": presenters.facts(page),
        "rows": [
            (
                asked,
                asked.request.agency_id in page.statutory,
                presenters.due_mark(asked.request, today),
                _cells(page, asked),
            )
            for asked in page.sent
        ],
        "legend": list(presenters.MARKS.values()),
        "needs": [cell for cell in page.cells if cell.needs_disposition],
        "extensions": [cell for cell in page.cells if cell.standing is Standing.EXTENSION],
        "may_run": user.allows(Permission.RUN_ROUNDS) and found.is_open,
        "may_draft": user.allows(Permission.RUN_ROUNDS) and found.is_open and found.state != RoundState.DRAFT,
        "today": today,
    }
    return render(request, "selection/consultation/requests.html", context)


def _cells(page: queries.RoundConsultation, asked: queries.Asked) -> list[tuple[queries.Cell, Badge] | None]:
    found = [asked.cells.get(candidate.pk) for candidate in page.candidates]
    return [(cell, presenters.mark(cell)) if cell is not None else None for cell in found]


@require_safe
@requires(Permission.VIEW_ROUNDS)
def one(request: HttpRequest, pk: int, asked: int) -> HttpResponse:
    """One request: what was asked, where the agency stands on each candidate, and what may be done about it."""
    check_parameters(request, ())
    found = request_or_404(request, pk, asked)
    evidence_services.fresh_evidence(selection_round=found.round)
    user, today = user_of(request), timezone.now().date()
    cells = queries.request_cells(found, today)
    changes = queries.changes_of([cell.position for cell in cells if cell.is_stale and cell.position is not None])
    may_run = user.allows(Permission.RUN_ROUNDS)
    context = {
        "round": found.round,
        "place": "requests",
        "asked": found,
        "questions": presenters.questions(found),
        "due": presenters.due_mark(found, today),
        "today": today,
        "rows": [
            (cell, presenters.mark(cell), changes.get(cell.position.pk, ()) if cell.position else ()) for cell in cells
        ],
        "contacts": queries.contacts_of(found.agency),
        "preview": consultation_notifications.preview(found, [cell.candidate for cell in cells])
        if found.is_draft and cells
        else None,
        "form": forms.SendForm(),
        "may_run": may_run and found.round.is_open,
        "may_answer": may_run and found.round.state in ANSWERING,
        "may_send": may_run and found.is_draft and found.round.state == RoundState.CONSULTATION,
        "may_approve": user.allows(Permission.APPROVE_SELECTION) and found.round.state in ANSWERING,
        "moves": list(found.due_changes.select_related("by")),
        "left_to_ask": may_run and queries.left_to_ask(found).exists(),
    }
    return render(request, "selection/consultation/request.html", context)


@require_http_methods(METHODS)
@requires(Permission.RUN_ROUNDS)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft a request to an agency."""
    check_parameters(request, ())
    found = round_or_404(request, pk)
    form = forms.RequestForm(queries.agencies_to_ask(found), queries.pool_of(found), sent(request))
    act = Act(
        "Ask an agency",
        "Draft the request",
        reverse("round-requests", args=[pk]),
        trail_of(found, _list_of(pk)),
        str(found),
        "The agency sees nothing until you have read what it will be told, and sent it.",
    )

    def work() -> str:
        values = form.cleaned_data
        made = requests_services.draft_request(
            selection_round=found,
            agency=values["agency"],
            candidates=values["candidates"],
            actor=user_of(request),
            **form.values,
        )
        return page_of(made)

    return answer(request, form, act, work, "Drafted. Read what the agency will be told, then send it.")


@require_http_methods(METHODS)
@requires(Permission.RUN_ROUNDS)
def edit(request: HttpRequest, pk: int, asked: int) -> HttpResponseBase:
    """Edit a request that is a draft; the second of two people is told, and keeps what was typed."""
    check_parameters(request, ())
    found = request_or_404(request, pk, asked)
    if not found.is_draft:
        return redirect(page_of(found))
    form = forms.RequestForm.of(found, queries.pool_of(found.round), sent(request))
    act = Act("Edit the request", "Save", page_of(found), request_trail(found), f"{found.agency}, {found.round}")

    def work() -> None:
        try:
            requests_services.edit_request(
                request=found,
                values=form.values,
                candidates=form.cleaned_data["candidates"],
                actor=user_of(request),
                edit=form.cleaned_data["seen"] or 0,
            )
        except ValidationError as error:
            if getattr(error, "code", "") == "changed":
                fresh = request_or_404(request, pk, asked)
                form.data = request.POST.copy()
                form.data["seen"] = str(fresh.edit)
                form.add_error(None, _held(fresh))
            raise

    return answer(request, form, act, work, "Saved.")


def _held(fresh: ConsultationRequest) -> str:
    """What a draft holds now, in words, for whoever was slower."""
    names = ", ".join(row.candidate.country.name for row in fresh.candidates.all())
    due = formats.day(fresh.due_on) if fresh.due_on else "no day"
    return f"It now says: {fresh.get_role_display()}, due {due}, about {names}. Questions: {fresh.questions or 'none'}"


@require_http_methods(METHODS)
@requires(Permission.RUN_ROUNDS)
def send(request: HttpRequest, pk: int, asked: int) -> HttpResponseBase:
    """Put what was previewed before the agency, once."""
    check_parameters(request, ())
    found = request_or_404(request, pk, asked)
    form = forms.SendForm(sent(request))
    if request.method == "POST" and form.is_valid():

        def work() -> str:
            requests_services.send_request(request=found, actor=user_of(request))
            return page_of(found)

        if (led := carried_out(request, form, work, f"Sent. {found.agency.short} has it now.")) is not None:
            return led
    act = Act(
        "Send the request",
        "Send",
        page_of(found),
        request_trail(found),
        f"{found.agency}, {found.round}",
        "What it will be told stands on the page of the request. It is told at once.",
        [
            ("Role", found.get_role_display()),
            ("Due", formats.day(found.due_on) if found.due_on else "No answer is asked for"),
            ("Candidates", ", ".join(row.candidate.country.name for row in found.candidates.all()) or formats.DASH),
            ("Submits", ", ".join(map(str, queries.contacts_of(found.agency))) or formats.DASH),
        ],
    )
    status = 422 if form.is_bound else 200
    return render(request, act.template, {"form": form, "act": act}, status=status)


@require_http_methods(METHODS)
@requires(Permission.RUN_ROUNDS)
def drop(request: HttpRequest, pk: int, asked: int) -> HttpResponse:
    """No longer ask an agency."""
    check_parameters(request, ())
    found = request_or_404(request, pk, asked)
    act = Act(
        "Drop the request",
        "Drop the request",
        page_of(found),
        request_trail(found),
        f"{found.agency}, {found.round}",
        "The agency is told and owes nothing more. What it has said stays on record. You may ask it again.",
    )
    form = forms.DropForm(sent(request))
    form.stand_on(_dropped(found))

    def work() -> str:
        locked(found.round)
        form.hold_against(_dropped(request_or_404(request, pk, asked)))
        requests_services.drop_request(request=found, reason=form.cleaned_data["reason"], actor=user_of(request))
        return reverse("round-requests", args=[pk])

    return answer(request, form, act, work, f"{found.agency.short} is no longer asked.")


def _dropped(found: ConsultationRequest) -> list[tuple[str, str]]:
    said = f"by {found.dropped_by}: {found.drop_reason}" if found.dropped_at is not None else "no"
    return [("Dropped", said)]


@require_http_methods(METHODS)
@requires(Permission.RUN_ROUNDS)
def due(request: HttpRequest, pk: int, asked: int) -> HttpResponse:
    """Move the day of a request that was sent."""
    check_parameters(request, ())
    found = request_or_404(request, pk, asked)
    act = Act(
        "Move the due date",
        "Move the due date",
        page_of(found),
        request_trail(found),
        f"{found.agency}, {found.round}",
        "It moves for this agency alone, and the agency is told.",
        facts=_due_of(found),
    )
    form = forms.DueForm(sent(request))
    form.stand_on(_due_of(found))

    def work() -> None:
        values = form.cleaned_data
        locked(found.round)
        form.hold_against(_due_of(request_or_404(request, pk, asked)))
        requests_services.move_due(
            request=found, due_on=values["due_on"], reason=values["reason"], actor=user_of(request)
        )

    return answer(request, form, act, work, "The due date has moved.")


def _due_of(found: ConsultationRequest) -> list[tuple[str, str]]:
    return [("Due now", formats.day(found.due_on))]


@require_http_methods(METHODS)
@requires(Permission.RUN_ROUNDS)
def candidates(request: HttpRequest, pk: int, asked: int) -> HttpResponse:
    """Ask about more candidates in a request that was sent."""
    check_parameters(request, ())
    found = request_or_404(request, pk, asked)
    left = queries.left_to_ask(found)
    if request.method != "POST" and not left.exists():
        messages.info(request, f"{found.agency} is asked about every candidate of the round already.")
        return redirect(page_of(found))
    act = Act(
        "Add candidates",
        "Ask about them",
        page_of(found),
        request_trail(found),
        f"{found.agency}, {found.round}",
        "The agency is told at once. Role and due date are those of the request.",
    )
    form = forms.CandidatesForm(left, sent(request))

    def work() -> None:
        requests_services.add_candidates(
            request=found, candidates=form.cleaned_data["candidates"], actor=user_of(request)
        )

    return answer(request, form, act, work, "Asked. The agency is told.")


@require_http_methods(METHODS)
@requires(Permission.RUN_ROUNDS)
def not_applicable(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that a consultee of the statute is not asked, and why."""
    check_parameters(request, ())
    found = round_or_404(request, pk)
    act = Act(
        "Record as not applicable",
        "Record it",
        reverse("round-requests", args=[pk]),
        trail_of(found, _list_of(pk)),
        str(found),
        "For an agency that the statute names and that has no part in this round. Asking it takes the record back.",
    )
    form = forms.NotApplicableForm(queries.to_leave_out(found), sent(request))

    def work() -> None:
        values = form.cleaned_data
        requests_services.record_not_applicable(
            selection_round=found, agency=values["agency"], reason=values["reason"], actor=user_of(request)
        )

    return answer(request, form, act, work, "Recorded.")
