"""Comment matrix: order, filters, exports, and the upload of a filled workbook."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from docx import Document
from openpyxl import load_workbook
from pytest_django import Settings

from cpc.accounts.models import User
from cpc.files.upload_safety import UnreadableFile
from selection.comment_matrix import services as comment_matrix_services
from selection.models import MatrixUpload, Note
from selection.notes import queries as notes_queries
from selection.notes.matrix_columns import COLUMNS, SHEET
from selection.notes.services import adjudications as adjudications_services
from selection.notes.services import notes as notes_services
from tests.support.noting import ROW, Desk, filled, sample_upload, workbook
from tests.support.tables import headings_in


@pytest.fixture
def desk(db: None, tmp_path: Any, settings: Settings) -> Desk:
    settings.MEDIA_ROOT = tmp_path / "media"
    return Desk.make()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def counts(upload: MatrixUpload) -> dict[str, int]:
    return Counter(line.state for line in comment_matrix_services.compare_lines(upload))


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def send(desk: Desk, file: Any, actor: User | None = None, **more: Any) -> MatrixUpload:
    given: dict[str, Any] = {"agency": desk.labor, "visibility": "office", **more}
    return comment_matrix_services.receive_matrix(
        selection_round=desk.round, file=file, actor=actor or desk.labor_contact, **given
    )


# ---- order, filters, figures ---------------------------------------------------------------------------------------


@pytest.fixture
def several(desk: Desk) -> list[Note]:
    """Write DOL-1 closed, TIP-1 open, DOL-2 escalated, DOL-3 critical and open, DOJ-1 major, DOL-4 withdrawn."""
    notes = [
        desk.write(desk.labor_contact, kind="administrative"),
        desk.write(desk.office.analyst),
        desk.write(desk.labor_contact),
        desk.critical(),
        desk.write(desk.justice_contact, kind="major", text="Justice has the word."),
        desk.write(desk.labor_contact),
    ]
    for index, concurs in ((0, True), (2, False)):
        desk.answer(notes[index], "rejected")
        adjudications_services.concur(note=notes[index], concurs=concurs, text="We looked.", actor=desk.labor_contact)
    notes_services.withdraw_note(note=notes[5], reason="Twice", actor=desk.labor_contact)
    return notes


@pytest.mark.parametrize(
    ("asked", "references"),
    [
        ({}, ["DOL-3", "DOJ-1", "TIP-1", "DOL-2", "DOL-1"]),
        ({"status": "open"}, ["DOL-3", "DOJ-1", "TIP-1"]),
        ({"status": "taken_back"}, ["DOL-4"]),
        ({"agency": "office"}, ["TIP-1"]),
        ({"agency": "doj"}, ["DOJ-1"]),
        ({"kind": "critical"}, ["DOL-3"]),
        ({"candidate": "CIV"}, []),
        ({"q": "HAS THE WORD"}, ["DOJ-1"]),
    ],
)
def test_matrix_lists_blocking_notes_first(
    desk: Desk, several: list[Note], asked: dict[str, str], references: list[str]
) -> None:
    found = notes_queries.matrix(desk.round, desk.office.analyst, **asked)
    assert [note.reference for note in found] == references


def test_matrix_figures_count_only_notes_that_the_reader_sees(desk: Desk, several: list[Note]) -> None:
    office = notes_queries.summary(desk.round, desk.office.analyst)
    counted = ("total", "agencies", "open_critical", "open_major", "agreed", "disclosed")
    assert [office[name] for name in counted] == [5, 2, 1, 1, 1, 1]
    assert office["answered"] == {"rejected": 2}
    assert [note.reference for note in office["blocking"]] == ["DOL-3"]
    justice = notes_queries.summary(desk.round, desk.justice_contact)
    assert (justice["total"], justice["agencies"], justice["blocking"]) == (1, 1, [])


def test_the_page_takes_as_many_queries_for_many_notes(desk: Desk, several: list[Note]) -> None:
    client = client_of(desk.office.analyst)
    url = f"/rounds/{desk.round.pk}/matrix/"
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        assert client.get(url).status_code == 200
    for number in range(20):
        note = desk.write(desk.labor_contact if number % 2 else desk.justice_contact, text=f"Note {number}")
        notes_services.reply_to_note(note=note, text="Yes.", actor=note.author, files=[sample_upload()])
        desk.answer(note, "noted", "Seen.")
    with CaptureQueriesContext(connection) as many:
        assert client.get(url).status_code == 200
    assert len(many) == len(few)


# ---- files ---------------------------------------------------------------------------------------------------------

BAD_TEXTS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@ SUM(A1)", "\t=1", "\uff1dcmd|x", "<script>alert(1)</script>")


def test_the_files_have_the_columns_and_run_nothing(desk: Desk) -> None:
    for text in BAD_TEXTS:
        desk.write(desk.labor_contact, text=f"{text}", proposed_text=text, section=text.strip()[:120])
    client = client_of(desk.office.analyst)
    headings, whole = [column.heading for column in COLUMNS], f"/rounds/{desk.round.pk}/matrix/?columns=file&format="

    book = load_workbook(io.BytesIO(content(client.get(f"{whole}xlsx"))))
    rows = list(book[SHEET].iter_rows())
    assert [cell.value for cell in rows[0]] == headings
    assert {cell.data_type for row in rows[1:] for cell in row} <= {"s", "n"}
    assert len(rows) == len(BAD_TEXTS) + 1

    lines = content(client.get(f"{whole}csv")).decode("utf-8-sig")
    assert lines.splitlines()[0].split(",") == headings
    assert "'=cmd|" in lines
    assert ",=cmd" not in lines
    assert "'\uff1dcmd|" in lines
    page = client.get(f"/rounds/{desk.round.pk}/matrix/").content.decode()
    assert "<script>alert" not in page


def test_a_file_has_what_the_page_shows_in_its_columns_and_each_once(desk: Desk) -> None:
    note = desk.critical(proposed_text="Say this.", section="Table 2")
    desk.answer(note)
    client, url = client_of(desk.office.analyst), f"/rounds/{desk.round.pk}/matrix/?columns=text,candidate,agency"
    page = client.get(url).content.decode()
    assert headings_in(page) == ["No.", "Note and proposed text", "Candidate", "Agency, on what"]
    heads, row = csv.reader(io.StringIO(content(client.get(f"{url}&format=csv")).decode("utf-8-sig")))
    assert heads == [
        "No.",
        "Comment",
        "Proposed text",
        "Candidate",
        "Agency",
        "Reviewer",
        "Section or paragraph",
    ]
    assert (row[0], row[2], row[6]) == (note.reference, "Say this.", "Table 2")


def test_word_matrix_has_heading_styles_and_a_repeated_header_row(desk: Desk) -> None:
    note = desk.critical(proposed_text="Say this.")
    desk.answer(note)
    response = client_of(desk.office.analyst).get(f"/rounds/{desk.round.pk}/matrix/?format=docx&kind=critical")
    found = Document(io.BytesIO(content(response)))
    assert [p.style.name for p in found.paragraphs if p.style and p.style.name.startswith("Heading")] == [
        "Heading 1",
        "Heading 2",
    ]
    assert "Type: Critical" in " ".join(p.text for p in found.paragraphs)
    (table,) = found.tables
    assert [cell.text for cell in table.rows[0].cells] == [column.heading for column in COLUMNS]
    assert table.rows[0]._tr.xpath("./w:trPr/w:tblHeader")
    cells = [cell.text for cell in table.rows[1].cells]
    assert cells[1] == "Department of Labor"
    assert {"Critical", "Say this.", "Rejected", "It is not in the source."} <= set(cells)


# ---- a filled workbook ---------------------------------------------------------------------------------------------


def test_filled_matrix_is_previewed_and_imported_once(desk: Desk) -> None:
    known = desk.write(desk.labor_contact, text="On record.")
    rows: list[dict[str, Any]] = [
        {"number": known.reference, "text": "On record.", "candidate": "Ghana", "kind": "Substantive"},
        ROW,
        {**ROW, "candidate": "all", "text": "On the round.", "reviewer": "Desk officer", "rationale": "Because"},
    ]
    headings = [c.heading for c in COLUMNS if c.key in ("number", "candidate", "kind", "text")]
    assert counts(send(desk, workbook(_narrow(rows[:1]), headings=headings))) == {"unchanged": 1}

    upload = send(desk, workbook(rows[1:]))
    assert counts(upload) == {"new": 2}
    assert Note.objects.count() == 1
    done = comment_matrix_services.import_matrix(upload=upload, actor=desk.labor_contact)
    assert (done.added, Note.objects.count()) == (2, 3)
    first, second = Note.objects.order_by("pk")[1:]
    assert (first.agency, first.kind, first.section, first.visibility) == (desk.labor, "major", "Question 2", "office")
    assert (second.anchor, second.reviewer) == ("round", "Desk officer")

    assert comment_matrix_services.import_matrix(upload=upload, actor=desk.labor_contact).added == 2
    again = send(desk, workbook(rows[1:]))
    assert counts(again) == {"unchanged": 2}
    assert comment_matrix_services.import_matrix(upload=again, actor=desk.labor_contact).added == 0
    assert Note.objects.count() == 3


def _narrow(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows of a four-column sheet, keyed by the first four columns of the full sheet."""
    keys = [column.key for column in COLUMNS]
    return [dict(zip(keys, (r["number"], r["candidate"], r["kind"], r["text"]), strict=False)) for r in rows]


