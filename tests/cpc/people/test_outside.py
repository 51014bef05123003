"""Account changes made outside the application: the database records them in the audit trail."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.database.audit_triggers import OUTSIDE
from cpc.people.access_changes import ask_to_change, confirm
from cpc.people.account_services import create_account
from cpc.people.services import change_account, disable
from tests.support.accounts import PASSWORD, make_account
from tests.support.unguarded import owner_rights

pytestmark = pytest.mark.django_db


def committed() -> list[AuditEntry]:
    """Run the database's end-of-transaction triggers, and return the entries that they wrote, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return list(AuditEntry.objects.filter(action=OUTSIDE).order_by("pk"))


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def viewer() -> User:
    user = make_account(Role.VIEWER)
    committed()
    return user


def new_entries(before: int) -> list[AuditEntry]:
    return committed()[before:]


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("role", "analyst", {"role": "analyst"}),
        ("is_active", False, {"is_active": False}),
        ("username", "somebody", {"username": "somebody"}),
    ],
)
def test_a_change_by_sql_is_in_the_trail(viewer: User, column: str, value: object, expected: dict[str, Any]) -> None:
    before = {name: getattr(viewer, name) for name in expected}
    count = len(committed())
    sql(f"UPDATE accounts_user SET {column} = %s WHERE id = %s", value, viewer.pk)
    (entry,) = new_entries(count)
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        (role,) = cursor.fetchone()
    assert (entry.actor_id, entry.actor_name) == ("", f"PostgreSQL role {role}")
    assert (entry.object_type, entry.object_id, entry.object_label) == ("accounts.user", str(viewer.pk), viewer.name)
    assert (entry.before, entry.after, entry.channel) == (before, expected, "database")


def test_the_trail_tells_that_an_address_changed_and_not_to_what(viewer: User) -> None:
    count = len(committed())
    sql("UPDATE accounts_user SET email = %s WHERE id = %s", "else@cpc.example", viewer.pk)
    (entry,) = new_entries(count)
    assert (entry.before, entry.after) == ({"email": "not shown here"}, {"email": "changed, not shown here"})


def test_an_agency_is_named_by_its_code(db: None) -> None:
    reviewer = make_account(Role.REVIEWER)
    other = Agency.objects.create(code="doj", name="Department of Justice")
    count = len(committed())
    User.objects.filter(pk=reviewer.pk).update(agency=other, is_contact=True)
    (entry,) = new_entries(count)
    assert entry.before == {"agency": "dol", "is_contact": False}
    assert entry.after == {"agency": "doj", "is_contact": True}


def test_an_account_made_or_removed_by_sql_is_in_the_trail(viewer: User) -> None:
    count = len(committed())
    sql(
        "INSERT INTO accounts_user (password, username, name, email, role, is_contact, is_active, has_letter_keys, "
        "sessions_ended, date_joined) VALUES ('!', 'planted', 'Planted', '', 'analyst', FALSE, TRUE, TRUE, 0, now())"
    )
    with owner_rights():  # the application's role has no right to remove an account
        sql("DELETE FROM accounts_user WHERE id = %s", viewer.pk)
    made, removed = new_entries(count)
    assert (made.before, made.after["role"], made.object_label) == (None, "analyst", "Planted")
    assert (removed.before["username"], removed.after, removed.object_id) == ("viewer", None, str(viewer.pk))


def test_what_the_application_records_is_recorded_once(db: None) -> None:
    administrator, viewer = make_account(Role.ADMINISTRATOR), make_account(Role.VIEWER)
    approver = make_account(Role.APPROVER)
    count = len(committed())
    create_account(username="new", name="New", role=Role.ANALYST, password=None, actor=None)
    change_account(account_id=viewer.pk, values={"role": Role.ANALYST}, expected_revision=None, actor=administrator)
    change_account(account_id=viewer.pk, values={"role": Role.VIEWER}, expected_revision=None, actor=administrator)
    change = ask_to_change(
        account_id=viewer.pk, values={"role": Role.APPROVER}, expected_revision=None, actor=administrator
    )
    confirm(change_id=change.pk, actor=approver)
    disable(account_id=viewer.pk, reason="Left.", actor=administrator)
    assert new_entries(count) == []


def test_an_entry_of_the_application_hides_no_other_change(db: None) -> None:
    administrator, viewer = make_account(Role.ADMINISTRATOR), make_account(Role.VIEWER)
    count = len(committed())
    change_account(account_id=viewer.pk, values={"role": Role.ANALYST}, expected_revision=None, actor=administrator)
    sql("UPDATE accounts_user SET role = 'api_client' WHERE id = %s", viewer.pk)
    (entry,) = new_entries(count)
    assert (entry.before, entry.after) == ({"role": "analyst"}, {"role": "api_client"})


def test_a_sign_in_is_no_change(viewer: User) -> None:
    count = len(committed())
    sql("UPDATE accounts_user SET last_login = now(), name = 'Else' WHERE id = %s", viewer.pk)
    assert new_entries(count) == []


def test_the_trail_tells_that_a_password_was_set_by_sql(viewer: User) -> None:
    count = len(committed())
    sql("UPDATE accounts_user SET password = 'x' WHERE id = %s", viewer.pk)
    (entry,) = new_entries(count)
    assert (entry.before, entry.after) == ({"password": "not shown here"}, {"password": "changed"})


def test_a_password_that_its_owner_changes_is_recorded_once(viewer: User) -> None:
    count, client = len(committed()), Client()
    client.force_login(viewer)
    fresh = "four plain words together"
    client.post("/account/password/", {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh})
    assert User.objects.get(pk=viewer.pk).check_password(fresh)
    assert new_entries(count) == []


def test_the_database_refuses_a_name_with_a_hidden_character(viewer: User) -> None:
    for statement in ("UPDATE accounts_user SET name = %s", "UPDATE accounts_agency SET name = %s"):
        Agency.objects.get_or_create(code="dol", defaults={"name": "Department of Labor"})
        for name in ("Vie\u202ewer", "Vie\u200bwer", "Vie\x1bwer", "Vie\U000e0041wer"):
            with pytest.raises(IntegrityError, match="name_visible"), transaction.atomic():
                sql(f"{statement} WHERE id = (SELECT max(id) FROM {statement.split()[1]})", name)
    sql("UPDATE accounts_user SET name = %s WHERE id = %s", "José Ñandú, Ελλάδα, გოგო\tx", viewer.pk)
