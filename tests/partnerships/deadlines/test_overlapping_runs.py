"""Two runs of the scheduled work that overlap: one of them announces each notice."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections, transaction
from pytest_django import Settings

from partnerships.deadlines.services import DueSummary, run_due
from partnerships.models import Notice
from tests.support.outcomes import trail
from tests.worlds.partnerships.build import END, Stage

WARNED_ON = END - timedelta(days=180)


@pytest.mark.django_db(transaction=True)
def test_a_run_that_waits_for_a_notice_of_another_run_does_not_announce_it(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    partnership = Stage().active()
    summaries: list[DueSummary] = []

    def run() -> None:
        summaries.append(run_due(today=WARNED_ON))
        connections.close_all()

    with transaction.atomic():
        Notice.objects.create(
            partnership=partnership,
            kind="expiry",
            key=f"expiry:{partnership.pk}:{END}:180",
            text="Announced by the other run",
            due_on=END,
            raised_on=WARNED_ON,
        )
        waiting = threading.Thread(target=run)
        waiting.start()
        waiting.join(timeout=2)
        assert waiting.is_alive()  # it waits for the unique key of the other run's notice
    waiting.join(timeout=60)
    assert summaries == [DueSummary(started=0, renewed=0, notices=0)]
    assert [notice.text for notice in Notice.objects.all()] == ["Announced by the other run"]
    assert "announced" not in [entry[1] for entry in trail(partnership)]
