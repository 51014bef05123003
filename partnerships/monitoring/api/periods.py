"""Reporting periods over REST: scheduled for the term, submitted by one person, approved by another."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.api.conditional import etag_for, require_match, tagged
from cpc.api.idempotency import idempotent
from cpc.api.serializers import BodySerializer, Day
from partnerships.api_base import examples
from partnerships.api_base.endpoints import (
    EDIT,
    PK,
    TAGS,
    VIEW,
    ListOfPartnership,
    OfPartnership,
    ask,
    available_steps,
    body_of,
    if_match,
    lock,
    number_of,
    today,
)
from partnerships.api_base.serializers import OfferedStepSerializer, a_text, optional
from partnerships.lookups.rule_inputs import period_state
from partnerships.models import PeriodState, ReportingPeriod, Result
from partnerships.monitoring.preconditions import PERIOD_CHECKS
from partnerships.monitoring.serializers import PeriodSerializer
from partnerships.monitoring.services.results import schedule_periods, take_period_step
from partnerships.schedules import ReportFrequency
from partnerships.states import PERIOD

PERIOD_PK = number_of("period", "The number of a reporting period of the partnership.")


class RecordedSerializer(serializers.Serializer[Any]):
    """That a result of an indicator is recorded; its value is published once the report is approved."""

    indicator = a_text("The code of the indicator.")
    result = serializers.IntegerField(help_text="The number of the result.")


@extend_schema_serializer(examples=[OpenApiExample("A reporting period", value=examples.PERIOD)])
class OnePeriodSerializer(PeriodSerializer):
    """A stretch of days on which results are reported, and for which indicators there are some."""

    recorded = RecordedSerializer(many=True)

    def to_representation(self, instance: ReportingPeriod) -> dict[str, Any]:
        """The plain values."""
        return period(instance)


@extend_schema_serializer(examples=[OpenApiExample("Periods added", value=examples.PERIODS)])
class PeriodsSerializer(serializers.Serializer[Any]):
    """The reporting periods that were added."""

    added = OnePeriodSerializer(many=True)


@extend_schema_serializer(examples=[OpenApiExample("Half-years", value=examples.NEW_PERIODS)])
class NewPeriodsSerializer(BodySerializer):
    """How often there is a report."""

    frequency = serializers.ChoiceField(
        choices=[(f.value, f.value) for f in ReportFrequency if f is not ReportFrequency.FINAL],
        help_text="How often there is a report.",
    )


@extend_schema_serializer(examples=[OpenApiExample("Steps of a period", value=examples.PERIOD_STEPS)])
class PeriodStepsSerializer(serializers.Serializer[Any]):
    """The steps that lead on from where a period stands."""

    state = serializers.ChoiceField(choices=PeriodState.choices, help_text="Where it stands.")
    steps = OfferedStepSerializer(many=True)


@extend_schema_serializer(examples=[OpenApiExample("A report handed in", value=examples.PERIOD_STEP)])
class TakePeriodStepSerializer(BodySerializer):
    """The step to take."""

    name = serializers.ChoiceField(
        choices=[(t.name, t.label) for t in PERIOD.transitions], help_text="The name of the step."
    )
    on = Day(required=False, help_text="The day of the step; today where it is not given.")
    reason = optional("The comment that comes with it, where it is asked.", 2000)


def period(row: ReportingPeriod) -> dict[str, Any]:
    """A period as plain values."""
    names = ("starts_on", "ends_on", "due_on", "state")
    recorded = sorted((result.indicator.code, result.pk) for result in row.results.all())
    return {
        "id": row.pk,
        **{name: getattr(row, name) for name in names},
        "recorded": [{"indicator": code, "result": number} for code, number in recorded],
    }


def _with_results(rows: QuerySet[ReportingPeriod]) -> QuerySet[ReportingPeriod]:
    live = Result.objects.filter(replaced_by__isnull=True).select_related("indicator")
    return rows.prefetch_related(Prefetch("results", live))


def _said(number: int) -> dict[str, Any]:
    return period(_with_results(ReportingPeriod.objects.all()).get(pk=number))


@extend_schema_view(
    list=extend_schema(
        operation_id="periods",
        summary="Reporting periods of a partnership",
        description="Every reporting period, by its first day, and which results are recorded.",
        parameters=[PK],
        responses=OnePeriodSerializer,
        tags=TAGS,
    ),
    create=extend_schema(
        operation_id="periods_schedule",
        summary="Schedule reporting periods",
        description="Adds the reporting periods that are missing up to the end of the term. Answers with those added.",
        parameters=[PK],
        request=NewPeriodsSerializer,
        responses={201: PeriodsSerializer},
        tags=TAGS,
    ),
)
class Periods(ListOfPartnership[ReportingPeriod]):
    """Reporting periods of a partnership."""

    required_permission = {"GET": VIEW, "POST": EDIT}
    queryset = ReportingPeriod.objects.none()
    serializer_class = OnePeriodSerializer

    def get_queryset(self) -> QuerySet[ReportingPeriod]:
        """All of them."""
        return _with_results(self.partnership().reporting_periods.order_by("starts_on"))

    @idempotent
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Schedule what is missing, as the service allows."""
        values = body_of(request, NewPeriodsSerializer)
        made = schedule_periods(
            partnership=self.partnership(), frequency=ReportFrequency(values["frequency"]), actor=user_of(request)
        )
        return Response({"added": [period(row) for row in made]}, status=201)


