"""Triggers of the audit trail: the database stamps and seals its entries, and records what no service recorded."""

from __future__ import annotations

from collections.abc import Sequence

import pgtrigger

from cpc.database.actors import CONTEXT
from cpc.database.holds import held_sql
from cpc.database.triggers import IS_OWNER

OUTSIDE = "written outside the application"
"""Action of an entry about a write that no account made through the application."""

UNRECORDED = "written without an entry"
"""Action of an entry about a write of an account for which no service recorded an entry."""

ROW = """jsonb_build_array(
    {r}.id, to_char({r}.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), {r}.actor_id, {r}.actor_name, {r}.action,
    {r}.object_type, {r}.object_id, {r}.object_label, {r}.before, {r}.after, {r}.request_id, {r}.channel, {r}.address,
    {r}.session, {r}.account, {r}.xid::text
)::text"""
"""SQL for the text of an entry that a seal covers. A change of it, or of its order, breaks every older seal."""

SEALED_AT_ONCE = 10_000
"""Entries in one seal, at most."""

_LOCK = 0x5EA1
"""Advisory lock of the seal: one is written at a time."""


def stamps() -> pgtrigger.Trigger:
    """Return the trigger that sets the time of an entry, its transaction, and who wrote it, whatever was given.

    An entry written by SQL, without the application, names the PostgreSQL role in `session`.
    """
    return pgtrigger.Trigger(
        name="a_stamps",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("context", f"jsonb := {CONTEXT}")],
        func="""
            NEW.at := clock_timestamp();
            NEW.xid := pg_current_xact_id();
            IF context IS NULL THEN
                NEW.channel := 'database';
                NEW.address := coalesce(host(inet_client_addr()), '');
                NEW.session := left('PostgreSQL role ' || session_user, 60);
                NEW.account := '';
                NEW.request_id := '';
            ELSE
                NEW.address := left(context ->> 'address', 64);
                NEW.session := left(context ->> 'session', 60);
                NEW.account := left(context ->> 'actor', 40);
            END IF;
            RETURN NEW;
        """,
    )


def archived_only() -> pgtrigger.Trigger:
    """Return the trigger that refuses to change an entry, and to remove one unless the owner has archived it."""
    return pgtrigger.Trigger(
        name="append_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP = 'DELETE' AND {IS_OWNER}
            AND EXISTS (SELECT FROM audit_auditarchive a WHERE OLD.id <= a.last_entry) THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'Cannot update or delete rows from %: they stay until they are archived.',
                TG_TABLE_NAME;
        """,  # noqa: S608  # constant text
    )


def archived_by_owner() -> pgtrigger.Trigger:
    """Return the trigger that lets only the owner of the tables archive entries, all of them sealed."""
    return pgtrigger.Trigger(
        name="a_archived_by_owner",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF NOT {IS_OWNER} THEN
                RAISE EXCEPTION 'Only the owner of the tables archives entries.';
            ELSIF EXISTS (SELECT FROM audit_unsealedentry w WHERE w.id <= NEW.last_entry) THEN
                RAISE EXCEPTION 'An entry that waits for its seal is not archived.';
            ELSIF {held_sql("NEW")} THEN
                RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'legal_hold',
                    MESSAGE = 'A legal hold is in force. No entry of the audit trail is archived until it is lifted.';
            END IF;
            NEW.at := clock_timestamp();
            RETURN NEW;
        """,  # constant text
    )


def awaits_seal() -> pgtrigger.Trigger:
    """Return the trigger that notes a new entry for the next seal."""
    return pgtrigger.Trigger(
        name="awaits_seal",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func="INSERT INTO audit_unsealedentry (id) VALUES (NEW.id); RETURN NULL;",
    )


def seals() -> pgtrigger.Trigger:
    """Return the trigger that computes a seal over the entries that wait for one, whatever the row was given.

    Entries of transactions that have not ended are not visible, so they wait for a later seal. If none waits, no row is
    added.
    """
    return pgtrigger.Trigger(
        name="a_seals",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("last", "audit_auditseal%ROWTYPE"), ("keys", "bytea")],
        func=f"""
            PERFORM pg_advisory_xact_lock({_LOCK});
            SELECT * INTO last FROM audit_auditseal ORDER BY number DESC LIMIT 1;
            WITH waiting AS (
                DELETE FROM audit_unsealedentry WHERE id IN (
                    SELECT id FROM audit_unsealedentry ORDER BY id LIMIT {SEALED_AT_ONCE}
                ) RETURNING id
            ), covered AS (
                SELECT e.id, sha256(convert_to({ROW.format(r="e")}, 'UTF8')) AS digest
                FROM waiting JOIN audit_auditentry e USING (id)
            )
            SELECT array_agg(id ORDER BY id), string_agg(digest, ''::bytea ORDER BY id),
                string_agg(int8send(id), ''::bytea ORDER BY id)
            INTO NEW.entries, NEW.rows, keys
            FROM covered;
            IF NEW.entries IS NULL THEN
                RETURN NULL;
            END IF;
            NEW.number := coalesce(last.number, 0) + 1;
            NEW.at := clock_timestamp();
            NEW.previous := coalesce(last.seal, '');
            NEW.seal := encode(sha256(
                convert_to(concat_ws(':', NEW.previous, NEW.number,
                    to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')), 'UTF8')
                || keys || NEW.rows
            ), 'hex');
            RETURN NEW;
        """,  # noqa: S608  # constant text
    )


