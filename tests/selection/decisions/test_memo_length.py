"""Printed length of the memo: lines, pages, and sheets, and a Word document that other readers lay out alike."""

from __future__ import annotations

import io
from copy import deepcopy
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from selection.decisions.memo import length
from selection.decisions.memo.document import render_memo
from selection.decisions.memo.sample import SAMPLE
from selection.decisions.memo.sheets import memo_sheets
from selection.decisions.memo.type_widths import lines_of

NAMES = ("Problem", "(A) Prevalence", "(B) Commitment", "History", "Tier", "Asked for", "Agencies", "Notes")
PERU = (
    "Compact of Jun 15, 2017, extended to 84 months, ended Jun 15, 2024. $5.0M planned, $6.7M (Feb 6, 2020), more than "
    "$11.0M (2022), over $10.0M (Nov 29, 2023), more than $9.8M (October 2024) and $7.1M (day not known) stated later. "
    "Above both limits of today's policy. All U.S. aid obligated in FY 2025: $25.2M (ForeignAssistance.gov, reported "
    "in part)."
)
GHANA = (
    "Up to $5.0M over 48 months. Within both policy limits; no exception needed. Source of funds: Sample account. "
    "Reason: Sample: prevalence and commitment are found; courts, ministries, and partners are ready to work on it."
)
AGENCIES = "HHS: no equities; Justice and Labor: clear; State/F: no response"


def with_rows(count: int, text: str = "A sentence.", **values: Any) -> dict[str, Any]:
    block = {"rows": [{"name": name, "lead": "", "text": text} for name in NAMES]}
    countries = [{**SAMPLE["countries"][0], **deepcopy(block), "country": f"C{n}"} for n in range(count)]
    return {**SAMPLE, "countries": countries, "changes": [], "longer_because": "", **values}


def paged(count: int, rows: int, **values: Any) -> dict[str, Any]:
    """Return a memo in which each row of a country takes so many lines."""
    return with_rows(count, "word " * (14 * rows), **values)


@pytest.mark.parametrize(
    ("text", "width", "size", "lines"),
    [
        ("", length.WHOLE, 11, 0),
        ("Short.", length.WHOLE, 11, 1),
        (PERU, length.BESIDE, 11, 5),
        (GHANA, length.BESIDE, 11, 3),
        (AGENCIES, 98, 9.5, 3),
    ],
)
def test_lines_are_those_of_the_printed_document(text: str, width: float, size: float, lines: int) -> None:
    """The texts were set in the memo of the sample round and their lines were counted in its pages."""
    assert lines_of(text, width, size) == lines


def test_a_bold_lead_and_letters_that_are_not_in_the_table_take_more_room() -> None:
    text = "word " * 20
    width = next(points for points in range(100, 800) if lines_of(text, points) == 1)
    assert lines_of(text, width, lead="Found.") == 2
    assert lines_of("n" * 100, 55) == 11  # a word longer than a line
    assert lines_of("é" * 40, 200) == lines_of("e" * 40, 200)
    assert lines_of("\N{HIRAGANA LETTER A}" * 40, 200) > lines_of("m" * 40, 200)


def test_a_memo_of_three_countries_fits_three_pages() -> None:
    assert length.page_count(paged(3, 2)) == length.PAGES
    assert length.lines_over(paged(3, 2)) == 0


def test_a_memo_that_is_too_long_names_its_longest_rows() -> None:
    content = with_rows(3, "word " * 20)
    content["countries"][1]["rows"][3]["text"] = "word " * 2_000
    assert length.lines_over(content) > 0
    longest = length.longest(content)[0]
    assert longest.name == "C1, History"
    assert longest.lines > 100


def test_the_first_line_that_a_page_has_no_room_for_makes_the_memo_too_long() -> None:
    """Add to the text of a country, line by line, until its pair no longer fits a page."""
    found = []
    for lines in range(1, 30):
        content = paged(3, 2)
        content["countries"][0]["rows"][0]["text"] = "word " * (14 * lines)
        pair = sum(part.lines for country in content["countries"][:2] for part in length.country_parts(country))
        found.append((pair <= length.PAGE, length.lines_over(content)))
    assert {over == 0 for fits, over in found if fits} == {True}
    first = next(over for fits, over in found if not fits)
    assert 0 < first <= 2
    assert {fits for fits, _ in found} == {True, False}


