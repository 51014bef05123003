"""Triggers on accounts: they audit changes made outside the application, and end what a change makes void."""

from __future__ import annotations

import pgtrigger

from cpc.accounts.permissions import ROLE_PERMISSIONS, Permission

SAME_PASSWORD = "cpc.same_password"  # noqa: S105  # the name of a setting
"""Setting of a transaction that stores the same password by a newer method: to the triggers, it has not changed."""


def roles_sql(permission: Permission) -> str:
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
                    old_values := old_values || jsonb_build_object(column_name, old_row -> column_name);
                    new_values := new_values || jsonb_build_object(column_name, new_row -> column_name);
                END IF;
            END LOOP;
            IF TG_OP = 'UPDATE' AND old_row -> 'password' IS DISTINCT FROM new_row -> 'password'
            AND coalesce(current_setting('cpc.same_password', true), '') <> 'on' THEN
                old_values := old_values || '{"password": "not shown here"}';
                new_values := new_values || '{"password": "changed"}';
            END IF;
            IF new_values = '{}' THEN
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
            ("old_values", "jsonb := '{}'"),
            ("new_values", "jsonb := '{}'"),
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
                    WHEN 'INSERT' THEN jsonb_build_object('role', new_row -> 'role') ELSE new_values END
            ) THEN
                RETURN NULL;
            END IF;
            IF new_values ? 'email' THEN
                old_values := old_values || jsonb_build_object('email', 'not shown here');
                new_values := new_values || jsonb_build_object('email', 'changed, not shown here');
            END IF;
            INSERT INTO audit_auditentry (
                actor_id, actor_name, action, object_type, object_id, object_label, before, after, request_id, channel
            ) VALUES (
                '', left('PostgreSQL role ' || session_user, 120), 'changed outside the application', 'accounts.user',
                COALESCE(new_row, old_row) ->> 'id', COALESCE(new_row, old_row) ->> 'name',
                CASE TG_OP WHEN 'INSERT' THEN NULL ELSE old_values END,
                CASE TG_OP WHEN 'DELETE' THEN NULL ELSE new_values END, '', 'database'
            );
            RETURN NULL;
            """,  # noqa: S608  # constant text
    )


def revokes_tokens() -> pgtrigger.Trigger:
    """Return the trigger that revokes the tokens of an account whose password, role, or access ends.

    A service revokes them first, under the name of its actor. This trigger finds those of a change by SQL, and records
    them under the PostgreSQL role.
    """
    return pgtrigger.Trigger(
        name="z_revokes_tokens",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("password", "role", "is_active"),  # type: ignore[no-untyped-call]  # pgtrigger
        declare=[("token", "accounts_apitoken%ROWTYPE")],
        func=f"""
            IF NEW.role = OLD.role AND (NEW.is_active OR NOT OLD.is_active) AND (
                NEW.password = OLD.password OR coalesce(current_setting('{SAME_PASSWORD}', true), '') = 'on'
            ) THEN
                RETURN NULL;
            END IF;
            FOR token IN
                UPDATE accounts_apitoken SET revoked_at = statement_timestamp()
                WHERE owner_id = NEW.id AND revoked_at IS NULL RETURNING *
            LOOP
                INSERT INTO audit_auditentry (
                    actor_id, actor_name, action, object_type, object_id, object_label, before, after, request_id,
                    channel
                ) VALUES (
                    '', left('PostgreSQL role ' || session_user, 120), 'revoked a token', 'accounts.apitoken',
                    token.id::text, left(token.name || ' (' || token.prefix || '…)', 200), '{{"revoked_at": null}}',
                    jsonb_build_object('revoked_at', token.revoked_at, 'owner', NEW.username), '', 'database'
                );
            END LOOP;
            RETURN NULL;
            """,  # noqa: S608  # constant text
    )


def withdraws_links() -> pgtrigger.Trigger:
    """Return the trigger that voids an open link when its account gets another address or role, or loses access.

    Whoever reads the old address would otherwise take up the new role.
    """
    return pgtrigger.Trigger(
        name="z_withdraws_links",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("email", "role", "is_active"),  # type: ignore[no-untyped-call]  # pgtrigger
        func="""
            IF NEW.email IS DISTINCT FROM OLD.email OR NEW.role IS DISTINCT FROM OLD.role
            OR (OLD.is_active AND NOT NEW.is_active) THEN
                UPDATE accounts_invitation SET withdrawn_at = statement_timestamp()
                WHERE user_id = NEW.id AND used_at IS NULL AND withdrawn_at IS NULL;
            END IF;
            RETURN NULL;
            """,
    )
