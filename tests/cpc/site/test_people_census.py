"""No one's queue misses an item about accounts or the system that SQL finds, and none has one too many."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import models
from django.utils import timezone

from cpc.accounts.access_changes import AccessChange, AccessOutcome
from cpc.accounts.models import Invitation, User
from cpc.accounts.permissions import Role
from cpc.notifications.models import Digest, Frequency, MailPreference, Notification
from cpc.site import people_queue, queue
from cpc.site.models import BackgroundTask
from cpc.site.queue import Desk
from cpc.site.queue_rows import Branches
from tests.cpc.site import people_census
from tests.support.accounts import make_account
from tests.support.unguarded import unguarded

pytestmark = pytest.mark.django_db

SCHEDULED = [str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()]
NEAR = (timedelta(minutes=-1), timedelta(minutes=1), timedelta(days=-1), timedelta(days=1))
"""Times around the end of a change or a link."""
KNOWN = {*people_census.CONFIRMING, *people_census.MANAGING}


class Forge:
    """Changes of access, links, emails, and tasks in each state, and an account of each kind."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.now = timezone.now()
        self.contact = make_account(Role.REVIEWER, username="contact")
        self.administrators = [make_account(Role.ADMINISTRATOR), make_account(Role.ADMINISTRATOR, username="second")]
        self.approver = make_account(Role.APPROVER)
        others = [make_account(role) for role in Role if role not in (Role.ADMINISTRATOR, Role.APPROVER)]
        self.people = [*self.administrators, self.approver, self.contact, *others]
        with unguarded():
            User.objects.filter(pk=self.contact.pk).update(is_contact=True)
            self.changes()
            self.links()
            self.mail()
        self.tasks()

    def make(self, model: type[models.Model], **values: Any) -> Any:
        return model._default_manager.bulk_create([model(**values)])[0]

    def person(self, *, is_active: bool, password: bool = False) -> User:
        name = f"person-{next(self.numbers)}"
        kept = make_password("x") if password else "!"
        found = self.make(
            User, username=name, name=name, email=f"{name}@cpc.example", role=Role.VIEWER, is_active=is_active,
            password=kept,
        )  # fmt: skip
        assert isinstance(found, User)
        return found

    def changes(self) -> None:
        """Ask for changes of new people, of accounts, and of the deciders themselves, by each administrator."""
        subjects = [None, self.person(is_active=True, password=True), self.approver, *self.administrators]
        for asker in self.administrators:
            for subject in subjects:
                for outcome in ("", *AccessOutcome.values):
                    for near in NEAR:
                        decided = {"decided_by": self.administrators[0], "decided_at": self.now} if outcome else {}
                        row = self.make(
                            AccessChange, kind="change", account=subject, asked_by=asker, outcome="",
                            expires_at=self.now + timedelta(days=6), seen={"role": "viewer"},
                            wanted={"name": "A", "role": "approver"},
                        )  # fmt: skip
                        ends = {"expires_at": self.now + near, "asked_at": self.now + near - timedelta(days=3)}
                        if outcome == AccessOutcome.WITHDRAWN or not outcome or self.administrators[0] not in (
                            asker, subject,
                        ):  # fmt: skip
                            AccessChange.objects.filter(pk=row.pk).update(**ends, outcome=outcome, **decided)
                        else:
                            AccessChange.objects.filter(pk=row.pk).update(**ends)

    def links(self) -> None:
        """Send links, used, withdrawn, and open, around their end and around the hour that mail takes."""
        for is_active, password in ((False, False), (True, False), (True, True)):
            self.person(is_active=is_active, password=password)
            for closed in ({}, {"used_at": self.now}, {"withdrawn_at": self.now}):
                for near in NEAR:
                    self.link(
                        self.person(is_active=is_active, password=password), near, {"sent_at": self.now, **closed}
                    )
            for age in (timedelta(minutes=59), timedelta(minutes=61)):
                self.link(self.person(is_active=is_active, password=password), timedelta(days=7) - age, {})
            self.link(self.person(is_active=is_active, password=password), timedelta(minutes=-1), {})

    def link(self, person: User, ends: timedelta, more: dict[str, Any]) -> None:
        made = self.now + ends - timedelta(days=7)
        maker = self.administrators[next(self.numbers) % 2]
        self.make(
            Invitation,
            user=person,
            purpose="join",
            created_by=maker,
            created_at=made,
            expires_at=self.now + ends,
            **more,
        )

    def mail(self) -> None:
        """Have emails rejected, sent later, and pointless by now."""
        today = self.now.date()
        for notified in ({}, {"read_at": self.now}, {"mailed_at": self.now}, {"by_mail": False}, {"urgent": True}):
            for digests in (
                [], [("refused_at", 0)], [("sent_at", 0)], [("refused_at", 1), ("sent_at", 0)],
                [("sent_at", 1), ("refused_at", 0)], [("refused_at", 1), ("", 0)],
            ):  # fmt: skip
                for quiet, is_active in ((False, True), (True, True), (False, False)):
                    person = self.person(is_active=is_active, password=True)
                    values = {"urgent": False, "by_mail": True, **notified}
                    self.make(
                        Notification, recipient=person, kind="account.role", subject="A", text="A", link="/",
                        target_type="a", target_id="1", dedupe="a", **values,
                    )  # fmt: skip
                    if quiet:
                        self.make(MailPreference, user=person, frequency=Frequency.NONE)
                    for column, days in digests:
                        outcome = {column: self.now} if column else {}
                        self.make(
                            Digest, recipient=person, day=today - timedelta(days=days), claimed_at=self.now, count=1,
                            **outcome,
                        )  # fmt: skip

    def tasks(self) -> None:
        """Let one task work, one fail, and one of an earlier version fail."""
        failing = {"failing_since": self.now, "failed_at": self.now, "failures": 2, "error": "OSError", "run": "1"}
        self.make(BackgroundTask, name=SCHEDULED[0], succeeded_at=self.now)
        self.make(BackgroundTask, name=SCHEDULED[1], **failing)
        self.make(BackgroundTask, name="accounts.send_invitation", succeeded_at=self.now, **failing)
        self.make(BackgroundTask, name="of.an.earlier.version", **failing)


