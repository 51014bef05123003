"""URLs of pages that other apps serve, if the user may open them."""

from __future__ import annotations

from django.urls import NoReverseMatch, resolve, reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission


def country_url(code: str, user: User) -> str:
    """Return the URL of a country's page, or "" if there is none or the user may not open it."""
    try:
        url = reverse("country", kwargs={"code": code})
    except NoReverseMatch:
        return ""
    needed: Permission | None = getattr(resolve(url).func, "required_permission", None)
    return url if needed is None or user.allows(needed) else ""
