"""Calendar of editions: the page, and the same as a calendar file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web.lists import OpenList, listing
from cpc.web.tables import export_format
from indicators.updates.calendar import DueState, calendar_file, editions_due
from indicators.updates.presenters.calendar import CALENDAR, CALENDAR_LIST


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
@listing(CALENDAR_LIST)
def calendar(request: HttpRequest, shown: OpenList) -> HttpResponseBase:
    """Show which edition of each source is due when, and where the publisher puts it."""
    today = timezone.now().date()
    rows = editions_due(today)
    table = shown.table(CALENDAR)
    if kind := export_format(request):
        return shown.export(kind, rows, "editions")
    shown.counted(len(rows))
    counts = {state.value: sum(row.state is state for row in rows) for state in DueState}
    context = {
        "shown": shown,
        "table": table,
        "rows": rows,
        "today": today,
        "counts": counts,
        "may_import": user_of(request).allows(Permission.IMPORT_DATA),
    }
    return render(request, "indicators/updates/calendar.html", context)


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def calendar_download(request: HttpRequest) -> HttpResponse:
    """Return the future editions as a calendar file, one event each."""
    check_parameters(request, ())
    now = timezone.now()
    response = HttpResponse(calendar_file(editions_due(now.date()), now), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="editions.ics"'
    return response
