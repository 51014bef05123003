"""Middleware that limits a session without the proofs that its account needs, and asks for a proof that is too old.

A limited session has no permission at all: pages, REST, and services all refuse it. It can only add what is missing,
confirm that it is its owner's, and sign out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from cpc.accounts import sign_ins
from cpc.accounts.access import user_of
from cpc.accounts.sign_ins import StaleSignIn

API_PREFIX = "/api/"
OPEN_TO_LIMITED = frozenset(
    {
        "account_logout",
        "account-security",
        "account-confirm",
        "passkey-add",
        "codes-add",
    }
)
"""Names of the pages that a limited session may open, besides those that are open to visitors."""


class SecondFactorMiddleware:
    """Sets `request.is_limited`, and takes all permissions from the account of a limited session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.is_limited = False  # type: ignore[attr-defined]  # ours
        if not settings.REQUIRE_SECOND_FACTOR or SESSION_KEY not in request.session:
            return self.get_response(request)
        user = user_of(request)
        if not user.is_authenticated:
            return self.get_response(request)
        if not sign_ins.is_enough(request.session, user):
            user.narrow(frozenset())
            request.is_limited = True  # type: ignore[attr-defined]  # ours
        with sign_ins.acting_in(request.session, user):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Lead a limited session to the page on which it adds what is missing."""
        if not getattr(request, "is_limited", False) or not getattr(view, "login_required", True):
            return None
        match = request.resolver_match
        if request.path.startswith(API_PREFIX) or (match is not None and match.view_name in OPEN_TO_LIMITED):
            return None  # REST refuses it with a problem document
        return lead(request, reverse("account-security"))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Ask for the proof again, and keep what was typed until then."""
        if not isinstance(exception, StaleSignIn) or request.path.startswith(API_PREFIX):
            return None
        if request.method == "GET":
            after = request.get_full_path()
        else:
            page = urlsplit(request.META.get("HTTP_REFERER", ""))
            ours = page.netloc == request.get_host()
            after = page.path + (f"?{page.query}" if page.query else "") if ours else resolve_url("home")
            sign_ins.suspend(request)
        return lead(request, f"{reverse('account-confirm')}?{urlencode({'next': after})}")


def lead(request: HttpRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if getattr(request, "htmx", False) else redirect(url)
