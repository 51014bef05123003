"""The end of tokens with the password, the role, and the access of their account; and the password to issue one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from cpc.accounts.models import ApiToken, User
from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from cpc.api_tokens.services import issue_token
from cpc.audit.models import AuditEntry
from cpc.notifications.models import Notification
from cpc.people import services as people_services
from tests.support.accounts import PASSWORD, make_account

pytestmark = pytest.mark.django_db

PAGE = "/account/tokens/"
FRESH = "four plain words together"
READ = "observations:read"


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    cache.clear()


@pytest.fixture
def administrator(db: None) -> User:
    return make_account(Role.ADMINISTRATOR)


@pytest.fixture
def viewer(db: None) -> User:
    user = make_account(Role.VIEWER)
    user.email = "viewer@cpc.example"
    user.save()
    return user


def token_of(user: User) -> str:
    return issue_token(owner=user, name="Nightly copy", scopes=[READ], days=30).secret


def status_with(secret: str) -> int:
    return Client().get("/api/v1/sources/", headers={"Authorization": f"Bearer {secret}"}).status_code


# ---- by the services -----------------------------------------------------------------------------------------------


def change_password(user: User, _administrator: User) -> None:
    client = Client()
    client.force_login(user)
    client.post("/account/password/", {"oldpassword": PASSWORD, "password1": FRESH, "password2": FRESH})
    user.refresh_from_db()
    assert user.check_password(FRESH)


def reset_password(user: User, administrator: User) -> None:
    with DjangoCaptureOnCommit.capture(execute=True):
        people_services.send_link(account_id=user.pk, actor=administrator)
    found = re.search(r"(/account/invitation/\S+)", str(mail.outbox[-1].body))
    assert found
    assert Client().post(found[1], {"password1": FRESH, "password2": FRESH}).status_code == 302


def change_role(user: User, administrator: User) -> None:
    values = {"role": Role.ANALYST}
    people_services.change_account(account_id=user.pk, values=values, expected_revision=None, actor=administrator)


def end_access(user: User, administrator: User) -> None:
    people_services.disable(account_id=user.pk, reason="Left", actor=administrator)


class DjangoCaptureOnCommit:
    """The callbacks of a commit, for functions that are no fixtures."""

    capture: DjangoCaptureOnCommitCallbacks


@pytest.fixture(autouse=True)
def _captures(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    DjangoCaptureOnCommit.capture = django_capture_on_commit_callbacks


@pytest.mark.parametrize("end", [change_password, reset_password, change_role, end_access])
def test_a_token_ends_with_what_it_was_issued_under(
    administrator: User, viewer: User, end: Callable[[User, User], None]
) -> None:
    other = make_account(Role.ANALYST, username="other")
    secrets, others = [token_of(viewer), token_of(viewer)], token_of(other)
    assert [status_with(secret) for secret in secrets] == [200, 200]
    end(viewer, administrator)
    assert [status_with(secret) for secret in secrets] == [401, 401]
    assert status_with(others) == 200
    by = administrator if end in (change_role, end_access) else viewer
    assert set(ApiToken.objects.filter(owner=viewer).values_list("revoked_by", flat=True)) == {by.pk}
    entries = AuditEntry.objects.filter(action="revoked a token")
    assert [entry.actor_id for entry in entries] == [str(by.pk)] * 2
    told = Notification.objects.filter(recipient=viewer, kind="account.tokens").values_list("subject", flat=True)
    assert list(told) == ["Your API tokens were revoked (2)"]


def test_no_one_is_notified_if_no_token_ends(administrator: User, viewer: User) -> None:
    change_role(viewer, administrator)
    assert not Notification.objects.filter(kind="account.tokens").exists()


def test_another_name_or_address_revokes_none(administrator: User, viewer: User) -> None:
    secret = token_of(viewer)
    values = {"name": "Renamed", "email": "other@cpc.example"}
    people_services.change_account(account_id=viewer.pk, values=values, expected_revision=None, actor=administrator)
    User.objects.filter(pk=viewer.pk).update(last_login=None, sessions_ended=5)
    assert status_with(secret) == 200


def test_a_password_stored_again_by_a_newer_method_revokes_none(viewer: User) -> None:
    old = make_password(PASSWORD, hasher="pbkdf2_sha256")
    User.objects.filter(pk=viewer.pk).update(password=old)
    secret = token_of(viewer)
    assert Client().login(username=viewer.username, password=PASSWORD)
    viewer.refresh_from_db()
    assert viewer.password != old
    assert status_with(secret) == 200


# ---- by SQL of the application's role ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ("password = 'md5$x$y'", 401),
        ("role = 'analyst'", 401),
        ("is_active = FALSE", 401),
        ("name = 'Renamed', email = 'other@cpc.example', last_login = now()", 200),
        ("password = password, role = role, is_active = is_active", 200),
    ],
)
def test_the_database_revokes_them_too(viewer: User, change: str, status: int) -> None:
    secret = token_of(viewer)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_user SET {change} WHERE id = %s", [viewer.pk])
    token = ApiToken.objects.get()
    assert (token.revoked_at is not None, token.revoked_by) == (status == 401, None)
    assert status_with(secret) == status
    entries = AuditEntry.objects.filter(action="revoked a token")
    assert [(entry.channel, entry.object_label) for entry in entries] == [("database", str(token))] * (status == 401)
    owner = Client()
    User.objects.filter(pk=viewer.pk).update(is_active=True)
    owner.force_login(User.objects.get(pk=viewer.pk))
    shown = owner.get(f"/account/tokens/{token.pk}/revoke/").content.decode()
    assert ("revoked when its account changed" in shown) is (status == 401)


# ---- issuing one ---------------------------------------------------------------------------------------------------


def form(password: str) -> dict[str, object]:
    return {
        "name": "Nightly copy",
        "scopes": [READ],
        "days": "90",
        "password": password,
        "idempotency_key": new_key(),
    }


@pytest.fixture
def session(viewer: User) -> Client:
    """Return a session that the viewer left open."""
    client = Client()
    client.force_login(viewer)
    return client


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), f"{PASSWORD} "])
def test_an_open_session_issues_no_token_without_the_password(session: Client, viewer: User, password: str) -> None:
    refused = session.post(PAGE, form(password))
    assert refused.status_code == 422
    assert not ApiToken.objects.exists()
    assert 'value="Nightly copy"' in refused.content.decode(), "what was typed is still there"
    assert password == "" or password not in refused.content.decode()
    entries = AuditEntry.objects.filter(action="sign-in failed", object_id=str(viewer.pk))
    assert entries.count() == bool(password), "a guess is recorded although nothing else was"
    assert session.post(PAGE, form(PASSWORD)).status_code == 200
    assert ApiToken.objects.get().owner == viewer


def test_guesses_are_limited_together_with_those_of_the_sign_in(session: Client, viewer: User) -> None:
    for number in range(5):
        page = session.post(PAGE, form(f"guess {number}")).content.decode()
        assert "This is not your password." in page
    assert "too many failed sign-ins from here" in session.post(PAGE, form(PASSWORD)).content.decode()
    assert not ApiToken.objects.exists()
    signing_in = Client()
    signing_in.post("/account/sign-in/", {"login": viewer.username, "password": PASSWORD})
    assert "_auth_user_id" not in signing_in.session


def test_the_password_of_another_account_issues_none(session: Client) -> None:
    other = make_account(Role.ANALYST)
    other.set_password("other words than those")
    other.save()
    assert session.post(PAGE, form("other words than those")).status_code == 422
    assert not ApiToken.objects.exists()
