"""The queue in the daily email: the counts of home, the worst news, and nothing that a person wrote."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.notifications import agenda, digests, kinds, services
from cpc.notifications.kinds import Kind
from cpc.site import queue
from cpc.site.queue import Category, Desk, Item, Lane, QueueSource
from tests.partnerships.sending import client_of
from tests.support.accounts import make_account

NEWS = Kind("test.news", "News", "{agency} answered on {country}", "By {due}.", {
    "agency": "Labor", "country": "Ghana", "due": "Dec 4",
})  # fmt: skip
WORST = Kind("test.worst", "Objections", "{agency} objects on {country}", "By {due}.", NEWS.example, urgent=True)
NOON = dt.datetime(2026, 11, 23, 20, tzinfo=dt.UTC)
"""An hour of a Monday: the morning email comes on workdays."""


def source(number: int) -> QueueSource:
    def lanes(desk: Desk) -> list[Lane]:
        items = [
            Item(
                f"t:{one}",
                f"Do {one}",
                f"/t/{one}/",
                "“Secret words”",
                "Do",
                "flag",
                Category.DATA,
                desk.today - dt.timedelta(1),
            )
            for one in range(number)
        ]
        undated = Item("t:u", "Do the undated", "/u/", "Secret words", "Do", "flag", Category.DATA)
        return [queue.lane_of_items(desk, Category.DATA, [*items, undated] if number else [])]

    return QueueSource("tests", None, lanes)


@pytest.fixture
def analyst(transactional_db: None) -> User:
    account = make_account(Role.ANALYST)
    account.email = "analyst@cpc.example"
    account.save(update_fields=["email"])
    return account


def send(user: User, number: int, *sent: Kind) -> tuple[str, str]:
    agency = Agency.objects.first() or Agency.objects.create(code="x", name="X")
    with kinds.kinds.only(NEWS, WORST), queue.sources.only(source(number)):
        for one, kind in enumerate(sent):
            services.notify(
                recipients=[user], kind=kind.key, values=kind.example, link="/inbox/", target=agency, dedupe=f"{one}",
                actor=None,
            )  # fmt: skip
        assert digests.send_digests(now=NOON) == 1
    return str(mail.outbox[-1].subject), str(mail.outbox[-1].body)


@pytest.mark.parametrize(
    ("number", "sent", "subject"),
    [
        (0, [NEWS], "Labor answered on Ghana"),
        (1, [NEWS], "Two items wait for you; Labor answered on Ghana"),
        (11, [NEWS, NEWS], "12 items wait for you; 2 notifications in CPC Partnerships"),
        (11, [NEWS, WORST, NEWS], "12 items wait for you; Labor objects on Ghana"),
    ],
)
def test_the_subject_counts_what_waits_and_names_the_worst(
    analyst: User, number: int, sent: list[Kind], subject: str
) -> None:
    assert send(analyst, number, *sent)[0] == subject


def test_the_email_lists_titles_of_what_presses_and_no_reason(analyst: User) -> None:
    _, body = send(analyst, 12, NEWS)
    assert "Late: 12" in body
    assert body.count("/t/") == 10
    assert "And 2 more." in body
    assert "No date: 1" in body
    assert "Do the undated" not in body
    assert "Secret words" not in body
    assert "/queue/" in body


def test_email_and_home_count_the_same(analyst: User) -> None:
    subject, _ = send(analyst, 11, NEWS)
    with queue.sources.only(source(11)):
        home = client_of(analyst).get("/").content.decode()
    assert subject.partition(";")[0] in " ".join(home.split())


def test_a_queue_that_cannot_be_read_holds_no_email_back(analyst: User) -> None:
    def broken(_user: User, _today: dt.date) -> agenda.Agenda:
        raise RuntimeError

    with agenda.sources.only(agenda.AgendaSource("queue", broken)):
        assert send(analyst, 1, NEWS)[0] == "Labor answered on Ghana"