@pytest.mark.parametrize(
    ("count", "rows", "expected"),
    [
        (0, 1, [(1, 1, []), (2, 2, [])]),
        (1, 2, [(1, 1, []), (2, 2, [0])]),
        (2, 2, [(1, 1, []), (2, 2, [0, 1])]),
        (2, 3, [(1, 1, []), (2, 2, [0]), (3, 3, [1])]),
        (3, 2, [(1, 1, []), (2, 2, [0, 1]), (3, 3, [2])]),
        (5, 2, [(1, 1, []), (2, 2, [0, 1]), (3, 3, [2, 3]), (4, 4, [4])]),
        (1, 20, [(1, 1, []), (2, 5, [0]), (6, 6, [])]),
    ],
)
def test_sheets_have_whole_countries(count: int, rows: int, expected: list[tuple[int, int, list[int]]]) -> None:
    content = paged(count, rows, others=[])
    sheets = memo_sheets(content)
    names = [f"C{n}" for n in range(count)]
    shown = [
        (one.sheet.first, one.sheet.last, [names.index(row["country"]) for row in one.countries]) for one in sheets
    ]
    assert shown == expected
    assert [one.is_last for one in sheets] == [*[False] * (len(sheets) - 1), True]
    last = expected[-1][1]
    assert {one.of for one in sheets} == {last} == {length.page_count(content)}
    assert sheets[0].called == f"Page 1 of {last}"


def test_a_sheet_with_a_part_longer_than_a_page_names_its_pages() -> None:
    assert [sheet.called for sheet in memo_sheets(paged(1, 20, others=[]))] == [
        "Page 1 of 6", "Pages 2 to 5 of 6", "Page 6 of 6"
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 4, 9])
def test_tables_with_repeated_columns_have_them_all_across_the_page(count: int) -> None:
    """Readers that take widths from the grid of a table, not from its cells, would lose columns."""
    matrix = {
        "agencies": [{"name": f"Agency {n}", "short": f"A{n}"} for n in range(count)],
        "rows": [{"country": "Country", "marks": ["C"] * count}],
        "key": "C clear",
    }
    document = Document(io.BytesIO(render_memo({**SAMPLE, "matrix": matrix}, content_hash="0" * 64)))
    for table in document.tables:
        grid = [int(column.w or 0) for column in table._tbl.tblGrid.gridCol_lst]
        assert sum(grid) == pytest.approx(6.5 * 914_400, rel=0.01)
        for row in table._tbl.tr_lst:
            assert [int(tc.width or 0) for tc in row.tc_lst] == grid
    [positions] = [table for table in document.tables if table.rows[0].cells[-1].text == f"A{count - 1}"]
    assert len(positions.rows[0].cells) == count + 1


def test_the_document_breaks_where_the_estimate_does() -> None:
    """Page 1 stands alone, a country stays together, and the footer has the count of pages until Word counts."""
    document = Document(io.BytesIO(render_memo(with_rows(2), content_hash="0" * 64)))
    breaks = [n for n, row in enumerate(document.paragraphs) if row.paragraph_format.page_break_before]
    first = next(n for n, row in enumerate(document.paragraphs) if row.text.startswith("1. Country"))
    assert breaks == [first - 1]
    rows = [row for row in document.paragraphs if row.style is not None and row.style.name == "Memo Row"]
    assert [bool(row.paragraph_format.keep_with_next) for row in rows] == ([True] * 7 + [False]) * 2
    assert all(row.style is not None and row.style.paragraph_format.keep_together for row in rows)
    footer = "".join(str(text.text) for text in document.sections[0].footer.paragraphs[0]._p.iter(qn("w:t")))
    assert footer.endswith(f"of {length.page_count(with_rows(2))}")
