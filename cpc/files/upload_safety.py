"""Checks of a received file before it is opened: its kind, its size, and its unpacked size.

Nothing here interprets a cell. A caller that reads a file runs these checks once and then trusts the file. A workbook
and an archive are both zips; the library that reads workbooks trusts the sizes that a zip declares and lays out every
sheet as a full rectangle, so both are measured here first, on the compressed stream itself.
"""

from __future__ import annotations

import enum
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final


class Media(enum.StrEnum):
    """The container format, recognized by content and never by the file's name alone."""

    WORKBOOK = "workbook"
    CSV = "csv"
    TEXT = "text"
    HTML = "html"
    XML = "xml"
    JSON = "json"
    ZIP = "zip"
    FOLDER = "folder"
    UNKNOWN = "unknown"


class FileFault(enum.StrEnum):
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    CORRUPT = "corrupt"
    ENCRYPTED = "encrypted"
    ZIP_BOMB = "zip_bomb"
    UNSAFE = "unsafe"
    NO_SHEETS = "no_sheets"
    WRONG_KIND = "wrong_kind"
    UNKNOWN_LAYOUT = "unknown_layout"


class UnreadableFile(Exception):
    """The file can't be used. `code` is a `FileFault`.

    `remedy` is what the user can do.
    """

    def __init__(self, code: FileFault, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on the resources that one file may use.

    `bytes` is the size as received; `unpacked` the total of unpacked bytes; `members` the files of an archive or
    folder; `ratio` the ratio of unpacked to packed bytes, which applies from `ratio_from` unpacked bytes on, as small
    files compress well; `cells` the cells of the rectangle that a sheet spans; `columns` those of a row of delimited
    text; `sheets` those of a workbook.
    """

    bytes: int = 100 * 1024 * 1024
    unpacked: int = 1024 * 1024 * 1024
    members: int = 20_000
    ratio: int = 200
    ratio_from: int = 10 * 1024 * 1024
    cells: int = 20_000_000
    columns: int = 2_000
    sheets: int = 500


CHUNK: Final = 1024 * 1024
DOWNLOAD_AGAIN: Final = "Download the file from the publisher again and upload it unchanged."
SAVE_AS_XLSX: Final = "Open it in a spreadsheet program, save it as an Excel workbook (.xlsx), and upload that file."

OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL_MAGIC: Final = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x10\x00")
_WORKBOOK_NAMES: Final = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_TABLE_NAMES: Final = (*_WORKBOOK_NAMES, ".csv", ".tsv", ".zip", ".json", ".xml")


# --- kinds -----------------------------------------------------------------------------------------------


def check_size(size: int, name: str, limits: Limits) -> None:
    """Raise `UnreadableFile` for an empty file or one over the limit, before any byte of it is read."""
    if size == 0:
        raise UnreadableFile(FileFault.EMPTY, f"{name} is empty.", DOWNLOAD_AGAIN)
    if size > limits.bytes:
        raise UnreadableFile(
            FileFault.TOO_LARGE,
            f"{name} has {size / 1024**2:,.1f} MB; the limit is {limits.bytes / 1024**2:,.1f} MB.",
            "Upload only the publisher's data file, without pictures, annexes, or other editions.",
        )


def media_of(path: Path, name: str, limits: Limits) -> Media:
    """Return the container format, read from the content.

    Raises `UnreadableFile` if it is unknown or over `limits`.
    """
    with path.open("rb") as handle:
        head = handle.read(4096)
    if head.startswith(OLE_MAGIC):
        raise _ole_fault(path, name)
    if head.startswith(_OLD_EXCEL_MAGIC):
        raise _legacy_excel(name)
    if head.startswith(b"PK"):
        return _zip_media(path, name, limits)
    media = _text_media(head, name)
    if media is Media.HTML and name.lower().endswith(_TABLE_NAMES):
        raise UnreadableFile(
            FileFault.WRONG_KIND,
            f"{name} is a web page, not a data file.",
            (
                "The download link led to a web page. Open it in a browser, download the file from there, and upload "
                "that file."
            ),
        )
    if name.lower().endswith(_WORKBOOK_NAMES):
        raise UnreadableFile(
            FileFault.WRONG_KIND, f"{name} is named like a workbook, but its content is {media.value}.", SAVE_AS_XLSX
        )
    return media


def _ole_fault(path: Path, name: str) -> UnreadableFile:
    """Return the error for an OLE container: an encrypted workbook, or a format of Office before 2007."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        return UnreadableFile(
            FileFault.ENCRYPTED,
            f"{name} has a password.",
            "Open it with its password, save it without one, and upload that file.",
        )
    if any(stream.encode("utf-16-le") in content for stream in ("Workbook", "Book")):
        return _legacy_excel(name)
    return UnreadableFile(
        FileFault.WRONG_KIND, f"{name} is a document in an old Office format, not a workbook.", SAVE_AS_XLSX
    )


