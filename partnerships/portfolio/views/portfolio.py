"""The portfolio page: partnerships against their limits, and those that need attention."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import charts
from cpc.web.tables import export_format, paginate, sort_key
from partnerships.deadlines import queries as deadlines_queries
from partnerships.limit_position import limit_positions
from partnerships.limit_presenters import money_of, partnership_summary, top_of
from partnerships.models import LimitPolicy
from partnerships.portfolio import queries
from partnerships.portfolio.forms import PortfolioForm, invalid_filters_message
from partnerships.portfolio.presenters import portfolio as portfolio_presenters

PARAMETERS = ("q", "group", "attention", "region", "kind", "sort", "page", "format")
PAGE_SIZE, CARDS = 25, 6


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def portfolio(request: HttpRequest) -> HttpResponseBase:
    """Show all partnerships, filtered and sorted.

    `?format=csv|xlsx` exports every row that matches the filters.
    """
    check_parameters(request, PARAMETERS)
    _without_empty(request)
    today = timezone.now().date()
    form = PortfolioForm(queries.regions(), request.GET)
    if not form.is_valid():
        raise BadRequest(invalid_filters_message(form))
    sort = sort_key(request, queries.SORTS, "start")
    everything = queries.partnerships(today)
    rows = queries.sort_partnerships(queries.filter_partnerships(everything, today, **form.cleaned_data), sort)
    if kind := export_format(request):
        positions = limit_positions(list(rows))
        top = top_of(positions)
        notes = (("Day", today.isoformat()), ("Filters", "; ".join(form.labels) or "None"))
        lines = [partnership_summary(position, today, top=top) for position in positions]
        return portfolio_presenters.portfolio_table(top).export(kind, lines, "partnerships", notes=notes)
    page = paginate(request, rows, PAGE_SIZE)
    listed = limit_positions(list(page.object_list))
    top = top_of(listed)
    summary = queries.summary(today)
    policy = LimitPolicy.objects.filter(approval__isnull=False, effective_from__lte=today).first()
    cards = limit_positions(queries.partnerships_in_force(everything, today, CARDS))
    context: dict[str, Any] = {
        "today": today,
        "form": form,
        "summary": summary,
        "policy": policy,
        "policy_months": f"{policy.term_months} months" if policy else "",
        "page": page,
        "lines": [partnership_summary(position, today, top=top) for position in listed],
        "table": portfolio_presenters.portfolio_table(top),
        "count": page.paginator.count,
        "filters": form.labels,
        "cards": [partnership_summary(position, today, top=top) for position in cards],
        "gantt": portfolio_presenters.gantt(listed, today) if listed else None,
        "legend": charts.money_legend([money_of(position) for position in listed]),
        "upcoming": deadlines_queries.upcoming(today),
        "overdue": deadlines_queries.overdue(today),
        "may_edit": user_of(request).allows(Permission.EDIT_PARTNERSHIPS),
    }
    return render(request, "partnerships/portfolio/portfolio.html", context)


def _without_empty(request: HttpRequest) -> None:
    """Drop empty parameters that a form sent, to keep the page's URLs short."""
    parameters = request.GET.copy()
    for name in [name for name in parameters if not parameters[name]]:
        del parameters[name]
    request.GET = QueryDict(parameters.urlencode())
