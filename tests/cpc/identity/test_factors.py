"""Factors: encrypted secrets, codes that work once, and rules that hold for every route to the table."""

from __future__ import annotations

import threading
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from pytest_django import Settings

from cpc.accounts import sign_ins
from cpc.accounts.access_changes import AccessChange
from cpc.accounts.models import ApiToken, Invitation, User
from cpc.accounts.permissions import Role
from cpc.accounts.sign_ins import Proof, StaleSignIn
from cpc.api_tokens.services import issue_token
from cpc.audit.models import AuditEntry
from cpc.audit.queries import entries_of
from cpc.database.audit_triggers import OUTSIDE
from cpc.identity import encryption, factors, queries
from cpc.notifications.models import Notification
from cpc.people import access_changes, recovery
from cpc.sessions.models import Session
from tests.cpc.audit.test_actors import committed, entries, last, sql
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.support.accounts import make_account, set_by_owner
from tests.support.passkeys import SECRET, code_of, give_app, give_passkey, proved_client

pytestmark = pytest.mark.django_db
FIRST, SECOND = Fernet.generate_key().decode(), Fernet.generate_key().decode()


# ---- secrets -------------------------------------------------------------------------------------------------------


def test_secrets_are_encrypted_and_their_key_can_be_replaced(settings: Settings) -> None:
    settings.MFA_KEYS = [FIRST]
    analyst = make_account(Role.ANALYST)
    codes = factors.add_codes(user=analyst, secret=SECRET, code=code_of(SECRET))
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in stored
    assert not any(code in stored for code in codes)
    before = stored
    settings.MFA_KEYS = [SECOND, FIRST]
    out = StringIO()
    call_command("encrypt_factors", stdout=out)
    assert out.getvalue() == "Encrypted 2 secrets with the first key of MFA_KEYS.\n"
    assert str(list(Authenticator.objects.values_list("data", flat=True))) != before
    call_command("encrypt_factors", stdout=(again := StringIO()))
    assert again.getvalue() == "Encrypted 0 secrets with the first key of MFA_KEYS.\n"
    entries = entries_of(analyst).filter(action="encrypted a factor again")
    assert {entry.after["factor"] for entry in entries} == {"totp", "recovery_codes"}
    assert len(entries) == 2, "a secret that has the first key already is left alone"
    settings.MFA_KEYS = [SECOND]
    assert factors.use_code(user=analyst, code=code_of(SECRET, 1)) is not None
    assert factors.use_code(user=analyst, code=codes[0]) is not None


def test_without_its_key_nothing_is_encrypted_again(settings: Settings) -> None:
    settings.MFA_KEYS = [FIRST]
    app = give_app(make_account(Role.ANALYST))
    settings.MFA_KEYS = [SECOND]
    with pytest.raises(CommandError, match=r"No key in MFA_KEYS decrypts this secret.*Nothing was changed"):
        call_command("encrypt_factors")
    settings.MFA_KEYS = [FIRST]
    app.refresh_from_db()
    assert encryption.decrypt(app.data["secret"]) == SECRET


def test_a_new_secret_waits_in_the_session_encrypted() -> None:
    client = proved_client(make_account(Role.ANALYST), Proof.PASSWORD)
    page = client.get("/account/security/codes/add/").content.decode()
    row = Session.objects.get(pk=client.session.session_key).get_decoded()
    secret = encryption.decrypt(row["cpc.new_secret"])
    assert " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)) in page
    assert secret not in str(row)


# ---- codes ---------------------------------------------------------------------------------------------------------


def test_a_code_works_once_and_none_works_that_is_older() -> None:
    analyst = make_account(Role.ANALYST)
    codes = factors.add_codes(user=analyst, secret=SECRET, code=code_of(SECRET, -1))
    assert factors.use_code(user=analyst, code=code_of(SECRET, -1)) is None
    assert factors.use_code(user=analyst, code=code_of(SECRET, 1)) is not None
    assert factors.use_code(user=analyst, code=code_of(SECRET)) is None
    assert factors.use_code(user=analyst, code=code_of(SECRET, 1)) is None
    assert len(set(codes)) == 10
    assert factors.use_code(user=analyst, code=codes[3]) is not None
    assert factors.use_code(user=analyst, code=codes[3]) is None
    assert queries.recovery_codes_left(analyst) == 9
    renewed = factors.renew_recovery_codes(user=analyst)
    assert factors.use_code(user=analyst, code=codes[4]) is None
    assert factors.use_code(user=analyst, code=renewed[4]) is not None


