"""Authors of records that another person decides on; see `cpc.audit.decidable`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models

from cpc.accounts.models import User
from cpc.accounts.permissions import ROLE_PERMISSIONS, Permission
from cpc.audit.decidable import NO_WRITES, DecidedRecord, RecordPart, parts_in, written_sql
from cpc.audit.models import Authorship
from cpc.database.own_sql import own_sql
from cpc.findings import Finding
from cpc.web import formats

STEP = "took the step: "
"""The beginning of the action of every recorded step."""


def record_authors(actor: User, action: str, target: models.Model) -> None:
    """Record an actor as an author of everything that `target` is part of, unless the action decides on it."""
    table = target._meta.db_table
    parts = [part for part in parts_in(table) if part.audited and action not in part.deciding | NO_WRITES]
    with connection.cursor() as cursor:
        for part in parts:
            cursor.execute(
                f"INSERT INTO audit_authorship (record_kind, record_id, author_id, did) SELECT %s, {part.key}, %s, %s "  # noqa: S608
                f'FROM "{table}" r WHERE r.id = %s AND {part.key} IS NOT NULL AND ({part.only_if})',
                [part.of.kind, actor.pk, _did(action, part.called or f"“{target}”"[:200]), target.pk],
            )


def _did(action: str, named: str) -> str:
    """Return an action as the rest of a sentence that begins with “You”."""
    if action.startswith(STEP):
        return f"took the step “{action.removeprefix(STEP)}”"
    return f"{action} ({named})" if " " in action else f"{action} {named}"


def written_by(model: type[models.Model], keys: Collection[int], user: User, *, name: str = "") -> set[int]:
    """Return the keys of those records of a model of which an account wrote, changed, or submitted a part.

    `name` tells apart two decisions on one model, as `DecidedRecord.name` does.
    """
    decided = _decided(model, name)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT k.id FROM unnest(%s::bigint[]) AS k (id) WHERE {written_sql(decided, 'k.id', '%s')}",  # noqa: S608
            [list(keys), user.pk],
        )
        return {key for (key,) in cursor.fetchall()}


def authors_of(record: models.Model, *, name: str = "") -> list[User]:
    """Return the active accounts that wrote, changed, or submitted part of a record."""
    decided = _decided(type(record), name)
    written = written_sql(decided, str(int(record.pk)), "accounts_user.id")
    rows = User.objects.filter(is_active=True).alias(wrote=own_sql(written, models.BooleanField()))
    return list(rows.filter(wrote=True).order_by("pk"))


def why_not_decide(record: models.Model, user: User, *, name: str = "") -> str:
    """Return the sentence that tells an account what it wrote of a record that another person must decide on, or ""."""
    assert record.pk is not None
    if not written_by(type(record), [record.pk], user, name=name):
        return ""
    rows = Authorship.objects.filter(record_kind=_decided(type(record), name).kind, record_id=record.pk, author=user)
    # A trigger can't tell what the person did; the service that wrote the row can.
    newest = rows.exclude(did="").last() or rows.last()
    assert newest is not None
    did = newest.did or "wrote part of this"
    return f"You {did} on {formats.day(newest.at)}, so an approver other than you must decide."


def decider_findings(record: models.Model, user: User | None, *, name: str = "") -> list[Finding]:
    """Return the error `two_people` if an account is an author of a record; none for a scheduled task."""
    message = "" if user is None else why_not_decide(record, user, name=name)
    return [Finding.error("two_people", message, "")] if message else []


def check_may_decide(record: models.Model, actor: User | None, *, name: str = "") -> None:
    """Raise `ValidationError` with code `two_people` if the actor wrote, changed, or submitted part of a record."""
    for finding in decider_findings(record, actor, name=name):
        raise ValidationError(finding.message, code=finding.code)


def _decided(model: type[models.Model], name: str) -> DecidedRecord:
    table = model._meta.db_table
    return next(part.of for part in _declared(table) if part.of.table == table and part.of.name == name)


def _declared(table: str) -> Iterator[RecordPart]:
    """Yield the declarations of the records of a table themselves: each is a part of itself."""
    yield from (part for part in parts_in(table) if part.of.table == table)


def rows_without_author(rows: models.QuerySet[Any], user: User, *, name: str = "") -> list[Any]:
    """Return those records that an account may decide on, as it wrote no part of them."""
    records = list(rows)
    own = written_by(rows.model, [row.pk for row in records], user, name=name)
    return [row for row in records if row.pk not in own]


def wrote_part(model: type[models.Model], account: str, *, name: str = "") -> models.Func:
    """Return the condition, on rows of a model, that an account wrote part of the record and can't decide on it.

    `account` is SQL for its key.
    """
    written = written_sql(_decided(model, name), "%(expressions)s", account)
    return models.Func(models.F("pk"), template=written, output_field=models.BooleanField())


NAMES = r"""string_agg(regexp_replace(u.name, '^([^,]+), (.+)$', '\1 (\2)'), ' or ' ORDER BY u.name)"""
"""SQL for the names of some accounts `u`, any of whom may decide: "Approver (TIP Office) or Second approver"."""


def deciders(model: type[models.Model], permission: Permission, *, name: str = "") -> models.Func:
    """Return the names, on rows of a model, of the active accounts that may decide on the record; NULL for none."""
    roles = ", ".join(f"'{role.value}'" for role, held in ROLE_PERMISSIONS.items() if permission in held)
    written = written_sql(_decided(model, name), "%(expressions)s", "u.id")
    sql = f"""(SELECT {NAMES} FROM accounts_user u
        WHERE u.is_active AND u.role IN ({roles}) AND NOT {written})"""  # noqa: S608  # our own names alone
    return models.Func(models.F("pk"), template=sql, output_field=models.TextField())


def last_written(model: type[models.Model], *, name: str = "") -> models.Subquery:
    """Return the time, on rows of a model, at which anybody last wrote part of the record: it waits since then."""
    rows = Authorship.objects.filter(record_kind=_decided(model, name).kind, record_id=models.OuterRef("pk"))
    return models.Subquery(rows.order_by("-at").values("at")[:1])
