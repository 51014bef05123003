from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Collate
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.api.idempotency import idempotent
from cpc.api.resources import Resource
from cpc.api.row_serializers import Missing
from cpc.finding_targets import RecordKeys
from partnerships.api_base.endpoints import (
    EDIT,
    PK,
    TAGS,
    VIEW,
    PartnershipEndpoint,
    StepEndpoint,
    body_of,
    get_locked_or_404,
    get_or_400,
    if_match,
    number_of,
)
from partnerships.api_base.parts import STEP_NOTES, PartRows, document_part, part
from partnerships.disclosure import Hidden, Shown
from partnerships.lookups.field_findings import findings_by_indicator
from partnerships.lookups.rule_inputs import Period, newest_targets, period_state
from partnerships.models import (
    MonitoringPlan,
    OfficeIndicator,
    OutcomeIndicator,
    Partnership,
    PeriodStep,
    PlanStep,
    ReportingPeriod,
    Result,
    Target,
)
from partnerships.monitoring.preconditions import PERIOD_CHECKS
from partnerships.monitoring.publication import PublishedResults, published_of_partnership
from partnerships.monitoring.serializers import (
    NewPeriodsSerializer,
    NewResultSerializer,
    OnePeriodSerializer,
    PeriodsSerializer,
    PeriodStepsSerializer,
    PublishedIndicator,
    PublishedPart,
    PublishedYear,
    ResultSerializer,
    ResultsSerializer,
    TakePeriodStepSerializer,
)
from partnerships.monitoring.services.results import Part, record_result, schedule_periods, take_period_step
from partnerships.schedules import ReportFrequency
from partnerships.states import PERIOD

PERIOD_PK = number_of("period", "The number of a reporting period of the partnership.")


def _with_results(rows: QuerySet[ReportingPeriod]) -> QuerySet[ReportingPeriod]:
    live = Result.objects.filter(replaced_by__isnull=True).select_related("indicator")
    return rows.prefetch_related(Prefetch("results", live.order_by(Collate("indicator__code", "C"), "pk")))


LIBRARY = Resource(
    name="office-indicators",
    noun="office indicator",
    model=OfficeIndicator,
    title="Indicators of the office",
    description="The office's library of indicators, which partnerships take theirs from, by code.",
    fields="id code title definition level paradigm measure unit direction accumulation by_sex by_age basis withdrawn",
    notes={
        "code": "The code.",
        "definition": "Who or what is counted, when, and how double counting is avoided.",
        "unit": "The unit of its values.",
        "accumulation": "How its values of several years add up.",
        "by_sex": "Whether it is broken down by sex.",
        "by_age": "Whether it is broken down by age.",
        "basis": "Where the office took it from, if from elsewhere.",
    },
    order=("code", "pk"),
    filters="level paradigm measure",
    permission=VIEW,
    tag="office",
)
MONITORING_PLANS = part(
    "monitoring-plans",
    "monitoring plan",
    MonitoringPlan,
    title="Monitoring plan of a partnership",
    description="How results are collected and checked. A partnership has at most one plan.",
    fields="id state narrative",
    notes={"narrative": "How results are collected and checked."},
)
PLAN_STEPS = part(
    "monitoring-plan-steps",
    "monitoring plan step",
    PlanStep,
    title="Steps of a monitoring plan",
    description="Every step of the plan, in order.",
    fields="id plan name source target reason actor=actor.name at",
    notes=STEP_NOTES,
)
INDICATORS = part(
    "indicators",
    "indicator",
    OutcomeIndicator,
    title="Indicators of a partnership",
    description="Each indicator with its definition, baseline, and how it adds up. Its values are under results.",
    fields=(
        "id objective code source title definition level paradigm measure unit direction accumulation aggregation "
        "by_sex by_age by_form by_region baseline_status baseline_value baseline_on baseline_source data_source method "
        "frequency responsible responsible_office quality_notes withdrawn"
    ),
    notes={
        "code": "The code.",
        "source": "Where the indicator comes from.",
        "definition": "Who or what is counted, when, and how double counting is avoided.",
        "unit": "The unit of its values.",
        "accumulation": "How its values of several years add up.",
        "aggregation": "How awards and governments add up; empty if it follows from the measure.",
        "by_sex": "Whether it is broken down by sex.",
        "by_age": "Whether it is broken down by age.",
        "by_form": "Whether it is broken down by form of trafficking.",
        "by_region": "Whether it is broken down by region.",
        "baseline_on": "The day of the baseline.",
        "method": "How the data are collected.",
        "responsible": "The number of the participant who collects it.",
        "responsible_office": "The office that collects it, if no participant does.",
    },
    reasons={"responsible": "not_applicable", "baseline_value": "not_recorded", "baseline_on": "not_recorded"},
    order=("objective__number", "code", "pk"),
    filters="objective level paradigm measure",
)
TARGETS = part(
    "targets",
    "target",
    Target,
    title="Targets of a partnership's indicators",
    description="Every target stated; the newest of an indicator and fiscal year is in effect.",
    fields="id indicator fiscal_year value reason recorded_by=recorded_by.name at",
    notes={"fiscal_year": "The U.S. fiscal year; null for the whole term.", "value": "The target."},
    reasons={"fiscal_year": "not_applicable"},
    filters="indicator fiscal_year",
)
PERIOD_STEPS = part(
    "period-steps",
    "period step",
    PeriodStep,
    url_prefix="partnership-past-",
    title="Steps of reporting periods",
    description="Every step of every reporting period, in order.",
    fields="id period name source target reason actor=actor.name at",
    notes=STEP_NOTES,
    filters="period",
)
PERIODS = part(
    "periods",
    "period",
    ReportingPeriod,
    prefix="",
    title="Reporting periods of a partnership",
    description="Every reporting period, by first day, with the results recorded in it.",
    serializer=OnePeriodSerializer,
    from_instances=True,
    rows=lambda _user: _with_results(ReportingPeriod.objects.all()),
    order=("starts_on", "pk"),
    has_own_urls=True,
)


