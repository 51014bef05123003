"""Mapping names that are not in the list of countries: those of one import, every mapping, and withdrawing one."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web.forms import add_service_errors
from cpc.web.tables import paginate
from indicators.imports.presenters import MAPPED_HERE, mappings_table
from indicators.imports.views.imports import UNDER_WAY, import_or_404, telling_of_faults
from indicators.models import Country, Import, ImportState, NameMapping
from indicators.name_mappings import queries, services
from indicators.name_mappings.forms import GROUP, NO_ROW, MapNameForm, WithdrawMappingForm

METHODS = ("GET", "HEAD", "POST")
NAMES_A_PAGE = 20


@never_cache
@require_http_methods(METHODS)
@requires(Permission.IMPORT_DATA)
def import_names(request: HttpRequest, pk: int) -> HttpResponse:
    """Names of an import that no country goes by; one of them is mapped by POST."""
    check_parameters(request, ("page",))
    batch = import_or_404(user_of(request), pk)
    if request.method == "POST":
        return _map(request, batch)
    return _names_page(request, batch, MapNameForm())


def _map(request: HttpRequest, batch: Import) -> HttpResponse:
    form = MapNameForm(request.POST)
    if not form.is_valid():
        return _names_page(request, batch, form)
    if batch.source is None or batch.state not in (*UNDER_WAY, ImportState.PREVIEW):
        messages.info(request, "This import is closed; its names are no longer mapped. Nothing was saved.")
        return redirect("import", batch.pk)
    asked = form.cleaned_data
    with telling_of_faults(request, "What you said of the name is kept", batch):
        try:
            mapping, is_new = services.map_name(
                source=batch.source,
                name=asked["name"],
                meaning=asked["meaning"],
                country=asked["country"],
                actor=user_of(request),
            )
        except ValidationError as error:
            add_service_errors(form, error)
            return _names_page(request, batch, form)
        if is_new:
            now = "The file is matched again, without a new upload."
            messages.success(request, f"“{mapping.name}” is mapped: {mapping.means}. {now}")
        else:
            messages.info(request, f"“{mapping.name}” had been mapped so already; nothing changed.")
    return redirect("import-names", batch.pk)


def _names_page(request: HttpRequest, batch: Import, form: MapNameForm) -> HttpResponse:
    page = paginate(request, queries.unknown_names(batch), NAMES_A_PAGE)
    context = {
        "batch": batch,
        "form": form,
        "page": page,
        "names": queries.suggested(page),
        "table": MAPPED_HERE,
        "mapped": queries.mapped_in(batch),
        "countries": Country.objects.values_list("name", flat=True),
        "group": GROUP,
        "no_row": NO_ROW,
        "is_open": batch.state in (*UNDER_WAY, ImportState.PREVIEW),
        "is_under_way": batch.state in UNDER_WAY,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "indicators/import_names.html", context, status=status)


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def name_mappings(request: HttpRequest) -> HttpResponse:
    """Show every mapping of a name, in effect or withdrawn, with the person who recorded it."""
    check_parameters(request, ("page",))
    table = mappings_table(may_import=user_of(request).allows(Permission.IMPORT_DATA))
    context = {
        "table": table,
        "page": table.page(request, queries.mappings()),
        "standing": NameMapping.objects.live().count(),
        "may_import": user_of(request).allows(Permission.IMPORT_DATA),
    }
    return render(request, "indicators/name_mappings.html", context)


@require_http_methods(METHODS)
@requires(Permission.IMPORT_DATA)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the reason, explain what stays published, and withdraw a mapping."""
    check_parameters(request, ())
    mapping = get_object_or_404(NameMapping.objects.select_related("source", "country", "recorded_by"), pk=pk)
    form = WithdrawMappingForm(request.POST if request.method == "POST" else None)
    if not mapping.is_live:
        messages.info(request, f"The mapping of “{mapping.name}” was withdrawn already; nothing changed.")
        return redirect("name-mappings")
    if request.method == "POST" and form.is_valid():
        with telling_of_faults(request, "The mapping is withdrawn"):
            services.withdraw_mapping(mapping=mapping, reason=form.cleaned_data["reason"], actor=user_of(request))
            messages.success(request, f"The mapping of “{mapping.name}” is withdrawn. It stays on record.")
        return redirect("name-mappings")
    context = {
        "mapping": mapping,
        "form": form,
        "published": queries.published_under(mapping),
        "open": queries.open_imports(mapping),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "indicators/name_mapping_withdraw.html", context, status=status)
