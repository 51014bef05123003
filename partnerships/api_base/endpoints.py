"""What the endpoints below one partnership share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Generic, TypeVar

from django.db import models
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from cpc.api.conditional import etag_from, require_match, tagged
from cpc.api.token_scopes import check_scope
from cpc.api.views import Endpoint, Rows
from cpc.findings import Finding
from cpc.lifecycle import Checks, StateMachine, Subject, step_findings
from partnerships.api_base import representation
from partnerships.models import Partnership

Row = TypeVar("Row", bound=models.Model)


def number_of(name: str, words: str) -> OpenApiParameter:
    """A number in an address."""
    return OpenApiParameter(name, int, OpenApiParameter.PATH, description=words)


def if_match(what: str) -> OpenApiParameter:
    """The header that a change names the state with which it is made to."""
    return OpenApiParameter(
        "If-Match",
        str,
        OpenApiParameter.HEADER,
        required=True,
        description=f"The ETag of the {what} as last read: 412 where it has changed since, 428 without it.",
    )


PK = number_of("id", "The number of a partnership.")
IF_MATCH = if_match("partnership")
TAGS = ["partnerships"]
VIEW, EDIT, MONEY = Permission.VIEW_PARTNERSHIPS, Permission.EDIT_PARTNERSHIPS, Permission.RECORD_MONEY


class Below:
    """What belongs to one partnership."""

    kwargs: dict[str, Any]

    def partnership(self) -> Partnership:
        """The partnership of the address; 404 where there is none."""
        found = Partnership.objects.select_related("country", "limit_policy").filter(pk=self.kwargs["id"]).first()
        if found is None:
            raise Http404
        return found


class OfPartnership(Below, Endpoint):
    """Something of one partnership, read by whoever sees partnerships."""

    required_permission: Any = VIEW


class ListOfPartnership(Below, Rows[Row], Generic[Row]):
    """Rows of one partnership, read by whoever sees partnerships."""

    required_permission: Any = VIEW


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
        raise ValidationError({field: [f"There is no such row: {value}."]}, code="does_not_exist")
    return found


def ask(request: Request, permission: str) -> None:
    """Raise 403 that names the scope where only the token stands between the account and the permission."""
    check_scope(request, Permission(permission))


def lock(rows: models.QuerySet[Row], **which: Any) -> Row:
    """One row below a partnership, locked until the transaction ends; 404 where there is none.

    It is locked before its partnership, as every writer does.
    """
    found = rows.select_for_update(of=("self",), no_key=True).filter(**which).first()
    if found is None:
        raise Http404
    return found


def today() -> date:
    """The day of today, in UTC."""
    return timezone.now().date()


def said(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """Findings as plain values."""
    names = ("code", "severity", "message", "field", "citation", "limit", "would_be")
    return [{name: str(getattr(finding, name)) for name in names} for finding in findings]


def available_steps(
    request: Request, machine: StateMachine, state: str, checks: Checks[Subject], subject: Subject
) -> list[dict[str, Any]]:
    """Return the steps from a state as plain values, each with whether the account may take it and its findings."""
    user = user_of(request)
    return [
        {
            "name": step.name,
            "label": step.label,
            "target": step.target,
            "needs_reason": step.needs_reason,
            "allowed": user.allows(Permission(step.permission)),
            "findings": said(step_findings(checks, step.name, subject, today())),
        }
        for step in machine.transitions_from(state)
    ]
