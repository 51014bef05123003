"""CSV of lists, compression, and the headers of the rate limit."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from cpc.accounts.permissions import Role
from cpc.accounts.scopes import scopes_for
from cpc.api import renderers
from cpc.api_tokens.services import issue_token
from indicators.models import Country
from tests.security.expected_table import addresses
from tests.worlds.partnerships.build import Stage
from tests.worlds.small_world import World

OBSERVATIONS, PARTNERSHIPS = "/api/v1/observations/?source=cpi", "/api/v1/partnerships/"


def table(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
    return list(csv.DictReader(io.StringIO(response.getvalue().decode())))


def flat(row: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, dict) and name not in ("missing", "second_witness"):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def written(value: Any) -> str:
    """Return a value of JSON as a cell has it, by hand."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("url", [OBSERVATIONS, "/api/v1/countries/?region=Africa", "/api/v1/sources/", PARTNERSHIPS])
def test_a_file_has_all_rows_of_the_list_and_its_fields(world: World, api: Client, url: str) -> None:
    Stage().active()
    joint = "&" if "?" in url else "?"
    rows = api.get(f"{url}{joint}page_size=1000").json()["results"]
    found = table(api.get(url, headers={"Accept": "text/csv"}))
    assert rows
    assert found == [{name: written(value) for name, value in flat(row)} for row in rows]
    response = api.get(f"{url}{joint}format=csv")
    assert table(response) == found
    assert response["Content-Disposition"] == f'attachment; filename="{url.split("/")[3]}.csv"'


def test_a_file_keeps_filters_order_and_day(world: World, api: Client) -> None:
    url = f"{OBSERVATIONS}&country=GHA&as_of=1&ordering=-indicator"
    found = [(row["indicator"], row["country.code"], row["value"]) for row in table(api.get(f"{url}&format=csv"))]
    assert found == [("cpi.score", "GHA", "43.0"), ("cpi.rank", "GHA", "70.0")]
    empty = api.get("/api/v1/observations/?source=ilab&format=csv")
    assert empty.getvalue().decode().count("\r\n") == 1


def test_a_file_is_streamed_in_pieces(world: World, api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderers, "CHUNK", 50)
    response: Any = api.get("/api/v1/countries/?format=csv")
    assert isinstance(response, StreamingHttpResponse)
    content: Any = response.streaming_content
    pieces = iter(content)
    assert next(pieces).startswith(b"code,iso2,")
    with CaptureQueriesContext(connection) as queries:
        assert next(pieces).count(b"\r\n") == 50
    assert len(queries) == 3  # the keys of fifty countries, these, and their aliases: no more
    rest = b"".join(pieces).decode()
    assert len(list(csv.reader(io.StringIO(rest)))) == Country.objects.count() - 50


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=1+1", "'=1+1"),
        ("+44", "'+44"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-5.00", "-5.00"),
        ("-5.00+A1", "'-5.00+A1"),
        ("-", "'-"),
        ("\t=1", "'\t=1"),
        ("\uff1d1", "'\uff1d1"),
        ("Côte d'Ivoire", "Côte d'Ivoire"),
        (True, "true"),
        (-1.5, "-1.5"),
        ([], "[]"),
        (["=a", 1], '["=a",1]'),
        ({"ends_on": "not_yet"}, '{"ends_on":"not_yet"}'),
        (None, ""),
    ],
)
def test_no_cell_is_a_formula(value: Any, text: str) -> None:
    assert renderers.cell(value) == text


def test_a_format_that_a_url_lacks_is_an_error(world: World, api: Client) -> None:
    assert api.get("/api/v1/countries/GHA/", headers={"Accept": "text/csv"}).status_code == 406
    assert api.get("/api/v1/countries/GHA/?format=csv").status_code == 400
    refused = api.get("/api/v1/countries/?kind=planet&format=csv")
    assert (refused.status_code, refused["Content-Type"]) == (400, "application/problem+json")
    assert refused.json()["errors"][0]["field"] == "kind"
    assert Client().get("/api/v1/countries/?format=csv").status_code == 401


def test_who_may_not_see_a_list_gets_no_file(world: World, client_of: Any) -> None:
    analyst, reviewer = client_of(Role.ANALYST), client_of(Role.REVIEWER)
    asked = {"Accept": "text/csv"}
    urls = [f"/{url.route}" for url in addresses() if url.route.startswith("api/v1/") and not url.arguments]
    lists = [url for url in urls if analyst.get(url, headers=asked).status_code == 200]
    assert {"/api/v1/runs/", "/api/v1/partnerships/"} < set(lists)
    statuses = {url: reviewer.get(url).status_code for url in lists}
    assert set(statuses.values()) == {200, 404}
    assert {url: reviewer.get(url, headers=asked).status_code for url in lists} == statuses


