"""Lines of a matrix against the record: bounds of each cell, what is the same note, and who may learn of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from cpc.accounts.models import User
from selection.comment_matrix import services
from selection.comment_matrix.services import ComparedLine, compare_lines, import_matrix
from selection.models import MatrixUpload
from selection.notes.services import notes as notes_services
from tests.support.noting import ROW, Desk, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db: None, tmp_path: Path, settings: Settings) -> Desk:
    settings.MEDIA_ROOT = tmp_path / "media"
    return Desk.make()


def sent(desk: Desk, *rows: Mapping[str, Any], actor: User | None = None) -> MatrixUpload:
    return services.receive_matrix(
        selection_round=desk.round,
        agency=desk.labor,
        file=workbook(rows),
        visibility="office",
        actor=actor or desk.labor_contact,
    )


def codes(lines: list[ComparedLine]) -> list[tuple[str, list[str]]]:
    return [(line.state, [fault.code for fault in line.faults]) for line in lines]


GOOD: list[dict[str, Any]] = [
    {"text": "x" * 8_000},
    {"proposed_text": "x" * 8_000},
    {"rationale": "x" * 8_000},
    {"reviewer": "x" * 120, "text": "One"},
    {"section": "x" * 120},
    {"document_version": "x" * 60, "text": "Two"},
    {"kind": "MAJOR", "text": "Three"},
    {"kind": "critical", "rationale": "By law."},
    {"candidate": "gha", "text": "Four"},
    {"candidate": "ALL", "text": "Five"},
    {"agency": "department of labor", "text": "Six"},
    {"agency": "dol", "text": "Seven"},
    {"agency": "DOL", "text": "Eight"},
]
BAD: list[tuple[dict[str, Any], list[str]]] = [
    ({"text": "x" * 8_001}, ["long"]),
    ({"proposed_text": "x" * 8_001}, ["long"]),
    ({"rationale": "x" * 8_001}, ["long"]),
    ({"reviewer": "x" * 121}, ["long"]),
    ({"section": "x" * 121}, ["long"]),
    ({"document_version": "x" * 61}, ["long"]),
    ({"kind": "critical", "text": None}, ["critical_rationale", "text"]),
    ({"candidate": "Peru", "agency": "doj"}, ["candidate", "agency"]),
    ({"status": "Open", "by": "ama"}, ["by_office", "by_office"]),
]


def test_the_bounds_of_each_cell(desk: Desk) -> None:
    assert codes(compare_lines(sent(desk, *({**ROW, **row} for row in GOOD)))) == [("new", [])] * len(GOOD)
    assert codes(compare_lines(sent(desk, *({**ROW, **row} for row, _ in BAD)))) == [
        ("rejected", found) for _, found in BAD
    ]


def test_a_line_is_the_same_note_by_its_content(desk: Desk) -> None:
    desk.write(desk.labor_contact, kind="major", text="Two  programs OVERLAP.", section="Question 2")
    same, *others = [
        ROW,
        {**ROW, "section": "Question 3"},
        {**ROW, "kind": "Substantive"},
        {**ROW, "candidate": "CIV"},
        {**ROW, "rationale": "By law."},
        {**ROW, "proposed_text": "Say this."},
    ]
    lines = compare_lines(sent(desk, same, {**ROW, "reviewer": "J. Doe", "document_version": "2"}, *others))
    assert [line.state for line in lines] == ["unchanged", "rejected", *["new"] * 5]
    assert lines[1].faults[0].message == "This row repeats row 2."
    assert Counter(line.state for line in lines) == {"unchanged": 1, "rejected": 1, "new": 5}


def test_a_note_that_was_withdrawn_may_be_written_again(desk: Desk) -> None:
    note = desk.write(desk.labor_contact, kind="major", text=ROW["text"], section=ROW["section"])
    notes_services.withdraw_note(note=note, reason="Sent twice", actor=desk.labor_contact)
    assert codes(compare_lines(sent(desk, ROW))) == [("new", [])]


def test_the_office_does_not_learn_of_a_note_that_only_the_agency_sees(desk: Desk) -> None:
    note = desk.write(desk.labor_contact, kind="major", text=ROW["text"], section=ROW["section"], visibility="agency")
    assert codes(compare_lines(sent(desk, ROW))) == [("unchanged", [])]
    assert codes(compare_lines(sent(desk, ROW, actor=desk.office.analyst))) == [("new", [])]
    numbered = {"number": note.reference, "text": ROW["text"]}
    assert codes(compare_lines(sent(desk, numbered, actor=desk.office.analyst))) == [("rejected", ["number"])]


@pytest.mark.parametrize(("count", "text"), [(1, "Correct 1 cell."), (2, "Correct 2 cells.")])
def test_the_number_of_cells_to_correct(desk: Desk, count: int, text: str) -> None:
    upload = sent(desk, *({**ROW, "text": f"{number}", "kind": "Huge"} for number in range(count)), ROW)
    with pytest.raises(ValidationError) as refused:
        import_matrix(upload=upload, actor=desk.labor_contact)
    assert refused.value.messages == [f"{text} No notes were added."]
    assert not desk.round.notes.exists()


@pytest.mark.parametrize(("length", "text"), [(80, "x" * 80), (81, "x" * 79 + "…")])
def test_a_long_value_is_shortened_beside_its_fault(length: int, text: str) -> None:
    assert services._short("x" * length) == text
