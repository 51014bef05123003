"""Lists: strict parameters, pages, and headings that sort. One spelling for every list of the product."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import BadRequest
from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

PAGE_SIZE = 50
SORT = "sort"
PAGE = "page"

Row = TypeVar("Row")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class SortLink:
    """Where a heading leads, and how the list is sorted by it now ("ascending", "descending" or "")."""

    url: str
    state: str


@dataclass(frozen=True, slots=True)
class PageLink:
    """One link of the page bar; `url` is empty for the gap."""

    label: str
    url: str
    current: bool = False
    name: str = ""


def sort_key(request: HttpRequest, allowed: Collection[str], default: str) -> str:
    """The order asked for in `?sort=`, as given ("-score"); `BadRequest` where the list has no such column."""
    asked = request.GET.get(SORT) or default
    if asked.removeprefix("-") not in allowed:
        raise BadRequest(f"This list cannot be sorted by “{asked}”. Sort it by one of {', '.join(sorted(allowed))}.")
    return asked


def sorted_rows(rows: QuerySet[M], request: HttpRequest, columns: dict[str, str], default: str) -> QuerySet[M]:
    """Order a queryset by `?sort=`. `columns` maps a key to its field; the primary key settles ties."""
    asked = sort_key(request, columns, default)
    prefix = "-" if asked.startswith("-") else ""
    return rows.order_by(prefix + columns[asked.removeprefix("-")], "pk")


def paginate(
    request: HttpRequest, rows: Sequence[Row] | QuerySet[Any, Row], size: int = PAGE_SIZE, parameter: str = PAGE
) -> Page[Row]:
    """The page of `?page=`, or of another `parameter` where an address has two lists; `Http404` where there is none."""
    paginator: Paginator[Row] = Paginator(rows, size)
    asked = request.GET.get(parameter)
    try:
        return paginator.page(asked or 1)
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404(f"There is no page {asked!r}; the list has {paginator.num_pages}.") from error


def query(request: HttpRequest, **changes: str | None) -> str:
    """The query of this page with `changes`; None takes a parameter out. Always starts with "?"."""
    parameters = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = value
    return f"?{parameters.urlencode()}"


def sort_link(request: HttpRequest, key: str, *, default: str = "", descending_first: bool = False) -> SortLink:
    """Where the heading of `key` leads: the other direction where it sorts already, else its first direction.

    `default` is the order of the list where the address asks for none.
    """
    now = request.GET.get(SORT) or default
    state = {key: "ascending", f"-{key}": "descending"}.get(now, "")
    descending = state == "ascending" if state else descending_first
    return SortLink(query(request, **{SORT: f"-{key}" if descending else key, PAGE: None}), state)


def header_cell(label: str, link: SortLink, *, numeric: bool, icon: Callable[[str], SafeString]) -> SafeString:
    """The `th` of a sortable column, with `aria-sort` and an arrow where it sorts."""
    arrow = {"ascending": "arrow_upward", "descending": "arrow_downward"}.get(link.state)
    return format_html(
        '<th scope="col" role="columnheader"{}{}><a class="c-sort" href="{}">{}{}</a></th>',
        format_html(' class="{}"', "num") if numeric else "",
        format_html(' aria-sort="{}"', link.state) if link.state else "",
        link.url,
        label,
        icon(arrow) if arrow else "",
    )


def page_links(request: HttpRequest, page: Page[Any], parameter: str = PAGE) -> list[PageLink]:
    """Previous, first, the neighbours, last, next; gaps between them."""

    def place(number: int) -> str:
        return query(request, **{parameter: str(number)})

    links = []
    if page.has_previous():
        links.append(PageLink("Previous", place(page.previous_page_number())))
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        if isinstance(number, int):
            here = number == page.number
            links.append(PageLink(f"{number:,}", place(number), here, f"Page {number:,}"))
        else:
            links.append(PageLink("…", ""))
    if page.has_next():
        links.append(PageLink("Next", place(page.next_page_number())))
    return links