def test_a_wrong_code_adds_no_app() -> None:
    analyst = make_account(Role.ANALYST)
    assert error_codes(lambda: factors.add_codes(user=analyst, secret=SECRET, code="12345")) == ["code"]
    assert not Authenticator.objects.exists()


# ---- who has what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ADMINISTRATOR])
def test_an_approver_or_administrator_has_passkeys_only_and_keeps_one(role: Role) -> None:
    holder = make_account(role)
    only = give_passkey(holder)
    adds = lambda: factors.add_codes(user=holder, secret=SECRET, code=code_of(SECRET))  # noqa: E731
    assert error_codes(adds) == ["passkey_only"]
    assert db_error_code(lambda: give_app(holder)) == "passkey_only"
    assert error_codes(lambda: factors.remove_passkey(user=holder, passkey_id=only.pk)) == ["last_passkey"]
    assert db_error_code(lambda: raw("DELETE FROM mfa_authenticator WHERE user_id = %s", holder.pk)) == "last_passkey"
    second = give_passkey(holder, "Another")
    both = lambda: raw("DELETE FROM mfa_authenticator WHERE user_id = %s", holder.pk)  # noqa: E731
    assert db_error_code(both) == "last_passkey"
    factors.remove_passkey(user=holder, passkey_id=second.pk)
    assert list(queries.passkeys_of(holder)) == [only]


def test_no_factor_gets_another_account_or_key() -> None:
    analyst, approver = make_account(Role.ANALYST), make_account(Role.APPROVER)
    passkey = give_passkey(analyst)
    give_passkey(approver)
    for change in (
        f"user_id = {approver.pk}",
        "type = 'totp'",
        "data = jsonb_set(data, '{credential}', '{\"id\": \"mine\"}')",
    ):
        statement = f"UPDATE mfa_authenticator SET {change} WHERE id = %s"  # constant text
        assert db_error_code(lambda statement=statement: raw(statement, passkey.pk)) == "factor_fixed"  # type: ignore[misc]  # bound now
    assert factors.rename_passkey(user=analyst, passkey_id=passkey.pk, name="  Desk ")
    assert not factors.rename_passkey(user=analyst, passkey_id=passkey.pk, name="Desk")
    with pytest.raises(Authenticator.DoesNotExist):
        factors.remove_passkey(user=approver, passkey_id=passkey.pk)


def test_an_account_keeps_one_factor_where_two_are_required(settings: Settings) -> None:
    analyst = make_account(Role.ANALYST)
    give_app(analyst)
    settings.REQUIRE_SECOND_FACTOR = True
    assert error_codes(lambda: factors.remove_codes(user=analyst)) == ["last_factor"]
    give_passkey(analyst)
    assert factors.remove_codes(user=analyst)
    assert not factors.remove_codes(user=analyst)


@pytest.mark.django_db(transaction=True)
def test_two_passkeys_are_not_both_removed_at_one_moment() -> None:
    approver = make_account(Role.APPROVER)
    passkeys = [give_passkey(approver), give_passkey(approver, "Another")]
    started = threading.Barrier(2)
    codes: list[str] = []

    def remove(pk: int) -> None:
        try:
            with transaction.atomic():
                started.wait()
                factors.remove_passkey(user=approver, passkey_id=pk)
        except ValidationError as error:
            codes.append(str(error.error_list[0].code))
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=(passkey.pk,)) for passkey in passkeys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == ["last_passkey"]
    assert queries.passkeys_of(approver).count() == 1


def test_factors_change_only_in_a_session_that_lately_proved_the_strongest_that_it_has(settings: Settings) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    approver = make_account(Role.APPROVER)
    for minutes, proof, allowed in ((1, Proof.PASSWORD, True), (11, Proof.PASSWORD, False)):
        session = proved_client(approver, proof, minutes_ago=minutes).session
        with sign_ins.acting_in(session, approver):
            if allowed:
                factors.check_owner(approver)
            else:
                with pytest.raises(StaleSignIn):
                    factors.check_owner(approver)
    passkey = give_passkey(approver)
    for proof in (Proof.PASSWORD, Proof.CODE, Proof.DEPARTMENT):
        session = proved_client(approver, proof).session
        with sign_ins.acting_in(session, approver), pytest.raises(StaleSignIn):
            factors.rename_passkey(user=approver, passkey_id=passkey.pk, name="Mine")
    with sign_ins.acting_in(proved_client(approver, Proof.PASSKEY).session, approver):
        assert factors.rename_passkey(user=approver, passkey_id=passkey.pk, name="Mine")


