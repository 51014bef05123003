"""Tables and lists: declare the columns once; the page, its order and pages, CSV and XLSX follow from that.

    ACCOUNTS: Table[User] = Table(
        "Accounts by name",
        [
            NAME,
            Column("Role", lambda user: user.get_role_display()),
            Column("Last sign-in", lambda user: user.last_login or "Never", "day"),
        ],
        file=FILE,
        per_page=PAGE_SIZE,
    )

A view opens with `check_parameters(request, ("q", *ACCOUNTS.parameters))`. If `kind := export_format(request)`, it
returns `ACCOUNTS.export(kind, rows, name)`. Otherwise it gives `ACCOUNTS.page(request, rows)` to a template with
`{% table table page %}`. A table with `default_sort` orders the rows first, by `ordered`. If columns depend on the
reader or the record, a function returns the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from html import unescape
from typing import Any, Generic, Literal, TypeVar

from django.core.exceptions import BadRequest
from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import F, Model, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import slugify

from cpc.web import exports
from cpc.web.badges import Badge

PAGE_SIZE = 50
SORT, PAGE, FORMAT = "sort", "page", "format"
FORMATS = ("csv", "xlsx")

Row = TypeVar("Row")
M = TypeVar("M", bound=Model)
Kind = Literal["text", "number", "dollars", "money", "day", "moment", "badge"]


Value = exports.Cell | SafeString | Badge


# Without slots: before Python 3.13, a frozen one with slots can't be made as Column[Row](...).
@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column: its label, the value of a row, and the format on the page.

    An empty value is shown as an en dash. `html` replaces the formatted value on the page; `detail` is a muted second
    line. `total` is the footer's cell. `sort` is the key in `?sort=`; `order_by` are its database fields. `phone` is a
    shorter label for narrow screens. `name` is the key in `?columns=`, if it is not the label. An `is_action` column
    has only links or buttons to do something: it is always last, and in no file. `text` replaces a picture in a file.
    `holds` are the keys of those columns of the file that together hold what it shows.
    """

    label: str
    value: Callable[[Row], Value]
    kind: Kind = "text"
    _: KW_ONLY
    html: Callable[[Row], SafeString] | None = None
    detail: Callable[[Row], str | None] | None = None
    total: Value = None
    sort: str = ""
    order_by: tuple[str, ...] = ()
    descending_first: bool = False
    phone: str = ""
    css: str = ""
    hidden_label: bool = False  # a heading for screen readers only
    row_header: bool = False
    width: int = 16  # in XLSX
    name: str = ""
    is_action: bool = False
    text: Callable[[Row], exports.Cell] | None = None
    holds: tuple[str, ...] = ()

    @property
    def text_label(self) -> str:
        """Return the label without what its heading shows besides, such as a scale."""
        return plain_text(self.label) if "<" not in self.label else unescape(self.label.partition("<")[0])

    @property
    def key(self) -> str:
        return self.name or slugify(self.text_label)

    def cell(self, row: Row) -> exports.Cell:
        """Return the value for a file; that of a badge is its text, and markup becomes text."""
        value: Any = self.text(row) if self.text else self.value(row)
        value = getattr(value, "text", value)
        return plain_text(value) if isinstance(value, SafeString) else value

    def in_file(self) -> list[Column[Row]]:
        """Return the columns of a file that hold what this one shows: a second line has a column of its own."""
        label = self.text_label
        own: Column[Row] = replace(self, label=label, width=max(self.width, min(len(label) + 2, 40)))
        detail = self.detail
        if detail is None:
            return [own]
        return [own, Column(f"{label}, detail", lambda row: plain_text(detail(row) or ""), width=24)]


@dataclass(frozen=True, slots=True)
class Empty:
    title: str
    text: str
    icon: str = "folder_open"


