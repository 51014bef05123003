"""Lists as a person arranges them: columns and their order, saved views, and the same in files.

    ROUNDS = declare(ListPage("rounds", "Rounds", "round", "rounds", "rounds", filters=("state", "sort")))

    @require_safe
    @requires(Permission.VIEW_ROUNDS)
    @listing(ROUNDS)
    def rounds(request: HttpRequest, shown: OpenList) -> HttpResponseBase:
        table, rows = shown.table(presenters.ROUNDS), queries.rounds()
        if kind := export_format(request):
            return shown.export(kind, rows, "rounds")
        page = table.page(request, rows)
        shown.counted(page.paginator.count)
        return render(request, "rounds.html", {"shown": shown, "table": table, "page": page})

`listing` checks the query parameters, and fills in those of the view in `?saved=`. The template has `{% list_tabs %}`
and `{% list_bar %}` above the table, `{% list_state %}` in its filter form, and `{% list_panels %}` below; all read
`shown` from the context. `?columns=status,signed` names the columns after the first one, in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from django import forms
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import get_resolver

from cpc.accounts.access import user_of
from cpc.accounts.models import User
from cpc.parameters import check_parameters, whole_number
from cpc.registry import Registry
from cpc.web import exports, formats
from cpc.web.tables import FORMAT, PAGE, SORT, Column, Table, query, sort_key

SAVED, COLUMNS, ORDER = "saved", "columns", "order-"
ALL, NONE, FILE = "all", "none", "file"
PASSING = frozenset({SAVED, PAGE, FORMAT})
"""Parameters that say which page or file of a list to give, and are no part of a view."""
TABS = 6
"""Views that are tabs with their counts; the others are reached from the page of views."""

P = ParamSpec("P")
F = TypeVar("F", bound=forms.Form)
Counter = Callable[[QueryDict], int]


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list that people arrange: its key in saved views, its nouns, the name of its URL, and its parameters.

    `filters` are those that a view can hold besides its columns, `sort` among them if the list can be sorted.
    `beside` are others that the page accepts.
    """

    key: str
    label: str
    noun: str
    plural: str
    url: str
    filters: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def held(self) -> tuple[str, ...]:
        """Return the parameters that a view of this list can hold."""
        return (*self.filters, COLUMNS)

    def count_of(self, count: int) -> str:
        return formats.count_of(count, self.noun, self.plural)


LISTS: Registry[ListPage] = Registry(key=lambda page: page.key)
declare = LISTS.add


def list_of(key: str) -> ListPage | None:
    get_resolver().url_patterns  # noqa: B018  # a list is declared beside its page, which this loads
    return next((page for page in LISTS if page.key == key), None)


@dataclass(frozen=True, slots=True)
class NamedView:
    """A saved view as one person sees it.

    `parameters` is its query. `refused` is the reason if an approver did not want everyone to see it.
    """

    pk: int
    name: str
    parameters: str
    audience: str
    owner: str
    is_own: bool
    may_change: bool
    is_waiting: bool = False
    refused: str = ""

    @property
    def is_private(self) -> bool:
        return self.audience == "private"


class ViewStore(Protocol):
    """Storage of saved views, which an app above this one provides."""

    def views(self, user: User, key: str) -> Sequence[NamedView]:
        """Return the views of a list that an account may see, the shared ones first."""

    def form(self, user: User, page: ListPage, initial: Mapping[str, Any]) -> forms.Form:
        """Return the form that saves what a list shows now as a view."""


_stores: list[ViewStore] = []


def keep_views_in(store: ViewStore) -> None:
    """Take views from `store`, which an app registers in `AppConfig.ready`."""
    _stores[:] = [store]


