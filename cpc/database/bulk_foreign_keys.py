"""Foreign keys of tables with bulk inserts, checked once per statement instead of once per row.

PostgreSQL looks up a foreign key for each row that is written: with four of them that takes most of the time of a
publish of 100,000 observations. The triggers here reject the same writes (a row that refers to no row, and the deletion
of a row that is referred to), lock the referenced rows in the same way, and raise the same error. A field they guard is
a `ForeignKey(db_constraint=False)`.
"""

from __future__ import annotations

from collections.abc import Mapping

import pgtrigger

from cpc.database.triggers import never_truncated


def refers(references: Mapping[str, str]) -> pgtrigger.Trigger:
    """Return the trigger that rejects new rows whose columns name no row of the tables in `references`.

    Use it only for tables whose rows never change in these columns, since it ignores UPDATE.
    """
    return pgtrigger.Trigger(
        name="refers",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="written"),  # type: ignore[no-untyped-call]  # pgtrigger ships no types
        declare=[("named", "bigint[]"), ("locked", "bigint")],
        func="\n".join([*(_found(column, table) for column, table in references.items()), "RETURN NULL;"]),
    )


def _found(column: str, table: str) -> str:
    # A foreign key takes a KEY SHARE lock: no other transaction can delete the row before this one ends.
    return f"""
        SELECT array_agg(DISTINCT {column}) INTO named FROM written WHERE {column} IS NOT NULL;
        PERFORM 1 FROM {table} WHERE id = ANY (named) FOR KEY SHARE;
        GET DIAGNOSTICS locked = ROW_COUNT;
        IF locked < cardinality(named) THEN
            RAISE foreign_key_violation USING MESSAGE =
                format('a new row of %I names in {column} what {table} does not hold', TG_TABLE_NAME);
        END IF;"""


def referred_to(*by: tuple[str, str]) -> list[pgtrigger.Trigger]:
    """Return triggers that protect a row and its id while a row of the tables in `by` refers to it.

    They also reject TRUNCATE.
    """
    checks = "\n".join(
        f"""
        IF EXISTS (SELECT 1 FROM {table} WHERE {column} = OLD.id) THEN
            RAISE foreign_key_violation USING MESSAGE =
                format('row %s of %I is still referred to from {table}', OLD.id, TG_TABLE_NAME);
        END IF;"""
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
