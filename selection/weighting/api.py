"""REST interface to weighting exercises: who answered, and the result once it may be seen. Read-only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from cpc.api.row_serializers import RowSerializer, computed
from cpc.api.serializers import day_field, example, text_field
from cpc.api.views import Endpoint
from selection.weighting import presenters, queries
from selection.weighting.queries import Exercise

EXAMPLE = {
    "weightings": [
        {
            "id": 1,
            "title": "Weights of Default model, version 4",
            "model": 2,
            "due_on": "2026-12-14",
            "is_open": False,
            "asked": 6,
            "answered": 6,
            "nodes": [
                {
                    "node": "Need and feasibility",
                    "answers": 6,
                    "chosen_concentration": 15.0,
                    "estimated_concentration": 21.4,
                    "parts": [
                        {
                            "part": "Need",
                            "in_model": 0.5,
                            "mean": 0.56,
                            "median": 0.55,
                            "lowest": 0.5,
                            "highest": 0.67,
                            "office": 0.55,
                            "agencies": 0.6,
                        }
                    ],
                }
            ],
        }
    ]
}


def _share(description: str, source: str, *, allow_null: bool = False) -> serializers.FloatField:
    return serializers.FloatField(source=source, allow_null=allow_null, help_text=f"{description}, 0 to 1.")


class StatedPartSerializer(RowSerializer[presenters.PartResult]):
    """One part of a node: its weight in the model, and the weights that were stated, as shares of the node."""

    part = text_field("The criterion or node.", source="label")
    in_model = _share("Its weight in the model", "in_use")
    mean = serializers.FloatField(help_text="Mean of the answers, 0 to 1.")
    median = serializers.FloatField(help_text="Median of the answers, 0 to 1.")
    lowest = _share("Lowest answer", "low")
    highest = _share("Highest answer", "high")
    office = serializers.FloatField(allow_null=True, help_text="Mean of the office; null if none of it answered.")
    agencies = serializers.FloatField(allow_null=True, help_text="Mean of agencies; null if none answered.")


class StatedNodeSerializer(RowSerializer[presenters.NodeResult]):
    """One node that was weighed, with the concentration that the draws use without the answers and with them."""

    node = text_field("The node.", source="label")
    answers = serializers.IntegerField(source="spread.answers", help_text="Number of answers.")
    chosen_concentration = serializers.FloatField(
        source="spread.chosen", help_text="Concentration of the draws as the model has it."
    )
    estimated_concentration = serializers.FloatField(
        source="spread.estimated",
        allow_null=True,
        help_text="Concentration estimated from the answers; null with fewer than five.",
    )
    parts = StatedPartSerializer(many=True)


@dataclass(frozen=True, slots=True)
class StatedResult:
    exercise: Exercise
    nodes: Any


class WeightingSerializer(RowSerializer[StatedResult]):
    """One exercise. The answers are hidden from accounts that may not see them yet."""

    id = serializers.IntegerField(source="exercise.row.pk", help_text="Key of the exercise.")
    title = text_field("Its title.", source="exercise.row.title")
    model = serializers.IntegerField(source="exercise.row.model_id", help_text="Key of the version that is weighed.")
    due_on = day_field("The last day for an answer.", allow_null=False, source="exercise.row.due_on")
    is_open = serializers.BooleanField(source="exercise.row.is_open", help_text="Whether answers are taken.")
    asked = computed(
        serializers.IntegerField(help_text="Number of people and agencies asked."), len, "exercise__everyone"
    )
    answered = computed(serializers.IntegerField(help_text="Number that have answered."), len, "exercise__answered")
    nodes = StatedNodeSerializer(
        many=True, allow_null=True, help_text="The result; null while it is hidden or no one has answered."
    )


@example("Weighting exercises", EXAMPLE)
class WeightingsSerializer(serializers.Serializer[Any]):
    """Every weighting exercise, the newest first."""

    weightings = WeightingSerializer(many=True)


class WeightingExercises(Endpoint):
    required_permission = Permission.VIEW_RANKINGS

    @extend_schema(
        operation_id="weightings",
        summary="Weighting exercises",
        description="Exercises in which the office and agencies weigh the criteria of a model, and what they stated.",
        responses=WeightingsSerializer,
        tags=["rankings"],
    )
    def get(self, request: Request) -> Response:
        user, today = user_of(request), timezone.now().date()
        found = [queries.exercise_of(row, user, today) for row in queries.exercises(user)]
        return Response(WeightingsSerializer({"weightings": [_stated(exercise) for exercise in found]}).data)


def _stated(exercise: Exercise) -> StatedResult:
    row = exercise.row
    if not exercise.sees_answers or not exercise.answered:
        return StatedResult(exercise, None)
    return StatedResult(exercise, presenters.result_of(row.nodes, row.model.as_table, exercise.answered).nodes)
