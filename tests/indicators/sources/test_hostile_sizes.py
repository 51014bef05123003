"""Files made to hold a request, too wide, long, or deep or with one huge cell: rejected, or read quickly."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from indicators.sources import registry
from indicators.sources.documents import Document, FileFault, Limits, Media, UnreadableFile
from indicators.sources.table_finder import HEADER_ACROSS, LONGEST_HEADING, TEXTS, Header
from indicators.sources.tip_narratives.blocks import from_text
from indicators.sources.tip_narratives.pages import MOST_LINES

COLUMNS = Limits().columns
SECONDS = 5.0
"""CPU time that recognizing a hostile file may take: each of those below took 15 seconds or more, one of them hours."""


def csv_of(path: Path, *rows: list[str]) -> Document:
    path.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    return Document(path)


def cpu_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


@pytest.mark.parametrize("count", [COLUMNS - 1, COLUMNS])
def test_a_row_of_as_many_columns_as_allowed_is_read(tmp_path: Path, count: int) -> None:
    (row,) = csv_of(tmp_path / "wide.csv", ["1"] * count).csv_rows
    assert len(row) == count


def test_a_row_of_one_column_more_is_rejected_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as found:
        _ = csv_of(tmp_path / "wide.csv", ["1"] * COLUMNS, ["1"] * (COLUMNS + 1)).csv_rows
    assert found.value.code is FileFault.TOO_LARGE
    assert found.value.message == "wide.csv has 2,001 columns in line 2; the limit is 2,000."


def hostile(path: Path, kind: str) -> Document:
    """Return a file of a kind that once held a request."""
    text = {
        "wide.csv": ",".join(f"c{number}" for number in range(1_000_000)),
        "cells.csv": "\n".join(",".join(["x y" * 30_000] * 3) for _ in range(40)),
        "lines.txt": "x\n" * 1_000_000,
        "deep.json": "[" * 100_000 + "]" * 100_000,
        "deep.xml": "<a>" * 100_000 + "</a>" * 100_000,
    }[kind]
    (path / kind).write_text(text, encoding="utf-8")
    return Document(path / kind)


@pytest.mark.parametrize("kind", ["wide.csv", "cells.csv", "lines.txt", "deep.json", "deep.xml"])
def test_a_hostile_file_is_rejected_within_seconds(tmp_path: Path, kind: str) -> None:
    document = hostile(tmp_path, kind)

    def recognize() -> None:
        with pytest.raises(UnreadableFile):
            registry.recognize(document)

    assert cpu_seconds(recognize) < SECONDS


def test_a_paragraph_takes_time_in_proportion_to_its_lines() -> None:
    short, long = "a word\n" * 10_000, "a word\n" * 80_000
    assert cpu_seconds(lambda: from_text(long)) < 24 * max(cpu_seconds(lambda: from_text(short)), 0.01)
    (block,) = from_text(long)
    assert block.text == " ".join(["a word"] * 80_000)
    assert block.locator_of(len("a word ") * 79_999, "sentence", 1) == "line 80000, column 1"


def test_a_text_with_more_lines_than_any_report_has_is_no_narrative(tmp_path: Path) -> None:
    opening = "GHANA: Tier 2\nThe Government of Ghana does not fully meet the minimum standards.\n"
    path = tmp_path / "report.txt"
    path.write_text(opening + "\n" * (MOST_LINES - 2), encoding="utf-8")
    assert registry.recognize(Document(path))[0].key == "tip_narratives"
    path.write_text(opening + "\n" * (MOST_LINES - 1), encoding="utf-8")
    with pytest.raises(UnreadableFile):
        registry.recognize(Document(path))


HEADER = Header({"country": "country", "rank": "rank|" + "x" * LONGEST_HEADING}, media=(Media.WORKBOOK, *TEXTS))


def test_a_heading_counts_up_to_its_longest_and_its_last_column() -> None:
    assert HEADER.match(["country", "x" * LONGEST_HEADING]) == {"country": 0, "rank": 1}
    assert HEADER.match(["country", "x" * LONGEST_HEADING + " "]) is None
    filler = ["-"] * (HEADER_ACROSS - 2)
    assert HEADER.match(["country", *filler, "rank"]) == {"country": 0, "rank": HEADER_ACROSS - 1}
    assert HEADER.match(["country", *filler, "-", "rank"]) is None


@pytest.mark.parametrize(("count", "is_read"), [(1, True), (5, True), (6, False)])
def test_a_workbook_has_a_limited_number_of_sheets(tmp_path: Path, count: int, is_read: bool) -> None:
    book = openpyxl.Workbook(write_only=True)
    for number in range(count):
        book.create_sheet(f"Sheet {number}").append(["x"])
    stream = io.BytesIO()
    book.save(stream)
    (tmp_path / "book.xlsx").write_bytes(stream.getvalue())
    document = Document(tmp_path / "book.xlsx", limits=Limits(sheets=5))
    if is_read:
        assert len(document.sheet_names) == count
        return
    with pytest.raises(UnreadableFile) as found:
        _ = document.sheet_names
    assert found.value.message == "book.xlsx has 6 sheets; the limit is 5."
