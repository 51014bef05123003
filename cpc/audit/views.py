"""Pages of the audit trail."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.audit import presenters, queries
from cpc.audit.models import AuditEntry
from cpc.audit.tables import CHANGES, TRAIL, TRAIL_LIST, TrailFilter
from cpc.parameters import check_parameters
from cpc.web.lists import OpenList, listing
from cpc.web.tables import export_format


@require_safe
@requires(Permission.VIEW_AUDIT)
@listing(TRAIL_LIST)
def trail(request: HttpRequest, shown: OpenList) -> HttpResponseBase:
    """Show all entries that match the filters, newest first; `?format=csv|xlsx` downloads those of all pages."""
    offered = {"actions": queries.recorded("action"), "object_types": queries.recorded("object_type")}
    form = shown.form(lambda given: TrailFilter(given, **offered))
    valid = form.is_valid()
    entries = form.narrow(queries.entries_for(user_of(request))) if valid else AuditEntry.objects.none()
    table = shown.table(TRAIL)
    if valid and (kind := export_format(request)):
        return shown.export(kind, entries.iterator(2000), f"audit {timezone.now():%Y-%m-%d}")
    page = table.page(request, entries)
    shown.counted(page.paginator.count)
    context = {
        "shown": shown,
        "form": form,
        "narrowed": any(form.cleaned_data.values()) if valid else True,
        "table": table,
        "page": page,
        "verified": presenters.verified_sentence(),
    }
    return render(request, "audit/trail.html", context, status=200 if valid else 400)


@require_safe
@requires(Permission.VIEW_AUDIT)
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    check_parameters(request, ())
    entries = queries.entries_for(user_of(request))
    row = get_object_or_404(entries, pk=pk)
    same_request = AuditEntry.objects.none()
    if row.request_id:
        same_request = entries.filter(request_id=row.request_id).exclude(pk=pk)
    context = {
        "entry": row,
        "seal": queries.seal_of(row),
        "table": CHANGES,
        "changes": queries.changes(row),
        "same_request": same_request.order_by("id"),
    }
    return render(request, "audit/entry.html", context)
