"""Checks of attachments: kind, recognized by the bytes, and size. Pure.

The name of a file proves nothing, so its first bytes must match the kind that its ending names; an office document with
macros is rejected.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import PurePath
from typing import IO
from zipfile import BadZipFile, ZipFile

from cpc.findings import Finding, Severity

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_PARTS = 5_000
MOST_RATIO, FREE = 100, 10 * 1024 * 1024
"""Largest unpacked size of a document as a multiple of its size, and a size that is always allowed: small texts
compress well."""
_ZIP = b"PK\x03\x04"
_STARTS: Mapping[str, bytes] = {
    "pdf": b"%PDF-",
    "docx": _ZIP,
    "xlsx": _ZIP,
    "odt": _ZIP,
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
}
_HOLDS: Mapping[str, str] = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "odt": "content.xml"}
KINDS = (*_STARTS, "txt", "csv")


def file_sha256(file: IO[bytes]) -> str:
    """Return the SHA-256 of a whole file, and leave the file at its start."""
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in iter(lambda: file.read(64 * 1024), b""):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def attachment_findings(name: str, size: int, file: IO[bytes]) -> list[Finding]:
    """Return the reasons to reject a file; empty if it is accepted.

    The file is left at its start.
    """
    kind = PurePath(name).suffix.removeprefix(".").lower()
    if kind not in KINDS:
        return _no(
            "file_kind", f"Files of type “{kind or 'none'}” are not accepted. Upload one of: {', '.join(KINDS)}."
        )
    if size == 0:
        return _no("file_empty", "The file is empty. Choose the file again.")
    if size > MOST_BYTES:
        return _no(
            "file_size",
            f"The file has {size / 1024**2:,.1f} MB; the limit is {MOST_BYTES // 1024**2} MB. Upload it in parts.",
        )
    try:
        return _as_it_says(kind, size, file)
    finally:
        file.seek(0)


def _as_it_says(kind: str, size: int, file: IO[bytes]) -> list[Finding]:
    file.seek(0)
    if kind not in _STARTS:
        try:
            text = file.read().decode("utf-8")
        except UnicodeDecodeError as error:
            return _no("file_kind", f"Byte {error.start + 1:,} is not valid UTF-8 text. Save the file as UTF-8 text.")
        return _no("file_kind", "The file is named as text, but contains binary data.") if "\x00" in text else []
    if file.read(len(_STARTS[kind])) != _STARTS[kind]:
        return _misnamed(kind)
    if kind not in _HOLDS:
        return []
    try:
        parts = ZipFile(file).infolist()
    except (BadZipFile, NotImplementedError, ValueError):  # raised by zipfile for a damaged list of parts
        return _no("file_kind", "The file is damaged and can't be opened. Save it again.")
    if any(part.flag_bits & 0x1 for part in parts):
        return _no("file_locked", "The file has a password. Save it without one.")
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * size + FREE:
        return _no(
            "file_bomb",
            f"The file would unpack to {len(parts):,} parts with {unpacked / 1024**2:,.0f} MB, which is over the "
            "limit for an attachment. Save it again, or save it as PDF.",
        )
    names = {part.filename for part in parts}
    if _HOLDS[kind] not in names:
        return _misnamed(kind)
    if any(
        PurePath(part).name.lower() == "vbaproject.bin" or part.startswith(("Basic/", "Scripts/")) for part in names
    ):
        return _no("file_macros", "The file contains macros. Save it without them, or as PDF.")
    return []


def _misnamed(kind: str) -> list[Finding]:
    message = f"The file is named as {kind}, but its content is something else. Save it as {kind} and upload that file."
    return _no("file_kind", message)


def _no(code: str, message: str) -> list[Finding]:
    return [Finding(code, Severity.ERROR, message, "file")]