def test_each_change_is_recorded_and_notified_to_the_owner() -> None:
    analyst = make_account(Role.ANALYST)
    factors.add_codes(user=analyst, secret=SECRET, code=code_of(SECRET))
    factors.remove_codes(user=analyst)
    entries = AuditEntry.objects.filter(object_id=str(analyst.pk), action__contains="app").order_by("pk")
    assert [entry.action for entry in entries] == ["added an authenticator app", "removed an authenticator app"]
    assert SECRET not in str([entry.after for entry in entries])
    notified = Notification.objects.filter(recipient=analyst).order_by("pk").values_list("kind", flat=True)
    assert list(notified) == ["identity.added", "identity.removed"]


# ---- recovery ------------------------------------------------------------------------------------------------------


@pytest.fixture(params=[Role.APPROVER, Role.ANALYST])
def lost(request: pytest.FixtureRequest, db: None) -> User:
    """Return an account with an address and a passkey that its owner lost."""
    user = make_account(request.param, username="lost")
    set_by_owner(User.objects.filter(pk=user.pk), email="lost@cpc.example")
    give_passkey(user)
    user.refresh_from_db()
    return user


def test_recovery_takes_two_people_whatever_the_role(lost: User) -> None:
    administrator, second = make_account(Role.ADMINISTRATOR), make_account(Role.ADMINISTRATOR, username="second")
    token = issue_token(owner=lost, name="Copy", scopes=["observations:read"], days=30).token
    client = proved_client(lost)
    change = access_changes.ask_to_recover(account_id=lost.pk, actor=administrator)
    assert queries.passkeys_of(lost).exists()
    assert error_codes(lambda: access_changes.confirm(change_id=change.pk, actor=administrator)) == ["same_person"]
    assert error_codes(lambda: recovery.recover(account_id=second.pk, actor=administrator, confirmed=change)) == [
        "second_person"
    ]
    access_changes.confirm(change_id=change.pk, actor=second)
    lost.refresh_from_db()
    assert not Authenticator.objects.filter(user=lost).exists()
    assert not lost.has_usable_password()
    assert client.get("/account/security/").status_code == 302
    assert ApiToken.objects.get(pk=token.pk).revoked_at is not None
    assert Invitation.objects.open().get().user == lost
    entry = AuditEntry.objects.get(action="recovered")
    assert (entry.actor_id, entry.after["asked_by"]) == (str(second.pk), "administrator")
    assert Notification.objects.filter(recipient=lost, kind="identity.recovered").exists()


def test_no_one_recovers_their_own_account(lost: User) -> None:
    administrator = make_account(Role.ADMINISTRATOR)
    set_by_owner(User.objects.filter(pk=administrator.pk), email="administrator@cpc.example")
    make_account(Role.APPROVER)
    own = lambda: access_changes.ask_to_recover(account_id=administrator.pk, actor=administrator)  # noqa: E731
    assert error_codes(own) == ["own_account"]
    if lost.role == Role.APPROVER:
        change = access_changes.ask_to_recover(account_id=lost.pk, actor=administrator)
        assert error_codes(lambda: access_changes.confirm(change_id=change.pk, actor=lost)) == ["own_account"]
        assert AccessChange.objects.get().outcome == ""


# ---- outside the application ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_what_sql_does_to_a_factor_is_recorded_without_its_secret() -> None:
    approver, analyst = make_account(Role.APPROVER), make_account(Role.ANALYST)
    app = give_app(analyst)
    committed()
    add = "INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES (%s, 'webauthn', '{}', now())"
    change = """UPDATE mfa_authenticator SET data = '{"secret": "mine"}' WHERE id = %s"""
    for statement, key in (
        (add, approver.pk),
        (change, app.pk),
        ("DELETE FROM mfa_authenticator WHERE id = %s", app.pk),
    ):
        before = last()
        sql(statement, key)
        (entry,) = entries("mfa.authenticator", after=before)
        assert (entry.action, entry.actor_id, entry.channel) == (OUTSIDE, "", "database")
        assert "mine" not in str((entry.before, entry.after))
