"""Permission check of every endpoint: denied unless the view names a permission and the account has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from cpc.accounts.access import check
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.api.token_scopes import check_scope


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
