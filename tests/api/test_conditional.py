"""Conditional requests: 304 for an unchanged representation, and a fresh response after any change."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from cpc.api.conditional import PreconditionFailed, is_held, require_match
from tests.support.facts import publish_facts
from tests.worlds.small_world import World

OBSERVATIONS = "/api/v1/observations/?country=GHA"
ADDRESSES = ["/api/v1/countries/", "/api/v1/sources/cpi/", "/api/v1/indicators/", OBSERVATIONS, "/api/v1/rankings/"]


@pytest.mark.parametrize("url", [*ADDRESSES, "/api/v1/schema/"])
def test_an_unchanged_answer_is_304_without_a_body(world: World, api: Client, url: str) -> None:
    first = api.get(url)
    assert first.status_code == 200
    again = api.get(url, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert api.get(url, headers={"If-None-Match": '"another"'}).content == first.content
    head = api.head(url, headers={"If-None-Match": first["ETag"]})
    assert head.status_code == 304


@pytest.mark.parametrize("url", ADDRESSES)
def test_only_the_client_caches_answers_and_revalidates_them(world: World, api: Client, url: str) -> None:
    response = api.get(url)
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-cache"}
    assert "Cookie" in response["Vary"]


def test_a_publication_makes_a_new_answer(world: World, api: Client, tmp_path: Path) -> None:
    first = api.get(OBSERVATIONS)
    publish_facts(tmp_path, name="CPI2025.xlsx", edition="2025", facts=[("cpi.score", "GHA", "2025", "43")])
    fresh = api.get(OBSERVATIONS, headers={"If-None-Match": first["ETag"]})
    assert (fresh.status_code, fresh.json()["count"]) == (200, first.json()["count"] + 1)
    # What was known then has not changed, and neither has its validator.
    then = f"{OBSERVATIONS}&as_of=2"
    assert api.get(then, headers={"If-None-Match": api.get(then)["ETag"]}).status_code == 304


@pytest.mark.parametrize("url", [OBSERVATIONS, "/api/v1/rankings/"])
def test_if_modified_since(world: World, api: Client, url: str) -> None:
    moment = api.get(url)["Last-Modified"]
    assert api.get(url, headers={"If-Modified-Since": moment}).status_code == 304
    assert api.get(url, headers={"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}).status_code == 200
    assert api.get(url, headers={"If-Unmodified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}).status_code == 412


@pytest.mark.parametrize("url", ["/api/v1/observations/?country=", "/api/v1/partnerships/?country="])
def test_a_request_that_fails_without_its_condition_fails_with_it(world: World, api: Client, url: str) -> None:
    anything = {"If-None-Match": "*"}
    assert api.get(f"{url}GHA", headers=anything).status_code == 304
    assert api.get(f"{url}nowhere", headers=anything).status_code == 400


@pytest.mark.parametrize(
    ("named", "status"),
    [
        ("{etag}", 304),
        ("W/{etag}", 304),
        ('"another", W/{etag}', 304),
        ('{etag}, "another"', 304),
        ('W/"another"', 200),
        ('"another"', 200),
    ],
)
@pytest.mark.parametrize("url", ["/api/v1/countries/", "/api/v1/partnerships/"])
def test_a_weak_validator_of_the_same_answer_is_as_good(
    world: World, api: Client, url: str, named: str, status: int
) -> None:
    # A proxy that compresses an answer marks its validator as weak; If-None-Match compares weakly (RFC 9110, 13.1.2).
    etag = api.get(url)["ETag"]
    assert api.get(url, headers={"If-None-Match": named.format(etag=etag)}).status_code == status


@pytest.mark.parametrize(
    ("named", "expected"),
    [("", False), ("*", False), ('"one"', True), ('W/"one"', True), ('"two"', False), ('W/"two", W/"one"', True)],
)
def test_a_named_validator_is_compared_weakly(named: str, expected: bool) -> None:
    request = Request(APIRequestFactory().get("/", headers={"If-None-Match": named}))
    assert is_held(request, '"one"') is expected


@pytest.mark.parametrize(("named", "passes"), [('"one"', True), ("*", True), ('W/"one"', False), ('"two"', False)])
def test_a_change_needs_the_exact_validator(named: str, passes: bool) -> None:
    request = Request(APIRequestFactory().patch("/", headers={"If-Match": named}))
    if passes:
        require_match(request, '"one"')
    else:
        with pytest.raises(PreconditionFailed):
            require_match(request, '"one"')