def test_a_file_of_an_unchanged_list_is_304(world: World, api: Client) -> None:
    Stage().active()
    url = f"{PARTNERSHIPS}?format=csv"
    first = api.get(url)
    assert first["ETag"] != api.get(PARTNERSHIPS)["ETag"]
    assert api.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
    moment = api.get(f"{OBSERVATIONS}&format=csv")["Last-Modified"]
    again = api.get(f"{OBSERVATIONS}&format=csv", headers={"If-Modified-Since": moment})
    assert (again.status_code, again.content) == (304, b"")


@pytest.fixture
def stage(db: None) -> Stage:
    return Stage()


@pytest.fixture
def program(stage: Stage) -> Client:
    """Return a client with a token, as programs have."""
    owner = stage.analyst
    issued = issue_token(owner=owner, name="Copies", scopes=scopes_for(owner.permissions), days=1)
    return Client(headers={"Authorization": f"Bearer {issued.secret}"})


ZIPPED = {"Accept-Encoding": "br, gzip"}


@pytest.mark.parametrize("url", [OBSERVATIONS, f"{OBSERVATIONS}&format=csv", PARTNERSHIPS, "/api/v1/schema/"])
def test_answers_to_a_program_are_compressed(world: World, program: Client, url: str) -> None:
    plain, zipped = program.get(url), program.get(url, headers=ZIPPED)
    assert zipped["Content-Encoding"] == "gzip"
    assert not plain.has_header("Content-Encoding")
    assert gzip.decompress(zipped.getvalue()) == plain.getvalue()
    for response in (plain, zipped):
        assert "Accept-Encoding" in response["Vary"]
    if plain.has_header("ETag"):
        assert zipped["ETag"] == plain["ETag"].removesuffix('"') + '-gzip"'
        assert zipped["Content-Length"] == str(len(zipped.content))
        # Either validator is that of the same data.
        for etag in (plain["ETag"], zipped["ETag"], f"W/{zipped['ETag']}"):
            again = program.get(url, headers=ZIPPED | {"If-None-Match": etag})
            assert (again.status_code, again["ETag"], again.content) == (304, zipped["ETag"], b"")
            assert "Accept-Encoding" in again["Vary"]
            assert program.get(url, headers={"If-None-Match": etag})["ETag"] == plain["ETag"]
        assert program.get(url, headers=ZIPPED).content == zipped.content


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "br"])
def test_who_takes_no_gzip_gets_none(world: World, program: Client, accepted: str) -> None:
    assert not program.get(OBSERVATIONS, headers={"Accept-Encoding": accepted}).has_header("Content-Encoding")


def test_what_a_browser_asks_for_with_its_session_is_not_compressed(world: World, api: Client) -> None:
    for url in (OBSERVATIONS, f"{OBSERVATIONS}&format=csv", "/api/docs/", "/"):
        response = api.get(url, headers=ZIPPED)
        assert not response.has_header("Content-Encoding"), url


def test_a_change_after_a_compressed_answer_is_safe(world: World, program: Client, stage: Stage) -> None:
    url = f"{PARTNERSHIPS}{stage.draft().pk}/"
    etag = program.get(url, headers=ZIPPED)["ETag"]
    assert etag.endswith('-gzip"')

    def change(title: str) -> int:
        body = json.dumps({"title": title})
        return program.patch(url, body, content_type="application/json", headers={"If-Match": etag}).status_code

    assert change("A new title") == 200
    assert change("A newer title") == 412


def test_every_answer_to_a_client_has_its_rate_limit(
    world: World, program: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.API_REQUESTS_A_MINUTE = 3
    monkeypatch.setattr("cpc.api.throttling.time.time", lambda: 60 * 30_000_000 + 16.5)
    etag = program.get("/api/v1/countries/")["ETag"]
    answers = [
        program.get("/api/v1/countries/", headers={"If-None-Match": etag}),
        program.get("/api/v1/countries/?nonsense=1"),
        program.get("/api/v1/countries/"),
    ]
    assert [response.status_code for response in answers] == [304, 400, 429]
    for left, response in zip((1, 0, 0), answers, strict=True):
        assert response["RateLimit-Policy"] == '"requests";q=3;w=60'
        assert response["RateLimit"] == f'"requests";r={left};t=44'
    assert answers[-1]["Retry-After"] == "44"
    assert not Client().get("/api/v1/countries/").has_header("RateLimit")
