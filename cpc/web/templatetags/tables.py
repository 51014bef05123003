"""Tags of lists. They are builtins as those of `web` are; docs/pages.md shows each call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import HttpRequest
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cpc.web import formats, tables
from cpc.web.badges import icon
from cpc.web.markup import badge, small
from cpc.web.tables import Column, Kind, SortLink, Table
from cpc.web.templatetags.web import when

register = template.Library()

NUMERIC: frozenset[Kind] = frozenset({"number", "dollars", "money"})
FORMATTERS: Mapping[Kind, Callable[[Any], Any]] = {
    "text": lambda value: value,
    "number": formats.number,
    "dollars": formats.dollars,
    "money": formats.money,
    "day": when,
    "moment": lambda value: when(value, "moment"),
    "badge": badge,
}


@dataclass(frozen=True, slots=True)
class RowMarkup:
    """A row of the body, with the heading of its group at the group's first row."""

    attributes: SafeString
    cells: SafeString
    group: str


@register.inclusion_tag("components/table.html", takes_context=True)
def table(context: Context, declared: Table[Any], rows: Iterable[Any]) -> dict[str, Any]:
    """Show rows as a declared `cpc.web.tables.Table`, or its text for an empty table."""
    listed = list(rows)
    return {
        "table": declared,
        "css": " ".join(("usa-table", *(("c-stack",) if declared.stacked else ()), *declared.css.split())),
        "heads": [_head(context, declared, column) for column in declared.columns],
        "rows": list(_rows(declared, listed)),
        "footer": _footer(declared),
        "is_empty": declared.empty is not None and not listed,
    }


@register.simple_tag(takes_context=True)
def sort_header(
    context: Context, label: str, key: str, numeric: bool = False, descending: bool = False, default: str = ""
) -> SafeString:
    """Return a `th` that sorts by `?sort=key`; with `descending` it sorts from the largest value first.

    `default` is the order of the list if the URL has none ("-score").
    """
    head = tables.sort_link(context["request"], key, default=default, descending_first=descending)
    return header_cell(label, head, numeric=numeric)


def header_cell(label: str, link: SortLink, *, numeric: bool) -> SafeString:
    """Return the `th` of a sortable column, with `aria-sort` and an arrow if it is sorted."""
    arrow = {"ascending": "arrow_upward", "descending": "arrow_downward"}.get(link.state)
    return format_html(
        '<th scope="col" role="columnheader"{}{}><a class="c-sort" href="{}">{}{}</a></th>',
        _class("num" if numeric else ""),
        format_html(' aria-sort="{}"', link.state) if link.state else "",
        link.url,
        label,
        icon(arrow) if arrow else "",
    )


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(
    context: Context, page: Page[Any], noun: str = "rows", label: str = "Pages", parameter: str = tables.PAGE
) -> dict[str, Any]:
    """Show page links and "1 to 25 of 207 rows" below a list.

    `parameter` is that of `tables.paginate`.
    """
    request: HttpRequest = context["request"]
    return {"page": page, "noun": noun, "label": label, "links": tables.page_links(request, page, parameter)}


@register.simple_tag(takes_context=True)
def export_links(context: Context, style: str = "") -> SafeString:
    """Return links to the same list as CSV and XLSX: plain, with `icons`, or as `buttons`."""
    request: HttpRequest = context["request"]
    return format_html_join(
        "" if style == "buttons" else " " if style else " · ",
        '<a{} href="{}">{}{}</a>',
        (
            (
                _class("usa-button usa-button--outline" if style == "buttons" else ""),
                tables.query(request, **{tables.FORMAT: kind, tables.PAGE: None}),
                icon("file_download") if style else "",
                kind.upper(),
            )
            for kind in tables.FORMATS
        ),
    )


def _class(names: str) -> SafeString:
    return format_html(' class="{}"', names) if names else SafeString("")


def _head(context: Context, declared: Table[Any], column: Column[Any]) -> SafeString:
    numeric = column.kind in NUMERIC
    if column.sort:
        return sort_header(context, column.label, column.sort, numeric, column.descending_first, declared.default_sort)
    label = format_html('<span class="u-sr">{}</span>', column.label) if column.hidden_label else column.label
    return format_html('<th scope="col" role="columnheader"{}>{}</th>', _class("num" if numeric else ""), label)


def _rows(declared: Table[Any], rows: Iterable[Any]) -> Iterator[RowMarkup]:
    header = next((column for column in declared.columns if column.row_header), declared.columns[0])
    before = None
    for row in rows:
        group = declared.group(row) if declared.group else None
        attributes = format_html(
            "{}{}",
            format_html(' id="{}"', declared.row_id(row)) if declared.row_id else "",
            _class(declared.row_css(row) if declared.row_css else ""),
        )
        cells = SafeString("".join(_cell(column, row, is_header=column is header) for column in declared.columns))
        yield RowMarkup(attributes, cells, group if group and group != before else "")
        before = group


def _cell(column: Column[Any], row: Any, *, is_header: bool) -> SafeString:
    value = column.html(row) if column.html else column.value(row)
    shown = value if column.html else _formatted(column, value)
    detail = column.detail(row) if column.detail else ""
    if detail:
        shown = format_html("{}<br>{}", shown, small(detail))
    if is_header:
        return format_html('<th scope="row" role="rowheader"{}>{}</th>', _class(column.css), shown)
    return _data_cell(column, shown, is_empty=value in (None, "") and not detail)


def _data_cell(column: Column[Any], shown: Any, *, is_empty: bool) -> SafeString:
    names = (
        "num" if column.kind in NUMERIC else "u-nowrap" if column.kind == "day" else "",
        column.css,
        "is-none" if is_empty else "",
    )
    return format_html(
        '<td role="cell"{} data-label="{}">{}</td>',
        _class(" ".join(name for name in names if name)),
        column.phone or column.label,
        formats.DASH if is_empty else shown,
    )


def _formatted(column: Column[Any], value: Any) -> Any:
    """Return the value as the page shows it; text is unchanged, even in a column of figures."""
    return value or "" if value is None or isinstance(value, str) else FORMATTERS[column.kind](value)


def _footer(declared: Table[Any]) -> SafeString:
    """Return the cells of the footer, "" without totals; its label spans the columns up to the first total."""
    first, *rest = declared.columns
    if first.total is None or all(column.total is None for column in rest):
        return SafeString("")
    span = next(index for index, column in enumerate(rest, start=1) if column.total is not None)
    label = format_html(
        '<th scope="row" role="rowheader"{}>{}</th>',
        format_html(' colspan="{}"', span) if span > 1 else "",
        first.total,
    )
    blank = SafeString('<td role="cell" class="is-none"></td>')
    cells = (
        blank if column.total is None else _data_cell(column, _formatted(column, column.total), is_empty=False)
        for column in rest[span - 1 :]
    )
    return SafeString(label + "".join(cells))
