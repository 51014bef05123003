"""OpenAPI schema: it describes the actual responses, and shows each account only the operations it may use."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator
from pytest_django import DjangoAssertNumQueries

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.api.resources import RESOURCES
from tests.security.expected_table import Address, addresses, url_of
from tests.support.accounts import make_account
from tests.worlds.small_world import World

SCHEMA = "/api/v1/schema/"
EVERY = [a for a in addresses() if a.route.startswith("api/v1/") and a.name != "api:schema"]
OF_NOTES = ("note", "note-replies", "note-reply", "adjudication", "concurrence", "memo", "acknowledgment")
HIDDEN = {a.name for a in EVERY if re.fullmatch(rf"api:selection-(one-)?({'|'.join(OF_NOTES)})s?", a.name)}
"""URLs of notes and memos, which no program can read: `tests/selection/resources` reads them."""
ENDPOINTS = [a for a in EVERY if "<int:row>" not in a.route and a.name not in HIDDEN]
"""Endpoints that the small world has records for. `tests/partnerships/api_parts` reads the others."""
DECLARED = {f"api:{resource.url_name}" for resource in RESOURCES if resource.serializer is None}


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def path_of(address: Address) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address.route).replace("{pk}", "{id}")


def strict(schema: Any, *, whole: bool = True) -> Any:
    """Return an OpenAPI 3.0 schema as JSON Schema that permits only described fields.

    If `whole`, it also requires all of them.
    """
    if isinstance(schema, list):
        return [strict(item, whole=whole) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: strict(value, whole=whole) for key, value in schema.items() if key not in ("nullable", "example")}
    if isinstance(inner.get("properties"), dict) and inner.get("type") == "object":
        optional = {"errors", "limit", "would_be", "citation", "url", "parts"}
        inner |= {"additionalProperties": False}
        inner |= {"required": sorted(set(inner["properties"]) - optional)} if whole else {}
    return {"anyOf": [inner, {"type": "null"}]} if schema.get("nullable") else inner


QUERIES = {"api:search": "?q=Ghana"}
"""Queries of the addresses that need one."""


@pytest.fixture(scope="module")
def written() -> dict[Role, dict[str, Any]]:
    """Return the schemas written so far: what one contains depends on the role alone."""
    return {}


@pytest.fixture
def schema(api: Client, written: dict[Role, dict[str, Any]]) -> dict[str, Any]:
    if Role.API_CLIENT not in written:
        written[Role.API_CLIENT] = api.get(SCHEMA).json()
    return written[Role.API_CLIENT]


@pytest.fixture
def whole_schema(client_of: Callable[[Role], Client], written: dict[Role, dict[str, Any]]) -> dict[str, Any]:
    """Return the schema with all operations that write, as an analyst sees it."""
    if Role.ANALYST not in written:
        written[Role.ANALYST] = client_of(Role.ANALYST).get(SCHEMA).json()
    return written[Role.ANALYST]


def validator(schema: dict[str, Any], part: dict[str, Any], *, whole: bool = True) -> Draft202012Validator:
    return Draft202012Validator(strict({**part, "components": schema["components"]}, whole=whole))


def test_the_schema_is_written_without_a_warning(db: None) -> None:
    out = io.StringIO()
    call_command("spectacular", fail_on_warn=True, validate=True, format="openapi-json", stdout=out)
    written = json.loads(out.getvalue())
    assert {path_of(address) for address in EVERY} == set(written["paths"])


@pytest.mark.parametrize("address", ENDPOINTS, ids=lambda address: address.name)
def test_answers_and_examples_are_as_described_field_by_field(
    address: Address, world: World, api: Client, schema: dict[str, Any]
) -> None:
    content = schema["paths"][path_of(address)]["get"]["responses"]["200"]["content"]["application/json"]
    check = validator(schema, content["schema"])
    answer = api.get(url_of(address, world) + QUERIES.get(address.name, "")).json()
    assert [error.message for error in check.iter_errors(answer)] == []
    examples = content["examples"].values() if "examples" in content else []
    for example in examples:
        assert [error.message for error in check.iter_errors(example["value"])] == []
    assert examples or address.name in DECLARED or "Indicator" in str(content) or "Source" in str(content)


def test_a_visitor_reads_the_whole_description_which_anybody_may_cache_and_no_data(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = Client().get(SCHEMA)
    out = io.StringIO()
    call_command("spectacular", format="openapi-json", stdout=out)
    assert response.json() == json.loads(out.getvalue())
    assert response["Cache-Control"] == "public, max-age=300"
    assert {"authorization", "cookie", "accept"} <= set(re.split(r",\s*", response["Vary"].lower()))
    again = Client().get(SCHEMA, headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", "public, max-age=300")
    assert Client().get(SCHEMA, {"nonsense": "1"}).status_code == 400
    assert Client().get(SCHEMA, headers={"Authorization": "Bearer cpc_0"}).status_code == 401
    with django_assert_num_queries(0):
        page = Client().get("/api/docs/").content.decode()
    for method, path, operation in operations(response.json()):
        assert f"{method.upper()} {path}" in page
        assert f'id="{operation["operationId"]}"' in page


def test_an_account_gets_its_own_part_of_the_description_which_no_cache_shares(api: Client) -> None:
    assert "private" in api.get(SCHEMA)["Cache-Control"]
    assert len(HIDDEN) == 12
    assert len(api.get(SCHEMA).json()["paths"]) + len(HIDDEN) == len(Client().get(SCHEMA).json()["paths"])
    assert {method for method, _, _ in operations(api.get(SCHEMA).json())} == {"get"}


def test_problem_documents_are_as_described(api: Client, schema: dict[str, Any]) -> None:
    check = validator(schema, schema["components"]["schemas"]["Problem"])
    for url in ("/api/v1/countries/?a=1", "/api/v1/countries/ZZZ/", "/api/v1/nothing/"):
        assert [error.message for error in check.iter_errors(api.get(url).json())] == []


def test_everything_has_a_description(whole_schema: dict[str, Any]) -> None:
    schema = whole_schema
    assert len(schema["info"]["description"]) > 500
    silent = []
    for method, path, operation in operations(schema):
        silent += [path for word in ("summary", "description") if not operation.get(word)]
        silent += [f"{path} {p['name']}" for p in operation["parameters"] if not p.get("description")]
        assert {"400", "401", "403", "404", "406", "429", "503"} <= set(operation["responses"])
        assert ({"200", "304"} if method == "get" else {"415", "422"}) <= set(operation["responses"])
        named = {parameter["name"] for parameter in operation["parameters"]}
        assert ({"412", "428"} <= set(operation["responses"])) == ("If-Match" in named)
        assert ("409" in operation["responses"]) == ("Idempotency-Key" in named) == (method == "post")
    for name, component in schema["components"]["schemas"].items():
        for field, described in component.get("properties", {}).items():
            target = described.get("$ref") or described.get("items", {}).get("$ref")
            if not described.get("description") and not target:
                silent.append(f"{name}.{field}")
    assert not silent


def test_parameters_described_are_the_ones_that_are_known(world: World, api: Client, schema: dict[str, Any]) -> None:
    for address in ENDPOINTS:
        operation = schema["paths"][path_of(address)]["get"]
        described = {p["name"] for p in operation["parameters"] if p["in"] == "query"}
        problem = api.get(url_of(address, world), {"nonsense": "1"}).json()["detail"]
        known = set(re.findall(r"\w+", problem.partition("Valid parameters: ")[2])) - {"none"}
        assert described == known, address.name


def test_parameter_without_a_value_is_an_error_as_in_the_schema(
    world: World, api: Client, schema: dict[str, Any]
) -> None:
    meaningful = set()
    for address in ENDPOINTS:
        for parameter in schema["paths"][path_of(address)]["get"]["parameters"]:
            if parameter["in"] != "query":
                continue
            several = parameter["schema"].get("type") == "array"
            sent: Any = [""] if several else ""
            described = not list(validator(schema, parameter["schema"]).iter_errors(sent))
            response = api.get(url_of(address, world), {parameter["name"]: ""})
            assert (response.status_code == 200) == described, (address.name, parameter["name"], response.content)
            if described:
                meaningful.add((address.name, parameter["name"]))
            else:
                wrong = {(error["field"], error["message"]) for error in response.json()["errors"]}
                assert wrong == {(parameter["name"], "Send a value, or omit the parameter.")}
                assert not several or parameter["schema"]["minItems"] == 1
    assert meaningful == {("api:observations", "series")}


@pytest.mark.parametrize(("role", "visible"), [(Role.REVIEWER, False), (Role.VIEWER, True), (Role.API_CLIENT, True)])
def test_what_is_hidden_from_an_account_is_not_described_to_it(
    client_of: Callable[[Role], Client], role: Role, visible: bool
) -> None:
    client = client_of(role)
    assert ("/api/v1/rankings/" in client.get(SCHEMA).json()["paths"]) is visible
    text = client.get(SCHEMA).content.decode() + client.get("/api/docs/").content.decode()
    assert ("ranking" in text.lower()) is visible


def test_examples_of_what_is_sent_are_as_described(whole_schema: dict[str, Any]) -> None:
    written = [operation for method, _, operation in operations(whole_schema) if method != "get"]
    assert written
    for operation in written:
        answered = next(operation["responses"][status] for status in ("200", "201") if status in operation["responses"])
        for described, whole in ((operation["requestBody"], False), (answered, True)):
            content = described["content"]["application/json"]
            check = validator(whole_schema, content["schema"], whole=whole)
            for example in content["examples"].values():
                assert [error.message for error in check.iter_errors(example["value"])] == [], operation["operationId"]


def test_a_text_of_white_space_alone_is_described_as_blank(whole_schema: dict[str, Any]) -> None:
    """With `re.ASCII`, as in ECMA-262, `\\S` treats other characters as white space than a field strips."""
    described = whole_schema["components"]["schemas"]["NewPartnership"]["properties"]["country"]["pattern"]
    characters = map(chr, range(sys.maxunicode + 1))
    assert [one for one in characters if bool(re.search(described, one, re.ASCII)) != bool(one.strip())] == []


def test_who_may_only_read_is_not_shown_how_to_write(schema: dict[str, Any], whole_schema: dict[str, Any]) -> None:
    assert {method for method, _, _ in operations(schema)} == {"get"}
    assert {method for method, _, _ in operations(whole_schema)} == {"get", "post", "patch"}


def test_the_schema_comes_as_yaml_too(api: Client) -> None:
    response = api.get(SCHEMA, headers={"Accept": "application/vnd.oai.openapi"})
    assert response.content.startswith(b"openapi: 3.0")


def test_the_reference_shows_every_operation_parameter_field_and_value(
    client_of: Callable[[Role], Client], whole_schema: dict[str, Any]
) -> None:
    schema = whole_schema
    analyst = User.objects.filter(role=Role.ANALYST).first() or make_account(Role.ANALYST)
    client = Client()
    client.force_login(analyst)
    page = client.get("/api/docs/").content.decode()
    for method, path, operation in operations(schema):
        assert f"{method.upper()} {path}" in page
        assert f'id="{operation["operationId"]}"' in page
    codes = set(re.findall(r"<code>([\w.]+)</code>", page))
    for name, component in schema["components"]["schemas"].items():
        if name != "Problem" and not name.startswith("Paginated") and not name.endswith("Enum"):
            assert {
                field for field in component["properties"] if not any(c.split(".")[-1] == field for c in codes)
            } == set()
    assert {"provenance.file.sha256", "country.code", "confirmed_by.locator", "run.model.hash"} <= codes
    assert {"not_collected", "inferred", "territory"} <= codes


def test_the_console_loads_nothing_from_elsewhere(api: Client) -> None:
    page = api.get("/api/docs/console/").content.decode()
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert all(url.startswith("/") for url in loaded)
    assert sum("drf_spectacular_sidecar" in url for url in loaded) == 2
    assert not re.findall(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page)