def test_unchanged_template_adds_nothing_and_criterion_name_is_an_anchor(desk: Desk) -> None:
    label = next(iter(notes_queries.criterion_labels(desk.round).values()))
    comment_matrix_services.import_matrix(
        upload=send(desk, workbook([{**ROW, "section": label}])), actor=desk.labor_contact
    )
    note = Note.objects.get()
    assert (note.anchor, note.section) == ("criterion", "")
    desk.answer(note)
    adjudications_services.concur(note=note, concurs=False, text="=1+1 is two.", actor=desk.labor_contact)
    url = f"/rounds/{desk.round.pk}/matrix/template/"
    own = content(client_of(desk.labor_contact).get(url))
    office = content(client_of(desk.office.analyst).get(f"{url}?agency=dol"))
    for sent in (own, office):
        upload = send(desk, sample_upload("template.xlsx", sent))
        assert counts(upload) == {"unchanged": 1}


@pytest.mark.parametrize(
    ("row", "code", "cell"),
    [
        ({**ROW, "candidate": "Kosovo"}, "candidate", "D2"),
        ({**ROW, "candidate": None}, "candidate", "D2"),
        ({**ROW, "kind": "Huge"}, "kind", "G2"),
        ({**ROW, "kind": "Critical"}, "critical_rationale", "J2"),
        ({**ROW, "text": None}, "text", "H2"),
        ({**ROW, "agency": "Department of Justice"}, "agency", "B2"),
        ({**ROW, "outcome": "Accepted"}, "by_office", "K2"),
        ({**ROW, "text": "=cmd|' /C calc'!A0"}, "formula", "H2"),
        ({**ROW, "text": "x" * 8_001}, "long", "H2"),
        ({**ROW, "number": "DOL-99"}, "number", "A2"),
        ({**ROW, "number": 1}, "number", "A2"),
        ({**ROW, "number": "../1"}, "number", "A2"),
    ],
)
def test_invalid_cell_is_named_and_nothing_is_imported(desk: Desk, row: dict[str, Any], code: str, cell: str) -> None:
    upload = send(desk, workbook([row, {**ROW, "text": "A good one."}]))
    lines = comment_matrix_services.compare_lines(upload)
    assert [(line.state, [fault.code for fault in line.faults]) for line in lines] == [
        ("rejected", [code]),
        ("new", []),
    ]
    (fault,) = lines[0].faults
    assert fault.cell == f"{SHEET}!{cell}"
    assert fault.message
    assert fault.remedy
    with pytest.raises(ValidationError, match="No notes were added"):
        comment_matrix_services.import_matrix(upload=upload, actor=desk.labor_contact)
    assert not Note.objects.exists()


