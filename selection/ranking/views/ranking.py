"""Ranking: the pool, the three groups, and every country with its rank or the reason that it has none."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.web import exports, formats, lists
from cpc.web.tables import export_format, query
from selection.lookups.adoptions import adoption_of, adoption_text
from selection.ranking.presenters import export as export_presenters
from selection.ranking.queries.listing import RANKED
from selection.ranking.views.listing import (
    RANKING,
    Listing,
    asked_run,
    listing_of,
)
from selection.ranking.views.page import page_context
from selection.ranking.views.parts import list_context
from selection.runs import labels
from selection.runs import services as runs_services
from selection.runs.queries.stored_runs import anything_published, newest_run


@require_safe
@requires(Permission.VIEW_RANKINGS)
@lists.listing(RANKING)
def ranking(request: HttpRequest, shown: lists.OpenList) -> HttpResponseBase:
    """Show a run filtered and sorted; `?format=csv|xlsx` exports exactly the rows that are shown."""
    run = asked_run(request)
    if run is None:
        return render(request, "selection/ranking/ranking_empty.html", {"loaded": anything_published()})
    listing = listing_of(request, run)
    if kind := export_format(request):
        return _export(kind, listing)
    shown.counted(len(listing.rows), len(listing.whole))
    context = list_context(listing) | {"shown": shown}
    live = bool(request.htmx)  # type: ignore[attr-defined]  # set by the middleware of django-htmx
    if not live:
        context |= page_context(listing, user_of(request))
    response = render(
        request, "selection/ranking/_ranking_list.html" if live else "selection/ranking/ranking.html", context
    )
    # One URL returns the page or only the list; a cache must not confuse them.
    patch_vary_headers(response, ("HX-Request",))
    if live:
        response["HX-Replace-Url"] = request.path + query(request).rstrip("?")
    return response


@require_POST
@requires(Permission.RUN_SCREEN)
def compute(request: HttpRequest) -> HttpResponseRedirect:
    """Compute the desk screen on current data; the same question again redirects to the existing run."""
    before = newest_run()
    try:
        run = runs_services.compute_screen(actor=user_of(request))
    except ValidationError as error:
        messages.error(request, formats.as_shown(" ".join(error.messages)))
        return redirect("ranking")
    if before is not None and run.pk == before.pk:
        messages.info(request, f"Nothing has changed since run {run.pk}. This is its ranking.")
    else:
        messages.success(request, f"Run {run.pk} is complete: {labels.countries(run.ranked)} ranked.")
    return redirect("ranking")


def _export(kind: str, listing: Listing) -> HttpResponseBase:
    run, rows = listing.run, listing.rows
    label = "All ranked" if listing.tab is RANKED else listing.tab.label
    shown = "; ".join([label, *listing.form.descriptions])
    adopted = adoption_text(adoption_of(run.table_hash))
    return exports.response(
        kind,
        rows,
        export_presenters.fields(listing.ranking),
        f"desk screen run {run.pk}",
        sheet="Ranking",
        notes=export_presenters.notes(run, listing.ranking, f"{shown}: {labels.countries(len(rows))}", adopted),
    )
