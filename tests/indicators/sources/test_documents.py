"""Received files: read to the cell, or rejected with a fault, an explanation, and a remedy."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cpc.files.upload_safety import OLE_MAGIC
from indicators.sources.documents import (
    Document,
    FileFault,
    Limits,
    Media,
    UnreadableFile,
    cell_locator,
    column_letters,
    line_locator,
)

SMALL = Limits(bytes=1_000_000, unpacked=5_000_000, members=50, ratio=100, ratio_from=100_000, cells=1_000_000)


def workbook(rows: dict[str, Any], title: str = "Data") -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = title
    for address, value in rows.items():
        book.active[address] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def archive(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return stream.getvalue()


def with_part(part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook in which one part is changed."""
    with zipfile.ZipFile(io.BytesIO(workbook({"A1": "Country", "B1": 1}))) as packed:
        return archive({n: change(packed.read(n)) if n == part else packed.read(n) for n in packed.namelist()})


def declare_smaller(content: bytes, part: bytes) -> bytes:
    """Declare 10 bytes for `part` in the ZIP directory, as a dishonest ZIP bomb does."""
    at = content.rindex(part) - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    return content[: at + 24] + (10).to_bytes(4, "little") + content[at + 28 :]


def encrypted_member() -> bytes:
    content = bytearray(archive({"gh.json": b"{}"}))
    content[content.index(b"PK\x03\x04") + 6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def ole(stream: str) -> bytes:
    return OLE_MAGIC + bytes(1016) + stream.encode("utf-16-le") + bytes(64)


SHEET = "xl/worksheets/sheet1.xml"
ZEROS = bytes(2_000_000)
DEEP = b"[" * 200_000 + b"]" * 200_000
BILLION = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
NO_SHEET = re.compile(rb"<sheets>.*</sheets>")


def far_cell(xml: bytes) -> bytes:
    return xml.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')


def unaddressed_cells(xml: bytes) -> bytes:
    row = b"<row>" + b"<c><v>1</v></c>" * 3000 + b"</row>"
    return xml.replace(b"</sheetData>", row + b'<row r="9000"><c r="A9000"><v>1</v></c></row></sheetData>')


BAD: dict[str, tuple[str, bytes, FileFault, str]] = {
    "empty": ("fiw.xlsx", b"", FileFault.EMPTY, "is empty"),
    "empty zip": ("profiles.zip", archive({}), FileFault.EMPTY, "without files"),
    "truncated workbook": ("cpi.xlsx", workbook({"A1": "x"})[:-400], FileFault.CORRUPT, "incomplete"),
    "half a workbook": ("cpi.xlsx", workbook({"A1": "x"})[:2000], FileFault.CORRUPT, "incomplete"),
    "broken part": (
        "cpi.xlsx",
        with_part(SHEET, lambda x: x).replace(b"PK\x03\x04", b"PK\x03\x05"),
        FileFault.CORRUPT,
        "damaged",
    ),
    "broken sheet": ("cpi.xlsx", with_part(SHEET, lambda x: x[: len(x) // 2]), FileFault.CORRUPT, "sheet Data"),
    "broken book": ("cpi.xlsx", with_part("xl/workbook.xml", lambda x: x[:90]), FileFault.CORRUPT, "cannot be opened"),
    "no sheets": (
        "cpi.xlsx",
        with_part("xl/workbook.xml", lambda x: NO_SHEET.sub(b"<sheets/>", x)),
        FileFault.NO_SHEETS,
        "without sheets",
    ),
    "password": ("cpi.xlsx", ole("EncryptedPackage"), FileFault.ENCRYPTED, "password"),
    "password in zip": ("profiles.zip", encrypted_member(), FileFault.ENCRYPTED, "password"),
    "old excel": ("fiw.xls", ole("Workbook"), FileFault.WRONG_KIND, "before Excel 2007"),
    "old excel renamed": ("fiw.xlsx", ole("Workbook"), FileFault.WRONG_KIND, "before Excel 2007"),
    "old word": ("fiw.xlsx", ole("WordDocument"), FileFault.WRONG_KIND, "old Office format"),
    "page as workbook": ("cpi.xlsx", b"\n<!DOCTYPE html><html><p>Log in", FileFault.WRONG_KIND, "is a web page"),
    "page as csv": ("aid.csv", b"<html><body>404</body></html>", FileFault.WRONG_KIND, "is a web page"),
    "text as workbook": ("cpi.xlsx", b"Country,Score\nGhana,43\n", FileFault.WRONG_KIND, "content is text"),
    "rubbish": ("cpi.csv", bytes(range(256)) * 20, FileFault.WRONG_KIND, "not a workbook"),
    "picture": ("map.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", FileFault.WRONG_KIND, "not a workbook"),
    "word": ("x.docx", archive({"[Content_Types].xml": b"<Types/>"}), FileFault.WRONG_KIND, "not a workbook"),
    "binary workbook": (
        "x.xlsb",
        archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"1"}),
        FileFault.WRONG_KIND,
        "xlsb",
    ),
    "open document": (
        "x.ods",
        archive({"mimetype": b"application", "content.xml": b"<x/>"}),
        FileFault.WRONG_KIND,
        "OpenDocument",
    ),
    "too large": ("cpi.csv", b"a,b\n" * 300_000, FileFault.TOO_LARGE, "the limit is 1.0 MB"),
    "ratio": ("profiles.zip", archive({"a.json": ZEROS}), FileFault.ZIP_BOMB, "times its size"),
    "total": ("profiles.zip", archive({f"{i}": ZEROS for i in range(3)}), FileFault.ZIP_BOMB, "the limit is 5 MB"),
    "many members": ("profiles.zip", archive({str(i): b"1" for i in range(60)}), FileFault.ZIP_BOMB, "60 files"),
    "workbook bomb": ("cpi.xlsx", with_part(SHEET, lambda x: x + ZEROS), FileFault.ZIP_BOMB, "times its size"),
    "dishonest workbook bomb": (
        "cpi.xlsx",
        declare_smaller(with_part(SHEET, lambda x: x + ZEROS), SHEET.encode()),
        FileFault.ZIP_BOMB,
        "larger than it declares",
    ),
    "far cell": ("cpi.xlsx", with_part(SHEET, far_cell), FileFault.ZIP_BOMB, "cells"),
    "wide rows": ("cpi.xlsx", with_part(SHEET, unaddressed_cells), FileFault.ZIP_BOMB, "cells"),
    "entities": ("findings.xml", BILLION, FileFault.UNSAFE, "entities"),
    "cut xml": ("findings.xml", b"<Countries><Country>", FileFault.CORRUPT, "XML"),
    "deep json": ("gh.json", DEEP, FileFault.UNSAFE, "nested"),
    "cut json": ("gh.json", b'{"Economy": {', FileFault.CORRUPT, "JSON"),
    "no number": ("gh.json", b'{"Population": NaN}', FileFault.CORRUPT, "NaN"),
    "open quote": ("aid.csv", b'a,b\n1,"2\n3,4\n', FileFault.CORRUPT, "line 2"),
    "bad bytes": ("aid.csv", b"a,b\n1,\x81\xff\n", FileFault.CORRUPT, "line 2"),
}


def read_all(document: Document) -> None:
    match document.media:
        case Media.WORKBOOK:
            for name in document.sheet_names:
                document.sheet(name)
        case Media.ZIP | Media.FOLDER:
            for name in document.members:
                document.member(name)
        case Media.XML:
            document.xml()
        case Media.JSON:
            document.json()
        case _:
            assert document.csv_rows is not None


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_with_fault_sentence_and_remedy(case: str, tmp_path: Path) -> None:
    name, content, fault, expected = BAD[case]
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as caught:
        read_all(Document(path, name=name, limits=SMALL))
    assert caught.value.code is fault
    assert expected in caught.value.message
    assert name in caught.value.message
    assert caught.value.remedy.endswith(".")


def test_200_mb_are_refused_by_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "huge.xlsx"
    with path.open("wb") as handle:
        handle.truncate(200 * 1024 * 1024)
    for attribute in ("media", "content"):
        with pytest.raises(UnreadableFile) as caught:
            getattr(Document(path), attribute)
        assert caught.value.code is FileFault.TOO_LARGE
        assert "200.0 MB" in caught.value.message


def test_a_member_that_lies_about_its_size_is_never_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "profiles.zip"
    path.write_bytes(declare_smaller(archive({"gh.json": ZEROS}), b"gh.json"))
    document = Document(path)
    with pytest.raises(UnreadableFile) as caught:
        document.member("gh.json")
    assert caught.value.code is FileFault.CORRUPT


@pytest.mark.parametrize(
    ("name", "content", "media"),
    [
        ("a.bin", workbook({"A1": 1}), Media.WORKBOOK),
        ("a.xlsx", workbook({"A1": 1}), Media.WORKBOOK),
        ("a.bin", archive({"gh.json": b"{}"}), Media.ZIP),
        ("a.csv", b"Country\nGhana\n", Media.CSV),
        ("upload", b"Country;Year;Tier\nGhana;2023;2\nTogo;2023;2\n", Media.CSV),
        ("a.txt", b"GHANA (Tier 2)\n\nThe government, in 2023, did not.", Media.TEXT),
        ("a.txt", b'\xef\xbb\xbf {"a": 1}', Media.JSON),
        ("a", "[1]".encode("utf-16"), Media.JSON),
        ("a", b"<?xml version='1.0'?><Countries/>", Media.XML),
        ("a", b"<?xml version='1.0'?><!DOCTYPE html><html></html>", Media.HTML),
        ("narrative.html", b"<!DOCTYPE html><p>x", Media.HTML),
    ],
)
def test_the_container_is_recognized_by_content(name: str, content: bytes, media: Media, tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(content)
    assert Document(path, name=name).media is media


def test_rows_and_columns_count_from_a1_when_the_first_are_empty(tmp_path: Path) -> None:
    path = tmp_path / "moved.xlsx"
    path.write_bytes(workbook({"C4": "Country", "D6": 2.0, "E6": 2.5, "F6": True, "D8": "#N/A", "B9": "-"}))
    document = Document(path)
    rows = document.sheet("Data")
    assert rows[3][2] == "Country"
    assert rows[5][3:6] == [2, 2.5, True]
    assert isinstance(rows[5][3], int)
    assert rows[7][3] == ""  # the error of a formula
    assert rows[8][1] == "-"
    assert all(cell == "" for row in rows[:3] for cell in row)
    assert document.sheet("Data") is rows
    with pytest.raises(KeyError, match="its sheets are Data"):
        document.sheet("CPI")


def test_a_sheet_beyond_the_fast_look_is_measured_and_read(tmp_path: Path) -> None:
    path = tmp_path / "long.xlsx"
    path.write_bytes(workbook({"A1": "Country", "B12000": 7, "AC3": 1}))
    rows = Document(path).sheet("Data")
    assert (len(rows), rows[11999][1], rows[2][28]) == (12000, 7, 1)


def test_hidden_sheets_are_reported(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("copy").sheet_state = "hidden"
    book.save(tmp_path / "h.xlsx")
    assert Document(tmp_path / "h.xlsx").hidden_sheets == {"copy"}


def test_strict_open_xml_is_read(shared_data: Path) -> None:
    document = Document(shared_data / "cpi" / "CPI2025_Results.xlsx")
    assert "CPI Historical" in document.sheet_names
    assert document.sheet("CPI2025")[4][:2] == ["Denmark", "DNK"]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Country,Tier\nGhana,2\n", [["Country", "Tier"], ["Ghana", "2"]]),
        ("Country;Value\nGhana;2,9\nTogo;3,1\n", [["Country", "Value"], ["Ghana", "2,9"], ["Togo", "3,1"]]),
        ("Country\tNote\nGhana\ta, b; c\n", [["Country", "Note"], ["Ghana", "a, b; c"]]),
        ('"Korea, Rep.";1\n"Korea, Dem. Rep.";2\n', [["Korea, Rep.", "1"], ["Korea, Dem. Rep.", "2"]]),
        ("Country|Tier\n", [["Country|Tier"]]),
        ("\ufeffa,b\r\n\r\n1,2\r\n", [["a", "b"], [], ["1", "2"]]),
    ],
)
def test_a_delimiter_is_a_comma_a_semicolon_or_a_tab(text: str, rows: list[list[str]], tmp_path: Path) -> None:
    path = tmp_path / "form.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert Document(path).csv_rows == rows


def test_a_record_knows_the_line_it_starts_on(tmp_path: Path) -> None:
    path = tmp_path / "form.csv"
    path.write_text('a,b\n1,"x\ny"\n2,z\n')
    assert Document(path).csv_records == [(1, ["a", "b"]), (2, ["1", "x\ny"]), (4, ["2", "z"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_decoded(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Côte d\u2019Ivoire".encode(encoding))
    assert Document(path).text == "Côte d\u2019Ivoire"


def test_a_folder_is_a_document_like_a_zip(tmp_path: Path) -> None:
    files = {"africa/gh.json": b'{"a": 1}', "africa/ng.json": b"{}", "README": b"x"}
    folder = tmp_path / "factbook"
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    document = Document(folder)
    assert document.media is Media.FOLDER
    assert document.members == ("README", "africa/gh.json", "africa/ng.json")
    assert document.member("africa/gh.json") == b'{"a": 1}'
    assert document.size == sum(map(len, files.values()))
    packed = tmp_path / "factbook.zip"
    packed.write_bytes(archive(files))
    assert {n: Document(packed).member(n) for n in Document(packed).members} == files
    for either in (document, Document(packed)):
        with pytest.raises(KeyError, match=re.escape("no file '../secret'")):
            either.member("../secret")
    before = document.sha256
    assert before == Document(folder, name="other").sha256
    (folder / "README").rename(folder / "READ")
    assert Document(folder).sha256 != before


def test_a_folder_without_files_or_with_a_way_out_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "factbook"
    folder.mkdir()
    with pytest.raises(UnreadableFile) as caught:
        assert Document(folder).media
    assert caught.value.code is FileFault.EMPTY
    (folder / "gh.json").symlink_to("/etc/hostname")
    with pytest.raises(UnreadableFile) as caught:
        assert Document(folder).media
    assert caught.value.code is FileFault.UNSAFE


def test_locators() -> None:
    assert [column_letters(i) for i in (0, 25, 26, 43, 701, 702)] == ["A", "Z", "AA", "AR", "ZZ", "AAA"]
    assert cell_locator("FIW13-25", 68, 43) == "FIW13-25!AR69"
    assert (line_locator(62), line_locator(62, 4)) == ("line 62", "line 62, column 4")
