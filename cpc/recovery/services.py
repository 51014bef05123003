"""Writing a backup: one snapshot of the database, then every stored file, then the manifest."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import logging
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from cpc.audit.services import record
from cpc.changes.cursors import epoch_of
from cpc.database.work_locks import working_on
from cpc.files.storage import FileStore, files
from cpc.recovery import contents
from cpc.recovery.destinations import Destination, Writing
from cpc.recovery.encryption import EncryptedWriter, fingerprint, public_key
from cpc.recovery.manifest import DATABASE, FILES, INDEX, Manifest, StoredPart, migrations_of_code, product_version
from cpc.recovery.models import Backup
from cpc.recovery.programs import connection_of, program, version_of
from cpc.recovery.reading import check_parts, manifest_of

BACKING_UP = 7136
"""Number of this work among the advisory locks of the database."""
BLOCK = 1024 * 1024


log = logging.getLogger(__name__)


class NotBackedUp(Exception):
    """No backup was made; the message names the reason and the remedy."""


def back_up(to: Destination, *, made_by: str) -> Backup | None:
    """Make a backup, read it back, remove the oldest beyond `BACKUPS_KEPT`, and return its row.

    Return None if another process makes one now. A failure leaves a row with its reason and nothing else, and raises
    `NotBackedUp`.
    """
    with working_on(BACKING_UP, 0) as is_ours:
        if not is_ours:
            return None
        began, clock = timezone.now(), time.monotonic()
        to_name = _free_name(to, began)
        row = Backup(name=to_name, began_at=began, made_by=made_by[:60], destination=str(to)[:300])
        try:
            to.sweep()
            manifest = _write(to, to_name, began)
            check_parts(to, manifest)
        except Exception as error:
            log.exception("The backup %s failed.", to_name)
            row.error = (str(error) or type(error).__name__)[:500]
            row.seconds = time.monotonic() - clock
            row.save(force_insert=True)
            raise NotBackedUp(f"No backup was made: {row.error}") from error
        row.seconds = time.monotonic() - clock
        row.size, row.rows, row.files = manifest.size, manifest.rows, manifest.files["count"]
        row.is_encrypted, row.verified_at = bool(manifest.recipient), timezone.now()
        row.manifest_sha256 = hashlib.sha256(manifest.as_bytes()).hexdigest()
        row.save(force_insert=True)
        shown = {"destination": row.destination, "size": row.size, "manifest_sha256": row.manifest_sha256}
        record(actor=None, action="backed up", target=row, after=shown)
        remove_old(to)
        return row


def _free_name(to: Destination, began: dt.datetime) -> str:
    """Return a name that no backup has: the second, and a number for a further one within it."""
    stem, taken = f"cpc-{began:%Y%m%dT%H%M%SZ}", set(to.names())
    names = [stem, *(f"{stem}-{number}" for number in range(2, 100))]
    taken |= set(Backup.objects.filter(name__startswith=stem).values_list("name", flat=True))
    return next(name for name in names if name not in taken)


def remove_old(to: Destination) -> list[str]:
    """Remove all but the newest `BACKUPS_KEPT` backups of a destination; return the names of those removed."""
    old = to.names()[: -settings.BACKUPS_KEPT]
    for name in old:
        to.remove(name)
        Backup.objects.filter(name=name, removed_at=None).update(removed_at=timezone.now())
    return old


def _write(to: Destination, name: str, began: dt.datetime) -> Manifest:
    recipient = public_key(Path(settings.BACKUP_RECIPIENT)) if settings.BACKUP_RECIPIENT else None
    with to.writing(name) as writing, snapshot() as (cursor, exported):
        cursor.execute(contents.ABOUT)
        server, major, database, owner, encoding, collation, ctype = cursor.fetchone()
        dump = program("pg_dump", major)
        parts = Parts(writing, recipient)
        with parts.writing(DATABASE) as out:
            _dump(dump, exported, out)
        cursor.execute(contents.MIGRATIONS)
        ours = migrations_of_code()
        facts: dict[str, Any] = {
            "migrations": {key: ours[key] for (key,) in cursor.fetchall() if key in ours},
            "tables": contents.tables_of(cursor, contents.LEFT_OUT),
            "roles": contents.roles_of(cursor),
            "audit": contents.audit_of(cursor),
            "epoch": epoch_of(cursor).hex(),
        }
        # After the snapshot: a file is stored before the row that names it, and never changed.
        count, size = _write_files(parts, files())
        manifest = Manifest(
            name=name,
            made_at=began.isoformat(),
            product=product_version(),
            server=server,
            server_major=major,
            dumped_by=version_of(dump),
            database={"name": database, "owner": owner, "encoding": encoding, "collation": collation, "ctype": ctype},
            files={"count": count, "bytes": size},
            key_check=contents.key_check(name),
            recipient=fingerprint(recipient) if recipient else "",
            parts=tuple(parts.made),
            **facts,
        )
        writing.finish(manifest.as_bytes())
    return manifest


@contextmanager
def snapshot() -> Iterator[tuple[Any, str]]:
    """Yield a cursor of a transaction that sees one moment of the database, and the name by which others share it.

    It has a connection of its own, since the caller's goes on writing.
    """
    own = connections["default"].copy()
    try:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(contents.PLAIN)
            cursor.execute("SELECT pg_export_snapshot()")
            yield cursor, cursor.fetchone()[0]
    finally:
        own.close()


def _dump(path: Path, exported: str, out: Any) -> None:
    """Write the dump of the snapshot, with rights and owners, without any password of a role, and without sessions."""
    dsn, environment = connection_of(connection.get_connection_params())
    left_out = [f"--exclude-table-data=public.{table}" for table in sorted(contents.LEFT_OUT)]
    command = [str(path), "--format=custom", f"--snapshot={exported}", *left_out, f"--dbname={dsn}"]
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment) as process:
            assert process.stdout is not None
            shutil.copyfileobj(process.stdout, out, BLOCK)
        if process.returncode:
            raise NotBackedUp(f"pg_dump failed: {last_line(errors)}")


def last_line(errors: IO[bytes]) -> str:
    """Return the last lines that a program wrote, as one line."""
    errors.seek(0)
    return " ".join(errors.read().decode(errors="replace").split())[-400:]


class Parts:
    """The parts of a backup that is being written, each with the checksum of its stored bytes."""

    def __init__(self, writing: Writing, recipient: Any) -> None:
        self._writing, self._recipient = writing, recipient
        self.made: list[StoredPart] = []

    @contextmanager
    def writing(self, name: str) -> Iterator[Any]:
        """Yield where to write a part. It is stored, and on record, once the block ends well."""
        with self._writing.create(name) as stored:
            summed = _Summed(stored)
            if self._recipient is None:
                yield summed
            else:
                encrypted = EncryptedWriter(summed, self._recipient, name)
                yield encrypted
                encrypted.close()
        self.made.append(StoredPart(name, summed.size, summed.digest.hexdigest()))


class _Summed:
    def __init__(self, out: IO[bytes]) -> None:
        self._out, self.digest, self.size = out, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        self._out.write(data)
        return len(data)


class SummedReader:
    """Reads a file, with the digest of what was read."""

    def __init__(self, file: Any) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._file.read(size)
        self.digest.update(data)
        return data


def _write_files(parts: Parts, storage: FileStore) -> tuple[int, int]:
    """Write all files as one archive, and an index with the digest of each. Return their number and size."""
    index, count, total = io.BytesIO(), 0, 0
    with parts.writing(FILES) as out, tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for name in storage.names():
            try:
                file = storage.open(name, "rb")
            except FileNotFoundError:
                continue  # a package of data that a newer one replaced meanwhile
            with file:
                read, entry = SummedReader(file), tarfile.TarInfo(name)
                entry.size = storage.size(name)
                archive.addfile(entry, read)
            line = {"name": name, "size": entry.size, "sha256": read.digest.hexdigest()}
            index.write(json.dumps(line).encode() + b"\n")
            count, total = count + 1, total + entry.size
    with parts.writing(INDEX) as out:
        out.write(index.getvalue())
    return count, total


def check_backup(at: Destination, name: str) -> Manifest:
    """Read every part of a backup, compare its checksum, and store when. Raises `BadBackup`."""
    manifest = manifest_of(at, name)
    check_parts(at, manifest)
    Backup.objects.filter(name=name, error="").update(verified_at=timezone.now())
    return manifest
