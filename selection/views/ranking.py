"""The ranking: need and feasibility of every country that can be ranked, and why the others cannot."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.web import exports
from cpc.web.tables import SortLink, check_parameters, header_cell, paginate, query, sort_key, sort_link
from cpc.web.templatetags.web import icon
from selection import services, words
from selection.forms import RankingForm, refusal
from selection.model_table import Stage
from selection.models import CountryStatus, ScoreRun
from selection.queries import ranking as reads
from selection.queries.adoption import adoption_of
from selection.queries.models import version_of
from selection.queries.ranking import SEGMENTS, Ranking, RankingRow, ranking_of
from selection.queries.runs import anything_published, find_run, newest_run, run_before, since
from selection.tables import ranking as drawings

FILTERS = ("q", "region", "income", "tier", "hurdle")
PARAMETERS = (*FILTERS, "run", "segment", "sort", "page", "show", "format")
KINDS = ("csv", "xlsx")
PAGE_SIZE = 25
LIST = "#list"


@dataclass(frozen=True, slots=True)
class Tab:
    """One segment: its words, how many countries, and where it leads."""

    label: str
    count: int
    url: str
    current: bool


def asked_run(request: HttpRequest) -> ScoreRun | None:
    """The run of `?run=`, else the newest one (None before the first); `Http404` where there is no such run."""
    asked = request.GET.get("run")
    if asked is None:
        return newest_run()
    run = find_run(asked)
    if run is None:
        raise Http404
    return run


@require_safe
@requires(Permission.VIEW_RANKINGS)
def ranking(request: HttpRequest) -> HttpResponseBase:
    """The ranking of a run, filtered and sorted; `?format=csv|xlsx` exports exactly the rows that are shown."""
    check_parameters(request, PARAMETERS)
    _without_empty(request)
    run = asked_run(request)
    if run is None:
        return render(request, "selection/ranking_empty.html", {"loaded": anything_published()})
    standing = ranking_of(run)
    segment = one_of(request, "segment", SEGMENTS, "This page has no segment")
    form = RankingForm(reads.segment(standing, segment), request.GET)
    if not form.is_valid():
        raise BadRequest(refusal(form))
    unranked = segment == "unranked"
    default = "country" if unranked else "rank"
    sort = sort_key(request, UNRANKED_SORTS if unranked else RANKED_SORTS, default)
    asked = {("query" if name == "q" else name): value for name, value in form.cleaned_data.items()}
    rows = reads.in_order(reads.narrowed(reads.segment(standing, segment), **asked), sort)
    kind = one_of(request, "format", ("", *KINDS), "There is no export as")
    if kind:
        return _export(kind, run, standing, rows, form, segment)
    context = _list_context(request, run, standing, rows, segment, sort) | {"form": form}
    template = "selection/_ranking_list.html" if request.htmx else "selection/ranking.html"  # type: ignore[attr-defined]
    if template.endswith("ranking.html"):
        context |= _page_context(request, run, standing, segment)
    response = render(request, template, context)
    # One address answers with the page or with the list alone; a cache must not mistake one for the other.
    patch_vary_headers(response, ("HX-Request",))
    if request.htmx:  # type: ignore[attr-defined]
        response["HX-Replace-Url"] = request.path + query(request).rstrip("?")
    return response


@require_POST
@requires(Permission.RUN_SCREEN)
def compute(request: HttpRequest) -> HttpResponseRedirect:
    """Compute the desk screen on what is known now; the same question again leads to the run there is."""
    before = newest_run()
    try:
        run = services.compute_screen(actor=user_of(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("ranking")
    if before is not None and run.pk == before.pk:
        messages.info(request, f"Nothing has changed since run {run.pk}: this is its ranking.")
    else:
        messages.success(request, f"Run {run.pk} is computed: {words.countries(run.ranked)} ranked.")
    return redirect("ranking")


# ---- parts ---------------------------------------------------------------------------------------------------------

RANKED_SORTS = ("rank", "country", "tier", "score", "need", "feasibility", "interval", "hurdle", "known")
UNRANKED_SORTS = ("country", "tier", "reason", "need", "feasibility", "known")


def one_of(request: HttpRequest, name: str, allowed: Collection[str], refusing: str) -> str:
    """The value of a parameter that takes one of a few words, "" where it is absent; `BadRequest` for another."""
    asked = request.GET.get(name, "")
    if asked not in allowed:
        known = " or ".join(key for key in allowed if key)
        raise BadRequest(f"{refusing} “{asked}”. Take {known}.")
    return asked


def _without_empty(request: HttpRequest) -> None:
    """Drop parameters that a form sent empty, so that the links of the page and its address stay short."""
    kept = request.GET.copy()
    for name in [name for name in kept if not kept[name]]:
        del kept[name]
    request.GET = QueryDict(kept.urlencode())


def _list_context(
    request: HttpRequest, run: ScoreRun, standing: Ranking, rows: Sequence[RankingRow], segment: str, sort: str
) -> dict[str, Any]:
    everything = one_of(request, "show", ("", "all"), "The list does not show") == "all"
    page = paginate(request, rows, max(len(rows), 1) if everything else PAGE_SIZE)
    newest = newest_run() if "run" in request.GET else run
    pieces = drawings.drawn(run, newest=newest is not None and newest.pk == run.pk)
    total = len(reads.segment(standing, segment))
    return {
        "run": run,
        "segment": segment,
        "unranked": segment == "unranked",
        "sort": sort,
        "page": page,
        "count": len(rows),
        "total": total,
        "rows_html": mark_safe("".join(pieces.rows[row.code] for row in page)),  # noqa: S308  # drawn escaped
        "heads": _heads(request, segment, pieces.top, len(standing.ranked)),
        "legend": pieces.legend,
        "everything": everything,
        "all_url": query(request, show="all", page=None) + LIST,
        "paged_url": query(request, show=None, page=None) + LIST,
        "clear_url": query(request, **dict.fromkeys((*FILTERS, "page"))) + LIST,
        "filtered": any(request.GET.get(name) for name in FILTERS),
        "exports": [(kind.upper(), query(request, format=kind, page=None, show=None)) for kind in KINDS],
    }


def _page_context(request: HttpRequest, run: ScoreRun, standing: Ranking, segment: str) -> dict[str, Any]:
    user = user_of(request)
    newest = newest_run()
    kept = {"run": request.GET["run"]} if "run" in request.GET else {}
    tabs = [
        Tab(
            label, len(reads.segment(standing, key)), _address(kept | ({"segment": key} if key else {})), key == segment
        )
        for key, (label, _) in SEGMENTS.items()
    ]
    pieces = drawings.drawn(run, newest=newest is not None and newest.pk == run.pk)
    return {
        "scatter": pieces.scatter,
        "sure": reads.sureness(standing),
        "share": standing.table.share_of_full(Stage.SCREEN),
        "not_ranked": _not_ranked(standing),
        "not_ranked_words": str(len(standing.others)),
        "suffix": "" if newest is not None and newest.pk == run.pk else f"?run={run.pk}",
        "unranked_url": _address(kept | {"segment": "unranked"}),
        "tabs": tabs,
        "since": since(run) if newest is not None and newest.pk == run.pk else None,
        "newest": newest,
        "is_newest": newest is not None and newest.pk == run.pk,
        "before": run_before(run),
        "may_compute": user.allows(Permission.RUN_SCREEN),
        "as_known": run.as_of_at,
        "model": standing.table,
        "adoption": adoption_of(run.table_hash),
        "scored_with": version_of(run),
    }


def _address(parameters: Mapping[str, str]) -> str:
    return reverse("ranking", query=parameters or None) + LIST


def _heads(request: HttpRequest, segment: str, top: int, ranked: int) -> list[SafeString]:
    """The headings of the table: each that sorts is a link back to the list."""
    unranked = segment == "unranked"

    def head(label: str | SafeString, key: str, *, numeric: bool = False, falling: bool = False) -> SafeString:
        link = sort_link(request, key, default="country" if unranked else "rank", descending_first=falling)
        return header_cell(label, SortLink(link.url + LIST, link.state), numeric=numeric, icon=icon)

    if unranked:
        plain = mark_safe('<th scope="col" role="columnheader">What is missing</th>')
        return [
            head("Country", "country"),
            head("Tier", "tier"),
            head("Why", "reason"),
            plain,
            head("Need", "need", numeric=True, falling=True),
            head("Feasib.", "feasibility", numeric=True, falling=True),
            head("Known", "known", numeric=True, falling=True),
        ]
    bar = mark_safe(  # noqa: S308  # two whole numbers in constant markup
        '<th scope="col" role="columnheader">Points, need then feasibility'
        f'<span class="c-scale" aria-hidden="true"><span>0</span><span>{top:d}</span></span></th>'
    )
    scale = f'<span class="c-scale c-scale--int" aria-hidden="true"><span>1</span><span>{ranked:d}</span></span></th>'
    interval = head("Rank in 90% of draws", "interval")
    return [
        head("Rank", "rank", numeric=True),
        head("Country", "country"),
        head("Tier", "tier"),
        head("Score", "score", numeric=True, falling=True),
        head("Need", "need", numeric=True, falling=True),
        bar,
        head("Feasib.", "feasibility", numeric=True, falling=True),
        mark_safe(interval.removesuffix("</th>") + scale),  # noqa: S308  # both parts are markup made here
        head("Corruption hurdle", "hurdle", falling=True),
        head("Known, to note", "known"),
    ]


def _not_ranked(standing: Ranking) -> list[tuple[str, str, list[tuple[RankingRow, str]]]]:
    """Unranked countries by kind of reason, with the sentence for each."""
    found = []
    for status in sorted({row.status for row in standing.others}, key=lambda s: reads.STATUS_ORDER[s]):
        heading, meaning = words.GROUPS[CountryStatus(status)]
        rows = [(row, words.why_not_ranked(row, standing.table)) for row in standing.others if row.status == status]
        found.append((heading, meaning, rows))
    return found


def _export(
    kind: str, run: ScoreRun, standing: Ranking, rows: Sequence[RankingRow], form: RankingForm, segment: str
) -> HttpResponseBase:
    label, _ = SEGMENTS[segment]
    shown = "; ".join([label, *form.in_words])
    return exports.response(
        kind,
        rows,
        drawings.fields(standing),
        f"desk screen run {run.pk}",
        sheet="Ranking",
        notes=drawings.notes(run, standing, f"{shown}: {words.countries(len(rows))}"),
    )
