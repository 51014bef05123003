"""REST interface to the feed of changes. Read-only."""

from __future__ import annotations

import re
from http import HTTPStatus

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from cpc.api.resources import RESOURCES
from cpc.api.views import Endpoint
from cpc.changes.cursors import EndedCursor, FeedPosition, UnreadableCursor
from cpc.changes.feed import kinds
from cpc.changes.models import Change
from cpc.changes.queries import NOW, Wanted, position_of, read, reader_of
from cpc.changes.serializers import RecordedChangesSerializer
from cpc.changes.tables import OF_RECORDS, Feed
from cpc.parameters import whole_number

MOST, USUAL = 1000, 100
LARGEST_KEY = 10**9 - 1
PARAMETERS = [
    OpenApiParameter(
        "after",
        str,
        description="The cursor of the last answer or event. Without it, from the first event on; now is the present.",
    ),
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST},
        description=f"The most events of an answer, 1 to {MOST:,}. The default is {USUAL}.",
    ),
    OpenApiParameter(
        "kind",
        OpenApiTypes.STR,
        many=True,
        description="Only events of this kind, such as partnership.status_changed. Repeat it for several.",
    ),
    OpenApiParameter(
        "partnership",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_KEY},
        description="Only events of the partnership of this number. Those of the sample are in no other answer.",
    ),
]


ARGUMENTS = {"id": "partnership", "round": "round"}
"""Facts of a change that stand for the arguments in the route of a resource."""


def url_in_resources(feed: Feed, change: Change) -> str | None:
    """Return the URL of the record among the resources that are declared, if there is one for its table."""
    for resource in RESOURCES:
        if resource.model is feed.model and not resource.has_own_urls:
            names = re.findall(r"<int:(\w+)>", resource.route)
            found = [getattr(change, ARGUMENTS.get(name, ""), None) for name in names]
            if None not in found:
                return reverse(f"api:{resource.object_url_name}", args=[*found, change.key])
    return None


OF_RECORDS.append(url_in_resources)


class Gone(APIException):
    """A 410 for a cursor of an earlier state of the database."""

    status_code = HTTPStatus.GONE
    default_code = "gone"
    default_detail = (
        "This cursor is of an earlier state of the database, or of events that are no longer stored. Take a new one "
        "with after=now, then read everything again."
    )


class Changes(Endpoint):
    """Changes of all records that the account may read, in one order without gaps."""

    required_permission = Permission.USE_API

    def known_parameters(self) -> frozenset[str]:
        return frozenset(("after", "limit", "kind", "partnership"))

    def repeatable_parameters(self) -> frozenset[str]:
        return frozenset(("kind",))

    @extend_schema(
        operation_id="changes",
        summary="Changes since a cursor",
        description="Changes of state, amendments, approved results, publications, decisions, positions, and new rows "
        "of all records that the account may read: each event once, in one order that never changes. An event is sent "
        "once every older transaction has ended. “Keep a copy” in the reference has "
        "the steps, and the error for an unknown `kind` names all kinds.",
        parameters=PARAMETERS,
        responses=RecordedChangesSerializer,
        tags=["changes"],
    )
    def get(self, request: Request) -> Response:
        """Return the events after the cursor."""
        asked = request.query_params
        wanted = Wanted(_kinds(asked.getlist("kind")), _number(request, "partnership", LARGEST_KEY))
        limit = _number(request, "limit", MOST) or USUAL
        after = _position(asked.get("after", ""))
        page = read(reader_of(user_of(request._request)), after, limit, wanted)
        return Response(RecordedChangesSerializer(page, context={"epoch": page.epoch}).data)


def _position(text: str) -> FeedPosition:
    try:
        return position_of(text)
    except EndedCursor as error:
        raise Gone from error
    except UnreadableCursor as error:
        message = f"This is no cursor. Send next of an earlier answer, the cursor of an event, or {NOW}."
        raise ValidationError({"after": [message]}, code="does_not_exist") from error


def _kinds(asked: list[str]) -> list[str]:
    known = kinds()
    for kind in asked:
        if kind not in known:
            message = f"There is no kind “{kind}”. Kinds: {', '.join(known)}."
            raise ValidationError({"kind": [message]}, code="does_not_exist")
    return asked


def _number(request: Request, name: str, largest: int) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    number = whole_number(text)
    if number and number <= largest:
        return number
    raise ValidationError({name: [f"“{text}” is not a whole number from 1 to {largest:,}."]})
