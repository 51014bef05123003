"""Middleware that rejects URLs with a null character before a view queries the database."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse

NUL = "\x00"


class ReadableAddressMiddleware:
    """Rejects the character U+0000 in a URL: PostgreSQL can't store it in text, so no record can match."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on a readable URL.

        Raises `Http404` for a null character in its path and `BadRequest` in its query.
        """
        if NUL in request.path:
            raise Http404
        # The REST interface reads its own parameters and names the wrong one in a problem document.
        if not request.path.startswith("/api/"):
            self._check_query(request)
        return self.get_response(request)

    def _check_query(self, request: HttpRequest) -> None:
        for name, values in request.GET.lists():
            if NUL in name or any(NUL in value for value in values):
                shown = name.replace(NUL, "")
                raise BadRequest(f"The parameter “{shown}” has the character U+0000. Remove it.")
