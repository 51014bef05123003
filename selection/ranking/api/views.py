"""Endpoints of rankings: hidden from accounts that may not see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.permissions import Permission
from cpc.api.views import Endpoint, Rows
from indicators.queries import region_names
from selection.lookups.adoptions import Adopted, adopted_state
from selection.models import CountryScore, CountryStatus, ScoreRun
from selection.models.runs import ScreenGroup
from selection.ranking.api import serializers as serializers_api
from selection.runs.queries.stored_runs import find_run, newest_run, runs

RUN = OpenApiParameter("run", int, OpenApiParameter.PATH, description="The number of a run.")
CODE = OpenApiParameter("code", str, OpenApiParameter.PATH, description="Code of a country.")
TAGS = ["rankings"]


@extend_schema_view(
    list=extend_schema(
        operation_id="runs", summary="Runs", description="All runs of the desk screen, newest first.", tags=TAGS
    )
)
class Runs(Rows[ScoreRun]):
    """Stored runs, newest first."""

    required_permission = Permission.VIEW_RANKINGS
    queryset = ScoreRun.objects.none()
    serializer_class = serializers_api.RunSerializer

    def get_queryset(self) -> QuerySet[ScoreRun]:
        return runs()


def changed_at(run: ScoreRun, adopted: Adopted | None) -> dt.datetime:
    moment = adopted.changed_at if adopted else None
    return max(run.created_at, moment) if moment else run.created_at


def context_of(run: ScoreRun, adopted: Adopted) -> dict[str, Any]:
    return {"adoptions": {run.table_hash: adopted.adoption}}


FILTERS: Mapping[str, Sequence[str]] = {
    "status": CountryStatus.values,
    "group": ScreenGroup.values,
    "region": region_names(),
}
"""Filters of a ranking's countries, each with its permitted values."""

FILTERED = [
    OpenApiParameter("status", str, enum=FILTERS["status"], description="Only countries with this status."),
    OpenApiParameter("group", str, enum=FILTERS["group"], description="Only ranked countries in this group."),
    OpenApiParameter(
        "region", str, enum=FILTERS["region"], description="Only countries in this region of the Department of State."
    ),
]


def _asked(request: Request) -> dict[str, str]:
    """Return the filters of the countries. Raise `ValidationError` for a value that a filter does not take."""
    asked = {name: value for name in FILTERS if (value := request.query_params.get(name)) is not None}
    for name, value in asked.items():
        allowed = FILTERS[name]
        if value not in allowed:
            message = f"There is no {name} “{value}”. Use {', '.join(allowed)}."
            raise ValidationError({name: [message]}, code="invalid_choice")
    return asked


class _Ranking(Endpoint):
    required_permission = Permission.VIEW_RANKINGS
    run: ScoreRun | None = None
    adopted: Adopted | None = None

    def last_modified(self) -> dt.datetime | None:
        """Return when the run was computed, or its model adopted since."""
        return changed_at(self.run, self.adopted) if self.run else None

    def known_parameters(self) -> frozenset[str]:
        return frozenset(FILTERS)

    def answer(self, request: Request, run: ScoreRun) -> Response:
        self.run, self.adopted = run, adopted_state(run.table_hash)
        rows = run.countries.select_related("country").defer("lines", "nodes", "hurdles").filter(**_asked(request))
        run.rows = rows.order_by(F("rank").asc(nulls_last=True), "country__name")  # type: ignore[attr-defined]  # for the serializer
        return Response(serializers_api.RankingSerializer(run, context=context_of(run, self.adopted)).data)


class NewestRanking(_Ranking):
    """The newest ranking, or the one of `?run=`."""

    def known_parameters(self) -> frozenset[str]:
        return super().known_parameters() | {"run"}

    @extend_schema(
        operation_id="newest_ranking",
        summary="Newest ranking",
        description="The newest run of the desk screen, or run `run`, with all its countries.",
        parameters=[
            OpenApiParameter("run", int, description="The number of a run. Default: the newest run."),
            *FILTERED,
        ],
        responses=serializers_api.RankingSerializer,
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """Return the requested run, or the newest one. Raise `ValidationError` for an unknown run."""
        asked = request.query_params.get("run")
        if asked is None:
            run = newest_run()
            if run is None:
                raise NotFound("No ranking has been computed yet.")
            return self.answer(request, run)
        run = find_run(asked)
        if run is None:
            raise ValidationError(
                {"run": [f"There is no run “{asked}”. /api/v1/runs/ lists them."]}, code="does_not_exist"
            )
        return self.answer(request, run)


class RankingOfRun(_Ranking):
    """The ranking of one run."""

    @extend_schema(
        operation_id="ranking",
        summary="One ranking",
        description="A run of the desk screen with all its countries.",
        parameters=[RUN, *FILTERED],
        responses=serializers_api.RankingSerializer,
        tags=TAGS,
    )
    def get(self, request: Request, run: int) -> Response:
        """Return the run with this number. Raise Http404 if there is none."""
        found = find_run(str(run))
        if found is None:
            raise Http404
        return self.answer(request, found)


class CountryOfRun(Endpoint):
    """One country in one run, with every part of its score."""

    required_permission = Permission.VIEW_RANKINGS
    score: CountryScore | None = None
    adopted: Adopted | None = None

    def last_modified(self) -> dt.datetime | None:
        """Return when the run was computed, or its model adopted since."""
        return changed_at(self.score.run, self.adopted) if self.score else None

    @extend_schema(
        operation_id="country_score",
        summary="One country's score",
        description="Every part of a country's score in a run, with the observation it comes from.",
        parameters=[RUN, CODE],
        responses=serializers_api.CountryScoreSerializer,
        tags=TAGS,
    )
    def get(self, request: Request, run: int, code: str) -> Response:
        """Return the country in the run. Raise Http404 if the run does not have it."""
        rows = CountryScore.objects.select_related("country", "run").defer("run__result")
        self.score = rows.filter(run__in=runs().values("pk"), run=run, country__code=code).first()
        if self.score is None:
            raise Http404
        self.adopted = adopted_state(self.score.run.table_hash)
        context = context_of(self.score.run, self.adopted)
        return Response(serializers_api.CountryScoreSerializer(self.score, context=context).data)
