"""Middleware of every response: headers that keep pages private, and the rejection of URLs with a null character."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse

NUL = "\x00"


class PrivateResponsesMiddleware:
    """Keeps every page and export out of caches, also of the browser: the next person there could read it.

    A response that sets its own Cache-Control keeps it: REST answers with an ETag are stored, and revalidated with the
    account's rights at each use. Static files are served before this middleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


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
