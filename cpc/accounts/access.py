"""Access checks of every page: sign-in, permission, and a 404 for hidden pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

# A page hidden from a role is a 404; a visible one without the permission is a 403. Maps each permission that is
# hidden from some roles to the permission that reveals its records.
HIDDEN: Mapping[Permission, Permission] = {
    Permission.VIEW_RANKINGS: Permission.VIEW_RANKINGS,
    Permission.RUN_SCREEN: Permission.VIEW_RANKINGS,
    Permission.VIEW_ROUNDS: Permission.VIEW_ROUNDS,
    Permission.EDIT_MODELS: Permission.VIEW_ROUNDS,
    Permission.RATE: Permission.VIEW_ROUNDS,
    Permission.RUN_ROUNDS: Permission.VIEW_ROUNDS,
    Permission.APPROVE_SELECTION: Permission.VIEW_ROUNDS,
    Permission.VIEW_NOTES: Permission.VIEW_NOTES,
    Permission.CONSULT: Permission.CONSULT,
    Permission.VIEW_PARTNERSHIPS: Permission.VIEW_PARTNERSHIPS,
    Permission.EDIT_PARTNERSHIPS: Permission.VIEW_PARTNERSHIPS,
    Permission.RECORD_MONEY: Permission.VIEW_PARTNERSHIPS,
    Permission.APPROVE_PARTNERSHIPS: Permission.VIEW_PARTNERSHIPS,
}


def user_of(request: HttpRequest) -> User:
    """Return the signed-in account; `LoginRequiredMiddleware` redirects all other requests to the sign-in page."""
    return cast("User", request.user)


def check(user: User, permission: Permission) -> None:
    """Raise `Http404` if the page is hidden from this account, `PermissionDenied` if a permission is missing."""
    if user.allows(permission):
        return
    if permission in HIDDEN and not user.allows(HIDDEN[permission]):
        raise Http404
    raise PermissionDenied(f"Your account does not have permission to {permission}.")


def requires(permission: Permission, *, pages: bool = True) -> Callable[[View], View]:
    """Decorate a page that requires this permission and the use of pages.

    `pages=False` also opens it to accounts of programs, which can use no other page.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = user_of(request)
            if pages:
                check(user, Permission.USE_PAGES)
            check(user, permission)
            return view(request, *args, **kwargs)

        guarded.required_permission = permission  # type: ignore[attr-defined]  # read by the navigation and the tests
        return cast("View", guarded)

    return decorate
