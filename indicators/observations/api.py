"""REST endpoints of countries, sources, indicators, and observations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.response import Response

from cpc.accounts.permissions import Permission
from cpc.api.pagination import Cursors
from cpc.api.views import Rows
from cpc.plausible import PATTERN
from indicators.models import Confirmation, Country, Indicator, Observation, Publication, Source, UnpublishedEdition
from indicators.observations import api_filters, serializers
from indicators.observations.as_of import observations, published_observations
from indicators.observations.witness import witnesses

COUNTRY = OpenApiParameter("code", str, OpenApiParameter.PATH, description=serializers.COUNTRY_CODE)
INDICATOR = OpenApiParameter("code", str, OpenApiParameter.PATH, description="Code of an indicator, such as cpi.score.")
SOURCE = OpenApiParameter("key", str, OpenApiParameter.PATH, description="Key of a source, such as cpi.")
NUMBER = OpenApiParameter("id", int, OpenApiParameter.PATH, description="The number of an observation.")
AS_OF = OpenApiParameter(
    "as_of",
    {
        "oneOf": [
            {"type": "integer", "minimum": 0, "maximum": 999_999_999},
            {"type": "string", "format": "date-time"},
        ]
    },
    description="The data as of a publication number (12) or moment (2026-11-20T15:00:00Z). Default: now.",
)

PUBLISHED_BY = OpenApiParameter(
    "published_by",
    {"type": "string", "format": "date", "pattern": PATTERN},
    description=(
        "Data that publishers had released by this date (2020-12-31), whenever they were loaded here; can be combined "
        "with `as_of`. A value that was revised later is shown as it was then, if that edition is loaded."
    ),
)


@extend_schema_view(
    list=extend_schema(
        operation_id="countries",
        summary="Countries",
        description="All countries and territories that publishers list, by code.",
        tags=["countries"],
    ),
    retrieve=extend_schema(operation_id="country", summary="One country", parameters=[COUNTRY], tags=["countries"]),
)
class Countries(Rows[Country]):
    """Countries, territories, and former states, by code."""

    required_permission = Permission.VIEW_OBSERVATIONS
    queryset = Country.objects.prefetch_related("aliases").order_by("code")
    serializer_class = serializers.CountrySerializer
    filterset_class = api_filters.CountryFilter
    lookup_field = "code"


@extend_schema_view(
    list=extend_schema(
        operation_id="sources", summary="Sources", description="All publishers' series, by key.", tags=["sources"]
    ),
    retrieve=extend_schema(operation_id="source", summary="One source", parameters=[SOURCE], tags=["sources"]),
)
class Sources(Rows[Source]):
    """Publishers' series of editions, by key."""

    required_permission = Permission.VIEW_OBSERVATIONS
    queryset = Source.objects.order_by("key")
    serializer_class = serializers.SourceSerializer
    lookup_field = "key"

    def get_queryset(self) -> QuerySet[Source]:
        live = UnpublishedEdition.objects.live().select_related("recorded_by").order_by("edition", "pk")
        stated = Prefetch("unpublished_editions", live, to_attr="stated_unpublished")
        return super().get_queryset().prefetch_related("indicators", stated)


@extend_schema_view(
    list=extend_schema(
        operation_id="indicators",
        summary="Indicators",
        description="All measured quantities, by code.",
        tags=["indicators"],
    ),
    retrieve=extend_schema(
        operation_id="indicator", summary="One indicator", parameters=[INDICATOR], tags=["indicators"]
    ),
)
class Indicators(Rows[Indicator]):
    """Measured quantities, by code."""

    required_permission = Permission.VIEW_OBSERVATIONS
    queryset = Indicator.objects.select_related("source").order_by("code")
    serializer_class = serializers.IndicatorSerializer
    filterset_class = api_filters.IndicatorFilter
    lookup_field = "code"


class SnapshotPages(Cursors):
    """Pages as of one publication.

    The response names it, and its links stay at it while others publish.
    """

    as_of = 0

    def pinned(self) -> Mapping[str, str]:
        return {"as_of": str(self.as_of)}

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        response.data = {"as_of": self.as_of, **response.data}
        return response

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described = super().get_paginated_response_schema(schema)
        number = {
            "type": "integer",
            "description": "The publication number that the data are as of.",
            "example": 12,
        }
        return described | {
            "required": ["as_of", *described["required"]],
            "properties": {"as_of": number, **described["properties"]},
        }


@extend_schema_view(
    list=extend_schema(
        operation_id="observations",
        summary="Observations",
        description=(
            "Values, or the reasons why there are none, as known now or at `as_of`; by indicator, country, year, "
            "period and series."
        ),
        parameters=[AS_OF, PUBLISHED_BY],
        tags=["observations"],
    ),
    retrieve=extend_schema(
        operation_id="observation",
        summary="One observation",
        description="One row, superseded or not, with the sources that confirm it today.",
        parameters=[NUMBER],
        tags=["observations"],
    ),
)
class Observations(Rows[Observation]):
    """Observations with their provenance, as of a publication."""

    required_permission = Permission.VIEW_OBSERVATIONS
    queryset = Observation.objects.none()
    serializer_class = serializers.ObservationSerializer
    filterset_class = api_filters.ObservationFilter
    pagination_class = SnapshotPages
    more_parameters = frozenset({"as_of", "published_by"})
    orderings = {"indicator": "indicator__code", "country": "country__code"}

    @cached_property
    def as_of(self) -> int:
        return api_filters.number_as_of(self.request.query_params.get("as_of"))

    def get_queryset(self) -> QuerySet[Observation]:
        """Return the rows as of the requested publication, in their fixed order.

        A single row is returned in any version.
        """
        rows: QuerySet[Observation]
        if self.action == "list":
            day = api_filters.published_by(self.request.query_params)
            if day is not None:
                codes = api_filters.requested_indicators(self.request.query_params)
                rows = published_observations(codes, by=day, as_of=self.as_of)
            else:
                rows = observations(self.as_of)
            confirmations = Confirmation.objects.as_of(self.as_of)
        else:
            rows = Observation.objects.select_related("indicator__source", "country", "file")
            confirmations = Confirmation.objects.live()
        return (
            rows.select_related("batch")
            .prefetch_related(
                Prefetch(
                    "confirmations",
                    confirmations.select_related("file", "batch__source").order_by("-edition_rank", "pk"),
                    to_attr="confirmed_by",
                )
            )
            .order_by("indicator__code", "country__code", "year", "period", "series", "pk")
        )

    def paginate_queryset(self, queryset: Any) -> Any:
        assert isinstance(self.paginator, SnapshotPages)
        self.paginator.as_of = self.as_of
        return super().paginate_queryset(queryset)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Serialize rows together with the second witness of each tier among them."""
        rows, as_of = (args[0], self.as_of) if args and kwargs.get("many") else (args, None)
        kwargs["context"] = kwargs.get("context") or self.get_serializer_context()
        kwargs["context"]["witnesses"] = witnesses(rows, as_of=as_of)
        return super().get_serializer(*args, **kwargs)

    def last_modified(self) -> dt.datetime | None:
        """Return the time of the newest publication shown, or None for a single row."""
        if self.action != "list":
            return None
        publication = Publication.objects.filter(seq=self.as_of).first()
        return publication.at if publication else None
