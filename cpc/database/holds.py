"""Triggers that refuse to delete what a legal hold covers, or what is younger than any schedule allows to remove."""

from __future__ import annotations

import pgtrigger

HOLDS = "retention_legalhold"
OFFICE, PARTNERSHIP, ROUND = "office", "partnership", "round"
"""Kinds of records that a legal hold covers; `OFFICE` covers everything."""


def held_sql(row: str, partnership: str = "", round_column: str = "") -> str:
    """Return the SQL condition that a hold in force covers a row: one on its record, or on the whole office.

    A row that names no record is covered by any hold, since it is unknown what it is about.
    """
    of_record = [
        f"h.scope = '{scope}' AND h.record = {row}.{column}"
        for scope, column in ((PARTNERSHIP, partnership), (ROUND, round_column))
        if column
    ]
    covered = " OR ".join([f"h.scope = '{OFFICE}'", *of_record]) if of_record else "TRUE"
    return f"EXISTS (SELECT 1 FROM {HOLDS} h WHERE h.lifted_at IS NULL AND ({covered}))"  # noqa: S608  # our own names


def blocked_by_holds(*, partnership: str = "", round_column: str = "", younger: str = "") -> pgtrigger.Trigger:
    """Return the trigger that refuses to delete a row under a legal hold, or one that is `younger`, as SQL over OLD."""
    too_young = f"""
        IF {younger} THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'too_young',
                MESSAGE = 'It is too young to be removed.';
        END IF;"""
    return pgtrigger.Trigger(
        name="b_not_held",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func=f"""
            IF {held_sql("OLD", partnership, round_column)} THEN
                RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'legal_hold',
                    MESSAGE = 'A legal hold covers it, so it is not removed.';
            END IF;
            {too_young if younger else ""}
            RETURN OLD;
        """,
    )
