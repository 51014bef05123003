"""Pages of countries: the list, and one country with every factor from the publisher's cell to points."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import exports
from cpc.web.charts import Chart
from cpc.web.lists import OpenList, filter_error, listing
from cpc.web.parts import GroupTab
from cpc.web.tables import export_format, paginate, query
from indicators.models import Country, CountryKind
from indicators.queries import AsOf, plans_of, programs_of, recommendations_of, resolve_as_of
from selection.countries.presenters import country as country_presenters
from selection.countries.presenters import factors as factors_presenters
from selection.countries.presenters import page as page_presenters
from selection.countries.presenters import trends as trends_presenters
from selection.countries.presenters.listing import COUNTRIES, countries_table
from selection.countries.queries.country import (
    CountryPage,
    country_page,
    find_country,
    newest_narrative,
)
from selection.countries.queries.listing import CountryEntry, country_entries
from selection.countries.queries.screen import history, screen_of
from selection.countries.queries.trends import peers_of, series
from selection.lookups.model_versions import default_table
from selection.models import ScoreRun
from selection.ranking.forms import CountriesForm
from selection.ranking.views.listing import asked_run, one_of
from selection.runs import labels
from selection.runs.presenters import is_look_back, limit
from selection.runs.queries.stored_runs import newest_run
from selection.runs.rows import TIER_ORDER, plain, ranking_of
from selection.scoring import COMBINED

CHILD_LABOUR = "child_labour"


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def country(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show one country's values and sources, with their use in a run for accounts that see rankings."""
    user = user_of(request)
    sees = user.allows(Permission.VIEW_RANKINGS)
    check_parameters(request, ("run", "as_of", "format") if sees else ("as_of", "format"))
    then = _asked_as_of(request)
    found = find_country(code)
    if found is None:
        raise Http404
    if found.code != code:
        return redirect("country", found.code)
    run = asked_run(request) if sees and not then.asked else None
    as_of = run.as_of if run else then.number
    table = ranking_of(run).table if run else default_table()
    page = country_page(found, table, run, as_of=as_of)
    if kind := export_format(request):
        return _export(kind, page, run, then)
    newest = newest_run() if run and "run" in request.GET else run
    # A narrative is read, not scored: only a page for an older run shows the narrative known then.
    earlier = "run" in request.GET or bool(then.asked)
    moment = run.as_of_at if run and earlier else then.moment
    earlier_rows = history(found) if run else []
    context = {
        "page": page,
        "country": found,
        "run": run,
        "is_newest": newest == run,
        "limit": limit(run) if run else "",
        "sees": sees,
        "sees_rounds": user.allows(Permission.VIEW_ROUNDS),
        "hurdles": factors_presenters.hurdles(page, table),
        "trends": _trends(page, as_of),
        "programs": programs_of(found, moment),
        "plans": plans_of(found, moment),
        "suffix": f"?run={run.pk}" if run and newest != run else "",
        "as_of": then,
        "as_known": run.as_of_at if run else then.publication and then.publication.at,
        "csv_url": query(request, format="csv"),
        **_factors(page, run, as_of),
        **_report(found, as_of if earlier else None, moment),
        # The results of the newest runs, if there are several.
        "history": [(row, is_look_back(row.run)) for row in earlier_rows] if len(earlier_rows) > 1 else [],
    }
    return render(request, "selection/countries/country.html", context)


def _factors(page: CountryPage, run: ScoreRun | None, as_of: int | None) -> dict[str, Any]:
    """Return the factors and the context around them; for a run that scores the country, also its results."""
    rows = factors_presenters.rows(page, as_of)
    screen = screen_of(page, run)
    context = {
        "scored": page.total is not None,
        "groups": rows.groups(),
        "beside": rows.beside(),
        "unrated": [(factor, country_presenters.not_rated(factor)) for factor in page.unrated],
        "unrated_aside": "Part of the full score, not of the screen" if run else "",
    }
    if screen is None:
        facts = country_presenters.known_facts(page, rows.witnesses)
        return context | {"why_not_scored": country_presenters.why_not_scored(page), "facts": facts}
    places = {code: (numeric, name) for code, numeric, name in Country.objects.values_list("code", "numeric", "name")}
    return (
        context
        | page_presenters.screen_context(page, screen, rows.witnesses)
        | {"locator": page_presenters.locator(page.country, places)}
    )


def _report(found: Country, as_of: int | None, moment: dt.datetime | None) -> dict[str, Any]:
    narrative = newest_narrative(found, as_of)
    followed = recommendations_of(found, as_of=as_of, moment=moment)
    return {
        "narrative": narrative,
        "narrative_heading": f"Recommendations of {narrative.the_report}" if narrative else "",
        "followed": followed[0] if followed else None,
    }


def _asked_as_of(request: HttpRequest) -> AsOf:
    """Return the publication or day that `?as_of=` names. The page then shows its values without a run."""
    if request.GET.get("as_of") and "run" in request.GET:
        raise BadRequest("A run has its own data. Use either “run” or “as_of” in the URL, not both.")
    try:
        return resolve_as_of(request.GET.get("as_of", ""))
    except ValueError as fault:
        raise BadRequest(str(fault)) from fault


