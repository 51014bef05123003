"""Check constraints and NULL: a condition that is unknown passes, so none may be unknown unless that is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db import connection

pytestmark = [pytest.mark.django_db, pytest.mark.world("empty")]

CONSTRAINTS = """
SELECT r.relname, k.conname, pg_get_expr(k.conbin, k.conrelid), array_agg(a.attname ORDER BY a.attnum),
    array_agg(format_type(a.atttypid, NULL) ORDER BY a.attnum), array_agg(a.attnotnull ORDER BY a.attnum)
FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
WHERE k.contype = 'c' AND k.connamespace = 'public'::regnamespace
GROUP BY 1, 2, 3 HAVING NOT bool_and(a.attnotnull) AND count(*) > 1
"""
"""Check constraints on several columns of which one may be NULL: table, name, condition, and columns with type.

A bound of one optional column is unknown without a value, which is meant.
"""

SAMPLES = {
    "cpc_day": ("'2026-01-01'", "'2026-01-02'"),
    "date": ("'2026-01-01'", "'2026-01-02'"),
    "timestamp with time zone": ("'2026-01-01'", "'2026-01-02'"),
    "boolean": ("TRUE", "FALSE"),
    "bigint": ("0", "1", "2"),
    "integer": ("0", "1", "2"),
    "smallint": ("0", "1", "2"),
    "numeric": ("0", "1", "2"),
    "double precision": ("0", "1", "2"),
}
"""Two or more values of each type of column."""


def candidates(condition: str, type_name: str, *, may_be_null: bool) -> list[str]:
    """Return SQL of values of a column to try: samples of its type, the texts in the condition, and NULL."""
    if type_name in ("character varying", "text"):
        texts = sorted(set(re.findall(r"'([a-z_]+)'::", condition)))[:4]
        values = ["''", "'Something'", *(f"'{text}'" for text in texts)]
    elif type_name.endswith("[]"):
        values = ["'{}'"]
    else:
        values = list(SAMPLES.get(type_name, ()))
    return [f"{value}::{type_name}" for value in [*values, *(["NULL"] if may_be_null else [])]]


def constraints() -> Iterator[tuple[str, str, dict[str, list[str]]]]:
    """Yield the name and condition of each constraint, and the values to try by column."""
    with connection.cursor() as cursor:
        cursor.execute(CONSTRAINTS)
        for table, name, condition, columns, types, full in cursor.fetchall():
            found = {
                column: candidates(condition, kind, may_be_null=not is_full)
                for column, kind, is_full in zip(columns, types, full, strict=True)
            }
            yield f"{table}.{name}", condition, found


def unknown(condition: str, values: dict[str, list[str]]) -> str:
    """Return one combination of values for which a condition is unknown, or ""."""
    lists = ", ".join(
        f'(VALUES {", ".join(f"({value})" for value in found)}) AS v{number} ("{column}")'
        for number, (column, found) in enumerate(values.items())
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {lists} WHERE ({condition}) IS NULL LIMIT 1")
        row = cursor.fetchone()
        return "" if row is None else ", ".join(f"{name}={value}" for name, value in zip(values, row, strict=True))


def test_no_check_is_unknown() -> None:
    tried = {name: unknown(condition, values) for name, condition, values in constraints()}
    assert len(tried) > 60
    assert {name: row for name, row in tried.items() if row} == {}


def test_an_unknown_condition_is_found() -> None:
    values = {"low": ["1", "NULL::int"], "high": ["2"]}
    assert unknown("low <= high", values) == "low=None, high=2"
    assert unknown("low IS NOT NULL AND low <= high", values) == ""
