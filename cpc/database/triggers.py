"""Database triggers that tables share: they protect history, guard moves of a state, and check foreign keys in bulk.

A column with a state that services set directly::

    class Import(models.Model):
        class Meta:
            triggers = state_triggers(IMPORT)

A state that follows from recorded steps needs `follows_steps` and `takes_steps` of `partnerships.database.lifecycle`
instead: then the column changes in no other way, and a step is accepted only from its source.

Foreign keys of tables with bulk inserts are checked once per statement (`refers`, `referred_to`). PostgreSQL looks up a
foreign key for each row that is written: with four of them that takes most of the time of a publish of 100,000
observations. The triggers reject the same writes (a row that refers to no row, and the deletion of a row that is
referred to), lock the referenced rows in the same way, and raise the same error. A field they guard is a
`ForeignKey(db_constraint=False)`.

"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pgtrigger

from cpc.lifecycle import StateMachine

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


def state_triggers(machine: StateMachine, field: str = "state", *, code: str = "transition") -> list[pgtrigger.Trigger]:
    """Return triggers that reject a move of `field` that `machine` does not allow, with an error of `code`.

    The names of the triggers begin with `a_`, so that an illegal move is rejected before other triggers run.
    """
    moves = ", ".join(f"('{source}', '{target}')" for source, target in machine.moves())
    return [
        pgtrigger.Trigger(
            name=f"a_allowed_{field}",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition(f'OLD."{field}" IS DISTINCT FROM NEW."{field}"'),
            func=f"""
                IF (OLD."{field}", NEW."{field}") NOT IN ({moves}) THEN
                    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = '{code}',
                        MESSAGE = 'No step leads from ' || OLD."{field}" || ' to ' || NEW."{field}" || '.';
                END IF;
                RETURN NEW;
            """,
        )
    ]


def refers(references: Mapping[str, str]) -> pgtrigger.Trigger:
    """Return the trigger that rejects new rows whose columns name no row of the tables in `references`.

    Use it only for tables whose rows never change in these columns, since it ignores UPDATE.
    """
    columns = ", ".join(references)
    named = ", ".join(f"array_agg(DISTINCT d.{column}) FILTER (WHERE d.{column} IS NOT NULL)" for column in references)
    # The rows are read once, and by hash: array_agg(DISTINCT ...) sorts what it is given.
    read = f"""
        SELECT {named} INTO {", ".join(f"named_{column}" for column in references)}
        FROM (SELECT DISTINCT {columns} FROM written) d;"""  # noqa: S608  # names of columns, by the models
    return pgtrigger.Trigger(
        name="refers",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="written"),  # type: ignore[no-untyped-call]  # pgtrigger ships no types
        declare=[*((f"named_{column}", "bigint[]") for column in references), ("locked", "bigint")],
        func="\n".join([read, *(_found(column, table) for column, table in references.items()), "RETURN NULL;"]),
    )


def _found(column: str, table: str) -> str:
    # A foreign key takes a KEY SHARE lock: no other transaction can delete the row before this one ends.
    return f"""
        PERFORM 1 FROM {table} WHERE id = ANY (named_{column}) FOR KEY SHARE;
        GET DIAGNOSTICS locked = ROW_COUNT;
        IF locked < cardinality(named_{column}) THEN
            RAISE foreign_key_violation USING MESSAGE =
                format('a new row of %I names in {column} what {table} does not hold', TG_TABLE_NAME);
        END IF;"""  # names of tables and columns, by the models


def referred_to(*by: tuple[str, str]) -> list[pgtrigger.Trigger]:
    """Return triggers that protect a row and its id while a row of the tables in `by` refers to it.

    They also reject TRUNCATE.
    """
    checks = "\n".join(
        f"""
        IF EXISTS (SELECT 1 FROM {table} WHERE {column} = OLD.id) THEN
            RAISE foreign_key_violation USING MESSAGE =
                format('row %s of %I is still referred to from {table}', OLD.id, TG_TABLE_NAME);
        END IF;"""  # noqa: S608  # names of tables and columns, by the models
        for table, column in by
    )
    return [
        pgtrigger.Trigger(
            name="referred_to",
            when=pgtrigger.Before,
            operation=pgtrigger.Delete | pgtrigger.UpdateOf("id"),  # type: ignore[no-untyped-call]  # as above
            func=checks + "\nIF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\nRETURN NEW;",
        ),
        never_truncated(),
    ]
