"""Lists of imports, issues, and mapped names: headings, and rows to a page."""

from __future__ import annotations

from typing import Any

import pytest

from cpc.web.tables import Table
from indicators.imports import presenters
from tests.support.tables import headings, look

PLAIN, HOVER = "usa-table c-stack", "usa-table c-stack usa-table--hover"
ISSUES = ["Location", "In the file", "What is wrong", "What to do"]


@pytest.mark.parametrize(
    ("table", "heads", "shown"),
    [
        (
            presenters.IMPORTS,
            ["Import", "State", "New num", "Changed num", "Rejected num", "Received"],
            (f"{HOVER} c-figures", 50),
        ),
        (presenters.MAPPED_HERE, ["In the file", "Means", "Rows num", "Mapped", "Undo"], (PLAIN, 0)),
        (presenters.ISSUES, ISSUES, (PLAIN, 50)),
        (presenters.REJECTED, ISSUES, (PLAIN, 50)),
        (
            presenters.mappings_table(may_import=True),
            ["As written", "Source", "Means", "Mapped", "State", "Published imports num", "Undo"],
            (PLAIN, 25),
        ),
        (
            presenters.mappings_table(may_import=False),
            ["As written", "Source", "Means", "Mapped", "State", "Published imports num"],
            (PLAIN, 25),
        ),
        (
            presenters.preview_table("new", "New"),
            ["Location", "Country", "Indicator", "Period", "In the file num", "Value num", "Quality"],
            (HOVER, 0),
        ),
    ],
)
def test_headings_and_rows_to_a_page(table: Table[Any], heads: list[str], shown: tuple[str, int]) -> None:
    assert headings(table) == heads
    assert look(table) == shown


def test_changed_values_stand_beside_those_of_now() -> None:
    heads = headings(presenters.preview_table("changed", "Changed"))
    assert heads[4:] == ["In the file num", "Value num", "Now num", "Quality"]


def test_the_sheet_of_issues_has_room_for_its_texts() -> None:
    assert [(column.label, column.width) for column in presenters.ISSUES_FILE] == [
        ("Severity", 12),
        ("Reason", 22),
        ("What is wrong", 60),
        ("What to do", 60),
        ("File", 36),
        ("Sheet", 16),
        ("Row", 8),
        ("Column", 16),
        ("Location", 30),
        ("In the file", 24),
        ("Country in the file", 28),
        ("Rows", 8),
    ]
