"""Restoring a backup into an empty database, and verifying it; or both in a scratch database that is dropped again."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import tarfile
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connection, transaction
from psycopg2 import sql

from cpc import request_context
from cpc.audit.services import record
from cpc.database.roles import NO_OWNER, as_owner, ensure_role
from cpc.recovery import contents, verification
from cpc.recovery.destinations import Destination
from cpc.recovery.manifest import DATABASE, FILES, BadBackup, Manifest, RoleOnRecord, check_schema
from cpc.recovery.models import Restoration
from cpc.recovery.programs import connection_of, program
from cpc.recovery.reading import StoredFile, check_parts, index_of, manifest_of, plain
from cpc.recovery.services import BLOCK, SummedReader, last_line
from cpc.recovery.verification import Report

Say = Callable[[str], Any]
OBJECTS = """
SELECT count(*) FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
"""
MAINTENANCE = "postgres"
"""Database of every server from which others are created."""
SCRATCH = "cpc_drill_"


class NotRestored(Exception):
    """Nothing, or not everything, was restored; the message names the remedy."""


@dataclass
class Restored:
    """The result of a restoration."""

    manifest: Manifest
    seconds: float
    report: Report = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        return not any(self.report.values())


def restore(at: Destination, name: str, *, key: Any = None, into_new: str = "", say: Say = print) -> Restored:
    """Restore a backup into the empty database of the settings, or into a new one of its server, and verify it.

    Everything that can be checked before is checked before anything is written. Raises `BadBackup` and `NotRestored`.
    """
    began = time.monotonic()
    manifest, index = _checked(at, name, key, say)
    target = into_new or connection.settings_dict["NAME"]
    _make_database(target, is_new=bool(into_new))
    with on_database(target):
        _require_empty(target)
        _require_free(index)
        say("Roles")
        _make_roles(manifest)
        say("Database")
        _load(at, manifest, key)
        report = {"tables": verification.tables(manifest)}
        say("Files")
        _write_files(at, manifest, index, key)
        say("Migrations, triggers, and rights")
        call_command("migrate", verbosity=0, interactive=False)
        _end_sessions()
        say("Verification")
        report |= verification.everything(manifest, index, is_drill=False)
        done = Restored(manifest, time.monotonic() - began, report, verification.notes(manifest))
        _keep(done, is_drill=False)
    return done


def drill(at: Destination, name: str, *, key: Any = None, say: Say = print) -> Restored:
    """Restore a backup into a scratch database, verify it, and drop the database, whatever happens."""
    began = time.monotonic()
    manifest, index = _checked(at, name, key, say)
    scratch = f"{SCRATCH}{uuid.uuid4().hex[:12]}"
    _make_database(scratch, is_new=True)
    try:
        with on_database(scratch):
            _make_roles(manifest)
            say("Database")
            _load(at, manifest, key)
            report = {"tables": verification.tables(manifest)}
            say("Files")
            report["stored"] = _compare_files(at, manifest, index, key)
            say("Migrations, triggers, and rights")
            call_command("migrate", verbosity=0, interactive=False)
            say("Verification")
            report |= verification.everything(manifest, index, is_drill=True)
    finally:
        _drop(scratch)
    done = Restored(manifest, time.monotonic() - began, report, verification.notes(manifest))
    _keep(done, is_drill=True)
    return done


def _checked(at: Destination, name: str, key: Any, say: Say) -> tuple[Manifest, Mapping[str, StoredFile]]:
    manifest = manifest_of(at, name)
    say(f"Backup {manifest.name}: checksums of {len(manifest.parts)} parts")
    check_schema(manifest)
    check_parts(at, manifest)
    return manifest, index_of(at, manifest, key)


def _keep(done: Restored, *, is_drill: bool) -> None:
    with request_context.acting("command"), transaction.atomic():
        row = Restoration.objects.create(
            backup=done.manifest.name,
            made_at=dt.datetime.fromisoformat(done.manifest.made_at),
            seconds=done.seconds,
            is_drill=is_drill,
            is_equal=done.is_equal,
            report=done.report,
        )
        found = {"backup": row.backup, "is_equal": row.is_equal, "seconds": round(row.seconds, 1)}
        record(actor=None, action="drilled" if is_drill else "restored", target=row, after=found)


# ---- databases and roles ---------------------------------------------------------------------------------------------


@contextmanager
def on_database(name: str) -> Iterator[None]:
    """Connect as the owner to another database of the same server until the block ends."""
    if settings.DATABASE_OWNER is None:
        raise ImproperlyConfigured(NO_OWNER)
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        with as_owner():
            yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _make_database(name: str, *, is_new: bool) -> None:
    """Create a database. One that is not new may be there already: whether it is empty is checked later."""
    if not is_new:
        try:
            with on_database(name), connection.cursor():
                return
        except OperationalError:
            pass  # a cluster without the database yet
    with on_database(MAINTENANCE), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone():
            raise NotRestored(f"The database {name} is there already. Nothing was changed. Name one that is not.")
        try:
            statement = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'"
            cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))
        except ProgrammingError as error:
            owner = connection.settings_dict["USER"]
            remedy = f'Allow it with ALTER ROLE "{owner}" CREATEDB' if is_new else "Create it empty, with this owner"
            raise NotRestored(
                f"The owner of the tables can't create the database {name}: {str(error).strip()}. {remedy}, and run "
                "the command again."
            ) from error


def _drop(name: str) -> None:
    assert name.startswith(SCRATCH), name
    with on_database(MAINTENANCE), connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _require_empty(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(OBJECTS)
        if cursor.fetchone()[0]:
            raise NotRestored(
                f"The database {name} is not empty. Nothing was changed. Restore into an empty one, or into another "
                "database of this server with --into-new NAME."
            )


def _require_free(index: Mapping[str, StoredFile]) -> None:
    """Raise `NotRestored` if a file is stored under a name of the backup with another size."""
    for name, file in index.items():
        if default_storage.exists(name) and default_storage.size(name) != file.size:
            raise NotRestored(
                f"The stored file {name} differs from the one of the backup. Nothing was changed. Restore with an "
                "empty MEDIA_ROOT, or into an empty bucket."
            )


def _make_roles(manifest: Manifest) -> None:
    """Make the roles that the server lacks: the application's with the password of the settings, others with none."""
    with connection.cursor() as cursor, transaction.atomic():
        ensure_role(cursor, settings.APPLICATION_ROLE, settings.DATABASES["default"])
        for role in manifest.roles:
            _make_role(cursor, role, is_owner=role.name == manifest.database["owner"])


