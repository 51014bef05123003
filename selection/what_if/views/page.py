"""Views of the What if page and its CSV: other weights, another pool, or other evidence rules."""

from __future__ import annotations

from http import HTTPStatus

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires
from cpc.accounts.permissions import Permission
from cpc.web import exports
from selection.ranking.views.listing import one_of
from selection.what_if.presenters import export as export_presenters
from selection.what_if.views.listing import (
    QuestionListing,
    asking_of,
    listing_of,
    unasked,
)
from selection.what_if.views.parts import page_context


@require_safe
@requires(Permission.VIEW_RANKINGS)
def what_if(request: HttpRequest) -> HttpResponseBase:
    """Show a run by other weights; `?draws=1` adds their chances, `?format=csv` exports the list.

    A number out of range has its message at its field, and the list is that of the run.
    """
    asking = asking_of(request, at_fields=True)
    if asking.basis is None:
        return unasked(request, asking.run)
    listing = listing_of(request, asking)
    if one_of(request, "format", ("", "csv"), "There is no export as"):
        if asking.faults:
            raise BadRequest(" ".join(map(str, asking.faults.values())))
        return _export(listing)
    status = HTTPStatus.BAD_REQUEST if asking.faults else HTTPStatus.OK
    return render(request, "selection/what_if/page.html", page_context(listing), status=status)


def _export(listing: QuestionListing) -> HttpResponseBase:
    asked = listing.asked
    fields = export_presenters.fields(asked)
    return exports.response("csv", asked.shown.ranked, fields, f"what if run {asked.run.pk}", sheet="What if")
