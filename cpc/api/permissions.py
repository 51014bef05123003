"""The guard of every endpoint: denied unless the view names a permission and the account has it."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from cpc.accounts.access import check
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.api.tokens import check_scope


class HasRolePermission(BasePermission):
    """Reads `required_permission` of the view: a `Permission`, or a table method -> permission.

    A view that names none is closed to everyone. What is hidden from the account answers 404.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the account may use the REST interface and this endpoint."""
        user = request.user
        if not isinstance(user, User) or not user.allows(Permission.USE_API):
            return False
        required = getattr(view, "required_permission", None)
        if isinstance(required, dict):
            required = required.get(request.method or "")
        if required is None:
            return False
        check_scope(request, required)
        check(user, required)
        return True
