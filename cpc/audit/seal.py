"""Seals of the audit trail, and their verification.

The scheduler adds a seal after the transactions that wrote entries have ended, so that no write waits for it. Each seal
is also a line of the log, which leaves the machine with the log: whoever holds a line of it can tell later that the
trail still has everything up to there (`manage.py verify_audit --heads FILE`).

A seal proves that entries are as they were when they were sealed. It doesn't prove who wrote them.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from cpc.audit.models import AuditArchive, AuditEntry, AuditSeal, AuditVerification, UnsealedEntry
from cpc.database.audit_triggers import ROW

log = logging.getLogger(__name__)

SEALED = f"""
SELECT s.number, s.at AT TIME ZONE 'UTC', s.previous, s.seal, s.rows, u.id, {ROW.format(r="e")}, e.id IS NULL
FROM audit_auditseal s CROSS JOIN unnest(s.entries) WITH ORDINALITY u (id, position)
LEFT JOIN audit_auditentry e ON e.id = u.id
ORDER BY s.number, u.position
"""  # noqa: S608  # constant text
UNCOVERED = """
SELECT min(e.id) FROM audit_auditentry e
WHERE NOT EXISTS (SELECT FROM audit_unsealedentry w WHERE w.id = e.id)
AND NOT EXISTS (SELECT FROM (SELECT unnest(entries) AS id FROM audit_auditseal) s WHERE s.id = e.id)
"""
LOST = """
SELECT min(w.id) FROM audit_unsealedentry w WHERE NOT EXISTS (SELECT FROM audit_auditentry e WHERE e.id = w.id)
"""
READ_AT_ONCE = 5_000
HEAD = re.compile(r"(?:Audit trail sealed: |Head: |^)(?P<number>\d+) (?P<seal>[0-9a-f]{64})\b")
"""A seal in a line of the log, of `verify_audit`, or of a list: its number and its SHA-256."""


@dataclass(frozen=True, slots=True)
class Verified:
    """The outcome of a verification: how much was compared, the newest seal, and the first break, "" for none."""

    entries: int
    seals: int
    head: str
    problem: str


def seal_entries() -> list[AuditSeal]:
    """Seal all entries of transactions that have ended, and log each seal. Return the new seals, oldest first."""
    new = []
    while UnsealedEntry.objects.exists():
        before = newest()
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO audit_auditseal DEFAULT VALUES")
        for seal in AuditSeal.objects.filter(number__gt=before.number if before else 0):
            log.info(
                "Audit trail sealed: %s %s",
                seal.number,
                seal.seal,
                extra={"audit_seal": seal.number, "audit_head": seal.seal},
            )
            new.append(seal)
        if newest() == before:  # another process sealed them
            break
    return new


def newest() -> AuditSeal | None:
    return AuditSeal.objects.order_by("-number").first()


def verify(heads: Mapping[int, str] | None = None) -> Verified:
    """Compare every sealed entry with its seal, and the chain of seals, and record the outcome.

    `heads` are seals by number that are known from elsewhere. Those of earlier verifications are compared as well.
    The first break is named: an entry that was changed, is missing, or was inserted, a seal that was changed, or seals
    that were cut off.
    """
    with transaction.atomic():  # the rows are read through a cursor of the server
        found = _compared({**_earlier_heads(), **(heads or {})})
    AuditVerification.objects.create(
        entries=found.entries, seals=found.seals, head=found.head, problem=found.problem[:300]
    )
    return found


def _earlier_heads() -> dict[int, str]:
    last = AuditVerification.objects.filter(problem="").exclude(seals=0).first()
    return {last.seals: last.head} if last else {}


def _compared(heads: Mapping[int, str]) -> Verified:
    chain = _Chain(dict(heads), archived=archived_to())
    for row in _rows(SEALED):
        chain.add(*row)
        if chain.problem:
            break
    else:
        chain.end()
    return Verified(chain.entries, chain.number, chain.seal, chain.problem or _outside_of_seals())


def _outside_of_seals() -> str:
    with connection.cursor() as cursor:
        cursor.execute(UNCOVERED)
        if (inserted := cursor.fetchone()[0]) is not None:
            return f"Entry {inserted} was inserted: no seal covers it, and it doesn't wait for one."
        cursor.execute(LOST)
        if (lost := cursor.fetchone()[0]) is not None:
            return f"Entry {lost} is missing. It had not been sealed yet."
    return ""


def _rows(sql: str) -> Iterator[Any]:
    """Yield the rows of a query without holding all of them."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(READ_AT_ONCE):
            yield from rows


