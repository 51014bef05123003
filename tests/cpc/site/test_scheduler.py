"""The scheduler: of any number that are started, one sends; the next one takes over where it stopped."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from celery import Celery
from celery.beat import SchedulingError
from django.db import DatabaseError, connection
from django.utils import timezone

from cpc.site.models import SchedulerLease
from cpc.site.scheduler import NAME, OneScheduler

pytestmark = pytest.mark.django_db
HOUR = 60 * 60


class Started(OneScheduler):
    """A scheduler of two tasks, one of them always due, whose messages go to a list instead of to a broker."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.broker_answers = True
        app = Celery("test", broker="memory://", set_as_current=False)
        app.conf.beat_schedule = {
            "hourly": {"task": "of.the.hour", "schedule": HOUR},
            "often": {"task": "of.the.moment", "schedule": 0},
        }
        super().__init__(app)

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **_: Any) -> None:
        if not self.broker_answers:
            raise SchedulingError("The broker is away.")
        self.messages.append(entry.name)

    def turn(self, times: int = 3) -> list[str]:
        """Let it look a few times, as if its last renewal were long ago; return what it sent."""
        self.messages.clear()
        self._renew_at = float("-inf")
        for _ in range(times):
            self.tick()
        return list(self.messages)


def test_one_of_two_sends() -> None:
    first, second = Started(), Started()
    assert set(first.turn()) == {"often"}
    assert second.turn() == []
    assert set(first.turn()) == {"often"}
    assert SchedulerLease.objects.get().holder == first.holder


def test_the_next_one_continues_where_a_dead_one_stopped() -> None:
    first, second = Started(), Started()
    first.turn()
    first.schedule["hourly"].last_run_at = timezone.now() - dt.timedelta(hours=2)
    first._heap = None
    assert set(first.turn(6)) == {"hourly", "often"}
    SchedulerLease.objects.update(until=timezone.now())  # half a minute passed
    assert set(second.turn(6)) == {"often"}, "the hourly task was sent by the one before"
    assert first.turn() == [], "it must not go on where another one has taken over"
    assert (first.holds, second.holds) == (False, True)


def test_a_lease_that_ends_twice_sends_nothing_twice() -> None:
    first, second, third = Started(), Started(), Started()
    first.turn()
    first.schedule["hourly"].last_run_at = timezone.now() - dt.timedelta(hours=2)
    first._heap = None
    assert first.turn(6).count("hourly") == 1
    for one in (second, third, first):
        SchedulerLease.objects.update(until=timezone.now())
        assert set(one.turn(6)) == {"often"}
    assert [one.holds for one in (first, second, third)] == [True, True, True], "the others have not looked yet"
    assert second.turn() == third.turn() == []


def test_one_that_hung_before_it_sends_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Started(), Started()
    first.turn()

    def hang() -> bool:
        """Wait for the broker so long that another scheduler takes over."""
        SchedulerLease.objects.update(until=timezone.now())
        assert set(second.turn()) == {"often"}
        first._renew_at = float("-inf")
        return True

    monkeypatch.setattr(first, "_reaches_broker", hang)
    first.messages.clear()
    first.tick()
    assert first.messages == []
    assert not first.holds


def test_a_task_that_was_due_while_none_ran_is_sent_at_once() -> None:
    first, second = Started(), Started()
    first.turn()
    lease = SchedulerLease.objects.get()
    lease.sent["hourly"] = (timezone.now() - dt.timedelta(hours=3)).isoformat()
    lease.until = timezone.now()
    lease.save()
    assert second.turn(6).count("hourly") == 1


def test_one_that_ends_lets_the_next_one_begin() -> None:
    first, second = Started(), Started()
    first.turn()
    first.close()
    assert set(second.turn()) == {"often"}


def test_a_message_that_was_not_sent_is_due_again() -> None:
    one = Started()
    one.turn()
    one.schedule["hourly"].last_run_at = timezone.now() - dt.timedelta(hours=2)
    one._heap = None
    one.broker_answers = False
    assert one.turn(6) == []
    one.broker_answers = True
    assert one.turn(6).count("hourly") == 1


def test_without_the_database_none_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Started()
    one.turn()

    def away(_self: object) -> bool:
        raise DatabaseError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(Started, "_acquire", away)
        patch.setattr(connection, "close", lambda: None)
        assert one.turn() == []
    assert set(one.turn()) == {"often"}
    assert SchedulerLease.objects.filter(pk=NAME).count() == 1
