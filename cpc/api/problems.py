"""Errors as problem documents (RFC 9457): type, title, status, detail, instance, and one entry per wrong field.

`TYPES` is the closed list of problems. The `type` of a document is a URL on the page that shows this list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from cpc.finding_targets import RecordKeys, url_of

MEDIA_TYPE = "application/problem+json"
BOUNDS = ("limit", "would_be", "citation")
"""Extra members of an entry of `errors` when a limit is exceeded."""


@dataclass(frozen=True, slots=True)
class ProblemType:
    status: HTTPStatus
    meaning: str
    remedy: str


TYPES: Mapping[str, ProblemType] = {
    "invalid": ProblemType(
        HTTPStatus.BAD_REQUEST,
        "A parameter is unknown, is repeated but takes only one value, or has a value that does not exist.",
        "Each entry in errors names the parameter and its valid values. No parameter is ignored.",
    ),
    "bad_request": ProblemType(HTTPStatus.BAD_REQUEST, "The request cannot be read.", "Check the URL and the headers."),
    "parse_error": ProblemType(HTTPStatus.BAD_REQUEST, "The body is not JSON.", "Send well-formed JSON in UTF-8."),
    "not_authenticated": ProblemType(
        HTTPStatus.UNAUTHORIZED,
        "The request has neither a token nor the session of an active account.",
        "Send a token in the Authorization: Bearer header. Issue tokens at /account/tokens/.",
    ),
    "authentication_failed": ProblemType(
        HTTPStatus.UNAUTHORIZED,
        "The token is unknown, expired, or revoked, or its account is disabled.",
        "Issue another token at /account/tokens/.",
    ),
    "permission_denied": ProblemType(
        HTTPStatus.FORBIDDEN,
        "The account does not have permission to do this.",
        "If it needs this permission, ask a TIP Office administrator.",
    ),
    "insufficient_scope": ProblemType(
        HTTPStatus.FORBIDDEN,
        "The account has permission to do this, but the token does not.",
        "Issue a token with the scope named in the WWW-Authenticate header.",
    ),
    "not_found": ProblemType(
        HTTPStatus.NOT_FOUND,
        "Nothing exists at this URL, or the account is not allowed to see it. Both responses are the same on purpose.",
        "Check the code or number in the URL.",
    ),
    "method_not_allowed": ProblemType(
        HTTPStatus.METHOD_NOT_ALLOWED,
        "This URL does not accept this method.",
        "See the methods in the Allow header.",
    ),
    "not_acceptable": ProblemType(
        HTTPStatus.NOT_ACCEPTABLE,
        "The response is not available in any format named in the Accept header.",
        "Send Accept: application/json.",
    ),
    "idempotency_in_progress": ProblemType(
        HTTPStatus.CONFLICT,
        "The first request with this Idempotency-Key is still in progress.",
        "Wait the number of seconds in Retry-After, then send the same request again.",
    ),
    "gone": ProblemType(
        HTTPStatus.GONE,
        "The cursor is of an earlier state of the database: it was restored, or another server took over.",
        "Read everything again, and follow the changes from after=now.",
    ),
    "precondition_failed": ProblemType(
        HTTPStatus.PRECONDITION_FAILED,
        "The If-Match or If-Unmodified-Since header names an older version of the record.",
        "Read the record again.",
    ),
    "unsupported_media_type": ProblemType(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The format of the body is not supported.", "Send application/json."
    ),
    "refused": ProblemType(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The request is well formed, but a rule does not allow it. Nothing was saved.",
        "Each entry in errors gives the code of the rule. For a limit, it also gives the limit and the amount over it.",
    ),
    "idempotency_key_reused": ProblemType(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The Idempotency-Key was used with another method, URL, or body.",
        "Use a new key for a new request.",
    ),
    "precondition_required": ProblemType(
        HTTPStatus.PRECONDITION_REQUIRED,
        "A change must name the version of the record that it changes.",
        "Read the record, and send its ETag in the If-Match header.",
    ),
    "throttled": ProblemType(
        HTTPStatus.TOO_MANY_REQUESTS,
        "The token, or the account if there is no token, has used all its requests for this minute.",
        "Wait the number of seconds in Retry-After.",
    ),
    "unavailable": ProblemType(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The database can't be reached. Nothing was saved.",
        "Wait the number of seconds in Retry-After, then send the same request again.",
    ),
    "error": ProblemType(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "The server failed. Nothing was saved.",
        "Try again in a minute. If it happens again, report the request_id.",
    ),
}

# If several problems have the same status, the first one is the default.
_BY_STATUS = {kind.status: code for code, kind in reversed(list(TYPES.items()))} | {
    HTTPStatus.BAD_REQUEST: "bad_request"
}


def document(
    request: HttpRequest | Request,
    status: HTTPStatus,
    code: str,
    detail: str,
    errors: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    """Return a problem document. `code` is a key of `TYPES`.

    `errors` has one entry per wrong field.
    """
    body: dict[str, Any] = {
        "type": f"{reverse('api-problems')}#{code}",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "instance": request.get_full_path(),
        "request_id": getattr(request, "request_id", ""),
    }
    return body | {"errors": errors} if errors else body


def problem_response(request: HttpRequest, status: HTTPStatus, detail: str = "") -> JsonResponse:
    """Return the response for a failure outside a REST view: unknown URL, rejected request, or crash."""
    code = _BY_STATUS[status]
    body = document(request, status, code, detail or TYPES[code].meaning)
    return JsonResponse(body, status=status.value, content_type=MEDIA_TYPE)


def _errors(detail: Any, prefix: str = "") -> list[dict[str, str]]:
    """Return field errors of any depth as a flat list of field, code, and message."""
    if isinstance(detail, dict):
        return [e for k, v in detail.items() for e in _errors(v, f"{prefix}.{k}" if prefix else str(k))]
    if isinstance(detail, list):
        return [e for item in detail for e in _errors(item, prefix)]
    return [{"field": prefix, "code": getattr(detail, "code", "invalid"), "message": str(detail)}]


def _refusals(error: ValidationError) -> list[dict[str, str]]:
    """Return field, code, and message of each error; for an exceeded limit also limit, would-be, and citation."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    return [
        {
            "field": "" if field == NON_FIELD_ERRORS else field,
            "code": leaf.code or "invalid",
            "message": " ".join(leaf.messages),
            **{name: str(leaf.params[name]) for name in BOUNDS if leaf.params and leaf.params.get(name)},
        }
        for field, leaves in by_field.items()
        for leaf in leaves
    ]


