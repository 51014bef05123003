"""REST interface to the positions of agencies in a round, withdrawn ones included. Read-only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from cpc.api.serializers import CodeAndNameSerializer, NullIfEmpty, day_field, example, text_field
from cpc.api.views import Endpoint
from selection.consultation.position_status import PositionStatus
from selection.consultation.queries import PositionCell, consultation_of
from selection.lookups.rounds import rounds
from selection.models import Position, PositionValue, RequestRole, SelectionRound

EXAMPLE = {
    "round": 1,
    "state": "consultation",
    "positions": [
        {
            "agency": {"code": "dol", "name": "Department of Labor"},
            "country": {"code": "GHA", "name": "Ghana"},
            "role": "consult",
            "due_on": "2026-12-18",
            "status": "waiting",
            "text": None,
            "given_at": None,
            "evidence": None,
            "opened_evidence": None,
            "on_older_evidence": False,
            "withdrawn": {
                "position": "clear",
                "given_at": "2026-11-20T15:00:00Z",
                "withdrawn_at": "2026-11-23T15:00:00Z",
                "reason": "It was meant for another country.",
            },
        }
    ],
}
ANSWERS = ", ".join(PositionValue.values)


@dataclass(frozen=True, slots=True)
class RoundPositions:
    """Positions of a round: one entry for each agency asked and each candidate."""

    round: SelectionRound
    cells: Sequence[PositionCell]


class WithdrawnSerializer(serializers.Serializer[Position]):
    """The newest position that the agency withdrew without giving another."""

    position = text_field(f"The position: {ANSWERS}.", source="value")
    given_at = serializers.DateTimeField(source="at", help_text="The time at which it was given.")
    withdrawn_at = serializers.DateTimeField(source="superseded_at", help_text="The time at which it was withdrawn.")
    reason = text_field("The reason of the agency.", source="withdrawn_because")


class PositionCellSerializer(serializers.Serializer[PositionCell]):
    """Answer of one agency on one candidate, or that there is none yet."""

    agency = CodeAndNameSerializer(source="request.agency")
    country = CodeAndNameSerializer(source="candidate.country")
    role = text_field(f"The agency's role: {', '.join(RequestRole.values)}.", source="request.role")
    due_on = day_field("The last day for a timely answer; null for information.", source="request.due_on")
    status = text_field(f"The position, or the state of a missing answer: {', '.join(PositionStatus)}.")
    text = serializers.SerializerMethodField(help_text="The edits, comments, or reason; null if there are none.")
    given_at = serializers.SerializerMethodField(help_text="The time at which it was given; null without a position.")
    evidence = serializers.SerializerMethodField(help_text="The version of the evidence that it rests on.")
    opened_evidence = serializers.SerializerMethodField(
        help_text="The newest version that somebody of the agency had opened by then; null if none was opened."
    )
    on_older_evidence = serializers.BooleanField(source="is_stale", help_text="Whether the evidence changed since.")
    withdrawn = WithdrawnSerializer(allow_null=True, help_text="The position that the agency withdrew, if any.")

    def get_text(self, cell: PositionCell) -> str | None:
        """Return the text of the position."""
        return (cell.position.text or None) if cell.position else None

    def get_given_at(self, cell: PositionCell) -> dt.datetime | None:
        """Return the time of the position."""
        return cell.position.at if cell.position else None

    def get_evidence(self, cell: PositionCell) -> int | None:
        """Return the number of the version."""
        return cell.position.evidence.number if cell.position else None

    def get_opened_evidence(self, cell: PositionCell) -> int | None:
        """Return the number of the version that was opened."""
        return cell.position.opened_number if cell.position else None


@example("Positions of a round", EXAMPLE)
class RoundPositionsSerializer(serializers.Serializer[RoundPositions]):
    """The positions of a round by agency and country."""

    round = serializers.IntegerField(source="round.pk", help_text="Key of the round.")
    state = NullIfEmpty(source="round.state", help_text="State of the round.")
    positions = PositionCellSerializer(source="cells", many=True)


class PositionsOfRound(Endpoint):
    required_permission = Permission.VIEW_ROUNDS

    @extend_schema(
        operation_id="round_positions",
        summary="Positions of agencies in a round",
        description="For each agency that was asked and each candidate: the position with the evidence that it rests "
        "on and whether the agency had opened it, or the state of a missing answer. No response never counts as clear.",
        parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH, description="Key of the round.")],
        responses=RoundPositionsSerializer,
        tags=["rounds"],
    )
    def get(self, request: Request, pk: int) -> Response:
        found = get_object_or_404(rounds(user_of(request)), pk=pk)
        page = consultation_of(found, timezone.now().date())
        return Response(RoundPositionsSerializer(RoundPositions(found, page.cells)).data)
