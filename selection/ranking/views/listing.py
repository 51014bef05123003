"""Part of a ranking that a URL requests: a run, one group of its countries, filters, order, and columns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, QueryDict

from cpc.web.lists import ListPage, declare, filter_error
from cpc.web.tables import sort_key
from selection.models import ScoreRun
from selection.ranking.forms import RankingForm
from selection.ranking.presenters import cells as cells_presenters
from selection.ranking.presenters.ranked_cells import RankingColumn
from selection.ranking.queries.listing import (
    RANKED,
    TABS,
    ListTab,
    Wanted,
    in_order,
    narrowed,
)
from selection.runs.queries.stored_runs import find_run, newest_run
from selection.runs.rows import Ranking, RankingRow, ranking_of

FILTERS = ("q", "region", "income", "tier", "group", "hurdle")
RANKING = declare(
    ListPage(
        "ranking", "Ranking", "country", "countries", "ranking",
        filters=(*FILTERS, "tab", "view", "sort"), beside=("run", "show"),
    )
)  # fmt: skip
VIEWS = ("", "chart", "map")


def asked_run(request: HttpRequest) -> ScoreRun | None:
    """Return the run of `?run=`, else the newest (None before the first); raise `Http404` for one that is not there."""
    asked = request.GET.get("run")
    if asked is None:
        return newest_run()
    run = find_run(asked)
    if run is None:
        raise Http404
    return run


def one_of(request: HttpRequest, name: str, allowed: Collection[str], message: str) -> str:
    """Return a parameter that has one of a few values, "" if it is absent. Raise `BadRequest` for another value."""
    asked = request.GET.get(name, "")
    if asked not in allowed:
        known = " or ".join(key for key in allowed if key)
        raise BadRequest(f"{message} “{asked}”. Use {known}.")
    return asked


@dataclass(frozen=True)
class Listing:
    """Group of a ranking's countries, filtered and sorted as a URL requests.

    Filters choose which rows are shown; ranks, medians, and counts of the groups are always those of the whole run.
    """

    request: HttpRequest
    run: ScoreRun
    newest: ScoreRun
    ranking: Ranking
    tab: ListTab
    form: RankingForm
    sort: str
    view: str
    columns: tuple[RankingColumn, ...]

    @property
    def is_newest(self) -> bool:
        return self.newest.pk == self.run.pk

    @property
    def suffix(self) -> str:
        return "" if self.is_newest else f"?run={self.run.pk}"

    @property
    def wanted(self) -> Wanted:
        return Wanted(**self.form.cleaned_data)

    @cached_property
    def whole(self) -> list[RankingRow]:
        """Return every country of the group, whatever the filters."""
        return self.tab.of(self.ranking)

    @property
    def is_plain(self) -> bool:
        """Return whether the ranked countries are shown by rank and without filters."""
        return self.tab is RANKED and not self.wanted.names and self.sort == RANKED.sorts[0]

    @cached_property
    def rows(self) -> list[RankingRow]:
        return in_order(narrowed(self.whole, self.wanted), self.sort)


def listing_of(request: HttpRequest, run: ScoreRun) -> Listing:
    """Read the request's parameters. Raise `BadRequest` for an unknown value."""
    ranking = ranking_of(run)
    tabs = {tab.key: tab for tab in TABS}
    tab = tabs[one_of(request, "tab", tabs, "This ranking has no list")]
    form = RankingForm(ranking.rows, request.GET)
    if not form.is_valid():
        raise BadRequest(filter_error(form))
    sort = sort_key(request, {key.removeprefix("-") for key in tab.sorts}, tab.sorts[0])
    view = one_of(request, "view", VIEWS, "There is no view")
    columns = _columns(request, tab, ranking)
    newest = (newest_run() if "run" in request.GET else run) or run
    return Listing(request, run, newest, ranking, tab, form, sort, view, columns)


def _columns(request: HttpRequest, tab: ListTab, ranking: Ranking) -> tuple[RankingColumn, ...]:
    """Read `?columns=`. If it names the columns that the list shows without it, it is removed, to shorten links.

    Raise `BadRequest` for an unknown column.
    """
    asked = request.GET.getlist("columns")
    known = {column.key for column in cells_presenters.known_columns(tab, ranking) if column.optional}
    if unknown := sorted(set(asked) - known):
        raise BadRequest(f"This list has no column “{unknown[0]}”. Choose from {', '.join(sorted(known))}.")
    columns = cells_presenters.columns_of(tab, ranking, asked)
    if asked and columns == cells_presenters.columns_of(tab, ranking, ()):
        params = request.GET.copy()
        del params["columns"]
        request.GET = QueryDict(params.urlencode())
    return columns


def drop_empty(request: HttpRequest) -> None:
    """Remove parameters that a form sent empty, to shorten the URL and the links of the page."""
    params = request.GET.copy()
    for name in [name for name in params if not params[name]]:
        del params[name]
    request.GET = QueryDict(params.urlencode())
