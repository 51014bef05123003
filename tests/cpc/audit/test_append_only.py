"""Append-only audit trail: the database itself rejects every change, from any account."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from cpc.audit.models import AuditEntry

CHANGES = (
    "UPDATE audit_auditentry SET actor_name = 'Somebody else'",
    "UPDATE audit_auditentry SET before = NULL WHERE id > 0",
    "DELETE FROM audit_auditentry",
    "TRUNCATE audit_auditentry",
    "TRUNCATE audit_auditentry CASCADE",
)


def _entry() -> AuditEntry:
    return AuditEntry.objects.create(
        actor_name="Ama", action="tried", object_type="x.y", object_id="1", object_label="X", channel="command"
    )


@pytest.mark.parametrize("statement", CHANGES)
@pytest.mark.django_db
def test_raw_sql_cannot_change_the_trail(statement: str) -> None:
    entry = _entry()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    entry.refresh_from_db()
    assert entry.actor_name == "Ama"


@pytest.mark.django_db(transaction=True)
def test_committed_entries_stay_too() -> None:
    _entry()
    for statement in CHANGES:
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(statement)
    assert AuditEntry.objects.get(action="tried").actor_name == "Ama"


@pytest.mark.django_db(transaction=True)
def test_the_triggers_hold_again_after_a_transactional_test() -> None:
    """The test's cleanup empties the tables; afterwards the session must enforce the triggers again."""
    assert not AuditEntry.objects.filter(action="tried").exists()
    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")
        assert cursor.fetchone() == ("origin",)
