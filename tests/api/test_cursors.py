"""Pages by position: each row once, in any order, with nulls, from either end; and what a cursor is bound to."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, QuerySet
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cpc.api import pagination
from cpc.api.keyset import Walk, chunks, order_of
from indicators.models import Country, Indicator, Observation, Source
from tests.support.facts import publish_facts
from tests.worlds.small_world import World

URL = "/api/v1/observations/"
ORDERS = [
    ("code",),
    ("-code",),
    ("region", "name"),
    ("-region", "kind", "-pk"),
    ("kind",),
    ("iso2", "-numeric"),
]


def walked(rows: QuerySet[Any, Any], size: int, *, backward: bool = False) -> list[Any]:
    """Return all rows, read in pieces from one end."""
    walk, found, position = Walk(rows), list[Any](), None
    goes_on = True
    while goes_on:
        piece = walk.read(size, after=position, backward=backward)
        found = [*piece.rows, *found] if backward else [*found, *piece.rows]
        position, goes_on = piece.first if backward else piece.last, piece.goes_on
    return found


@pytest.mark.parametrize("order", ORDERS, ids=",".join)
@pytest.mark.parametrize("backward", [False, True])
def test_pieces_are_the_whole_in_any_order(db: None, order: tuple[str, ...], backward: bool) -> None:
    rows = Country.objects.order_by(*order)
    whole = list(rows.order_by(*order, *(() if {"code", "-code", "-pk"} & set(order) else ("pk",))))
    assert walked(rows, 7, backward=backward) == whole
    assert walked(rows, len(whole), backward=backward) == whole
    tuples = rows.values_list("name", "pk")
    assert walked(tuples, 50, backward=backward) == [(row.name, row.pk) for row in whole]


@pytest.mark.parametrize("order", ["minimum", "-minimum", "least", "source__cadence_months", "-source__cadence_months"])
@pytest.mark.parametrize("nulls", [{}, {"nulls_first": True}, {"nulls_last": True}], ids=str)
@pytest.mark.parametrize("backward", [False, True])
def test_nulls_stay_at_their_end(db: None, order: str, nulls: dict[str, bool], backward: bool) -> None:
    column = F(order.removeprefix("-"))
    first = column.desc(**nulls) if order.startswith("-") else column.asc(**nulls)
    rows = Indicator.objects.annotate(least=F("minimum")).order_by(first)
    whole = list(rows.order_by(first, "pk"))
    values = [row.minimum if "source" not in order else row.source.cadence_months for row in whole]
    assert None in values
    assert set(values) != {None}
    assert walked(rows, 1, backward=backward) == walked(rows, 13, backward=backward) == whole


@pytest.mark.parametrize("order", [("source", "-code"), ("-source", "code"), ("source_id",)], ids=",".join)
@pytest.mark.parametrize("backward", [False, True])
def test_a_relation_has_the_order_of_its_model(db: None, order: tuple[str, ...], backward: bool) -> None:
    rows = Indicator.objects.order_by(*order)
    assert walked(rows, 3, backward=backward) == list(rows.order_by(*order, "pk"))


def test_a_list_is_not_ordered_by_what_a_row_has_several_of(db: None) -> None:
    with pytest.raises(FieldDoesNotExist):
        order_of(Indicator.objects.order_by("source__indicators__code"))


def test_chunks_are_read_one_after_another(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    count = Source.objects.count()
    with django_assert_num_queries(2 * -(-count // 4)):  # keys, and their rows
        pieces = list(chunks(Source.objects.order_by("key"), 4))
    assert [row.key for piece in pieces for row in piece] == sorted(Source.objects.values_list("key", flat=True))
    with django_assert_num_queries(1):
        assert list(chunks(Source.objects.none() | Source.objects.filter(key="none"), 4)) == []


def pages_of(client: Client, url: str | None, link: str = "next") -> list[dict[str, Any]]:
    found = []
    while url:
        response = client.get(url)
        assert response.status_code == 200, response.content
        found.append(response.json())
        url = found[-1][link]
    return found


@pytest.fixture
def many(world: World, tmp_path: Path) -> list[int]:
    """Publish scores of some years, and return the numbers of all observations of the index in their order."""
    facts = [("cpi.score", code, str(year), "30") for code in ("GHA", "XKX", "AFG") for year in range(2012, 2018)]
    publish_facts(tmp_path, name="more.xlsx", edition="2021", facts=facts)
    rows = Observation.objects.live().filter(indicator__source__key="cpi")
    ordered = rows.order_by("indicator__code", "country__code", "year", "period", "series")
    return list(ordered.values_list("pk", flat=True))


@pytest.mark.parametrize("ordering", ["", "&ordering=-indicator", "&ordering=country", "&ordering=-country"])
@pytest.mark.parametrize("size", [1, 3, 11, 21, 22, 23])
def test_links_lead_through_every_row_and_back(api: Client, many: list[int], size: int, ordering: str) -> None:
    assert len(many) == 22
    forth = pages_of(api, f"{URL}?source=cpi&page_size={size}{ordering}")
    numbers = [[row["id"] for row in page["results"]] for page in forth]
    assert sorted(number for page in numbers for number in page) == sorted(many)
    assert [number for page in numbers for number in page] == many or ordering
    assert {page["count"] for page in forth} == {22}
    assert [len(page) for page in numbers[:-1]] == [size] * (len(numbers) - 1)
    assert forth[0]["previous"] is None
    if len(forth) > 1:
        back = pages_of(api, forth[-1]["previous"], "previous")
        assert [[row["id"] for row in page["results"]] for page in back] == numbers[-2::-1]
        assert pages_of(api, back[-1]["next"])[0]["results"] == forth[1]["results"]


def test_an_order_is_by_its_column_and_then_the_usual_one(api: Client, many: list[int]) -> None:
    def keys(ordering: str) -> list[tuple[str, str, str]]:
        rows = api.get(f"{URL}?source=cpi{ordering}").json()["results"]
        return [(row["country"]["code"], row["indicator"], row["period"]) for row in rows]

    assert keys("&ordering=country") == sorted(keys(""))
    assert keys("&ordering=-country") == sorted(sorted(keys("")), key=lambda key: key[0], reverse=True)


def cursor_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["cursor"][0]


def test_a_cursor_belongs_to_its_list(api: Client, many: list[int], world: World, tmp_path: Path) -> None:
    page = api.get(f"{URL}?source=cpi&country=GHA&country=XKX&page_size=3").json()
    cursor = cursor_of(page["next"])
    following = api.get(page["next"]).json()["results"]
    same: dict[str, Any] = {"source": "cpi", "country": ["XKX", "GHA"], "cursor": cursor, "page_size": "2"}
    assert api.get(URL, same).json()["results"] == following[:2]
    for change in ({"country": "GHA"}, {"ordering": "country"}, {"period": "2023"}, {"as_of": "1"}):
        response = api.get(URL, same | change)
        assert response.status_code == 400, change
        assert "belongs to other filters, another order, or other data" in response.json()["detail"]
    for text in (cursor[:-1], f"x{cursor}", cursor.replace(":", ""), "0", ":"):
        assert "This is no cursor of this server." in api.get(URL, same | {"cursor": text}).json()["detail"]
    publish_facts(tmp_path, name="CPI2025.xlsx", edition="2025", facts=[("cpi.score", "AFG", "2025", "16")])
    assert api.get(page["next"]).json()["results"] == following
    assert api.get(URL, same).status_code == 400


def test_rows_are_counted_up_to_a_bound_unless_asked_for(
    api: Client, many: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{URL}?source=cpi&page_size=2"
    for bound, count in ((22, 22), (21, None)):
        monkeypatch.setattr(pagination, "COUNTED", bound)
        page = api.get(url).json()
        assert page["count"] == count
        assert api.get(page["next"]).json()["count"] == count
    exact = api.get(f"{url}&count=exact").json()
    assert exact["count"] == api.get(exact["next"]).json()["count"] == 22
    assert "count=" not in exact["next"]
    monkeypatch.setattr(pagination, "COUNTED", 0)
    assert api.get(f"{url}&country=AFG&period=2012").json()["count"] == 1  # all rows are on the page


def test_the_last_page_takes_the_queries_of_the_first(
    api: Client, many: list[int], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = api.get(f"{URL}?source=cpi&page_size=11").json()["next"]
    # Session, account, newest number, filter, keys, whether there is another indicator, rows, confirmations, day.
    with django_assert_num_queries(9):
        assert api.get(first).json()["next"] is None
