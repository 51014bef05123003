"""List of the narratives of the TIP Report."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.web.lists import OpenList, listing
from cpc.web.tables import export_format
from indicators.narratives import queries
from indicators.narratives.presenters import NARRATIVES, NARRATIVES_LIST
from indicators.observations.as_of_requests import requested_as_of


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
        "waiting": queries.to_confirm().count(),
        "may_confirm": user_of(request).allows(Permission.CONFIRM_NARRATIVES),
        "may_import": user_of(request).allows(Permission.IMPORT_DATA),
    }
    return render(request, "indicators/narratives/narratives.html", context)
