"""Middleware of REST answers: what is left of the client's rate limit, and compression.

Only answers without a secret that a person's browser sends along are compressed. If an attacker makes a browser send
requests with its session and sees the sizes of the answers, compression tells whether a text in the URL is also in the
answer (BREACH). A program has no session cookie, so no one can make it send its token.

A compressed answer is another representation, so its strong ETag is another one (RFC 9110, section 8.8.3.3): `"abc"`
becomes `"abc-gzip"`. Both name the same state of the data, in If-None-Match and in If-Match.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.regex_helper import _lazy_re_compile
from django.utils.text import compress_sequence

from cpc.api.throttling import add_rate_limit

LEVEL = 5
COMPRESSED_TYPES = frozenset(
    {"application/json", "text/csv", "application/vnd.oai.openapi", "application/vnd.oai.openapi+json"}
)
SUFFIX = '-gzip"'
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH")
_ACCEPTS_GZIP = _lazy_re_compile(r"(?:^|[,\s])gzip\s*(?:$|,|;\s*q\s*=\s*(?!0(?:\.0*)?\s*(?:$|,)))", flags=2)


class ApiResponsesMiddleware:
    """Adds the rate limit to every REST answer, and compresses those of programs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        for name in CONDITIONS:
            if name in request.META:
                request.META[name] = request.META[name].replace(SUFFIX, '"')
                request.__dict__.pop("headers", None)  # a copy of them that another middleware may have read
        response = self.get_response(request)
        add_rate_limit(request, response)
        if settings.SESSION_COOKIE_NAME not in request.COOKIES and request.method in ("GET", "HEAD"):
            _compress(request, response)
        return response


def _compress(request: HttpRequest, response: HttpResponseBase) -> None:
    unchanged = response.status_code == HTTPStatus.NOT_MODIFIED
    media_type = response.get("Content-Type", "").partition(";")[0]
    if not unchanged and (response.status_code != HTTPStatus.OK or media_type not in COMPRESSED_TYPES):
        return
    patch_vary_headers(response, ("Accept-Encoding",))
    if response.has_header("Content-Encoding") or not _ACCEPTS_GZIP.search(request.headers.get("Accept-Encoding", "")):
        return
    if response.has_header("ETag") and not response["ETag"].startswith("W/"):
        response["ETag"] = response["ETag"].removesuffix('"') + SUFFIX
    if unchanged:
        return
    response["Content-Encoding"] = "gzip"
    if isinstance(response, StreamingHttpResponse):
        del response["Content-Length"]
        content: Any = response.streaming_content  # a worker of WSGI has no asynchronous content
        response.streaming_content = compress_sequence(content)
    elif isinstance(response, HttpResponse):
        # The same bytes each time, as a strong ETag promises.
        response.content = gzip.compress(response.content, compresslevel=LEVEL, mtime=0)
        response["Content-Length"] = str(len(response.content))
