"""Database triggers that protect history from changes."""

from __future__ import annotations

from collections.abc import Sequence

import pgtrigger

# Triggers run with the owner's rights, so that `current_user` is the owner. The role of the session can't be forged:
# SET ROLE takes only a role that the session's own one is a member of.
IS_OWNER = """pg_has_role(
        (CASE current_setting('role') WHEN 'none' THEN session_user::text ELSE current_setting('role') END)::name,
        (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE'
    )"""
"""SQL condition of a trigger: the session has the role of the table's owner, as `manage.py migrate` does."""


def never_truncated() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="never_truncated",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'the rows of % are kept', TG_TABLE_NAME;",
    )


def append_only() -> list[pgtrigger.Trigger]:
    """Return triggers that reject UPDATE, DELETE, and TRUNCATE of a table."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        never_truncated(),
    ]


def same_key() -> pgtrigger.Trigger:
    """Return the trigger that rejects another primary key, for a table whose rows the application may only lock."""
    return pgtrigger.Trigger(
        name="same_key",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("id"),  # type: ignore[no-untyped-call]  # pgtrigger is untyped
        func="""
            IF NEW.id <> OLD.id THEN
                RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'fixed',
                    MESSAGE = 'The key of a row never changes.';
            END IF;
            RETURN NEW;
        """,
    )


def superseded_once(table: str, closing: Sequence[str] = ("superseded_at", "valid_to")) -> list[pgtrigger.Trigger]:
    """Return triggers that let a row of `table` be closed once and reject every other change.

    `closing` names the columns that closing fills, `superseded_at` among them.
    """
    closing_values = "\n                ".join(f"closed.{column} := OLD.{column};" for column in closing)
    return [
        pgtrigger.Trigger(
            name="superseded_once",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            declare=[("closed", f"{table}%ROWTYPE")],
            func=pgtrigger.Func(  # type: ignore[no-untyped-call]  # pgtrigger is untyped
                f"""
                IF OLD.superseded_at IS NOT NULL THEN
                    RAISE EXCEPTION 'row % of % is superseded and does not change', OLD.id, TG_TABLE_NAME;
                END IF;
                closed := NEW;
                {closing_values}
                IF closed IS DISTINCT FROM OLD THEN
                    RAISE EXCEPTION 'row % of % is never edited, only superseded', OLD.id, TG_TABLE_NAME;
                END IF;
                RETURN NEW;
                """
            ),
        ),
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        never_truncated(),
    ]