def _make_role(cursor: Any, role: RoleOnRecord, *, is_owner: bool) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role.name])
    if cursor.fetchone() or is_owner:
        return  # who restores is the owner, whatever the name
    name = sql.Identifier(role.name)
    login = sql.SQL("LOGIN" if role.can_login else "NOLOGIN")
    cursor.execute(sql.SQL("CREATE ROLE {} {}").format(name, login))
    for group in role.member_of:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [group])
        if cursor.fetchone():
            cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), name))
    for setting in role.settings:
        key, _, value = setting.partition("=")
        cursor.execute(sql.SQL("ALTER ROLE {} SET {} = {}").format(name, sql.Identifier(key), sql.Literal(value)))


# ---- contents --------------------------------------------------------------------------------------------------------


def _load(at: Destination, manifest: Manifest, key: Any) -> None:
    """Load the dump in one transaction: all of it, or nothing."""
    with connection.cursor() as cursor:
        cursor.execute(contents.ABOUT)
        major = cursor.fetchone()[1]
    if major < manifest.server_major:
        raise NotRestored(
            f"The server is PostgreSQL {major}, and the backup of {manifest.server_major}. Nothing was changed. "
            f"Restore into a server of version {manifest.server_major} or later."
        )
    dsn, environment = connection_of(connection.get_connection_params())
    restorer = str(program("pg_restore", max(manifest.dumped_by, major)))
    connection.close()
    command = [restorer, "--no-owner", "--single-transaction", "--exit-on-error", f"--dbname={dsn}"]
    with tempfile.TemporaryFile() as errors, plain(at, manifest, DATABASE, key) as dump:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=errors, stderr=subprocess.STDOUT, env=environment
        )
        assert process.stdin is not None
        try:
            with process.stdin:
                shutil.copyfileobj(dump, process.stdin, BLOCK)
        except BrokenPipeError:
            pass  # its own message has the reason
        except BaseException:
            process.kill()
            raise
        finally:
            process.wait()
        if process.returncode:
            raise NotRestored(f"pg_restore failed, and the database is empty as before: {last_line(errors)}")


def _members(at: Destination, manifest: Manifest, key: Any) -> Iterator[tuple[str, Any]]:
    with plain(at, manifest, FILES, key) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        for entry in archive:
            file = archive.extractfile(entry) if entry.isreg() else None
            if file is None:
                raise BadBackup(f"{FILES} of {manifest.name} has {entry.name}, which is no file.")
            with file:
                yield entry.name, file


def _write_files(at: Destination, manifest: Manifest, index: Mapping[str, StoredFile], key: Any) -> None:
    """Store every file that is not there yet. Each is compared with its digest before it has its name."""
    for name, file in _members(at, manifest, key):
        with tempfile.SpooledTemporaryFile(max_size=16 * BLOCK) as copy:
            read = SummedReader(file)
            shutil.copyfileobj(read, copy, BLOCK)
            if name not in index or index[name].sha256 != read.digest.hexdigest():
                raise NotRestored(
                    f"The file {name} of the backup is damaged. The database is restored, but files are missing. Drop "
                    "the database, and restore another backup."
                )
            copy.seek(0)
            if not default_storage.exists(name):
                default_storage.save(name, File(copy))


def _compare_files(at: Destination, manifest: Manifest, index: Mapping[str, StoredFile], key: Any) -> list[str]:
    """Return a sentence for each file of the archive that is damaged or missing; nothing is written."""
    left, problems = dict(index), []
    for name, file in _members(at, manifest, key):
        read = SummedReader(file)
        while read.read(BLOCK):
            pass
        expected = left.pop(name, None)
        if expected is None or expected.sha256 != read.digest.hexdigest():
            problems.append(f"The file {name} of the backup is damaged.")
    return problems + [f"The file {name} is missing in the backup." for name in left]


def _end_sessions() -> None:
    """Remove the sessions of the backup: someone may have signed out, or been signed out, since."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sessions_session")
