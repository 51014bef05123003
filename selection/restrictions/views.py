"""Restrictions: the checklist of a country, recording what a review found, and where a round's candidates stand."""

from __future__ import annotations

from http import HTTPStatus

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import exports
from cpc.web.tables import export_format
from indicators.models import Country
from selection.countries.queries.country import find_country
from selection.page_frame import (
    METHODS,
    Act,
    carried_out,
    round_or_404,
    sent,
)
from selection.ranking.forms import refusal
from selection.restrictions import presenters, queries, services
from selection.restrictions.checklist import by_code
from selection.restrictions.forms import RestrictionsFilter, ReviewForm
from selection.runs.rows import plain


@require_safe
@requires(Permission.VIEW_ROUNDS)
def overview(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Where each candidate of a round stands: what bars, what expired, what nobody reviewed."""
    check_parameters(request, ("q", "show", "page", "format"))
    found, today = round_or_404(request, pk), timezone.now().date()
    form = RestrictionsFilter(request.GET, auto_id="f-%s")
    if not form.is_valid():
        raise BadRequest(refusal(form))
    candidates = list(found.candidates.in_pool().select_related("country").order_by("country__name"))
    everybody = list(zip(candidates, queries.reviewed([row.country for row in candidates], today), strict=True))
    wanted, show = plain(form.cleaned_data["q"]), form.cleaned_data["show"]
    rows = [row for row in everybody if wanted in plain(row[0].country.name) and presenters.fits(row, show)]
    if kind := export_format(request):
        return exports.response(
            kind, presenters.flat(rows), presenters.FILE, f"restrictions round {pk}", sheet="Restrictions"
        )
    page = presenters.ROUND.page(request, rows)
    context = {
        "round": found,
        "place": "restrictions",
        "form": form,
        "page": page,
        "table": presenters.ROUND,
        "facts": presenters.round_facts(everybody),
        "count": len(rows),
        "total": len(everybody),
    }
    return render(request, "selection/restrictions/round.html", context)


@require_safe
@requires(Permission.VIEW_ROUNDS)
def country(request: HttpRequest, code: str) -> HttpResponseBase:
    """The checklist of one country: where each restriction stands, on what basis, until when, and what was before."""
    check_parameters(request, ())
    found = _country(code)
    if found.code != code:
        return redirect("restrictions", found.code)
    (reviewed,) = queries.reviewed([found], timezone.now().date())
    context = {
        "country": found,
        "reviewed": reviewed,
        "lines": presenters.lines(reviewed),
        "facts": presenters.facts(reviewed),
        "may_review": user_of(request).allows(Permission.RATE),
    }
    return render(request, "selection/restrictions/country.html", context)


@require_http_methods(METHODS)
@requires(Permission.RATE)
def review(request: HttpRequest, code: str) -> HttpResponse:
    """Record what a review found, about one restriction (`?code=tier_3`) or several; the second writer is told."""
    check_parameters(request, ("code",))
    found = _country(code)
    asked = request.GET.get("code", "")
    if asked and asked not in by_code():
        raise BadRequest(f"“{asked}” is not on the list of restrictions.")
    today = timezone.now().date()
    (reviewed,) = queries.reviewed([found], today)
    form = ReviewForm(sent(request), initial={"codes": [asked] if asked else [], "seen": reviewed.newest})
    back = reverse("restrictions", args=[found.code])
    if form.is_bound and form.is_valid():
        data = form.cleaned_data

        def work() -> str:
            services.review_restrictions(
                country=found,
                codes=data["codes"],
                status=data["status"],
                basis=data["basis"],
                reviewer=data["reviewer"],
                reviewed_on=data["reviewed_on"],
                expires_on=data["expires_on"],
                seen=data["seen"] or 0,
                actor=user_of(request),
            )
            return f"{back}#{data['codes'][0]}"

        if (led := carried_out(request, form, work, "The review is on record.")) is not None:
            return led
        (reviewed,) = queries.reviewed([found], today)
        form.look_again(reviewed.newest)
    act = Act(
        "Record a review of restrictions",
        "Record the review",
        back,
        [
            ("Home", reverse("home")),
            ("Countries", reverse("countries")),
            (found.name, reverse("country", args=[found.code])),
            ("Restrictions", back),
        ],
        found.name,
        "What did which office find, on what basis, and until when does it hold?",
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form, "act": act, "restriction": by_code().get(asked)}
    return render(request, "selection/restrictions/review.html", context, status=status)


def _country(code: str) -> Country:
    found = find_country(code)
    if found is None:
        raise Http404
    return found
