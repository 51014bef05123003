"""REST interface to the ratings of a round, as far as the account may see them. Read-only."""

from __future__ import annotations

from dataclasses import dataclass

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from cpc.api.row_serializers import RowSerializer, computed
from cpc.api.serializers import CodeAndNameSerializer, example, text_field
from cpc.api.views import Endpoint
from selection.models import Candidate, Rating, RatingHandIn, SelectionRound
from selection.page_frame import round_or_404
from selection.ratings.queries import RatedCriterion, hand_ins, judges_apart, ratings_of_round

EXAMPLE = {
    "round": 1,
    "raters_judge_apart": True,
    "cells": [
        {
            "candidate": {"code": "GHA", "name": "Ghana"},
            "criterion": "protection",
            "name": "Political will: protection",
            "count": 2,
            "hidden": False,
            "median": 2.5,
            "ratings": [
                {"rater": "TIP Office analyst", "step": 3, "reason": "A sample.", "at": "2026-11-24T09:00:00Z"},
                {"rater": "TIP Office analyst, second", "step": 2, "reason": "A sample.", "at": "2026-11-24T09:00:00Z"},
            ],
        }
    ],
    "hand_ins": [{"rater": "TIP Office analyst", "rated": 58, "cells": 80, "at": "2026-11-24T09:00:00Z"}],
}


@dataclass(frozen=True, slots=True)
class RatedCell:
    candidate: Candidate
    cell: RatedCriterion


@dataclass(frozen=True, slots=True)
class RoundRatings:
    round: SelectionRound
    apart: bool
    cells: tuple[RatedCell, ...]
    hand_ins: tuple[RatingHandIn, ...]


class RatingSerializer(RowSerializer[Rating]):
    """One current rating."""

    rater = text_field("Who rated.", source="rater.name")
    step = serializers.IntegerField(
        allow_null=True, help_text="The step of the rubric, 0 to 4; null if the evidence does not show one."
    )
    reason = text_field("Why this step.", source="rationale")
    at = serializers.DateTimeField(help_text="When it was recorded.")


class RatedCellSerializer(RowSerializer[RatedCell]):
    """One criterion of one candidate. While it is hidden, the account sees how many rated it, and nothing else."""

    candidate = CodeAndNameSerializer(source="candidate.country")
    criterion = text_field("The key of the criterion in the model.", source="cell.row.key")
    name = text_field("The criterion as pages name it.", source="cell.row.label")
    count = computed(
        serializers.IntegerField(help_text="Number of current ratings, also of hidden ones."), len, "cell__ratings"
    )
    hidden = serializers.BooleanField(
        source="cell.is_hidden", help_text="Whether others rated it and this account has to rate it first."
    )
    median = computed(
        serializers.FloatField(allow_null=True, help_text="The median step that this account sees; null without one."),
        lambda rated: rated.median if rated else None,
        "cell__rated",
    )
    ratings = RatingSerializer(source="cell.shown", many=True)


class HandInSerializer(RowSerializer[RatingHandIn]):
    """The newest hand-in of one rater."""

    rater = text_field("Who handed in.", source="rater.name")
    rated = serializers.IntegerField(help_text="Number of cells that the rater had rated.")
    cells = serializers.IntegerField(help_text="Number of cells of the round.")
    at = serializers.DateTimeField(help_text="When it was handed in.")


@example("Ratings of a round", EXAMPLE)
class RoundRatingsSerializer(RowSerializer[RoundRatings]):
    """All cells of a round: candidates by name, criteria in the order of the model."""

    round = serializers.IntegerField(source="round.pk", help_text="The number of the round.")
    raters_judge_apart = serializers.BooleanField(
        source="apart", help_text="Whether this account sees others' ratings of a cell only after its own."
    )
    cells = RatedCellSerializer(many=True)
    hand_ins = HandInSerializer(many=True)


class RatingsOfRound(Endpoint):
    required_permission = Permission.VIEW_ROUNDS

    @extend_schema(
        operation_id="round_ratings",
        summary="Ratings of a round",
        description="Each candidate and rated criterion with its current ratings, as far as the account may see them: "
        "raters judge apart, so a rater sees others' ratings of a cell only after rating it.",
        parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH, description="The number of a round.")],
        responses=RoundRatingsSerializer,
        tags=["rounds"],
    )
    def get(self, request: Request, pk: int) -> Response:
        user = user_of(request)
        found = round_or_404(request, pk)
        rows = ratings_of_round(found, user)
        cells = tuple(RatedCell(row.candidate, cell) for row in rows for cell in row.criteria)
        answer = RoundRatings(found, judges_apart(found, user), cells, tuple(hand_ins(found)))
        return Response(RoundRatingsSerializer(answer).data)
