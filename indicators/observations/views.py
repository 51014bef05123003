"""Pages of sources, their editions not published, the values of one indicator, and the provenance of one value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import formats
from cpc.web.actions import Breadcrumbs
from cpc.web.lists import OpenList, listing
from cpc.web.tables import export_format
from indicators.bulk.services import sources_left_out
from indicators.cross_app_links import country_url
from indicators.models import BulkPackage, Indicator, Source, UnpublishedEdition
from indicators.observations import catalog, presenters, queries, services
from indicators.observations.as_of_requests import AS_OF, requested_as_of
from indicators.observations.forms import UnpublishedForm, ValuesForm, WithdrawUnpublishedForm
from indicators.observations.presenters import indicators_table, unpublished_sentence, unpublished_table
from indicators.observations.provenance import provenance
from indicators.observations.published import REVISED_FILES, counted_from, dating_of
from indicators.observations.unpublished import first_unpublished, newest_year, statements_on
from indicators.page_frame import DataAction
from indicators.publications import results
from indicators.publications.queries import visible_imports
from indicators.sources import value_notes
from indicators.sources.ilab import names_another_year

SORTS = (*queries.SORTS, "value")
DEFAULT_SORT = "country"


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
@listing(presenters.VALUES)
def indicator(request: HttpRequest, listed: OpenList, code: str) -> HttpResponseBase:
    """Show one value per country, for a period and as of a publication.

    `?format=csv|xlsx` exports the list.
    """
    shown = get_object_or_404(Indicator.objects.select_related("source"), code=code)
    kind = export_format(request)
    sort = listed.sort(SORTS, DEFAULT_SORT)
    form = listed.form(lambda given: ValuesForm(shown, given))
    if not form.is_valid():
        context = {"indicator": shown, "form": form, "sort": sort, "shown": listed}
        return render(request, "indicators/observations/indicator.html", context, status=HTTPStatus.BAD_REQUEST)
    asked = form.cleaned_data
    known = queries.values_by_country(
        shown,
        series=asked["series"],
        period=asked["period"],
        as_of=asked["as_of"].number,
        published_by=asked["published_by"],
    )
    rows = queries.in_order(queries.filter_rows(known, query=asked["q"], region=asked["region"]), shown, sort)
    table = listed.table(presenters.values_table(shown, rows, user_of(request)))
    if kind:
        return listed.export(kind, rows, shown.code, notes=presenters.value_notes(shown, form))
    listed.counted(len(rows), len(known))
    context = {
        "shown": listed,
        "indicator": shown,
        "form": form,
        "sort": sort,
        "as_of": asked["as_of"],
        "revised_files": REVISED_FILES if dating_of(shown.source.key).is_revised else "",
        "known": len(known),
        "rows": len(rows),
        "table": table,
        "page": table.page(request, rows),
        "figures": queries.figures(shown, rows),
        "covered": queries.count_states_with_value(known),
        "states": catalog.state_count(),
        "one_file": rows[0].file.name if len({row.file_id for row in rows}) == 1 else "",
        "has_errors": any(row.standard_error is not None or row.low is not None for row in rows),
    }
    return render(request, "indicators/observations/indicator.html", context)


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def observation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the provenance of one value: publisher, edition, file, locator, confirmations, and history."""
    check_parameters(request, ())
    shown = provenance(pk)
    if shown is None:
        raise Http404
    user = user_of(request)
    row = shown.observation
    context = {
        "provenance": shown,
        "row": row,
        "source": row.indicator.source,
        "note": value_notes.read(row.note),
        "counted": counted_from(row),
        "names_another_year": names_another_year(row.indicator.source.key, row.file.name, row.edition),
        "country_url": country_url(row.country.code, user),
        "may_download": user.allows(Permission.IMPORT_DATA),
    }
    return render(request, "indicators/observations/observation.html", context)


