"""Results over REST: out as they may be published, in as reports of an open period."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.api.idempotency import idempotent
from partnerships.api_base.endpoints import (
    EDIT,
    PK,
    TAGS,
    VIEW,
    OfPartnership,
    body_of,
    one_of,
)
from partnerships.api_base.representation import exact, reasoned
from partnerships.lookups.rule_inputs import newest_targets
from partnerships.models import OutcomeIndicator, Partnership, ReportingPeriod, Result
from partnerships.monitoring.publication import published_results
from partnerships.monitoring.serializers import NewResultSerializer, ResultSerializer, ResultsSerializer
from partnerships.monitoring.services.results import Part, record_result

PLACES = Decimal("0.0001")
Targets = dict[tuple[int, int | None], Decimal]


class Results(OfPartnership):
    """What a partnership measures and has reached."""

    required_permission = {"GET": VIEW, "POST": EDIT}

    @extend_schema(
        operation_id="results",
        summary="Results of a partnership",
        description=(
            "Each indicator with its targets and results by fiscal year, from approved reports alone, as they may "
            "leave the office: counts of fewer than five people are not shown, and cannot be computed from others."
        ),
        parameters=[PK],
        responses=ResultsSerializer,
        tags=TAGS,
    )
    def get(self, request: Request, id: int) -> Response:
        """Periods and indicators."""
        partnership = self.partnership()
        indicators = list(partnership.outcome_indicators.filter(withdrawn=False).order_by("objective__number", "code"))
        targets = newest_targets(indicator.pk for indicator in indicators)
        periods = partnership.reporting_periods.order_by("starts_on")
        return Response(
            {
                "periods": [_period(period) for period in periods],
                "indicators": [_indicator(indicator, targets) for indicator in indicators],
            }
        )

    @extend_schema(
        operation_id="result_record",
        summary="Record a result",
        description=(
            "Records what an indicator brought in a period that is open, in place of an earlier result that the body "
            "names. Where another one stands by now, it is 422 with the code `changed`."
        ),
        parameters=[PK],
        request=NewResultSerializer,
        responses={201: ResultSerializer},
        tags=TAGS,
    )
    @idempotent
    def post(self, request: Request, id: int) -> Response:
        """Record one, as the service allows."""
        partnership = self.partnership()
        values = body_of(request, NewResultSerializer)
        result = record_result(
            period=one_of(partnership.reporting_periods.all(), "period", values.pop("period")),
            indicator=_named(partnership, values.pop("indicator")),
            parts=[Part(**part) for part in values.pop("parts")],
            actor=user_of(request),
            on=timezone.now().date(),
            seen=values.pop("replaces") or 0,
            **values,
        )
        return Response(_result(result), status=201)


def _named(partnership: Partnership, code: str) -> OutcomeIndicator:
    found: OutcomeIndicator = one_of(
        partnership.outcome_indicators.filter(withdrawn=False), "indicator", code, by="code"
    )
    return found


def _quantity(value: Decimal | None) -> str | None:
    """To four places, as results are stored; an average may have more."""
    return None if value is None else exact(value.quantize(PLACES))


def _period(row: ReportingPeriod) -> dict[str, Any]:
    names = ("starts_on", "ends_on", "due_on", "state")
    return {"id": row.pk, **{name: getattr(row, name) for name in names}}


def _indicator(row: OutcomeIndicator, targets: Targets) -> dict[str, Any]:
    published = published_results(row)
    years = sorted({*published.years, *(year for pk, year in targets if pk == row.pk and year is not None)})
    said = {
        "code": row.code,
        "title": row.title,
        "level": row.level,
        "measure": row.measure,
        "unit": row.unit,
        "baseline": _quantity(row.baseline_value),
        "target": _quantity(targets.get((row.pk, None))),
        "value": _quantity(published.whole) if published.years else None,
    }
    hidden = "suppressed" if published.years else "not_yet"
    return reasoned(said, lambda name: hidden if name == "value" else "not_set") | {
        "years": [
            reasoned(
                {
                    "fiscal_year": year,
                    "target": _quantity(targets.get((row.pk, year))),
                    "value": _quantity(published.years.get(year)),
                },
                lambda name, year=year: _why(name, known=year in published.years),  # type: ignore[misc]
            )
            for year in years
        ],
        "parts": [
            reasoned(
                {"breakdown": breakdown.value, "row": key[0], "column": key[1], "value": _quantity(value)},
                "suppressed",
            )
            for breakdown, cells in published.parts.items()
            for key, value in cells.items()
        ],
    }


def _why(name: str, *, known: bool) -> str:
    if name == "target":
        return "not_set"
    return "suppressed" if known else "not_yet"


def _result(row: Result) -> dict[str, Any]:
    said = {
        "id": row.pk,
        "period": row.period_id,
        "indicator": row.indicator.code,
        "value": _quantity(row.value),
        "no_data_reason": row.no_data_reason,
        "not_disaggregated": row.not_disaggregated,
        "narrative": row.narrative,
        "evidence": row.evidence,
        "replaces": row.replaces_id,
    }
    return reasoned(said, lambda name: "not_recorded" if name == "value" else "not_applicable")
