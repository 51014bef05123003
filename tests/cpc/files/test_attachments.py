"""Files that people attach: their kind by the bytes, and their size, at each limit."""

from __future__ import annotations

import io
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from cpc.files import attachments
from cpc.files.attachments import MOST_BYTES, attachment_findings

PDF = b"%PDF-1.7 sample"


def found(name: str, content: bytes, size: int | None = None) -> str:
    file = io.BytesIO(content)
    result = attachment_findings(name, len(content) if size is None else size, file)
    assert file.tell() == 0
    assert {finding.field for finding in result} <= {"file"}
    return "".join(finding.code for finding in result)


def office(*names: str, content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return out.getvalue()


def locked(content: bytes) -> bytes:
    """Set the flag of a password in the list of parts of a document with one part."""
    flags = content.index(b"PK\x01\x02") + 8
    return content[:flags] + b"\x01" + content[flags + 1 :]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", PDF, ""),
        ("a.PDF", PDF, ""),
        ("a.pdf", b"%PDX", "file_kind"),
        ("a.png", b"\x89PNG\r\n\x1a\n.", ""),
        ("a.jpg", b"\xff\xd8\xff", ""),
        ("a.jpeg", b"\xff\xd8\xfe", "file_kind"),
        ("a", PDF, "file_kind"),
        ("a.exe", b"MZ", "file_kind"),
        ("a.txt", "Côte".encode(), ""),
        ("a.csv", b"a,b", ""),
        ("a.txt", b"a\x00b", "file_kind"),
        ("a.txt", b"\xff", "file_kind"),
        ("a.docx", office("word/document.xml"), ""),
        ("a.xlsx", office("xl/workbook.xml"), ""),
        ("a.odt", office("content.xml"), ""),
        ("a.docx", office("xl/workbook.xml"), "file_kind"),
        ("a.docx", office("word/document.xml", "word/vbaProject.bin"), "file_macros"),
        ("a.odt", office("content.xml", "Basic/Standard/script.xml"), "file_macros"),
        ("a.odt", office("content.xml", "Scripts/python/a.py"), "file_macros"),
        ("a.docx", b"PK\x03\x04broken", "file_kind"),
        ("a.docx", locked(office("word/document.xml")), "file_locked"),
    ],
)
def test_content_must_match_the_file_name(name: str, content: bytes, code: str) -> None:
    assert found(name, content) == code


@pytest.mark.parametrize(
    ("size", "code"), [(0, "file_empty"), (1, ""), (MOST_BYTES, ""), (MOST_BYTES + 1, "file_size")]
)
def test_the_size_of_a_file(size: int, code: str) -> None:
    assert found("a.pdf", PDF, size) == code


def test_message_names_location_and_remedy() -> None:
    (text,) = attachment_findings("a.txt", 3, io.BytesIO(b"ab\xff"))
    assert text.message == "Byte 3 is not valid UTF-8 text. Save the file as UTF-8 text."
    kinds = "pdf, docx, xlsx, odt, png, jpg, jpeg, txt, csv"
    for name, kind in (("a", "none"), ("a.EXE", "exe"), ("pdf", "none")):
        (found,) = attachment_findings(name, 1, io.BytesIO(PDF))
        assert found.message == f"Files of type “{kind}” are not accepted. Upload one of: {kinds}."
    (size,) = attachment_findings("a.pdf", 25 * 1024**2, io.BytesIO(PDF))
    assert size.message == "The file has 25.0 MB; the limit is 20 MB. Upload it in parts."


@pytest.mark.parametrize(
    ("limit", "value", "code"),
    [
        ("MOST_PARTS", 3, ""),
        ("MOST_PARTS", 2, "file_bomb"),
        ("MOST_UNPACKED", 3000, ""),
        ("MOST_UNPACKED", 2999, "file_bomb"),
    ],
)
def test_a_document_that_unpacks_to_too_much(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int, code: str
) -> None:
    monkeypatch.setattr(attachments, limit, value)
    content = office("word/document.xml", "a", "b", content=1000 * b"x")
    assert found("a.docx", content) == code


@pytest.mark.parametrize(("free", "code"), [(2000, ""), (1999, "file_bomb")])
def test_a_document_that_unpacks_to_many_times_its_size(monkeypatch: pytest.MonkeyPatch, free: int, code: str) -> None:
    monkeypatch.setattr(attachments, "FREE", free)
    monkeypatch.setattr(attachments, "MOST_RATIO", 1)
    content = office("word/document.xml", "a", "b", content=1000 * b"x")
    assert found("a.docx", content, 1000) == code
