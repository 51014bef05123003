"""Benchmark of pages at three million observations against the demonstration's, of which there are 98,000.

Both are the installation of `make run`. The larger one has more series of each value that no ranking reads, under the
same indicators, countries, editions, and files. They take turns, each page with the caches of its process filled and,
as after a publication, empty.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from django.db import connection
from django.test import Client, override_settings

from cpc.accounts.models import User
from cpc.database.roles import as_owner
from indicators.models import Observation
from indicators.sources.foreign_assistance import REGION
from selection.lookups.model_versions import default_table
from selection.model_definition.criteria_table import Stage
from selection.scoring_inputs.screening import indicators_of
from tests.bench.copies import copy_of, inside
from tests.bench.many_observations import add_series
from tests.bench.measuring import WARM_UPS, Row, getting, milliseconds, query_count, row
from tests.worlds.catalog import NEWCOMER
from tests.worlds.databases import (
    PRIVATE,
    forget,
    own_templates,
    server_templates,
)

ROWS, TURNS, ROUNDS, GOAL = 3_000_000, 3, 5, 1.3
PAGES = {
    "home": "/",
    "data": "/data/",
    "source page": "/data/sources/freedom_house/",
    "how sure": "/ranking/how-sure/",
    "country": "/countries/GHA/",
    "ranking": "/ranking/",
    "first REST page of observations": "/api/v1/observations/?page_size=100",
}

Times = dict[tuple[str, str], list[float]]


def run() -> list[Row]:
    """Measure each page for an analyst (goal 1.3)."""
    with tempfile.TemporaryDirectory() as folder:
        private = connection.settings_dict["ENGINE"] == PRIVATE
        templates = server_templates() if private else own_templates(Path(folder), "bench")
        try:
            source = templates.ready(NEWCOMER)
            settings = override_settings(
                ALLOWED_HOSTS=["*"], MEDIA_ROOT=templates.files_of(source), API_REQUESTS_A_MINUTE=10**9
            )
            with settings, copy_of(source, "bench_few"), copy_of(source, "bench_many"):
                return _compare()
        finally:
            templates.drop_all()


def _compare() -> list[Row]:
    few, many = _sizes("bench_few", 0), _sizes("bench_many", ROWS)
    taken: dict[str, Times] = {"bench_few": {}, "bench_many": {}}
    queries: dict[str, dict[str, int]] = {}
    for _ in range(TURNS):
        for name, times in taken.items():
            with inside(name):
                counted = _measure(times)
            # The fewest of all turns: once a minute, a request also stores the activity of its session.
            before = queries.setdefault(name, counted)
            queries[name] = {page: min(count, before[page]) for page, count in counted.items()}
    assert queries["bench_few"] == queries["bench_many"], queries
    return [
        row(
            f"{page}{state}, {many:,} observations against {few:,}",
            median(taken["bench_many"][page, state]),
            median(times),
            GOAL,
            f"{median(taken['bench_many'][page, state]):.1f} ms against {median(times):.1f} ms, "
            f"{queries['bench_few'][page]} queries both",
        )
        for (page, state), times in taken["bench_few"].items()
    ]


def _measure(times: Times) -> dict[str, int]:
    """Add the milliseconds of each page, and return its number of queries with filled caches."""
    client = Client()
    client.force_login(User.objects.get(username="analyst"))
    counted = {}
    for page, url in PAGES.items():
        call = getting(client, url)
        forget()
        times.setdefault((page, " with empty caches"), []).append(milliseconds(call))
        measured = [milliseconds(call) for _ in range(WARM_UPS + ROUNDS)]
        times.setdefault((page, ""), []).extend(measured[WARM_UPS:])
        counted[page] = query_count(call)
    return counted


def _sizes(name: str, rows: int) -> int:
    """Fill a database up to so many live observations, and return their number."""
    with inside(name):
        if rows:
            add_series(rows, read={*indicators_of(default_table(), Stage.SCREEN), REGION.code})
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        return Observation.objects.live().count()
