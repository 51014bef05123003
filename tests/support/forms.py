"""Small files in the layouts of publishers and of the product's forms, and their reading with an adapter."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from indicators.countries import reference_index
from indicators.sources.base import Reading, ReadResult


def write_csv(path: Path, rows: Iterable[Sequence[Any]]) -> Path:
    """Write a UTF-8 CSV file with a byte-order mark, as spreadsheet programs do."""
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        csv.writer(handle).writerows(rows)
    return path


def write_workbook(path: Path, sheets: dict[str, Iterable[Sequence[Any]]]) -> Path:
    """Write a workbook with its sheets in the given order."""
    book = Workbook()
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    del book["Sheet"]
    book.save(path)
    return path


def problem_counts(result: ReadResult) -> dict[tuple[str, str], int]:
    """Return the number of problems for each (severity, reason)."""
    return dict(Counter((str(p.severity), str(p.reason)) for p in result.problems))


def unmatched(readings: Iterable[Reading], source: str) -> dict[tuple[str, str], str]:
    """Return the names and codes that match no listed country, with the reason."""
    index = reference_index()
    asked = {(reading.country, reading.code) for reading in readings}
    answers = {pair: index.match(pair[0], pair[1], source) for pair in asked}
    return {pair: answer.detail for pair, answer in answers.items() if not answer}
