"""REST interface to the obstacles of a round: the list that the pages show. Read-only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from cpc.api.serializers import NullIfEmpty, example, text_field
from cpc.api.views import Endpoint
from selection.decisions.obstacles import Obstacle, Weight, obstacles_of, readable_by
from selection.lookups.rounds import rounds
from selection.models import RoundState, SelectionRound

EXAMPLE = {
    "round": 1,
    "state": "consultation",
    "stopping": 1,
    "obstacles": [
        {
            "key": "no_response:3",
            "code": "no_response",
            "weight": "stops",
            "title": "State/F has not answered on any of 8.",
            "detail": "It is due in 10 days. The statute names it.",
            "url": "/rounds/1/requests/3/",
            "blocks": ["decide", "decision", "deliberate", "memo"],
            "candidates": ["GHA", "PER"],
        }
    ],
}


@dataclass(frozen=True, slots=True)
class InTheWay:
    """Obstacles of a round, with the codes of its candidates by their keys."""

    round: SelectionRound
    obstacles: Sequence[Obstacle]
    codes: Mapping[int, str]

    @property
    def stopping(self) -> int:
        return sum(row.weight is Weight.STOPS for row in self.obstacles)


class ObstacleSerializer(serializers.Serializer[Obstacle]):
    """One obstacle of a round."""

    key = serializers.CharField(help_text="Stable key; an acknowledgment of the approver names it.")
    code = serializers.CharField(help_text="The rule.")
    weight = serializers.ChoiceField(
        source="weight.value",
        choices=[
            ("stops", "Stops the memo or a decision"),
            ("prints", "Is printed in the memo"),
            ("fine", "Is as it should be"),
        ],
        help_text="How heavy it is.",
    )
    title = text_field("The obstacle in one sentence.")
    detail = NullIfEmpty(allow_null=True, help_text="Why, and what to do.")
    url = NullIfEmpty(allow_null=True, help_text="The page where a person settles it.")
    blocks = serializers.SerializerMethodField(help_text="The steps that it stops.")
    candidates = serializers.SerializerMethodField(
        help_text="Codes of the countries concerned; none if it is about the whole round."
    )

    def get_blocks(self, row: Obstacle) -> list[str]:
        """Return the steps by name."""
        return sorted(step.value for step in row.blocks)

    def get_candidates(self, row: Obstacle) -> list[str]:
        """Return the countries by code."""
        codes: Mapping[int, str] = self.context["codes"]
        return sorted(codes[key] for key in row.candidates if key in codes)


@example("Obstacles", EXAMPLE)
class InTheWaySerializer(serializers.Serializer[InTheWay]):
    """Obstacles of a round: those that stop it first, then what the memo prints, then what is fine."""

    round = serializers.IntegerField(source="round.pk", help_text="The number of the round.")
    state = serializers.ChoiceField(source="round.state", choices=RoundState.choices, help_text="Its state.")
    stopping = serializers.IntegerField(help_text="How many of the lines stop the memo or a decision.")
    obstacles = ObstacleSerializer(many=True)


class RoundObstacles(Endpoint):
    required_permission = Permission.VIEW_ROUNDS

    @extend_schema(
        operation_id="round_obstacles",
        summary="Obstacles of a round",
        description="The rules that stop the memo and the decision of a round, what the memo prints, and what is fine.",
        parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH, description="The number of a round.")],
        responses=InTheWaySerializer,
        tags=["rounds"],
    )
    def get(self, request: Request, pk: int) -> Response:
        """Return the list as of today."""
        user = user_of(request._request)
        found = get_object_or_404(rounds(user), pk=pk)
        codes = dict(found.candidates.values_list("pk", "country__code"))
        obstacles = readable_by(user, obstacles_of(found, timezone.now().date()))
        row = InTheWay(found, obstacles, codes)
        return Response(InTheWaySerializer(row, context={"codes": codes}).data)
