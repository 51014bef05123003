"""Archives of the audit trail: entries that are old enough move to a file, and their seals stay."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import Max
from django.utils import timezone

from cpc.audit.models import AuditArchive, AuditSeal
from cpc.audit.seal import archived_to, verify
from cpc.audit.services import record
from cpc.database.audit_triggers import ROW

LINES = f"""
SELECT {ROW.format(r="e")} FROM audit_auditentry e WHERE e.id > %s AND e.id <= %s ORDER BY e.id
"""  # noqa: S608  # constant text
SEALED_LATER = """
SELECT min(u.id) FROM (
    SELECT unnest(entries) AS id FROM audit_auditseal WHERE number > %s UNION ALL SELECT id FROM audit_unsealedentry
) u
"""


def archive(folder: Path, now: dt.datetime | None = None) -> AuditArchive | None:
    """Move entries of more than AUDIT_ONLINE_DAYS ago to a new file in `folder`; return None if there are none.

    Runs as the owner of the tables (`cpc.database.roles.as_owner`). The file has a line of JSON for each seal, then
    one for each entry, whose SHA-256 is the one in the seal. It is complete on disk before an entry is removed.
    Raises `ValidationError` of code `for_good` if entries stay for good, and `broken` if the trail is; `IntegrityError`
    `legal_hold` under a legal hold.
    """
    if not settings.AUDIT_ONLINE_DAYS:
        raise ValidationError("AUDIT_ONLINE_DAYS is 0: entries stay in the database for good.", code="for_good")
    before = (now or timezone.now()) - dt.timedelta(days=settings.AUDIT_ONLINE_DAYS)
    if problem := verify().problem:
        raise ValidationError(f"The audit trail is broken, and nothing was moved. {problem}", code="broken")
    with transaction.atomic():
        return _archived(folder, before)


def _archived(folder: Path, before: dt.datetime) -> AuditArchive | None:
    first = (AuditArchive.objects.aggregate(last=Max("last_seal"))["last"] or 0) + 1
    seals = list(AuditSeal.objects.filter(number__gte=first, at__lt=before))
    if not seals:
        return None
    start, last = archived_to(), max(max(seal.entries) for seal in seals)
    with connection.cursor() as cursor:
        cursor.execute(SEALED_LATER, [seals[-1].number])
        later = cursor.fetchone()[0]
    # An entry of a transaction that took longer has a smaller key and a later seal. It stays, and those after it.
    last = min(last, later - 1) if later else last
    path = folder / f"audit-{first}-{seals[-1].number}.jsonl"
    entries, sha256 = _write(path, seals, start, last)
    moved = AuditArchive(
        first_seal=first, last_seal=seals[-1].number, last_entry=last, entries=entries, name=path.name, sha256=sha256
    )
    try:
        moved.save()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM audit_auditentry WHERE id > %s AND id <= %s", [start, last])
        record(actor=None, action="archived entries", target=moved, after={"entries": entries, "sha256": sha256})
    except DatabaseError:
        path.unlink()
        raise
    return moved


def _write(path: Path, seals: list[AuditSeal], start: int, last: int) -> tuple[int, str]:
    """Write the file whole, or not at all; return the number of entries and its SHA-256."""
    digest, entries, part = hashlib.sha256(), 0, path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for line in _lines(seals, start, last):
            data = line.encode() + b"\n"
            file.write(data)
            digest.update(data)
            entries += 1
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    return entries - len(seals), digest.hexdigest()


def _lines(seals: list[AuditSeal], start: int, last: int) -> Iterator[str]:
    for seal in seals:
        fields = {
            "number": seal.number,
            "at": f"{seal.at:%Y-%m-%dT%H:%M:%S.%f}",
            "previous": seal.previous,
            "seal": seal.seal,
            "entries": seal.entries,
            "rows": bytes(seal.rows).hex(),
        }
        yield json.dumps(fields)
    with connection.chunked_cursor() as cursor:
        cursor.execute(LINES, [start, last])
        while rows := cursor.fetchmany(2_000):
            yield from (text for (text,) in rows)
