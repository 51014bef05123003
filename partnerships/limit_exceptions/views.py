"""The limits and what may go past them: asked for by one person, decided by another."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.web import formats
from cpc.web.tables import check_parameters
from partnerships.limit_exceptions import queries
from partnerships.limit_exceptions.forms import (
    ApprovalForm,
    DecisionForm,
    ExceptionForm,
    PolicyForm,
)
from partnerships.limit_exceptions.presenters import exceptions as exceptions_presenters
from partnerships.limit_exceptions.presenters.limits import money_chart, term_chart
from partnerships.limit_exceptions.services import (
    approve_policy,
    grant_exception,
    propose_policy,
    refuse_exception,
    request_exception,
)
from partnerships.limit_position import standings
from partnerships.models import LimitException, Partnership
from partnerships.page_frame import (
    METHODS,
    TWO_PEOPLE,
    Act,
    answer,
    found_or_404,
    managed_or_404,
    page,
    sent,
    trail_of,
)
from partnerships.portfolio.presenters.overview import exception_mark, exception_words


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def policies(request: HttpRequest) -> HttpResponseBase:
    """The limits of the office: those in force, those that are proposed, and those before."""
    check_parameters(request, ())
    today, user = timezone.now().date(), user_of(request)
    context = {
        "table": exceptions_presenters.policies_table(user),
        "lines": exceptions_presenters.policy_lines(queries.policies(), today),
        "current": queries.policy_in_force(today),
        "may_propose": user.allows(Permission.EDIT_PARTNERSHIPS),
    }
    return render(request, "partnerships/policies.html", context)


def _trail(*above: tuple[str, str]) -> list[tuple[str, str]]:
    return [("Home", reverse("home")), ("Partnerships", reverse("partnerships")), *above]


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def propose(request: HttpRequest) -> HttpResponse:
    """Propose limits from a day on."""
    check_parameters(request, ())
    form, back = PolicyForm(sent(request)), reverse("limit-policies")
    act = Act(
        "Propose limits",
        "Propose the limits",
        back,
        _trail(("Limits", back)),
        "They bind once another person has approved them. What is signed by their first day keeps its own.",
    )

    def work() -> None:
        propose_policy(actor=user_of(request), **form.values)

    return answer(request, None, form, act, work, "The limits are proposed. Another person approves them.")


@require_http_methods(METHODS)
@requires(Permission.APPROVE_PARTNERSHIPS)
def approve(request: HttpRequest, policy: int) -> HttpResponse:
    """Approve proposed limits, as another person than who proposed them."""
    check_parameters(request, ())
    row, user = queries.policy(policy), user_of(request)
    if row is None or hasattr(row, "approval"):
        raise Http404
    form, back = ApprovalForm(sent(request)), reverse("limit-policies")
    act = Act(
        "Approve limits",
        "Approve the limits",
        back,
        _trail(("Limits", back)),
        "Partnerships that are not signed take them on from their first day.",
        facts=exceptions_presenters.policy_facts(row),
        barred=TWO_PEOPLE if row.proposed_by_id == user.pk else "",
    )

    def work() -> None:
        approve_policy(policy=row, actor=user)

    return answer(request, None, form, act, work, "The limits are approved.")


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def exceptions(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Both figures against their limits, and every exception that was asked for."""
    check_parameters(request, ())
    partnership, today, user = found_or_404(pk), timezone.now().date(), user_of(request)
    (standing,) = standings([partnership])
    rows = list(queries.exceptions_of(partnership))
    return page(
        request,
        "partnerships/exceptions.html",
        partnership,
        "partnership-exceptions",
        here="Exceptions",
        standing=standing,
        term=term_chart(standing, today),
        money=money_chart(standing),
        rows=[
            (row, exception_mark(row, today), exception_words(row, standing), exceptions_presenters.is_open(row))
            for row in rows
        ],
        may_ask=user.allows(Permission.EDIT_PARTNERSHIPS),
        may_decide=user.allows(Permission.APPROVE_PARTNERSHIPS),
    )


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for an exception from one of the limits."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    back = reverse("partnership-exceptions", args=[pk])
    form = ExceptionForm(partnership, sent(request))
    act = Act(
        "Ask for an exception",
        "Ask for the exception",
        back,
        trail_of(partnership, ("Exceptions", back)),
        "It changes nothing until another person grants it, with authority and document.",
        facts=exceptions_presenters.limit_facts(partnership, timezone.now().date()),
    )

    def work() -> None:
        request_exception(partnership=partnership, actor=user_of(request), **form.values)

    return answer(request, partnership, form, act, work, "The exception is asked for. Another person decides on it.")


@require_http_methods(METHODS)
@requires(Permission.APPROVE_PARTNERSHIPS)
def decide(request: HttpRequest, pk: int, exception: int) -> HttpResponse:
    """Grant or refuse a request, as another person than who asked."""
    check_parameters(request, ())
    partnership, user = managed_or_404(pk), user_of(request)
    row = _asked(partnership, exception)
    back = reverse("partnership-exceptions", args=[pk])
    form = DecisionForm(queries.papers_of(partnership), sent(request))
    (standing,) = standings([partnership])
    act = Act(
        "Decide on the exception",
        "Record the decision",
        back,
        trail_of(partnership, ("Exceptions", back)),
        "Once granted, the limits of the partnership follow at once. Neither decision is taken back.",
        facts=[
            ("Asked for", exception_words(row, standing)),
            ("Why", row.reason),
            ("By", f"{row.requested_by}, {formats.day(row.at)}"),
            ("Usable until", formats.day(row.expires_on)),
        ],
        barred=TWO_PEOPLE if row.requested_by_id == user.pk else "",
    )

    def work() -> None:
        asked = form.cleaned_data
        if asked["decision"] == "grant":
            grant_exception(exception=row, authority=asked["authority"], document=asked["document"], actor=user)
        else:
            refuse_exception(exception=row, reason=asked["reason"], actor=user)

    return answer(request, partnership, form, act, work, "The decision is recorded.")


def _asked(partnership: Partnership, pk: int) -> LimitException:
    row = queries.exceptions_of(partnership).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
