"""Backups: whole or not there, checked, kept for a while, due by a schedule, and refused where they can't be used."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.localdb.binaries import bin_dir
from cpc.recovery import programs, schedule, services
from cpc.recovery.destinations import ABANDONED_AFTER, UNFINISHED, Folder
from cpc.recovery.manifest import MANIFEST, BadBackup, check_schema, read_manifest
from cpc.recovery.models import Backup, Restoration
from cpc.recovery.programs import MissingProgram, program
from cpc.recovery.reading import check_parts, manifest_of
from cpc.recovery.restoring import SCRATCH, NotRestored, drill, restore
from cpc.recovery.services import NotBackedUp, back_up
from tests.conftest import ROOT
from tests.support.accounts import make_account
from tests.support.services import database_environment, wait_until
from tests.worlds.partnerships.build import Active

pytestmark = pytest.mark.django_db(transaction=True)
A_DIGEST = "0" * 64


@pytest.fixture
def place(settings: Settings, tmp_path: Path) -> Folder:
    """Return the folder of the settings, with a file stored in the storage."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.BACKUP_DIRECTORY = str(tmp_path / "backups")
    default_storage.save("partnerships/terms.pdf", ContentFile(b"%PDF- of the terms"))
    return Folder(tmp_path / "backups")


def made(place: Folder, **values: Any) -> Backup:
    row = back_up(place, made_by="a test", **values)
    assert row is not None
    return row


def quiet(_line: str) -> None:
    pass


def test_a_backup_is_on_record_with_what_it_holds(active: Active, place: Folder) -> None:
    row = made(place)
    manifest = manifest_of(place, "")
    assert place.names() == [row.name] == [manifest.name]
    assert (row.error, row.made_by, row.is_encrypted, row.destination) == ("", "a test", False, str(place))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM partnerships_partnership")
        assert manifest.tables["partnerships_partnership"].rows == cursor.fetchone()[0] > 0
    assert row.rows == manifest.rows
    assert row.size == sum(path.stat().st_size for path in (place.path / row.name).iterdir() if path.name != MANIFEST)
    assert row.verified_at is not None
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.object_label, entry.after["manifest_sha256"]) == (
        "backed up",
        row.name,
        row.manifest_sha256,
    )
    assert manifest.audit["last"] == AuditEntry.objects.exclude(pk=entry.pk).latest("pk").pk
    assert {path.stat().st_mode & 0o077 for path in (place.path / row.name).iterdir()} == {0}, "for this account alone"


def test_a_drill_restores_everything_and_leaves_nothing(active: Active, place: Folder) -> None:
    made(place)
    done = drill(place, "", say=quiet)
    assert done.report.keys() == {"tables", "stored", "guards", "audit", "feed", "files", "replay"}
    assert done.is_equal, done.report
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{SCRATCH}%"])
        assert cursor.fetchall() == []
    row = Restoration.objects.get()
    assert (row.is_drill, row.is_equal, row.backup) == (True, True, place.names()[0])
    assert AuditEntry.objects.latest("pk").action == "drilled"


