"""Endpoints that add something to a partnership and answer with the updated partnership."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.api.idempotency import idempotent
from partnerships.api_base.endpoints import (
    EDIT,
    VIEW,
    PartnershipChild,
    body_of,
    get_at_revision,
    require_scope,
    updated_response,
)
from partnerships.models import Partnership


class RevisionEndpoint(PartnershipChild):
    """Base of the endpoints whose POST writes to a partnership at the revision that the client read."""

    required_permission: Any = {"GET": VIEW, "POST": EDIT}
    body_serializer: type[serializers.Serializer[Any]]
    also_requires: Permission | None = None
    """A permission whose scope the token needs beside that of the endpoint."""

    def write(self, partnership: Partnership, values: dict[str, Any], actor: User) -> None:
        """Write the values of the body to the locked partnership."""
        raise NotImplementedError

    @idempotent
    @transaction.atomic
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        values = body_of(request, self.body_serializer)
        if self.also_requires is not None:
            require_scope(request, self.also_requires)
        current = get_at_revision(request, kwargs["id"])
        self.write(current, values, user_of(request))
        return updated_response(request, current.pk, status=201)
