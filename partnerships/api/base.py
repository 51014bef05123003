"""What the endpoints below one partnership share."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.permissions import Permission
from cpc.api.conditional import etag_from, require_match, tagged
from cpc.api.tokens import check_scope
from cpc.api.views import Endpoint
from partnerships.api import representation
from partnerships.models import Partnership

PK = OpenApiParameter("id", int, OpenApiParameter.PATH, description="The number of a partnership.")
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the partnership as last read: 412 where it has changed since, 428 without it.",
)
TAGS = ["partnerships"]
VIEW, EDIT, MONEY = Permission.VIEW_PARTNERSHIPS, Permission.EDIT_PARTNERSHIPS, Permission.RECORD_MONEY


class OfPartnership(Endpoint):
    """Something that belongs to one partnership, read by whoever sees partnerships."""

    required_permission: Any = VIEW

    def partnership(self) -> Partnership:
        """The partnership of the address; 404 where there is none."""
        return find(self.kwargs["id"])


def find(number: int) -> Partnership:
    """A partnership with all that the answer about one needs; 404 where there is none."""
    found = representation.with_details(representation.partnerships()).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def validator(request: Request, number: int) -> str:
    """The ETag of the answer about a partnership, as of now; 404 where there is none."""
    state = representation.state_of_one(number)
    if state is None:
        raise Http404
    return etag_from(request, state)


def as_read(request: Request, number: int) -> Partnership:
    """The partnership, locked until the transaction ends, as the client has read it; else 412 or 428."""
    current = Partnership.objects.select_for_update(of=("self",), no_key=True).filter(pk=number).first()
    if current is None:
        raise Http404
    require_match(request, validator(request, number))
    return current


def answer_about(request: Request, number: int, status: int = 200) -> Response:
    """The answer to a change: the partnership as it now is, with the ETag that a next change names."""
    etag = validator(request, number)
    return tagged(Response(representation.detail(find(number)), status=status), etag)


def body_of(request: Request, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The values of the body; 400 that names each field that is wrong."""
    serializer = shape(data=request.data)
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = serializer.validated_data
    return values


def one_of(rows: models.QuerySet[Any], field: str, value: object, *, by: str = "pk") -> Any:
    """The row that a field of the body names; 400 where the partnership has none. None names none."""
    if value is None:
        return None
    found = rows.filter(**{by: value}).first()
    if found is None:
        raise ValidationError({field: [f"The partnership has no such row: {value}."]})
    return found


def ask(request: Request, permission: str) -> None:
    """Raise 403 that names the scope where only the token stands between the account and the permission."""
    check_scope(request, Permission(permission))
