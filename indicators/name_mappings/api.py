"""REST endpoint of publishers' names that analysts mapped to a country or set aside.

Read-only.
"""

from __future__ import annotations

from django_filters import rest_framework as filters
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_view,
)
from rest_framework import serializers

from cpc.api.serializers import CodeAndNameSerializer, NullIfEmpty, example
from indicators.curated.api import AS_OF, CuratedRows
from indicators.models import Meaning, NameMapping
from indicators.observations.api_filters import by_source

MAPPING = OpenApiParameter("id", int, OpenApiParameter.PATH, description="The number of a mapping.")
EXAMPLE = {
    "id": 3,
    "source": "tip",
    "name": "Cabo Verd",
    "meaning": "country",
    "country": {"code": "CPV", "name": "Cabo Verde"},
    "recorded_at": "2026-11-20T15:00:00Z",
    "superseded_at": None,
    "superseded_reason": None,
}


@example("A misspelled name", EXAMPLE)
class NameMappingSerializer(serializers.Serializer[NameMapping]):
    """A name in the files of one source that is not in the list of countries.

    An analyst assigned its meaning.
    """

    id = serializers.IntegerField(help_text="The number of this mapping. It never refers to another one.")
    source: serializers.CharField = serializers.CharField(  # type: ignore[assignment]  # hides `Field.source`
        source="source.key", help_text="Key of the source whose files it applies to."
    )
    name = serializers.CharField(help_text="The name as the publisher writes it.")
    meaning = serializers.ChoiceField(
        choices=Meaning.choices, help_text="Whether the name means a country; rows with any other name are set aside."
    )
    country = CodeAndNameSerializer(
        allow_null=True, help_text="The country that the name means; null if it is not a country."
    )
    recorded_at = serializers.DateTimeField(help_text="When it took effect.")
    superseded_at = serializers.DateTimeField(allow_null=True, help_text="When it ended; null while it is in effect.")
    superseded_reason = NullIfEmpty(allow_null=True, help_text="Why it was withdrawn.")


class NameMappingFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    source = by_source("source__key")


@extend_schema_view(
    list=extend_schema(
        operation_id="name_mappings",
        summary="Mapped names",
        description="Mappings of names that are not in the list of countries, in effect now or at `as_of`.",
        parameters=[AS_OF],
        tags=["countries"],
    ),
    retrieve=extend_schema(
        operation_id="name_mapping",
        summary="One mapped name",
        description="One mapping, in effect or withdrawn.",
        parameters=[MAPPING],
        tags=["countries"],
    ),
)
class NameMappings(CuratedRows[NameMapping]):
    """Mapped names, by source and name."""

    queryset = NameMapping.objects.all()
    serializer_class = NameMappingSerializer
    filterset_class = NameMappingFilter
    related = ("source", "country")
    order = ("source__key", "name", "pk")
