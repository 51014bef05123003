"""Comparison of snapshots: differences that count, and differences that are ignored."""

from __future__ import annotations

import io

import pytest
from docx import Document
from openpyxl import Workbook

from tests.snapshot.bodies import as_text, lasting
from tests.snapshot.clock import slowed
from tests.snapshot.outline import outline, split

PAGE = """<html><title>Home</title><body>
<main id="main">
  <p class="a  b">One <b>word</b>, and another.</p>
  <input type="hidden" name="csrfmiddlewaretoken" value="tYz123">
</main></body></html>"""


def test_a_page_is_its_title_its_main_part_and_the_rest() -> None:
    main, rest = split(PAGE)
    assert outline(main).splitlines() == [
        "<title>",
        "  Home",
        '<main id="main">',
        '  <p class="a b">',
        "    One\N{OPEN BOX}",
        "    <b>",
        "      word",
        "    , and another.",
        '  <input name="csrfmiddlewaretoken" type="hidden" value="...">',
    ]
    assert "word" not in rest
    assert "Home" not in rest


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("<p>\n  One\n</p>", "<p>One</p>", True),
        ('<a id="x" href="/">One</a>', '<a href="/" id="x">One</a>', True),
        ("<p>One <b>two</b></p>", "<p>One<b>two</b></p>", False),
        ("<p>One</p>", "<p>one</p>", False),
        ("<pre>a  b</pre>", "<pre>a b</pre>", False),
    ],
)
def test_an_outline_differs_where_a_reader_would_see_it(before: str, after: str, same: bool) -> None:
    assert (outline(before) == outline(after)) is same


def test_what_is_new_in_each_snapshot_is_left_out() -> None:
    key = "0f" * 16
    text = f"at 2026-11-27T12:00:07.123456Z, key {key}, token cpc_{key[:8]}_, file {key * 2}"
    assert lasting(key * 2, "/rounds/1/memo/2/") == "SHA-256"
    assert lasting('{""opened_in"": 10265}') == '{""opened_in"": 0}'
    assert lasting(text) == f"at 2026-11-27T12:00:00Z, key UUID, token cpc_{'0' * 8}_, file {key * 2}"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT now()", "SELECT public.snapshot_moment(now())"),
        ("STATEMENT_TIMESTAMP()", "public.snapshot_moment(STATEMENT_TIMESTAMP())"),
        ("CURRENT_DATE + 1", "(public.snapshot_moment(now()) AT TIME ZONE 'UTC')::date + 1"),
        ("CURRENT_TIMESTAMP", "public.snapshot_moment(now())"),
        ("snapshot_moment(now())", "snapshot_moment(now())"),
        ("cpc_now() AND current_dates", "cpc_now() AND current_dates"),
    ],
)
def test_sql_reads_the_slow_clock_once(sql: str, expected: str) -> None:
    assert slowed(sql) == expected
    assert slowed(expected) == expected


def test_a_workbook_is_its_cells_and_a_document_its_paragraphs() -> None:
    book, document = Workbook(), Document()
    assert book.active is not None
    book.active.append(["Country", 1.5])
    document.add_paragraph("Ghana")
    document.add_table(1, 1).cell(0, 0).text = "Kenya"
    written = []
    for one in (book, document):
        file = io.BytesIO()
        one.save(file)
        written.append(as_text("application/octet-stream", file.getvalue())[0])
    assert 'A1 s "Country"' in written[0]
    assert 'B1 n "1.5"' in written[0]
    assert "Normal: Ghana\n[row]\n  [cell]\n    Normal: Kenya" in written[1]
