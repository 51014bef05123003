"""Gives each request an identifier that its answer, its log lines and its audit entries carry."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cpc.audit import context


class RequestIdMiddleware:
    """Sets `request.request_id` and the X-Request-ID header of the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Run the request inside its own audit context."""
        with context.acting("api" if request.path.startswith("/api/") else "page") as identifier:
            request.request_id = identifier  # type: ignore[attr-defined]  # read by the error pages
            response = self.get_response(request)
            response["X-Request-ID"] = identifier
            return response
