"""What the office does about what agencies said, and about what they did not say."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import formats
from selection.consultation import forms, queries
from selection.consultation.services import dispositions as dispositions_services
from selection.consultation.views.requests import page_of, request_or_404, request_trail
from selection.lookups.rounds import locked
from selection.models import Position
from selection.page_frame import (
    METHODS,
    Act,
    answer,
    round_or_404,
    sent,
)


def _position_or_404(request: HttpRequest, pk: int, position: int) -> Position:
    round_or_404(request, pk)
    found = queries.find_position(user_of(request), pk, position)
    if found is None:
        raise Http404
    return found


@require_http_methods(METHODS)
@requires(Permission.RUN_ROUNDS)
def disposition(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Record what the office did about a position."""
    check_parameters(request, ())
    found = _position_or_404(request, pk, position)
    act = Act(
        "Record the disposition",
        "Record it",
        page_of(found.request),
        request_trail(found.request),
        f"{found.agency} on {found.candidate.country}",
        "What did the office do about it? It prints in the memo; a later record counts instead of this one.",
        facts=[("Position", found.get_value_display()), ("In its words", found.text), ("Given", formats.day(found.at))],
    )
    form = forms.DispositionForm(sent(request))
    form.stand_on(_disposed(found))

    def work() -> None:
        locked(found.request.round)
        form.hold_against(_disposed(found))
        dispositions_services.dispose(position=found, text=form.cleaned_data["text"], actor=user_of(request))

    return answer(request, form, act, work, "Recorded. The agency is told.")


def _disposed(found: Position) -> list[tuple[str, str]]:
    newest = found.dispositions.order_by("-pk").first()
    return [("What the office did about it", newest.text if newest else "")]


@require_http_methods(METHODS)
@requires(Permission.RUN_ROUNDS)
def extension(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Grant or decline a wish for more time."""
    check_parameters(request, ())
    found = _position_or_404(request, pk, position)
    act = Act(
        "Answer the wish for more time",
        "Record the answer",
        page_of(found.request),
        request_trail(found.request),
        f"{found.agency} on {found.candidate.country}",
        "Granted, it moves the due date of this agency for all its candidates.",
        facts=[
            ("Due now", formats.day(found.request.due_on)),
            ("Day asked for", formats.day(found.proposed_due_on)),
            ("Why", found.text),
        ],
    )
    form = forms.ExtensionForm(sent(request), initial={"due_on": found.proposed_due_on})

    def work() -> None:
        values = form.cleaned_data
        dispositions_services.answer_extension(
            position=found,
            granted=values["decision"] == "grant",
            due_on=values["due_on"],
            reason=values["reason"],
            actor=user_of(request),
        )

    return answer(request, form, act, work, "Recorded. The agency is told.")


@require_http_methods(METHODS)
@requires(Permission.APPROVE_SELECTION)
def proceed(request: HttpRequest, pk: int, asked: int, code: str) -> HttpResponse:
    """Let a candidate go on although the agency has not answered."""
    check_parameters(request, ())
    found = request_or_404(request, pk, asked)
    row = next((row for row in found.candidates.all() if row.candidate.country.code == code.upper()), None)
    if row is None:
        raise Http404
    candidate = row.candidate
    act = Act(
        "Go on without a response",
        "Go on without it",
        page_of(found),
        request_trail(found),
        f"{found.agency} on {candidate.country}",
        "The memo prints “no response” and the reason. An answer that comes later still counts.",
        facts=[("Was due", formats.day(found.due_on))],
    )
    form = forms.ReasonForm(sent(request))

    def work() -> None:
        dispositions_services.proceed_without(
            request=found, candidate=candidate, reason=form.cleaned_data["reason"], actor=user_of(request)
        )

    return answer(request, form, act, work, "Recorded. It prints in the memo.")
