"""Settings of one's own account: email, and whether letters are keys."""

from __future__ import annotations

import pytest
from django.test import Client

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from cpc.audit.models import AuditEntry
from cpc.notifications.models import Frequency
from cpc.people.services import choose_letter_keys
from tests.support.accounts import make_account

pytestmark = pytest.mark.django_db

URL = "/account/settings/"


@pytest.fixture
def owner() -> User:
    return make_account(Role.VIEWER)


def send(client: Client, **values: object) -> int:
    return client.post(URL, {"idempotency_key": new_key(), **values}).status_code


def test_a_person_chooses_when_mail_comes_and_whether_letters_are_keys(owner: User) -> None:
    other = make_account(Role.ANALYST)
    client = Client()
    client.force_login(owner)
    assert owner.has_letter_keys
    assert send(client, frequency="hourly", has_letter_keys="on") == 422
    assert not AuditEntry.objects.filter(action__startswith="chose").exists()
    assert send(client, frequency="none", has_letter_keys="on") == 302
    assert AuditEntry.objects.get(action__startswith="chose").after == {"frequency": "none"}
    assert send(client, frequency="none") == 302
    owner.refresh_from_db()
    assert (owner.mail_preference.frequency, owner.has_letter_keys) == (Frequency.NONE, False)
    entry = AuditEntry.objects.get(action="chose whether letters are keys")
    assert (entry.object_id, entry.before, entry.after) == (
        str(owner.pk),
        {"has_letter_keys": True},
        {"has_letter_keys": False},
    )
    page = client.get(URL).content.decode()
    assert 'name="has_letter_keys"' in page
    assert "checked" not in page[page.index('name="has_letter_keys"') :].split(">")[0]
    other.refresh_from_db()
    assert other.has_letter_keys


def test_the_same_choice_again_writes_nothing(owner: User) -> None:
    assert not choose_letter_keys(has_letter_keys=True, user=owner)
    assert choose_letter_keys(has_letter_keys=False, user=owner)
    assert not choose_letter_keys(has_letter_keys=False, user=owner)
    assert AuditEntry.objects.filter(action="chose whether letters are keys").count() == 1
