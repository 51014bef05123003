"""Page of documents: attachments, the text of the instrument, and public statements."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document as Word

from cpc.accounts.permissions import Role
from cpc.audit.queries import entries_of
from cpc.files.attachments import MOST_BYTES, attachment_findings
from partnerships.models import Document, DocumentVersion, FigureStatement, Partnership
from tests.partnerships.sending import client_of, page_text, send
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage

PDF = b"%PDF-1.7\n%sample\n"


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def draft(stage: Stage) -> Partnership:
    return stage.draft("KEN")


def documents(partnership: Partnership, *parts: object) -> str:
    return "/".join(["", "partnerships", str(partnership.pk), "documents", *map(str, parts), ""])


def upload(name: str = "memo.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def zipped(*names: str) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


def test_a_document_is_stored_in_versions_and_comes_back_as_a_download(
    analyst: Client, stage: Stage, draft: Partnership
) -> None:
    assert "No documents yet" in page_text(analyst.get(documents(draft)))
    first = send(analyst, documents(draft, "new"), kind="legal_review", title="Review by L", file=upload())
    assert first["Location"] == f"{documents(draft)}#documents"
    document = Document.objects.get(partnership=draft)
    more = documents(draft, document.pk, "new")
    assert send(analyst, more, file=upload(content=PDF)).status_code == 302
    assert send(analyst, more, file=upload(content=PDF + b"more"), note="Signed copy").status_code == 302
    assert [row.number for row in document.versions.all()] == [2, 1]
    version = DocumentVersion.objects.get(document=document, number=2)
    url = documents(draft, "versions", version.pk)
    assert url in analyst.get(documents(draft)).content.decode()
    response = analyst.get(url)
    assert b"".join(response) == PDF + b"more"
    assert response["Content-Disposition"] == 'attachment; filename="review-by-l-v2.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/octet-stream"
    (entry,) = [row for row in entries_of(version) if row.action == "downloaded"]
    assert entry.actor_name == str(stage.analyst)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("run.exe", b"MZ", "Files of type “exe” are not accepted"),
        ("page.html", b"<p>", "Files of type “html” are not accepted"),
        ("memo.pdf", b"<script>", "The file is named as pdf, but its content is something else"),
        ("memo.docx", PDF, "The file is named as docx, but its content is something else"),
        ("memo.docx", zipped("xl/workbook.xml"), "The file is named as docx, but its content is something else"),
        ("memo.docx", zipped("word/document.xml", "word/vbaProject.bin"), "The file contains macros"),
        ("memo.docx", b"PK\x03\x04broken", "The file is damaged"),
        ("note.txt", b"\xff\xfe", "Byte 1 is not valid UTF-8"),
        ("note.csv", b"a\x00b", "contains binary data"),
        ("memo", b"x", "Files of type “none” are not accepted"),
    ],
)
def test_file_with_wrong_content_is_rejected_at_its_field(
    analyst: Client, draft: Partnership, name: str, content: bytes, expected: str
) -> None:
    response = send(analyst, documents(draft, "new"), kind="other", title="Memo", file=upload(name, content))
    assert response.status_code == 422
    assert expected in response.context["form"].errors["file"][0]
    assert not Document.objects.exists()


def test_a_file_may_have_twenty_megabytes_and_no_byte_more() -> None:
    file = BytesIO(PDF)
    assert attachment_findings("a.pdf", MOST_BYTES, file) == []
    (finding,) = attachment_findings("a.pdf", MOST_BYTES + 1, file)
    assert finding.code == "file_size"
    assert file.tell() == 0


def test_instrument_is_drafted_from_the_current_record(analyst: Client, draft: Partnership) -> None:
    page = page_text(analyst.get(documents(draft)))
    assert "Programs: add a program or initiative." in page
    assert "No treaty language" in page
    response = analyst.get(f"/partnerships/{draft.pk}/instrument/")
    assert response["Content-Disposition"].startswith('attachment; filename="instrument-kenya-')
    assert response["X-Content-Type-Options"] == "nosniff"
    text = "\n".join(paragraph.text for paragraph in Word(BytesIO(response.content)).paragraphs)
    assert "Government of Kenya" in text


def test_a_public_statement_is_stored_beside_earlier_ones(analyst: Client, draft: Partnership) -> None:
    url = f"/partnerships/{draft.pk}/statements/new/"
    values: dict[str, Any] = {
        "kind": "us_planned", "text": "up to $5 million", "amount": "5000000", "currency": "USD",
        "stated_on": "2026-01-05", "source": "https://www.state.gov/",
    }  # fmt: skip
    assert send(analyst, url, **values).status_code == 302
    assert send(analyst, url, **values | {"text": "about $4 million", "amount": "4000000"}).status_code == 302
    text = page_text(analyst.get(documents(draft)))
    assert "up to $5 million" in text
    assert "about $4 million" in text
    refused = send(analyst, url, **values | {"currency": ""})
    assert "An amount needs a currency of three letters" in refused.context["form"].errors["currency"][0]
    assert FigureStatement.objects.filter(partnership=draft).count() == 2


def test_documents_of_others_are_not_found_and_readers_add_nothing(
    analyst: Client, stage: Stage, draft: Partnership
) -> None:
    other = stage.draft("PER")
    version = stage.document(other)
    assert analyst.get(documents(draft, "versions", version.pk)).status_code == 404
    assert analyst.get(documents(draft, version.document_id, "new")).status_code == 404
    viewer = client_of(make_account(Role.VIEWER))
    assert viewer.get(documents(other, "versions", version.pk)).status_code == 200
    assert "/new/" not in viewer.get(documents(other)).content.decode()
    assert viewer.post(documents(other, "new"), {}).status_code == 403
    reviewer = client_of(make_account(Role.REVIEWER))
    assert reviewer.get(documents(other, "versions", version.pk)).status_code == 404
