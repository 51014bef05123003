"""Extreme values in every request field: no URL answers them with a server error.

Each URL is requested with extreme values in each parameter it accepts, in its path, and in the fields of its forms
and bodies. The list of parameters comes from the URL's own error message for an unknown parameter.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import NoReverseMatch, reverse
from pytest_django import DjangoDbBlocker

from tests.security.crawl import SESSIONS_IN_COOKIES, no_contexts, quiet
from tests.security.expected_table import Address, addresses, wanting
from tests.security.url_world import Addresses
from tests.worlds.databases import Clones

pytestmark = pytest.mark.world("addresses")

ADDRESSES = [address for address in addresses() if address.name]
EXTREMES = (
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "2026-01-01T00:00:00 00:00",
    "99999",
    "-1",
    "9" * 19,
    "9" * 5000,
    "1e400",
    "nan",
    "٣",
    "²",
    "GHA\x00",
)
RIGHT_TO_LEFT = "\u202e"
MARKS = ("%E2%80%AE", "\\u202e")
"""The character U+202E in a form and in JSON."""
OFFICE = ("analyst", "administrator", "approver", "reviewer")
PRODUCT = ("cpc", "indicators", "selection", "partnerships")
UNKNOWN = "no-such-parameter"
KNOWN = (re.compile(r"It accepts (?P<names>[\w, -]+?)\."), re.compile(r"Valid parameters: (?P<names>[\w, -]+?)\."))


@dataclass
class Asker:
    """Clients of the office in the world of all URLs, and the faults that their requests caused."""

    world: Addresses
    faults: list[str] = field(default_factory=list)
    _clients: dict[str, Client] = field(default_factory=dict)
    _opened: dict[str, tuple[Client, Any] | None] = field(default_factory=dict)

    def client(self, visitor: str) -> Client:
        """Return the visitor's client, which all tests share."""
        return self._clients.setdefault(visitor, self.world.client(visitor))

    def url(self, address: Address) -> str:
        """Return the URL of an address, with the keys of records that exist in the world."""
        assert address.name in self.world.urls, wanting(address)
        return self.world.urls[address.name]

    def ask(
        self, client: Client, method: str, url: str, data: Any = "", kind: str = "text/plain", **headers: str
    ) -> Any:
        """Return the answer to one request, and undo its changes. A server error is recorded with its cause."""
        causes: list[str] = []

        def note(**_: Any) -> None:
            error = sys.exc_info()[1]
            causes.append(f"{type(error).__name__}: {str(error)[:120]}")

        cache.clear()
        got_request_exception.connect(note)
        try:
            with transaction.atomic():
                response = client.generic(method, url, data, content_type=kind, headers=headers)
                if response.streaming:
                    b"".join(response)
                if any(mark in data for mark in MARKS):
                    self.faults += [f"{method} {url}: {table} now holds U+202E" for table in tables_that_hold_it()]
                transaction.set_rollback(True)
        finally:
            got_request_exception.disconnect(note)
        if response.status_code >= 500:
            self.faults.append(f"{method} {url[:200]}: {response.status_code} {causes} {data[:200]!r}")
        return response

    def opened(self, url: str) -> tuple[Client, Any] | None:
        """Return a client that may read the URL, and the answer; None if the URL only receives forms."""
        if url not in self._opened:
            answers = ((one, self.ask(one, "GET", url)) for one in map(self.client, OFFICE))
            self._opened[url] = next((found for found in answers if found[1].status_code == 200), None)
        return self._opened[url]

    def opened_by(self, url: str) -> Client | None:
        """Return a client that may read the URL; None if the URL only receives forms."""
        opened = self.opened(url)
        return opened and opened[0]


