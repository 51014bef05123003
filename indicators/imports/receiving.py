"""Storage of received files under their SHA-256; the same file again changes nothing."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from cpc.accounts.models import User
from cpc.audit.services import record
from cpc.files.storage import files, staged, write_durably
from cpc.text import without_hidden
from cpc.validation import save_validated
from indicators.models import Import, ImportState, SourceFile, Via
from indicators.sources.documents import Document, FileFault, Limits, UnreadableFile

OPEN_STATES = (ImportState.RECEIVED, ImportState.READING, ImportState.PREVIEW, ImportState.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Result of receiving a file: a new import, or the existing one with the same bytes."""

    batch: Import
    is_new: bool


def receive_stream(*, chunks: Iterable[bytes], name: str, actor: User | None) -> Receipt:
    """Receive a file in chunks.

    Raises `UnreadableFile` above the size limit; nothing is stored then.
    """
    digest = hashlib.sha256()
    size = 0
    limit = Limits().bytes

    def measured() -> Iterator[bytes]:
        nonlocal size
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise UnreadableFile(
                    FileFault.TOO_LARGE,
                    f"{name} is larger than {limit // (1024 * 1024)} MB.",
                    "Upload the file as the publisher released it; no publisher's file is nearly this large.",
                )
            digest.update(chunk)
            yield chunk

    with staged() as path:
        write_durably(path, measured())
        return _register(path=path, name=name, sha256=digest.hexdigest(), size=size, actor=actor)


def receive_path(*, path: Path, actor: User | None) -> Receipt:
    """Receive a file, or a folder of JSON files, from the local disk."""
    document = Document(path)
    if path.is_dir():
        return _register(path=path, name=path.name, sha256=document.sha256, size=document.size, actor=actor)
    with path.open("rb") as handle:
        return receive_stream(chunks=iter(lambda: handle.read(1024 * 1024), b""), name=path.name, actor=actor)


@transaction.atomic
def _register(*, path: Path, name: str, sha256: str, size: int, actor: User | None) -> Receipt:
    name = without_hidden(Path(name.replace("\\", "/")).name)[:255] or "file"
    file, _ = SourceFile.objects.get_or_create(sha256=sha256, defaults={"name": name, "size": size})
    # The row lock makes two simultaneous uploads of one file see each other.
    SourceFile.objects.select_for_update().get(pk=file.pk)
    if not files().holds(file.stored_name):
        _store(path, file.stored_name)
    if not file.size:
        SourceFile.objects.filter(pk=file.pk).update(size=size)
    known = Import.objects.filter(file=file, via=Via.UPLOAD, state__in=OPEN_STATES).first()
    if known is not None:
        return Receipt(known, is_new=False)
    batch = Import(file=file, file_name=name, created_by=actor)
    save_validated(batch)
    record(actor=actor, action="received", target=batch, after={"file": name, "sha256": sha256, "size": size})
    return Receipt(batch, is_new=True)


def _store(path: Path, name: str) -> None:
    """Store the bytes under their name in one step, so that a SHA-256 never names a half-written file."""
    if not path.is_dir():
        files().keep(path, name)
        return
    with staged() as copy:
        shutil.copytree(path, copy)
        files().keep(copy, name)
