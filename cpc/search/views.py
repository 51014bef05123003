"""The page of the search."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.search import presenters, queries
from cpc.search.forms import SearchForm
from cpc.search.queries import Match, Matches, Question, Result, UnclearQuestion
from cpc.web.exports import response
from cpc.web.tables import FORMAT, PAGE, export_format, page_links, paginate, query

PARAMETERS = ("q", "kind", "since", "region", "mine", PAGE, FORMAT)
AT_ONCE = 50
"""Results that a file reads in one query."""


@require_safe
@requires(Permission.USE_PAGES)
def search(request: HttpRequest) -> HttpResponseBase:
    """Show the subjects with the terms, best first; `?format=csv|xlsx` downloads those of all pages."""
    check_parameters(request, PARAMETERS)
    form, user = SearchForm(request.GET), user_of(request)
    if not form.is_valid():
        return render(request, "search/results.html", {"form": form, "searched": request.GET.get("q", "")}, status=400)
    question, kind = form.question(), form.cleaned_data["kind"]
    context: dict[str, Any] = {"form": form, "searched": question.plain, "kind": kind}
    if not question.plain:
        return render(request, "search/results.html", context)
    try:
        queries.check_question(question)
    except UnclearQuestion as unclear:
        return render(request, "search/results.html", context | {"unclear": str(unclear)})
    found = queries.matches(question, user)
    if file_kind := export_format(request):
        rows = presenters.file_rows(_all(question, found, found.of_kind(kind), user))
        return response(file_kind, rows, presenters.FILE, f"search {question.plain}", sheet="Search")
    return render(request, "search/results.html", context | _page(request, question, found, kind))


def _page(request: HttpRequest, question: Question, found: Matches, kind: str) -> dict[str, Any]:
    user, rows = user_of(request), found.of_kind(kind)
    page = paginate(request, rows, queries.SUBJECTS_A_PAGE)
    shown: list[Match] = list(page.object_list)
    described = queries.describe([row.key for row in (*shown, *presenters.most_often(found))], user)
    results = queries.results(question, shown, user, described, is_weighed=found.is_weighed)
    counts = found.by_kind
    return {
        "title": presenters.title(question.plain, found),
        "summary": presenters.summary(found, described),
        "found": found,
        "rail": [
            (subject, count, query(request, kind=subject.key, **{PAGE: None})) for subject, count in counts.items()
        ],
        "everything": (len(found.real), query(request, kind=None, **{PAGE: None})),
        "page": page,
        "real": sum(not row.key.is_sample for row in rows),
        "last": page.start_index() + sum(not row.key.is_sample for row in shown) - 1,
        "links": page_links(request, page) if page.has_other_pages() else [],
        "results": [result for result in results if not result.key.is_sample],
        "samples": [result for result in results if result.key.is_sample],
    }


def _all(question: Question, found: Matches, rows: list[Match], user: User) -> Iterator[Result]:
    for start in range(0, len(rows), AT_ONCE):
        shown = rows[start : start + AT_ONCE]
        described = queries.describe([row.key for row in shown], user)
        yield from queries.results(question, shown, user, described, is_weighed=found.is_weighed)