@dataclass(slots=True)
class _Chain:
    """The chain of seals, computed again from the entries, until the first break."""

    heads: dict[int, str]
    archived: int = 0
    number: int = 0
    seal: str = ""
    entries: int = 0
    problem: str = ""
    _open: tuple[Any, ...] | None = None
    _keys: list[int] = field(default_factory=list)

    def add(self, number: int, at: Any, previous: str, seal: str, rows: Any, key: int, text: str, gone: bool) -> None:
        """Compare one entry; at the first entry of a seal, end the seal before."""
        if self._open is None or self._open[0] != number:
            self.end_seal()
            if self.problem:
                return
            self._open = (number, at, previous, seal, bytes(rows))
            if number != self.number + 1:
                self.problem = f"Seal {self.number + 1} is missing: seal {number} follows seal {self.number}."
                return
        position = len(self._keys)
        self._keys.append(key)
        if gone and key <= self.archived:
            return  # the archive has it, and the seal its digest
        if gone:
            self.problem = f"Entry {key} is missing. Seal {number} covers it."
        elif hashlib.sha256(text.encode()).digest() != self._open[4][32 * position : 32 * position + 32]:
            self.problem = f"Entry {key} was changed after seal {number}."
        else:
            self.entries += 1

    def end_seal(self) -> None:
        """Compare the open seal with what its entries and the seal before give."""
        if self._open is None:
            return
        number, at, previous, seal, rows = self._open
        head = f"{self.seal}:{number}:{at:%Y-%m-%dT%H:%M:%S.%f}"
        keys = b"".join(key.to_bytes(8, "big") for key in self._keys)
        computed = hashlib.sha256(head.encode() + keys + rows).hexdigest()
        known = self.heads.pop(number, seal)
        if previous != self.seal or computed != seal or len(rows) != 32 * len(self._keys):
            self.problem = f"Seal {number} was changed: it does not follow from its entries and the seal before."
        elif known != seal:
            self.problem = f"Seal {number} differs from the known one: the trail up to there was replaced."
        self.number, self.seal = number, seal
        self._open, self._keys = None, []

    def end(self) -> None:
        self.end_seal()
        if not self.problem and self.heads:
            self.problem = (
                f"The trail was cut off after seal {self.number}: seal {min(self.heads)} is known from elsewhere."
            )


def archived_to() -> int:
    """Return the key of the last entry that was moved to an archive; 0 if none was."""
    return AuditArchive.objects.aggregate(last=Max("last_entry"))["last"] or 0


def read_heads(lines: Iterable[str]) -> dict[int, str]:
    """Return the seals in lines of a log, in either format, or of `verify_audit`; other lines are passed over."""
    found = (HEAD.search(line) for line in lines)
    return {int(match["number"]): match["seal"] for match in found if match}


def seal_problems() -> list[str]:
    """Return what readiness reports: a broken trail, or entries that wait too long for a seal."""
    last = AuditVerification.objects.first()
    problems = [f"The audit trail is broken. {last.problem}"] if last and last.problem else []
    if _oldest_unsealed_is_late():
        problems.append("Entries of the audit trail wait for a seal for more than an hour: the scheduler does not run.")
    return problems


def _oldest_unsealed_is_late() -> bool:
    if not settings.REDIS_URL:  # no scheduler runs
        return False
    oldest = UnsealedEntry.objects.order_by("pk").values("pk")[:1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT now() - interval '1 hour'")
        late = cursor.fetchone()[0]
    return AuditEntry.objects.filter(pk__in=oldest, at__lt=late).exists()