def tables_that_hold_it() -> list[str]:
    """Return the product's tables with a row that contains U+202E, the mark that reverses the direction of text.

    A transaction without a number has written nothing, so no table is searched.
    """
    tables = [model._meta.db_table for model in apps.get_models() if model.__module__.partition(".")[0] in PRODUCT]
    holds = """SELECT '{0}' WHERE EXISTS (SELECT FROM "{0}" t WHERE t::text LIKE %(mark)s)"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NULL")
        if cursor.fetchone()[0]:
            return []
        cursor.execute(" UNION ALL ".join(holds.format(table) for table in tables), {"mark": f"%{RIGHT_TO_LEFT}%"})
        return [table for (table,) in cursor.fetchall()]


@pytest.fixture(scope="module")
def office(
    own_database: None, clones: Clones, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("limits")
    clones.copy_files(folder)
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=folder, API_REQUESTS_A_MINUTE=10**9, SESSION_ENGINE=SESSIONS_IN_COOKIES),
        quiet(),
        no_contexts(),
    ):
        yield Asker(clones.contents())


@pytest.fixture
def asker(office: Asker) -> Iterator[Asker]:
    office.faults.clear()
    yield office
    if office.faults:
        pytest.fail("\n".join(office.faults[:20]), pytrace=False)


def known_parameters(response: Any) -> list[str]:
    """Return the parameters that the error message for an unknown parameter lists."""
    if response.status_code != 400:
        return []
    text = response.content.decode()
    found = next((match for pattern in KNOWN if (match := pattern.search(text))), None)
    names = found["names"].split(", ") if found else []
    return [name for name in names if name not in ("none", "no parameter")]


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.wide)])
@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name)
def test_no_parameter_breaks_a_page_or_an_endpoint(address: Address, asker: Asker, every: int) -> None:
    """Try a third of the values in each parameter, a different third for the next; as `wide`, all values."""
    url = asker.url(address)
    client = asker.opened_by(url)
    if client is None:
        return
    names = known_parameters(asker.ask(client, "GET", f"{url}?{UNKNOWN}=1"))
    for number, name in enumerate(names):
        for value in EXTREMES[number % every :: every]:
            asker.ask(client, "GET", f"{url}?{urlencode({name: value})}")
    asker.ask(client, "GET", f"{url}?%00=%00")


@pytest.mark.parametrize("address", [one for one in ADDRESSES if one.arguments], ids=lambda address: address.name)
def test_no_argument_of_an_address_breaks_it(address: Address, asker: Asker) -> None:
    client = asker.opened_by(asker.url(address)) or asker.client("analyst")
    for value in ("9" * 19, "9" * 40, "0", "x" * 5000, "a\x00b", "\u202e", "²"):
        try:
            url = reverse(address.name, kwargs=dict.fromkeys(address.arguments, value))
        except NoReverseMatch:
            continue
        for method in ("GET", "POST"):
            asker.ask(client, method, url)


class Fields(HTMLParser):
    """Parser of a page's POST forms: their fields, with the values they show."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.inside = False
        self.area = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("method", "").lower() == "post"
            if self.inside:
                self.forms.append((given.get("action", ""), {}))
        if not self.inside:
            return
        fields, name = self.forms[-1][1], given.get("name", "")
        submitted = given.get("type") not in ("checkbox", "radio") or "checked" in given
        if tag == "input" and name and submitted:
            fields[name] = given.get("value", "")
        elif tag == "input" and name:
            fields.setdefault(name, given.get("value", ""))
        elif tag == "textarea":
            self.area = name
            fields[name] = ""
        elif tag == "select":
            self.select = name
            fields.setdefault(name, "")
        elif tag == "option" and self.select and (given.get("value") and not fields[self.select]):
            fields[self.select] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        if tag in ("textarea", "select"):
            self.area = self.select = ""

    def handle_data(self, data: str) -> None:
        if self.inside and self.area:
            self.forms[-1][1][self.area] += data


HIDDEN = ("csrfmiddlewaretoken", "idempotency_key", "key")
TYPED = ("9999-12-31", "9" * 40, "a\x00b", f"a{RIGHT_TO_LEFT}b")
TYPED_EVERYWHERE = (*TYPED, "0001-01-01", "1e400", "nan", "x" * 200_000)


