"""Pages of the values of one indicator, and of the provenance of one value."""

from __future__ import annotations

from http import HTTPStatus

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import exports
from cpc.web.tables import export_format, sort_key
from indicators.cross_app_links import country_url
from indicators.models import Indicator
from indicators.observations import catalog, presenters, queries
from indicators.observations.forms import ValuesForm
from indicators.observations.provenance import provenance
from indicators.observations.published import REVISED_FILES, dating_of
from indicators.observations.statement_days import counted_from
from indicators.sources import value_notes
from indicators.sources.ilab import names_another_year

PARAMETERS = ("q", "region", "series", "period", "as_of", "published_by", "sort", "page", "format")
SORTS = (*queries.SORTS, "value")
DEFAULT_SORT = "country"


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def indicator(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show one value per country, for a period and as of a publication.

    `?format=csv|xlsx` exports the list.
    """
    check_parameters(request, PARAMETERS)
    shown = get_object_or_404(Indicator.objects.select_related("source"), code=code)
    kind = export_format(request)
    sort = sort_key(request, SORTS, DEFAULT_SORT)
    form = ValuesForm(shown, request.GET)
    if not form.is_valid():
        context = {"indicator": shown, "form": form, "sort": sort}
        return render(request, "indicators/observations/indicator.html", context, status=HTTPStatus.BAD_REQUEST)
    asked = form.cleaned_data
    known = queries.values_by_country(
        shown,
        series=asked["series"],
        period=asked["period"],
        as_of=asked["as_of"].number,
        published_by=asked["published_by"],
    )
    rows = queries.in_order(queries.filter_rows(known, query=asked["q"], region=asked["region"]), shown, sort)
    if kind:
        notes = presenters.value_notes(shown, form)
        return exports.response(kind, rows, presenters.VALUES_FILE, shown.code, sheet=shown.name, notes=notes)
    table = presenters.values_table(shown, rows, user_of(request))
    context = {
        "indicator": shown,
        "form": form,
        "sort": sort,
        "as_of": asked["as_of"],
        "revised_files": REVISED_FILES if dating_of(shown.source.key).is_revised else "",
        "known": len(known),
        "rows": len(rows),
        "table": table,
        "page": table.page(request, rows),
        "figures": queries.figures(shown, rows),
        "covered": queries.count_states_with_value(known),
        "states": catalog.state_count(),
        "one_file": rows[0].file.name if len({row.file_id for row in rows}) == 1 else "",
        "has_errors": any(row.standard_error is not None or row.low is not None for row in rows),
    }
    return render(request, "indicators/observations/indicator.html", context)


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def observation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the provenance of one value: publisher, edition, file, locator, confirmations, and history."""
    check_parameters(request, ())
    shown = provenance(pk)
    if shown is None:
        raise Http404
    user = user_of(request)
    row = shown.observation
    context = {
        "provenance": shown,
        "row": row,
        "source": row.indicator.source,
        "note": value_notes.read(row.note),
        "counted": counted_from(row),
        "names_another_year": names_another_year(row.indicator.source.key, row.file.name, row.edition),
        "country_url": country_url(row.country.code, user),
        "may_download": user.allows(Permission.IMPORT_DATA),
    }
    return render(request, "indicators/observations/observation.html", context)
