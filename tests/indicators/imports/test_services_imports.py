"""Messages to the workers: what is queued to read a received file, when, and what is queued again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from cpc.accounts.permissions import Role
from indicators.imports import reading_lock, services
from indicators.imports.reading import Choice, process
from indicators.imports.receiving import receive_path
from indicators.models import Import, ImportState
from tests.support.accounts import make_account
from tests.support.pages import tiers

pytestmark = pytest.mark.django_db


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """Return the tasks that are queued, by name with their arguments."""
    found: list[tuple[str, dict[str, Any]]] = []

    class Task:
        def __init__(self, name: str) -> None:
            self.name = name

        def delay(self, **arguments: Any) -> None:
            found.append((self.name, arguments))

    def enqueue(name: str, **arguments: Any) -> bool:
        found.append((name, arguments))
        return True

    monkeypatch.setattr(services, "task_named", Task)
    monkeypatch.setattr(services, "enqueue", enqueue)
    return found


DAY = dt.date(2026, 11, 25)
NOTHING_CHOSEN = {"source": "", "edition": "", "published_on": "", "remark": ""}


@pytest.mark.parametrize(
    ("choice", "arguments"),
    [
        (None, NOTHING_CHOSEN),
        (Choice(), NOTHING_CHOSEN),
        (
            Choice("tip", "2025", DAY, "The letter"),
            {"source": "tip", "edition": "2025", "published_on": "2026-11-25", "remark": "The letter"},
        ),
    ],
)
def test_a_file_is_read_after_the_commit_as_its_sender_chose(
    messages: list[Any],
    django_capture_on_commit_callbacks: Any,
    choice: Choice | None,
    arguments: dict[str, str],
) -> None:
    analyst = make_account(Role.ANALYST)
    with django_capture_on_commit_callbacks(execute=True):
        services.start_reading(batch_id=7, actor=analyst, choice=choice)
        assert messages == []
    assert messages == [("indicators.read_import", {"batch_id": 7, "actor_id": analyst.pk, **arguments})]


def test_a_file_that_no_person_sent_is_read_for_no_one(
    messages: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services.start_reading(batch_id=8, actor=None)
    assert messages == [("indicators.read_import", {"batch_id": 8, "actor_id": None, **NOTHING_CHOSEN})]


# ---- messages that were lost ---------------------------------------------------------------------------------------


@pytest.fixture
def received(settings: Any, tmp_path: Path) -> list[Import]:
    """Receive three files: of an analyst, of no one, and one that is read at once."""
    settings.MEDIA_ROOT = tmp_path / "files"
    batches = []
    for number, actor in enumerate((make_account(Role.ANALYST), None, None)):
        path = tmp_path / f"{number}.csv"
        path.write_text(tiers(("GHA", "Ghana", "Tier 2"), year=2020 + number), encoding="utf-8")
        batches.append(receive_path(path=path, actor=actor).batch)
    process(batch_id=batches[2].pk, actor=None)
    return batches


def test_each_file_that_still_waits_is_queued_again_for_its_sender(messages: list[Any], received: list[Import]) -> None:
    first, second, _ = received
    Import.objects.filter(pk=second.pk).update(state=ImportState.READING)
    assert services.requeue_waiting(timezone.now() + services.QUIET_FOR) == [first.pk, second.pk]
    assert messages == [
        ("indicators.read_import", {"batch_id": first.pk, "actor_id": first.created_by_id, "only_waiting": True}),
        ("indicators.read_import", {"batch_id": second.pk, "actor_id": None, "only_waiting": True}),
    ]


@pytest.mark.parametrize(("seconds", "is_queued"), [(119, False), (120, False), (121, True)])
def test_two_minutes_pass_before_a_file_is_queued_again(
    messages: list[Any], received: list[Import], seconds: int, is_queued: bool
) -> None:
    now = received[0].created_at + dt.timedelta(seconds=seconds)
    assert (received[0].pk in services.requeue_waiting(now)) is is_queued


def test_a_file_that_is_being_read_or_that_the_broker_refuses_is_not_counted(
    messages: list[Any], received: list[Import], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _ = received
    later = timezone.now() + dt.timedelta(hours=1)
    monkeypatch.setattr(reading_lock, "is_held", lambda pk: pk == first.pk)
    assert services.requeue_waiting(later) == [second.pk]
    monkeypatch.setattr(services, "enqueue", lambda name, **arguments: arguments["batch_id"] == second.pk)
    monkeypatch.setattr(reading_lock, "is_held", lambda pk: False)
    assert services.requeue_waiting(later) == [second.pk]
