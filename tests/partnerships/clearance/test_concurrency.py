"""Answers and a signature at the same moment: all answers are on record, and no signature ignores one of them."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from cpc.accounts.models import Agency
from partnerships.clearance.services.answers import Given, record_answers
from partnerships.clearing import AnswerStatus
from partnerships.lookups.clearance import clearance_of
from partnerships.models import AnswerKind, ClearanceAnswer, Partnership
from partnerships.status.signing import sign
from tests.partnerships.limit_exceptions.test_concurrency import all_at_once
from tests.worlds.partnerships.build import START, Stage

pytestmark = pytest.mark.django_db(transaction=True)
DUE = START - dt.timedelta(days=20)


@pytest.fixture
def stage(transactional_db: None, tmp_path: Path, settings: Settings) -> Stage:
    settings.MEDIA_ROOT = tmp_path / "media"
    return Stage()


@pytest.fixture
def cleared(stage: Stage) -> Partnership:
    """Return a partnership that can be signed."""
    partnership = stage.draft()
    stage.restrictions(partnership)
    stage.complete(partnership)
    for name in ("invite", "open_negotiations", "submit_for_clearance"):
        stage.step(partnership, name, DUE)
    return partnership


def answer(stage: Stage, partnership: Partnership, kind: AnswerKind) -> None:
    given = Given(Agency.objects.get(code="lt"), kind, DUE, "Article 5.")
    version = clearance_of(partnership).newest
    assert version is not None
    record_answers(version=version, answers=[given], actor=stage.analyst)


def test_answers_of_many_writers_are_all_on_record_and_the_last_one_counts(stage: Stage, cleared: Partnership) -> None:
    kinds = [AnswerKind.REFUSED, AnswerKind.CLEAR, AnswerKind.WITH_COMMENTS] * 4
    before = ClearanceAnswer.objects.count()
    assert set(all_at_once([partial(answer, stage, cleared, kind) for kind in kinds])) == {""}
    assert ClearanceAnswer.objects.count() == before + len(kinds)
    newest = ClearanceAnswer.objects.order_by("pk").last()
    assert newest is not None
    [(_, cell)] = clearance_of(cleared).statuses(START)
    assert cell.status is AnswerStatus(newest.kind)


def test_a_signature_that_waits_for_an_answer_reads_it(stage: Stage, cleared: Partnership) -> None:
    found: list[str] = []
    signature = partial(
        sign, partnership=cleared, actor=stage.approver, us_signed_on=START, partner_signed_on=START, in_effect_on=None
    )
    signing = Thread(target=lambda: found.extend(all_at_once([signature])))
    with transaction.atomic():
        answer(stage, cleared, AnswerKind.REFUSED)
        signing.start()
        while signing.is_alive() and not _is_waited_for():
            signing.join(0.05)
    signing.join(60)
    assert found == ["does_not_clear"]
    cleared.refresh_from_db()
    assert (cleared.status, cleared.signed_on) == ("in_clearance", None)


def _is_waited_for() -> bool:
    """Return whether another session waits for a lock of this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])
