"""Opening a record, editing it before signature, and taking its steps. Each form is sent once, however often."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cpc.accounts.access import check, requires, user_of
from cpc.accounts.permissions import Permission
from cpc.findings import Severity, errors
from cpc.web.once import carry_out
from cpc.web.tables import check_parameters
from partnerships.forms import OpenForm, OpenFromDecisionForm, RecordForm, StepForm, add_refusal
from partnerships.lifecycle import BY_DETERMINATION, LIFECYCLE
from partnerships.models import Partnership, RecordKind
from partnerships.origin import origin_findings
from partnerships.queries import origin as origins
from partnerships.queries import overview as reads
from partnerships.services import create_partnership, edit_partnership, take_step
from partnerships.tables.origin import origin_facts

METHODS = ("GET", "HEAD", "POST")
OPENED = "The record is open. Set its term and its terms before signature."
ALREADY = "This record had been opened already; nothing was added."
CHANGED = (
    "Somebody changed this record since you opened the page. Nothing was saved. Compare your values with the record "
    "and save again."
)


def managed_or_404(pk: int) -> Partnership:
    """A partnership that is run here; records of the past are not written by people."""
    found = reads.find(pk, timezone.now().date())
    if found is None or found.kind != RecordKind.MANAGED:
        raise Http404
    return found


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def open_record(request: HttpRequest) -> HttpResponse:
    """Open the record of a country from a decision or a stated reason; a form sent twice leads to the one record."""
    check_parameters(request, ("decision",))
    if "decision" in request.GET:
        return _open_from_decision(request, request.GET["decision"])
    form = OpenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        before = reads.same_record(asked["country"], asked["title"], asked["origin_reason"])
        if before is not None:
            messages.info(request, ALREADY)
            return redirect("partnership", before.pk)
        try:
            made = create_partnership(actor=user_of(request), **asked)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, OPENED)
            return redirect("partnership", made.pk)
    return _page(request, "partnerships/new.html", form, more={"waiting": origins.waiting_decisions()})


def _open_from_decision(request: HttpRequest, number: str) -> HttpResponse:
    """The form prefilled with what a decision selects; one that begins nothing says why and leads on."""
    decision = origins.find_decision(int(number)) if number.isdecimal() and len(number) < 10 else None
    if decision is None:
        raise Http404
    country = decision.candidate.country
    initial = {"title": f"Child Protection Compact Partnership with {country}"}
    form = OpenFromDecisionForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data

        def work() -> str:
            made = create_partnership(country=country, title=asked["title"], decision=decision, actor=user_of(request))
            return reverse("partnership", args=[made.pk])

        try:
            url, is_new = carry_out(user_of(request), asked["once"], request.path, work)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, OPENED) if is_new else messages.info(request, ALREADY)
            return redirect(url)
    more = {
        "decision": decision,
        "facts": origin_facts(decision),
        "findings": [] if form.is_bound else origin_findings(decision),
        "begun": origins.begun_by([decision.candidate]).get(decision.candidate_id, []),
    }
    return _page(request, "partnerships/new_from_decision.html", form, more=more)


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a record before its signature; afterwards an amendment changes its terms."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    if partnership.is_binding:
        messages.info(request, "It is signed: its terms change by amendment.")
        return redirect("partnership", pk)
    newest = reads.newest_change(partnership)
    if request.method != "POST":
        return _page(request, "partnerships/edit.html", RecordForm.of(partnership, newest), partnership)
    sent = request.POST.copy()
    seen, sent["seen"] = sent.get("seen"), str(newest)
    form = RecordForm(sent)
    if form.is_valid():
        if seen != str(newest):
            form.add_error(None, CHANGED)
            return _page(request, "partnerships/edit.html", form, partnership)
        try:
            edit_partnership(partnership=partnership, actor=user_of(request), values=form.values)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("partnership", pk)
    return _page(request, "partnerships/edit.html", form, partnership)


@require_http_methods(METHODS)
@requires(Permission.VIEW_PARTNERSHIPS)
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Take one step of the lifecycle; what stands in its way is listed before and at the refusal."""
    check_parameters(request, ())
    partnership, today = managed_or_404(pk), timezone.now().date()
    if name not in {transition.name for transition in LIFECYCLE.transitions} or name in BY_DETERMINATION:
        raise Http404
    transition = LIFECYCLE.named(name)
    check(user_of(request), Permission(transition.permission))
    sent = request.POST if request.method == "POST" else None
    form = StepForm(sent, initial={"on": today, "source": partnership.status})
    form.fields["reason"].required = transition.needs_reason
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["source"] != partnership.status and partnership.status == transition.target:
            messages.info(request, f"It is {partnership.get_status_display().lower()} already; nothing changed.")
            return redirect("partnership", pk)
        try:
            take_step(
                partnership=partnership,
                name=name,
                actor=user_of(request),
                on=form.cleaned_data["on"],
                reason=form.cleaned_data["reason"],
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"Recorded: {transition.label.lower()}.")
            return redirect("partnership", pk)
    if partnership.status not in transition.sources and request.method != "POST":
        messages.info(request, f"“{transition.label}” is no step from {partnership.get_status_display().lower()}.")
        return redirect("partnership", pk)
    findings = [] if form.errors else transition.findings(partnership, today)
    more = {
        "transition": transition,
        "findings": errors(findings),
        "known": [finding for finding in findings if finding.severity is not Severity.ERROR],
    }
    return _page(request, "partnerships/step.html", form, partnership, more)


def _page(
    request: HttpRequest,
    template: str,
    form: OpenForm | OpenFromDecisionForm | RecordForm | StepForm,
    partnership: Partnership | None = None,
    more: dict[str, object] | None = None,
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form, "partnership": partnership, **(more or {})}
    return render(request, template, context, status=status)