def keys(user: User) -> set[str]:
    """Return what the whole queue of an account has about accounts and the system, checks aside."""
    found = queue.queue_of(Desk(user, timezone.now().date(), 1000))
    rows = {item.key for lane in found.lanes for item in lane.items}
    return {key for key in rows if key.partition(":")[0] in KNOWN}


def sent_keys(user: User) -> set[str]:
    found = queue.waiting_on_others(Desk(user, timezone.now().date(), 1000))
    return {row.key for row in found.items if row.key.partition(":")[0] in people_census.SENT}


def differences(people: list[User]) -> list[tuple[str, set[str], set[str]]]:
    """Return for each account what its queue misses and what it has too many."""
    found = []
    for user in people:
        for index, shown, expected in (
            ("queue", keys(user), people_census.open_for(user, SCHEDULED)),
            ("sent", sent_keys(user), people_census.sent_by(user)),
        ):
            if shown != expected:
                found.append((f"{index} of {user}", expected - shown, shown - expected))
    return found


def test_each_open_state_waits_for_whoever_may_do_it() -> None:
    forged = Forge()
    assert len(forged.people) == len(Role) + 2
    assert differences(forged.people) == []
    reached = {key.partition(":")[0] for user in forged.people for key in keys(user)}
    assert reached == KNOWN - {"scheduler-stopped"}
    sent = {key.partition(":")[0] for user in forged.people for key in sent_keys(user)}
    assert sent == people_census.SENT.keys()
    for user in forged.people:
        may = {Role.APPROVER: {*people_census.CONFIRMING}, Role.ADMINISTRATOR: KNOWN}.get(Role(user.role), set())
        assert {key.partition(":")[0] for key in keys(user)} <= may


@pytest.mark.parametrize(("minutes", "has_stopped"), [(119, False), (121, True)])
@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_stopped_scheduler_is_one_row(minutes: int, has_stopped: bool, number: int) -> None:
    user = make_account(Role.ADMINISTRATOR)
    for index, name in enumerate(SCHEDULED[:number]):
        ended = timezone.now() - timedelta(minutes=minutes + index)
        BackgroundTask.objects.create(name=name, succeeded_at=ended)
    BackgroundTask.objects.create(name="accounts.send_invitation", succeeded_at=timezone.now())
    assert differences([user]) == []
    assert len(keys(user)) == int(has_stopped and number > 0)


def test_without_records_nothing_waits() -> None:
    user = make_account(Role.ADMINISTRATOR)
    assert (keys(user), differences([user])) == (set(), [])


def test_the_census_notices_a_branch_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    forged = Forge()
    whole = people_queue.branches_of
    for left_out in sorted(KNOWN - {"scheduler-stopped"}):

        def without(*, manages: bool, key: str = left_out) -> Branches:
            return Branches(branch for branch in whole(manages=manages).branches if branch.key != key)

        monkeypatch.setattr(people_queue, "branches_of", without)
        missed = [key for _, lost, _ in differences(forged.people) for key in lost]
        assert {key.partition(":")[0] for key in missed} == {left_out}
