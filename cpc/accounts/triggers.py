"""Triggers on accounts: they audit changes made outside the application, and find a role by its permissions."""

from __future__ import annotations

import pgtrigger

from cpc.accounts.permissions import ROLE_PERMISSIONS, Permission


def roles_sql(permission: Permission) -> str:
    """Return the roles that have a permission, as a list for IN."""
    return ", ".join(sorted(f"'{role.value}'" for role, allowed in ROLE_PERMISSIONS.items() if permission in allowed))


COLLECT_CHANGES = """
            IF TG_OP <> 'INSERT' THEN
                old_row := to_jsonb(OLD)
                    || jsonb_build_object('agency', (SELECT code FROM accounts_agency WHERE id = OLD.agency_id));
            END IF;
            IF TG_OP <> 'DELETE' THEN
                new_row := to_jsonb(NEW)
                    || jsonb_build_object('agency', (SELECT code FROM accounts_agency WHERE id = NEW.agency_id));
            END IF;
            FOREACH column_name IN ARRAY ARRAY['username', 'email', 'role', 'agency', 'is_contact', 'is_active'] LOOP
                IF old_row -> column_name IS DISTINCT FROM new_row -> column_name THEN
                    said_before := said_before || jsonb_build_object(column_name, old_row -> column_name);
                    said_after := said_after || jsonb_build_object(column_name, new_row -> column_name);
                END IF;
            END LOOP;
            IF said_after = '{}' THEN
                RETURN NULL;
            END IF;
""".strip()
"""SQL that collects the access columns that changed, with both values, and returns if there are none."""


def audited_by_the_database() -> pgtrigger.Trigger:
    """Return the trigger that audits a change of an account's access unless its transaction already recorded one.

    The trigger runs when the transaction commits, since a service writes its audit entry after the row. The entry names
    the PostgreSQL role of the session, because SQL carries no account of the application. It records that an email
    address changed, but not the new address, which some readers of the audit trail may not see.
    """
    return pgtrigger.Trigger(
        name="audited",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        timing=pgtrigger.Deferred,
        declare=[
            ("old_row", "jsonb"),
            ("new_row", "jsonb"),
            ("column_name", "text"),
            ("said_before", "jsonb := '{}'"),
            ("said_after", "jsonb := '{}'"),
        ],
        func=f"""
            {COLLECT_CHANGES}
            IF EXISTS (
                SELECT FROM audit_auditentry entry
                WHERE entry.object_type = 'accounts.user'
                AND entry.object_id = COALESCE(new_row, old_row) ->> 'id'
                AND entry.at >= transaction_timestamp()
                -- An entry about a new account names its role and may leave out what is empty.
                AND entry.after @> CASE TG_OP
                    WHEN 'INSERT' THEN jsonb_build_object('role', new_row -> 'role') ELSE said_after END
            ) THEN
                RETURN NULL;
            END IF;
            IF said_after ? 'email' THEN
                said_before := said_before || jsonb_build_object('email', 'not shown here');
                said_after := said_after || jsonb_build_object('email', 'changed, not shown here');
            END IF;
            INSERT INTO audit_auditentry (
                actor_id, actor_name, action, object_type, object_id, object_label, before, after, request_id, channel
            ) VALUES (
                '', left('PostgreSQL role ' || session_user, 120), 'changed outside the application', 'accounts.user',
                COALESCE(new_row, old_row) ->> 'id', COALESCE(new_row, old_row) ->> 'name',
                CASE TG_OP WHEN 'INSERT' THEN NULL ELSE said_before END,
                CASE TG_OP WHEN 'DELETE' THEN NULL ELSE said_after END, '', 'database'
            );
            RETURN NULL;
            """,  # noqa: S608  # constant text
    )
