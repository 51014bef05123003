"""Conditional requests: a client that has the newest answer gets a short 304 (RFC 9110, section 13).

The ETag is a digest of the answer itself, so it changes with the data, the program, and what the account may see. Where
the database counts the versions of the data, the ETag is a digest of those versions and of the program, so that an
unchanged answer costs one query and is not rendered. Only the client caches answers, and it revalidates each use.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import cache, partial
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import http_date, parse_etags
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.api import problems

SAFE = ("GET", "HEAD")


class PreconditionRequired(APIException):
    """A 428 for a change without If-Match, which could overwrite another user's change."""

    status_code = HTTPStatus.PRECONDITION_REQUIRED
    default_code = "precondition_required"
    default_detail = "Read the record, and send its ETag in the If-Match header with your change."


class PreconditionFailed(APIException):
    """A 412 for a change of data that have changed since the client read them."""

    status_code = HTTPStatus.PRECONDITION_FAILED
    default_code = "precondition_failed"
    default_detail = "The record has changed since you read it. Read it again."


def etag_of(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def etag_for(request: Request, data: Any) -> str:
    """Return the ETag of a GET with the headers of this request that answers with `data`."""
    renderer: Any = request.accepted_renderer
    media_type = request.accepted_media_type
    return etag_of(renderer.render(data, media_type, {}))


@cache
def _program() -> bytes:
    """Return a digest of the program, which changes with every release that could answer differently."""
    hasher = hashlib.sha256()
    for app in ("cpc", "indicators", "selection", "partnerships"):
        for file in sorted((settings.BASE_DIR / app).rglob("*.py")):
            hasher.update(file.read_bytes())
    return hasher.digest()


def etag_from(request: Request, state: str) -> str:
    """Return the strong validator of an answer from data in `state`, in the requested media type.

    `state` must differ whenever the answer would differ: for other data, another account, or another URL.
    """
    return etag_of(_program() + f"{request.accepted_media_type}\n{state}".encode())


def is_held(request: Request, etag: str) -> bool:
    """Return whether the client names this ETag in If-None-Match.

    `*` matches no ETag: only a successful answer may become a 304 (RFC 9110, section 13.2.1), and success is known only
    after the answer is created. Only successful answers have an ETag.
    """
    named = parse_etags(request.headers.get("If-None-Match", ""))
    return etag in {validator.removeprefix("W/") for validator in named}


def not_modified(etag: str) -> Response:
    return Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": etag})


def require_match(request: Request, etag: str) -> None:
    """Check that If-Match names `etag`, the ETag of the current data, before a change.

    Call this with the rows locked, in the transaction of the change. A weak validator never matches; `*` matches any
    data. Raises `PreconditionRequired` (428) without the header, `PreconditionFailed` (412) if no ETag matches.
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired
    named = parse_etags(header)
    if named != ["*"] and etag not in named:
        raise PreconditionFailed


def tagged(response: Response, etag: str) -> Response:
    """Set the ETag that a GET of the same data would have, and return the response."""
    response["ETag"] = etag
    return response


def make_conditional(request: Request, response: Response, last_modified: dt.datetime | None) -> Any:
    """Set the validators of a response once it is rendered, and return it, or a 304 or 412 if the request asks for it.

    `last_modified` is the time of the newest change of the data shown; None if the data carry no date. A stream, whose
    content is not known beforehand, has an ETag only if its view set one.
    """
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ("Authorization", "Cookie"))
    if request.method not in SAFE or response.status_code != HTTPStatus.OK:
        return response
    if last_modified is not None:
        response["Last-Modified"] = http_date(last_modified.timestamp())
    seconds = int(last_modified.timestamp()) if last_modified else None
    if response.streaming:
        return _conditional(request._request, response.get("ETag"), seconds, response)
    response.add_post_render_callback(partial(_answer, request._request, seconds))
    return response


def _answer(request: HttpRequest, last_modified: int | None, response: Response) -> Any:
    etag = response["ETag"] if "ETag" in response else etag_of(response.content)
    response["ETag"] = etag
    return _conditional(request, etag, last_modified, response)


def _conditional(request: HttpRequest, etag: str | None, last_modified: int | None, response: Any) -> Any:
    answer = get_conditional_response(request, etag, last_modified, response) or response
    if answer.status_code != HTTPStatus.PRECONDITION_FAILED:
        return answer
    document = problems.document(
        request,
        HTTPStatus.PRECONDITION_FAILED,
        "precondition_failed",
        "The record has changed since you read it. Read it again.",
    )
    return JsonResponse(document, status=HTTPStatus.PRECONDITION_FAILED, content_type=problems.MEDIA_TYPE)
