"""Effect of an update: a worker that is killed, a publication meanwhile, and two workers at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cpc.audit.models import AuditEntry
from indicators.models import Observation, Update
from indicators.publications import signals
from indicators.publications.numbering import _LOCK as NUMBERS
from indicators.publications.numbering import current
from indicators.updates.effects import Asked
from indicators.updates.queries import files_of
from indicators.updates.services import publish_update
from selection.models import CountryScore, EffectState, ScoreRun, UpdateEffect
from selection.runs.services import compute_screen
from selection.update_effect.found import Found
from selection.update_effect.queries import basis_now, effect_for
from selection.update_effect.services import OUTDATED, ask, compute, is_being_computed
from tests.conftest import ROOT
from tests.indicators.imports.test_crashes import _other_sessions, _waits_for_a_row, in_threads, second_connection
from tests.support.rankings import publish_values, value
from tests.support.services import database_environment, wait_until
from tests.support.updates import received, tier_file

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.world("ranking")]


@pytest.fixture
def update(ranking: ScoreRun) -> Update:
    """Return an update that changes the tiers of the first countries."""
    first = CountryScore.objects.filter(run=ranking, rank__lte=5).select_related("country")
    rows = [(2025, row.country.code, row.country.name, "Tier 3") for row in first]
    return received(tier_file("tiers_2025.csv", *rows), actor=None)


def asked(update: Update) -> UpdateEffect:
    files = files_of(update)
    effect = ask(Asked(update, files.ticked, files.ready, current()), None)
    assert effect is not None
    return effect


def test_a_killed_worker_leaves_nothing_and_the_effect_is_computed_again(update: Update, tmp_path: Path) -> None:
    effect = UpdateEffect.objects.get(pk=_unasked(update).pk)
    code = f"from selection.update_effect.services import compute; compute({effect.pk})"
    before = Observation.objects.count(), current()
    with second_connection() as other:
        # The lock of the numbers stops the worker where it publishes on trial.
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERS])
        sessions = _other_sessions()
        child = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
            cwd=ROOT,
            env=database_environment(MEDIA_ROOT=str(tmp_path / "files")),
        )
        wait_until(_waits_for_a_row, "the worker to publish on trial")
        assert is_being_computed(effect)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        other.rollback()
    wait_until(lambda: _other_sessions() <= sessions, "the killed session to end")
    effect.refresh_from_db()
    assert (effect.state, effect.found, is_being_computed(effect)) == (EffectState.COMPUTING, {}, False)
    assert (Observation.objects.count(), current()) == before
    assert compute(effect.pk).state == EffectState.DONE


def _unasked(update: Update) -> UpdateEffect:
    """Return the effect as it is before a worker takes it."""
    basis = basis_now()
    assert basis is not None
    return UpdateEffect.objects.create(
        update=update,
        imports=",".join(map(str, files_of(update).ticked)),
        as_of=basis.number,
        reference_date=basis.on,
        table_hash=basis.table.hash,
    )


def test_an_effect_on_earlier_data_is_not_that_of_now(update: Update, tmp_path: Path) -> None:
    effect = compute(_unasked(update).pk)
    assert effect.state == EffectState.DONE
    publish_values(tmp_path / "since", [value("cpi.score", "GHA", "2025", "12", error="2.5")], edition="2028")
    basis = basis_now()
    assert basis is not None
    assert effect_for(update, files_of(update).ticked, basis) is None
    late = UpdateEffect.objects.create(
        update=update,
        imports=effect.imports,
        as_of=effect.as_of,
        reference_date=effect.reference_date,
        table_hash="0" * 64,
    )
    assert (compute(late.pk).state, late.found) == (EffectState.FAILED, {})
    late.refresh_from_db()
    assert late.error == OUTDATED
    again = asked(update)
    assert again.pk != effect.pk
    again.refresh_from_db()
    run = compute_screen(actor=None)
    rows = {row.code: row.before for row in Found.from_dict(again.found).rows if row.before}
    assert rows == dict(CountryScore.objects.filter(run=run, rank__isnull=False).values_list("country__code", "rank"))


def test_publishing_on_trial_notifies_no_one_and_stays_out_of_the_audit_trail(
    update: Update, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[int] = []
    monkeypatch.setattr(signals, "handlers", [heard.append])
    entries = AuditEntry.objects.count()
    assert compute(_unasked(update).pk).state == EffectState.DONE
    assert heard == []
    assert AuditEntry.objects.count() == entries
    publish_update(update=update, imports=files_of(update).ticked, number=current(), actor=None)
    assert heard == [current()]


def test_two_workers_compute_it_once(update: Update) -> None:
    effect = _unasked(update)
    states = in_threads(lambda _: compute(effect.pk).state, 2)
    assert EffectState.DONE in states
    effect.refresh_from_db()
    assert effect.state == EffectState.DONE
    assert UpdateEffect.objects.count() == 1
