"""Endpoints of programs of U.S. agencies and of national plans."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError

from cpc.accounts.permissions import Permission
from cpc.api.filters import ENCODE_PLUS, AnyOf, DayFilter, OneOf, moment_with_zone
from cpc.api.views import Rows
from indicators.curated import serializers
from indicators.curated.queries import known_to_run_on
from indicators.models import Country, NationalPlan, PlanKind, PlanStatus, ProgramSector, USGProgram
from indicators.models.curated import CuratedRecord

Record = TypeVar("Record", bound=CuratedRecord)

AS_OF = OpenApiParameter(
    "as_of",
    OpenApiTypes.DATETIME,
    description="Records as of a past moment, with its time zone (2026-11-20T15:00:00Z). Default: now.",
)
PROGRAM = OpenApiParameter("id", int, OpenApiParameter.PATH, description="The number of a version of a program.")
PLAN = OpenApiParameter("id", int, OpenApiParameter.PATH, description="The number of a version of a plan.")


def _country() -> OneOf:
    return OneOf(
        queryset=Country.objects.all(),
        key="code",
        field_name="country__code",
        noun="country",
        where="/api/v1/countries/",
        help_text="Code of a country, such as GHA.",
    )


def _choice(name: str, choices: list[tuple[str, str]], help_text: str) -> filters.MultipleChoiceFilter:
    known = ", ".join(value for value, _ in choices)
    return filters.MultipleChoiceFilter(
        field_name=name,
        choices=choices,
        distinct=False,
        help_text=help_text,
        error_messages={"invalid_choice": f"“%(value)s” is not one of {known}."},
    )


class CuratedRows(Rows[Record]):
    """Curated records as of the requested moment; a single record is returned in any version."""

    required_permission = Permission.VIEW_OBSERVATIONS
    more_parameters = frozenset({"as_of"})
    related: tuple[str, ...]
    order: tuple[str, ...]

    def get_queryset(self) -> QuerySet[Record]:
        rows: Any = super().get_queryset()
        if self.action == "list":
            rows = rows.as_of(moment_as_of(self.request.query_params.get("as_of")))
        records: QuerySet[Record] = rows.select_related(*self.related).order_by(*self.order)
        return records


class ProgramFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    country = _country()
    agency = AnyOf(field_name="agency", help_text="Name of an agency, as recorded.")
    sector = _choice("sector", ProgramSector.choices, "What a program works on.")
    running_on = DayFilter(
        method="runs",
        help_text="Leaves out programs known not to run on this date; those with unknown dates stay.",
        error_messages={"invalid": "Write the date as 2026-09-30."},
    )

    def runs(self, rows: QuerySet[USGProgram], _name: str, day: dt.date) -> QuerySet[USGProgram]:
        return known_to_run_on(rows, day)


class PlanFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    country = _country()
    kind = _choice("kind", PlanKind.choices, "One of the two kinds of plans.")
    status = _choice("status", PlanStatus.choices, "Status of the plan.")


def moment_as_of(text: str | None) -> dt.datetime | None:
    """Return the requested moment; None is now.

    Raises `ValidationError` without a time zone or for a future moment.
    """
    if text is None:
        return None
    in_utc = moment_with_zone(text)
    if in_utc is None:
        remedy = f"Write 2026-11-20T15:00:00Z. {ENCODE_PLUS}"
        raise ValidationError({"as_of": [f"“{text}” is not a moment with a time zone. {remedy}"]})
    if in_utc > timezone.now():
        raise ValidationError(
            {"as_of": [f"“{text}” is in the future; records as of that moment are not known yet."]},
            code="does_not_exist",
        )
    return in_utc


@extend_schema_view(
    list=extend_schema(
        operation_id="programs",
        summary="U.S. programs",
        description="Programs of U.S. agencies that are current now or were at `as_of`, by country, agency, and title.",
        parameters=[AS_OF],
        tags=["programs and plans"],
    ),
    retrieve=extend_schema(
        operation_id="program",
        summary="One U.S. program",
        description="One version of a program, current or not.",
        parameters=[PROGRAM],
        tags=["programs and plans"],
    ),
)
class Programs(CuratedRows[USGProgram]):
    """Programs of U.S. agencies."""

    queryset = USGProgram.objects.all()
    serializer_class = serializers.ProgramSerializer
    filterset_class = ProgramFilter
    related = ("country", "batch__file")
    order = ("country__code", "agency", "title", "pk")


@extend_schema_view(
    list=extend_schema(
        operation_id="plans",
        summary="National plans",
        description="National action plans and child protection strategies that are current now or were at `as_of`.",
        parameters=[AS_OF],
        tags=["programs and plans"],
    ),
    retrieve=extend_schema(
        operation_id="plan",
        summary="One national plan",
        description="One version of a plan, current or not.",
        parameters=[PLAN],
        tags=["programs and plans"],
    ),
)
class Plans(CuratedRows[NationalPlan]):
    """National plans."""

    queryset = NationalPlan.objects.all()
    serializer_class = serializers.PlanSerializer
    filterset_class = PlanFilter
    related = ("country",)
    order = ("country__code", "kind", "title", "pk")