def test_a_row_twice_and_a_row_that_would_change_a_note(desk: Desk) -> None:
    note = desk.write(desk.labor_contact, text="As written.")
    rows: list[dict[str, Any]] = [
        ROW,
        {**ROW, "text": "Two  programs OVERLAP."},
        {"number": note.reference.lower(), "text": "Edited."},
    ]
    lines = comment_matrix_services.compare_lines(send(desk, workbook(rows)))
    assert [line.state for line in lines] == ["new", "rejected", "changed"]
    assert lines[1].faults[0].message == "This row repeats row 2."
    assert "H" in {fault.cell.split("!")[1][0] for fault in lines[2].faults}
    theirs = desk.write(desk.justice_contact)
    (line,) = comment_matrix_services.compare_lines(
        send(desk, workbook([{"number": theirs.reference, "text": "Show the later figure."}]))
    )
    assert [fault.code for fault in line.faults] == ["number"]


def test_who_sends_a_matrix(desk: Desk) -> None:
    for actor in (desk.justice_contact, desk.office.approver):
        with pytest.raises(PermissionDenied):
            send(desk, workbook(), actor)
    upload = send(desk, workbook(), desk.office.analyst)
    comment_matrix_services.import_matrix(upload=upload, actor=desk.office.analyst)
    note = Note.objects.get()
    assert (note.agency, note.author) == (desk.labor, desk.office.analyst)
    with pytest.raises(ValidationError):
        send(desk, workbook(), desk.office.analyst, visibility="agency")
    private = send(desk, workbook(), visibility="agency")
    assert not MatrixUpload.objects.visible_to(desk.office.analyst).filter(pk=private.pk).exists()
    assert not MatrixUpload.objects.visible_to(desk.justice_contact).exists()
    asked_nothing = desk.office.agency("hhs", "Health and Human Services")
    with pytest.raises(ValidationError):
        send(desk, workbook(), desk.office.analyst, agency=asked_nothing)


