"""Interrupted imports: after two people, a double click, or a killed process, no step is half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, transaction

from indicators.imports.publishing import PreviewOutdated, publish
from indicators.imports.reading import process, refresh
from indicators.imports.receiving import receive_path
from indicators.models import Import, ImportState, Observation, Publication, StagedObservation
from indicators.observations.as_of import known_at
from indicators.publications import numbering
from tests.conftest import ROOT
from tests.support.forms import write_csv
from tests.support.services import database_environment, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = ("report_year", "iso3", "country", "tier", "source", "flag")


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def tier_file(folder: Path, tier: str = "Tier 2", name: str = "tiers.csv") -> Path:
    rows = [
        (2023, code, country, tier, "TIP Report 2023", "") for code, country in (("GHA", "Ghana"), ("NER", "Niger"))
    ]
    return write_csv(folder / name, [HEADER, *rows])


def previewed(path: Path) -> Import:
    return process(batch_id=receive_path(path=path, actor=None).batch.pk, actor=None)


@contextmanager
def second_connection() -> Iterator[Any]:
    """Return another session on the test database, closed at the end."""
    other = connections.create_connection("default")
    other.settings_dict = connection.settings_dict
    try:
        yield other
    finally:
        other.close()


def test_kill_in_a_publish_applies_nothing_and_it_can_be_run_again(tmp_path: Path) -> None:
    batch = previewed(tier_file(tmp_path))
    code = f"from indicators.imports.publishing import publish; publish(batch_id={batch.pk}, actor=None)"
    with second_connection() as other:
        # A lock on a staged row stops the publish at its last step, after every observation was inserted.
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SET ROLE NONE; SELECT id FROM indicators_stagedobservation FOR UPDATE")
        before = _other_sessions()
        child = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
            cwd=ROOT,
            env=database_environment(MEDIA_ROOT=str(tmp_path / "files")),
        )
        wait_until(lambda: _waits_for_a_row(), "the publish to reach its last step")
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        other.rollback()
    wait_until(lambda: _other_sessions() <= before, "the killed session to end")
    batch.refresh_from_db()
    assert batch.state == ImportState.PREVIEW
    assert not Observation.objects.exists()
    assert not Publication.objects.exists()
    assert StagedObservation.objects.filter(batch=batch).count() == 2
    outcome = publish(batch_id=batch.pk, actor=None)
    assert outcome.publication is not None
    assert outcome.publication.seq == 1
    assert Observation.objects.live().count() == 2


def _waits_for_a_row() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def _other_sessions() -> set[int]:
    """Return other sessions on this database, without those of a browser's live server that ran before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return {pid for (pid,) in cursor.fetchall()}


def test_a_worker_that_died_while_reading_is_followed_by_another(tmp_path: Path) -> None:
    batch = receive_path(path=tier_file(tmp_path), actor=None).batch
    Import.objects.filter(pk=batch.pk).update(state=ImportState.READING, stage="read", progress=55)
    assert process(batch_id=batch.pk, actor=None).state == ImportState.PREVIEW
    assert StagedObservation.objects.count() == 2


def in_threads(work: Any, times: int) -> list[Any]:
    def run(n: int) -> Any:
        try:
            return work(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def test_eight_clicks_publish_once(tmp_path: Path) -> None:
    batch = previewed(tier_file(tmp_path))
    outcomes = in_threads(lambda _: publish(batch_id=batch.pk, actor=None), 8)
    assert sum(outcome.publication is not None for outcome in outcomes) == 1
    assert Publication.objects.count() == 1
    assert Observation.objects.count() == 2


def test_eight_uploads_of_one_file_make_one_import(tmp_path: Path) -> None:
    path = tier_file(tmp_path)
    receipts = in_threads(lambda _: receive_path(path=path, actor=None), 8)
    assert len({receipt.batch.pk for receipt in receipts}) == 1
    assert sum(receipt.is_new for receipt in receipts) == 1


def test_eight_publishes_get_eight_numbers_in_the_order_of_time(tmp_path: Path) -> None:
    batches = [previewed(tier_file(tmp_path, name=f"{n}.csv", tier=f"Tier {1 + n % 3}")) for n in range(3)]
    batches += [
        previewed(write_csv(tmp_path / f"y{n}.csv", [HEADER, (2015 + n, "GHA", "Ghana", "Tier 2", "x", "")]))
        for n in range(5)
    ]
    in_threads(lambda n: publish(batch_id=batches[n].pk, actor=None), 8)
    numbers = list(Publication.objects.order_by("at").values_list("seq", flat=True))
    assert numbers == list(range(1, 9))


def test_what_was_previewed_is_what_is_published(tmp_path: Path) -> None:
    first, second = previewed(tier_file(tmp_path)), previewed(tier_file(tmp_path, "Tier 3", "other.csv"))
    publish(batch_id=first.pk, actor=None, previewed=True)
    with pytest.raises(PreviewOutdated):
        publish(batch_id=second.pk, actor=None, previewed=True)
    assert refresh(batch_id=second.pk).counts["changed"] == 2
    assert publish(batch_id=second.pk, actor=None, previewed=True).publication is not None
    assert set(Observation.objects.live().values_list("label", flat=True)) == {"Tier 3"}


def test_a_moment_waits_for_the_publish_under_way(tmp_path: Path) -> None:
    """Otherwise one moment would resolve to two publication numbers, before and after the publish commits."""
    batch = previewed(tier_file(tmp_path))
    found: list[int] = []

    def ask() -> None:
        try:
            found.append(known_at(moment))
        finally:
            connection.close()

    with transaction.atomic():
        numbering.lock()
        outcome = publish(batch_id=batch.pk, actor=None)
        assert outcome.publication is not None
        moment = outcome.publication.at
        thread = threading.Thread(target=ask)
        thread.start()
        time.sleep(0.3)
        assert not found
    thread.join()
    assert found == [1]
