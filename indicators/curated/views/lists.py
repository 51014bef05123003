"""Pages of U.S. programs and national plans: lists, exports, import template, and single records."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import Agency
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import exports
from cpc.web.lists import OpenList, listing
from cpc.web.tables import FORMATS, export_format
from indicators.cross_app_links import country_url
from indicators.curated import queries
from indicators.curated.forms import PlanForm, PlansForm, ProgramForm, ProgramsForm
from indicators.curated.presenters import (
    PLANS,
    PROGRAM_FORM,
    PROGRAM_NOTES,
    PROGRAMS,
    history_table,
    plans_table,
    programs_table,
    sectors_table,
)
from indicators.curated.views import records as records_views
from indicators.models import NationalPlan, USGProgram


def _agencies() -> dict[str, Any]:
    """Return the agencies that the form suggests: those on the office's list and those on record."""
    names = {name for name, _ in queries.agencies()} | set(Agency.objects.values_list("name", flat=True))
    return {"agencies": sorted(names, key=str.casefold)}


PROGRAM = records_views.CuratedKind(USGProgram, ProgramForm, "program", "programs", "program", _agencies)


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
@listing(PROGRAMS)
def programs(request: HttpRequest, shown: OpenList) -> HttpResponseBase:
    """Show the live programs, filtered and sorted.

    `?format=csv|xlsx` exports every row that matches the filters.
    """
    countries, agencies = queries.countries_with_programs(), queries.agencies()
    form = shown.form(lambda given: ProgramsForm(given, countries, agencies))
    if not form.is_valid():
        raise BadRequest(form.error_text)
    asked = form.cleaned_data
    rows = queries.programs(
        query=asked["q"].strip(),
        country=asked["country"],
        agency=asked["agency"],
        sector=asked["sector"],
        running_on=asked["running_on"],
    )
    user = user_of(request)
    table = shown.table(programs_table(timezone.now().date(), with_assessment=queries.may_read_assessments(user)))
    rows = table.ordered(request, rows)
    if kind := export_format(request):
        notes = [("Filters", "; ".join(f"{label}: {value}" for label, value in form.in_use) or "None")]
        return shown.export(kind, rows, "us-programs", notes=[*notes, *PROGRAM_NOTES])
    page = table.page(request, rows)
    listed = list(rows)
    shown.counted(len(listed))
    context = {
        "shown": shown,
        "form": form,
        "page": page,
        "table": table,
        "total": queries.total("All", listed),
        "countries": len({row.country_id for row in listed}),
        "any": bool(listed) or USGProgram.objects.live().exists(),
        "filters": form.in_use,
        "may_record": user.allows(Permission.RECORD_PROGRAMS),
        "may_import": user.allows(Permission.IMPORT_DATA),
    }
    return render(request, "indicators/curated/programs.html", context)


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def template(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Return the empty import form as csv or xlsx (`kind`).

    The workbook explains its columns in a second sheet.
    """
    check_parameters(request, ())
    if kind not in FORMATS:
        raise Http404
    return exports.response(kind, (), PROGRAM_FORM, "us-programs-form", sheet="Programs", notes=PROGRAM_NOTES)


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def program(request: HttpRequest, pk: int) -> HttpResponse:
    check_parameters(request, ())
    row = PROGRAM.get(pk)
    assert isinstance(row, USGProgram)
    user = user_of(request)
    today = timezone.now().date()
    history = queries.history_of(row, "batch")
    context = {
        "row": row,
        "kind": PROGRAM,
        "program_status": queries.program_status(row, today),
        "history": history,
        "history_table": history_table(row, history, PROGRAM.noun, PROGRAM.url),
        "statements": row.statements.select_related("batch__source"),
        "others": queries.programs_of(row.country),
        "sectors_table": sectors_table(row.country),
        "assistance": queries.assistance_of(row.country),
        "country_url": country_url(row.country.code, user),
        "may_read": queries.may_read_assessments(user),
        "may_record": user.allows(Permission.RECORD_PROGRAMS) and row.is_live,
    }
    return render(request, "indicators/curated/program.html", context)


class AddProgram(records_views.AddRecord):
    kind = PROGRAM


class ReplaceProgram(records_views.ReplaceRecord):
    kind = PROGRAM


class WithdrawProgram(records_views.WithdrawRecord):
    kind = PROGRAM


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def program_document(request: HttpRequest, pk: int) -> FileResponse:
    return records_views.document(request, PROGRAM, pk)


PLAN = records_views.CuratedKind(NationalPlan, PlanForm, "plan", "plans", "plan")


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
@listing(PLANS)
def plans(request: HttpRequest, shown: OpenList) -> HttpResponseBase:
    """Show the live plans by country.

    `?format=csv|xlsx` exports every row that matches the filters.
    """
    form = shown.form(PlansForm)
    if not form.is_valid():
        raise BadRequest(form.error_text)
    asked = form.cleaned_data
    rows = queries.plans(query=asked["q"].strip(), kind=asked["kind"], status=asked["status"])
    user = user_of(request)
    table = shown.table(plans_table(timezone.now().date(), with_assessment=queries.may_read_assessments(user)))
    if kind := export_format(request):
        notes = [("Filters", "; ".join(f"{label}: {value}" for label, value in form.in_use) or "None")]
        return shown.export(kind, rows, "national-plans", notes=notes)
    page = table.page(request, rows)
    shown.counted(page.paginator.count)
    context = {
        "shown": shown,
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
    history = queries.history_of(row)
    context = {
        "row": row,
        "kind": PLAN,
        "period": queries.period_of(row, timezone.now().date()),
        "history": history,
        "history_table": history_table(row, history, PLAN.noun, PLAN.url),
        "others": queries.plans_of(row.country),
        "country_url": country_url(row.country.code, user),
        "may_read": queries.may_read_assessments(user),
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
def plan_document(request: HttpRequest, pk: int) -> FileResponse:
    return records_views.document(request, PLAN, pk)
