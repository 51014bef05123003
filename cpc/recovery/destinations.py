"""Places of backups: a folder, or a bucket.

A backup is a folder of parts. Its manifest is written last and at once, and in a folder all parts appear at once, under
the name of the backup: what has no manifest is no backup, whenever the writer was stopped.
"""

from __future__ import annotations

import os
import shutil
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from cpc.recovery.manifest import MANIFEST, NAME

UNFINISHED = ".unfinished-"
ABANDONED_AFTER = 24 * 60 * 60
"""Seconds after which a backup that is not finished counts as given up."""


class Destination(ABC):
    """A folder or a bucket of backups."""

    @abstractmethod
    def __str__(self) -> str: ...

    @abstractmethod
    def names(self) -> list[str]:
        """Return the names of all whole backups, the oldest first."""

    @abstractmethod
    @contextmanager
    def writing(self, name: str) -> Iterator[Writing]:
        """Yield where the parts of a new backup go. If the block fails, nothing is left of it."""

    @abstractmethod
    def open(self, name: str, part: str) -> IO[bytes]:
        """Open a part of a backup. Raises `OSError` if it is missing."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove a backup, its manifest first."""

    @abstractmethod
    def sweep(self) -> None:
        """Remove what writers left that were stopped more than a day ago."""


class Writing(ABC):
    """A backup that is being written."""

    @abstractmethod
    def create(self, part: str) -> Any:
        """Open a new part for writing. It is stored when it is closed."""

    @abstractmethod
    def finish(self, manifest: bytes) -> None:
        """Store the manifest, which makes it a backup."""


class Folder(Destination):
    """A folder on a disk of this machine, better one of another."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    def names(self) -> list[str]:
        with suppress(FileNotFoundError):
            return sorted(
                one.name for one in self.path.iterdir() if NAME.fullmatch(one.name) and (one / MANIFEST).is_file()
            )
        return []

    @contextmanager
    def writing(self, name: str) -> Iterator[Writing]:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        begun = self.path / f"{UNFINISHED}{name}-{uuid.uuid4().hex[:8]}"  # another one may have been given up
        begun.mkdir(mode=0o700)
        try:
            yield _FolderWriting(begun, self.path / name)
        finally:
            shutil.rmtree(begun, ignore_errors=True)

    def open(self, name: str, part: str) -> IO[bytes]:
        return (self.path / name / part).open("rb")

    def remove(self, name: str) -> None:
        gone = self.path / f"{UNFINISHED}removed-{name}"
        (self.path / name).rename(gone)
        shutil.rmtree(gone)

    def sweep(self) -> None:
        for left in self.path.glob(f"{UNFINISHED}*"):
            with suppress(OSError):
                if time.time() - left.stat().st_mtime > ABANDONED_AFTER:
                    shutil.rmtree(left)


class _FolderWriting(Writing):
    def __init__(self, begun: Path, final: Path) -> None:
        self.begun, self.final = begun, final

    def create(self, part: str) -> Any:
        return _Durable(os.open(self.begun / part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    def finish(self, manifest: bytes) -> None:
        with self.create(MANIFEST) as file:
            file.write(manifest)
        _flush(self.begun)
        self.begun.rename(self.final)
        _flush(self.final.parent)


class _Durable:
    """A file that is on the disk once it is closed."""

    def __init__(self, handle: int, mode: str) -> None:
        self._file = os.fdopen(handle, mode)

    def write(self, data: bytes) -> int:
        return self._file.write(data)

    def close(self) -> None:
        if not self._file.closed:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Bucket(Destination):
    """A bucket of object storage, through Django's interface."""

    def __init__(self, storage: Storage, name: str) -> None:
        self.storage, self.name = storage, name

    def __str__(self) -> str:
        return f"s3://{self.name}"

    def names(self) -> list[str]:
        folders, _ = self.storage.listdir("")
        return sorted(one for one in folders if NAME.fullmatch(one) and self.storage.exists(f"{one}/{MANIFEST}"))

    @contextmanager
    def writing(self, name: str) -> Iterator[Writing]:
        begun = _BucketWriting(self.storage, name)
        try:
            yield begun
        finally:
            if not begun.is_finished:
                self._remove_parts(name)

    def open(self, name: str, part: str) -> IO[bytes]:
        return self.storage.open(f"{name}/{part}", "rb")

    def remove(self, name: str) -> None:
        self.storage.delete(f"{name}/{MANIFEST}")
        self._remove_parts(name)

    def _remove_parts(self, name: str) -> None:
        _, parts = self.storage.listdir(name)
        for part in parts:
            self.storage.delete(f"{name}/{part}")

    def sweep(self) -> None:
        folders, _ = self.storage.listdir("")
        for name in folders:
            if NAME.fullmatch(name) and not self.storage.exists(f"{name}/{MANIFEST}"):
                _, parts = self.storage.listdir(name)
                changed = [self.storage.get_modified_time(f"{name}/{part}").timestamp() for part in parts]
                if time.time() - max(changed, default=0) > ABANDONED_AFTER:
                    self._remove_parts(name)


class _BucketWriting(Writing):
    def __init__(self, storage: Storage, name: str) -> None:
        self.storage, self.name, self.is_finished = storage, name, False

    def create(self, part: str) -> Any:
        return self.storage.open(f"{self.name}/{part}", "wb")

    def finish(self, manifest: bytes) -> None:
        self.storage.save(f"{self.name}/{MANIFEST}", ContentFile(manifest))
        self.is_finished = True


def configured() -> Destination | None:
    """Return the destination that the settings name; None if there is none."""
    if settings.BACKUP_S3_BUCKET:
        from storages.backends.s3 import S3Storage  # only where there is a bucket

        return Bucket(S3Storage(bucket_name=settings.BACKUP_S3_BUCKET, **settings.BACKUP_S3), settings.BACKUP_S3_BUCKET)
    return Folder(Path(settings.BACKUP_DIRECTORY)) if settings.BACKUP_DIRECTORY else None


def destination(directory: str = "") -> Destination:
    """Return the folder that a command names, else the configured destination.

    Raises `ImproperlyConfigured` if there is neither.
    """
    found = Folder(Path(directory)) if directory else configured()
    if found is None:
        raise ImproperlyConfigured(
            "No destination of backups is set. Set BACKUP_DIRECTORY or BACKUP_S3_BUCKET, or name a folder with "
            "--directory."
        )
    return found
