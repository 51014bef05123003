"""Who may see what monitoring sees: the bearer of the token in the settings, and administrators."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission


def may_see_details(request: HttpRequest) -> bool:
    """Return whether this request may see the details. Without the database, only the token opens them."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and settings.METRICS_TOKEN:
        return hmac.compare_digest(given.strip().encode(), settings.METRICS_TOKEN.encode())
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    try:
        return isinstance(request.user, User) and request.user.allows(Permission.MANAGE_PEOPLE)
    except DatabaseError:
        return False
