"""Triggers on accounts: they audit outside changes, end what a change makes void, and ask for two people.

Two people decide who is approver or administrator, and how that person signs in, whatever the application's role runs:
a page, REST, a shell, or SQL. The owner of the tables creates the first administrator and approver, with
`manage.py create_account`.

"""

from __future__ import annotations

import pgtrigger

from cpc.accounts.permissions import ROLE_PERMISSIONS, Permission
from cpc.database.actors import CONTEXT
from cpc.database.audit_triggers import record_sql
from cpc.database.triggers import IS_OWNER, never_truncated

SAME_PASSWORD = "cpc.same_password"  # noqa: S105  # the name of a setting
"""Setting of a transaction that stores the same password by a newer method: to the triggers, it has not changed."""


def roles_sql(permission: Permission) -> str:
    return ", ".join(sorted(f"'{role.value}'" for role, allowed in ROLE_PERMISSIONS.items() if permission in allowed))


COLLECT_CHANGES = """
            IF TG_OP <> 'INSERT' THEN
                old_row := to_jsonb(OLD)
                    || jsonb_build_object('agency', (SELECT code FROM accounts_agency WHERE id = OLD.agency_id),
                        'responsible', (SELECT username FROM accounts_user WHERE id = OLD.responsible_id));
            END IF;
            IF TG_OP <> 'DELETE' THEN
                new_row := to_jsonb(NEW)
                    || jsonb_build_object('agency', (SELECT code FROM accounts_agency WHERE id = NEW.agency_id),
                        'responsible', (SELECT username FROM accounts_user WHERE id = NEW.responsible_id));
            END IF;
            FOREACH column_name IN ARRAY ARRAY['username', 'email', 'role', 'agency', 'is_contact', 'is_active',
                'granted_scopes', 'responsible', 'last_day'] LOOP
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

    The trigger runs when the transaction commits, since a service writes its audit entry after the row. It records that
    an email address changed, but not the new address, which some readers of the audit trail may not see.
    """
    return pgtrigger.Trigger(
        name="audited",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        timing=pgtrigger.Deferred,
        declare=[
            ("context", f"jsonb := {CONTEXT}"),
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
                AND entry.xid = pg_current_xact_id()
                -- An entry about a new account names its role and may leave out what is empty.
                AND entry.after @> CASE TG_OP
                    WHEN 'INSERT' THEN jsonb_build_object('role', new_row -> 'role') ELSE new_values END
                -- A list contains each part of it.
                AND (TG_OP <> 'UPDATE' OR new_values -> 'granted_scopes' IS NULL
                    OR entry.after -> 'granted_scopes' = new_values -> 'granted_scopes')
            ) THEN
                RETURN NULL;
            END IF;
            IF new_values ? 'email' THEN
                old_values := old_values || jsonb_build_object('email', 'not shown here');
                new_values := new_values || jsonb_build_object('email', 'changed, not shown here');
            END IF;
            {record_sql("'accounts.user'", "coalesce(NEW.id, OLD.id)", "coalesce(NEW.name, OLD.name)")}
            RETURN NULL;
            """,  # constant text
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


HOLDERS = roles_sql(Permission.CONFIRM_ACCESS)
ADMINISTRATORS = roles_sql(Permission.MANAGE_PEOPLE)

CONFIRMED_NOW = "c.outcome = 'confirmed' AND c.decided_at = transaction_timestamp()"
"""Condition of a change of access that this transaction confirms: the time of a decision is set by the database."""

ALONE = (
    "Only a second person, an approver or administrator, can confirm this: who is approver or administrator, the "
    "address of such an account, a link for it, and the end of its suspension."
)


def raising(code: str, message: str) -> str:
    return f"RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = '{code}', MESSAGE = '{message}';"


_DECIDED = f"""
    rest := NEW;
    IF OLD.outcome = '' THEN
        rest.outcome := OLD.outcome;
        rest.decided_by_id := OLD.decided_by_id;
        rest.decided_at := OLD.decided_at;
    ELSIF OLD.outcome = 'confirmed' AND OLD.account_id IS NULL AND OLD.decided_at = transaction_timestamp() THEN
        rest.account_id := OLD.account_id;  -- the account that an invitation has just created
    END IF;
    IF rest IS DISTINCT FROM OLD THEN
        {raising("decided_already", "A change of access is decided once, and never edited.")}
    END IF;
    IF OLD.outcome <> '' THEN
        RETURN NEW;
    END IF;
    NEW.decided_at := transaction_timestamp();
    IF NEW.outcome = 'withdrawn' THEN
        IF NEW.decided_by_id IS DISTINCT FROM OLD.asked_by_id THEN
            {raising("same_person", "Only the person who asked for a change can withdraw it.")}
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.decided_by_id = OLD.asked_by_id THEN
        {raising("same_person", "You asked for this change. Another person must decide on it.")}
    ELSIF NEW.decided_by_id = OLD.account_id THEN
        {raising("own_account", "This changes your own account. Another person must decide on it.")}
    ELSIF NOT EXISTS (
        SELECT FROM accounts_user u WHERE u.id = NEW.decided_by_id AND u.is_active AND u.role IN ({HOLDERS})
    ) THEN
        {raising("second_person", "Only an active approver or administrator can decide on a change of access.")}
    ELSIF NEW.outcome = 'confirmed' AND OLD.expires_at <= transaction_timestamp() THEN
        {raising("expired", "This change has expired. Ask for it again.")}
    ELSIF NEW.outcome = 'confirmed' AND NOT EXISTS (
        SELECT FROM accounts_user u WHERE u.id = OLD.asked_by_id AND u.is_active AND u.role IN ({ADMINISTRATORS})
    ) THEN
        {raising("asker_left", "The person who asked for this change is no longer an active administrator.")}
    END IF;
    RETURN NEW;
"""  # noqa: S608  # constant text


def decided_by_another() -> list[pgtrigger.Trigger]:
    """Return the triggers of changes of access: asked for by an administrator, decided once by another holder.

    The times are those of the transaction, so that an account can tell a change that is being confirmed from one that
    was confirmed before.
    """
    return [
        pgtrigger.Trigger(
            name="a_asked",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func=f"""
                IF NEW.outcome <> '' THEN
                    {raising("second_person", "A change is asked for first, and decided by another person then.")}
                ELSIF NOT EXISTS (
                    SELECT FROM accounts_user u WHERE u.id = NEW.asked_by_id AND u.is_active
                    AND u.role IN ({ADMINISTRATORS})
                ) THEN
                    {raising("asker_left", "Only an active administrator can ask for a change of access.")}
                END IF;
                NEW.asked_at := transaction_timestamp();
                NEW.expires_at := NEW.asked_at + interval '7 days';
                RETURN NEW;
                """,  # constant text
        ),
        pgtrigger.Trigger(
            name="a_decided",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            declare=[("rest", "accounts_accesschange%ROWTYPE")],
            func=_DECIDED,
        ),
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        never_truncated(),
    ]


def takes_two_people() -> list[pgtrigger.Trigger]:
    """Return the triggers of accounts: no one becomes approver or administrator by one person's change.

    Who gets such a role sets a new password, by a link to the address that both people saw: the old password may be
    known to the administrator, who could have sent a link for it to an address of their own.
    """
    return [
        pgtrigger.Trigger(
            name="a_takes_two_people",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.UpdateOf("username", "email", "role", "is_active"),  # type: ignore[no-untyped-call]  # pgtrigger
            func=_TWO_PEOPLE,
        ),
        pgtrigger.Trigger(
            name="b_last_administrator",
            when=pgtrigger.Before,
            operation=pgtrigger.Delete | pgtrigger.UpdateOf("role", "is_active"),  # type: ignore[no-untyped-call]  # pgtrigger
            func=_LAST_ADMINISTRATOR,
        ),
    ]


_TWO_PEOPLE = f"""
    IF NEW.role NOT IN ({HOLDERS}) OR {IS_OWNER} THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.is_active OR NEW.password NOT LIKE '!%' OR NOT EXISTS (
            SELECT FROM accounts_accesschange c WHERE {CONFIRMED_NOW} AND c.kind = 'invite' AND c.account_id IS NULL
            AND c.wanted @> jsonb_build_object('username', NEW.username, 'email', NEW.email, 'role', NEW.role)
        ) THEN
            {raising("second_person", ALONE)}
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.username, NEW.email, NEW.role) IS DISTINCT FROM (OLD.username, OLD.email, OLD.role) AND NOT EXISTS (
        SELECT FROM accounts_accesschange c WHERE {CONFIRMED_NOW} AND c.kind = 'change' AND c.account_id = NEW.id
        AND c.seen @> jsonb_build_object('username', OLD.username, 'email', OLD.email, 'role', OLD.role)
        AND c.seen || c.wanted @> jsonb_build_object('username', NEW.username, 'email', NEW.email, 'role', NEW.role)
        AND (OLD.role IN ({HOLDERS}) OR NEW.password LIKE '!%')
    ) THEN
        {raising("second_person", ALONE)}
    END IF;
    -- By an invitation, whose sending took two people, or by a confirmed end of the suspension.
    IF NEW.is_active AND NOT OLD.is_active AND NOT EXISTS (
        SELECT FROM accounts_invitation i WHERE i.user_id = NEW.id AND i.purpose = 'join'
        AND i.used_at = transaction_timestamp()
    ) AND NOT EXISTS (
        SELECT FROM accounts_accesschange c WHERE {CONFIRMED_NOW} AND c.kind = 'enable' AND c.account_id = NEW.id
    ) THEN
        {raising("second_person", ALONE)}
    END IF;
    RETURN NEW;
