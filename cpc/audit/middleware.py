"""Middleware that gives each request an identifier, for its response, its log lines, and its audit entries."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse

from cpc import request_context
from cpc.accounts.models import User
from cpc.logs.formatters import ORIGIN


class RequestIdMiddleware:
    """Sets `request.request_id` and the X-Request-ID header of the response."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        client = client_of(request)

        def origin() -> dict[str, Any]:
            return {"client": client, **account_of(request), **session_of(request)}

        channel = "api" if request.path.startswith("/api/") else "page"
        with request_context.acting(channel, origin_of=origin) as identifier:
            # Used by the error pages, and by the log if Django logs a response after this middleware has ended.
            request.request_id, request.origin = identifier, origin  # type: ignore[attr-defined]  # ours
            response = self.get_response(request)
            response["X-Request-ID"] = identifier
            request.META[ORIGIN] = {"request_id": identifier, **origin()}
            return response


def client_of(request: HttpRequest) -> str:
    """Return the visitor's address, found past the proxies as the limits of sign-ins find it."""
    try:
        return str(get_adapter().get_client_ip(request))
    except (ImproperlyConfigured, PermissionDenied, ValueError):
        return str(request.META.get("REMOTE_ADDR", ""))


def session_of(request: HttpRequest) -> dict[str, str]:
    """Return a digest of the session's key, or the beginning of the API token: names of both that open nothing."""
    token = getattr(request, "api_token", None)
    if token is not None:
        return {"session": f"token {token.prefix}"}
    key = getattr(getattr(request, "session", None), "session_key", None)
    return {"session": session_name(key)} if key else {}


def session_name(key: str) -> str:
    """Return the name of a session in the audit trail and the log: the beginning of the SHA-256 of its key."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def account_of(request: HttpRequest) -> dict[str, Any]:
    """Return the account of a request if it is already loaded, since the database may have failed."""
    # `isinstance` would make a lazy user query the database.
    known = (request.__dict__.get("user"), request.__dict__.get("_cached_user"))
    user = next((account for account in known if issubclass(type(account), User)), None)
    return {"actor_id": user.pk, "actor": user.username, "role": user.role} if user else {}
