"""Addresses of pages that other apps serve, where this account may follow them."""

from __future__ import annotations

from django.urls import NoReverseMatch, resolve, reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission


def country_url(code: str, user: User) -> str:
    """The page of a country, or "" where there is none or this account may not open it."""
    try:
        url = reverse("country", kwargs={"code": code})
    except NoReverseMatch:
        return ""
    needed: Permission | None = getattr(resolve(url).func, "required_permission", None)
    return url if needed is None or user.allows(needed) else ""
