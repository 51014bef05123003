"""Uploads of a filled matrix: stored values, entries of the audit trail, and the fault of each cell in full."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from pytest_django import Settings

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from selection.comment_matrix import services
from selection.comment_matrix.services import ComparedLine, Fault, compare_lines, import_matrix
from selection.models import MatrixUpload, Note, SelectionRound
from selection.notes.matrix_columns import COLUMNS, SHEET
from tests.support.accounts import make_account
from tests.support.noting import ROW, Desk, workbook
from tests.support.outcomes import refusals, trail
from tests.support.unguarded import unguarded

pytestmark = pytest.mark.django_db

COTE, GHANA = "Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire", "Ghana"


@pytest.fixture
def desk(db: None, tmp_path: Path, settings: Settings) -> Desk:
    settings.MEDIA_ROOT = tmp_path / "media"
    return Desk.make()


def received(desk: Desk, *rows: Mapping[str, Any], actor: User | None = None, **more: Any) -> MatrixUpload:
    values: dict[str, Any] = {"agency": desk.labor, "visibility": "office", "file": workbook(rows), **more}
    return services.receive_matrix(selection_round=desk.round, actor=actor or desk.labor_contact, **values)


def cell(key: str, row: int = 2) -> str:
    return f"{SHEET}!{'ABCDEFGHIJKLMNOP'[[column.key for column in COLUMNS].index(key)]}{row}"


def compared(desk: Desk, *rows: Mapping[str, Any]) -> list[ComparedLine]:
    return compare_lines(received(desk, *rows))


def close(desk: Desk) -> None:
    """Take the round to its decision without its steps."""
    with unguarded():
        SelectionRound.objects.filter(pk=desk.round.pk).update(state="decided")


# ---- receiving -----------------------------------------------------------------------------------------------------


def test_an_upload_is_stored_with_its_lines_and_no_note(desk: Desk) -> None:
    file = workbook([ROW], "Labor notes.xlsx")
    digest = hashlib.sha256(file.read()).hexdigest()
    file.seek(0)
    upload = received(desk, actor=desk.labor_member, visibility="all", file=file)
    assert (upload.round, upload.agency, upload.uploaded_by) == (desk.round, desk.labor, desk.labor_member)
    assert (upload.name, upload.sha256, upload.visibility) == ("Labor notes.xlsx", digest, "all")
    assert (upload.applied_at, upload.applied_by) == (None, None)
    assert [line["cells"] for line in upload.lines] == [ROW]
    assert trail(upload) == [("member-dol", "received", None, {"sha256": digest, "rows": 1})]
    assert not Note.objects.exists()


def test_only_the_agency_and_the_office_upload_for_it(desk: Desk) -> None:
    with pytest.raises(PermissionDenied, match="can't write for Department of Labor"):
        received(desk, ROW, actor=desk.justice_contact)
    for role in (Role.VIEWER, Role.ADMINISTRATOR):
        with pytest.raises(PermissionDenied, match="does not have permission"):
            received(desk, ROW, actor=make_account(role))
    assert received(desk, ROW, actor=desk.office.analyst).uploaded_by == desk.office.analyst
    upload = received(desk, ROW)
    for actor in (desk.justice_contact, desk.office.approver):
        with pytest.raises(PermissionDenied):
            import_matrix(upload=upload, actor=actor)


def test_upload_requires_an_asked_agency_and_visibility_to_the_office(desk: Desk) -> None:
    other = Agency.objects.create(code="usaid", name="Another agency")
    with pytest.raises(ValidationError) as caught:
        received(desk, ROW, agency=other, actor=desk.office.analyst)
    assert (caught.value.code, caught.value.messages) == ("not_asked", ["Another agency is not asked in this round."])
    hidden = refusals(lambda: received(desk, ROW, visibility="agency", actor=desk.office.analyst))
    assert hidden == {"visibility": "visibility"}
    assert received(desk, ROW, visibility="agency").visibility == "agency"
    assert received(desk, ROW, actor=desk.office.analyst).visibility == "office"
    close(desk)
    assert refusals(lambda: received(desk, ROW)) == {"": "round_closed"}


# ---- taking in -----------------------------------------------------------------------------------------------------


def criterion_label(desk: Desk) -> tuple[str, str]:
    row = desk.round.model.as_table.criteria[0]
    return row.key, row.label


def test_each_cell_becomes_a_field_of_the_note(desk: Desk) -> None:
    row = {
        **ROW,
        "kind": "critical",
        "proposed_text": "Say this.",
        "rationale": "By law.",
        "document_version": "Draft 3",
        "reviewer": "J. Doe",
    }
    import_matrix(upload=received(desk, row, visibility="all"), actor=desk.labor_member)
    note = Note.objects.get()
    assert (note.kind, note.text, note.proposed_text) == ("critical", "Two programs overlap.", "Say this.")
    assert (note.rationale, note.section, note.document_version) == ("By law.", "Question 2", "Draft 3")
    assert (note.reviewer, note.agency, note.author) == ("J. Doe", desk.labor, desk.labor_member)
    assert (note.candidate, note.anchor, note.visibility) == (desk.candidate(), "candidate", "all")


def test_cells_that_are_left_out_are_empty(desk: Desk) -> None:
    bare = {"candidate": "GHA", "kind": "Administrative", "text": "Spell it out."}
    import_matrix(upload=received(desk, bare), actor=desk.labor_contact)
    note = Note.objects.get()
    assert (note.section, note.proposed_text, note.rationale, note.reviewer) == ("", "", "", "")
    assert note.criterion == ""


@pytest.mark.parametrize(("candidate", "is_anchored"), [(GHANA, True), ("All", False)])
def test_a_section_that_is_the_label_of_a_criterion_is_the_subject_of_the_note(
    desk: Desk, candidate: str, is_anchored: bool
) -> None:
    key, label = criterion_label(desk)
    row = {**ROW, "candidate": candidate, "section": label.upper()}
    import_matrix(upload=received(desk, row), actor=desk.labor_contact)
    note = Note.objects.get()
    if is_anchored:
        assert (note.anchor, note.criterion, note.section) == ("criterion", key, "")
    else:
        assert (note.anchor, note.criterion, note.section) == ("round", "", label.upper())


def test_upload_is_imported_once_by_any_permitted_account(desk: Desk) -> None:
    desk.write(desk.labor_contact, kind="major", text=ROW["text"], section=ROW["section"])
    upload = received(desk, ROW, {**ROW, "text": "Another."}, {**ROW, "text": "A third."})
    done = import_matrix(upload=upload, actor=desk.labor_member)
    assert (done.added, done.applied_by) == (2, desk.labor_member)
    done.refresh_from_db()
    assert (done.added, done.applied_by) == (2, desk.labor_member)
    assert done.applied_at is not None
    assert trail(upload)[1:] == [("member-dol", "took in", None, {"notes": 2})]
    assert sorted(note.text for note in Note.objects.all()) == ["A third.", "Another.", "Two programs overlap."]
    again = import_matrix(upload=upload, actor=desk.labor_contact)
    assert (again.added, again.applied_by, Note.objects.count()) == (2, desk.labor_member, 3)
    assert len(trail(upload)) == 2


def test_the_office_takes_in_for_the_agency(desk: Desk) -> None:
    import_matrix(upload=received(desk, ROW, actor=desk.office.analyst), actor=desk.office.analyst)
    note = Note.objects.get()
    assert (note.agency, note.author, note.visibility) == (desk.labor, desk.office.analyst, "office")


def test_faulty_line_or_closed_round_prevents_the_import(desk: Desk) -> None:
    wrong = received(desk, ROW, {**ROW, "kind": "Huge", "text": None})
    assert refusals(lambda: import_matrix(upload=wrong, actor=desk.labor_contact)) == {"": "matrix_faults"}
    good = received(desk, ROW)
    close(desk)
    assert refusals(lambda: import_matrix(upload=good, actor=desk.labor_contact)) == {"": "round_closed"}
    assert not Note.objects.exists()


# ---- faults --------------------------------------------------------------------------------------------------------

LONG = "x" * 121
CASES: list[tuple[dict[str, Any], tuple[str, str, str, str, str, str]]] = [
    (
        {"candidate": "Peru"},
        (
            "candidate",
            "Candidate",
            "Peru",
            "candidate",
            "Department of Labor is not asked about this candidate.",
            f"Enter one of: {COTE}, Ghana; or All for the round as a whole.",
        ),
    ),
    (
        {"candidate": None},
        (
            "candidate",
            "Candidate",
            "",
            "candidate",
            "The candidate is missing.",
            f"Enter one of: {COTE}, Ghana; or All for the round as a whole.",
        ),
    ),
    (
        {"kind": "Huge"},
        (
            "kind",
            "Type",
            "Huge",
            "kind",
            "This is not a type of note.",
            "Enter one of: Critical, Major, Substantive, Administrative.",
        ),
    ),
    (
        {"kind": "Critical"},
        (
            "rationale",
            "Rationale",
            "",
            "critical_rationale",
            "A critical note must state which law or policy is violated, or the risk.",
            "Fill in the rationale.",
        ),
    ),
    (
        {"text": None},
        ("text", "Comment", "", "text", "The comment is missing.", "Enter a comment, or clear the row."),
    ),
    (
        {"agency": "Department of Justice"},
        (
            "agency",
            "Agency",
            "Department of Justice",
            "agency",
            "This matrix belongs to Department of Labor.",
            "Leave it empty or enter Department of Labor.",
        ),
    ),
    (
        {"section": LONG},
        (
            "section",
            "Section or paragraph",
            f"{LONG[:79]}…",
            "long",
            "121 characters; the limit is 120.",
            "Shorten it, or attach a file to the note.",
        ),
    ),
    (
        {"rationale": "x" * 8_001},
        (
            "rationale",
            "Rationale",
            f"{LONG[:79]}…",
            "long",
            "8,001 characters; the limit is 8,000.",
            "Shorten it, or attach a file to the note.",
        ),
    ),
    (
        {"answer": "Accepted."},
        (
            "answer",
            "Adjudication rationale",
            "Accepted.",
            "by_office",
            "The office fills this in after the note is recorded.",
            "Clear it.",
        ),
    ),
    (
        {"text": "=1+1"},
        (
            "text",
            "Comment",
            "=1+1",
            "formula",
            "The cell has a formula or a formula error.",
            "Enter the text instead.",
        ),
    ),
    (
        {"number": "DOL-7"},
        (
            "number",
            "No.",
            "DOL-7",
            "number",
            "Department of Labor has no note with this number.",
            "Leave the number empty for a new note.",
        ),
    ),
]


def test_a_fault_names_cell_value_problem_and_remedy(desk: Desk) -> None:
    lines = compared(desk, *({**ROW, **changes} for changes, _ in CASES))
    assert [line.row for line in lines] == list(range(2, len(CASES) + 2))
    for line, (_, (key, *rest)) in zip(lines, CASES, strict=True):
        assert (line.state, line.note) == ("rejected", None)
        assert line.faults == [Fault(cell(key, line.row), *rest)]


def test_the_second_of_two_equal_rows_is_named_at_its_comment(desk: Desk) -> None:
    first, second = compared(desk, ROW, {**ROW, "text": "two PROGRAMS  overlap."})
    assert (first.state, first.candidate, first.note) == ("new", desk.candidate(), None)
    assert second.state == "rejected"
    assert second.faults == [
        Fault(
            cell("text", 3),
            "Comment",
            "two PROGRAMS  overlap.",
            "twice",
            "This row repeats row 2.",
            "Delete one of them.",
        )
    ]


def test_the_name_of_the_candidate_replaces_its_code(desk: Desk) -> None:
    [line] = compared(desk, {**ROW, "candidate": "civ"})
    assert line.cells["candidate"] == COTE
    assert line.candidate == desk.candidate("CIV")


# ---- lines with a number -------------------------------------------------------------------------------------------

REMEDY = (
    "Restore the original text. To change the note, supersede it on its page. The office records its answer there too."
)


def test_a_line_with_a_number_is_compared_cell_by_cell(desk: Desk) -> None:
    note = desk.write(
        desk.labor_contact, kind="major", text="Two programs overlap.", section="Question 2", reviewer="J. Doe"
    )
    held = {
        "number": note.reference,
        "agency": "Department of Labor",
        "reviewer": "J. Doe",
        "candidate": "Ghana",
        "document_version": "Evidence 1",
        "section": "Question 2",
        "kind": "Major",
        "text": "Two programs overlap.",
        "status": "Open",
    }
    changed = {**held, "kind": "Critical", "reviewer": None, "proposed_text": "Say this.", "answer": "Accepted."}
    same, other, lower = compared(desk, held, changed, {**held, "number": note.reference.lower(), "candidate": "GHA"})
    assert [(line.state, line.note, line.faults) for line in (same, lower)] == [("unchanged", note, [])] * 2
    assert (other.state, other.note) == ("changed", note)
    assert other.faults == [
        Fault(cell("reviewer", 3), "Reviewer", "", "changed", f"In {note}, this is “J. Doe”.", REMEDY),
        Fault(cell("kind", 3), "Type", "Critical", "changed", f"In {note}, this is “Major”.", REMEDY),
        Fault(
            cell("proposed_text", 3), "Proposed text", "Say this.", "changed", f"In {note}, this is “empty”.", REMEDY
        ),
        Fault(
            cell("answer", 3), "Adjudication rationale", "Accepted.", "changed", f"In {note}, this is “empty”.", REMEDY
        ),
    ]


def test_columns_that_the_workbook_lacks_are_not_compared(desk: Desk) -> None:
    note = desk.write(desk.labor_contact, text="On record.", section="Question 2")
    headings = [column.heading for column in COLUMNS if column.key in ("number", "candidate", "kind", "text")]
    rows = [{"number": note.reference, "agency": "Ghana", "reviewer": "Substantive", "candidate": "On record."}]
    upload = received(desk, file=workbook(rows, headings=headings))
    [line] = compare_lines(upload)
    assert (line.state, line.note) == ("unchanged", note)