def _legacy_excel(name: str) -> UnreadableFile:
    return UnreadableFile(
        FileFault.WRONG_KIND, f"{name} is a workbook in the format used before Excel 2007 (.xls).", SAVE_AS_XLSX
    )


def _text_media(head: bytes, name: str) -> Media:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: len(head) // 2 * 2].decode("utf-16", errors="ignore").encode()
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    control = sum(byte < 32 and byte not in b"\t\n\v\f\r\x1b" for byte in head)
    if b"\0" in head or control * 50 > len(head):
        raise UnreadableFile(
            FileFault.WRONG_KIND,
            f"{name} is not a workbook, an archive, or text.",
            "Upload the file as the publisher released it: a workbook (.xlsx), CSV, XML, JSON, zip, or text.",
        )
    lower = start[:512].lower()
    if lower.startswith((b"<!doctype html", b"<html")) or (lower.startswith(b"<") and b"<html" in head.lower()):
        return Media.HTML
    if lower.startswith(b"<"):
        return Media.XML
    if lower.startswith((b"{", b"[")):
        return Media.JSON
    return Media.CSV if name.lower().endswith((".csv", ".tsv")) or looks_delimited(start) else Media.TEXT


def looks_delimited(head: bytes) -> bool:
    """Return whether the first lines have the same number of one delimiter, in three fields or more."""
    lines = [line for line in head.splitlines()[:-1] if line.strip()][:8]
    return len(lines) >= 2 and any(
        len(counts := {line.count(mark) for line in lines}) == 1 and counts.pop() >= 2 for mark in (b",", b";", b"\t")
    )


# --- zips ------------------------------------------------------------------------------------------------


def damage_error(name: str, detail: str) -> UnreadableFile:
    return UnreadableFile(FileFault.CORRUPT, f"{name} is damaged or incomplete ({detail}).", DOWNLOAD_AGAIN)


def _bomb(name: str, detail: str) -> UnreadableFile:
    return UnreadableFile(
        FileFault.ZIP_BOMB,
        f"{name} would be over the limit when unpacked ({detail}).",
        "Upload the publisher's file as released, without anything that is not data.",
    )


def _zip_media(path: Path, name: str, limits: Limits) -> Media:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
        raise damage_error(name, "its table of contents can't be read") from error
    _check_declared(infos, path.stat().st_size, name, limits)
    names = {info.filename for info in infos}
    if "[Content_Types].xml" in names:
        if not any(member.startswith("xl/workbook") and member.endswith(".xml") for member in names):
            binary = any(member.startswith("xl/workbook") for member in names)
            what = "a binary workbook (.xlsb)" if binary else "an Office document, but not a workbook"
            raise UnreadableFile(FileFault.WRONG_KIND, f"{name} is {what}.", SAVE_AS_XLSX)
        _check_workbook(path, infos, name, limits)
        return Media.WORKBOOK
    if "mimetype" in names and "content.xml" in names:
        raise UnreadableFile(FileFault.WRONG_KIND, f"{name} is an OpenDocument file.", SAVE_AS_XLSX)
    return Media.ZIP


def _check_declared(infos: list[zipfile.ZipInfo], packed: int, name: str, limits: Limits) -> None:
    if not infos:
        raise UnreadableFile(FileFault.EMPTY, f"{name} is an archive without files.", DOWNLOAD_AGAIN)
    if len(infos) > limits.members:
        raise _bomb(name, f"{len(infos):,} files, the limit is {limits.members:,}")
    if any(info.flag_bits & 0x1 for info in infos):
        raise UnreadableFile(
            FileFault.ENCRYPTED,
            f"{name} contains files that have a password.",
            "Unpack it with its password, pack the files again without one, and upload that archive.",
        )
    if len({info.filename for info in infos}) < len(infos):
        raise damage_error(name, "it contains two files of the same name")
    unpacked = sum(info.file_size for info in infos)
    if unpacked > limits.unpacked:
        raise _bomb(name, f"{unpacked / 1024**2:,.0f} MB, the limit is {limits.unpacked / 1024**2:,.0f} MB")
    if unpacked > limits.ratio_from and unpacked > limits.ratio * packed:
        raise _bomb(name, f"{unpacked / packed:,.0f} times its size, the limit is {limits.ratio}")


def read_member(archive: zipfile.ZipFile, member: str, name: str) -> bytes:
    """Return one file of an archive, never longer than the declared and checked size.

    Raises `UnreadableFile`.
    """
    try:
        return archive.read(member)
    except KeyError:
        raise damage_error(name, f"it has no file {member}") from None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise damage_error(name, f"its file {member} can't be unpacked") from error


def _check_workbook(path: Path, infos: list[zipfile.ZipInfo], name: str, limits: Limits) -> None:
    """Unpack every part once, in chunks, and check its true size, its checksum, and the span of a sheet."""
    with path.open("rb") as handle:
        for info in infos:
            sheet = _Span(exact=False) if info.filename.startswith("xl/worksheets/") else None
            size = checksum = 0
            for chunk in _inflate(handle, info, name):
                size += len(chunk)
                if size > info.file_size:
                    raise _bomb(name, f"its part {info.filename} is larger than it declares")
                checksum = zlib.crc32(chunk, checksum)
                if sheet is not None and not sheet.far:
                    sheet.feed(chunk)
            if size != info.file_size or checksum != info.CRC:
                raise damage_error(name, f"its part {info.filename} is not what it declares")
            if sheet is not None and sheet.far:
                _check_span(handle, info, name, limits)