def _trends(page: CountryPage, as_of: int | None) -> list[Chart]:
    peers = {}
    if page.ranking is not None:
        for key in ("cpi", "gni"):
            row, median = page.ranking.table.row(key), page.ranking.medians.get(key)
            height = country_presenters.raw_of(row.function, median) if median is not None else None
            if height is not None:
                peers[row.indicator] = ("Median of the ranked countries", height)
    drawn = trends_presenters.trends(series(page.country, trends_presenters.CODES, as_of=as_of), peers)
    factor = page.factor(CHILD_LABOUR)
    if factor is not None:
        others = peers_of(factor.row.indicator, as_of=as_of)
        # The strip shows one series only, so a value taken from another series is left out.
        found = factor.used if factor.used and factor.used.indicator.code == factor.row.indicator else None
        of_two = (factor.estimate or {}).get("source") == COMBINED
        another = "two surveys count for this country" if of_two else "another series counts for this country"
        strip = trends_presenters.child_labour(
            (page.country.name, found.value if found else None),
            found.period if found else "",
            country_presenters.missing(factor) if factor.missing else another,
            [(name, value) for code, name, value in others if code != page.country.code],
        )
        drawn += [strip] if strip else []
    return drawn


def _export(kind: str, page: CountryPage, run: ScoreRun | None, then: AsOf) -> HttpResponseBase:
    scored = page.total is not None
    name = f"factors {page.country.code}" + (
        f" run {run.pk}" if run else f" known at {then.number}" if then.asked else ""
    )
    fields = (*country_presenters.fields(scored=scored), *(country_presenters.country_fields(page) if scored else ()))
    return exports.response(kind, [*page.factors, *page.unrated], fields, name, sheet=page.country.name)


# ---- list ----------------------------------------------------------------------------------------------------------

SORTS = ("name", "region", "tier", "income", "rank")
KINDS_SHOWN = {
    "": ("Countries", CountryKind.STATE),
    "territory": ("Territories", CountryKind.TERRITORY),
    "former": ("Former states", CountryKind.FORMER),
}


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
@listing(COUNTRIES)
def countries(request: HttpRequest, shown: OpenList) -> HttpResponseBase:
    sees = user_of(request).allows(Permission.VIEW_RANKINGS)
    run = newest_run() if sees else None
    everywhere = country_entries(ranking_of(run) if run else None)
    kind = one_of(request, "kind", KINDS_SHOWN, "There is no list")
    entries = [entry for entry in everywhere if entry.country.kind == KINDS_SHOWN[kind][1]]
    regions = sorted({entry.country.region for entry in entries if entry.country.region})
    form = shown.form(lambda given: CountriesForm(regions, given))
    if not form.is_valid():
        raise BadRequest(filter_error(form))
    sort = shown.sort(SORTS if sees else SORTS[:-1], "name")
    matching = [entry for entry in entries if _fits(entry, form.cleaned_data)]
    rows = _in_order(matching, sort)
    table = shown.table(countries_table(sees=sees and run is not None))
    if asked := export_format(request):
        return shown.export(asked, rows, "countries", notes=(("List", KINDS_SHOWN[kind][0]),))
    everything = one_of(request, "show", ("", "all"), "The list cannot show") == "all"

    def counter(given: QueryDict) -> int:
        wanted = CountriesForm(regions, given)
        listed = KINDS_SHOWN.get(given.get("kind", ""), KINDS_SHOWN[""])[1]
        filters = wanted.cleaned_data if wanted.is_valid() else {}
        return sum(entry.country.kind == listed and _fits(entry, filters) for entry in everywhere)

    shown.counted(len(rows), len(entries), counter)
    context = {
        "shown": shown,
        "table": table,
        "form": form,
        "kind": kind,
        "tabs": [
            GroupTab(
                label,
                reverse("countries", query={"kind": key} if key else None),
                key == kind,
                sum(entry.country.kind == listed for entry in everywhere),
            )
            for key, (label, listed) in KINDS_SHOWN.items()
        ],
        "page": paginate(request, rows, max(len(rows), 1) if everything else 50),
        "count": len(rows),
        "total": len(entries),
        "everything": everything,
        "all_url": query(request, show="all", page=None),
        "filtered": len(rows) < len(entries),
    }
    return render(request, "selection/countries/countries.html", context)


def _fits(entry: CountryEntry, asked: dict[str, str]) -> bool:
    found: Country = entry.country
    typed = asked.get("q", "")
    wanted = plain(typed)
    return (
        (not wanted or wanted in plain(found.name) or typed.strip().upper() in (found.code, found.iso2))
        and asked.get("region") in (None, "", found.region)
        and asked.get("tier") in (None, "", entry.tier)
        and asked.get("income") in (None, "", entry.income)
    )


def _in_order(entries: list[CountryEntry], asked: str) -> list[CountryEntry]:
    keys: dict[str, Any] = {
        "name": lambda entry: plain(entry.country.name),
        "region": lambda entry: entry.country.region or None,
        "tier": lambda entry: TIER_ORDER.get(entry.tier),
        "income": lambda entry: list(labels.INCOME).index(entry.income) if entry.income else None,
        "rank": lambda entry: entry.row.rank if entry.row else None,
    }
    key = keys[asked.removeprefix("-")]
    known = [entry for entry in entries if key(entry) is not None]
    known.sort(key=key, reverse=asked.startswith("-"))
    return known + [entry for entry in entries if key(entry) is None]
