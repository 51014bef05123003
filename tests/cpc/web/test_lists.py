"""Lists as a person arranges them: columns, their order, and the parameters of a view."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from django import forms
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, QueryDict
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.html import format_html

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.web import lists
from cpc.web.lists import ListPage, NamedView, OpenList, open_list
from cpc.web.markup import lines, link, small
from cpc.web.tables import Column, Table, plain_text
from tests.support.tables import headings


@dataclass(frozen=True)
class Town:
    name: str
    people: int
    river: str = ""


TOWNS = [Town("Accra", 2, "Odaw"), Town("Bern", 1, "Aare")]
PAGE = ListPage("towns", "Towns", "town", "towns", "home", filters=("q", "sort"), beside=("run",))
TABLE: Table[Town] = Table(
    "Towns",
    [
        Column("Town", lambda row: link("/", row.name), sort="name"),
        Column("People", lambda row: row.people, "number", detail=lambda row: f"about {row.people}", sort="people"),
        Column("Note", lambda row: lines("First", small("second"))),
        Column("Drop", lambda row: link("/drop/", "Drop"), is_action=True),
    ],
    default_sort="name",
    file=[Column("Town", lambda row: row.name), Column("River", lambda row: row.river)],
)
CHOICES = ["people", "note", "river"]


class Store:
    """Views of a list, without a database."""

    def __init__(self, *views: NamedView) -> None:
        self.shown = views

    def views(self, user: User, key: str) -> Sequence[NamedView]:
        return self.shown

    def form(self, user: User, page: ListPage, initial: Mapping[str, Any]) -> forms.Form:
        return forms.Form(initial=dict(initial))


def view(parameters: str, pk: int = 7, audience: str = "office") -> NamedView:
    return NamedView(pk, "Small ones", parameters, audience, "Analyst", is_own=False, may_change=False)


@pytest.fixture(autouse=True)
def stores() -> Iterator[None]:
    saved = list(lists._stores)
    lists.keep_views_in(Store())
    yield
    lists._stores[:] = saved


def get(query: str = "") -> HttpRequest:
    request = RequestFactory().get(f"/towns/{query}")
    request.user = User(username="reader", role=Role.VIEWER)
    return request


def opened(query: str = "", *views: NamedView) -> OpenList:
    lists.keep_views_in(Store(*views))
    return open_list(get(query), PAGE)


def shown(query: str = "", *views: NamedView) -> list[str]:
    return headings(opened(query, *views).table(TABLE))


def labels(query: str) -> list[str]:
    return [column.text_label for column in opened(query).table(TABLE).columns]


def test_the_usual_columns_are_shown_without_a_word() -> None:
    assert labels("") == ["Town", "People", "Note", "Drop"]
    assert [column.key for column in TABLE.choices] == CHOICES


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("?columns=none", []),
        ("?columns=river", ["River"]),
        ("?columns=river,people", ["River", "People"]),
        ("?columns=people&columns=river", ["People", "River"]),
        ("?columns=all", ["People", "Note", "River"]),
        ("?columns=", ["People", "Note"]),
    ],
)
def test_columns_are_shown_in_the_order_of_the_url_between_the_first_and_the_links(
    query: str, columns: list[str]
) -> None:
    assert labels(query) == ["Town", *columns, "Drop"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?columns=people,sea", "no column “sea”. Choose from people, note, river"),
        ("?columns=people,people", "“people” is named twice"),
        ("?columns=town", "no column “town”"),
        ("?columns=drop", "no column “drop”"),
        ("?columns=people,", "no column “”"),
        ("?columns=file", "“file” is for downloads"),
        ("?sort=river", "can't be sorted by “river”"),
    ],
)
def test_what_a_list_does_not_have_is_named(query: str, message: str) -> None:
    with pytest.raises(BadRequest, match=message.replace("?", r"\?")):
        opened(query).table(TABLE)


def test_an_unknown_parameter_is_named() -> None:
    with pytest.raises(BadRequest, match="does not accept “tier”"):
        opened("?tier=1")


def test_numbers_of_the_form_become_the_order_of_the_url() -> None:
    @lists.listing(PAGE)
    def page(request: HttpRequest, shown: OpenList) -> Any:
        raise AssertionError("not reached")

    answer = page(get("?order-people=2&order-note=&order-river=1&q=a&page=3"))
    assert (answer.status_code, answer["Location"]) == (302, "/towns/?q=a&columns=river,people#columns")
    assert page(get("?order-people=1&order-river=1"))["Location"] == "/towns/?columns=people,river#columns"
    assert page(get("?order-people=&order-river="))["Location"] == "/towns/?columns=none#columns"
    with pytest.raises(BadRequest, match="“first” is no number for the column “people”"):
        page(get("?order-people=first"))


# ---- files ---------------------------------------------------------------------------------------------------------


def exported(query: str, *views: NamedView) -> list[list[str]]:
    found = opened(f"?format=csv&{query}", *views)
    found.table(TABLE)
    content = b"".join(found.export("csv", TOWNS, "towns"))
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_file_has_the_columns_of_the_page_as_plain_values() -> None:
    assert exported("") == [
        ["Town", "People", "People, detail", "Note"],
        ["Accra", "2", "about 2", "First; second"],
        ["Bern", "1", "about 1", "First; second"],
    ]
    assert exported("columns=river,people")[0] == ["Town", "River", "People", "People, detail"]
    assert exported("columns=none") == [["Town"], ["Accra"], ["Bern"]]
    assert exported("columns=all")[0] == ["Town", "People", "People, detail", "Note", "River"]


def test_the_whole_file_is_as_it_is_declared() -> None:
    assert exported("columns=file")[0] == ["Town", "River"]


def test_a_file_of_a_view_has_its_columns() -> None:
    assert exported("saved=7", view("columns=river"))[0] == ["Town", "River"]


def test_markup_becomes_text() -> None:
    assert plain_text(link("/", "Ghana", ", its page")) == "Ghana"
    assert plain_text(lines("A & B", small("2 < 3"))) == "A & B; 2 < 3"
    assert plain_text(format_html("<p>{}</p><p>{}</p>", "one", "two")) == "one; two"
    assert plain_text("<b> is text") == "<b> is text"


# ---- views ---------------------------------------------------------------------------------------------------------


def test_a_view_fills_in_its_parameters() -> None:
    found = opened("?saved=7&page=2&run=3", view("q=a&sort=people&columns=river"))
    assert found.request.GET.dict() == {
        "saved": "7", "page": "2", "run": "3", "q": "a", "sort": "people", "columns": "river",
    }  # fmt: skip
    assert (found.follows, found.is_as_saved, found.state) == (True, True, "q=a&sort=people&columns=river")


def test_the_parameters_of_the_url_replace_those_of_the_view() -> None:
    found = opened("?saved=7&q=b", view("q=a&columns=river"))
    assert (found.state, found.is_as_saved, found.heading) == ("q=b", False, "")
    cleared = opened("?saved=7&q=", view("q=a"))
    assert (cleared.state, cleared.is_as_saved) == ("", False)


@pytest.mark.parametrize("key", ["8", "x", "-7", "", "7 or 1"])
def test_a_view_that_the_account_does_not_see_is_not_found(key: str) -> None:
    with pytest.raises(Http404):
        opened(f"?saved={key}", view("q=a"))


def test_what_the_list_no_longer_has_is_named_and_left_out() -> None:
    found = opened("?saved=7", view("tier=1&q=a&sort=sea&columns=river,sea"))
    assert [column.text_label for column in found.table(TABLE).columns] == ["Town", "River", "Drop"]
    assert found.missing == ["tier", "sort", "sea"]
    assert found.request.GET.dict() == {"saved": "7", "q": "a", "columns": "river,sea"}


def test_a_value_that_a_filter_no_longer_knows_is_named_and_left_out() -> None:
    class Filter(forms.Form):
        q = forms.ChoiceField(required=False, choices=[("a", "A")])

    found = opened("?saved=7", view("q=gone"))
    assert found.form(Filter).is_valid()
    assert found.missing == ["q"]
    assert not opened("?q=gone").form(Filter).is_valid()


@pytest.mark.parametrize(
    ("count", "total", "text"), [(7, 8, "7 of 8 towns"), (8, 8, "8 towns"), (1, 1, "1 town"), (0, 1, "0 of 1 town")]
)
def test_the_title_names_the_view_and_how_many_of_how_many(count: int, total: int, text: str) -> None:
    found = opened("?saved=7", view("q=a"))
    found.counted(count, total)
    assert (found.found, found.heading) == (text, f"Small ones: {text}")


def test_tabs_have_counts_only_where_the_list_counts() -> None:
    def render(found: OpenList) -> str:
        context = {"shown": found, "request": found.request}
        return " ".join(Template("{% list_tabs %}").render(Context(context)).split())

    asked: list[str] = []

    def counter(given: QueryDict) -> int:
        asked.append(given.urlencode())
        return 4

    found = opened("?saved=7&run=2", view("q=a"), view("q=b", pk=9, audience="private"))
    found.counted(3, 8, counter)
    html = render(found)
    assert '<a href="/towns/?run=2">All <b>8</b>' in html
    assert '<a href="/towns/?saved=7&amp;run=2" aria-current="page">Small ones <b>3</b>' in html
    assert "<b>4</b>" in html
    assert asked == ["q=b"], "the open view is counted already"
    plain = opened("", view("q=a"))
    plain.counted(3, 8)
    assert "<b>" not in render(plain)
    assert render(opened("")) == ""


def test_the_seventh_view_is_behind_a_link_unless_it_is_open() -> None:
    def tabs(query: str, number: int) -> str:
        found = opened(query, *(view(f"q={pk}", pk=pk) for pk in range(1, number + 1)))
        return Template("{% list_tabs %}").render(Context({"shown": found, "request": found.request}))

    assert "more" not in tabs("", 6)
    assert "1 more" in tabs("", 7)
    assert "saved=7" not in tabs("", 7)
    assert 'saved=7" aria-current="page"' in tabs("?saved=7", 7)


def test_the_form_of_the_columns_keeps_filter_and_order() -> None:
    found = opened("?q=a&sort=people&run=3&page=2&columns=river")
    found.table(TABLE)
    assert found.carried == [("q", "a"), ("sort", "people"), ("run", "3")]
    assert found.orders == [("river", "River", "1"), ("people", "People", ""), ("note", "Note", "")]
    assert found.usual_url == "?q=a&sort=people&run=3"