def test_a_drill_finds_what_was_changed_and_drops_its_database(
    active: Active, place: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(place)
    manifest = manifest_of(place, "")
    users = manifest.tables["accounts_user"]
    other = dict(manifest.tables) | {
        "accounts_user": replace(users, rows=users.rows + 1),
        "accounts_agency": replace(manifest.tables["accounts_agency"], digest="1 1"),
    }
    monkeypatch.setattr("cpc.recovery.restoring.manifest_of", lambda *_: replace(manifest, tables=other))
    done = drill(place, "", say=quiet)
    assert done.report["tables"] == [
        f"accounts_agency has {manifest.tables['accounts_agency'].rows} rows as in the backup, but not with the same "
        "contents.",
        f"accounts_user has {users.rows} rows instead of {users.rows + 1}.",
    ]
    assert not Restoration.objects.get().is_equal
    monkeypatch.setattr("cpc.recovery.restoring.call_command", lambda *_args, **_named: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        drill(place, "", say=quiet)
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{SCRATCH}%"])
        assert cursor.fetchall() == []


def test_a_database_with_tables_or_a_name_that_is_taken_is_not_touched(active: Active, place: Folder) -> None:
    made(place)
    entries = AuditEntry.objects.count()
    with pytest.raises(NotRestored, match=r"is not empty\. Nothing was changed"):
        restore(place, "", say=quiet)
    with pytest.raises(NotRestored, match=r"is there already\. Nothing was changed"):
        restore(place, "", into_new=connection.settings_dict["NAME"], say=quiet)
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize("part", ["database.dump", "files.tar", "files.jsonl"])
def test_a_part_that_is_changed_cut_off_or_missing_is_named_before_anything_is_restored(
    active: Active, place: Folder, part: str
) -> None:
    row = made(place)
    path = place.path / row.name / part
    whole = path.read_bytes()
    for stored, why in (
        (whole[:-1] + bytes([whole[-1] ^ 1]), "was changed: its checksum differs"),
        (whole[:-1], "bytes instead of"),
        (None, "can't be read"),
    ):
        path.unlink()
        if stored is not None:
            path.write_bytes(stored)
        for reading in (drill, restore):
            with pytest.raises(BadBackup, match=f"{part} of {row.name} .*{why}"):
                reading(place, row.name, say=quiet)
        with pytest.raises(CommandError, match=part):
            call_command("backup", check=row.name, directory=str(place))
        path.write_bytes(whole)
    call_command("backup", check=row.name, directory=str(place), stdout=sys.stderr)


def test_no_session_is_in_a_backup(active: Active, place: Folder) -> None:
    """Whoever reads a backup could otherwise go on in a session that is still open."""
    client = Client()
    client.force_login(active.stage.analyst)
    key = str(client.session.session_key).encode()
    row = made(place)
    dump = place.path / row.name / "database.dump"
    text = subprocess.run([program("pg_restore", 1), "-f", "-", dump], capture_output=True, check=True).stdout
    assert b"sessions_session" in text
    assert key not in text
    assert manifest_of(place, row.name).tables["sessions_session"].rows == 0
    assert drill(place, row.name, say=quiet).is_equal
    assert client.get("/inbox/").status_code == 200


def rewritten(place: Folder, name: str, *members: tarfile.TarInfo, **changed: Any) -> str:
    """Replace the files of a backup by these members, as whoever can write to its folder could; return its name."""
    folder = place.path / name
    with tarfile.open(folder / "files.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        for member in members:
            archive.addfile(member, io.BytesIO(b"x" * member.size))
    digest = hashlib.sha256(b"x").hexdigest()
    lines = [json.dumps({"name": member.name, "size": member.size, "sha256": digest}) for member in members]
    (folder / "files.jsonl").write_text("".join(f"{line}\n" for line in lines))
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest |= {"files": {"count": len(members), "bytes": len(members)}}
    for part in manifest["parts"]:
        data = (folder / part["name"]).read_bytes()
        part |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    (folder / MANIFEST).write_text(json.dumps(manifest | changed))
    return name


@pytest.mark.parametrize("name", ["../../outside.txt", "/tmp/outside.txt", "a/../../outside.txt", ""])
def test_a_file_of_another_folder_is_refused_before_anything_is_written(
    active: Active, place: Folder, tmp_path: Path, name: str
) -> None:
    member = tarfile.TarInfo(name)
    member.size = 1
    backup = rewritten(place, made(place).name, member)
    for reading in (drill, restore):
        with pytest.raises(BadBackup, match="names a file outside"):
            reading(place, backup, say=quiet)
    assert not (tmp_path / "outside.txt").exists()


def test_a_link_instead_of_a_file_is_refused(active: Active, place: Folder) -> None:
    member = tarfile.TarInfo("partnerships/terms.pdf")
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    backup = rewritten(place, made(place).name, member)
    with pytest.raises(BadBackup, match="which is no file"):
        drill(place, backup, say=quiet)


def test_a_manifest_names_no_part_but_those_of_a_backup(active: Active, place: Folder) -> None:
    backup = made(place).name
    path = place.path / backup / MANIFEST
    manifest = json.loads(path.read_text())
    manifest["parts"].append({"name": "../../../../dev/zero", "size": 1, "sha256": "0"})
    path.write_text(json.dumps(manifest))
    with pytest.raises(BadBackup, match="is damaged"):
        manifest_of(place, backup)


def test_a_newer_schema_another_migration_and_another_format_are_refused(active: Active, place: Folder) -> None:
    made(place)
    manifest = manifest_of(place, "")
    check_schema(manifest)
    newer = replace(manifest, migrations={**manifest.migrations, "audit.9999_from_later": A_DIGEST})
    with pytest.raises(BadBackup, match=r"of a newer version of the product .* audit\.9999_from_later"):
        check_schema(newer)
    other = replace(manifest, migrations={**manifest.migrations, "audit.0001_initial": A_DIGEST})
    with pytest.raises(BadBackup, match=r"of another development version: the migration audit\.0001_initial"):
        check_schema(other)
    check_schema(replace(manifest, migrations={"audit.0001_initial": manifest.migrations["audit.0001_initial"]}))
    later = json.loads(manifest.as_bytes()) | {"format": 2}
    with pytest.raises(BadBackup, match="has the format 2"):
        read_manifest(json.dumps(later).encode())
    for damaged in (b"", b"[]", manifest.as_bytes()[:-20]):
        with pytest.raises(BadBackup, match="is damaged"):
            read_manifest(damaged)


def test_what_fails_leaves_no_backup_but_the_reason(
    active: Active, place: Folder, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.BACKUP_RECIPIENT = str(place.path / "absent.pem")
    with pytest.raises(NotBackedUp, match=r"absent.pem is no public key"):
        made(place)
    settings.BACKUP_RECIPIENT = ""
    monkeypatch.setattr(services, "program", lambda *_: Path("/bin/false"))
    monkeypatch.setattr(services, "version_of", lambda *_: 18)
    time.sleep(1.1)  # names of backups are of the second
    with pytest.raises(NotBackedUp, match="pg_dump failed"):
        made(place)
    assert place.names() == []
    assert [path.name for path in place.path.iterdir()] == []
    assert ["pg_dump failed" in row.error for row in Backup.objects.all()] == [True, False]
    with pytest.raises(BadBackup, match="There is no whole backup in"):
        manifest_of(place, "")


def test_a_process_that_is_killed_leaves_no_backup(active: Active, place: Folder, tmp_path: Path) -> None:
    """Kill the command while it waits for a pg_dump that never ends, and make the next backup."""
    slow = tmp_path / "bin"
    slow.mkdir()
    (slow / "pg_dump").write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && exec {bin_dir()}/pg_dump --version\necho PGDMP\nexec sleep 600\n'
    )
    (slow / "pg_dump").chmod(0o755)
    environment = database_environment(CPC_ENV="development", BACKUP_DIRECTORY=str(place), CPC_PG_BIN=str(slow))
    environment["MEDIA_ROOT"] = str(tmp_path / "media")
    process = subprocess.Popen(
        [sys.executable, "manage.py", "backup"], cwd=ROOT, env=environment, start_new_session=True
    )
    wait_until(lambda: any(place.path.glob(f"{UNFINISHED}*/database.dump")), "the start of the backup", 60)
    process.kill()
    process.wait(timeout=30)
    os.killpg(process.pid, signal.SIGKILL)  # the dump that it had started
    assert place.names() == []
    wait_until(lambda: bool(_try(place)), "the lock of the killed process ends with its session")
    (left,) = place.path.glob(f"{UNFINISHED}*")
    old = time.time() - ABANDONED_AFTER - 1
    os.utime(left, (old, old))
    place.sweep()
    assert len(list(place.path.iterdir())) == 1


def _try(place: Folder) -> Backup | None:
    return back_up(place, made_by="a test")


def test_one_backup_at_a_time(active: Active, place: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, found = threading.Event(), threading.Event(), []
    written = services._write

    def slowly(*arguments: Any) -> Any:
        begun.set()
        assert go_on.wait(30)
        return written(*arguments)

    def other() -> None:
        try:
            found.append(back_up(place, made_by="another"))
        finally:
            connection.close()

    monkeypatch.setattr(services, "_write", slowly)
    thread = threading.Thread(target=other)
    thread.start()
    assert begun.wait(30)
    assert back_up(place, made_by="a test") is None
    go_on.set()
    thread.join(60)
    assert [row and row.made_by for row in found] == ["another"] == [row.made_by for row in Backup.objects.all()]


def test_older_backups_are_removed(active: Active, place: Folder, settings: Settings) -> None:
    settings.BACKUPS_KEPT = 2
    names = [made(place).name for _ in range(3)]
    assert place.names() == names[1:]
    assert [(row.name, row.removed_at is None) for row in Backup.objects.order_by("pk")] == [
        (names[0], False),
        (names[1], True),
        (names[2], True),
    ]


def test_what_is_on_record_about_a_backup_never_changes(place: Folder) -> None:
    row = Backup.objects.create(
        name="cpc-20261124T060000Z", began_at=timezone.now(), seconds=1, size=5, made_by="x", destination="y",
        manifest_sha256=A_DIGEST,
    )  # fmt: skip
    for change in ({"error": "It failed"}, {"size": 1}, {"manifest_sha256": "1" * 64}, {"began_at": timezone.now()}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Backup.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    with pytest.raises(IntegrityError, match="backup_made_or_failed"), transaction.atomic():
        Backup.objects.create(name="x", began_at=timezone.now(), seconds=1, made_by="x", destination="y")


def test_a_backup_is_made_when_it_is_due_and_a_failed_one_is_tried_again(
    active: Active, place: Folder, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = schedule.back_up_if_due()
    assert place.names() == [first]
    assert schedule.back_up_if_due() == ""
    began = Backup.objects.get().began_at
    assert schedule.next_at() == began + dt.timedelta(hours=24)
    settings.BACKUP_EVERY_HOURS = 0
    monkeypatch.setattr(services, "_write", lambda *_: 1 / 0)
    with pytest.raises(NotBackedUp):
        schedule.back_up_if_due()
    failed = Backup.objects.first()
    assert failed is not None
    assert schedule.next_at() == failed.began_at + schedule.TRIED_AGAIN_AFTER
    settings.BACKUP_DIRECTORY = ""
    assert (schedule.next_at(), schedule.back_up_if_due(), schedule.backup_problems()) == (None, "", [])


def at(hours: float, **values: Any) -> Backup:
    """Store a row of a backup that began so many hours ago."""
    whole = {"size": 5, "manifest_sha256": A_DIGEST} if "error" not in values else {}
    name = f"cpc-2026112{Backup.objects.count()}T060000Z"
    began = timezone.now() - dt.timedelta(hours=hours)
    return Backup.objects.create(name=name, began_at=began, seconds=1, made_by="x", destination="y", **whole, **values)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], ["There is no backup yet"]),
        ([(25.9, {})], []),
        ([(26.1, {})], ["The backup is late: the last one is of"]),
        ([(1, {"removed_at": timezone.now()})], ["The backup is late: there is none"]),
        ([(3, {}), (0.5, {"error": "The disk is full."})], ["failed: The disk is full."]),
        ([(3, {"error": "The disk is full."}), (0.5, {})], []),
        ([(30, {}), (0.5, {"error": "Full."})], ["failed: Full.", "The backup is late"]),
    ],
)
def test_readiness_names_a_late_or_failed_backup_and_the_site_goes_on(
    place: Folder, client: Client, rows: list[tuple[float, dict[str, Any]]], said: list[str]
) -> None:
    for hours, values in rows:
        at(hours, **values)
    problems = schedule.backup_problems()
    assert len(problems) == len(said)
    assert all(part in problem for part, problem in zip(said, problems, strict=True))
    client.force_login(make_account(Role.ADMINISTRATOR))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert answer.json()["checks"]["backup"] == problems


def test_programs_that_are_missing_or_older_than_the_server_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert program("pg_dump", 18).is_file()
    monkeypatch.setattr(programs, "_paths", lambda _name: iter(()))
    with pytest.raises(MissingProgram, match=r"pg_dump is not on this machine\. Install the package postgresql-client"):
        program("pg_dump", 18)
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.4'\n")
    old.chmod(0o755)
    monkeypatch.setattr(programs, "_paths", lambda _name: iter([old]))
    assert program("pg_dump", 15) == old
    with pytest.raises(MissingProgram, match="is of PostgreSQL 15, and the server of 18"):
        program("pg_dump", 18)


def test_the_check_of_parts_reads_all_bytes(active: Active, place: Folder) -> None:
    row = made(place)
    manifest = manifest_of(place, row.name)
    check_parts(place, manifest)
    with pytest.raises(BadBackup, match="no whole backup cpc-1 in"):
        manifest_of(place, "cpc-1")
