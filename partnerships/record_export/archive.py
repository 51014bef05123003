"""The ZIP itself, written piece by piece while it is sent."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.files.storage import Storage
from django.template.loader import render_to_string
from django.utils import timezone

from partnerships.record_export.queries import ExportTable, RecordExport

CHUNK = 256 * 1024
INDEX, RECORD, MANIFEST = "index.html", "record.json", "manifest.json"


class _Pipe:
    """A file that is written from one end and emptied at the other."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken, self._waiting = b"".join(self._waiting), []
        return taken


def file_name(table: ExportTable) -> str:
    return f"data/{table.name}.csv"


def archive(export: RecordExport, exported_by: str) -> Iterator[bytes]:
    """Yield the bytes of the archive: the page, the tables, the record, the files, and last the manifest."""
    now = timezone.now()
    pipe: Any = _Pipe()
    stamp = now.timetuple()[:6]
    members: dict[str, dict[str, object]] = {}
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as out:
        for name, chunks in _members(export, exported_by, now.isoformat(timespec="seconds")):
            digest, size = hashlib.sha256(), 0
            info = zipfile.ZipInfo(name, stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            with out.open(info, "w") as member:
                for chunk in chunks:
                    digest.update(chunk)
                    size += len(chunk)
                    member.write(chunk)
                    if taken := pipe.take():
                        yield taken
            members[name] = {"size": size, "sha256": digest.hexdigest()}
            yield pipe.take()
        manifest = {
            "partnership": export.partnership.pk,
            "title": str(export.partnership),
            "version": export.partnership.version,
            "exported_at": now.isoformat(timespec="seconds"),
            "exported_by": exported_by,
            "left_out": list(export.left_out),
            "members": members,
        }
        out.writestr(zipfile.ZipInfo(MANIFEST, stamp), json.dumps(manifest, indent=1))
    yield pipe.take()


def _members(export: RecordExport, exported_by: str, at: str) -> Iterator[tuple[str, Iterable[bytes]]]:
    files = [(name, stored) for name, stored in export.files if stored.storage.exists(stored.name)]
    missing = sorted({name for name, _ in export.files} - {name for name, _ in files})
    context = {
        "partnership": export.partnership,
        "tables": [(table, file_name(table)) for table in export.tables],
        "files": [name for name, _ in files],
        "missing": missing,
        "left_out": export.left_out,
        "exported_by": exported_by,
        "at": at,
    }
    yield INDEX, [render_to_string("partnerships/record_export/index.html", context).encode()]
    for table in export.tables:
        yield file_name(table), [table.as_csv()]
    yield RECORD, [json.dumps(export.data, indent=1, ensure_ascii=False).encode()]
    for name, stored in files:
        yield name, _chunks(stored.storage, stored.name)


def _chunks(storage: Storage, name: str) -> Iterator[bytes]:
    with storage.open(name, "rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
