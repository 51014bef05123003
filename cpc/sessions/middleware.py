"""Middleware that keeps the limits of sessions: it stores activity, and keeps forms that are sent too late."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from cpc.sessions import unsent_forms
from cpc.sessions.presenters import signed_out_text
from cpc.sessions.store import Over, SessionStore

BACKGROUND = "X-Background"
"""Header of a request that no person caused, such as one of a page that refreshes itself."""
SAFE = ("GET", "HEAD", "OPTIONS")


def is_activity(request: HttpRequest) -> bool:
    """Return whether a request is activity of a person: not one that a page or a program makes by itself."""
    if request.headers.get(BACKGROUND):
        return False
    return not (request.path.startswith("/api/") and request.method in SAFE)


class SessionLimitsMiddleware:
    """Stores when the person of a session last acted. Someone who comes too late is led to the sign-in page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        account_id = _account_id(request) if request.method == "POST" else None
        if account_id and response.status_code in (HTTPStatus.FOUND, HTTPStatus.SEE_OTHER):
            unsent_forms.drop_sent(request, account_id)
        return response

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponse | None:
        """Note the activity, and what is stored for the page; send whoever comes too late to the sign-in page."""
        is_api = request.path.startswith("/api/")
        if not isinstance(request.session, SessionStore) or not (is_api or getattr(view, "login_required", True)):
            return None
        account_id = _account_id(request)
        if account_id is None:
            over = request.session.over
            return None if over is None or is_api else _sign_in_again(request, over)
        if is_activity(request):
            request.session.note_activity(timezone.now())
        if request.method == "GET" and not is_api:
            _offer(request, account_id)
        return None


def _account_id(request: HttpRequest) -> int | None:
    """Return the account of the session; the user is not loaded for it. A visitor without a cookie costs no query."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    account = request.session.get(SESSION_KEY)
    return int(account) if account else None


def _offer(request: HttpRequest, account_id: int) -> None:
    """Let the page fill its form with what is stored (`cpc.web.actions.unsent_data`), and say so."""
    stored = unsent_forms.offered_at(request, account_id)
    if stored:
        request.unsent_forms = stored  # type: ignore[attr-defined]  # ours, for the page
        for_script = [{"action": row.action, "fields": row.fields} for row in stored]
        request.unsent_for_script = for_script  # type: ignore[attr-defined]  # ours, for js/session.js
        own = next((row for row in stored if row.action == row.page), None)
        if own is not None:
            request.unsent_data = unsent_forms.data_of(own.fields)  # type: ignore[attr-defined]  # ours, for the form


def _sign_in_again(request: HttpRequest, over: Over) -> HttpResponse:
    """Redirect to the sign-in page with the reason; keep a form that was sent."""
    page, stored = unsent_forms.page_of(request), None
    if request.method == "POST":
        stored = over.why.keeps_forms and unsent_forms.keep(
            account_id=over.account_id, page=page, action=request.get_full_path(), data=request.POST
        )
    messages.warning(request, signed_out_text(over.why, stored=stored))
    htmx: Any = getattr(request, "htmx", None)
    if htmx:
        page = htmx.current_url_abs_path or page
    url = f"{reverse('account_login')}?{urlencode({REDIRECT_FIELD_NAME: page})}"
    if htmx:  # a redirect would put the sign-in page into a part of this one
        response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        response["HX-Redirect"] = url
        return response
    return redirect(url)
