from __future__ import annotations

from decimal import Decimal

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.api.idempotency import idempotent
from cpc.api.row_serializers import Missing
from partnerships.api_base.endpoints import EDIT, PK, TAGS, VIEW, PartnershipEndpoint, body_of, get_or_400
from partnerships.lookups.rule_inputs import newest_targets
from partnerships.models import OutcomeIndicator, Partnership
from partnerships.monitoring.publication import published_results
from partnerships.monitoring.serializers import (
    NewResultSerializer,
    PublishedIndicator,
    PublishedPart,
    PublishedYear,
    ResultSerializer,
    ResultsSerializer,
)
from partnerships.monitoring.services.results import Part, record_result

Targets = dict[tuple[int, int | None], Decimal]


class Results(PartnershipEndpoint):
    required_permission = {"GET": VIEW, "POST": EDIT}

    @extend_schema(
        operation_id="results",
        summary="Results of a partnership",
        description=(
            "Each indicator with its targets and results by fiscal year, from approved reports only, as they can be "
            "released: counts of fewer than five people are not shown and cannot be computed from others."
        ),
        parameters=[PK],
        responses=ResultsSerializer,
        tags=TAGS,
    )
    def get(self, request: Request, id: int) -> Response:
        partnership = self.partnership()
        indicators = list(partnership.outcome_indicators.filter(withdrawn=False).order_by("objective__number", "code"))
        targets = newest_targets(indicator.pk for indicator in indicators)
        results = {
            "periods": partnership.reporting_periods.order_by("starts_on"),
            "indicators": [_publication(indicator, targets) for indicator in indicators],
        }
        return Response(ResultsSerializer(results).data)

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
        values = body_of(request, NewResultSerializer)
        result = record_result(
            period=get_or_400(partnership.reporting_periods.all(), "period", values.pop("period")),
            indicator=_get_indicator_or_400(partnership, values.pop("indicator")),
            parts=[Part(**part) for part in values.pop("parts")],
            actor=user_of(request),
            on=timezone.now().date(),
            expected_revision=str(values.pop("replaces") or 0),
            **values,
        )
        return Response(ResultSerializer(result).data, status=201)


def _get_indicator_or_400(partnership: Partnership, code: str) -> OutcomeIndicator:
    indicator: OutcomeIndicator = get_or_400(
        partnership.outcome_indicators.filter(withdrawn=False), "indicator", code, by="code"
    )
    return indicator


def _publication(row: OutcomeIndicator, targets: Targets) -> PublishedIndicator:
    published = published_results(row)
    years = sorted({*published.years, *(year for pk, year in targets if pk == row.pk and year is not None)})
    return PublishedIndicator(
        indicator=row,
        target=targets.get((row.pk, None)),
        value=_or_reason(published.whole, has_results=bool(published.years)),
        years=[
            PublishedYear(
                fiscal_year=year,
                target=targets.get((row.pk, year)),
                value=_or_reason(published.years.get(year), has_results=year in published.years),
            )
            for year in years
        ],
        parts=[
            PublishedPart(breakdown, row=key[0], column=key[1], value=value)
            for breakdown, cells in published.parts.items()
            for key, value in cells.items()
        ],
    )


def _or_reason(value: Decimal | None, *, has_results: bool) -> Decimal | Missing:
    if not has_results:
        return Missing("not_yet")
    return Missing("suppressed") if value is None else value
