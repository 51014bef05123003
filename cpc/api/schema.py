"""Additions to drf-spectacular: how a client signs in, and how every endpoint fails."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework.serializers import CharField, DecimalField, Field, ListField, ListSerializer

from cpc.accounts.models import User
from cpc.accounts.scopes import Scope, scopes_for
from cpc.api import problems, shaped_schemas
from cpc.api.throttling import POLICY, WINDOW

DESCRIPTION = """\
Data on countries and partnerships, limited to what the account of a token can see. Each value of a country comes with
its publisher, edition, and position in the publisher's file.

**Signing in.** Send a token with each request (`Authorization: Bearer cpc_…`). Issue it at `/account/tokens/` with the
scopes that it needs. The session cookie of a signed-in account works too, for pages such as the console. This
description needs no sign-in. With one, it has only the operations that the account may use.

**Rate limit.** Each token has a limit of requests per minute. `RateLimit-Policy` states it, and `RateLimit` the
requests left and the seconds until the next minute. Over the limit, the response is 429 with Retry-After.

**Parameters.** An unknown or empty parameter, or a value that does not exist, gets a 400 response; none is ignored.
You can repeat a filter (`country=GHA&country=XKX`) to get the rows of any of its values.

**Pages.** Lists come in pages of 100 rows, or up to 1,000 with `page_size`. Follow `next` until it is null. Long lists
have a `cursor` instead of page numbers: the last page takes as long as the first. The order of each list is fixed, with
its key last; some lists have other orders (`ordering`).

**CSV.** A list is also a CSV file of all its rows (`Accept: text/csv`, or `format=csv`), streamed. Its columns are the
fields below; a field inside an object has a dotted name, and a list of values is JSON in one cell.

**Time.** `as_of` returns the data as of a publication number or a time. All times are UTC.

**Errors** are problem documents (RFC 9457, `application/problem+json`).

**Writing.** Send an Idempotency-Key with a POST, so that you can repeat it safely. Send If-Match with the ETag that you
last read to change an existing record. If a rule does not allow a change, the response is 422, and nothing is saved.

**Keeping a copy.** Take `next` of `/api/v1/changes/?after=now` first, then read everything, for partnerships with
`/api/v1/partnerships/?expand=all`. Later, ask `/api/v1/changes/?after=` with that cursor, read again what each event's
`url` names unless you hold its `revision` or a later one, and store the records with the new cursor in one transaction,
until `more` is false. If `held_back` is true, later events wait for a transaction that is still open: ask again later.

**Caching.** Responses have an ETag. Send it back in If-None-Match: if nothing changed, the response is an empty 304.

