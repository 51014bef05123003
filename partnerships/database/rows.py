"""SQL of the triggers that guard rows. An error carries its code as the constraint's name.

Every writer locks in one order, which prevents deadlocks: rows of terms, then the partnership, then its awards and what
is below them. Each write makes a version of the partnership, so a service or a script that changes an award locks the
partnership first. It is locked FOR NO KEY UPDATE, so that foreign keys to it stay possible meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pgtrigger

from cpc.currency_codes import SAMPLE_CURRENCY, UNKNOWN
from cpc.database.revisions import REVISION
from cpc.database.triggers import never_truncated
from partnerships.schedules import MOST_ROWS

# PostgreSQL fires the triggers of an event in the order of their names, so a name begins with its phase: `a0_` and `a_`
# guard and lock, `b_` and `c_` check, `z_` derives the parent, `zy_` and `zz_` count versions and write history
# (docs/schema.md).

PARTNERSHIP_TABLE = "partnerships_partnership"
AWARD_TABLE = "partnerships_award"


def lock_sql(parent: str) -> str:
    """Return a statement that locks the partnership with the key `parent`, an SQL expression."""
    return f"PERFORM 1 FROM {PARTNERSHIP_TABLE} WHERE id = {parent} FOR NO KEY UPDATE;"


def other_value_sql(columns: Iterable[str]) -> str:
    """Return the SQL condition that a write sets a derived column to a value of its own.

    `was` is the row before the write and `d` the derived one. A writer may send back either, as a save of the whole row
    does; any third value is the writer's own.
    """
    return " OR ".join(f"NEW.{c} IS DISTINCT FROM was.{c} AND NEW.{c} IS DISTINCT FROM d.{c}" for c in columns)


def touch_sql(keys: str, then: str) -> str:
    """Return statements that lock partnerships in order of their keys and make new versions.

    The update makes the partnerships derive their columns.
    """
    # Locked first, in one order: the UPDATE alone would lock in any order, and two statements could deadlock.
    return f"""
        PERFORM 1 FROM {PARTNERSHIP_TABLE} WHERE id IN ({keys}) ORDER BY id FOR NO KEY UPDATE;
        UPDATE {PARTNERSHIP_TABLE} SET version = version + 1 WHERE id IN ({keys});
        {then}
    """  # noqa: S608  # names of our own tables alone


def counts_versions() -> pgtrigger.Trigger:
    """Return a trigger that counts each change of a partnership and records its time.

    Writers cannot set either value. The time is the clock's, not the start of the transaction, and always later than
    the one before. A row under a partnership makes a version by `UPDATE ... SET version = version + 1`.
    """
    return pgtrigger.Trigger(
        name="z_counts_versions",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func="""
            IF TG_OP = 'INSERT' THEN
                NEW.version := 1;
                NEW.updated_at := clock_timestamp();
            ELSIF NEW IS DISTINCT FROM OLD THEN
                NEW.version := OLD.version + 1;
                NEW.updated_at := greatest(clock_timestamp(), OLD.updated_at + interval '1 microsecond');
            END IF;
            RETURN NEW;
        """,
    )


def makes_version(keys: str, *operations: pgtrigger.core.Operation) -> list[pgtrigger.Trigger]:
    """Return triggers that make one new version of the partnerships per statement on their rows.

    `keys` selects the partnerships from `{rows}`. The partnership is locked after its rows, as in `by_amendment`.
    """
    states = {
        pgtrigger.Insert: ("insert", {"new": "new_rows"}, "new_rows"),
        pgtrigger.Update: (
            "update",
            {"new": "new_rows", "old": "old_rows"},
            # A statement that leaves every row as it was makes no version.
            "(SELECT * FROM new_rows EXCEPT SELECT * FROM old_rows)",
        ),
        pgtrigger.Delete: ("delete", {"old": "old_rows"}, "old_rows"),
    }
    triggers = []
    for operation in operations or tuple(states):
        name, referencing, rows = states[operation]
        triggers.append(
            pgtrigger.Trigger(
                name=f"zy_version_{name}",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=operation,
                referencing=pgtrigger.Referencing(**referencing),  # type: ignore[no-untyped-call]  # pgtrigger is untyped
                func=touch_sql(keys.format(rows=rows), then="RETURN NULL;"),
            )
        )
    return triggers


OWN = "SELECT t.partnership_id FROM {rows} t"
"""The partnerships of rows that have a foreign key to their partnership."""


def locks_partnership(parent: str) -> pgtrigger.Trigger:
    """Return a trigger that locks the partnership before an insert. A documented partnership rejects the row."""
    return pgtrigger.Trigger(
        name="a_locks_partnership",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("record_kind", "text")],
        func=f"""
            SELECT kind INTO record_kind FROM {PARTNERSHIP_TABLE} WHERE id = {parent} FOR NO KEY UPDATE;
            IF record_kind = 'documented' THEN
                PERFORM cpc_refuse('documented_record',
                    'A documented partnership cannot hold its own money. Record a statement with its source.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def bounds_schedule(table: str, *own: str) -> pgtrigger.Trigger:
    """Return a trigger that rejects more than `MOST_ROWS` rows in a schedule.

    `own` are the columns that identify a schedule.
    """
    same = " AND ".join(f"t.{column} = NEW.{column}" for column in own)
    return pgtrigger.Trigger(
        name="b_bounds_schedule",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(*own),  # type: ignore[no-untyped-call]  # pgtrigger is untyped
        func=f"""
            IF (SELECT count(*) FROM {table} t WHERE {same} AND t.id <> NEW.id) >= {MOST_ROWS} THEN
                PERFORM cpc_refuse('schedule_too_long',
                    'The schedule has the maximum of {MOST_ROWS} rows. Check the first and last day.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def leaves_documented(partnership: str) -> pgtrigger.Trigger:
    """Return a trigger that rejects writes under a documented partnership outside its load.

    `partnership` is the SQL of its key, with `r` as the row. This guard runs first, so that its code is reported.
    """
    return pgtrigger.Trigger(
        name="a0_leaves_documented",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("r", "record")],
        func=f"""
            IF TG_OP <> 'INSERT' THEN
                r := OLD;
                PERFORM cpc_leave_documented({partnership});
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            END IF;
            r := NEW;
            PERFORM cpc_leave_documented({partnership});
            RETURN NEW;
        """,
    )


def stays_documented() -> pgtrigger.Trigger:
    """Return a trigger that rejects writes of a documented partnership outside its load.

    What the office enters to publish it makes a new version of it, and changes nothing else.
    """
    return pgtrigger.Trigger(
        name="a0_stays_documented",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("refused", "boolean")],
        func="""
            IF TG_OP = 'INSERT' THEN
                refused := (NEW.kind = 'documented') <> cpc_is_loading(NEW.load_id);
            ELSE
                refused := OLD.kind = 'documented' AND NOT cpc_is_loading(OLD.load_id);
                IF TG_OP = 'UPDATE' AND NEW.version = OLD.version + 1
                    AND to_jsonb(NEW) - 'version' = to_jsonb(OLD) - 'version' THEN
                    refused := FALSE;
                END IF;
            END IF;
            IF refused THEN
                PERFORM cpc_refuse('documented_record',
                    'A documented partnership can be written only by its load, never afterward.');
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


def on_its_day(column: str) -> pgtrigger.Trigger:
    """Return a trigger that rejects a future day: events are recorded on their day or later."""
    return pgtrigger.Trigger(
        name="b_on_its_day",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF NEW."{column}" > cpc_today() THEN
                PERFORM cpc_refuse('future_day', 'This cannot be dated in the future.');
            END IF;
            RETURN NEW;
        """,
    )


def within_partnership(**columns: str) -> pgtrigger.Trigger:
    """Return a trigger that rejects foreign keys to rows of another partnership.

    `columns` maps each foreign key to its table.
    """
    other = " OR ".join(
        f"NEW.{column} IS NOT NULL AND NEW.partnership_id IS DISTINCT FROM "  # noqa: S608  # names of our own tables alone
        f"(SELECT t.partnership_id FROM partnerships_{table} t WHERE t.id = NEW.{column})"
        for column, table in columns.items()
    )
    return pgtrigger.Trigger(
        name="b_within_partnership",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF {other} THEN
                PERFORM cpc_refuse('other_partnership', 'This refers to a record of another partnership.');
            END IF;
            RETURN NEW;
        """,
    )


def sample_money(column: str = "original_currency") -> pgtrigger.Trigger:
    """Return a trigger that keeps the currency for tests to samples. `column` holds the currency."""
    return pgtrigger.Trigger(
        name="b_sample_money",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(**{f"new__{column}": SAMPLE_CURRENCY}),
        func=f"""
            IF (SELECT kind FROM {PARTNERSHIP_TABLE} WHERE id = NEW.partnership_id) <> 'sample' THEN
                PERFORM cpc_refuse('{column}', '{UNKNOWN.replace("'", "''")}');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def lock_first(parent: str) -> pgtrigger.Trigger:
    """Return a trigger that locks the partnership before any other lock of an insert."""
    return pgtrigger.Trigger(
        name="a_lock_first",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"{lock_sql(parent)} RETURN NEW;",
    )


def derives_partnership(keys: str) -> pgtrigger.Trigger:
    """Return a trigger that derives the partnerships' columns after an insert.

    `keys` selects the partnerships from `new_rows`.
    """
    return pgtrigger.Trigger(
        name="z_derives_partnership",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_rows"),  # type: ignore[no-untyped-call]  # pgtrigger is untyped
        func=touch_sql(keys, then="RETURN NULL;"),
    )


def replaces_own(table: str, owner: str) -> pgtrigger.Trigger:
    """Return a trigger that permits a row to replace only a row with the same `owner` column."""
    return pgtrigger.Trigger(
        name="b_replaces_own",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__replaces__isnull=False),
        func=f"""
            IF NEW.{owner} IS DISTINCT FROM (SELECT t.{owner} FROM {table} t WHERE t.id = NEW.replaces_id) THEN
                PERFORM cpc_refuse('replaces', 'A replacement must be about the same subject.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def history(parent: str, *, besides: Sequence[str] = ()) -> pgtrigger.Trigger:
    """Return a trigger that writes every state of a row to its partnership's history.

    `parent` is the SQL of the partnership's key, with `r` as the row. A change only in the columns `besides` is not
    written. The revision is not part of the state.
    """
    if besides:
        left_out = f"ARRAY[{', '.join(repr(column) for column in besides)}]"
        same = f"to_jsonb(NEW) - {left_out} IS NOT DISTINCT FROM to_jsonb(OLD) - {left_out}"
    else:
        same = "NEW IS NOT DISTINCT FROM OLD"
    body = f"""
        IF TG_OP = 'UPDATE' AND {same} THEN RETURN NULL; END IF;
        IF TG_OP = 'DELETE' THEN r := OLD; ELSE r := NEW; END IF;
        INSERT INTO partnerships_history (partnership_id, row_table, row_id, operation, row_state, at)
        VALUES ({parent}, TG_TABLE_NAME, r.id, lower(TG_OP), to_jsonb(r) - '{REVISION}', clock_timestamp());
        RETURN NULL;
    """  # noqa: S608  # names of our own tables alone
    return pgtrigger.Trigger(
        name="zz_history",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("r", "record")],
        func=body,
    )


def history_triggers(parent: str, *, besides: Sequence[str] = ()) -> list[pgtrigger.Trigger]:
    """Return the triggers that write the history of a table whose rows can change."""
    return [history(parent, besides=besides), never_truncated()]


def by_amendment(parent: str, columns: Sequence[str]) -> list[pgtrigger.Trigger]:
    """Return triggers that require an amendment to change rows of terms after signature.

    They cover inserts, deletes, and changes of `columns`. The amendment must be approved by another person, be in
    application in this transaction, and name this row, column, and value. `r` is the row in the expression `parent`.
    No row moves to another partnership, also not through the row that leads to it.
    Rows are compared as JSON: one body serves every table of terms, with or without a `partnership_id`.
    """
    # One piece: the body of one trigger, whose branches share what they read.
    names = ", ".join(f"'{column}'" for column in columns)
    return [
        pgtrigger.Trigger(
            name="b_by_amendment",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            declare=[
                ("r", "record"),
                ("partnership_key", "bigint"),
                ("is_bound", "boolean"),
                ("changed", "text[]"),
                ("one", "text"),
            ],
            func=f"""
                IF TG_OP = 'INSERT' THEN r := NEW; ELSE r := OLD; END IF;
                partnership_key := {parent};
                IF TG_OP = 'UPDATE' THEN
                    r := NEW;
                    IF partnership_key IS DISTINCT FROM {parent} THEN
                        PERFORM cpc_refuse('fixed', 'A row of terms cannot move to another partnership.');
                    END IF;
                    SELECT array_agg(c) INTO changed FROM unnest(ARRAY[{names}]) c
                        WHERE to_jsonb(NEW)->>c IS DISTINCT FROM to_jsonb(OLD)->>c;
                    IF changed IS NULL THEN RETURN NEW; END IF;
                END IF;
                SELECT p.signed_on IS NOT NULL AND p.kind <> 'documented' INTO is_bound
                    FROM {PARTNERSHIP_TABLE} p WHERE p.id = partnership_key FOR NO KEY UPDATE;
                IF NOT coalesce(is_bound, FALSE) THEN
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                END IF;
                IF TG_OP = 'DELETE' THEN
                    PERFORM cpc_refuse('by_amendment',
                        'Terms of a signed partnership can be withdrawn, but not deleted.');
                ELSIF TG_OP = 'INSERT' THEN
                    IF NOT cpc_amendment_adds(partnership_key, TG_TABLE_NAME, to_jsonb(NEW), ARRAY[{names}]) THEN
                        PERFORM cpc_refuse('by_amendment',
                            'Terms of a signed partnership can be added only by amendment.');
                    END IF;
                ELSE
                    FOREACH one IN ARRAY changed LOOP
                        IF NOT cpc_amendment_sets(partnership_key, TG_TABLE_NAME, NEW.id, one, to_jsonb(NEW)->one) THEN
                            PERFORM cpc_refuse('by_amendment',
                                'After signature, ' || one || ' changes only by an approved amendment.');
                        END IF;
                    END LOOP;
                END IF;
                RETURN NEW;
            """,  # noqa: S608  # names of our own tables alone
        )
    ]
