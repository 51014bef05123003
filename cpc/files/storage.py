"""Received files: stored whole and on disk, or not at all.

A file is written to a staging folder, flushed to disk, and moved to its final path in one step, so that neither a full
disk nor a power cut leaves half of it under its name. The next process removes what a crashed process left behind.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

CONTENT, LOCK = "content", "lock"
JUST_BEGUN = 60
"""Seconds during which a new folder may have no lock yet."""
A_DAY = 24 * 60 * 60


@contextmanager
def staged() -> Iterator[Path]:
    """Yield a path to write a file or folder to, and remove anything left there at the end.

    The path is on the file system of the stored files. A lock marks it as in use and ends with the process.
    """
    folder = Path(settings.MEDIA_ROOT) / "incoming"
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


class DurableStorage(FileSystemStorage):
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
