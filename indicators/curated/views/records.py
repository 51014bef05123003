"""What the pages of programs and of plans share: add, replace, withdraw, and the document behind a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cpc.accounts.access import user_of
from cpc.api.run_once import run_once
from cpc.web.edit_conflicts import differing
from cpc.web.forms import add_service_errors
from cpc.web.tables import check_parameters
from indicators.curated import services
from indicators.curated.forms.records import CloseForm, KeptForm
from indicators.models import NationalPlan, USGProgram

Kept = USGProgram | NationalPlan

SENT_BEFORE = "This form had been sent already; nothing was added."


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of row: its model, its form, its names, and the name of the address of its page and list."""

    model: type[USGProgram] | type[NationalPlan]
    form: type[KeptForm]
    noun: str
    plural: str
    url: str
    more: Callable[[], dict[str, Any]] = dict

    def get(self, pk: int) -> Kept:
        """The row, standing or not; `Http404` where there is none."""
        rows = self.model._default_manager.select_related("country", "recorded_by", "superseded_by")
        row = rows.filter(pk=pk).first()
        if row is None:
            raise Http404
        return row


def add(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Record a row that is not on record; the same form sent twice leads to the one row."""
    check_parameters(request, ("country",))
    if request.method != "POST":
        form = kind.form(initial={"country": request.GET.get("country", "")})
        return _form_page(request, kind, form)
    form = kind.form(request.POST, request.FILES)
    if not form.is_valid():
        return _form_page(request, kind, form)
    user = user_of(request)

    def work() -> str:
        made: Kept = services.record_row(row=kind.model(**form.values), actor=user)
        return reverse(kind.url, args=[made.pk])

    try:
        url, is_new = run_once(user, form.cleaned_data["idempotency_key"], request.path, work)
    except ValidationError as error:
        add_service_errors(form, error)
        return _form_page(request, kind, form)
    if is_new:
        messages.success(request, f"The {kind.noun} is on record.")
    else:
        messages.info(request, SENT_BEFORE)
    return redirect(url)


def replace(request: HttpRequest, kind: Kind, pk: int) -> HttpResponse:
    """Put another version in the place of a row, with the reason."""
    check_parameters(request, ())
    row = kind.get(pk)
    if request.method != "POST":
        if not row.is_live:
            messages.info(request, f"This version of the {kind.noun} does not stand; only the one that stands changes.")
            return redirect(kind.url, pk)
        return _form_page(request, kind, kind.form(replaces=row), row)
    form = kind.form(request.POST, request.FILES, replaces=row)
    if not form.is_valid():
        return _form_page(request, kind, form, row)
    user = user_of(request)
    outcome: list[Kept] = []

    def work() -> str:
        reason = form.cleaned_data["reason"]
        outcome.append(services.replace_row(row=row, values=form.values, reason=reason, actor=user))
        return reverse(kind.url, args=[outcome[0].pk])

    try:
        url, is_new = run_once(user, form.cleaned_data["idempotency_key"], request.path, work)
    except ValidationError as error:
        add_service_errors(form, error)
        stands = kind.get(pk)
        if (newer := getattr(stands, "replaced_by", None)) is not None:
            for line in differing(form, kind.form(replaces=newer)):
                form.add_error(None, line)
        return _form_page(request, kind, form, stands)
    if not is_new:
        messages.info(request, SENT_BEFORE)
    elif outcome[0].pk == pk:
        messages.info(request, "Nothing differs from what is on record; nothing changed.")
    else:
        messages.success(request, "Replaced. The earlier version stays on record below.")
    return redirect(url)


def withdraw(request: HttpRequest, kind: Kind, pk: int) -> HttpResponse:
    """Ask for the reason, and let a row stand no longer."""
    check_parameters(request, ())
    row = kind.get(pk)
    form = CloseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_row(row=row, reason=form.cleaned_data["reason"], actor=user_of(request))
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, f"The {kind.noun} is withdrawn. It stays on record with the reason.")
            return redirect(kind.url, pk)
    if not row.is_live and request.method != "POST":
        messages.info(request, f"This version of the {kind.noun} does not stand; there is nothing to withdraw.")
        return redirect(kind.url, pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"row": row, "kind": kind, "form": form}
    return render(request, "indicators/kept_withdraw.html", context, status=status)


def document(request: HttpRequest, kind: Kind, pk: int) -> FileResponse:
    """The document behind a row, always as a download; `Http404` where it has none."""
    check_parameters(request, ())
    row = kind.get(pk)
    name = row.document.name or ""
    if not name or not row.document.storage.exists(name):
        raise Http404
    response = FileResponse(
        row.document.open("rb"),
        as_attachment=True,
        filename=PurePath(name).name,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _form_page(request: HttpRequest, kind: Kind, form: KeptForm, row: Kept | None = None) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form, "kind": kind, "row": row, **kind.more()}
    return render(request, "indicators/kept_form.html", context, status=status)
