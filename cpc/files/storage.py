"""Received files: stored whole, or not at all; on the local disk unless the settings name a bucket.

files().keep(staged_path, "source_files/ab/ab12...")
with files().on_disk("source_files/ab/ab12...", sha256="ab12...") as path:
    ...

On disk, a file is written to a staging folder, flushed, and moved to its final path in one step, so that neither a full
disk nor a power cut leaves half of it under its name. The next process removes what a crashed process left behind.
`cpc.files.object_storage` has the same for a bucket.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
import uuid
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import cast

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, default_storage

INCOMING, CONTENT, LOCK = "incoming", "content", "lock"
JUST_BEGUN = 60
"""Seconds during which a new folder may have no lock yet."""
A_DAY = 24 * 60 * 60


class FileStore(Storage):
    """Storage of received files. A name that holds a digest of the content is written once and never changed."""

    @abstractmethod
    def keep(self, path: Path, name: str) -> None:
        """Store a staged file or folder under a name made of its content. It may be moved from its path."""

    @abstractmethod
    def holds(self, name: str) -> bool:
        """Return whether there is a file or folder of this name."""

    @abstractmethod
    def on_disk(self, name: str, sha256: str = "") -> AbstractContextManager[Path]:
        """Return a context with the path of a stored file or folder on the disk of this process.

        Raises `FileNotFoundError`; and `OSError` if the digest of a file that was fetched is not `sha256`.
        """

    @abstractmethod
    def names(self) -> Iterator[str]:
        """Yield the name of every stored file in order, those of a folder too; nothing that is still being written."""

    @abstractmethod
    def problems(self) -> list[str]:
        """Write and read back a probe, and return what prevents it as sentences."""


def files() -> FileStore:
    """Return the storage of received files."""
    return cast("FileStore", default_storage)


def staging_folder() -> Path:
    """Return the folder for files being written: on the file system of the stored files, if those are on this disk."""
    if settings.FILES_S3_BUCKET:
        return Path(tempfile.gettempdir()) / "cpc-incoming"
    return Path(settings.MEDIA_ROOT) / INCOMING


@contextmanager
def staged() -> Iterator[Path]:
    """Yield a path to write a file or folder to, and remove anything left there at the end.

    A lock marks it as in use and ends with the process.
    """
    folder = staging_folder()
    folder.mkdir(parents=True, exist_ok=True)
    sweep(folder)
    own = folder / uuid.uuid4().hex
    own.mkdir()
    try:
        with (own / LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield own / CONTENT
    finally:
        shutil.rmtree(own, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove files that crashed processes left in `folder`."""
    now = time.time()
    for left in folder.iterdir():
        with suppress(OSError):  # another process removed it first
            age = now - left.stat().st_mtime
            if left.is_file():
                # Earlier versions wrote files here, without a lock. No upload takes a day.
                if age > A_DAY:
                    left.unlink()
            elif age > JUST_BEGUN and not _is_in_use(left / LOCK):
                shutil.rmtree(left)


def _is_in_use(lock: Path) -> bool:
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def write_durably(path: Path, chunks: Iterable[bytes]) -> None:
    with path.open("wb") as out:
        for chunk in chunks:
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())


def move_atomically(path: Path, target: Path) -> None:
    """Move a staged file or folder to its final path and flush it, so that a power cut can't undo the move."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for inside in [path, *path.rglob("*")] if path.is_dir() else [path]:
        _flush(inside)
    path.replace(target)
    _flush(target.parent)
    _flush(target.parent.parent)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class DurableStorage(FileSystemStorage, FileStore):
    """Storage of received files on the local disk, or on one that all machines share."""

    def keep(self, path: Path, name: str) -> None:
        target = Path(self.path(name))
        for left in target.parent.glob("*.part"):  # of earlier versions, where the disk was full
            shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
        move_atomically(path, target)

    def holds(self, name: str) -> bool:
        return Path(self.path(name)).exists()

    @contextmanager
    def on_disk(self, name: str, sha256: str = "") -> Iterator[Path]:  # nothing is fetched
        path = Path(self.path(name))
        if not path.exists():
            raise FileNotFoundError(f"The file {name} is not stored.")
        yield path

    def names(self) -> Iterator[str]:
        root = Path(self.location)
        for folder, below, inside in os.walk(root):
            below.sort()
            if Path(folder) == root and INCOMING in below:
                below.remove(INCOMING)
            for name in sorted(inside):
                yield (Path(folder) / name).relative_to(root).as_posix()

    def problems(self) -> list[str]:
        folder = Path(self.location)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"ready")
                file.flush()
        except OSError as error:
            return [f"Received files can't be stored: {error.strerror}."]
        return []

    def _save(self, name: str, content: File[bytes]) -> str:
        """Store a file under its name, or under another one if that is taken.

        Returns the name.
        """
        with staged() as path:
            write_durably(path, (chunk.encode() if isinstance(chunk, str) else chunk for chunk in content.chunks()))
            while True:
                target = Path(self.path(name))
                target.parent.mkdir(parents=True, exist_ok=True)
                try:
                    # Reserves the name, so that no other process can use it meanwhile.
                    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
                    break
                except FileExistsError:
                    name = self.get_available_name(name)
            try:
                move_atomically(path, target)
            except OSError:
                target.unlink(missing_ok=True)
                raise
        return name.replace("\\", "/")
