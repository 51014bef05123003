"""What drf-spectacular cannot know by itself: how a client signs in, and how every endpoint fails."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from cpc.api import problems

DESCRIPTION = """\
Read-only access to what CPC knows about countries, as far as this account may see it: each value with its publisher,
edition and place in the publisher's file.

**Signing in.** Requests carry the session cookie of a signed-in account.

**Parameters.** An unknown parameter, or a value that does not exist, is refused with 400; nothing is ignored.
Filters may be repeated (`country=GHA&country=XKX`): rows of any of them are returned.

**Pages.** Lists come in pages of 100 rows; `page_size` takes up to 1,000. The order of each list is fixed.

**Time.** `as_of` asks for what was known at a publication number or moment. All times are UTC.

**Errors** are problem documents (RFC 9457, `application/problem+json`).

**Caching.** Answers carry an ETag; send it back in If-None-Match and an unchanged answer is an empty 304.
"""

PROBLEM = {
    "type": "object",
    "description": "A problem document (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "The kind of problem, from a closed list.",
        },
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What is wrong with this request, and what to do."},
        "instance": {"type": "string", "format": "uri-reference", "description": "The address asked for."},
        "request_id": {"type": "string", "description": "The number under which the log knows this request."},
        "errors": {
            "type": "array",
            "description": "One entry a wrong parameter or field.",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": "string", "description": "The parameter or field."},
                    "code": {"type": "string", "description": "A word for programs."},
                    "message": {"type": "string", "description": "A sentence for people."},
                },
            },
        },
    },
}

FAILURES = {400: "invalid", 401: "not_authenticated", 403: "permission_denied", 404: "not_found", 406: "not_acceptable"}

CONDITIONAL = [
    {
        "name": "If-None-Match",
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "The ETag of an earlier answer: 304 without a body where nothing has changed.",
    }
]


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself
    """The session cookie as a security scheme."""

    target_class = "cpc.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """An API key in a cookie, as OpenAPI calls it."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The session that signing in starts.",
        }


def add_common_answers(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Describe the interface, and give each operation what all share: 304, and a document for each way to fail."""
    result["info"]["description"] = DESCRIPTION
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    body = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    components["responses"] = {
        code: {"description": problems.TYPES[code].meaning, "content": body} for code in FAILURES.values()
    }
    for path in result["paths"].values():
        for operation in path.values():
            operation["parameters"] = [*operation.get("parameters", []), *CONDITIONAL]
            responses = operation["responses"]
            responses["304"] = {"description": "Nothing has changed since the ETag sent."}
            for status, code in FAILURES.items():
                responses.setdefault(str(status), {"$ref": f"#/components/responses/{code}"})
    return result
