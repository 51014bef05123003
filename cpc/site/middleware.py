"""Middleware around all others: the sign of life of a process."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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