@pytest.mark.parametrize(("every", "some"), [(2, 1), pytest.param(1, 9, marks=pytest.mark.wide)])
@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name)
def test_no_entry_breaks_a_form(address: Address, asker: Asker, every: int, some: int) -> None:
    """Send each form with half of the values in all fields, the other half in the next form; as `wide`, all values.

    For some fields, each of the first values is also sent alone, with the form's own values in the other fields.
    """
    url = asker.url(address)
    opened = asker.opened(url)
    if opened is None or url.startswith("/api/"):
        return
    client, answer = opened
    if answer.streaming:
        return
    page = Fields()
    page.feed(answer.content.decode(errors="replace"))
    for number, (action, shown) in enumerate(page.forms, ADDRESSES.index(address)):
        if "sign-out" in action:
            continue
        names = [name for name in shown if name not in HIDDEN]
        tried = [dict.fromkeys(names, value) for value in TYPED_EVERYWHERE[number % every :: every]]
        tried += [{name: value} for value in TYPED for name in names[:some]]
        for entries in tried:
            body = urlencode(shown | entries)
            asker.ask(client, "POST", action or url, body, "application/x-www-form-urlencoded")


BODIES = (
    "[" * 100_000,
    '{"a":' * 100_000,
    '{"title": ' + "[" * 5_000 + "]" * 5_000 + "}",
    "9" * 5_000,
    "1e400",
    "NaN",
    '"\\ud800"',
    "\x00",
    "{}",
    "[]",
    "null",
    '"text"',
)


@pytest.mark.parametrize(
    "address", [one for one in ADDRESSES if one.route.startswith("api/v1/")], ids=lambda address: address.name
)
def test_no_body_breaks_an_endpoint(address: Address, asker: Asker) -> None:
    url = asker.url(address)
    for method in ("POST", "PATCH"):
        for body in BODIES:
            response = asker.ask(asker.client("analyst"), method, url, body, "application/json")
            assert response["Content-Type"] == "application/problem+json" or response.status_code < 300


def bodies(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the method, path, and a valid body of each operation of the schema that takes a body."""
    for path, operations in schema["paths"].items():
        for method in ("post", "patch"):
            body = operations.get(method, {}).get("requestBody")
            if body:
                yield method.upper(), path, sample(body["content"]["application/json"]["schema"], schema)


def sample(part: dict[str, Any], schema: dict[str, Any]) -> Any:
    """Return a value that fits a part of the schema."""
    if "$ref" in part:
        return sample(schema["components"]["schemas"][part["$ref"].rpartition("/")[2]], schema)
    for several in ("allOf", "oneOf", "anyOf"):
        if several in part:
            return sample(part[several][0], schema)
    if "example" in part or "enum" in part:
        return part.get("example", (part.get("enum") or [None])[0])
    kind, form = str(part.get("type")), str(part.get("format"))
    if kind == "object":
        return {name: sample(inner, schema) for name, inner in part.get("properties", {}).items()}
    if kind == "array":
        return [sample(part["items"], schema)]
    if kind == "string":
        return {"date": "2026-01-01", "date-time": "2026-01-01T00:00:00Z", "decimal": "1.00"}.get(form, "x")
    return {"integer": 1, "number": 1, "boolean": True}.get(kind)


VALUES: tuple[Any, ...] = (
    f"a{RIGHT_TO_LEFT}b",
    [f"a{RIGHT_TO_LEFT}b"],
    "9999-12-31",
    "0001-01-01",
    "1e400",
    "9" * 40,
    10**40,
    -(2**63),
    1e308,
    "a\x00b",
    "\ud800",
    [],
    {},
    None,
)


def test_no_value_in_a_body_breaks_an_endpoint(asker: Asker) -> None:
    client = asker.client("analyst")
    schema = asker.ask(client, "GET", "/api/v1/schema/").json()
    operations = list(bodies(schema))
    assert len(operations) > 10
    by_route = {f"/{re.sub(r'<(?:[a-z]+:)?([a-z]+)>', '{}', address.route)}": address for address in ADDRESSES}
    for method, path, body in operations:
        url = asker.url(by_route[re.sub(r"{[a-z_]+}", "{}", path)])
        assert body, f"{method} {path} has an empty body"
        for name in body:
            for value in VALUES:
                data = json.dumps(body | {name: value})
                response = asker.ask(client, method, url, data, "application/json", **{"If-Match": "*"})
                assert response.status_code != 415
