"""One way to show and carry out a form of one act, and where the pages of a partnership lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.access import user_of
from cpc.api.run_once import carry_out
from cpc.findings import Finding
from cpc.web.forms import add_refusal
from partnerships.form_parts.rows import TermForm
from partnerships.models import Partnership, RecordKind
from partnerships.monitoring.forms import ResultForm
from partnerships.portfolio import overview

METHODS = ("GET", "HEAD", "POST")
ALREADY = "This had been recorded already; nothing was added."
TWO_PEOPLE = "You asked for this, so another person who may approve decides on it."

Trail = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Act:
    """What the page of one act says. `facts` stand above the form; `barred` says why this account may not act."""

    heading: str
    button: str
    back: str
    trail: Trail = ()
    lede: str = ""
    findings: Sequence[Finding] = ()
    facts: Sequence[tuple[str, Any]] = ()
    barred: str = ""
    template: str = "partnerships/act.html"
    context: dict[str, Any] = field(default_factory=dict)


def found_or_404(pk: int) -> Partnership:
    """A partnership of either kind of record."""
    found = overview.find(pk)
    if found is None:
        raise Http404
    return found


def managed_or_404(pk: int) -> Partnership:
    """A partnership that is run here; records of the past are not written by people."""
    found = found_or_404(pk)
    if found.kind != RecordKind.MANAGED:
        raise Http404
    return found


def trail_of(partnership: Partnership, *above: tuple[str, str]) -> Trail:
    """The way from the start page to a page under a partnership."""
    return [
        ("Home", reverse("home")),
        ("Partnerships", reverse("partnerships")),
        (partnership.country.name, reverse("partnership", args=[partnership.pk])),
        *above,
    ]


def places(partnership: Partnership, current: str = "") -> list[tuple[str, str, bool]]:
    """The pages under a partnership: label, address, and whether it is the one that is open."""
    managed = partnership.kind == RecordKind.MANAGED
    known = [
        ("Terms", "partnership-terms", managed),
        ("Money", "partnership-money", managed),
        ("Documents", "partnership-documents", managed),
        ("Amendments", "partnership-amendments", managed),
        ("Exceptions", "partnership-exceptions", True),
        ("Determinations", "partnership-determinations", managed),
        ("Monitoring plan", "partnership-monitoring", managed),
        ("Periods", "partnership-periods", managed),
        ("Results", "partnership-results", managed),
        ("Dialogues", "partnership-dialogues", managed),
        ("Sustainability and risks", "partnership-outlook", managed),
        ("As it was", "partnership-as-of", True),
    ]
    return [
        (label, reverse(name, args=[partnership.pk]), name == current) for label, name, is_there in known if is_there
    ]


def sent(request: HttpRequest) -> QueryDict | None:
    """What was sent, for a form; None where the page is only opened."""
    return request.POST if request.method == "POST" else None


def answer(
    request: HttpRequest,
    partnership: Partnership | None,
    form: BaseForm,
    act: Act,
    work: Callable[[], str | None],
    done: str,
) -> HttpResponse:
    """Show the form of an act, or carry it out once and lead on.

    `work` writes and may give an address to go to; without one it is `act.back`. What it refuses stands at the
    fields, and everything that was typed stays.
    """
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["once"]
        try:
            url, is_new = carry_out(user_of(request), key, request.path, lambda: work() or act.back)
        except ValidationError as error:
            add_refusal(form, error)
            if isinstance(form, TermForm | ResultForm):
                form.look_again()
        else:
            messages.success(request, done) if is_new else messages.info(request, ALREADY)
            return redirect(url)
    context = {"form": form, "partnership": partnership, "act": act, **act.context}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, act.template, context, status=status)


def page(request: HttpRequest, template: str, partnership: Partnership, current: str, **context: Any) -> HttpResponse:
    """A page under a partnership, with the way to it and to its neighbors."""
    shared = {
        "partnership": partnership,
        "documented": partnership.kind == RecordKind.DOCUMENTED,
        "trail": trail_of(partnership),
        "places": places(partnership, current),
        "today": timezone.now().date(),
    }
    return render(request, template, shared | context)
