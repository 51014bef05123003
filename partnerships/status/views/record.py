"""Opening a record, editing it before signature, and taking its steps. Each form is sent once, however often."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cpc.accounts.access import check, requires, user_of
from cpc.accounts.permissions import Permission
from cpc.api.run_once import run_once
from cpc.findings import Finding
from cpc.lifecycle import Transition
from cpc.web.forms import add_service_errors
from cpc.web.tables import check_parameters
from partnerships.agreements import queries as agreements_queries
from partnerships.agreements.forms import (
    RECORDED,
    OpenForm,
    OpenFromDecisionForm,
    RecordForm,
    StepForm,
)
from partnerships.agreements.origin import origin_findings
from partnerships.agreements.presenters import origin_facts
from partnerships.agreements.services import confirm_origin, create_partnership, edit_partnership
from partnerships.amendments.forms import NoteForm
from partnerships.forms.former import WriteForm
from partnerships.models import Partnership
from partnerships.page_frame import (
    METHODS,
    Act,
    PartnershipAction,
    answer,
    managed_or_404,
    sent,
    trail_of,
)
from partnerships.row_pages import fixed, hold_seen, overtaken
from partnerships.states import BY_DETERMINATION, LIFECYCLE
from partnerships.status.services import take_step

OPENED = "The record is open. Set its term and its terms before signature."
OPENED_BY_YOU = "You opened this partnership, so another person who may approve confirms its reason."
ALREADY = "This record had been opened already; nothing was added."


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def open_record(request: HttpRequest) -> HttpResponse:
    """Open the record of a country from a decision or a stated reason; a form sent twice leads to the one record."""
    check_parameters(request, ("decision",))
    if "decision" in request.GET:
        return _open_from_decision(request, request.GET["decision"])
    form = OpenForm(sent(request))
    opened = _opened(request, form, lambda: create_partnership(actor=user_of(request), **form.values))
    return opened or _page(
        request, "partnerships/new.html", form, more={"waiting": agreements_queries.waiting_decisions()}
    )


def _open_from_decision(request: HttpRequest, number: str) -> HttpResponse:
    """The form prefilled with what a decision selects; one that begins nothing says why and leads on."""
    decision = agreements_queries.find_decision(int(number)) if number.isdecimal() and len(number) < 10 else None
    if decision is None:
        raise Http404
    country, actor = decision.candidate.country, user_of(request)
    initial = {"title": f"Child Protection Compact Partnership with {country}"}
    form = OpenFromDecisionForm(sent(request), initial=initial)
    opened = _opened(
        request, form, lambda: create_partnership(country=country, decision=decision, actor=actor, **form.values)
    )
    if opened:
        return opened
    more = {
        "decision": decision,
        "facts": origin_facts(decision),
        "findings": [] if form.is_bound else origin_findings(decision),
        "begun": agreements_queries.begun_by([decision.candidate]).get(decision.candidate_id, []),
    }
    return _page(request, "partnerships/new_from_decision.html", form, more=more)


def _opened(request: HttpRequest, form: WriteForm, make: Callable[[], Partnership]) -> HttpResponse | None:
    """Make the record once, however often the form is sent; None where it is not sent or is refused."""
    if request.method != "POST" or not form.is_valid():
        return None

    def work() -> str:
        return reverse("partnership", args=[make().pk])

    try:
        url, is_new = run_once(user_of(request), form.cleaned_data["idempotency_key"], request.path, work)
    except ValidationError as error:
        add_service_errors(form, error)
        return None
    messages.success(request, OPENED) if is_new else messages.info(request, ALREADY)
    return redirect(url)


@require_http_methods(METHODS)
@requires(Permission.APPROVE_PARTNERSHIPS)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm the stated reason for a partnership, so that it can move on."""
    check_parameters(request, ())
    partnership, user = managed_or_404(pk), user_of(request)
    back = f"{reverse('partnership', args=[pk])}#origin"
    if request.method != "POST" and (partnership.decision_id or hasattr(partnership, "origin_confirmation")):
        messages.info(request, "There is no stated reason left to confirm.")
        return redirect(back)
    form = NoteForm(sent(request))

    def work() -> None:
        confirm_origin(partnership=partnership, actor=user, note=form.cleaned_data["note"])

    act = Act(
        heading="Confirm the stated reason",
        button="Confirm the reason",
        back=back,
        trail=trail_of(partnership),
        lede="No decision of a round began this partnership. Your confirmation stays on record with your name; after "
        "it, the partnership can move on. If you disagree, cancel the partnership instead.",
        facts=[
            ("Country", partnership.country.name),
            ("Stated reason", partnership.origin_reason),
            ("Opened by", str(partnership.opened_by or "Not recorded")),
        ],
        barred=OPENED_BY_YOU if partnership.opened_by_id == user.pk else "",
    )
    return answer(request, partnership, form, act, work, "The stated reason is confirmed.")


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a record. From its signature on its terms are fixed, and what is recorded of the instrument stays open."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    form = RecordForm(partnership, sent(request), instance=partnership)
    unchanging = fixed(form, RECORDED) if partnership.is_binding else []
    stale = hold_seen(form, partnership)

    def work() -> None:
        edit_partnership(partnership=partnership, actor=user_of(request), values=form.values, seen=stale)

    months = partnership.term_limit_months
    may_last = f"The term may last {months} months: it may end on the anniversary, not a day later."
    act = Act(
        heading="Review and publication" if unchanging else "Edit the record",
        button="Save the record",
        back=reverse("partnership", args=[pk]),
        trail=trail_of(partnership),
        lede="It is signed: its terms change by amendment." if unchanging else may_last,
        facts=[*unchanging, *overtaken(form, partnership, stale)],
    )
    return answer(request, partnership, form, act, work, "Saved.")


class TakeStep(PartnershipAction):
    """Take one step of the lifecycle. What blocks it is listed before it is tried, and when it was refused."""

    permission = Permission.VIEW_PARTNERSHIPS
    form_class = StepForm
    transition: Transition[Partnership]

    def load(self) -> None:
        name = self.kwargs["name"]
        if name not in {step.name for step in LIFECYCLE.transitions} or name in BY_DETERMINATION:
            raise Http404
        super().load()
        self.transition = LIFECYCLE.named(name)
        check(self.actor, Permission(self.transition.permission))
        self.heading = self.button = self.transition.label
        self.done = f"Recorded: {self.transition.label.lower()}."
        final = self.transition.final_because
        self.intro = f"This step is not taken back. {final}" if final else "There is a way back from this step."

    def redirect_reason(self) -> str:
        status, now = self.partnership.status, self.partnership.get_status_display().lower()
        if self.request.method != "POST":
            return "" if status in self.transition.sources else f"“{self.heading}” is no step from {now}."
        sent = self.request.POST
        is_taken = status == self.transition.target and sent.get("source") != status
        return f"It is {now} already; nothing changed." if is_taken and not sent.get("reason") else ""

    def get_initial(self) -> dict[str, Any]:
        return {"on": self.today, "source": self.partnership.status}

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"needs_reason": self.transition.needs_reason}

    def findings(self) -> list[Finding]:
        return self.transition.findings(self.partnership, self.today)

    def perform(self, values: Mapping[str, Any]) -> None:
        take_step(
            partnership=self.partnership,
            name=self.transition.name,
            actor=self.actor,
            on=values["on"],
            reason=values["reason"],
        )


def _page(
    request: HttpRequest,
    template: str,
    form: WriteForm,
    partnership: Partnership | None = None,
    more: dict[str, object] | None = None,
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form, "partnership": partnership, **(more or {})}
    return render(request, template, context, status=status)