**Compression.** Send `Accept-Encoding: gzip`; responses to a token are then compressed.
"""

PROBLEM = {
    "type": "object",
    "description": "A problem document (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "The type of problem, from a closed list.",
        },
        "title": {"type": "string", "description": "The name of the HTTP status."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What is wrong with this request, and what to do."},
        "instance": {"type": "string", "format": "uri-reference", "description": "The requested URL."},
        "request_id": {"type": "string", "description": "The number of this request in the log."},
        "errors": {
            "type": "array",
            "description": "One entry per invalid parameter or field.",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": "string", "description": "The parameter or field."},
                    "code": {"type": "string", "description": "A code for programs."},
                    "message": {"type": "string", "description": "A message for people."},
                    "limit": {"type": "string", "description": "The limit, if the error is about a limit."},
                    "would_be": {"type": "string", "description": "The value that this request would result in."},
                    "citation": {"type": "string", "description": "The source of the rule."},
                    "url": {
                        "type": "string",
                        "format": "uri-reference",
                        "description": "The page where a person can resolve it.",
                    },
                },
            },
        },
    },
}

FAILURES = {
    400: "invalid",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    406: "not_acceptable",
    429: "throttled",
    503: "unavailable",
}
FAILURES_OF_WRITES = {415: "unsupported_media_type", 422: "refused"}
FAILURES_OF_MATCHING = {412: "precondition_failed", 428: "precondition_required"}
FAILURES_OF_POST = {409: "idempotency_in_progress"}
FAILURES_OF_CURSORS = {410: "gone"}
HEADERS = {
    409: {"Retry-After": "Number of seconds to wait."},
    401: {"WWW-Authenticate": "Bearer, and the error if a token was sent."},
    429: {"Retry-After": "Number of seconds to wait."},
    503: {"Retry-After": "Number of seconds to wait."},
}

IDEMPOTENT = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,200}$"},
        "description": (
            "1 to 200 visible ASCII characters. A request that is repeated with the same key and body is "
            "carried out once."
        ),
    }
]

RATE_LIMIT = {
    "RateLimit-Policy": f'The limit of the client: "{POLICY}";q=600;w={WINDOW} is 600 requests in {WINDOW} seconds.',
    "RateLimit": f'What is left of it: "{POLICY}";r=597;t=43 is 597 requests in the next 43 seconds.',
}
"""Headers of every response to a known client."""

FORMAT_MEANING = "The format, instead of the Accept header. csv: a file of all rows of a list, without paging."
FILE = {"schema": {"type": "string", "description": "CSV with a header row, in UTF-8 (RFC 4180)."}}

CONDITIONAL = [
    {
        "name": "If-None-Match",
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "The ETag of an earlier response. If nothing has changed, the response is 304 without a body.",
    }
]


class ShapedSchema(AutoSchema):
    """Descriptions of operations, with the parameters that shape the records of a resource."""

    def get_override_parameters(self) -> list[Any]:
        parameters: list[Any] = super().get_override_parameters()
        if getattr(self.view, "action", None) in ("list", "retrieve") and hasattr(self.view, "shape_parameters"):
            parameters = [*parameters, *self.view.shape_parameters()]
        return parameters


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself
    target_class = "cpc.api_tokens.authentication.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        user = getattr(auto_schema.view.request, "user", None)
        offered = scopes_for(user.role_permissions) if isinstance(user, User) else tuple(Scope)
        scopes = "\n".join(f"- `{scope.value}`: {scope.label}." for scope in offered)
        return {
            "type": "http",
            "scheme": "bearer",
            "description": f"A token issued at `/account/tokens/`. Scopes:\n\n{scopes}",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself
    target_class = "cpc.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return OpenAPI's description of the session cookie, which it calls an API key in a cookie."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The session of a signed-in account.",
        }


NOT_BLANK = r"[^\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
"""A character that `str.strip` does not remove. `\\S` differs: JSON Schema uses the white space of ECMA-262."""


def _bound(schema: dict[str, Any], field: Field[Any, Any, Any, Any]) -> None:
    """Add bounds that drf-spectacular leaves out: patterns of amounts, minimum lengths of text and lists."""
    if isinstance(field, DecimalField):
        schema["pattern"] = _amount(field)
    elif isinstance(field, CharField) and not field.allow_blank:
        schema |= {"minLength": 1, "pattern": NOT_BLANK}
    elif isinstance(field, ListField) and field.child is not None:
        _bound(schema["items"], field.child)
    elif isinstance(field, ListSerializer) and not field.allow_empty:
        schema["minItems"] = 1


def _amount(field: DecimalField) -> str:
    """Return the pattern of a decimal as text: at least one digit, and no sign if values below zero are invalid."""
    assert field.max_digits is not None
    assert field.decimal_places is not None
    sign = "" if field.min_value is not None and field.min_value >= 0 else "-?"
    return rf"^{sign}\d{{1,{field.max_digits - field.decimal_places}}}(\.\d{{1,{field.decimal_places}}})?$"


class BodyExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # registers itself
    """Schema extension: a request body accepts only the described fields."""

    target_class = "cpc.api.serializers.BodySerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        for name, field in self.target.fields.items():
            _bound(schema["properties"][name], field)
        return schema | {"additionalProperties": False}


def _headers(status: int) -> dict[str, Any]:
    described = HEADERS.get(status, {}) | ({} if status == 401 else RATE_LIMIT)
    return {name: {"schema": {"type": "string"}, "description": description} for name, description in described.items()}


def say_any_of(schema: Any) -> None:
    """Replace `oneOf` with `anyOf` in schemas of a URL or an empty text.

    A reader that does not check formats finds that the empty text matches both. drf-spectacular writes `oneOf`.
    """
    if isinstance(schema, list):
        for item in schema:
            say_any_of(item)
    elif isinstance(schema, dict):
        if {"type": "string", "maxLength": 0} in schema.get("oneOf", []):
            schema["anyOf"] = schema.pop("oneOf")
        for item in schema.values():
            say_any_of(item)


def require_values(parameters: list[dict[str, Any]]) -> None:
    """State that each query parameter that is sent needs a value, unless its schema permits an empty text.

    The server rejects an empty value of any other parameter (`cpc.api.filters.refuse_unknown`).
    """
    for parameter in parameters:
        schema = parameter["schema"]
        if parameter["in"] != "query":
            continue
        if schema.get("type") == "array":
            schema["minItems"] = 1
        for kind in schema.get("oneOf", [schema.get("items", schema)]):
            if kind.get("type") == "string" and "enum" not in kind:
                kind.setdefault("minLength", 1)


def add_common_answers(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Describe the interface, and give each operation the shared responses: 304, and a problem document per failure."""
    result["info"]["description"] = DESCRIPTION
    components = result.setdefault("components", {})
    say_any_of(components)
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    body = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    components["responses"] = {
        code: {"description": problems.TYPES[code].meaning, "headers": _headers(status), "content": body}
        for status, code in {
            **FAILURES,
            **FAILURES_OF_WRITES,
            **FAILURES_OF_MATCHING,
            **FAILURES_OF_POST,
            **FAILURES_OF_CURSORS,
        }.items()
    }
    for path in result["paths"].values():
        for method, operation in path.items():
            _add_to(method, operation)
    shaped_schemas.describe(result)
    return result


def describe_files(operation: dict[str, Any]) -> None:
    """Describe the parameter `format`, and a list's CSV as text."""
    for parameter in operation["parameters"]:
        if parameter["name"] == "format" and parameter["in"] == "query":
            parameter["description"] = FORMAT_MEANING
    for response in operation["responses"].values():
        if "text/csv" in response.get("content", {}):
            response["content"]["text/csv"] = dict(FILE)


def _add_to(method: str, operation: dict[str, Any]) -> None:
    parameters = operation.setdefault("parameters", [])
    require_values(parameters)
    responses = operation["responses"]
    describe_files(operation)
    for status, response in responses.items():
        if "$ref" not in response:
            response["headers"] = _headers(int(status)) | response.get("headers", {})
    failures = dict(FAILURES)
    if method == "get":
        parameters += CONDITIONAL
        responses["304"] = {"description": "Nothing has changed since the ETag sent.", "headers": _headers(304)}
    else:
        failures |= FAILURES_OF_WRITES
    if method == "post":
        parameters += IDEMPOTENT
        failures |= FAILURES_OF_POST
    if any(parameter["name"] == "If-Match" for parameter in parameters):
        failures |= FAILURES_OF_MATCHING
    if any(parameter["name"] == "after" for parameter in parameters):
        failures |= FAILURES_OF_CURSORS
    for status, code in failures.items():
        responses.setdefault(str(status), {"$ref": f"#/components/responses/{code}"})