def audits_writes(
    object_type: str,
    *columns: str,
    hidden: Sequence[str] = (),
    label: str = "",
    only_outside: bool = False,
    key: str = "r.id::text",
    owner: tuple[str, str] | None = None,
    name: str = "audits_writes",
) -> pgtrigger.Trigger:
    """Return the trigger that audits a write of a row unless its transaction recorded an entry about the row.

    `object_type` is the label of the model in small letters. With `columns`, a change of any of them counts, besides
    new and removed rows; without, only a new row. Values of `hidden` are never shown, only that they changed. `key` and
    `label` are SQL for the key and the name of the row `r`. With `only_outside`, the application needs no entry.
    `owner` is the label and the SQL key of a record whose entry will do, as that of an account for its invitation.

    It runs when the transaction commits, since a service writes its entry after the row.
    """
    names = ", ".join(f"'{name}'" for name in (*columns, *hidden))
    watched = f"ARRAY[{names}]::text[]" if names else "ARRAY(SELECT jsonb_object_keys(new_row))"
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete if names else pgtrigger.Insert
    label = label or f"'{object_type} ' || {key}"
    found = f"SELECT {key}, {label}, {owner[1] if owner else 'NULL'} INTO object_key, named, owner_key FROM"
    subjects = [(object_type, "object_key"), *([(owner[0], "owner_key")] if owner else [])]
    about = " OR ".join(f"(entry.object_type, entry.object_id) = ('{kind}', {of})" for kind, of in subjects)
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Deferred,
        declare=[
            ("context", f"jsonb := {CONTEXT}"),
            ("old_row", "jsonb"),
            ("new_row", "jsonb"),
            ("old_values", "jsonb := '{}'"),
            ("new_values", "jsonb := '{}'"),
            ("column_name", "text"),
            ("object_key", "text"),
            ("owner_key", "text"),
            ("named", "text"),
        ],
        func=_RECORDS.format(
            leave="IF context IS NOT NULL THEN RETURN NULL; END IF;" if only_outside else "",
            found=found,
            differences=_differences(watched, hidden),
            about=about,
            record=record_sql(f"'{object_type}'", "object_key", "named"),
        ),
    )


_RECORDS = """
            {leave}
            IF TG_OP <> 'INSERT' THEN
                old_row := to_jsonb(OLD);
                {found} (SELECT OLD.*) r;
            END IF;
            IF TG_OP <> 'DELETE' THEN
                new_row := to_jsonb(NEW);
                {found} (SELECT NEW.*) r;
            END IF;
            {differences}
            IF new_values = '{{}}' OR EXISTS (
                SELECT FROM audit_auditentry entry WHERE ({about}) AND entry.xid = pg_current_xact_id()
            ) THEN
                RETURN NULL;
            END IF;
            {record}
            RETURN NULL;
        """


def _differences(watched: str, hidden: Sequence[str]) -> str:
    """Return SQL that collects the watched columns that differ in `old_values` and `new_values`."""
    concealed = f"ARRAY[{', '.join(repr(name) for name in hidden)}]::text[]"
    return f"""
            FOREACH column_name IN ARRAY {watched} LOOP
                IF old_row -> column_name IS DISTINCT FROM new_row -> column_name THEN
                    IF column_name = ANY ({concealed}) THEN
                        old_values := old_values || jsonb_build_object(column_name, 'not shown here');
                        new_values := new_values || jsonb_build_object(column_name, 'changed, not shown here');
                    ELSE
                        old_values := old_values || jsonb_build_object(column_name, old_row -> column_name);
                        new_values := new_values || jsonb_build_object(column_name, new_row -> column_name);
                    END IF;
                END IF;
            END LOOP;"""


def record_sql(object_type: str, object_id: str, label: str) -> str:
    """Return SQL of a trigger that records a write from `context`, `old_values`, and `new_values`."""
    return f"""
            INSERT INTO audit_auditentry (
                actor_id, actor_name, action, object_type, object_id, object_label, before, after, request_id, channel,
                address, session, account
            ) VALUES (
                coalesce(context ->> 'actor', ''),
                coalesce(
                    (SELECT u.name FROM accounts_user u WHERE u.id::text = context ->> 'actor'),
                    left('PostgreSQL role ' || session_user, 120)
                ),
                CASE WHEN coalesce(context ->> 'actor', '') = '' THEN '{OUTSIDE}' ELSE '{UNRECORDED}' END,
                {object_type}, {object_id}, left({label}, 200),
                CASE TG_OP WHEN 'INSERT' THEN NULL ELSE old_values END,
                CASE TG_OP WHEN 'DELETE' THEN NULL ELSE new_values END,
                coalesce(context ->> 'request', ''),
                CASE WHEN coalesce(context ->> 'actor', '') = '' THEN 'database' ELSE context ->> 'channel' END,
                '', '', ''
            );"""  # noqa: S608  # constant text
