"""Figures at the top of the page of the system."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.test import Client

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditVerification
from cpc.audit.seal import seal_entries, verify
from cpc.audit.services import record
from cpc.recovery.models import Backup, Restoration
from cpc.site import system_queue, system_tasks, task_queue
from cpc.site.models import FailedTask
from cpc.site.task_queue import Backlog
from cpc.web import formats
from tests.partnerships.sending import client_of
from tests.support.accounts import make_account
from tests.support.unguarded import unguarded

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 11, 30, 6, 5, tzinfo=dt.UTC)
TEXT = re.compile(r"<[^>]*>")


@pytest.fixture
def administrator() -> User:
    return make_account(Role.ADMINISTRATOR)


def figures(client: Client) -> dict[str, tuple[str, str]]:
    """Return the value and the note of each figure by its term."""
    section = client.get("/system/").content.decode().partition('aria-label="Summary"')[2].partition("</section>")[0]
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)(?:<small>(.*?)</small>)?</dd>", section)
    return {term: (TEXT.sub("", html.unescape(value)), html.unescape(note)) for term, value, note in found}


def fail(number: int, at: dt.datetime, state: str = "failed") -> None:
    made = {"name": "selection.remind", "arguments": {}, "run": "r", "error": "E"}
    FailedTask.objects.create(fingerprint=str(number), failed_at=at, **made)
    if state != "failed":
        with unguarded():
            FailedTask.objects.filter(fingerprint=str(number)).update(state=state)


def back_up(number: int, at: dt.datetime, **values: Any) -> None:
    made = {"size": 2_202_010, "manifest_sha256": "0" * 64, **values}
    Backup.objects.create(name=f"b{number}", began_at=at, seconds=1, made_by="schedule", destination="d", **made)


def restore(*, is_drill: bool = True, is_equal: bool = True, seconds: float = 700.4) -> str:
    """Store a restoration and return the day on which it ended."""
    made = {"backup": "b", "made_at": AT, "report": {}, "seconds": seconds, "is_drill": is_drill, "is_equal": is_equal}
    return formats.day(Restoration.objects.create(**made).at)


def test_a_new_installation_has_figures_that_say_what_there_is_not(administrator: User) -> None:
    shown = figures(client_of(administrator))
    assert list(shown) == [
        "Waiting or running", "Failed", "Last backup", "Last restore test", "Audit seal", "Signed in now",
    ]  # fmt: skip
    assert shown["Waiting or running"] == ("None", "no broker: a task runs in the request that starts it")
    assert shown["Failed"] == ("0 tasks", "")
    assert shown["Last backup"] == ("None yet", "no destination is set")
    assert shown["Last restore test"] == ("None yet", "")
    assert shown["Audit seal"][0] == "Not verified yet"
    assert shown["Signed in now"] == ("1 person", "0 failed sign-ins in 24 hours")


@pytest.mark.parametrize(
    ("backlog", "expected"),
    [
        (Backlog(), ("Not known", "the broker does not respond")),
        (Backlog(is_known=True), ("0 tasks", "")),
        (Backlog(taken=1, is_known=True), ("1 task", "")),
        (
            Backlog(waiting=2, taken=1, oldest=AT, is_known=True),
            ("3 tasks", "one waits since Nov 30, 2026, 06:05 UTC"),
        ),
    ],
)
def test_the_figure_of_the_queue(
    administrator: User, settings: Any, monkeypatch: pytest.MonkeyPatch, backlog: Backlog, expected: tuple[str, str]
) -> None:
    settings.REDIS_URL = "redis://broker.invalid"
    monkeypatch.setattr(task_queue, "backlog", lambda: backlog)
    assert figures(client_of(administrator))["Waiting or running"] == expected


def test_failed_tasks_are_counted_until_they_are_settled_with_the_last_failure(administrator: User) -> None:
    client = client_of(administrator)
    fail(1, AT)
    assert figures(client)["Failed"] == ("1 task", "the last Nov 30, 2026, 06:05 UTC")
    fail(2, AT - dt.timedelta(minutes=1))
    fail(3, AT + dt.timedelta(hours=1), "succeeded")
    assert figures(client)["Failed"] == ("2 tasks", "the last Nov 30, 2026, 06:05 UTC")


@pytest.mark.parametrize(("more", "said"), [(0, ""), (1, "1 more failed task."), (2, "2 more failed tasks.")])
def test_failed_tasks_beyond_those_listed_are_counted(
    administrator: User, monkeypatch: pytest.MonkeyPatch, more: int, said: str
) -> None:
    monkeypatch.setattr(system_queue, "checks", dict)
    for number in range(system_tasks.SHOWN + more):
        fail(number, AT)
    client = client_of(administrator)
    assert figures(client)["Failed"][0] == f"{system_tasks.SHOWN + more} tasks"
    page = client.get("/system/").content.decode()
    assert f">{system_tasks.SHOWN + more} tasks failed; everything else is ready</h1>" in page
    assert page.count(">Give up<") == system_tasks.SHOWN
    assert ("more failed task" in page) == bool(more)
    assert said in page


def test_the_last_backup_is_the_newest_that_is_still_stored(administrator: User, settings: Any) -> None:
    client = client_of(administrator)
    settings.BACKUP_DIRECTORY = "/backups"
    assert figures(client)["Last backup"] == ("None yet", "")
    back_up(1, AT)
    back_up(2, AT + dt.timedelta(hours=1), error="The disk is full.", manifest_sha256="", size=0)
    back_up(3, AT + dt.timedelta(hours=2), removed_at=AT)
    assert figures(client)["Last backup"] == ("Nov 30, 2026", "06:05 UTC, 2.1\xa0MB, not checked")
    Backup.objects.filter(name="b1").update(verified_at=AT)
    assert figures(client)["Last backup"] == ("Nov 30, 2026", "06:05 UTC, 2.1\xa0MB, checksums agree")


def test_the_last_restoration_is_shown_as_a_test_or_not_and_equal_or_not(administrator: User) -> None:
    client = client_of(administrator)
    day = restore()
    assert figures(client)["Last restore test"] == (day, "equal, in 11 min 40 s")
    restore(is_equal=False)
    assert figures(client)["Last restore test"][1] == "not equal, in 11 min 40 s"
    restore(is_drill=False, seconds=7.42)
    shown = figures(client)
    assert "Last restore test" not in shown
    assert shown["Last restore"][1] == "equal, in 7.4 s"


def test_the_figure_of_the_seal_shows_what_the_last_verification_found(administrator: User) -> None:
    client = client_of(administrator)
    record(actor=administrator, action="one", target=administrator)
    seal_entries()
    verify()
    assert figures(client)["Audit seal"] == ("Unbroken", "0 entries not sealed yet")
    record(actor=administrator, action="two", target=administrator)
    assert figures(client)["Audit seal"] == ("Unbroken", "1 entry not sealed yet")
    AuditVerification.objects.create(entries=0, seals=0, problem="Entry 7 is missing.")
    assert figures(client)["Audit seal"][0] == "Broken"


def test_people_who_are_signed_in_are_counted_once(administrator: User) -> None:
    client = client_of(administrator)
    client_of(administrator)
    assert figures(client)["Signed in now"][0] == "1 person"
    client_of(make_account(Role.ANALYST))
    Client().post("/account/sign-in/", {"login": "nobody", "password": "wrong"})
    assert figures(client)["Signed in now"] == ("2 people", "1 failed sign-in in 24 hours")
