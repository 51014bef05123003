"""Tables as their readers see them: headings with their links, and the columns of their files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from typing import Any

from django.db.models import QuerySet
from django.template import Context, Template
from django.test import RequestFactory

from cpc.web.tables import Table

HEAD = re.compile(r"<th ([^>]*)>(.*?)</th>", re.DOTALL)


def rendered(table: Table[Any], rows: Iterable[Any] = (), query: str = "") -> str:
    """Return the HTML of a table on a page with this query."""
    context = Context({"request": RequestFactory().get(f"/{query}"), "declared": table, "rows": list(rows)})
    return str(Template("{% table declared rows %}").render(context))


def headings(table: Table[Any], rows: Iterable[Any] = (), query: str = "") -> list[str]:
    """Return each heading: its label, then "num" for figures, "sr" if only screen readers have it, and its link."""
    return headings_in(rendered(table, rows, query))


def headings_in(html: str) -> list[str]:
    """Return the headings of the first table of a page, as `headings` does."""
    head = html.partition("<thead")[2].partition("</thead>")[0]
    return [_heading(attributes, inside) for attributes, inside in HEAD.findall(head)]


def _heading(attributes: str, inside: str) -> str:
    label = " ".join(unescape(re.sub(r"<svg.*?</svg>|<[^>]+>", "", inside, flags=re.DOTALL)).split())
    state = re.search(r'aria-sort="(\w+)"', attributes)
    link = re.search(r'href="([^"]*)"', inside)
    marks = ["num"] * ('class="num"' in attributes) + ["sr"] * ("u-sr" in inside)
    return " ".join([label, *marks, *([unescape(link[1])] if link else []), *([state[1]] if state else [])])


def sheet(table: Table[Any]) -> list[tuple[str, int]]:
    """Return label and width of each column of the table's file."""
    return [(column.label, column.width) for column in table.file]


def orders(table: Table[Any], rows: QuerySet[Any]) -> dict[str, list[str]]:
    """Return the fields that each heading sorts by, from the smallest."""
    found = {}
    for column in table.columns:
        if column.sort:
            query = table.ordered(RequestFactory().get("/", {"sort": column.sort}), rows).query
            found[column.sort] = [_name(field) for field in query.order_by]
    return found


def look(table: Table[Any], rows: Iterable[Any] = ()) -> tuple[str, int]:
    """Return the classes of a table, and how many rows a page of it has; 0 if it has all of them."""
    found = re.search(r'<table[^>]* class="([^"]*)"', rendered(table, rows))
    assert found is not None
    if not table.per_page:
        return found[1], 0
    return found[1], len(table.page(RequestFactory().get("/"), list(range(500))))


def _name(field: Any) -> str:
    """Return the name of a field by which a query is ordered, also one with a direction."""
    return str(getattr(getattr(field, "expression", None), "name", field))


CELL = re.compile(r"<t([hd]) ([^>]*)>(.*?)</t[hd]>", re.DOTALL)


def body(table: Table[Any], rows: Iterable[Any]) -> list[list[str]]:
    """Return the cells of each row: label and text, classes after a slash, and " head" where a cell heads the row.

    The label is that before the cell on a phone; a cell that heads its row has none.
    """
    found = rendered(table, rows).partition("<tbody")[2].partition("</tbody>")[0]
    return [cells_in(row) for row in found.split("</tr>")[:-1]]


def cells_in(html: str) -> list[str]:
    """Return the cells of a row, as `body` does."""
    return [_cell(*parts) for parts in CELL.findall(html)]


def _cell(kind: str, attributes: str, inside: str) -> str:
    text = " ".join(unescape(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", inside, flags=re.DOTALL)).split())
    css = re.search(r'class="([^"]*)"', attributes)
    label = re.search(r'data-label="([^"]*)"', attributes)
    named = f"{unescape(label[1])}: {text}" if label else text
    return named + (f" / {css[1]}" if css else "") + " head" * (kind == "h")
