"""Pages of national plans: the list, one plan, and the actions on it."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web.tables import export_format
from indicators.cross_app_links import country_url
from indicators.curated.forms.filters import PlansForm
from indicators.curated.forms.records import PlanForm
from indicators.curated.presenters import history_table, plans_table
from indicators.curated.queries import plans as plans_queries
from indicators.curated.queries.history import history_of
from indicators.curated.queries.programs import may_read_assessments
from indicators.curated.views import records as records_views
from indicators.models import NationalPlan

PARAMETERS = ("q", "kind", "status", "page", "format")

PLAN = records_views.CuratedKind(NationalPlan, PlanForm, "plan", "plans", "plan")


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def plans(request: HttpRequest) -> HttpResponseBase:
    """Show the live plans by country.

    `?format=csv|xlsx` exports every row that matches the filters.
    """
    check_parameters(request, PARAMETERS)
    form = PlansForm(request.GET)
    if not form.is_valid():
        raise BadRequest(form.error_text)
    asked = form.cleaned_data
    rows = plans_queries.plans(query=asked["q"].strip(), kind=asked["kind"], status=asked["status"])
    user = user_of(request)
    table = plans_table(timezone.now().date(), with_assessment=may_read_assessments(user))
    if kind := export_format(request):
        notes = [("Filters", "; ".join(f"{label}: {value}" for label, value in form.in_use) or "None")]
        return table.export(kind, rows, "national-plans", notes=notes)
    page = table.page(request, rows)
    context = {
        "form": form,
        "page": page,
        "table": table,
        "any": page.paginator.count > 0 or NationalPlan.objects.live().exists(),
        "filters": form.in_use,
        "may_record": user.allows(Permission.RECORD_PROGRAMS),
    }
    return render(request, "indicators/curated/plans.html", context)


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    check_parameters(request, ())
    row = PLAN.get(pk)
    assert isinstance(row, NationalPlan)
    user = user_of(request)
    history = history_of(row)
    context = {
        "row": row,
        "kind": PLAN,
        "period": plans_queries.period_of(row, timezone.now().date()),
        "history": history,
        "history_table": history_table(row, history, PLAN.noun, PLAN.url),
        "others": plans_queries.plans_of(row.country),
        "country_url": country_url(row.country.code, user),
        "may_read": may_read_assessments(user),
        "may_record": user.allows(Permission.RECORD_PROGRAMS) and row.is_live,
    }
    return render(request, "indicators/curated/plan.html", context)


class AddPlan(records_views.AddRecord):
    kind = PLAN


class ReplacePlan(records_views.ReplaceRecord):
    kind = PLAN


class WithdrawPlan(records_views.WithdrawRecord):
    kind = PLAN


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def document(request: HttpRequest, pk: int) -> FileResponse:
    return records_views.document(request, PLAN, pk)
