"""Audit entries that the database writes for rows added without one: by SQL, or by code that forgot."""

from __future__ import annotations

import pgtrigger


def records_outside(object_type: str) -> pgtrigger.Trigger:
    """Return a trigger that audits a new row unless its transaction already recorded an entry about it.

    `object_type` is the label of the model in small letters. The trigger runs when the transaction commits, since a
    service writes its entry after the row. The entry names the PostgreSQL role of the session, because SQL carries no
    account of the application.
    """
    return pgtrigger.Trigger(
        name="records_outside",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func=f"""
            IF EXISTS (
                SELECT FROM audit_auditentry entry WHERE entry.object_type = '{object_type}'
                AND entry.object_id = NEW.id::text AND entry.at >= transaction_timestamp()
            ) THEN
                RETURN NULL;
            END IF;
            INSERT INTO audit_auditentry (
                actor_id, actor_name, action, object_type, object_id, object_label, before, after, request_id, channel
            ) VALUES (
                '', left('PostgreSQL role ' || session_user, 120), 'added outside the application', '{object_type}',
                NEW.id::text, '{object_type} ' || NEW.id, NULL, to_jsonb(NEW), '', 'database'
            );
            RETURN NULL;
        """,  # noqa: S608  # constant text
    )
