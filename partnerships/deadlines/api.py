"""Deadlines of a partnership over REST."""

from __future__ import annotations

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.api.serializers import day_field, example, text_field
from partnerships.api_base.endpoints import PK, TAGS, PartnershipEndpoint, today
from partnerships.api_base.parts import document_part
from partnerships.deadlines.queries import late_and_upcoming
from partnerships.limit_position import AHEAD
from partnerships.models import Partnership

MOST = 1000
"""Deadlines that are listed; no partnership has as many at once."""
EXAMPLE = {
    "on": "2026-11-30",
    "late": 1,
    "deadlines": [{"day": "2026-10-30", "what": "Financial report of Sample Survey Center", "is_late": True}],
}


class DeadlineSerializer(serializers.Serializer[Any]):
    """A record that must be done by a day."""

    day = day_field("The last day.", allow_null=False)
    what = text_field("What must be done.")
    is_late = serializers.BooleanField(help_text="Whether the day is over.")


@example("Deadlines", EXAMPLE)
class DeadlinesSerializer(serializers.Serializer[Any]):
    """Late work, and deadlines of the coming days, oldest first."""

    on = day_field("The day of the answer.", allow_null=False)
    late = serializers.IntegerField(help_text="The number of late ones.")
    deadlines = DeadlineSerializer(many=True)


def deadlines_of(partnership: Partnership) -> dict[str, Any]:
    """Return the deadlines of a partnership as the interface shows them."""
    on: date = today()
    rows = late_and_upcoming(on, partnership, limit=MOST)
    found = [{"day": row.day, "what": row.text, "is_late": row.day < on} for row in rows]
    late = sum(row.day < on for row in rows)
    return dict(DeadlinesSerializer({"on": on, "late": late, "deadlines": found}).data)


document_part("deadlines", deadlines_of)


class Deadlines(PartnershipEndpoint):
    @extend_schema(
        operation_id="partnership_deadlines",
        summary="Deadlines of a partnership",
        description=f"What is late, and what is due within {AHEAD} days: reports, responsibilities, reviews, and more.",
        parameters=[PK],
        responses=DeadlinesSerializer,
        tags=TAGS,
    )
    def get(self, request: Request, id: int) -> Response:
        return Response(deadlines_of(self.partnership()))
