from __future__ import annotations

import pytest
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest
from django.test import RequestFactory

from cpc.parameters import check_parameters
from cpc.web import tables

COLUMNS = {"name", "score"}


def get(query: str = "") -> HttpRequest:
    return RequestFactory().get(f"/list/{query}")


def test_an_unknown_parameter_is_named() -> None:
    check_parameters(get("?sort=name&page=2"), ("sort", "page"))
    with pytest.raises(BadRequest, match=r"does not know .*tier.*It knows page, sort"):
        check_parameters(get("?sort=name&tier=3"), ("sort", "page"))


def test_sort_keys_are_checked() -> None:
    assert tables.sort_key(get(), COLUMNS, "-score") == "-score"
    assert tables.sort_key(get("?sort=name"), COLUMNS, "-score") == "name"
    with pytest.raises(BadRequest, match=r"cannot be sorted by .*password.*name, score"):
        tables.sort_key(get("?sort=-password"), COLUMNS, "-score")


@pytest.mark.parametrize(
    ("query", "default", "url", "state"),
    [
        ("", "", "?sort=-score", ""),
        ("", "-score", "?sort=score", "descending"),
        ("?sort=-score&page=3&region=Africa", "", "?sort=score&region=Africa", "descending"),
        ("?sort=score", "-score", "?sort=-score", "ascending"),
        ("?sort=name", "-score", "?sort=-score", ""),
    ],
)
def test_a_heading_turns_its_order_and_goes_to_the_first_page(query: str, default: str, url: str, state: str) -> None:
    link = tables.sort_link(get(query), "score", default=default, descending_first=True)
    assert (link.url, link.state) == (url, state)


def test_pages_keep_the_filter_and_elide_the_middle() -> None:
    request = get("?region=Africa&page=13")
    page = tables.paginate(request, list(range(1000)), size=40)
    links = tables.page_links(request, page)
    assert (page.start_index(), page.end_index()) == (481, 520)
    assert [link.label for link in links] == ["Previous", "1", "…", "12", "13", "14", "…", "25", "Next"]
    assert [link.label for link in links if link.current] == ["13"]
    assert all("region=Africa" in link.url for link in links if link.url)


@pytest.mark.parametrize("asked", ["0", "26", "x", "-1"])
def test_a_page_that_is_not_there_is_not_found(asked: str) -> None:
    with pytest.raises(Http404, match="the list has 25"):
        tables.paginate(get(f"?page={asked}"), list(range(1000)), size=40)


def test_an_empty_list_has_one_page() -> None:
    nothing: list[int] = []
    page = tables.paginate(get(), nothing, size=40)
    assert (len(page), page.has_other_pages()) == (0, False)


def test_two_lists_of_one_address_are_turned_apart() -> None:
    request = get("?page=3&answered=2")
    first = tables.paginate(request, list(range(1000)), size=40)
    second = tables.paginate(request, list(range(100)), size=40, parameter="answered")
    assert (first.number, second.number) == (3, 2)
    assert [link.url for link in tables.page_links(request, second, "answered")][-1] == "?page=3&answered=3"
    assert tables.page_links(request, first)[0].url == "?page=2&answered=2"
