"""Pages of name mappings: unknown names of one import, all mappings, and the withdrawal of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.web import formats
from cpc.web.actions import Breadcrumbs, Page
from cpc.web.lists import OpenList, listing
from cpc.web.tables import export_format, paginate
from indicators.imports.presenters import MAPPED_HERE, NAMES_LIST, mappings_table
from indicators.imports.views.frame import UNDER_WAY, ImportAction, report_faults
from indicators.models import Country, ImportState, NameMapping
from indicators.name_mappings import queries, services
from indicators.name_mappings.forms import GROUP, NO_ROW, MapNameForm, WithdrawMappingForm
from indicators.page_frame import DataAction

NAMES_A_PAGE = 20


class MapName(ImportAction):
    parameters = ("page",)
    form_class = MapNameForm
    template_name = "indicators/name_mappings/import_names.html"
    consequence = "Nothing was mapped."
    back = "import-names"

    @classmethod
    def guard(cls, view: Page) -> Page:
        return never_cache(super().guard(view))

    @property
    def is_open(self) -> bool:
        return self.batch.state in (*UNDER_WAY, ImportState.PREVIEW)

    def run(self) -> tuple[str, bool]:
        # The file is matched again after the commit, so that a failure then undoes nothing.
        with report_faults(self.request, "Your choice was saved", self.batch):
            return super().run()
        self.done = ""
        return self.back_url, True

    def perform(self, values: Mapping[str, Any]) -> str | None:
        if self.batch.source is None or not self.is_open:
            self.unchanged = "This import is closed, so its names can't be mapped. Nothing was saved."
            return reverse("import", args=[self.batch.pk])
        mapping, is_new = services.map_name(
            source=self.batch.source,
            name=values["name"],
            meaning=values["meaning"],
            country=values["country"],
            actor=self.actor,
        )
        if is_new:
            now = "The file is being matched again; you don't need to upload it again."
            self.done = f"“{mapping.name}” was mapped: {mapping.means}. {now}"
        else:
            self.unchanged = f"“{mapping.name}” was already mapped this way. Nothing changed."
        return None

    def get_context(self) -> dict[str, Any]:
        page = paginate(self.request, queries.unknown_names(self.batch), NAMES_A_PAGE)
        return super().get_context() | {
            "batch": self.batch,
            "page": page,
            "names": queries.with_suggestions(page),
            "table": MAPPED_HERE,
            "mapped": queries.mapped_in(self.batch),
            "countries": Country.objects.values_list("name", flat=True),
            "group": GROUP,
            "no_row": NO_ROW,
            "is_open": self.is_open,
            "is_under_way": self.batch.state in UNDER_WAY,
        }


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
@listing(NAMES_LIST)
def name_mappings(request: HttpRequest, shown: OpenList) -> HttpResponseBase:
    """Show every mapping, live or withdrawn, with the person who recorded it."""
    table = shown.table(mappings_table(may_import=user_of(request).allows(Permission.IMPORT_DATA)))
    if kind := export_format(request):
        return shown.export(kind, queries.mappings(), "mapped-names")
    page = table.page(request, queries.mappings())
    shown.counted(page.paginator.count)
    context = {
        "shown": shown,
        "table": table,
        "page": page,
        "mapped_count": NameMapping.objects.live().count(),
        "may_import": user_of(request).allows(Permission.IMPORT_DATA),
    }
    return render(request, "indicators/name_mappings/name_mappings.html", context)


class WithdrawMapping(DataAction):
    permission = Permission.IMPORT_DATA
    form_class = WithdrawMappingForm
    template_name = "indicators/name_mappings/name_mapping_withdraw.html"
    button = "Withdraw the mapping"
    here = "Withdraw"
    leave = "Don't withdraw"
    consequence = "Nothing was withdrawn."
    back = "name-mappings"
    mapping: NameMapping

    def load(self) -> None:
        rows = NameMapping.objects.select_related("source", "country", "recorded_by")
        self.mapping = mapping = get_object_or_404(rows, pk=self.kwargs["pk"])
        by = f" by {mapping.recorded_by}" if mapping.recorded_by else ""
        self.kicker = f"{mapping.source.title} · mapped {formats.moment(mapping.recorded_at)}{by}"
        self.heading = f"Withdraw the mapping of “{mapping.name}”?"
        self.done = f"The mapping of “{mapping.name}” was withdrawn. It stays on file with your reason."
        are = f"read as {mapping.country.name}" if mapping.country else f"set aside: {mapping.means.lower()}"
        self.intro = (
            f"Rows with this name are {are}. After you withdraw the mapping, the name is unknown and its rows are left "
            "out until someone maps it again."
        )

    def title(self) -> str:
        return f"Withdraw the mapping of {self.mapping.name}"

    def above(self) -> Breadcrumbs:
        return [("Mapped names", self.back_url)]

    def redirect_reason(self) -> str:
        if self.mapping.is_live:
            return ""
        return f"The mapping of “{self.mapping.name}” was already withdrawn. Nothing changed."

    def run(self) -> tuple[str, bool]:
        # Open imports are matched again after the commit, so that a failure then undoes nothing.
        with report_faults(self.request, "The mapping was withdrawn"):
            return super().run()
        self.done = ""
        return self.back_url, True

    def perform(self, values: Mapping[str, Any]) -> None:
        services.withdraw_mapping(mapping=self.mapping, reason=values["reason"], actor=self.actor)

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {
            "published": queries.published_under(self.mapping),
            "open": queries.open_imports(self.mapping),
        }