@extend_schema_view(
    create=extend_schema(
        operation_id="periods_schedule",
        summary="Schedule reporting periods",
        description="Adds the reporting periods that are missing up to the end of the term. Returns the added periods.",
        parameters=[PK],
        request=NewPeriodsSerializer,
        responses={201: PeriodsSerializer},
        tags=TAGS,
    ),
)
class Periods(PartRows):
    resource = PERIODS
    required_permission = {"GET": VIEW, "POST": EDIT}

    @idempotent
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        values = body_of(request, NewPeriodsSerializer)
        made = schedule_periods(
            partnership=self.partnership(), frequency=ReportFrequency(values["frequency"]), actor=user_of(request)
        )
        return Response(PeriodsSerializer({"added": made}).data, status=201)


class _PeriodEndpoint(PartnershipEndpoint):
    def get_record(self) -> ReportingPeriod:
        return get_object_or_404(_with_results(self.partnership().reporting_periods.all()), pk=self.kwargs["period"])

    def record_keys(self) -> RecordKeys:
        return {**super().record_keys(), "period": self.kwargs["period"]}


class OnePeriod(_PeriodEndpoint):
    @extend_schema(
        operation_id="period",
        summary="One reporting period",
        description="A reporting period with the results recorded in it. Send its ETag when you take a step.",
        parameters=[PK, PERIOD_PK],
        responses=OnePeriodSerializer,
        tags=TAGS,
    )
    def get(self, request: Request, id: int, period: int) -> Response:
        return Response(OnePeriodSerializer(self.get_record()).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="period_transitions",
        summary="Steps of a reporting period",
        description="The steps available from the current state, and what blocks each of them today.",
        parameters=[PK, PERIOD_PK],
        responses=PeriodStepsSerializer,
        tags=TAGS,
    ),
    post=extend_schema(
        operation_id="period_step",
        summary="Take a step of a reporting period",
        description=(
            "Begins the period, or submits, returns, approves, or reopens its report. No one who recorded part of "
            "it or submitted it can approve or return it (`two_people`). Returns the updated period."
        ),
        parameters=[PK, PERIOD_PK, if_match("reporting period")],
        request=TakePeriodStepSerializer,
        responses=OnePeriodSerializer,
        tags=TAGS,
    ),
)
class PeriodTransitions(_PeriodEndpoint, StepEndpoint[ReportingPeriod]):
    machine, checks = PERIOD, PERIOD_CHECKS
    steps_serializer, body_serializer = PeriodStepsSerializer, TakePeriodStepSerializer

    def get_locked_record(self) -> ReportingPeriod:
        return get_locked_or_404(self.partnership().reporting_periods.all(), pk=self.kwargs["period"])

    def checked_subject(self, row: ReportingPeriod) -> Period:
        return period_state(row)

    def represent(self, row: ReportingPeriod) -> dict[str, Any]:
        return dict(OnePeriodSerializer(_with_results(ReportingPeriod.objects.all()).get(pk=row.pk)).data)

    def take(self, row: ReportingPeriod, **step: Any) -> None:
        take_period_step(period=row, **step)


