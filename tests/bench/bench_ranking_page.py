"""Benchmark of the ranking page with every row against its bare rows in a plain table with the same base template.

Both are whole requests through all middleware, in one process, interleaved, with warm template caches. The page adds
bars, intervals, the scatter, filters, and findings; a run never changes, so these are drawn once and reused.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client, override_settings
from django.urls import path

from cpc.accounts.access import requires
from cpc.accounts.permissions import Permission, Role
from cpc.urls import urlpatterns as product
from selection.models import CountryScore
from selection.runs.queries.stored_runs import newest_run
from tests.bench.measuring import Row, getting, medians, row
from tests.support.accounts import make_account
from tests.support.rankings import make_screen

COUNTRIES, ROUNDS = 165, 40
COLUMNS = (
    "rank",
    "country__name",
    "country__region",
    "income",
    "tier",
    "score",
    "need",
    "feasibility",
    "rank_low",
    "rank_high",
    "p20",
    "p10",
    "designs",
    "group",
    "region_rank",
    "reason",
)
BARE = """{% extends "base.html" %}{% block heading %}Ranking{% endblock %}{% block content %}
<table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>
{% endblock %}"""


@requires(Permission.VIEW_RANKINGS)
def bare(request: HttpRequest) -> HttpResponse:
    """Show only the rows of the newest run."""
    rows = CountryScore.objects.filter(run=newest_run(), rank__isnull=False).order_by("rank").values_list(*COLUMNS)
    return HttpResponse(_template().render({"rows": list(rows)}, request))


def _template(cache: dict[str, Any] = {}) -> Any:  # noqa: B006  # compiled once, as the page's own template is
    if not cache:
        cache["bare"] = engines["django"].from_string(BARE)
    return cache["bare"]


urlpatterns = [path("bare/", bare, name="bare"), *product]


def run() -> list[Row]:
    """Return one row: the whole page against the bare rows (goal 2)."""
    with tempfile.TemporaryDirectory() as folder, override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"]):
        ranked = make_screen(Path(folder), COUNTRIES).ranked
        client = Client()
        client.force_login(make_account(Role.ANALYST, username="bench-ranking"))
        calls = [getting(client, "/ranking/?show=all"), getting(client, "/bare/")]
        contents = [client.get(url).content for url in ("/ranking/?show=all", "/bare/")]
        assert all(content.count(b"</tr>") >= ranked for content in contents)
        page, rows = medians(*calls, rounds=ROUNDS)
    sizes = [f"{len(content) // 1024} KB" for content in contents]
    detail = f"{page:.1f} ms ({sizes[0]}) against {rows:.1f} ms ({sizes[1]}): {ranked} rows"
    return [row("ranking page against its bare rows", page, rows, 2.0, detail)]
