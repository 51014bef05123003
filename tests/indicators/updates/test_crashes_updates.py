"""Two people who publish at once, and a worker that is killed while it publishes an update."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from indicators.imports.publishing import PreviewOutdated
from indicators.models import Import, ImportState, Observation, Publication, Update, UpdateState
from indicators.publications.numbering import current
from indicators.updates import services
from indicators.updates.queries import files_of
from tests.conftest import ROOT
from tests.indicators.imports.test_crashes import _other_sessions, _waits_for_a_row, in_threads, second_connection
from tests.indicators.updates.test_updates import imports_of, received, tiers
from tests.support.services import database_environment, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def test_of_two_people_one_publishes_and_the_other_sees_why() -> None:
    updates = [received(tiers(2020), tiers(2021)), received(tiers(2022), tiers(2023))]

    def publish(n: int) -> str:
        try:
            services.publish_update(update=updates[n], imports=imports_of(updates[n]), number=0, actor=None)
        except PreviewOutdated as error:
            return str(error)
        return ""

    outcomes = in_threads(publish, 2)
    assert sorted(bool(text) for text in outcomes) == [False, True]
    assert "Something was published after this page was opened" in "".join(outcomes)
    assert (current(), Observation.objects.count()) == (2, 4)


def test_eight_clicks_publish_an_update_once() -> None:
    update = received(tiers(2020), tiers(2021))
    batches = imports_of(update)
    made = in_threads(lambda _: services.publish_update(update=update, imports=batches, number=0, actor=None), 8)
    assert sorted(len(publications) for publications in made) == [0] * 7 + [2]
    assert Publication.objects.count() == 2


def test_kill_in_the_middle_publishes_no_file_and_it_can_be_run_again(tmp_path: Path) -> None:
    update = received(tiers(2020), tiers(2021))
    first, second = imports_of(update)
    code = (
        "from indicators.models import Update; from indicators.updates.services import publish_update; "
        f"publish_update(update=Update.objects.get(), imports=[{first}, {second}], number=0, actor=None)"
    )
    with second_connection() as other:
        # A lock on a staged row of the second file stops the publishing after the first one was published.
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SET ROLE NONE")
            cursor.execute("SELECT id FROM indicators_stagedobservation WHERE batch_id = %s FOR UPDATE", [second])
        before = _other_sessions()
        child = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
            cwd=ROOT,
            env=database_environment(MEDIA_ROOT=str(tmp_path / "files")),
        )
        wait_until(_waits_for_a_row, "the publishing to reach the second file")
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        other.rollback()
    wait_until(lambda: _other_sessions() <= before, "the killed session to end")
    assert set(Import.objects.values_list("state", flat=True)) == {ImportState.PREVIEW}
    assert not Observation.objects.exists()
    assert Update.objects.get().state == UpdateState.OPEN
    made = services.publish_update(update=update, imports=files_of(update).ticked, number=0, actor=None)
    assert [publication.seq for publication in made] == [1, 2]
    assert Observation.objects.live().count() == 4