def _zip(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def _with(members: dict[str, bytes]) -> bytes:
    """Return the filled workbook with added or replaced parts."""
    parts = {}
    with zipfile.ZipFile(io.BytesIO(filled([ROW]))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return _zip(parts | members)


FAR = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
)
COLUMN_TWICE = [column.heading for column in COLUMNS[:-1]] + ["Comment"]


NO_MATRIX = {
    "empty": (b"", "empty"),
    "another kind": (b"%PDF-1.7 sample", "wrong_kind"),
    "binary": (b"MZ\0\0\1\2", "wrong_kind"),
    "text": (b"No.,Comment\n1,=cmd\n", "wrong_kind"),
    "web page": (b"<html><body>matrix</body></html>", "wrong_kind"),
    "too large": (b"a" * (5 * 1024**2 + 1), "too_large"),
    "cut": (filled([ROW])[:-200], "corrupt"),
    "archive": (_zip({"readme.txt": b"x"}), "unknown_layout"),
    "way out": (_zip({"../../etc/passwd": b"x"}), "unknown_layout"),
    "bomb": (_with({"xl/media/bomb.bin": b"\0" * (70 * 1024**2)}), "zip_bomb"),
    "far cell": (_with({"xl/worksheets/sheet1.xml": FAR}), "zip_bomb"),
    "no row": (filled([]), "unknown_layout"),
    "unknown column": (filled([ROW], headings=["Something else"]), "unknown_layout"),
    "column twice": (filled([ROW], headings=COLUMN_TWICE), "unknown_layout"),
    "column missing": (filled([ROW], headings=["No.", "Agency"]), "unknown_layout"),
    "another sheet": (filled([ROW], sheets=["More"]), "unknown_layout"),
    "many rows": (filled([{**ROW, "text": str(number)} for number in range(1_001)]), "unknown_layout"),
}


@pytest.mark.parametrize("case", NO_MATRIX)
def test_file_that_is_not_a_matrix_is_rejected_with_a_remedy(desk: Desk, case: str) -> None:
    data, code = NO_MATRIX[case]
    with pytest.raises(UnreadableFile) as caught:
        send(desk, sample_upload("../../matrix.xlsx", data))
    assert caught.value.code == code, caught.value.message
    assert caught.value.remedy
    assert ".." not in caught.value.message
    assert not MatrixUpload.objects.exists()
