"""The terms of a partnership: shown by kind, written one row at a time, and the grid of amounts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.web.tables import check_parameters
from indicators.models import NationalPlan
from partnerships.agreements import services as agreements_services
from partnerships.forms.former import WriteForm
from partnerships.models import Partnership, Programme, TraffickingFormCode
from partnerships.money.presenters import limit_words
from partnerships.page_frame import (
    METHODS,
    Act,
    Trail,
    answer,
    managed_or_404,
    page,
    sent,
    trail_of,
)
from partnerships.row_pages import (
    fixed,
    hold_seen,
    in_words,
    overtaken,
)
from partnerships.terms import presenters, queries, services
from partnerships.terms.forms import (
    KINDS,
    AmountsForm,
    NationalPlanForm,
    TakeIntoAccountForm,
    TermKind,
)
from partnerships.terms.services import newest_amount

BY_AMENDMENT = "It is signed: this changes by amendment."


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def terms(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All terms by kind. Before signature each may be added to, edited and removed; afterwards its course is kept."""
    check_parameters(request, ())
    partnership, today = managed_or_404(pk), timezone.now().date()
    found = queries.terms_of(partnership)
    edits = user_of(request).allows(Permission.EDIT_PARTNERSHIPS)
    return page(
        request, "partnerships/terms.html", partnership, "partnership-terms",
        here="Terms",
        sections=presenters.sections(found, partnership, today),
        chart=presenters.activity_chart(found, today),
        plans=found.plans,
        forms=[TraffickingFormCode(key).label for key in partnership.forms],
        left=partnership.funding_limit - partnership.planned_total,
        limit_words=limit_words(partnership),
        edits=edits,
        drafts=edits and not partnership.is_binding,
    )  # fmt: skip


def _kind(slug: str) -> TermKind:
    if slug not in KINDS:
        raise Http404
    return KINDS[slug]


def _terms_url(partnership: Partnership, place: str) -> str:
    return f"{reverse('partnership-terms', args=[partnership.pk])}#{place}"


def _trail(partnership: Partnership) -> Trail:
    return trail_of(partnership, ("Terms", reverse("partnership-terms", args=[partnership.pk])))


