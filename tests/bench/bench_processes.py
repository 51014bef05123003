"""Benchmark of two web servers and two workers under mixed load: milliseconds in which requests are answered.

50 people read pages and REST, write, upload, and publish, each with a pause between two requests, on 500 partnerships
and the observations of 200 countries and 300 indicators. Nothing is killed; tests/platform/test_many_processes.py does
that. The goal is 2 s for 95 of 100 requests, on whatever machine, which runs the clients as well. The first half
minute, in which new processes read what they then hold, is not counted.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path

from tests.bench.measuring import Row, row
from tests.support.cluster import Cluster, cluster
from tests.support.load import Access, Load, Notes

PEOPLE, WRITERS, UPLOADERS, PAUSE = 46, 3, 1, 2.0
WARM_UP_SECONDS, SECONDS, GOAL_SECONDS = 30, 60, 2
PARTNERSHIPS, OBSERVATIONS = 500, 600_000
KINDS = ("page", "REST", "write", "upload", "publish")
FILL = """
import json, sys
from django.db import connection
from django.test import Client
from django.utils import timezone
from cpc.accounts.permissions import Role
from cpc.accounts.scopes import scopes_for
from cpc.api_tokens.services import issue_token
from cpc.database.roles import as_owner
from partnerships.models import Partnership
from tests.bench.many import DESK, make_many
from tests.bench.many_observations import make_observations
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.build import Stage

partnerships, observations, today = int(sys.argv[1]), int(sys.argv[2]), timezone.now().date()

with as_owner():
    stage = Stage()
    make_many(range(partnerships), shape=DESK, writer=stage.analyst, actor=stage.approver, today=today)
    partnership = Partnership.objects.filter(status="active").latest("pk")
    with unguarded():
        make_observations(observations)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(stage.analyst)
    issued = issue_token(owner=stage.analyst, name="Load", scopes=scopes_for(stage.analyst.permissions), days=1)
print("ACCESS" + json.dumps([client.cookies["sessionid"].value, issued.secret, partnership.pk]))
"""


def run() -> list[Row]:
    """Return a row per kind of request, with the median and the 95th percentile. Raises if anything goes wrong."""
    found: list[Access] = []

    def fill(made: Cluster) -> None:
        printed = made.run(FILL, str(PARTNERSHIPS), str(OBSERVATIONS))
        found.append(Access(*json.loads(printed.partition("ACCESS")[2])))

    with tempfile.TemporaryDirectory() as folder, cluster(Path(folder), fill) as made:
        load = Load(made.ports, found[0], pause=PAUSE)
        load.start(PEOPLE, WRITERS, UPLOADERS)
        time.sleep(WARM_UP_SECONDS)
        load.notes = Notes(wrong=load.notes.wrong, unavailable_at=load.notes.unavailable_at)
        time.sleep(SECONDS)
        load.stop()
    notes = load.notes
    assert not notes.wrong, notes.wrong[:3]
    assert not notes.unavailable_at, f"{len(notes.unavailable_at)} requests got a 503"
    rows = []
    for kind in KINDS:
        if not notes.seconds[kind]:
            continue
        middle, most = notes.percentile(kind, 50), notes.percentile(kind, 95)
        detail = f"p50 {middle:.0f} ms, p95 {most:.0f} ms, {len(notes.seconds[kind])} requests in {SECONDS} s"
        detail += f", load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
        rows.append(row(f"{kind}, 50 people at once, p95 of {GOAL_SECONDS} s", most, GOAL_SECONDS * 1e3, 1, detail))
    return rows
