"""Narratives of the TIP Report: the list, one narrative with its text, and the analyst's verdict on each form."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from indicators.cross_app_links import country_url
from indicators.models import Verdict
from indicators.narratives import queries, services
from indicators.narratives.presenters import NARRATIVES
from indicators.observations.as_of_requests import AS_OF, asked_as_of


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def narratives(request: HttpRequest) -> HttpResponse:
    """Every narrative that stands, or stood then, with what waits for an analyst in it."""
    check_parameters(request, ("q", "year", "page", AS_OF))
    as_of = asked_as_of(request)
    years = queries.report_years(as_of.number)
    asked, query = request.GET.get("year", ""), request.GET.get("q", "").strip()
    if asked and asked not in map(str, years):
        raise BadRequest(f"There is no narrative of the report of “{asked}”. Choose a year from the list.")
    rows = queries.narratives(query=query, year=int(asked) if asked else None, as_of=as_of)
    context = {
        "as_of": as_of,
        "table": NARRATIVES,
        "page": NARRATIVES.page(request, rows),
        "years": years,
        "year": asked,
        "q": query,
        "waiting": queries.unreviewed().count(),
        "may_confirm": user_of(request).allows(Permission.CONFIRM_NARRATIVES),
        "may_import": user_of(request).allows(Permission.IMPORT_DATA),
    }
    return render(request, "indicators/narratives.html", context)


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def narrative(request: HttpRequest, pk: int) -> HttpResponse:
    """One narrative: tier, recommendations, sections, and the forms of child trafficking with their sentences."""
    check_parameters(request, ())
    found = queries.narrative_page(pk)
    if found is None:
        raise Http404
    user = user_of(request)
    context = {
        "page": found,
        "narrative": found.narrative,
        "country_url": country_url(found.narrative.country.code, user),
        "may_confirm": user.allows(Permission.CONFIRM_NARRATIVES) and found.narrative.valid_to is None,
    }
    return render(request, "indicators/narrative.html", context)


@require_POST
@requires(Permission.CONFIRM_NARRATIVES)
def review_form(request: HttpRequest, pk: int, form_id: int) -> HttpResponse:
    """Record a verdict on a suggested form; with htmx the answer is the form's own block."""
    entry = queries.form_entry(pk, form_id)
    if entry is None:
        raise Http404
    verdict = request.POST.get("verdict", "")
    if verdict not in Verdict.values:
        raise BadRequest(f"There is no verdict “{verdict}”. Give one of {', '.join(Verdict.values)}.")
    services.review_form(form_id=form_id, verdict=verdict, reviewer=user_of(request))
    if request.htmx:  # type: ignore[attr-defined]  # set by django_htmx's middleware
        context = {"entry": queries.form_entry(pk, form_id), "narrative": entry.form.narrative, "may_confirm": True}
        return render(request, "indicators/_form.html", context)
    messages.success(request, f"{entry.form.form}: {Verdict(verdict).label.lower()}.")
    return redirect(f"{reverse('narrative', args=[pk])}#form-{entry.number}")
