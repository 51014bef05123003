"""Audit entries of reading: every file that leaves the application, and every request that it denied."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from cpc.accounts.models import User
from cpc.audit.middleware import client_of
from cpc.audit.models import AuditEntry
from cpc.audit.services import SYSTEM, append
from cpc.database.outages import RETRY_AFTER
from cpc.logs.formatters import mask_secrets

DOWNLOADED = "downloaded"
DENIED = "was denied"
READING = (DOWNLOADED, DENIED)
"""Actions about a request, not about a change."""

OBJECT_TYPE = "request"
DENIED_EVERY = 60
"""Seconds in which the same denial to the same account and address is recorded once: no one can fill the trail."""


class DisclosuresMiddleware:
    """Records downloads before their first byte is sent, and denials (401 and 403)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_download(response):
            try:
                append(_entry(request, DOWNLOADED, response))
            except DatabaseError:
                if settings.AUDIT_FAILURE == "stop":
                    response.close()
                    return _not_recorded()
        elif _is_denial(request, response) and _is_new(request):
            append(_entry(request, DENIED, response))
        return response


def is_download(response: HttpResponse) -> bool:
    """Return whether a response is a file to keep, whatever its format."""
    return response.status_code == HTTPStatus.OK and "filename" in response.headers.get("Content-Disposition", "")


def _is_denial(request: HttpRequest, response: HttpResponse) -> bool:
    if response.status_code == HTTPStatus.FORBIDDEN:
        return True
    # A 401 without credentials is how a program learns that it needs some.
    return response.status_code == HTTPStatus.UNAUTHORIZED and "Authorization" in request.headers


def _is_new(request: HttpRequest) -> bool:
    actor = _actor(request)
    who = f"{actor.pk if actor else ''}:{client_of(request)}"
    return bool(cache.add(f"denied:{who}:{_route(request)}"[:200].replace(" ", "-"), 1, DENIED_EVERY))


def _actor(request: HttpRequest) -> User | None:
    user = getattr(request, "user", None)
    return user if isinstance(user, User) else None


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.view_name or match.route) if match else "unknown"


def _entry(request: HttpRequest, action: str, response: HttpResponse) -> AuditEntry:
    actor = _actor(request)
    after: dict[str, object] = {"method": request.method, "status": response.status_code}
    if action == DOWNLOADED:
        after["file"] = response.headers["Content-Disposition"][:200]
    return AuditEntry(
        actor_id=str(actor.pk) if actor else "",
        actor_name=str(actor) if actor else SYSTEM,
        action=action,
        object_type=OBJECT_TYPE,
        object_id=_route(request)[:60],
        object_label=mask_secrets(request.get_full_path())[:200],
        after=after,
    )


def _not_recorded() -> HttpResponse:
    response = HttpResponse(
        "The download was not sent, because the audit trail could not record it. Try again in a moment.",
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        content_type="text/plain; charset=utf-8",
    )
    response["Retry-After"] = str(RETRY_AFTER)
    return response
