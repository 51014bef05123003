"""Context of every page: its navigation, its account, and whether this is production."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.notifications.queries import unread_count
from cpc.sessions.presenters import end_of_session, use_notice
from cpc.web import navigation


def has_pages(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return isinstance(user, User) and user.allows(Permission.USE_PAGES)


def manages_people(request: HttpRequest) -> bool:
    return has_pages(request) and cast("User", request.user).allows(Permission.MANAGE_PEOPLE)


def shows_gallery(request: HttpRequest) -> bool:
    """Return whether to link to the page of all states, which is for those who run or build the application."""
    return manages_people(request) or (has_pages(request) and settings.DEBUG)


def unread(request: HttpRequest) -> int:
    return unread_count(cast("User", request.user)) if has_pages(request) else 0


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the context of every page.

    The navigation is computed only if a template shows it.
    """
    return {
        "navigation": SimpleLazyObject(lambda: navigation.links(request)),
        "footer_links": SimpleLazyObject(lambda: navigation.links(request, navigation.footer)),
        "has_pages": SimpleLazyObject(lambda: has_pages(request)),
        "unread": SimpleLazyObject(lambda: unread(request)),
        "shows_gallery": SimpleLazyObject(lambda: shows_gallery(request)),
        "manages_people": SimpleLazyObject(lambda: manages_people(request)),
        "use_notice": use_notice(),
        "session_end": SimpleLazyObject(lambda: end_of_session(request)),
        "production": settings.PRODUCTION,
        "requires_second_factor": settings.REQUIRE_SECOND_FACTOR,
    }
