"""Conditional requests: a client that holds the newest answer is told so in a few bytes (RFC 9110, section 13).

The ETag is a digest of the answer itself, so that no change can be missed: not one of the data, not one of the
program, not one of what the account may see. Answers are kept by the client alone and checked on each use.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import partial
from http import HTTPStatus

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import http_date
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.api import problems

SAFE = ("GET", "HEAD")


def make_conditional(request: Request, response: Response, last_modified: dt.datetime | None) -> None:
    """Give a response its validators once it is rendered, and turn it into 304 or 412 where the request asks for it.

    `last_modified` is the newest change of the data shown; None where the data carry no date.
    """
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ("Authorization", "Cookie"))
    if request.method not in SAFE or response.status_code != HTTPStatus.OK:
        return
    if last_modified is not None:
        response["Last-Modified"] = http_date(last_modified.timestamp())
    seconds = int(last_modified.timestamp()) if last_modified else None
    response.add_post_render_callback(partial(_answer, request._request, seconds))


def _answer(request: HttpRequest, last_modified: int | None, response: Response) -> HttpResponseBase:
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    answer = get_conditional_response(request, etag, last_modified, response) or response
    if answer.status_code != HTTPStatus.PRECONDITION_FAILED:
        return answer
    document = problems.document(
        request, HTTPStatus.PRECONDITION_FAILED, "precondition_failed", "The data have changed since; read them again."
    )
    return JsonResponse(document, status=HTTPStatus.PRECONDITION_FAILED, content_type=problems.MEDIA_TYPE)
