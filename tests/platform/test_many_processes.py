"""Two of every process under mixed load, each killed in turn: nothing is lost or done twice, and no 5xx but 503."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import unavailable
from tests.support.cluster import Cluster, Process, cluster
from tests.support.load import Access, Load
from tests.support.services import wait_until

FILL = """
import json
from django.test import Client
from cpc.accounts.permissions import Role
from cpc.accounts.scopes import scopes_for
from cpc.api_tokens.services import issue_token
from cpc.database.roles import as_owner
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage

with as_owner():
    stage = Stage()
    partnership = stage.draft()
    client = Client()
    client.force_login(stage.analyst)
    issued = issue_token(owner=stage.analyst, name="Load", scopes=scopes_for(stage.analyst.permissions), days=1)
print("ACCESS" + json.dumps([client.cookies["sessionid"].value, issued.secret, partnership.pk]))
"""
FOUND = """
import hashlib, json
from collections import Counter
from django.utils import timezone
from datetime import timedelta
from cpc.files.storage import files
from indicators.imports.services import requeue_waiting
from indicators.models import Import, Publication
from partnerships.models import Contribution

requeue_waiting(timezone.now() + timedelta(minutes=2))
stored = {}
for name in files().names():
    with files().open(name) as file:
        stored[name] = hashlib.sha256(file.read()).hexdigest()
print("FOUND" + json.dumps({
    "contributions": Counter(Contribution.objects.values_list("description", flat=True)),
    "imports": list(Import.objects.values_list("pk", "file__sha256", "state")),
    "publications": list(Publication.objects.order_by("seq").values_list("seq", "batch_id")),
    "files": stored,
}))
"""
KILLS = ("web-1", "worker-1", "beat", "redis", "postgresql", "s3")
"""In this order, each while the load goes on. `beat` is the scheduler that sends at that moment."""
DOWN_SECONDS, BETWEEN_SECONDS = 3, 6
AFTER_SECONDS = 12
"""Seconds after a server is back for which clients may still get a 503: connections and caches are renewed."""
SENT = re.compile(r'"timestamp": "([^"]+)"[^\n]*Sent the scheduled task webhooks.deliver_due')


@pytest.fixture
def access() -> dict[str, Access]:
    return {}


@pytest.fixture
def started(tmp_path: Path, access: dict[str, Access]) -> Iterator[Cluster]:
    if not shutil.which("redis-server"):
        unavailable("redis-server is not installed (package redis-server)")

    def fill(made: Cluster) -> None:
        session, token, partnership = json.loads(made.run(FILL).partition("ACCESS")[2])
        access["load"] = Access(session, token, partnership)

    with cluster(tmp_path, fill) as made:
        yield made


def sender(made: Cluster) -> str:
    """Return the name of the scheduler that sends now; empty while one that was killed still holds the lease."""
    holder = made.run("from cpc.site.models import SchedulerLease; print(SchedulerLease.objects.get().holder)")
    pid = int(holder.split(":")[1])
    for name, process in made.processes.items():
        if isinstance(process, Process) and process.process and process.process.pid == pid:
            return name
    return ""


def kill_in_turn(made: Cluster, names: tuple[str, ...]) -> list[tuple[str, float, float]]:
    """Kill each process and start it again; return its name, and the moments at which it was away and back."""
    away = []
    for kind in names:
        time.sleep(BETWEEN_SECONDS)
        name = sender(made) if kind == "beat" else kind
        begun = time.monotonic()
        made.processes[name].kill()
        time.sleep(DOWN_SECONDS)
        if kind == "beat":
            wait_until(lambda before=name: sender(made) not in (before, ""), "another scheduler took over", 60)  # type: ignore[misc]
        made.processes[name].start()
        away.append((name, begun, time.monotonic()))
    return away


def found_in(made: Cluster) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(made.run(FOUND).partition("FOUND")[2])
    return found


@pytest.mark.parametrize(
    ("seconds", "kills"), [(4, ()), pytest.param(60, KILLS, marks=pytest.mark.wide)], ids=["calm", "killed in turn"]
)
def test_nothing_is_lost_and_nothing_done_twice(
    started: Cluster, access: dict[str, Access], seconds: float, kills: tuple[str, ...]
) -> None:
    load = Load(started.ports, access["load"])
    begun = time.monotonic()
    load.start()
    try:
        away = kill_in_turn(started, kills)
        time.sleep(max(0.0, seconds - (time.monotonic() - begun)))
    finally:
        load.stop()
    notes = load.notes
    assert notes.wrong == []
    assert notes.given_up == []
    outside = [
        at for at in notes.unavailable_at if not any(left <= at <= back + AFTER_SECONDS for _, left, back in away)
    ]
    assert outside == [], "a 503 while everything was up"
    for kind in ("page", "REST", "write", "upload"):
        assert notes.seconds[kind], f"no {kind} was answered"

    wait_until(lambda: not waiting(found_in(started)), "workers read every file", 120)
    found = found_in(started)
    assert notes.contributions.keys() <= found["contributions"].keys(), "a write that was acknowledged is lost"
    assert set(found["contributions"].values()) <= {1}, "a write was done twice"
    imports = {sha256: (number, state) for number, sha256, state in found["imports"]}
    assert len(imports) == len(found["imports"]), "a file was received twice"
    assert {sha256: imports[sha256][0] for sha256 in notes.uploads} == notes.uploads
    assert {state for _, state in imports.values()} <= {"preview", "published"}
    batches = [batch for _, batch in found["publications"]]
    assert len(batches) == len(set(batches)), "a file was published twice"
    assert notes.published <= set(batches), "a publication that was acknowledged is lost"
    assert [seq for seq, _ in found["publications"]] == list(range(1, len(batches) + 1))
    names = {f"source_files/{sha256[:2]}/{sha256}": sha256 for sha256 in imports}
    assert names.items() <= found["files"].items(), "a file differs from what was sent"
    assert not (started.folder / "not-used").exists(), "something was written to the disk of one machine"
    check_messages_of_schedulers(started)


def waiting(found: dict[str, Any]) -> bool:
    return any(state in ("received", "reading") for _, _, state in found["imports"])


def check_messages_of_schedulers(made: Cluster) -> None:
    """Assert that two schedulers together send a task no more often than one."""
    moments = sorted(
        dt.datetime.fromisoformat(at)
        for number in range(1, made.number + 1)
        for at in SENT.findall(made.log(f"beat-{number}"))
    )
    gaps = [(later - sooner).total_seconds() for sooner, later in itertools.pairwise(moments)]
    assert all(gap > 8 for gap in gaps), f"every 10 seconds, not {gaps}"
