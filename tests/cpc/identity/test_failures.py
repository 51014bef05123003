"""Failed second factors: recorded wherever they are given, and refused whatever is sent."""

from __future__ import annotations

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.accounts.sign_ins import Proof
from cpc.api.run_once import new_key
from cpc.audit.models import UNKNOWN_ACCOUNT, AuditEntry
from tests.support.accounts import PASSWORD, make_account
from tests.support.passkeys import give_app, give_passkey, proved_client

pytestmark = pytest.mark.django_db

ALONE, STEP, CONFIRM = "/account/sign-in/passkey/", "/account/sign-in/second-step/", "/account/confirm/"
OF_ANOTHER_SITE = (
    '{"id":"YQ","rawId":"YQ","response":{"clientDataJSON":"eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiWVEiLCJvcmln'
    'aW4iOiJhIn0","authenticatorData":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","signature":"YQ",'
    '"userHandle":"MQ"},"type":"public-key"}'
)
DAMAGED = ["[]", '"x"', "{}", "1", '{"id": 1}', '{"rawId": "YQ"}', '{"id": "YQ", "rawId": "YQ", "response": []}']


@pytest.fixture
def analyst(db: None, settings: Settings) -> User:
    settings.REQUIRE_SECOND_FACTOR = True
    cache.clear()
    return make_account(Role.ANALYST)


def after_password() -> Client:
    client = Client()
    client.post("/account/sign-in/", {"login": "analyst", "password": PASSWORD})
    return client


def failures() -> list[object]:
    rows = AuditEntry.objects.filter(action="second factor failed").order_by("pk")
    return [(row.object_label, row.after) for row in rows]


@pytest.mark.parametrize("sent", DAMAGED)
@pytest.mark.parametrize("path", [ALONE, STEP, CONFIRM])
def test_a_damaged_passkey_is_refused_without_an_error(path: str, sent: str, analyst: User) -> None:
    give_passkey(analyst)
    client = proved_client(analyst, Proof.PASSWORD) if path == CONFIRM else Client()
    if path == STEP:
        client = after_password()
    client.get(path)
    assert client.post(path, {"credential": sent, "idempotency_key": new_key()}).status_code < 500
    assert SESSION_KEY not in client.session or path == CONFIRM


def test_a_wrong_code_is_recorded_at_the_second_step_and_when_confirming(analyst: User) -> None:
    give_app(analyst)
    after_password().post(STEP, {"code": "000000"})
    proved_client(analyst, Proof.PASSWORD).post(CONFIRM, {"code": "000000", "idempotency_key": new_key()})
    assert failures() == [
        (str(analyst), {"to": "sign in", "factor": "code"}),
        (str(analyst), {"to": "confirm", "factor": "code"}),
    ]


def test_a_passkey_that_is_not_verified_is_recorded_once_a_minute(analyst: User) -> None:
    give_passkey(analyst)
    client = after_password()
    confirming = proved_client(analyst, Proof.PASSWORD)
    for _ in range(3):
        for sender, page in ((client, STEP), (confirming, CONFIRM)):
            sender.get(page)
            sender.post(page, {"credential": OF_ANOTHER_SITE, "idempotency_key": new_key()})
    assert failures() == [
        (str(analyst), {"to": "sign in", "factor": "passkey"}),
        (str(analyst), {"to": "confirm", "factor": "passkey"}),
    ]
    page = proved_client(analyst, Proof.PASSKEY).get("/account/security/").content.decode()
    assert "A second factor was refused: passkey" in page


def test_a_passkey_alone_names_no_account_in_the_trail(analyst: User) -> None:
    client = Client()
    client.get(ALONE)
    client.post(ALONE, {"credential": OF_ANOTHER_SITE})
    assert failures() == [(UNKNOWN_ACCOUNT, {"to": "sign in", "factor": "passkey"})]
