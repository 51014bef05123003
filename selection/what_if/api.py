"""REST interface to an account's own scenarios, with their answers. Read-only.

A scenario that others share is not listed: only who has its link may open it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from cpc.api.resources import Resource
from cpc.api.row_serializers import MissingReasons, RowSerializer
from cpc.api.serializers import example, text_field
from cpc.api.views import Endpoint
from selection.models import CountryStatus, Scenario
from selection.runs.queries.basis import basis_of
from selection.what_if.answer import Answered, answer
from selection.what_if.queries.scenarios import question_of

SCENARIOS = Resource(
    name="scenarios",
    noun="scenario",
    model=Scenario,
    title="Own scenarios",
    description="The questions to runs that the account saved and did not withdraw, newest first.",
    fields="id name run question at shared_at",
    notes={
        "name": "The name.",
        "run": "The number of the run that it asks.",
        "question": "The differences from the run.",
        "shared_at": "When it was shared.",
    },
    reasons={"shared_at": "not_applicable"},
    order=("-pk",),
    filters="run",
    rows=lambda user: Scenario.objects.of(user),
    permission=Permission.VIEW_RANKINGS,
    tag="rankings",
    prefix="selection_",
    url_prefix="selection-",
)
RESOURCES = (SCENARIOS,)
EXAMPLE = {
    "scenario": 4,
    "run": 12,
    "answered": True,
    "countries": [
        {
            "country": "GHA",
            "status": "ranked",
            "rank": 3,
            "place": 3,
            "score": 61.2,
            "need": 70.1,
            "feasibility": 53.4,
            "missing": {},
        }
    ],
}


@dataclass(frozen=True, slots=True)
class AnsweredScenario:
    scenario: int
    run: int
    answered: bool
    countries: Sequence[Answered]


class AnsweredCountrySerializer(RowSerializer[Answered]):
    """One country by the question. Scores are 0 to 100."""

    country = text_field("Code of the country.", source="code")
    status = serializers.ChoiceField(choices=CountryStatus.choices, help_text="Whether it is ranked.")
    rank = serializers.IntegerField(allow_null=True, help_text="The rank.")
    place = serializers.IntegerField(allow_null=True, help_text="The rank that its score would take.")
    score = serializers.FloatField(allow_null=True, help_text="The score.")
    need = serializers.FloatField(allow_null=True, help_text="The score of need.")
    feasibility = serializers.FloatField(allow_null=True, help_text="The score of feasibility.")
    missing = MissingReasons()

    missing_reason = "not_applicable"


@example("The answer to a scenario", EXAMPLE)
class ScenarioAnswerSerializer(serializers.Serializer[AnsweredScenario]):
    """The ranking by a scenario. `answered` is false if no engine can answer it for its run, or nothing is ranked."""

    scenario = serializers.IntegerField(help_text="The number of the scenario.")
    run = serializers.IntegerField(help_text="The number of the run.")
    answered = serializers.BooleanField(help_text="Whether it could be answered.")
    countries = AnsweredCountrySerializer(many=True, help_text="Each country, in the order of the run.")


class ScenarioAnswer(Endpoint):
    required_permission = Permission.VIEW_RANKINGS

    @extend_schema(
        operation_id="selection_scenario_answer",
        summary="The answer to a scenario",
        description="The ranking of its run by the question of one of the account's own scenarios.",
        parameters=[OpenApiParameter("row", int, OpenApiParameter.PATH, description="The number of the scenario.")],
        responses=ScenarioAnswerSerializer,
        tags=["rankings"],
    )
    def get(self, request: Request, row: int) -> Response:
        scenario = Scenario.objects.of(user_of(request)).select_related("run").filter(pk=row).first()
        if scenario is None:
            raise Http404
        basis, question = basis_of(scenario.run), question_of(scenario)
        found = answer(basis, question) if basis is not None and question is not None else None
        rows = found.rows if found is not None else ()
        return Response(ScenarioAnswerSerializer(AnsweredScenario(row, scenario.run_id, bool(rows), rows)).data)