Targets = dict[tuple[int, int | None], Decimal]


def results_of(partnership: Partnership) -> dict[str, Any]:
    """Return the results of a partnership as they can be released."""
    indicators = list(partnership.outcome_indicators.filter(withdrawn=False).order_by("objective__number", "code"))
    targets = newest_targets(indicator.pk for indicator in indicators)
    published = published_of_partnership(partnership.pk, indicators)
    marked = findings_by_indicator(partnership.pk)
    results = {
        "periods": partnership.reporting_periods.order_by("starts_on"),
        "indicators": [
            _publication(row, published[row.pk], targets, len(marked.get(row.pk, ()))) for row in indicators
        ],
    }
    return dict(ResultsSerializer(results).data)


document_part("results", results_of)


class Results(PartnershipEndpoint):
    required_permission = {"GET": VIEW, "POST": EDIT}

    @extend_schema(
        operation_id="results",
        summary="Results of a partnership",
        description=(
            "Each indicator with its targets and results by fiscal year, from approved reports only, as they can be "
            "released: counts of fewer than five people are not shown and cannot be computed from others. A total is "
            "over all who report, and `open_findings` marks values that a visit or an assessment calls into question."
        ),
        parameters=[PK],
        responses=ResultsSerializer,
        tags=TAGS,
    )
    def get(self, request: Request, id: int) -> Response:
        return Response(results_of(self.partnership()))

    @extend_schema(
        operation_id="result_record",
        summary="Record a result",
        description=(
            "Records the result of an indicator in an open period, replacing the earlier result that the body names. "
            "If another result has replaced that one, returns 422 with the code `changed`."
        ),
        parameters=[PK],
        request=NewResultSerializer,
        responses={201: ResultSerializer},
        tags=TAGS,
    )
    @idempotent
    def post(self, request: Request, id: int) -> Response:
        partnership = self.partnership()
        indicators = partnership.outcome_indicators.filter(withdrawn=False)
        values = body_of(request, NewResultSerializer)
        award = values.pop("award")
        result = record_result(
            award=None if award is None else get_or_400(partnership.awards.all(), "award", award),
            period=get_or_400(partnership.reporting_periods.all(), "period", values.pop("period")),
            indicator=get_or_400(indicators, "indicator", values.pop("indicator"), by="code"),
            parts=[Part(**part) for part in values.pop("parts")],
            actor=user_of(request),
            on=timezone.now().date(),
            expected_revision=str(values.pop("replaces") or 0),
            **values,
        )
        return Response(ResultSerializer(result).data, status=201)


def _publication(
    row: OutcomeIndicator, published: PublishedResults, targets: Targets, findings: int
) -> PublishedIndicator:
    years = sorted({*published.years, *(year for pk, year in targets if pk == row.pk and year is not None)})
    return PublishedIndicator(
        indicator=row,
        target=targets.get((row.pk, None)),
        value=_or_reason(published.whole),
        open_findings=findings,
        years=[
            PublishedYear(
                fiscal_year=year,
                target=targets.get((row.pk, year)),
                value=_or_reason(published.years.get(year)),
            )
            for year in years
        ],
        parts=[
            PublishedPart(breakdown, row=key[0], column=key[1], value=_or_reason(value))
            for breakdown, cells in published.parts.items()
            for key, value in cells.items()
        ],
    )


def _or_reason(value: Shown | None) -> Decimal | Missing:
    if value is None:
        return Missing("not_yet")
    return Missing(value.value) if isinstance(value, Hidden) else value
