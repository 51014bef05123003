"""The page of results against targets by year, with evaluations and exports."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import exports
from cpc.web.charts import bullet_legend
from cpc.web.tables import export_format
from partnerships.monitoring import queries
from partnerships.monitoring.presenters import monitoring as monitoring_presenters
from partnerships.monitoring.presenters.results import result_line
from partnerships.page_frame import get_managed_or_404, render_page

INTERNAL = "For office use: small counts of people are shown here. Published results hide them."


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def results(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show each indicator against its targets.

    `?format=csv|xlsx` exports every year.
    """
    check_parameters(request, ("format",))
    partnership, today = get_managed_or_404(pk), timezone.now().date()
    by_indicator = queries.results_by_year(partnership, today)
    if kind := export_format(request):
        lines = [line for _, lines in by_indicator for line in lines]
        notes = (("Partnership", partnership.title), ("Day", today.isoformat()), ("Note", INTERNAL))
        return exports.response(
            kind, lines, monitoring_presenters.YEARS_FILE, f"results {partnership}", sheet="Results", notes=notes
        )
    return render_page(
        request,
        "partnerships/monitoring/results.html",
        partnership,
        "partnership-results",
        here="Results",
        rows=[
            (result_line(measured), [monitoring_presenters.year_cell(line) for line in lines])
            for measured, lines in by_indicator
        ],
        legend=bullet_legend(),
        evaluations=list(queries.evaluations_of(partnership)),
        may_edit=user_of(request).allows(Permission.EDIT_PARTNERSHIPS),
    )
