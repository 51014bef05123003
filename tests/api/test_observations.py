"""Observations over REST: current or as of a past publication, each with its locator in a publisher's file."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from indicators.imports.publishing import retract
from indicators.models import Observation, Publication
from tests.support.facts import publish_facts
from tests.worlds.small_world import World

URL = "/api/v1/observations/"


def rows(client: Client, **query: Any) -> list[dict[str, Any]]:
    """Return observations of the Corruption Perceptions Index, or those of other filters."""
    query.setdefault("source", "cpi")
    response = client.get(f"{URL}?{urlencode(query, doseq=True)}")
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = response.json()["results"]
    return found


def keys(found: list[dict[str, Any]]) -> list[tuple[str, str, str, float]]:
    return [(row["indicator"], row["country"]["code"], row["period"], row["value"]) for row in found]


def test_each_value_names_its_locator(world: World, api: Client) -> None:
    (row,) = rows(api, country="GHA", indicator="cpi.score", period="2024")
    assert row == {
        "id": world.ghana.pk,
        "indicator": "cpi.score",
        "country": {"code": "GHA", "name": "Ghana"},
        "period": "2024",
        "series": "",
        "value": 42.0,
        "label": None,
        "missing": None,
        "standard_error": None,
        "low": None,
        "high": None,
        "quality": "stated",
        "note": "",
        "provenance": {
            "source": "cpi",
            "publisher": "Transparency International",
            "edition": "2024",
            "published_on": "2025-01-31",
            "dated_by": "The index of a year appears by January 31 of the next year.",
            "file": {"name": "CPI2024.xlsx", "sha256": hashlib.sha256(b"CPI2024.xlsx").hexdigest()},
            "locator": "Sheet!B4",
            "raw_text": "42",
        },
        "confirmed_by": [],
        "second_witness": None,
        "known_from": 2,
        "known_to": None,
        "superseded_at": None,
    }
    assert api.get(f"{URL}{row['id']}/").json() == row


def test_live_rows_in_their_fixed_order(world: World, api: Client) -> None:
    assert keys(rows(api)) == [
        ("cpi.rank", "GHA", "2023", 70.0),
        ("cpi.score", "GHA", "2023", 44.0),
        ("cpi.score", "GHA", "2024", 42.0),
        ("cpi.score", "XKX", "2023", 41.0),
    ]


def test_a_later_edition_that_agrees_is_a_confirmation(world: World, api: Client) -> None:
    (row,) = rows(api, country="XKX")
    assert row["provenance"]["edition"] == "2023"
    assert [(c["source"], c["edition"], c["locator"]) for c in row["confirmed_by"]] == [("cpi", "2024", "Sheet!B3")]
    (then,) = rows(api, country="XKX", as_of=1)
    assert then["confirmed_by"] == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"country": ["GHA", "XKX"], "indicator": "cpi.score", "period": "2023"}, {("GHA", 44.0), ("XKX", 41.0)}),
        ({"source": "cpi", "period": ["2024", "1990"]}, {("GHA", 42.0)}),
        ({"source": "ilab"}, set()),
        ({"indicator": "cpi.rank", "series": ""}, {("GHA", 70.0)}),
        ({"series": "no such series"}, set()),
    ],
)
def test_filters(world: World, api: Client, query: dict[str, Any], expected: set[tuple[str, float]]) -> None:
    assert {(row["country"]["code"], row["value"]) for row in rows(api, **query)} == expected


def test_as_of_number_or_moment_returns_what_was_known_then(world: World, api: Client) -> None:
    first = [("cpi.rank", "GHA", "2023", 70.0), ("cpi.score", "GHA", "2023", 43.0), ("cpi.score", "XKX", "2023", 41.0)]
    between = Publication.objects.get(seq=1).at
    assert keys(rows(api, as_of=0)) == []
    assert keys(rows(api, as_of=1)) == first
    assert keys(rows(api, as_of=between.isoformat())) == first
    assert keys(rows(api, as_of=(between - dt.timedelta(seconds=1)).isoformat())) == []
    assert keys(rows(api, as_of=2)) == keys(rows(api, as_of=3)) == keys(rows(api))


def test_what_was_known_then_stays_when_an_edition_is_taken_back(world: World, api: Client) -> None:
    before = rows(api, as_of=2)
    retract(batch_id=world.second.pk, actor=None, reason="The wrong file.")
    assert keys(rows(api)) == keys(rows(api, as_of=1))
    assert keys(rows(api, as_of=2)) == keys(before)
    (old,) = (row for row in rows(api, as_of=2) if row["id"] == world.ghana.pk)
    assert (old["known_from"], old["known_to"]) == (2, 4)
    assert old["superseded_at"] is not None


@pytest.mark.parametrize(
    ("query", "field", "expected"),
    [
        ("country=ZZZ", "country", "There is no country “ZZZ”. See /api/v1/countries/."),
        ("country=GHA&country=gha", "country", "There is no country “gha”. See /api/v1/countries/."),
        (
            "indicator=cpi.beauty",
            "indicator",
            "There is no indicator “cpi.beauty”. See /api/v1/indicators/.",
        ),
        ("source=nobody", "source", "There is no source “nobody”. See /api/v1/sources/."),
        ("as_of=4", "as_of", "There is no publication 4 yet; the newest is 3."),
        ("as_of=1&as_of=2", "as_of", "Send this parameter only once."),
        ("as_of=2099-01-01T00:00:00Z", "as_of", "in the future"),
        ("as_of=2024-01-01T00:00:00", "as_of", "neither a publication number nor a moment with a time zone"),
        ("as_of=2024-13-45T00:00:00Z", "as_of", "neither a publication number nor a moment with a time zone"),
        ("as_of=-1", "as_of", "neither a publication number nor a moment with a time zone"),
        ("as_of=", "as_of", "Send a value, or omit the parameter."),
        ("page=2", "page", "Unknown parameter. Valid parameters: as_of, count, country, cursor,"),
        ("cursor=2", "cursor", "This is no cursor of this server."),
        ("count=1", "count", "“1” is not valid. Write exact, or omit the parameter."),
        ("page_size=1001", "page_size", "“1001” is not a whole number from 1 to 1,000."),
        ("page_size=all", "page_size", "“all” is not a whole number from 1 to 1,000."),
        (
            "year=2024",
            "year",
            "Unknown parameter. Valid parameters: as_of, count, country, cursor, fields, format, indicator,",
        ),
        ("format=xml", "format", "“xml” is not a format. Use json or csv."),
        ("format=csv&page_size=2", "page_size", "A CSV file has all rows, not a page of them."),
        ("ordering=value", "ordering", "“value” is not an order of this list. Use indicator, -indicator, country,"),
        ("ordering=--country", "ordering", "is not an order of this list."),
    ],
)
def test_what_does_not_exist_is_refused_by_name(
    world: World, api: Client, query: str, field: str, expected: str
) -> None:
    response = api.get(f"{URL}?{query}")
    problem = response.json()
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    (error,) = problem["errors"]
    assert error["field"] == field
    assert expected in error["message"]


@pytest.mark.parametrize("zone", ["+00:00", "%2B00:00", "+0000", "+00", "Z"])
def test_a_moment_may_carry_the_plus_of_its_zone_unencoded(world: World, api: Client, zone: str) -> None:
    now = timezone.now().astimezone(dt.UTC)
    response = api.get(f"{URL}?source=cpi&as_of={now:%Y-%m-%dT%H:%M:%S}{zone}")
    assert (response.status_code, keys(response.json()["results"])) == (200, keys(rows(api)))


def test_a_moment_that_cannot_be_read_tells_how_to_write_a_plus(world: World, api: Client) -> None:
    for url in (f"{URL}?as_of=2026-11-20T15:00:00 0", "/api/v1/programs/?as_of=2026-11-20T15:00:00 0"):
        assert "In a URL, write + as %2B." in api.get(url).json()["errors"][0]["message"]
    (error,) = api.get("/api/v1/partnerships/?updated_since=2026-11-20T15:00:00 0").json()["errors"]
    assert error["message"] == (
        "Write a time with its UTC offset, such as 2026-11-20T15:00:00Z. In a URL, write + as %2B."
    )


def test_all_that_is_wrong_is_reported_at_once(world: World, api: Client) -> None:
    problem = api.get(f"{URL}?country=ZZZ&country=YYY&source=nobody").json()
    assert {error["field"] for error in problem["errors"]} == {"country", "source"}
    assert problem["detail"] == "The request has 2 errors; see errors."


def test_pages_stay_at_their_publication_while_others_publish(world: World, api: Client, tmp_path: Any) -> None:
    page = api.get(f"{URL}?page_size=3&source=cpi").json()
    assert (page["as_of"], page["count"], page["previous"]) == (3, 4, None)
    publish_facts(tmp_path, name="CPI2025.xlsx", edition="2025", facts=[("cpi.score", "AFG", "2025", "16")])
    following = api.get(page["next"]).json()
    assert (following["as_of"], following["count"], following["next"]) == (3, 4, None)
    assert keys(page["results"] + following["results"]) == keys(rows(api, as_of=2))
    assert api.get(following["previous"]).json()["results"] == page["results"]


def test_the_number_of_queries_does_not_grow_with_the_rows(
    world: World, api: Client, django_assert_num_queries: DjangoAssertNumQueries, tmp_path: Any
) -> None:
    query = f"{URL}?country=GHA&country=XKX&country=AFG&indicator=cpi.score&source=cpi&page_size=1000"
    # Session, account, newest number, three filters, first indicator, keys, whether there is another, rows,
    # confirmations, publication.
    expected = 12
    with django_assert_num_queries(expected):
        assert api.get(query).json()["count"] == 3
    facts = [("cpi.score", code, str(year), "30") for code in ("GHA", "XKX", "AFG") for year in range(2012, 2022)]
    publish_facts(tmp_path, name="more.xlsx", edition="2021", facts=facts)
    publish_facts(tmp_path, name="again.xlsx", edition="2022", facts=facts)
    with django_assert_num_queries(expected):
        assert api.get(query).json()["count"] == 33


def test_a_row_of_any_time_can_be_asked_for(world: World, api: Client) -> None:
    old = Observation.objects.get(indicator__code="cpi.score", country__code="GHA", period="2023", valid_to=2)
    row = api.get(f"{URL}{old.pk}/").json()
    assert (row["value"], row["known_from"], row["known_to"]) == (43.0, 1, 2)
    assert api.get(f"{URL}999999999/").status_code == 404


@pytest.mark.parametrize("name", ["indicator", "source", "country", "period", "series"])
def test_unstorable_text_is_rejected_as_of_a_past_day(world: World, api: Client, name: str) -> None:
    response = api.get(f"{URL}?published_by=2024-12-31&{name}=cpi%00")
    assert response.status_code == 400
    assert "Null characters are not allowed." in str(response.json())
