"""Pages of the audit trail."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.audit import queries
from cpc.audit.models import AuditEntry
from cpc.audit.tables import CHANGES, TRAIL, TrailFilter
from cpc.parameters import check_parameters
from cpc.web.tables import PAGE

EXPORT = "export"


@require_safe
@requires(Permission.VIEW_AUDIT)
def trail(request: HttpRequest) -> HttpResponseBase:
    """Show all entries that match the filters, newest first; `?export=csv` downloads those of all pages."""
    check_parameters(request, (*TrailFilter.base_fields, PAGE, EXPORT))
    form = TrailFilter(request.GET, actions=queries.recorded("action"), object_types=queries.recorded("object_type"))
    valid = form.is_valid()
    entries = form.narrow(queries.entries_for(user_of(request))) if valid else AuditEntry.objects.none()
    if valid and EXPORT in request.GET:
        return _export(request.GET[EXPORT], entries)
    context = {
        "form": form,
        "narrowed": any(form.cleaned_data.values()) if valid else True,
        "table": TRAIL,
        "page": TRAIL.page(request, entries),
    }
    return render(request, "audit/trail.html", context, status=200 if valid else 400)


def _export(asked: str, entries: QuerySet[AuditEntry]) -> HttpResponseBase:
    if asked != "csv":
        raise BadRequest(f"“{asked}” is not an export format. Use csv.")
    return TRAIL.export(asked, entries.iterator(2000), f"audit {timezone.now():%Y-%m-%d}")


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
        "table": CHANGES,
        "changes": queries.changes(row),
        "same_request": same_request.order_by("id"),
    }
    return render(request, "audit/entry.html", context)
