"""Entries about reading: downloads are recorded before they are sent, denials once a minute."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from cpc.accounts.permissions import Role
from cpc.api_tokens.services import issue_token
from cpc.audit import disclosures
from cpc.audit.models import AuditEntry
from cpc.audit.services import append
from tests.support.accounts import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_denied_before() -> None:
    cache.clear()


def entries(action: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action=action).order_by("pk"))


def failing(_: AuditEntry) -> AuditEntry:
    raise DatabaseError


def test_an_export_is_recorded_with_its_address_and_file(client: Client) -> None:
    administrator = make_account(Role.ADMINISTRATOR)
    client.force_login(administrator)
    assert client.get("/audit/").status_code == 200
    assert entries("downloaded") == []
    assert client.get("/audit/?format=csv").status_code == 200
    (entry,) = entries("downloaded")
    assert (entry.actor_id, entry.object_type, entry.object_id) == (str(administrator.pk), "request", "audit")
    assert entry.object_label == "/audit/?format=csv"
    shown = client.get("/audit/?object_type=request").content.decode()
    assert ">Request</option>" in shown
    assert "downloaded" in shown
    assert client.get(f"/audit/{entry.pk}/").status_code == 200
    assert ".csv" in entry.after["file"]
    assert len(entry.session) == 16


def test_what_cannot_be_recorded_is_not_sent(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(make_account(Role.ADMINISTRATOR))
    monkeypatch.setattr(disclosures, "append", failing)
    response = client.get("/audit/?format=csv")
    assert response.status_code == 503
    assert response["Retry-After"]
    assert b"Action" not in response.content


def test_with_go_on_it_is_sent_and_the_log_has_the_entry(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(make_account(Role.ADMINISTRATOR))
    settings.AUDIT_FAILURE = "go-on"
    monkeypatch.setattr(AuditEntry, "save", lambda *_, **__: failing(AuditEntry()))
    assert client.get("/audit/?format=csv").status_code == 200
    assert "could not be stored" in caplog.text
    assert "downloaded" in caplog.text


def test_a_write_fails_with_its_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AuditEntry, "save", lambda *_, **__: failing(AuditEntry()))
    with pytest.raises(DatabaseError):
        append(AuditEntry(actor_name="Ama", action="tried", object_type="x.y", object_id="1", object_label="X"))


def test_a_denial_is_recorded_once_a_minute_for_each_account_and_page(client: Client) -> None:
    viewer = make_account(Role.VIEWER)
    client.force_login(viewer)
    for _ in range(3):
        assert client.get("/audit/").status_code == 403
    (entry,) = entries("was denied")
    assert (entry.actor_id, entry.object_id, entry.after) == (str(viewer.pk), "audit", {"method": "GET", "status": 403})
    other = make_account(Role.VIEWER, username="viewer-2")
    client.force_login(other)
    client.get("/audit/")
    assert [entry.actor_id for entry in entries("was denied")] == [str(viewer.pk), str(other.pk)]


def test_a_bad_token_is_a_denial_and_a_missing_one_is_not(client: Client) -> None:
    url = reverse("api:changes")
    assert client.get(url).status_code == 401
    assert entries("was denied") == []
    assert client.get(url, headers={"Authorization": "Bearer cpc_00000000_wrong"}).status_code == 401
    (entry,) = entries("was denied")
    assert (entry.actor_id, entry.actor_name, entry.session) == ("", "System", "")


def test_a_denied_token_names_its_beginning_as_the_session(client: Client) -> None:
    owner = make_account(Role.API_CLIENT)
    issued = issue_token(owner=owner, name="One", scopes=["observations:read"], days=9)
    response = client.get("/api/v1/partnerships/", headers={"Authorization": f"Bearer {issued.secret}"})
    assert response.status_code == 403
    (entry,) = entries("was denied")
    assert (entry.actor_id, entry.session) == (str(owner.pk), f"token {issued.token.prefix}")


def test_a_secret_in_an_address_is_not_recorded(client: Client) -> None:
    client.force_login(make_account(Role.VIEWER))
    client.get("/audit/?token=abcdefgh")
    (entry,) = entries("was denied")
    assert "abcdefgh" not in entry.object_label
