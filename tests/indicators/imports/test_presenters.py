"""Tables of an import: what an issue shows of its file, and the columns of the preview."""

from __future__ import annotations

import re

import pytest

from indicators.imports.presenters import ISSUES, preview_table
from indicators.models import ImportIssue

COLUMNS = {column.label: column for column in ISSUES.columns}


def text_of(label: str, issue: ImportIssue) -> str:
    """Return a cell of an issue's row as text."""
    return " ".join(re.sub(r"<[^>]+>", " ", str(COLUMNS[label].value(issue))).split())


@pytest.mark.parametrize(
    ("country", "raw", "rows", "text"),
    [
        ("Ghana", "Ghana", 1, "Ghana"),
        ("Ghana", "Ghana", 2, "Ghana 2 rows"),
        ("Ghana", "Ghana", 1200, "Ghana 1,200 rows"),
        ("Ghana", "", 1, "Ghana"),
        ("", "n/a", 1, "n/a"),
        ("", "n/a", 3, "n/a 3 rows"),
        ("Ghana", "n/a", 1, "Ghana In the file: n/a"),
        ("Ghana", "n/a", 2, "Ghana In the file: n/a 2 rows"),
        ("", "", 1, "–"),  # noqa: RUF001  # the en dash of an empty cell
        ("Ghana", 121 * "x", 1, f"Ghana In the file: {119 * 'x'}…"),
        ("Ghana", 120 * "x", 1, f"Ghana In the file: {120 * 'x'}"),
    ],
)
def test_an_issue_shows_the_text_of_its_file_once_and_counts_several_rows(
    country: str, raw: str, rows: int, text: str
) -> None:
    assert text_of("In the file", ImportIssue(country_text=country, raw_value=raw, rows=rows)) == text


def test_a_rejected_row_is_marked_otherwise_than_a_warning() -> None:
    cells = {
        severity: str(COLUMNS["What is wrong"].value(ImportIssue(severity=severity, reason="unknown_country")))
        for severity in ("rejected", "warning")
    }
    assert "c-status--bad" in cells["rejected"]
    assert "c-status--warn" in cells["warning"]


@pytest.mark.parametrize("shown", ["new", "changed", "unchanged"])
def test_the_current_value_is_beside_the_one_of_the_file_unless_that_is_new(shown: str) -> None:
    labels = [column.label for column in preview_table(shown, shown.capitalize()).columns]
    assert labels[-3:] == (["In the file", "Value", "Quality"] if shown == "new" else ["Value", "Now", "Quality"])