def _check_span(handle: BinaryIO, info: zipfile.ZipInfo, name: str, limits: Limits) -> None:
    sheet = _Span(exact=True)
    for chunk in _inflate(handle, info, name):
        sheet.feed(chunk)
        if sheet.far:
            raise _bomb(name, f"{info.filename} contains an element of more than {CHUNK:,} bytes")
        if sheet.cells > limits.cells:
            raise _bomb(name, f"{info.filename} spans {sheet.cells:,} cells, the limit is {limits.cells:,}")


def _inflate(handle: BinaryIO, info: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """Yield the part's unpacked bytes in chunks, without trusting the size that the zip declares."""
    handle.seek(info.header_offset)
    header = handle.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise damage_error(name, f"its part {info.filename} is not where it should be")
    handle.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise damage_error(name, f"its part {info.filename} is packed in a way that workbooks do not use")
    inflater = zlib.decompressobj(-zlib.MAX_WBITS) if info.compress_type == zipfile.ZIP_DEFLATED else None
    left = info.compress_size
    while left > 0 and (packed := handle.read(min(left, CHUNK))):
        left -= len(packed)
        if inflater is None:
            yield packed
            continue
        try:
            while packed and not inflater.eof:
                yield inflater.decompress(packed, CHUNK)
                packed = inflater.unconsumed_tail
        except zlib.error as error:
            raise damage_error(name, f"its part {info.filename} can't be unpacked") from error


_FAR: Final = re.compile(rb"""r\s*=\s*["'](?:[A-Za-z]{3}\d|[A-Za-z]{0,2}\d{5})""")
_ADDRESS: Final = re.compile(rb"""r\s*=\s*["']([A-Za-z]{0,3})(\d{1,7})["']""")
_NEAR_COLUMNS: Final = 702  # ZZ


class _Span:
    """The largest rectangle that a sheet's cells can span, from the addresses in its XML.

    One cell at XFD1048576 makes a rectangle of 17 thousand million cells. Cells without an address follow one another,
    so there are at most as many columns as there are such cells. Most sheets have no address beyond ZZ9999, which a
    fast check detects; only the others are measured exactly.
    """

    def __init__(self, exact: bool) -> None:
        self.exact = exact
        self.far = False
        self._rest = b""
        self._rows, self._columns, self._unaddressed = 1, 1, 0

    def feed(self, chunk: bytes) -> None:
        """Measure the next chunk; save its last element, since an address may span two chunks."""
        data = self._rest + chunk
        cut = max(data.rfind(b"<"), 0)
        data, self._rest = data[:cut], data[cut:]
        # A cell has at most 32,767 characters; a megabyte element is an attack that makes each chunk search it again.
        self.far = self.far or len(self._rest) > CHUNK
        self._unaddressed += data.count(b"<c") - data.count(b'<c r="')
        if not self.exact:
            self.far = self.far or self._unaddressed > _NEAR_COLUMNS or _FAR.search(data) is not None
            return
        for letters, digits in _ADDRESS.findall(data):
            self._rows = max(self._rows, int(digits))
            self._columns = max(self._columns, _column_number(letters))

    @property
    def cells(self) -> int:
        """Return the upper limit of rows times columns; meaningful only in exact mode."""
        return self._rows * max(self._columns, self._unaddressed)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


# --- folders ---------------------------------------------------------------------------------------------


def folder_members(path: Path, name: str, limits: Limits) -> tuple[str, ...]:
    """Return the names of all files in a folder, sorted, with / between folders.

    Raises `UnreadableFile` for a link that leads out of the folder or a folder over `limits`.
    """
    root = path.resolve()
    members: list[str] = []
    total = 0
    for entry in sorted(path.rglob("*")):
        if not entry.resolve().is_relative_to(root):
            raise UnreadableFile(
                FileFault.UNSAFE,
                f"{name} contains a link that leads out of the folder: {entry.relative_to(path)}.",
                "Replace the link with the file itself.",
            )
        info = entry.stat()
        if stat.S_ISREG(info.st_mode):
            members.append(entry.relative_to(path).as_posix())
            total += info.st_size
            if len(members) > limits.members or total > limits.unpacked:
                raise UnreadableFile(
                    FileFault.TOO_LARGE,
                    f"{name} contains more than {limits.members:,} files or {limits.unpacked / 1024**2:,.0f} MB.",
                    "Use a folder that contains only the publisher's data files.",
                )
    if not members:
        raise UnreadableFile(FileFault.EMPTY, f"{name} is a folder without files.", DOWNLOAD_AGAIN)
    return tuple(members)
