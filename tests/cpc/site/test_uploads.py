"""Every upload passes the scanner: malware and unscanned files reach no page and no folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from cpc.audit.models import AuditEntry
from cpc.files.scanner import Scanner
from cpc.site import readiness
from indicators.models import Import
from tests.cpc.files.scanners import MALWARE, Clamd, running
from tests.security.expected_table import addresses
from tests.security.known_objects import ABSENT, ARGUMENT
from tests.support.accounts import make_account

pytestmark = pytest.mark.django_db

RECEIVE = "/data/imports/"


@pytest.fixture
def clamd(tmp_path: Path, settings: Settings) -> Iterator[Clamd]:
    with running(tmp_path) as clamd:
        settings.SCANNER = Scanner(clamd.address, 5, 1_000_000)
        settings.SCANNER_MAY_FAIL = False
        yield clamd


@pytest.fixture
def analyst(db: None) -> User:
    return make_account(Role.ANALYST)


@pytest.fixture
def client(analyst: User) -> Client:
    client = Client()
    client.force_login(analyst)
    return client


def upload(content: bytes, name: str = "tiers.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def stored() -> list[Path]:
    folder = Path(django_settings.MEDIA_ROOT)
    return [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []


def page_addresses() -> Iterator[str]:
    """Yield the address of every page, with arguments that lead to nothing."""
    for address in addresses():
        if not address.route.startswith("api/"):
            arguments = {name: ABSENT[kind or "str"] for kind, name in ARGUMENT.findall(address.route)}
            yield reverse(address.name, kwargs=arguments)


def test_no_page_gets_a_file_with_malware(client: Client, clamd: Clamd) -> None:
    before = stored()
    found = list(page_addresses())
    assert len(found) > 300
    for address in found:
        response = client.post(address, {"file": upload(MALWARE), "idempotency_key": new_key()})
        assert (address, response.status_code) == (address, 422)
        assert "This file was not accepted" in response.content.decode()
    assert len(clamd.received) == len(found)
    assert stored() == before
    assert not Import.objects.exists()


def test_malware_is_audited_by_its_digest(client: Client, clamd: Clamd, analyst: User) -> None:
    response = client.post(RECEIVE, {"file": upload(b"x" + MALWARE, "tiers\u200b.csv"), "idempotency_key": new_key()})
    assert "Test.Malware-1" in response.content.decode()
    entry = AuditEntry.objects.get(action="refused an upload with malware")
    assert entry.actor_id == str(analyst.pk)
    assert entry.after == {
        "file": "tiers.csv",
        "found": "Test.Malware-1",
        "sha256": hashlib.sha256(b"x" + MALWARE).hexdigest(),
        "page": RECEIVE,
    }


def test_each_of_several_files_is_scanned(client: Client, clamd: Clamd) -> None:
    files = [upload(b"clean", "first.csv"), upload(MALWARE, "second.csv")]
    response = client.post(RECEIVE, {"file": files, "idempotency_key": new_key()})
    assert response.status_code == 422
    assert "second.csv" in response.content.decode()


def test_the_digest_is_that_of_the_infected_one_of_two_files_of_one_name(client: Client, clamd: Clamd) -> None:
    files = [upload(content, "same.csv") for content in (b"clean", b"x" + MALWARE)]
    client.post(RECEIVE, {"file": files, "idempotency_key": new_key()})
    entry = AuditEntry.objects.get(action="refused an upload with malware")
    assert (entry.after or {})["sha256"] == hashlib.sha256(b"x" + MALWARE).hexdigest()


def test_clean_file_reaches_its_page(client: Client, clamd: Clamd) -> None:
    response = client.post(RECEIVE, {"file": upload(b"year,iso3,tier\n2024,KEN,2\n"), "idempotency_key": new_key()})
    assert "This file was not accepted" not in response.content.decode()
    assert clamd.received == [b"year,iso3,tier\n2024,KEN,2\n"]
    assert Import.objects.count() == 1


def test_visitor_is_sent_to_sign_in_before_anything_is_scanned(clamd: Clamd) -> None:
    assert Client().post(RECEIVE, {"file": upload(MALWARE)}).status_code == 302
    assert clamd.received == []


def test_without_scanner_no_file_is_accepted(client: Client, clamd: Clamd, settings: Settings) -> None:
    settings.SCANNER = Scanner("tcp:127.0.0.1:1", 1, 1_000_000)
    sent = {"file": upload(b"year,iso3,tier\n2024,KEN,2\n"), "idempotency_key": new_key()}
    response = client.post(RECEIVE, sent)
    assert response.status_code == 503
    assert not Import.objects.exists()
    assert readiness.scanner_problems() == ["The scanner of uploads does not respond: no file is accepted."]
    settings.SCANNER_MAY_FAIL = True
    sent["file"] = upload(b"year,iso3,tier\n2024,KEN,2\n")
    client.post(RECEIVE, sent)
    assert Import.objects.count() == 1
    assert readiness.scanner_problems() == ["The scanner of uploads does not respond: files are accepted unscanned."]


def test_file_over_the_limit_of_the_scanner_is_refused(client: Client, clamd: Clamd) -> None:
    response = client.post(RECEIVE, {"file": upload(b"a" * 1_000_001), "idempotency_key": new_key()})
    assert response.status_code == 422
    assert "scanner for malware checks" in response.content.decode()
    assert clamd.received == []


def test_scanner_that_answers_is_ready(clamd: Clamd) -> None:
    assert readiness.scanner_problems() == []


def test_rest_takes_no_files(client: Client) -> None:
    """The scanner leaves REST alone, because no parser of it reads a file."""
    assert django_settings.REST_FRAMEWORK["DEFAULT_PARSER_CLASSES"] == ["cpc.api.parsers.JSONParser"]
