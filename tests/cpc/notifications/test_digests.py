"""Daily digests: at most one email per person per day, and none lost if a worker or mail server fails."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from cpc.accounts.models import User
from cpc.notifications import kinds, services
from cpc.notifications.digests import LISTED, send_digests
from cpc.notifications.models import Digest, Frequency, Notification
from cpc.notifications.tasks import send_digests as task
from tests.cpc.notifications.test_notifications import (
    ASKED,
    DUE,
    notify_readers,
    reader,
)

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


class Server(BaseEmailBackend):
    """A mail server that the test controls.

    It accepts mail, rejects it, is unreachable, or fails after accepting it.
    """

    mood = "takes"

    def open(self) -> bool:
        if self.mood == "away":
            raise ConnectionRefusedError("away")
        return True

    def send_messages(self, messages: Any) -> int:
        if self.mood == "refuses":
            raise SMTPRecipientsRefused({})
        mail.outbox.extend(messages)
        if self.mood == "dies":
            raise SMTPServerDisconnected("who knows")
        return len(messages)


@pytest.fixture(autouse=True)
def _server(settings: Settings) -> Iterator[None]:
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    with kinds.kinds.only(ASKED, DUE):
        yield
    Server.mood = "takes"


def at(day: int, hour: int) -> int:
    """Run the hourly task for a day and hour; return the number of emails sent."""
    return send_digests(now=MONDAY + dt.timedelta(days=day, hours=hour))


def wants(frequency: Frequency) -> User:
    user = reader()
    services.choose_frequency(frequency=frequency, user=user)
    return user


def test_morning_digest_lists_every_notification_with_due_date_and_link() -> None:
    user = wants(Frequency.DAILY)
    notify_readers(user)
    notify_readers(user, dedupe="second")
    assert at(0, 6) == 0
    assert at(0, 7) == 1
    message = mail.outbox[0]
    assert message.to == [user.email]
    assert message.subject == "2 notifications in CPC Partnerships"
    assert message.body.count("Department of Labor is asked about Ghana") == 2
    assert "Please clear the candidate by Dec 4, 2026." in message.body
    assert f"{django_settings.SITE_URL}/countries/GHA/" in message.body
    assert f"{django_settings.SITE_URL}/account/settings/" in message.body
    assert not Notification.objects.filter(mailed_at=None).exists()


@pytest.mark.parametrize("frequency", [Frequency.DAILY, Frequency.EACH])
def test_a_second_mail_waits_for_the_next_day(frequency: Frequency) -> None:
    user = wants(frequency)
    notify_readers(user)
    assert at(0, 9) == 1
    notify_readers(user, kind=DUE, dedupe="later")
    assert [at(0, hour) for hour in (10, 15, 23)] == [0, 0, 0]
    assert at(1, 8) == 1
    assert [message.subject for message in mail.outbox] == [
        "Department of Labor is asked about Ghana",
        "Due today: Ghana",
    ]


def test_the_day_is_that_of_the_site(settings: Settings) -> None:
    settings.TIME_ZONE = "America/New_York"
    user = wants(Frequency.EACH)
    notify_readers(user)
    assert at(0, 23) == 1
    notify_readers(user, dedupe="later")
    assert at(1, 4) == 0, "11 p.m. of the same day in Washington"
    assert at(1, 5) == 1
    assert sorted(Digest.objects.values_list("day", flat=True)) == [dt.date(2026, 11, 23), dt.date(2026, 11, 24)]


def test_digest_hour_depends_on_frequency_and_urgency() -> None:
    notify_readers(wants(Frequency.EACH))
    late = reader("late")
    notify_readers(late, dedupe="plain")
    assert at(0, 2) == 1
    notify_readers(late, kind=DUE, dedupe="urgent")
    assert at(0, 3) == 1
    assert str(mail.outbox[-1].subject).startswith("Due today")
    assert "is asked" in mail.outbox[-1].body


def test_reader_without_digests_gets_only_urgent_mail() -> None:
    user = wants(Frequency.NONE)
    notify_readers(user)
    assert at(0, 9) == 0
    notify_readers(user, kind=DUE, dedupe="urgent")
    assert at(0, 10) == 1
    assert "is asked" not in mail.outbox[0].body
    services.choose_frequency(frequency=Frequency.EACH, user=user)
    assert at(1, 9) == 0, "what was written while no mail was wanted is not mailed later"


def test_what_is_read_is_not_mailed() -> None:
    user = wants(Frequency.DAILY)
    notify_readers(user)
    services.mark_read(notification_id=Notification.objects.get().pk, user=user)
    assert at(0, 9) == 0
    assert not Digest.objects.exists()


def test_neither_a_disabled_account_nor_one_without_an_address_is_mailed() -> None:
    gone, silent = reader("gone"), reader("silent", email="")
    notify_readers(gone, silent, kind=DUE)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert at(0, 9) == 0


def test_a_long_list_is_counted() -> None:
    user = wants(Frequency.DAILY)
    for number in range(LISTED + 3):
        notify_readers(user, dedupe=str(number))
    assert at(0, 9) == 1
    assert mail.outbox[0].body.count("is asked about Ghana") == LISTED
    assert "And 3 more in your inbox" in mail.outbox[0].body
    assert at(1, 9) == 0


# ---- what may go wrong ---------------------------------------------------------------------------------------------


def test_a_server_that_is_away_is_asked_again_the_same_day() -> None:
    notify_readers(wants(Frequency.DAILY))
    Server.mood = "away"
    with pytest.raises(ConnectionRefusedError):
        at(0, 8)
    Server.mood = "takes"
    assert at(0, 9) == 1


def test_a_refused_mail_is_tried_again_and_keeps_no_one_elses_back() -> None:
    first, second = reader("first"), reader("second")
    notify_readers(first, second)
    Server.mood = "refuses"
    assert at(0, 8) == 0
    assert Digest.objects.filter(refused_at__isnull=False).count() == 2
    Server.mood = "takes"
    assert at(0, 9) == 2
    assert Digest.objects.filter(sent_at__isnull=False, refused_at=None).count() == 2


def test_worker_killed_after_sending_causes_no_second_mail_and_loses_nothing() -> None:
    notify_readers(wants(Frequency.DAILY))
    Server.mood = "dies"
    with pytest.raises(SMTPServerDisconnected):
        at(0, 8)
    Server.mood = "takes"
    assert [at(0, hour) for hour in (9, 15, 23)] == [0, 0, 0]
    assert len(mail.outbox) == 1
    assert at(1, 8) == 1
    assert not Notification.objects.filter(mailed_at=None).exists()


def test_two_workers_at_the_same_moment_send_one_mail() -> None:
    notify_readers(*(reader(f"reader-{number}") for number in range(4)))
    start, sent = threading.Barrier(2), []

    def run() -> None:
        start.wait()
        try:
            sent.append(at(0, 8))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sent) == len(mail.outbox) == 4
    assert len({message.to[0] for message in mail.outbox}) == 4


def test_a_mail_that_was_sent_is_on_record_for_good() -> None:
    notify_readers(wants(Frequency.DAILY))
    at(0, 8)
    for change in ({"sent_at": None}, {"day": dt.date(2026, 1, 1)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Digest.objects.update(**change)


def test_the_clock_runs_the_task_every_hour() -> None:
    notify_readers(wants(Frequency.EACH))
    assert task.delay().get() == 1
    assert task.delay().get() == 0
    entry = django_settings.CELERY_BEAT_SCHEDULE["notifications.send_digests"]
    assert entry == {"task": task.name, "schedule": 60 * 60}


@pytest.mark.parametrize(
    ("day", "sent"),
    [(2, True), (3, False), (4, True), (5, False), (6, False), (7, True)],
    ids=["Wednesday", "Thanksgiving", "Friday", "Saturday", "Sunday", "Monday"],
)
def test_the_morning_email_comes_on_workdays(day: int, *, sent: bool) -> None:
    notify_readers(wants(Frequency.DAILY))
    assert at(day, 9) == sent
    notify_readers(reader("second"), kind=DUE, dedupe="urgent")
    assert at(day, 10) == 1, "urgent news waits for no workday"