@dataclass(frozen=True)
class Table(Generic[Row]):
    """A table: its columns on the page, and those of its CSV and XLSX files (`file`), if it has any.

    The first column heads the row unless another has `row_header`. `group` returns the heading of a row's group. People
    choose among `columns`, which are shown at first, `more`, and those of `file` (cpc/web/lists.py).
    """

    title: str
    columns: Sequence[Column[Row]]
    _: KW_ONLY
    file: Sequence[Column[Row]] = ()
    more: Sequence[Column[Row]] = ()
    file_is_form: bool = False  # an import reads the file, and people do not choose among its columns
    caption: str = ""
    show_caption: bool = False
    default_sort: str = ""
    per_page: int = 0  # 0 shows all rows
    group: Callable[[Row], str] | None = None
    row_id: Callable[[Row], str] | None = None
    row_css: Callable[[Row], str] | None = None
    css: str = ""
    stacked: bool = True  # a row becomes a card on phones
    empty: Empty | None = None

    @property
    def parameters(self) -> tuple[str, ...]:
        own = {SORT: self.default_sort, PAGE: self.per_page, FORMAT: self.file}
        return tuple(name for name, used in own.items() if used)

    @property
    def every(self) -> tuple[Column[Row], ...]:
        """Return all columns once: those shown at first, the others of the page, and those only of the file."""
        found: dict[str, Column[Row]] = {}
        for column in (*self.columns, *self.more, *(() if self.file_is_form else self.file)):
            found.setdefault(column.key, column)
        return tuple(found.values())

    @property
    def choices(self) -> tuple[Column[Row], ...]:
        """Return the columns that people choose and order: all but the first one and the actions."""
        return tuple(column for column in self.every[1:] if not column.is_action)

    @property
    def actions(self) -> tuple[Column[Row], ...]:
        return tuple(column for column in self.columns if column.is_action)

    @property
    def sorts(self) -> set[str]:
        return {column.sort for column in self.every if column.sort}

    def file_columns(self, shown: Iterable[Column[Row]]) -> list[Column[Row]]:
        """Return the columns of a file with these columns of the page, each once; those of `file` replace their own."""
        declared = {} if self.file_is_form else {column.key: column for column in self.file}
        written: dict[str, Column[Row]] = {}
        for column in shown:
            own = [declared[key] for key in column.holds or (column.key,) if key in declared]
            for one in own or column.in_file():
                written.setdefault(one.key, one)
        return list(written.values())

    def sort_key(self, request: HttpRequest) -> str:
        return sort_key(request, self.sorts, self.default_sort)

    def ordered(self, request: HttpRequest, rows: QuerySet[M]) -> QuerySet[M]:
        """Order a queryset by `?sort=`.

        Unknown values come last in both directions; the primary key settles ties.
        """
        key = self.sort_key(request)
        first, *rest = next(column.order_by for column in self.every if column.sort == key.removeprefix("-"))
        head = F(first).desc(nulls_last=True) if key.startswith("-") else F(first).asc(nulls_last=True)
        return rows.order_by(head, *rest, "pk")

    def page(self, request: HttpRequest, rows: Sequence[Row] | QuerySet[Any, Row]) -> Page[Row]:
        """Return the page of `?page=`; raise `Http404` for one that does not exist."""
        return paginate(request, rows, self.per_page)

    def export(
        self, kind: str, rows: Iterable[Row], name: str, *, notes: Sequence[tuple[str, str]] = ()
    ) -> HttpResponseBase:
        """Return all rows as a file, csv or xlsx; `notes` go to the sheet "About" of the workbook."""
        columns = self.file or self.file_columns(column for column in self.every if not column.is_action)
        return exports.response(kind, rows, columns, name, sheet=self.title, notes=notes)


_UNREAD = re.compile(r'<span class="u-sr">.*?</span>|<svg.*?</svg>', re.DOTALL)
_NEW_LINE = re.compile(r"<br ?/?>|</(?:p|li|div|dt|dd)>")


def plain_text(markup: str) -> str:
    """Return markup as one line of text for a file: what is below each other is divided by semicolons."""
    if not isinstance(markup, SafeString):
        return markup
    parts = strip_tags(_NEW_LINE.sub("\n", _UNREAD.sub("", markup))).splitlines()
    return "; ".join(text for part in parts if (text := " ".join(unescape(part).split())))


def export_format(request: HttpRequest) -> str:
    """Return the format that `?format=` requests, "" for the page.

    Raises `BadRequest` for anything but csv and xlsx.
    """
    kind = request.GET.get(FORMAT, "")
    if kind not in ("", *FORMATS):
        raise BadRequest(f"“{kind}” is not an export format. Use csv or xlsx.")
    return kind


@dataclass(frozen=True, slots=True)
class SortLink:
    """URL of a heading, and how the list is sorted by it now ("ascending", "descending", or "")."""

    url: str
    state: str


@dataclass(frozen=True, slots=True)
class PageLink:
    """One link of the page bar; `url` is empty for a gap."""

    label: str
    url: str
    current: bool = False
    name: str = ""


def sort_key(request: HttpRequest, allowed: Collection[str], default: str) -> str:
    """Return the order that `?sort=` requests, as given ("-score").

    Raises `BadRequest` for an unknown column.
    """
    asked = request.GET.get(SORT) or default
    if asked.removeprefix("-") not in allowed:
        raise BadRequest(f"This list can't be sorted by “{asked}”. Use one of {', '.join(sorted(allowed))}.")
    return asked


def paginate(
    request: HttpRequest, rows: Sequence[Row] | QuerySet[Any, Row], size: int = PAGE_SIZE, parameter: str = PAGE
) -> Page[Row]:
    """Return the page of `?page=`, or of another `parameter` if a URL has two lists.

    Raises `Http404` if there is no such page.
    """
    paginator: Paginator[Row] = Paginator(rows, size)
    asked = request.GET.get(parameter)
    try:
        return paginator.page(asked or 1)
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404(f"Page {asked!r} does not exist; the last page is {paginator.num_pages}.") from error


def query(request: HttpRequest, **changes: str | None) -> str:
    """Return the query of this page with `changes`; None removes a parameter.

    It always starts with "?".
    """
    parameters = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = value
    return f"?{parameters.urlencode()}"


def sort_link(request: HttpRequest, key: str, *, default: str = "", descending_first: bool = False) -> SortLink:
    """Return the link of the heading `key`: it reverses the current order or starts with its first direction.

    `default` is the order of the list if the URL has none.
    """
    now = request.GET.get(SORT) or default
    state = {key: "ascending", f"-{key}": "descending"}.get(now, "")
    descending = state == "ascending" if state else descending_first
    return SortLink(query(request, **{SORT: f"-{key}" if descending else key, PAGE: None}), state)


def page_links(request: HttpRequest, page: Page[Any], parameter: str = PAGE) -> list[PageLink]:
    """Return links to previous, first, the neighbors, last, and next, with gaps between them."""

    def page_url(number: int) -> str:
        return query(request, **{parameter: str(number)})

    links = []
    if page.has_previous():
        links.append(PageLink("Previous", page_url(page.previous_page_number())))
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        if isinstance(number, int):
            here = number == page.number
            links.append(PageLink(f"{number:,}", page_url(number), here, f"Page {number:,}"))
        else:
            links.append(PageLink("…", ""))
    if page.has_next():
        links.append(PageLink("Next", page_url(page.next_page_number())))
    return links
