"""Parts of the page of an account's security that belong to sign-in through a provider."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from cpc.accounts.access import user_of
from cpc.identity.panels import WAYS_IN, WayIn
from cpc.openid import queries
from cpc.web.markup import link


def _value(request: HttpRequest) -> SafeString | None:
    """Return the link to connect or see the identities of an account; None if no provider is configured."""
    found, user = queries.providers(), user_of(request)
    if not found or user.is_for_programs:
        return None
    if getattr(request, "is_limited", False):
        # A session that lacks a second factor may open no other page.
        first = next(iter(found.values()))
        return link(f"{reverse('openid-start', args=[first.key])}?to=connect", f"Connect your {first.label}")
    linked = queries.has_link(user)
    return link(reverse("department-account"), "Connected" if linked else "Connect")


def register() -> None:
    WAYS_IN.add(WayIn("openid", 10, "PIV card, through the Department", _value, is_factor=queries.has_link))
