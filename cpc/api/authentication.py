"""Session authentication of REST clients."""

from typing import Any

from rest_framework.authentication import SessionAuthentication as DRFSessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

NEEDS_FACTOR = (
    "This session has no second factor that your account needs. Sign in on the pages with it, or use a token."
)


class SessionAuthentication(DRFSessionAuthentication):
    """Session of a signed-in account; without one the answer is 401 and not 403."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        """Return the account of the session. Raises `PermissionDenied` for a session that is limited."""
        found: tuple[Any, None] | None = super().authenticate(request)
        if found is not None and getattr(request._request, "is_limited", False):
            raise PermissionDenied(NEEDS_FACTOR)
        return found

    def authenticate_header(self, request: Request) -> str:
        return 'Session realm="api"'
