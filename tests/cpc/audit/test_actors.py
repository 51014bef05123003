"""The account behind each write: the database knows it, and records what was written without it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpc import request_context
from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.api_tokens.services import issue_token, revoke_token
from cpc.audit.models import AuditEntry
from cpc.audit.outside import deciding_columns
from cpc.audit.services import record
from cpc.database.audit_triggers import OUTSIDE, UNRECORDED
from cpc.database.guards import declared_triggers
from cpc.people.access_changes import ask_to_change
from tests.support.accounts import PASSWORD, make_account

pytestmark = pytest.mark.django_db


def sql(statement: str, *values: Any) -> None:
    """Run SQL as an attacker with the password of the application's role would: without the application."""
    with connection.cursor() as cursor:
        cursor.cursor.execute("SELECT set_config('cpc.context', '', true)")
        cursor.cursor.execute(statement, values)  # past the wrappers


def committed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def entries(object_type: str, after: int = 0) -> list[AuditEntry]:
    committed()
    return list(AuditEntry.objects.filter(object_type=object_type, pk__gt=after).order_by("pk"))


@pytest.fixture
def approver() -> User:
    user = make_account(Role.APPROVER)
    committed()
    return user


def last() -> int:
    committed()
    return AuditEntry.objects.values_list("pk", flat=True).first() or 0


TOKEN = (
    "INSERT INTO accounts_apitoken (owner_id, name, prefix, digest, scopes, issued_by_id, created_at, expires_at) "
    "VALUES (%s, 'Report', 'cpc_00000000', 'd', '{partnerships:read}', %s, now(), now() + interval '9 days')"
)
SESSION = (
    "INSERT INTO sessions_session (session_key, session_data, expire_date, handle, address, device, started_at, "
    "last_seen_at, ended_because) "
    "VALUES ('abcdefghijklmnopqrstuvwxyz012345', 'forged', now() + interval '9 days', gen_random_uuid(), '', '', "
    "now(), now(), '')"
)
INVITATION = (
    "INSERT INTO accounts_invitation (user_id, purpose, digest, created_at, created_by_id, expires_at) "
    "VALUES (%s, 'reset', 'd', now(), %s, now() + interval '9 days')"
)


def test_a_token_by_sql_is_recorded_without_its_digest() -> None:
    owner = make_account(Role.API_CLIENT)
    sql(TOKEN, owner.pk, owner.pk)
    (entry,) = entries("accounts.apitoken")
    assert (entry.action, entry.channel, entry.account) == (OUTSIDE, "database", "")
    assert entry.session.startswith("PostgreSQL role ")
    assert entry.after["digest"] == "changed, not shown here"
    assert entry.after["prefix"] == "cpc_00000000"


def test_a_revocation_by_sql_is_recorded_and_one_by_the_service_once() -> None:
    owner = make_account(Role.API_CLIENT)
    first = issue_token(owner=owner, name="One", scopes=["partnerships:read"], days=9).token
    assert [entry.action for entry in entries("accounts.apitoken")] == ["issued a token"]
    revoke_token(token_id=first.pk, actor=owner)
    assert [entry.action for entry in entries("accounts.apitoken")] == ["issued a token", "revoked a token"]


def test_a_password_hash_by_sql_is_recorded(approver: User) -> None:
    before = last()
    sql("UPDATE accounts_user SET password = 'pbkdf2_sha256$1$a$b' WHERE id = %s", approver.pk)
    (entry,) = entries("accounts.user", before)
    assert (entry.action, entry.after) == (OUTSIDE, {"password": "changed"})


def test_a_session_by_sql_is_recorded_and_one_of_the_application_is_a_sign_in(client: Client) -> None:
    analyst = make_account(Role.ANALYST)
    client.force_login(analyst)
    assert entries("sessions.session") == []
    sql(SESSION)
    (entry,) = entries("sessions.session")
    assert (entry.action, entry.object_label) == (OUTSIDE, "Session")
    assert "abcdefghij" not in f"{entry.object_id} {entry.after}"


def test_an_invitation_by_sql_is_recorded() -> None:
    analyst = make_account(Role.ANALYST)
    sql(INVITATION, analyst.pk, analyst.pk)
    (entry,) = entries("accounts.invitation")
    assert entry.action == OUTSIDE


def test_what_an_account_writes_without_a_service_names_the_account() -> None:
    analyst, viewer = make_account(Role.ANALYST), make_account(Role.VIEWER)
    before = last()
    with request_context.acting("page", origin_of=lambda: {"actor_id": analyst.pk, "client": "192.0.2.7"}):
        User.objects.filter(pk=viewer.pk).update(role=Role.ANALYST)
        (entry,) = entries("accounts.user", before)
    assert (entry.action, entry.actor_id, entry.actor_name) == (UNRECORDED, str(analyst.pk), str(analyst))
    assert (entry.address, entry.account, entry.channel) == ("192.0.2.7", str(analyst.pk), "page")


