"""Permission check of every endpoint, and of the scopes of a token.

An endpoint is denied unless the view names a permission and the account has it.

"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from cpc.accounts.access import check
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


class HasRolePermission(BasePermission):
    """Permission class that reads `required_permission` of the view: a `Permission`, or one per method including GET.

    A view without one is closed to everyone. A record that is hidden from the account is a 404.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        if not isinstance(user, User) or not user.allows(Permission.USE_API):
            return False
        required = getattr(view, "required_permission", None)
        if isinstance(required, dict):
            required = _of_method(required, request.method or "", view)
        if required is None:
            return False
        check_scope(request, required)
        check(user, required)
        return True


class OpenToVisitors(HasRolePermission):
    """Permission class that lets visitors in, and accounts as `HasRolePermission` does."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return not isinstance(request.user, User) or super().has_permission(request, view)


def _of_method(table: Mapping[str, Permission], method: str, view: Any) -> Permission | None:
    """Return the permission of a method.

    HEAD, OPTIONS, and any method the view lacks require the permission of GET.
    """
    # DRF adds "head" to the actions of a view set that has "get", so that HEAD appears as a separate method.
    if method in ("HEAD", "OPTIONS"):
        method = "GET"
    # While the schema is generated, a view set has its actions but not yet its methods.
    actions = getattr(view, "action_map", None)
    answered = {name.upper() for name in actions} if actions else view.allowed_methods
    return table.get(method if method in answered else "GET")
