"""Scopes of API tokens."""

from __future__ import annotations

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.accounts.scopes import scope_of

CHALLENGE = 'Bearer realm="api"'


class InsufficientScope(PermissionDenied):
    """A 403 for a token whose scopes lack a permission that the account's role has."""

    default_code = "insufficient_scope"

    def __init__(self, permission: Permission) -> None:
        scope = scope_of(permission)
        remedy = f"Issue one with the scope {scope}." if scope else "No token can have this permission."
        super().__init__(f"The token does not have permission to {permission}. {remedy}")
        self.auth_header = f'{CHALLENGE}, error="insufficient_scope"' + (f', scope="{scope}"' if scope else "")


def check_scope(request: Request, permission: Permission) -> None:
    """Raise `InsufficientScope` if the account's role has `permission` but the token's scopes do not."""
    user = request.user
    if isinstance(user, User) and permission in user.role_permissions and not user.allows(permission):
        raise InsufficientScope(permission)
