"""Audit entries: one for every write, with account, action, old and new values, and request; and for sign-ins."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.request_context import acting
from cpc.sessions.models import FailureCount
from indicators.imports import publishing, reading, receiving
from indicators.models import Import
from indicators.narrative_reviews import services as narrative_reviews_services
from selection.runs.services import compute_screen
from tests.partnerships.error_codes import db_error_code
from tests.support.accounts import PASSWORD, make_account
from tests.support.forms import write_csv
from tests.worlds.small_world import TIERS, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()


@pytest.fixture
def analyst() -> User:
    return make_account(Role.ANALYST)


@pytest.fixture
def world(small: World) -> World:
    return small


def newest() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


def summary_of(entry: AuditEntry) -> tuple[str, str, str, str, str]:
    return (entry.actor_id, entry.actor_name, entry.action, entry.object_type, entry.object_id)


def received(folder: Path, actor: User | None) -> Import:
    path = folder / "upload.csv"
    return receiving.receive_path(path=write_csv(path, [*TIERS, ("2024", "MLI", "Mali", "2")]), actor=actor).batch


class TestWritesOfIndicators:
    """One entry for each service that writes, with the account and the values before and after."""

    def check(self, actor: User, action: str, target: Any, before: Any, after: dict[str, Any]) -> None:
        entry = newest()
        kind = target._meta.label_lower
        assert summary_of(entry) == (str(actor.pk), "TIP Office analyst", action, kind, str(target.pk))
        assert entry.before == before
        assert entry.after is not None
        assert after.items() <= entry.after.items()

    def test_receiving_and_reading(self, analyst: User, tmp_path: Path) -> None:
        batch = received(tmp_path, analyst)
        self.check(analyst, "received", batch, None, {"file": "upload.csv", "sha256": batch.file.sha256})
        reading.process(batch_id=batch.pk, actor=analyst)
        self.check(analyst, "read", batch, None, {"new": 3, "changed": 0})

    def test_a_file_that_cannot_be_read(self, analyst: User, tmp_path: Path) -> None:
        (tmp_path / "noise.bin").write_bytes(bytes(range(256)))
        batch = receiving.receive_path(path=tmp_path / "noise.bin", actor=analyst).batch
        batch = reading.process(batch_id=batch.pk, actor=analyst)
        self.check(analyst, "could not read", batch, None, {"code": batch.error_code})

    def test_publishing_and_taking_back(self, analyst: User, tmp_path: Path) -> None:
        batch = received(tmp_path, analyst)
        reading.process(batch_id=batch.pk, actor=analyst)
        publishing.publish(batch_id=batch.pk, actor=analyst)
        self.check(analyst, "published", batch, {"state": "preview"}, {"state": "published", "number": 1, "new": 3})
        publishing.retract(batch_id=batch.pk, actor=analyst, reason="The wrong year.")
        after = {"state": "retracted", "number": 2, "reason": "The wrong year.", "closed": 3, "restored": 0}
        self.check(analyst, "retracted", batch, {"state": "published"}, after)

    def test_discarding(self, analyst: User, world: World) -> None:
        publishing.discard(batch_id=world.upload.pk, actor=analyst)
        self.check(analyst, "discarded", world.upload, {"state": "preview"}, {"state": "discarded"})

    def test_reviewing_a_form(self, analyst: User, world: World) -> None:
        narrative_reviews_services.review_form(form_id=world.form.pk, verdict="confirmed", reviewer=analyst)
        self.check(analyst, "reviewed", world.form, None, {"verdict": "confirmed"})
        narrative_reviews_services.review_form(form_id=world.form.pk, verdict="rejected", reviewer=analyst)
        self.check(analyst, "reviewed", world.form, {"verdict": "confirmed"}, {"verdict": "rejected"})

    def test_computing_a_ranking(self, analyst: User, world: World) -> None:
        run = compute_screen(actor=analyst, as_of=1)
        self.check(analyst, "computed", run, None, {"as_of": 1, "model": run.model_hash})

    def test_doing_it_again_changes_nothing_and_leaves_no_entry(self, analyst: User, world: World) -> None:
        count = AuditEntry.objects.count()
        publishing.publish(batch_id=world.second.pk, actor=analyst)
        with world.upload.file.on_disk() as path:
            receiving.receive_path(path=path, actor=analyst)
        compute_screen(actor=analyst, as_of=world.run.as_of, on=world.run.reference_date)
        assert AuditEntry.objects.count() == count

    def test_a_write_that_fails_leaves_no_entry(self, analyst: User, world: World) -> None:
        count = AuditEntry.objects.count()
        with pytest.raises(publishing.NotPublishable):
            publishing.retract(batch_id=world.upload.pk, actor=analyst, reason="Not even published.")
        assert AuditEntry.objects.count() == count


def test_an_entry_carries_the_number_of_its_request_and_the_utc_time(
    analyst: User, world: World, client: Client
) -> None:
    client.force_login(analyst)
    response = client.post(f"/data/imports/{world.upload.pk}/discard/")
    entry = newest()
    assert (entry.action, entry.channel) == ("discarded", "page")
    assert entry.request_id == response["X-Request-ID"]
    assert entry.at.utcoffset() == dt.timedelta(0)
    assert abs(timezone.now() - entry.at) < dt.timedelta(minutes=1)


def test_a_task_and_a_command_are_distinguished(world: World) -> None:
    with acting("task", "task-7"):
        publishing.discard(batch_id=world.upload.pk, actor=None)
    entry = newest()
    assert (entry.channel, entry.request_id, entry.actor_id, entry.actor_name) == ("task", "task-7", "", "System")
    assert AuditEntry.objects.filter(action="published").latest("pk").channel == "command"


def test_entry_keeps_its_actor_after_the_account_is_renamed(analyst: User, world: World) -> None:
    publishing.discard(batch_id=world.upload.pk, actor=analyst)
    User.objects.filter(pk=analyst.pk).update(name="Another name", username="another")
    assert summary_of(newest())[:2] == (str(analyst.pk), "TIP Office analyst")


class TestSignIns:
    """Audit entries of sign-ins, sign-outs, and failed attempts."""

    def sign_in(self, client: Client, username: str, password: str) -> Any:
        return client.post("/account/sign-in/", {"login": username, "password": password})

    def test_in_and_out(self, client: Client, analyst: User) -> None:
        response = self.sign_in(client, "analyst", PASSWORD)
        assert (response.status_code, response["Location"]) == (302, "/")
        me = (str(analyst.pk), "TIP Office analyst")
        assert summary_of(newest()) == (*me, "signed in", "accounts.user", str(analyst.pk))
        assert newest().request_id == response["X-Request-ID"]
        client.post("/account/sign-out/")
        assert summary_of(newest()) == (*me, "signed out", "accounts.user", str(analyst.pk))

    def test_a_wrong_password_names_the_account_and_never_the_password(self, client: Client, analyst: User) -> None:
        self.sign_in(client, "analyst", "a password that is wrong")
        entry = newest()
        assert summary_of(entry) == ("", "System", "sign-in failed", "accounts.user", str(analyst.pk))
        assert entry.object_label == "TIP Office analyst"
        assert "password that is wrong" not in str(vars(entry))

    @pytest.mark.parametrize(
        "tried", ["nobody", "correcthorsebattery", "correct horse battery!", "n" * 59, "analyst.", "x@cpc.example"]
    )
    def test_unknown_user_name_is_stored_nowhere(
        self,
        client: Client,
        analyst: User,
        caplog: pytest.LogCaptureFixture,
        tried: str,
    ) -> None:
        self.sign_in(client, tried, "whatever it was")
        entry = newest()
        assert (entry.action, entry.object_id, entry.object_label) == ("sign-in failed", "", "(unknown account)")
        assert tried not in str(vars(entry)) + caplog.text

    def test_a_name_in_other_capitals_is_that_of_the_account(self, client: Client, analyst: User) -> None:
        self.sign_in(client, "ANALYST", "whatever it was")
        assert newest().object_id == str(analyst.pk)
        assert "ANALYST" not in str(vars(newest()))

    def test_attempts_are_counted_under_a_key_that_gives_no_name_away(self, client: Client, analyst: User) -> None:
        self.sign_in(client, "correcthorsebattery", "whatever it was")
        plain = hashlib.sha256(b"correcthorsebattery").hexdigest()
        counted = str(list(FailureCount.objects.values()))
        assert FailureCount.objects.filter(failures=1).count() == 3
        assert "correcthorsebattery" not in counted
        assert plain not in counted

    def test_the_database_keeps_no_unknown_name_either(self, db: None) -> None:
        entry = AuditEntry(actor_name="System", action="sign-in failed", object_type="accounts.user")
        entry.object_label = "correcthorsebattery"
        assert db_error_code(entry.save) == "unknown_account"
        entry.object_label = "(unknown account)"
        entry.save()

    def test_a_disabled_account_cannot_sign_in(self, client: Client, analyst: User) -> None:
        User.objects.update(is_active=False)
        self.sign_in(client, "analyst", PASSWORD)
        assert not AuditEntry.objects.filter(action="signed in").exists()
        assert client.get("/").status_code == 302

    def test_a_changed_password(self, client: Client, analyst: User) -> None:
        self.sign_in(client, "analyst", PASSWORD)
        fresh = "another one, long enough"
        client.post("/account/password/", {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh})
        analyst.refresh_from_db()
        assert analyst.check_password(fresh)
        entry = AuditEntry.objects.get(action="changed password")
        assert (entry.actor_id, entry.before, entry.after) == (str(analyst.pk), None, {"password": "changed"})
