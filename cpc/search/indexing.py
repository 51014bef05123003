"""Writing of passages: by triggers in the transaction of the record, and all again by `rebuild`."""

from __future__ import annotations

import hashlib
from typing import Any

import pgtrigger
from django.db import connections, transaction

from cpc.search.models import Passage
from cpc.search.registry import Findable, findables

TABLE = Passage._meta.db_table
COLUMNS = (
    "kind", "record", "subject_kind", "subject", "source", "country", "year", "author", "is_sample", "label", "detail",
    "title", "text", "vector",
)  # fmt: skip


INSERT = f"INSERT INTO {TABLE} ({', '.join(COLUMNS)})"


def find(findable: Findable) -> None:
    """Register a kind of record, with the trigger that writes its passages."""
    findables.add(findable)
    pgtrigger.register(_trigger(findable))(findable.model)


def _trigger(findable: Findable) -> pgtrigger.Trigger:
    """Return the trigger that writes the passage of a record when it is added, changed, or removed."""
    write = f"{INSERT} {passages_sql(findable, '(SELECT NEW.*)')};"
    if findable.inserts_only:
        condition = pgtrigger.Condition(findable.when) if findable.when else None
        return pgtrigger.Trigger(
            name=_name(findable),
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            condition=condition,
            func=f"{write} RETURN NULL;",
        )
    changed = dict.fromkeys((*findable.title, *findable.text, *findable.watch))
    operation = pgtrigger.Insert | pgtrigger.Delete
    if changed:
        operation |= pgtrigger.UpdateOf(*changed)  # type: ignore[no-untyped-call]  # pgtrigger is untyped
    return pgtrigger.Trigger(
        name=_name(findable),
        when=pgtrigger.After,
        operation=operation,
        func=f"""
            IF TG_OP <> 'INSERT' THEN
                DELETE FROM {TABLE} WHERE kind = '{findable.kind}' AND record = OLD.id;
            END IF;
            IF TG_OP <> 'DELETE' THEN
                {write}
            END IF;
            RETURN NULL;
        """,  # noqa: S608  # names of our own tables and constants alone
    )


def _name(findable: Findable) -> str:
    return f"zz_found_{findable.kind}"


def passages_sql(findable: Findable, table: str) -> str:
    """Return the query of the passages of the rows of `table`. A row without any text has none."""
    title = _joined(findable.title, findable.more_title, "' '")
    text = _joined(findable.text, findable.more_text, r"E'\n'")
    return f"""
        SELECT '{findable.kind}', r.id, '{findable.subject}', {findable.about}, {findable.source}, {findable.country},
            {findable.year}, {findable.author}, {findable.is_sample}, {findable.label}, {findable.detail},
            {title}, {text}, cpc_search_vector({title}, {text})
        FROM {table} r
        WHERE ({findable.where}) AND {title} || {text} <> ''"""  # noqa: S608  # as above


def _joined(columns: tuple[str, ...], more: str, by: str) -> str:
    parts = [f"NULLIF(r.{column}, '')" for column in columns] + ([] if more == "NULL" else [more])
    return f"concat_ws({by}, {', '.join(parts)})" if parts else "''"


def rebuild(using: str = "default") -> int:
    """Write every passage again, and return their number. Only the owner of the tables may.

    Writers wait until it ends, so that none of their records is missed.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(f"LOCK TABLE {TABLE} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608  # as above
        total = 0
        for findable in findables:
            cursor.execute(f"{INSERT} {passages_sql(findable, _table(findable))}{_condition(findable)}")
            total += cursor.rowcount
        cursor.execute(f"COMMENT ON TABLE {TABLE} IS %s", [declaration_digest()])
    with connections[using].cursor() as cursor:
        cursor.execute(f"ANALYZE {TABLE}")
    return total


def _table(findable: Findable) -> str:
    return findable.model._meta.db_table


def _condition(findable: Findable) -> str:
    return f" AND ({findable.when.replace('NEW.', 'r.')})" if findable.when else ""


def declaration_digest() -> str:
    """Return the digest of all declarations, as the comment on the table names those of its passages."""
    text = "\n".join(passages_sql(one, _table(one)) + _condition(one) for one in findables.sorted(lambda one: one.kind))
    return hashlib.sha256(text.encode()).hexdigest()


def rebuild_if_changed(*, using: str, **_: Any) -> None:
    """Write every passage again if the declarations differ from those that wrote them, after each migration."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [TABLE])
        (written,) = cursor.fetchone()
    if written != declaration_digest():
        rebuild(using)
