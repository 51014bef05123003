"""What every page knows: its navigation, its account, and whether this is production."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cpc.web import navigation


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor. The navigation is worked out only where a template draws it."""
    return {
        "navigation": SimpleLazyObject(lambda: navigation.places(request)),
        "footer_links": SimpleLazyObject(lambda: navigation.places(request, navigation.footer)),
        "production": settings.PRODUCTION,
    }