class Refused(exceptions.APIException):
    """A 422 for a `ValidationError` of a service: the change breaks a rule of the product."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_code = "refused"

    def __init__(self, error: ValidationError) -> None:
        super().__init__()
        self.errors = _refusals(error)


def _with_urls(errors: list[dict[str, str]], keys: RecordKeys) -> list[dict[str, str]]:
    located = [(error, url_of(error["code"], keys)) for error in errors]
    return [error | {"url": url} if url else error for error, url in located]


def _detail(errors: list[dict[str, str]]) -> str:
    if len(errors) == 1:
        return f"{errors[0]['field']}: {errors[0]['message']}".removeprefix(": ")
    return f"The request has {len(errors)} errors; see errors."


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return DRF's response to an error as a problem document; None, hence a 500, if the request did not cause it."""
    if isinstance(error, Http404):
        error = exceptions.NotFound(TYPES["not_found"].meaning)
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(str(error) or None)
    elif isinstance(error, ValidationError):
        error = Refused(error)
    response = exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    errors = _errors(error.detail) if isinstance(error.detail, dict | list) else getattr(error, "errors", None)
    if isinstance(error, Refused) and hasattr(context["view"], "record_keys"):
        errors = _with_urls(error.errors, context["view"].record_keys())
    response.data = document(
        context["request"],
        HTTPStatus(response.status_code),
        error.default_code,
        _detail(errors) if errors else str(error.detail),
        errors,
    )
    response.content_type = MEDIA_TYPE
    return response
