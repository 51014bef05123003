"""The pages on which administrators keep the list of agencies that are consulted."""

from __future__ import annotations

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import Agency
from cpc.accounts.permissions import Permission
from cpc.api.run_once import run_once
from cpc.parameters import check_parameters
from cpc.people import agencies as people_agencies
from cpc.people import queries, succession
from cpc.people.audited_people import changes_since, current_revision, history
from cpc.people.forms import AgencyForm, CloseForm, NewAgencyForm
from cpc.people.presenters import ACCOUNTS_OF_AGENCY, AGENCIES
from cpc.web.forms import add_service_errors

METHODS = ("GET", "HEAD", "POST")


@require_safe
@requires(Permission.MANAGE_PEOPLE)
def agencies(request: HttpRequest) -> HttpResponse:
    """All agencies: who is consulted, who has nobody to submit for it, and which has closed."""
    check_parameters(request, ())
    return render(request, "account/people/agencies.html", {"table": AGENCIES, "agencies": queries.agencies()})


@require_http_methods(METHODS)
@requires(Permission.MANAGE_PEOPLE)
def add(request: HttpRequest) -> HttpResponse:
    """Add an agency; the same form sent twice leads to the one agency."""
    check_parameters(request, ())
    form = NewAgencyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        asked, actor = form.cleaned_data, user_of(request)

        def work() -> str:
            values = {name: asked[name] for name in ("code", "short_name", "name", "statutory")}
            return reverse("agency", args=(people_agencies.add_agency(actor=actor, **values).code,))

        try:
            url, now = run_once(actor, asked["key"], request.path, work)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, "The agency is added. Invite its reviewers." if now else "It was added already.")
            return redirect(url)
    return _page(request, "account/people/agency_new.html", form)


@require_http_methods(METHODS)
@requires(Permission.MANAGE_PEOPLE)
def agency(request: HttpRequest, code: str) -> HttpResponse:
    """One agency: its accounts, its history, and the form to change it."""
    check_parameters(request, ())
    found = get_object_or_404(queries.agencies(), code=code)
    current = current_revision(found)
    if request.method != "POST":
        return _agency(request, found, AgencyForm.of(found, current))
    sent = request.POST.copy()
    expected, sent["revision"] = sent.get("revision", ""), current
    form = AgencyForm(sent)
    if form.is_valid():
        try:
            changed = people_agencies.change_agency(
                code=code, values=form.values, expected_revision=expected, actor=user_of(request)
            )
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, "Saved." if changed else "Nothing was different.")
            return redirect("agency", code)
    return _agency(request, found, form, expected=expected)


def _agency(request: HttpRequest, found: Agency, form: AgencyForm, *, expected: str | None = None) -> HttpResponse:
    more = {
        "agency": found,
        "table": ACCOUNTS_OF_AGENCY,
        "accounts": queries.accounts().filter(agency=found),
        "predecessors": found.predecessors.order_by("name"),
        "entries": history(found),
        "meanwhile": changes_since(found, expected),
    }
    return _page(request, "account/people/agency.html", form, more)


@require_http_methods(METHODS)
@requires(Permission.MANAGE_PEOPLE)
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Close an agency: which one follows it, why, and what moves."""
    check_parameters(request, ())
    found = get_object_or_404(queries.agencies(), code=code)
    form = CloseForm(request.POST if request.method == "POST" else None, agency=found)
    if form.is_valid():
        try:
            moved = people_agencies.close_agency(agency=found, actor=user_of(request), **form.cleaned_data)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            words = ", ".join(f"{kind.label}: {kind.count}" for kind in moved)
            messages.success(request, f"{found} is closed. Moved to {form.cleaned_data['successor']}: {words}.")
            return redirect("agency", code)
    if not found.is_active and not form.is_bound:
        messages.info(request, f"{found} is closed already.")
        return redirect("agency", code)
    accounts = queries.accounts().filter(agency=found)
    more = {"agency": found, "accounts": accounts, "labels": succession.labels()}
    return _page(request, "account/people/agency_close.html", form, more)


@require_http_methods(METHODS)
@requires(Permission.MANAGE_PEOPLE)
def reopen(request: HttpRequest, code: str) -> HttpResponse:
    """Let a closed agency be consulted again."""
    check_parameters(request, ())
    found = get_object_or_404(queries.agencies(), code=code)
    if request.method == "POST":
        opened = people_agencies.reopen_agency(code=code, actor=user_of(request))
        words = f"{found} is consulted again. Invite its reviewers." if opened else f"{found} is open already."
        messages.success(request, words)
        return redirect("agency", code)
    if found.is_active:
        messages.info(request, f"{found} is open already.")
        return redirect("agency", code)
    return render(request, "account/people/agency_reopen.html", {"agency": found})


def _page(request: HttpRequest, template: str, form: forms.Form, more: dict[str, object] | None = None) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, template, {"form": form, **(more or {})}, status=status)