def test_every_entry_of_a_request_has_its_address_session_and_account(client: Client) -> None:
    analyst = make_account(Role.ANALYST)
    client.post(reverse("account_login"), {"login": analyst.username, "password": PASSWORD}, REMOTE_ADDR="192.0.2.9")
    client.post(reverse("account_logout"), REMOTE_ADDR="192.0.2.9")
    signed_in, signed_out = (AuditEntry.objects.get(action=action) for action in ("signed in", "signed out"))
    assert (signed_in.address, signed_out.address) == ("192.0.2.9", "192.0.2.9")
    assert len(signed_out.session) == 16
    assert signed_out.account == str(analyst.pk)


def test_the_database_sets_the_time_of_an_entry_and_marks_one_by_sql(approver: User) -> None:
    sql(
        "INSERT INTO audit_auditentry (at, actor_id, actor_name, action, object_type, object_id, object_label, "
        "request_id, channel, address, session, account, xid) VALUES "
        "('2020-01-01', %s, 'Approver', 'approved', 'x.y', '1', 'X', 'r', 'page', '192.0.2.1', 's', '7', '5')",
        str(approver.pk),
    )
    entry = AuditEntry.objects.get(action="approved")
    assert abs(entry.at - timezone.now()) < dt.timedelta(minutes=1)
    assert (entry.channel, entry.request_id, entry.account) == ("database", "", "")
    assert entry.session.startswith("PostgreSQL role ")
    assert entry.xid > 5


def test_the_context_survives_a_savepoint_and_ends_with_the_transaction() -> None:
    analyst = make_account(Role.ANALYST)
    with request_context.acting("page", origin_of=lambda: {"actor_id": analyst.pk}):
        with transaction.atomic():
            record(actor=analyst, action="undone", target=analyst)
            transaction.set_rollback(True)
        record(actor=analyst, action="done", target=analyst)
    assert AuditEntry.objects.get(action="done").account == str(analyst.pk)
    assert not AuditEntry.objects.filter(action="undone").exists()


@pytest.mark.django_db(transaction=True)
def test_the_next_transaction_of_a_connection_has_no_actor_of_the_one_before() -> None:
    analyst = make_account(Role.ANALYST)
    with request_context.acting("page", origin_of=lambda: {"actor_id": analyst.pk}):
        record(actor=analyst, action="done", target=analyst)
    with connection.cursor() as cursor:
        cursor.cursor.execute("SELECT coalesce(current_setting('cpc.context', true), '')")
        assert cursor.fetchone() == ("",)


@pytest.mark.parametrize("value", ["100%", "it's", "back\\slash", "é"])
def test_a_statement_without_parameters_keeps_its_percent_signs(value: str) -> None:
    with request_context.acting("page", identifier=value), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE t (a text) ON COMMIT DROP")
        cursor.execute("INSERT INTO t VALUES ('5%') RETURNING current_setting('cpc.context')::jsonb ->> 'request', a")
        assert cursor.fetchone() == (value, "5%")
        cursor.execute("INSERT INTO t VALUES (%s) RETURNING current_setting('cpc.context')::jsonb ->> 'request'", ["x"])
        assert cursor.fetchone() == (value,)
        assert cursor.rowcount == 1


@pytest.mark.django_db(transaction=True)
def test_every_table_of_decisions_is_audited_and_a_decision_by_sql_is_recorded() -> None:
    found = {model._meta.label for model in apps.get_models() if deciding_columns(model)}
    assert {"selection.Decision", "selection.PoolPolicy", "selection.Adoption", "partnerships.Amendment"} <= found
    installed = {trigger.table for name, trigger in declared_triggers().items() if "audits_writes" in name}
    assert {apps.get_model(label)._meta.db_table for label in found} <= installed
    asker, viewer, _ = (make_account(role) for role in (Role.ADMINISTRATOR, Role.VIEWER, Role.APPROVER))
    values = {"role": Role.APPROVER}
    change = ask_to_change(account_id=viewer.pk, values=values, expected_revision=None, actor=asker)
    before = last()
    with transaction.atomic():
        sql(
            "UPDATE accounts_accesschange SET outcome = 'withdrawn', decided_by_id = asked_by_id WHERE id = %s",
            change.pk,
        )
    (entry,) = entries("accounts.accesschange", before)
    assert (entry.action, entry.after) == (OUTSIDE, {"outcome": "withdrawn", "decided_by_id": asker.pk})
