"""Reading a filled matrix: headings, sheets, rows, and the texts of cells."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from cpc.files.upload_safety import UnreadableFile
from selection.comment_matrix import reading
from selection.comment_matrix.reading import read_sheet
from selection.notes.matrix_columns import ABOUT, SHEET

HEADINGS = ("Candidate", "Type", "Comment")
ROW = ("Ghana", "Major", "Overlaps.")


def upload(*rows: Sequence[Any], title: str = SHEET, sheets: Sequence[str] = ()) -> SimpleUploadedFile:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for name in sheets:
        book.create_sheet(name)
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("matrix.xlsx", file.getvalue())


def refused(*rows: Sequence[Any], **more: Any) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_sheet(upload(*rows, **more))
    return str(caught.value)


def test_a_row_is_read_by_the_headings_of_its_columns_in_any_order_and_case() -> None:
    [line] = read_sheet(upload((None, "COMMENT", "candidate", " Type "), (None, "Overlaps.", " Ghana ", "Major")))
    assert line == {
        "row": 2,
        "cells": {"text": "Overlaps.", "candidate": "Ghana", "kind": "Major"},
        "columns": {"text": "B", "candidate": "C", "kind": "D"},
        "formulas": [],
        "sheet": SHEET,
    }


def test_empty_rows_are_skipped_and_rows_keep_their_numbers() -> None:
    found = read_sheet(upload(HEADINGS, ROW, (None, "  ", None), ("Peru", None, None)))
    assert [(line["row"], line["cells"]) for line in found] == [
        (2, {"candidate": "Ghana", "kind": "Major", "text": "Overlaps."}), (4, {"candidate": "Peru"})
    ]  # fmt: skip
    assert found[1]["columns"] == {"candidate": "A", "kind": "B", "text": "C"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (3.0, "3"),
        (3.5, "3.5"),
        (dt.datetime(2026, 11, 24), "2026-11-24"),
        (dt.datetime(2026, 11, 24, 9, 30), "2026-11-24T09:30:00"),
        ("a\r\nb ", "a\nb"),
        (True, "True"),
        (None, ""),
    ],
)
def test_a_value_is_read_as_text(value: Any, text: str) -> None:
    assert reading._text(value) == text


def test_cells_with_a_formula_are_named() -> None:
    [line] = read_sheet(upload(HEADINGS, ("Ghana", "=1+1", "Overlaps.")))
    assert line["formulas"] == ["kind"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([HEADINGS], "It has no filled rows."),
        ([(*HEADINGS, "Odd"), ROW], f"{SHEET}!D1 has the heading “Odd”, which is not a column of the matrix."),
        ([(*HEADINGS, "comment"), ROW], f"{SHEET}!D1 repeats the heading “comment”."),
        ([("Candidate", "Comment"), ROW], f"The first row of “{SHEET}” has no column Type."),
        ([("Section or paragraph",), ROW], "has no column Candidate, Type, Comment."),
        ([HEADINGS, (*ROW, "More")], f"{SHEET}!D2 is filled in, but its column has no heading."),
    ],
)
def test_unreadable_part_of_a_workbook_is_named(rows: Sequence[Sequence[Any]], message: str) -> None:
    assert message in refused(*rows)


def test_only_the_sheet_of_the_matrix_and_the_one_about_it_are_taken() -> None:
    assert read_sheet(upload(HEADINGS, ROW, sheets=[ABOUT]))
    assert read_sheet(upload(HEADINGS, ROW, title="Sheet 1"))[0]["sheet"] == "Sheet 1"
    assert f"In addition to “{SHEET}”, it has the sheet “Notes”, which is not read." in refused(
        HEADINGS, ROW, sheets=["Notes"]
    )


def test_a_matrix_has_at_most_a_number_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    assert len(read_sheet(upload(HEADINGS, ROW, ROW))) == 2
    assert "It has more than 2 rows." in refused(HEADINGS, ROW, ROW, ROW)
    assert len(read_sheet(upload(HEADINGS, ROW, ROW, (None,)))) == 2


def test_other_files_are_refused() -> None:
    with pytest.raises(UnreadableFile, match=r"matrix\.xlsx"):
        read_sheet(SimpleUploadedFile("matrix.xlsx", b"Candidate,Type,Comment"))
