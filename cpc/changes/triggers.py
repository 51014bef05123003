"""Triggers that write the outbox: one event for each row of a statement, in its transaction.

They run for a statement as a whole, after every other trigger of its table: then the partnership is locked and has its
new version (`zy_version` of `partnerships.database.rows`), so an event carries a version that no other transaction ever
has. A copy that a client read at this version, or a later one, contains the change.
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models

from cpc.changes.tables import CODES, Feed
from cpc.database.revisions import REVISION

COLUMNS = (
    "xid, at, kind, subject, key, partnership, round, revision, changed, before, after, permission, agency, is_sample"
)
DIFFERING = (
    "(SELECT coalesce(jsonb_object_agg(k.key, k.value), '{{}}') FROM jsonb_each({of}) k "
    "WHERE k.value IS DISTINCT FROM {than}->k.key)"
)
MOMENT = """to_char({value} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def writes_changes(feed: Feed) -> list[pgtrigger.Trigger]:
    """Return the triggers of a table in the feed."""
    made = {
        "insert": (pgtrigger.Insert, {"new": "new_rows"}, _added(feed)),
        "update": (pgtrigger.Update, {"new": "new_rows", "old": "old_rows"}, _changed(feed)),
        "delete": (pgtrigger.Delete, {"old": "old_rows"}, _removed(feed)),
    }
    return [
        pgtrigger.Trigger(
            name=f"zz_feed_{name}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=pgtrigger.Referencing(**referencing),  # type: ignore[no-untyped-call]  # pgtrigger is untyped
            func=f"{body} RETURN NULL;",
        )
        for name, (operation, referencing, body) in made.items()
        if name in feed.operations
    ]


def _added(feed: Feed) -> str:
    return _event(
        feed, "n", f"'{feed.subject}.added'", "'{}'::text[]", "NULL::jsonb", "d.v", "new_rows n", _values(feed, "n")
    )


def _removed(feed: Feed) -> str:
    return _event(
        feed, "o", f"'{feed.subject}.removed'", "'{}'::text[]", "d.v", "NULL::jsonb", "old_rows o", _values(feed, "o")
    )


def _changed(feed: Feed) -> str:
    pairs = [(one.name, f'"{one.column}"') for one in feed.columns]
    names = ", ".join(f"CASE WHEN o.{column} IS DISTINCT FROM n.{column} THEN '{name}' END" for name, column in pairs)
    if_any = " OR ".join(["cardinality(d.names) > 0", *(f"({condition})" for condition in feed.moments.values())])
    return _event(
        feed,
        "n",
        feed.update_kind(),
        "d.names",
        DIFFERING.format(of="d.was", than="d.v"),
        DIFFERING.format(of="d.v", than="d.was"),
        f"new_rows n JOIN old_rows o ON o.{feed.key} = n.{feed.key}",
        f"{_values(feed, 'n')}, {_values(feed, 'o', 'was')}, array_remove(ARRAY[{names}]::text[], NULL) AS names",
        if_any,
    )


def _event(
    feed: Feed,
    row: str,
    kind: str,
    changed: str,
    before: str,
    after: str,
    rows: str,
    values: str,
    if_any: str = "TRUE",
) -> str:
    permission = feed.permission_sql.format(r=row) if feed.permission_sql else f"'{feed.permission.name}'"
    partnership, of_round, agency, only_if = (
        sql.format(r=row) for sql in (feed.partnership, feed.round, feed.agency, feed.only_if)
    )
    return f"""
        INSERT INTO changes_change ({COLUMNS})
        SELECT pg_current_xact_id(), clock_timestamp(), {kind}, '{feed.subject}', {row}.{feed.key}, w.partnership,
            {of_round}, v.revision, {changed}, {before}, {after}, {permission}, {agency}, coalesce(v.is_sample, FALSE)
        FROM {rows}
            CROSS JOIN LATERAL (SELECT {partnership} AS partnership) w
            LEFT JOIN LATERAL ({_record(feed, row)}) v ON TRUE
            CROSS JOIN LATERAL (SELECT {values}) d
        WHERE ({if_any}) AND ({only_if})
        ORDER BY {row}.{feed.key};
    """  # noqa: S608  # names of our own tables alone


def _record(feed: Feed, row: str) -> str:
    """Return the SQL of the version of the record that a row belongs to."""
    if feed.record:
        return feed.record.format(r=row, partnership="w.partnership")
    own = any(one.name == REVISION for one in feed.model._meta.concrete_fields)
    return f"SELECT {f'{row}.{REVISION}' if own else 'NULL'}::bigint AS revision, FALSE AS is_sample"


def _values(feed: Feed, row: str, name: str = "v") -> str:
    """Return the SQL of the shown values of a row as an object."""
    shown = [f'{_value(one, row)} AS "{one.name}"' for one in feed.shown]
    shown += [f'{sql.format(r=row)} AS "{label}"' for label, sql in feed.extra.items()]
    if not shown:
        return f"'{{}}'::jsonb AS {name}"
    return f"(SELECT to_jsonb(s) FROM (SELECT {', '.join(shown)}) s) AS {name}"  # noqa: S608  # names of our own tables alone


def _value(column: models.Field[Any, Any], row: str) -> str:
    value = f'{row}."{column.column}"'
    if isinstance(column, models.DecimalField):
        return f"{value}::text"  # exact to the last digit, as in other answers
    if isinstance(column, models.DateTimeField):
        return MOMENT.format(value=value)
    if isinstance(column, models.DateField):
        return f"{value}::date"
    related = column.related_model
    if isinstance(related, type) and (code := CODES.get(related._meta.db_table)):
        return f"(SELECT c.{code} FROM {related._meta.db_table} c WHERE c.id = {value})"  # noqa: S608  # as above
    return value