def listing(
    page: ListPage,
) -> Callable[
    [Callable[Concatenate[HttpRequest, OpenList, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Decorate the page of a list: it gets an `OpenList` with the columns and the view that the URL names."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, OpenList, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def opened(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            return reordered(request) or view(request, open_list(request, page), *args, **kwargs)

        return opened

    return decorate


def open_list(request: HttpRequest, page: ListPage) -> OpenList:
    """Read the parameters of a list, and put those of its saved view into the request.

    Raises `BadRequest` that names a parameter which the page does not accept, `Http404` for a view that does not exist
    or that another person keeps private.
    """
    check_parameters(request, {*page.held, *page.beside, *PASSING})
    store = next(iter(_stores), None)
    views = store.views(user_of(request), page.key) if store else ()
    view, missing, follows = None, list[str](), False
    given: QueryDict = request.GET
    if SAVED in given:
        view = next((one for one in views if one.pk == whole_number(str(given[SAVED]))), None)
        if view is None:
            raise Http404
        if follows := PASSING.union(page.beside).issuperset(given):
            given, missing = _filled(given, view, page)
    request.GET = _without_empty(given)  # type: ignore[assignment]  # as the class of the stubs, it is immutable
    return OpenList(request, page, views, view, follows, missing)


def _filled(given: QueryDict, view: NamedView, page: ListPage) -> tuple[QueryDict, list[str]]:
    """Return the parameters of a view with those of the URL, and the names of those that the list no longer has."""
    stored, filled, missing = QueryDict(view.parameters), given.copy(), []
    for name, values in stored.lists():
        if name in page.held:
            filled.setlist(name, values)
        else:
            missing.append(name)
    return filled, missing


def _without_empty(given: QueryDict) -> QueryDict:
    """Return the parameters without the empty ones that a form sent, to shorten the URLs of the page."""
    left = QueryDict(mutable=True)
    for name, values in given.lists():
        if filled := [value for value in values if value]:
            left.setlist(name, filled)
    return QueryDict(left.urlencode())


def reordered(request: HttpRequest) -> HttpResponseBase | None:
    """Return a redirect to the list with the columns that the numbers of a form put in order; None for other requests.

    Raises `BadRequest` for text that is no number.
    """
    if not any(name.startswith(ORDER) for name in request.GET):
        return None
    ordered = []
    left = request.GET.copy()
    for position, name in enumerate(request.GET):
        if not name.startswith(ORDER):
            continue
        text = "".join(left.pop(name)).strip()
        number = whole_number(text)
        if text and number is None:
            raise BadRequest(
                f"“{text}” is no number for the column “{name.removeprefix(ORDER)}”. Use a whole number, or none."
            )
        if number is not None:
            ordered.append((number, position, name.removeprefix(ORDER)))
    left[COLUMNS] = ",".join(key for _, _, key in sorted(ordered)) or NONE
    left.pop(PAGE, None)
    return HttpResponseRedirect(f"{request.path}?{left.urlencode(safe=',')}#columns")


@dataclass(slots=True)
class OpenList:
    """A list as a URL requests it: its view, its columns, and what the templates of every list show around it."""

    request: HttpRequest
    page: ListPage
    views: Sequence[NamedView]
    view: NamedView | None
    follows: bool
    """True if the URL names only the view: what no longer exists is the view's then, and not the reader's mistake."""
    missing: list[str] = field(default_factory=list)
    """Parameters and columns of the view that the list no longer has."""
    whole: Table[Any] | None = None
    """The table with its usual columns."""
    shown: Sequence[Column[Any]] = ()
    count: int = 0
    total: int | None = None
    counter: Counter | None = None

    @property
    def state(self) -> str:
        """Return the query of filter, order, and columns, in a fixed order: what a view of this list would hold."""
        return held_query(self.request.GET, self.page)

    @property
    def is_as_saved(self) -> bool:
        """Return whether the list shows just what its view holds."""
        return self.view is not None and self.state == self.view.parameters

    def form(self, make: Callable[[QueryDict], F]) -> F:
        """Return the filter form; a value of the view that it no longer knows is left out and named."""
        form = make(self.request.GET)
        if self.follows and not form.is_valid():
            self._drop(*form.errors)
            form = make(self.request.GET)
        return form

    def sort(self, allowed: Iterable[str], default: str) -> str:
        """Return the key of `?sort=`, as `cpc.web.tables.sort_key` does."""
        known = set(allowed)
        if self.follows and self.request.GET.get(SORT, default).removeprefix("-") not in known:
            self._drop(SORT)
        return sort_key(self.request, known, default)

    def table(self, declared: Table[Any]) -> Table[Any]:
        """Return the table with the columns of `?columns=`, in their order.

        Raises `BadRequest` for a column that the list does not have, or that is named twice.
        """
        self.whole = declared
        if declared.default_sort:
            self.sort(declared.sorts, declared.default_sort)
        asked = ",".join(self.request.GET.getlist(COLUMNS))
        if asked == FILE and FORMAT not in self.request.GET:
            raise BadRequest("“file” is for downloads. Use all.")
        self.shown = self._chosen(declared, asked)
        return replace(
            declared, columns=(declared.columns[0], *self.shown, *declared.actions), more=declared.columns[1:]
        )

    def _chosen(self, declared: Table[Any], asked: str) -> Sequence[Column[Any]]:
        choices = {column.key: column for column in declared.choices}
        named: Mapping[str, Sequence[str]] = {
            "": [column.key for column in declared.columns[1:]], NONE: (), ALL: tuple(choices), FILE: tuple(choices),
        }  # fmt: skip
        keys = named[asked] if asked in named else asked.split(",")
        unknown = [key for key in keys if key not in choices] if asked not in named else []
        if unknown and self.follows:
            self.missing += unknown
        elif unknown:
            raise BadRequest(f"This list has no column “{unknown[0]}”. Choose from {', '.join(choices)}.")
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if list(keys).count(key) > 1)
            raise BadRequest(f"The column “{twice}” is named twice. Name each column once.")
        return [choices[key] for key in keys if key in choices]

    def export(
        self, kind: str, rows: Iterable[Any], name: str, *, notes: Sequence[tuple[str, str]] = ()
    ) -> HttpResponseBase:
        """Return all rows of the list as a file, with the columns of the page; `?columns=file` gives the whole file."""
        assert self.whole is not None, "Call `table` first."
        if self.request.GET.get(COLUMNS) == FILE:
            return self.whole.export(kind, rows, name, notes=notes)
        columns = self.whole.file_columns((self.whole.columns[0], *self.shown))
        named = (("View", self.view.name),) if self.view and self.is_as_saved else ()
        return exports.response(kind, rows, columns, name, sheet=self.whole.title, notes=(*named, *notes))

    def counted(self, count: int, total: int | None = None, counter: Counter | None = None) -> None:
        """State how many rows match, of how many in all; `counter` counts those of a view by its parameters.

        A long list has no counter, and shows no counts of views.
        """
        self.count, self.total, self.counter = count, total, counter

    def _drop(self, *names: str) -> None:
        left = self.request.GET.copy()
        for name in names:
            self.missing.append(name)
            left.pop(name, None)
        self.request.GET = QueryDict(left.urlencode())

    # ---- for the templates ----

    @property
    def heading(self) -> str:
        """Return the title of the page if a view is open as it was saved, else ""."""
        return f"{self.view.name}: {self.found}" if self.view and (self.follows or self.is_as_saved) else ""

    @property
    def found(self) -> str:
        """Return the number of rows: "7 of 8 partnerships"."""
        if self.total is None or self.total == self.count:
            return self.page.count_of(self.count)
        return f"{formats.number(self.count)} of {self.page.count_of(self.total)}"

    @property
    def whole_count(self) -> int | None:
        """Return the number of all rows, for the first tab, if the list is short."""
        return (self.count if self.total is None else self.total) if self.counter else None

    def count_in(self, view: NamedView, *, is_current: bool) -> int | None:
        """Return the number of rows of a view; None for a list without a counter."""
        if self.counter is None:
            return None
        return self.count if is_current else self.counter(QueryDict(view.parameters))

    @property
    def orders(self) -> list[tuple[str, str, str]]:
        """Return key, label, and number of each column that can be chosen: the shown ones first, in their order."""
        if self.whole is None:
            return []
        shown = {column.key: str(number) for number, column in enumerate(self.shown, start=1)}
        others = [column for column in self.whole.choices if column.key not in shown]
        return [(column.key, column.text_label, shown.get(column.key, "")) for column in (*self.shown, *others)]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Return the parameters, other than columns, that the form of the columns keeps."""
        names = (SAVED, *self.page.filters, *self.page.beside)
        return [(name, value) for name in names for value in self.request.GET.getlist(name)]

    @property
    def usual_url(self) -> str:
        return query(self.request, **{SAVED: None, COLUMNS: None, PAGE: None})


def form_of(shown: OpenList, user: User) -> forms.Form | None:
    """Return the form that saves what the list shows now, named as the view that is open."""
    if not _stores:
        return None
    name = shown.view.name if shown.view else ""
    initial = {"name": name, "parameters": shown.state, "path": shown.request.path}
    return _stores[0].form(user, shown.page, initial)


def filter_error(form: forms.Form) -> str:
    """Return a sentence for the reader on the invalid filters of a URL."""
    problems = [f"{form.fields[name].label}: {' '.join(map(str, found))}" for name, found in form.errors.items()]
    return f"The list cannot be filtered this way. {'; '.join(problems)}"


def held_query(given: QueryDict, page: ListPage) -> str:
    """Return the query that a view of this list holds: its parameters that are not empty, in a fixed order."""
    held = QueryDict(mutable=True)
    for name in page.held:
        if values := [value for value in given.getlist(name) if value]:
            held.setlist(name, values)
    return held.urlencode(safe=",")
