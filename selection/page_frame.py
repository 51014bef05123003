"""One way to show and carry out a form of one act in a round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from cpc.accounts.access import user_of
from cpc.api.run_once import run_once
from cpc.findings import Finding
from cpc.web.forms import add_service_errors
from cpc.web.pages import TabRow
from selection.lookups.rounds import find_round
from selection.models import SelectionRound

METHODS = ("GET", "HEAD", "POST")
ALREADY = "This had been recorded already; nothing was added."

CHOOSING = TabRow("choosing countries")
ROUND = TabRow("round")

Trail = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Act:
    """What the page of one act says. `facts` stand above the form, `findings` are warnings before it is carried out."""

    heading: str
    button: str
    back: str
    trail: Trail = ()
    kicker: str = ""
    lede: str = ""
    facts: Sequence[tuple[str, Any]] = ()
    findings: Sequence[Finding] = ()
    template: str = "selection/act.html"


def sent(request: HttpRequest) -> QueryDict | None:
    """What was sent, for a form; None where the page is only opened."""
    return request.POST if request.method == "POST" else None


def trail_of(selection_round: SelectionRound, *above: tuple[str, str]) -> Trail:
    """The way from the start page to a page under a round."""
    own = (selection_round.title, reverse("round", args=[selection_round.pk]))
    return [("Home", reverse("home")), ("Rounds", reverse("rounds")), own, *above]


def carried_out(
    request: HttpRequest, form: forms.Form, work: Callable[[], str], done: str
) -> HttpResponseRedirect | None:
    """Carry out a valid form once and go where `work` leads; None where it was refused, with the refusal in it."""
    try:
        url, is_new = run_once(user_of(request), form.cleaned_data["idempotency_key"], request.path, work)
    except ValidationError as error:
        add_service_errors(form, error)
        return None
    messages.success(request, done) if is_new else messages.info(request, ALREADY)
    return HttpResponseRedirect(url)


def answer(
    request: HttpRequest, form: forms.Form, act: Act, work: Callable[[], str | None], done: str, **context: Any
) -> HttpResponse:
    """Show the form of an act, or carry it out once and lead on: where `work` says, or to `act.back`."""
    if request.method == "POST" and form.is_valid():
        led = carried_out(request, form, lambda: work() or act.back, done)
        if led is not None:
            return led
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, act.template, {"form": form, "act": act, **context}, status=status)


def round_or_404(request: HttpRequest, pk: int) -> SelectionRound:
    """A round that this account sees."""
    found = find_round(user_of(request), pk)
    if found is None:
        raise Http404
    return found
