"""Received files: complete or absent after a full disk, a crash, or two uploads with one name."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from cpc.files.storage import staged, sweep
from indicators.imports import receiving
from indicators.models import Import, SourceFile
from tests.support.accounts import make_account


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


def left(media: Path) -> list[str]:
    return sorted(str(path.relative_to(media)) for path in media.rglob("*") if path.is_file())


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["replace", "fsync"])
def test_a_full_disk_leaves_nothing_of_an_upload(media: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    if step == "replace":
        monkeypatch.setattr(Path, "replace", full)
    else:
        monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        receiving.receive_stream(chunks=[b"a,b\n"], name="a.csv", actor=None)
    assert left(media) == []
    assert not SourceFile.objects.exists()


@pytest.mark.django_db
def test_a_full_disk_leaves_nothing_of_a_folder(media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "factbook"
    folder.mkdir()
    (folder / "gh.json").write_text("{}")
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        receiving.receive_path(path=folder, actor=None)
    assert left(media) == []


@pytest.mark.django_db
def test_full_disk_is_reported_and_nothing_stored(media: Path, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(make_account(Role.ANALYST))
    monkeypatch.setattr(Path, "replace", full)
    sent = {"file": SimpleUploadedFile("a.csv", b"a,b\n1,2\n"), "idempotency_key": new_key()}
    answer = client.post("/data/imports/", sent)
    assert answer.status_code == 422
    message = "The server could not store the file (No space left on device). Nothing was saved. Try again later."
    assert message in answer.content.decode()
    assert not Import.objects.exists()


@pytest.mark.django_db
def test_a_received_file_and_its_folder_are_flushed_to_the_disk(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[str] = []
    real = os.fsync

    def note(handle: int) -> None:
        flushed.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        real(handle)

    monkeypatch.setattr(os, "fsync", note)
    received = media / receiving.receive_stream(chunks=[b"a,b\n"], name="a.csv", actor=None).batch.file.stored_name
    assert received.read_bytes() == b"a,b\n"
    assert any(path.startswith(str(media / "incoming")) and path.endswith("content") for path in flushed)
    assert str(received.parent) in flushed
    flushed.clear()
    name = default_storage.save("partnerships/memo.txt", ContentFile(b"text"))
    assert str((media / name).parent) in flushed
    assert any(path.endswith("content") for path in flushed)
    assert left(media) == sorted([str(received.relative_to(media)), "partnerships/memo.txt"])


@pytest.mark.parametrize("step", ["write", "replace"])
def test_a_full_disk_leaves_nothing_of_a_document(media: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    class Breaks(ContentFile):  # type: ignore[type-arg]  # takes no parameter at run time
        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            yield b"half"
            if step == "write":
                full()

    if step == "replace":
        monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        default_storage.save("partnerships/memo.txt", Breaks(b"half of it"))
    assert left(media) == []


def test_two_files_of_one_name_are_both_stored(media: Path) -> None:
    first = default_storage.save("notes/a.txt", ContentFile(b"one"))
    second = default_storage.save("notes/a.txt", ContentFile("two"))
    assert first == "notes/a.txt"
    assert first != second
    assert [(media / name).read_bytes() for name in (first, second)] == [b"one", b"two"]


def test_files_of_dead_processes_are_swept_and_open_ones_stay(media: Path) -> None:
    incoming = media / "incoming"
    with staged() as used:
        used.write_bytes(b"being written")
        of_the_dead, new = incoming / "dead", incoming / "new"
        for folder in (of_the_dead, new):
            folder.mkdir()
            (folder / "content").write_bytes(b"half")
        (of_the_dead / "lock").touch()
        (incoming / "tmpold").write_bytes(b"of an earlier version")
        (incoming / "tmpnew").write_bytes(b"of an earlier version")
        long_ago = time.time() - 2 * 24 * 60 * 60
        for path in (of_the_dead, used.parent, incoming / "tmpold"):
            os.utime(path, (long_ago, long_ago))
        with staged():
            pass
        assert left(media) == sorted(
            str(path.relative_to(media)) for path in (used, used.parent / "lock", new / "content", incoming / "tmpnew")
        )
    assert not used.exists()


def test_a_process_that_dies_leaves_its_lock_to_be_taken(media: Path) -> None:
    folder = media / "incoming" / "died"
    folder.mkdir(parents=True)
    program = (
        "import fcntl, os, sys; lock = open(sys.argv[1], 'wb'); fcntl.flock(lock, fcntl.LOCK_EX); "
        "os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", program, folder / "lock"], check=False).returncode == -9
    assert (folder / "lock").exists()
    os.utime(folder, (0, 0))
    sweep(folder.parent)
    assert not folder.exists()


@pytest.mark.django_db
def test_parts_that_an_earlier_version_left_are_swept(media: Path) -> None:
    content = b"a,b\n"
    stored = media / receiving.receive_stream(chunks=[content], name="a.csv", actor=None).batch.file.stored_name
    stored.unlink()
    (stored.parent / f"{stored.name}.123.part").write_bytes(b"half")
    receiving.receive_stream(chunks=[content], name="a.csv", actor=None)
    assert [path.name for path in stored.parent.iterdir()] == [stored.name]
