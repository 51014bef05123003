"""What every page knows: its navigation, its account, and whether this is production."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.web import navigation


def has_pages(request: HttpRequest) -> bool:
    """Whether the account of this request is a person's, who may use the pages."""
    user = getattr(request, "user", None)
    return isinstance(user, User) and user.allows(Permission.USE_PAGES)


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor. The navigation is worked out only where a template draws it."""
    return {
        "navigation": SimpleLazyObject(lambda: navigation.places(request)),
        "footer_links": SimpleLazyObject(lambda: navigation.places(request, navigation.footer)),
        "has_pages": SimpleLazyObject(lambda: has_pages(request)),
        "production": settings.PRODUCTION,
    }
