"""Pages of the catalog of sources, and of one source."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from indicators.observations import catalog
from indicators.observations.as_of_requests import AS_OF, requested_as_of
from indicators.observations.presenters import indicators_table, unpublished_table
from indicators.observations.published import REVISED_FILES, dating_of
from indicators.observations.unpublished import first_unpublished, statements_on
from indicators.publications import results
from indicators.publications.queries import visible_imports

RECENT = 8


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def sources(request: HttpRequest) -> HttpResponse:
    """Show every source with its age, coverage, and license."""
    check_parameters(request, (AS_OF,))
    as_of = requested_as_of(request)
    entries = catalog.catalog(today=timezone.now().date(), as_of=as_of)
    context = {
        "as_of": as_of,
        "entries": entries,
        "loaded": sum(entry.newest is not None for entry in entries),
        "state_counts": catalog.count_states(entries),
        "states": catalog.state_count(),
        "may_import": user_of(request).allows(Permission.IMPORT_DATA),
    }
    return render(request, "indicators/observations/sources.html", context)


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def source(request: HttpRequest, key: str) -> HttpResponse:
    """Show one source: its indicators, the editions of today's values, and its imports."""
    check_parameters(request, ("page", AS_OF))
    as_of = requested_as_of(request)
    entry = catalog.source_entry(key, today=timezone.now().date(), as_of=as_of)
    if entry is None:
        raise Http404
    user = user_of(request)
    rule = dating_of(key)
    table = indicators_table(entry.source)
    imports = visible_imports(user).filter(source=entry.source)
    may_import = user.allows(Permission.IMPORT_DATA)
    is_now = not as_of.asked
    statements = statements_on(entry.source) if is_now else []
    changed = [
        moment
        for statement in statements
        for moment in (statement.row.recorded_at, statement.row.superseded_at)
        if moment
    ]
    context = {
        "as_of": as_of,
        "entry": entry,
        "first_editions": entry.editions[:RECENT],
        "earlier_editions": entry.editions[RECENT:],
        "source": entry.source,
        "rule": rule.rule_text,
        "revised_files": REVISED_FILES if rule.is_revised else "",
        "table": table,
        "page": table.page(request, catalog.indicators_of(entry.source, as_of=as_of.number)),
        "imports": imports[:RECENT],
        "more_imports": imports.count() - RECENT,
        "states": catalog.state_count(),
        "may_import": may_import,
        "statements": statements,
        "results": results.results(request, results.ChangedData(moment=max(changed))) if changed else [],
        "statements_table": unpublished_table(
            may_withdraw=may_import and any(statement.row.is_live for statement in statements)
        ),
        "unpublished": first_unpublished(entry.source, timezone.now().date()) if is_now and may_import else "",
    }
    return render(request, "indicators/observations/source.html", context)