RECENT = 8


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
@listing(presenters.SOURCES)
def sources(request: HttpRequest, shown: OpenList) -> HttpResponseBase:
    """List the sources with their data; `?format=csv|xlsx` exports the columns of the page."""
    as_of, may_import = requested_as_of(request), user_of(request).allows(Permission.IMPORT_DATA)
    entries, states = catalog.catalog(today=timezone.now().date(), as_of=as_of), catalog.state_count()
    table = shown.table(presenters.sources_table(states, may_import=may_import))
    if kind := export_format(request):
        notes = (("As of", f"Publication {as_of.number}"),) if as_of.asked else ()
        return shown.export(kind, entries, "sources", notes=notes)
    shown.counted(len(entries))
    package = BulkPackage.objects.first()
    context = {
        "shown": shown,
        "table": table,
        "as_of": as_of,
        "entries": entries,
        "loaded": sum(entry.newest is not None for entry in entries),
        "state_counts": catalog.count_states(entries),
        "states": states,
        "may_import": may_import,
        "package": package,
        "left_out": sorted(source.title for source in sources_left_out()) if package else [],
    }
    return render(request, "indicators/observations/sources.html", context)


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def source(request: HttpRequest, key: str) -> HttpResponse:
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


class SourceAction(DataAction):
    permission = Permission.IMPORT_DATA
    back = "source#not-published"
    source: Source

    def back_arguments(self) -> Sequence[Any]:
        return [self.source.key]

    def above(self) -> Breadcrumbs:
        return [(self.source.title, reverse("source", args=[self.source.key]))]


class RecordUnpublished(SourceAction):
    """Page to record that an edition is not published; `?edition=` names it."""

    parameters = ("edition",)
    form_class = UnpublishedForm
    heading = "Record that an edition is not published"
    button = "Record that it is not published"
    intro = (
        "A ranking can count an edition that is due and not loaded as a doubt. Your statement ends that, until someone "
        "withdraws it: the next ranking takes the newest loaded edition as current, with no new data. Once the edition "
        "is loaded, the statement has no effect."
    )

    def load(self) -> None:
        self.source = get_object_or_404(Source, key=self.kwargs["key"])
        self.kicker = f"{self.source.publisher}, {self.source.title}"

    def facts(self) -> Sequence[tuple[str, Any]]:
        facts = [("Newest values loaded", newest_year(self.source) or "None")]
        rule = dating_of(self.source.key).rule_text
        return [*facts, ("Publication dates", rule)] if rule else facts

    def get_initial(self) -> dict[str, Any]:
        edition = self.request.GET.get("edition", "") or first_unpublished(self.source, self.today)
        return {"edition": edition, "as_of": self.today}

    def perform(self, values: Mapping[str, Any]) -> None:
        made = services.record_unpublished(source=self.source, actor=self.actor, **values)
        day = formats.day(made.as_of)
        self.done = f"It is on record that edition {made.edition} was not published as of {day}."


class WithdrawUnpublished(SourceAction):
    form_class = WithdrawUnpublishedForm
    button = "Withdraw the statement"
    here = "Withdraw"
    leave = "Don't withdraw"
    consequence = "Nothing was withdrawn."
    intro = "Rankings can then count the edition as due and not loaded. Rankings already computed don't change."
    statement: UnpublishedEdition

    def load(self) -> None:
        rows = UnpublishedEdition.objects.get_queryset().select_related("source", "recorded_by")
        self.statement = get_object_or_404(rows, pk=self.kwargs["pk"])
        self.source = self.statement.source
        self.kicker = self.source.title
        self.heading = f"Withdraw the statement on edition {self.statement.edition}?"
        self.done = (
            f"The statement on edition {self.statement.edition} was withdrawn. It stays on file with your reason."
        )

    def title(self) -> str:
        return f"Withdraw the statement on edition {self.statement.edition}, {self.source.title}"

    def redirect_reason(self) -> str:
        if self.statement.is_live:
            return ""
        return "This statement was already withdrawn. Nothing changed."

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [("The statement", unpublished_sentence(self.statement))]

    def perform(self, values: Mapping[str, Any]) -> None:
        services.withdraw_unpublished(statement=self.statement, reason=values["reason"], actor=self.actor)