class _OfPeriod(OfPartnership):
    """Something of one reporting period."""

    def period(self) -> ReportingPeriod:
        """The period of the address; 404 where there is none."""
        found = _with_results(self.partnership().reporting_periods.all()).filter(pk=self.kwargs["period"]).first()
        if found is None:
            raise Http404
        return found


class OnePeriod(_OfPeriod):
    """One reporting period."""

    @extend_schema(
        operation_id="period",
        summary="One reporting period",
        description="A reporting period and which results are recorded. Its ETag is what a step of it names.",
        parameters=[PK, PERIOD_PK],
        responses=OnePeriodSerializer,
        tags=TAGS,
    )
    def get(self, request: Request, id: int, period: int) -> Response:
        """The period."""
        return Response(OnePeriodSerializer(self.period()).data)


class PeriodTransitions(_OfPeriod):
    """The steps of a reporting period."""

    required_permission = {"GET": VIEW, "POST": EDIT}

    @extend_schema(
        operation_id="period_transitions",
        summary="Steps of a reporting period",
        description="The steps that lead on from where it stands, and what stands in their way today.",
        parameters=[PK, PERIOD_PK],
        responses=PeriodStepsSerializer,
        tags=TAGS,
    )
    def get(self, request: Request, id: int, period: int) -> Response:
        """The steps from here."""
        found = self.period()
        steps = available_steps(request, PERIOD, found.state, PERIOD_CHECKS, period_state(found))
        return Response({"state": found.state, "steps": steps})

    @extend_schema(
        operation_id="period_step",
        summary="Take a step of a reporting period",
        description=(
            "Begins it, submits its report, returns, approves or reopens it. Whoever submits does not approve. "
            "Answers with the period as it then is."
        ),
        parameters=[PK, PERIOD_PK, if_match("reporting period")],
        request=TakePeriodStepSerializer,
        responses=OnePeriodSerializer,
        tags=TAGS,
    )
    @idempotent
    @transaction.atomic
    def post(self, request: Request, id: int, period: int) -> Response:
        """Take one of them."""
        values = body_of(request, TakePeriodStepSerializer)
        ask(request, PERIOD.transition(values["name"]).permission)
        row = lock(self.partnership().reporting_periods.all(), pk=period)
        require_match(request, etag_for(request, _said(row.pk)))
        take_period_step(
            period=row,
            name=values["name"],
            actor=user_of(request),
            on=values.get("on") or today(),
            reason=values["reason"],
        )
        said = _said(row.pk)
        return tagged(Response(said), etag_for(request, said))