def _signed(request: HttpRequest, partnership: Partnership, place: str) -> HttpResponse | None:
    """The way back where the partnership is signed, so that its terms are not written here."""
    if not partnership.is_binding:
        return None
    messages.info(request, BY_AMENDMENT)
    return redirect(_terms_url(partnership, place))


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def add(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Add a row of a kind; `?of=` names the row it belongs to."""
    check_parameters(request, ("of",))
    partnership, term = managed_or_404(pk), _kind(kind)
    refused = _signed(request, partnership, term.slug)
    if refused is not None:
        return refused
    initial: dict[str, Any] = {"number": queries.next_number(partnership)} if term.slug == "objective" else {}
    if term.parent:
        initial[term.parent] = _number(request.GET.get("of"))
    form = term.form(partnership, sent(request), initial=initial)

    def work() -> None:
        row = term.model(**form.values)
        if term.owner == "partnership":
            row.partnership = partnership  # type: ignore[attr-defined]
        services.add_term(term=row, actor=user_of(request))  # type: ignore[type-var]

    act = Act(
        heading=f"Add {_article(term.noun)}",
        button=f"Add the {term.noun}",
        back=_terms_url(partnership, term.slug),
        trail=_trail(partnership),
        lede="Nothing about a single child.",
    )
    return answer(request, partnership, form, act, work, f"The {term.noun} is added.")


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal():
        raise BadRequest(f"“{text}” names no row. Leave “of” out, or give the number of a row.")
    return int(text)


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def edit(request: HttpRequest, pk: int, kind: str, row: int) -> HttpResponse:
    """Edit a row before signature; afterwards only what is recorded of its course."""
    check_parameters(request, ())
    partnership, term = managed_or_404(pk), _kind(kind)
    found = _row(term, partnership, row)
    form = term.form(partnership, sent(request), instance=found)
    unchanging = fixed(form, term.recorded) if partnership.is_binding else []
    if not form.written:
        messages.info(request, BY_AMENDMENT)
        return redirect(_terms_url(partnership, term.slug))
    stale = hold_seen(form, found)

    def work() -> None:
        services.edit_term(term=found, actor=user_of(request), values=form.values, seen=stale)  # type: ignore[type-var]

    act = Act(
        heading=f"Edit the {term.noun}",
        button=f"Save the {term.noun}",
        back=_terms_url(partnership, term.slug),
        trail=_trail(partnership),
        lede="What is fixed changes by amendment; its course is recorded here." if unchanging else "",
        facts=[*unchanging, *overtaken(form, found, stale)],
    )
    return answer(request, partnership, form, act, work, "Saved.")


def _row(term: TermKind, partnership: Partnership, pk: int) -> Model:
    found = queries.find_row(term.model, term.owner, partnership, pk)
    if found is None:
        raise Http404
    return found


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def remove(request: HttpRequest, pk: int, kind: str, row: int) -> HttpResponse:
    """Take a row out before signature; sent again, it says that it is gone."""
    check_parameters(request, ())
    partnership, term = managed_or_404(pk), _kind(kind)
    refused = _signed(request, partnership, term.slug)
    if refused is not None:
        return refused
    found = queries.find_row(term.model, term.owner, partnership, row)
    if found is None or getattr(found, "withdrawn", False):
        if request.method != "POST":
            raise Http404
        messages.info(request, f"The {term.noun} was removed already.")
        return redirect(_terms_url(partnership, term.slug))
    form = WriteForm(sent(request))
    columns = [name for name in term.form.base_fields if name not in ("idempotency_key", "seen")]
    act = Act(
        heading=f"Remove the {term.noun}",
        button=f"Remove the {term.noun}",
        back=_terms_url(partnership, term.slug),
        trail=_trail(partnership),
        lede="The audit trail keeps what it said.",
        facts=[(str(term.form.base_fields[name].label), in_words(found, name)) for name in columns],
    )

    def work() -> None:
        services.remove_term(term=found, actor=user_of(request))  # type: ignore[type-var]

    return answer(request, partnership, form, act, work, f"The {term.noun} is removed.")


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def amounts(request: HttpRequest, pk: int) -> HttpResponse:
    """What each government allocates to each programme, in one grid; the limit holds for the United States' sum."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    refused = _signed(request, partnership, "program")
    if refused is not None:
        return refused
    programmes = queries.programmes_of(partnership)
    newest = newest_amount(partnership)
    data, seen = sent(request), None
    if data is not None:
        seen, data = data.get("seen", ""), data.copy()
        data["seen"] = str(newest)
    form = AmountsForm(programmes, data, initial={"seen": newest})

    def work() -> None:
        services.set_amounts(
            partnership=partnership,
            amounts=form.changed,
            actor=user_of(request),
            seen=int(seen) if seen and seen.isdecimal() else -1,
        )

    act = Act(
        heading="Amounts for each program",
        button="Save the amounts",
        back=_terms_url(partnership, "program"),
        trail=_trail(partnership),
        lede="22 U.S.C. 7103a(d)(2)(C): the amount that each government allocates to each program.",
        template="partnerships/amounts.html",
        context=_sums(partnership, programmes),
    )
    return answer(request, partnership, form, act, work, "The amounts are on record.")


def _sums(partnership: Partnership, programmes: list[tuple[Programme, queries.Amounts]]) -> dict[str, Any]:
    partner = [amounts["partner"] for _, amounts in programmes if "partner" in amounts]
    return {
        "limit_words": limit_words(partnership),
        "left": partnership.funding_limit - partnership.planned_total,
        "partner_total": sum(partner, Decimal("0.00")) if partner else None,
    }


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def plan_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a plan on record into account."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    form = TakeIntoAccountForm(partnership, sent(request))

    def work() -> None:
        agreements_services.record_national_plan(
            plan=form.cleaned_data["plan"], partnership=partnership, actor=user_of(request)
        )

    act = Act(
        heading="Take a national plan into account",
        button="Take it into account",
        back=_terms_url(partnership, "plans"),
        trail=_trail(partnership),
        lede="National action plans and child protection strategies of the country that are on record.",
    )
    return answer(request, partnership, form, act, work, "The plan is taken into account.")


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def plan_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a plan of the country, and that the partnership takes it into account."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    form = NationalPlanForm(partnership, sent(request))

    def work() -> None:
        plan = NationalPlan(country=partnership.country, **form.values)
        agreements_services.record_national_plan(plan=plan, partnership=partnership, actor=user_of(request))

    act = Act(
        heading="Record a national plan",
        button="Record the plan",
        back=_terms_url(partnership, "plans"),
        trail=_trail(partnership),
        lede=f"A plan of {partnership.country.name} that is not on record yet.",
    )
    return answer(request, partnership, form, act, work, "The plan is on record and taken into account.")


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def plan_leave(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Record that a plan is not taken into account; the plan stays on record."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    plan = partnership.country.national_plans.filter(pk=row).first()
    if plan is None:
        raise Http404
    form = WriteForm(sent(request))

    def work() -> None:
        agreements_services.leave_out_national_plan(plan=plan, partnership=partnership, actor=user_of(request))

    act = Act(
        heading="Leave a national plan out",
        button="Leave it out",
        back=_terms_url(partnership, "plans"),
        trail=_trail(partnership),
        lede="The plan itself stays on record for the country.",
        facts=[("Plan", plan.title), ("Kind", plan.get_kind_display())],
    )
    return answer(request, partnership, form, act, work, "The plan is left out.")
