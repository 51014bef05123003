"""Middleware around all others: the sign of life of a process, and the counts of its requests."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cpc.site.metrics import count_request

LIVE = "/livez"


class LivenessMiddleware:
    """Answers `/livez` while the process answers at all: without database, session, or host name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info != LIVE:
            return self.get_response(request)
        status = 200 if request.method in ("GET", "HEAD") else 405
        response = HttpResponse("alive\n" if status == 200 else "", status=status, content_type="text/plain")
        response["Cache-Control"] = "no-store"
        return response


class MetricsMiddleware:
    """Counts each request by the name of its route and its status, and measures its time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = match.view_name if match else "none"
        count_request(request.method or "", route, response.status_code, time.perf_counter() - begun)
        return response
