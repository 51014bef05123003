"""Cells of a declared table as a reader sees them, without a page and without the database."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any

from cpc.web.tables import Column
from cpc.web.templatetags.tables import _cell


def plain(markup: object) -> str:
    """Return markup as text: a slash for each new line, nothing for other tags."""
    text = re.sub(r"<br ?/?>", " / ", str(markup))
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())


def cells(columns: Iterable[Column[Any]], row: Any) -> dict[str, str]:
    """Return the text of each cell of a row by the label of its column, with the muted second line."""
    return {column.label: plain(_cell(column, row, is_header=False)) for column in columns}


def links(columns: Iterable[Column[Any]], row: Any) -> list[str]:
    """Return the addresses in a row, in its order."""
    return re.findall(r'href="([^"#]+)"', "".join(_cell(column, row, is_header=False) for column in columns))


def marks(columns: Iterable[Column[Any]], row: Any) -> list[str]:
    """Return the kinds of the badges in a row, in its order."""
    return re.findall(r"c-status--(\w+)", "".join(_cell(column, row, is_header=False) for column in columns))
