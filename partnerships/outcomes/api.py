"""REST interface to the outcomes: published measures of partners before and after signature. Read-only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.permissions import Permission
from cpc.api.row_serializers import MissingReasons, RowSerializer
from cpc.api.serializers import day_field, example, text_field
from cpc.api.views import Endpoint
from partnerships.outcomes.comparing import Compared, NotCompared
from partnerships.outcomes.queries import Outcomes, outcomes
from partnerships.outcomes.results import MeasureResult

EXAMPLE = {
    "as_of": 15,
    "lacks": [],
    "measures": [
        {
            "measure": "tier",
            "title": "Tier of the TIP Report",
            "indicator": "tip.tier",
            "partners": 5,
            "difference": 0.4,
            "low": -0.2,
            "high": 1.0,
            "p": 0.21,
            "adjusted_p": 0.63,
            "told_from_chance": False,
            "failed_checks": [],
            "missing": {},
        }
    ],
    "figures": [
        {
            "measure": "tier",
            "country": "GHA",
            "signed_on": "2015-06-23",
            "before": 2.0,
            "after": 3.0,
            "group_change": 0.6,
            "difference": 0.4,
            "rank": 12,
            "of": 80,
            "enters": None,
            "missing": {"enters": "not_applicable"},
        }
    ],
}


@dataclass(frozen=True, slots=True)
class OutcomeFigure:
    """A partner in one measure."""

    measure: str
    country: str
    signed_on: dt.date
    before: float | None = None
    after: float | None = None
    group_change: float | None = None
    difference: float | None = None
    rank: int | None = None
    of: int | None = None
    enters: int | None = None


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """All partners in one measure."""

    measure: str
    title: str
    indicator: str
    partners: int
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    adjusted_p: float | None
    told_from_chance: bool
    failed_checks: Sequence[str]


@dataclass(frozen=True, slots=True)
class OutcomeAnswer:
    as_of: int
    lacks: Sequence[str]
    measures: Sequence[OutcomeLine]
    figures: Sequence[OutcomeFigure]


def answer_of(found: Outcomes) -> OutcomeAnswer:
    results = list(found.results.measures.values()) if found.results else []
    figures = [figure for result in results for figure in _figures(result)]
    return OutcomeAnswer(found.number, found.lacks, [_line(result) for result in results], figures)


def _line(result: MeasureResult) -> OutcomeLine:
    line = result.pooled
    return OutcomeLine(
        result.key,
        result.measure.title,
        result.measure.indicator,
        len(result.compared),
        line.difference if line else None,
        line.low if line else None,
        line.high if line else None,
        line.p if line else None,
        result.adjusted,
        result.is_told_from_chance,
        result.failed,
    )


def _figures(result: MeasureResult) -> Iterator[OutcomeFigure]:
    for one in result.partners:
        yield _figure(result.key, one)


def _figure(measure: str, one: Compared | NotCompared) -> OutcomeFigure:
    if isinstance(one, NotCompared):
        return OutcomeFigure(measure, one.country, one.signature.day, enters=one.enters)
    return OutcomeFigure(
        measure,
        one.country,
        one.signature.day,
        one.before,
        one.after,
        one.group_change,
        one.difference,
        one.rank,
        one.of,
    )


class OutcomeLineSerializer(RowSerializer[OutcomeLine]):
    """All partners in one measure: the mean difference, and what chance alone gives. Null for fewer than five."""

    measure = text_field("The key of the measure.")
    title = text_field("Its name.")
    indicator = text_field("Code of its indicator.")
    partners = serializers.IntegerField(help_text="Number of partners compared.")
    difference = serializers.FloatField(allow_null=True, help_text="The mean difference from the groups.")
    low = serializers.FloatField(allow_null=True, help_text="The lower end of its 95% range.")
    high = serializers.FloatField(allow_null=True, help_text="The upper end of its 95% range.")
    p = serializers.FloatField(allow_null=True, help_text="Share of draws at least as far from zero.")
    adjusted_p = serializers.FloatField(allow_null=True, help_text="The same, adjusted for the number of measures.")
    told_from_chance = serializers.BooleanField(help_text="Whether the adjusted p is at most 0.05.")
    failed_checks = serializers.ListField(
        child=serializers.CharField(), help_text="Checks by which the difference does not hold."
    )
    missing = MissingReasons()

    missing_reason = "not_applicable"


class OutcomeFigureSerializer(RowSerializer[OutcomeFigure]):
    """A partner in one measure, beside its group. The figures are null if it is not compared."""

    measure = text_field("The key of the measure.")
    country = text_field("Code of the partner.")
    signed_on = day_field("The day of signature.", allow_null=False)
    before = serializers.FloatField(allow_null=True, help_text="The mean before signature.")
    after = serializers.FloatField(allow_null=True, help_text="The mean after signature.")
    group_change = serializers.FloatField(allow_null=True, help_text="The mean change of its group.")
    difference = serializers.FloatField(allow_null=True, help_text="Its change minus that of its group.")
    rank = serializers.IntegerField(allow_null=True, help_text="The rank of the size of the difference in its pool.")
    of = serializers.IntegerField(allow_null=True, help_text="The size of that pool, the partner included.")
    enters = serializers.IntegerField(
        allow_null=True, help_text="The period with which it enters, if it is too early to compare it."
    )
    missing = MissingReasons()

    missing_reason = "not_applicable"


@example("Outcomes", EXAMPLE)
class OutcomesSerializer(serializers.Serializer[OutcomeAnswer]):
    """The figures of the page of outcomes, unrounded, as of the newest publication."""

    as_of = serializers.IntegerField(help_text="The publication number of the data.")
    lacks = serializers.ListField(
        child=serializers.CharField(), help_text="Data that must be loaded before anything is compared."
    )
    measures = OutcomeLineSerializer(many=True, help_text="Each measure.")
    figures = OutcomeFigureSerializer(many=True, help_text="Each partner in each measure.")


class OutcomesOfPartners(Endpoint):
    required_permission = Permission.VIEW_PARTNERSHIPS

    @extend_schema(
        operation_id="partnership_outcomes",
        summary="Outcomes of partners",
        description=(
            "Published measures of partners before and after signature, beside countries that were never partners. A "
            "difference is no proof of an effect: see the page."
        ),
        responses=OutcomesSerializer,
        tags=["partnerships"],
    )
    def get(self, request: Request) -> Response:
        return Response(OutcomesSerializer(answer_of(outcomes())).data)
