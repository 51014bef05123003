"""Pages of narratives of the TIP Report: the list, and one narrative with its verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web.buttons import ButtonAction, ButtonForm
from cpc.web.lists import OpenList, listing
from cpc.web.tables import export_format
from indicators.cross_app_links import country_url
from indicators.models import Verdict
from indicators.narratives import queries, services
from indicators.narratives.presenters import NARRATIVES, NARRATIVES_LIST
from indicators.observations.as_of_requests import requested_as_of


class VerdictForm(ButtonForm):
    verdict = forms.ChoiceField(choices=Verdict.choices)


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
@listing(NARRATIVES_LIST)
def narratives(request: HttpRequest, shown: OpenList) -> HttpResponseBase:
    """Show every narrative that is live, or was as of a publication, with its open verdicts."""
    as_of = requested_as_of(request)
    years = queries.report_years(as_of.number)
    asked, query = request.GET.get("year", ""), request.GET.get("q", "").strip()
    if asked and asked not in map(str, years):
        raise BadRequest(f"There is no narrative from the report of “{asked}”. Choose a year from the list.")
    rows = queries.narratives(query=query, year=int(asked) if asked else None, as_of=as_of)
    table = shown.table(NARRATIVES)
    if kind := export_format(request):
        return shown.export(kind, rows, "narratives")
    page = table.page(request, rows)
    shown.counted(page.paginator.count)
    context = {
        "shown": shown,
        "as_of": as_of,
        "table": table,
        "page": page,
        "years": years,
        "year": asked,
        "q": query,
        "waiting": queries.unreviewed().count(),
        "may_confirm": user_of(request).allows(Permission.CONFIRM_NARRATIVES),
        "may_import": user_of(request).allows(Permission.IMPORT_DATA),
    }
    return render(request, "indicators/narratives/narratives.html", context)


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def narrative(request: HttpRequest, pk: int) -> HttpResponse:
    check_parameters(request, ())
    page = queries.narrative_page(pk)
    if page is None:
        raise Http404
    user = user_of(request)
    context = {
        "page": page,
        "narrative": page.narrative,
        "country_url": country_url(page.narrative.country.code, user),
        "may_confirm": user.allows(Permission.CONFIRM_NARRATIVES) and page.narrative.valid_to is None,
    }
    return render(request, "indicators/narratives/narrative.html", context)


class ReviewForm(ButtonAction):
    """Button to record a verdict on a form of child trafficking.

    For htmx, the response is the form's own block.
    """

    permission = Permission.CONFIRM_NARRATIVES
    form_class = VerdictForm
    invalid = f"This verdict does not exist. Choose one of {', '.join(Verdict.values)}."
    entry: queries.FormEntry

    def load(self) -> None:
        entry = queries.form_entry(self.kwargs["pk"], self.kwargs["form_id"])
        if entry is None:
            raise Http404
        self.entry = entry

    @property
    def back_url(self) -> str:
        return f"{reverse('narrative', args=[self.kwargs['pk']])}#form-{self.entry.number}"

    def perform(self, values: Mapping[str, Any]) -> None:
        verdict = Verdict(values["verdict"])
        services.review_form(form_id=self.kwargs["form_id"], verdict=verdict, reviewer=self.actor)
        self.done = f"{self.entry.form.form}: {verdict.label.lower()}."

    def respond(self, url: str, is_new: bool) -> HttpResponseBase:
        if not self.request.htmx:  # type: ignore[attr-defined]  # set by django_htmx's middleware
            return super().respond(url, is_new)
        self.load()
        context = {"entry": self.entry, "narrative": self.entry.form.narrative, "may_confirm": True}
        return render(self.request, "indicators/narratives/_form.html", context)