"""  # noqa: S608  # constant text

_LAST_ADMINISTRATOR = f"""
    IF OLD.is_active AND OLD.role IN ({ADMINISTRATORS})
    AND (TG_OP = 'DELETE' OR NOT NEW.is_active OR NEW.role NOT IN ({ADMINISTRATORS})) THEN
        -- Locked, so that no two administrators end each other's access at one moment.
        PERFORM 1 FROM accounts_user u WHERE u.id <> OLD.id AND u.is_active AND u.role IN ({ADMINISTRATORS})
        ORDER BY u.id FOR NO KEY UPDATE;
        IF NOT FOUND THEN
            {raising("last_administrator", "This is the last active administrator. Make someone else one first.")}
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
"""  # constant text


def linked_by_two_people() -> pgtrigger.Trigger:
    """Return the trigger of invitations: a link for an approver or administrator takes two people."""
    return pgtrigger.Trigger(
        name="a_linked_by_two_people",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF EXISTS (SELECT FROM accounts_user u WHERE u.id = NEW.user_id AND u.role IN ({HOLDERS}))
            AND NOT {IS_OWNER} AND NOT EXISTS (
                SELECT FROM accounts_accesschange c WHERE {CONFIRMED_NOW} AND c.account_id = NEW.user_id
                AND c.kind IN ('invite', 'change', 'link', 'recover')
            ) THEN
                {raising("second_person", ALONE)}
            END IF;
            RETURN NEW;
            """,  # noqa: S608  # constant text
    )
