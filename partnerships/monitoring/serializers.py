from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from cpc.api.row_serializers import Missing, MissingReasons, RowSerializer, computed
from cpc.api.serializers import BodySerializer, Day, day_field, example, optional_text, text_field
from partnerships import states
from partnerships.api_base.step_serializers import AVAILABLE_STEP, OfferedStepSerializer
from partnerships.models import (
    AgeGroup,
    Breakdown,
    Level,
    Measures,
    OutcomeIndicator,
    PeriodState,
    ReportingPeriod,
    Result,
    Sex,
)
from partnerships.schedules import ReportFrequency

QUANTUM = Decimal("0.0001")
PERIOD: dict[str, Any] = {
    "id": 5,
    "starts_on": "2026-01-01",
    "ends_on": "2026-09-30",
    "due_on": "2026-10-30",
    "state": "approved",
}
PERIOD_WITH_RESULTS: dict[str, Any] = {
    **PERIOD,
    "state": "in_progress",
    "recorded": [{"indicator": "PS.1", "result": 18}],
}
RESULTS: dict[str, Any] = {
    "periods": [PERIOD],
    "indicators": [
        {
            "code": "PS.1",
            "title": "Children identified who received care",
            "level": "outcome",
            "measure": "people",
            "unit": "children",
            "baseline": "40.0000",
            "target": None,
            "value": "64.0000",
            "open_findings": 0,
            "missing": {"target": "not_set"},
            "years": [{"fiscal_year": 2026, "target": "60.0000", "value": "64.0000", "missing": {}}],
            "parts": [
                {
                    "breakdown": "region",
                    "row": "Volta",
                    "column": "all",
                    "value": None,
                    "missing": {"value": "fewer_than_5"},
                }
            ],
        }
    ],
}
NEW_RESULT = {"period": 5, "indicator": "PS.1", "value": "64", "evidence": "Report of 2026-10-20"}
RESULT = {
    "id": 18,
    "period": 5,
    "indicator": "PS.1",
    "award": None,
    "value": "64.0000",
    "numerator": None,
    "denominator": None,
    "no_data_reason": "",
    "not_disaggregated": "",
    "narrative": "",
    "evidence": "Report of 2026-10-20",
    "replaces": None,
    "missing": {
        "award": "not_applicable",
        "numerator": "not_applicable",
        "denominator": "not_applicable",
        "replaces": "not_applicable",
    },
}


@dataclass(frozen=True, slots=True)
class PublishedYear:
    """One fiscal year of an indicator, as it may be published."""

    fiscal_year: int
    target: Decimal | None
    value: Decimal | Missing


@dataclass(frozen=True, slots=True)
class PublishedPart:
    """One part of the value of the whole partnership, or why it is hidden."""

    breakdown: Breakdown
    row: str
    column: str
    value: Decimal | Missing


@dataclass(frozen=True, slots=True)
class PublishedIndicator:
    """An indicator with its targets and results, as they may be published.

    `open_findings` counts the findings of visits and assessments on it that are not closed.
    """

    indicator: OutcomeIndicator
    target: Decimal | None
    value: Decimal | Missing
    open_findings: int
    years: Sequence[PublishedYear]
    parts: Sequence[PublishedPart]


def quantity(help_text: str, column: str) -> serializers.DecimalField:
    """Return a field for a count or measurement, as text with four decimals, or null."""
    field = serializers.DecimalField(max_digits=18, decimal_places=4, allow_null=True, help_text=help_text)
    # Results are stored with four decimals; an average may have more.
    return computed(field, lambda value: value.quantize(QUANTUM) if isinstance(value, Decimal) else value, column)


class PeriodSerializer(RowSerializer[ReportingPeriod]):
    """A range of days for which results are reported."""

    id = serializers.IntegerField(help_text="The number.")
    starts_on = day_field("The first day.", allow_null=False)
    ends_on = day_field("The last day.", allow_null=False)
    due_on = day_field("The day its report is due.", allow_null=False)
    state = serializers.ChoiceField(
        choices=PeriodState.choices, help_text="The state; you can record results only in an open period."
    )


class RecordedSerializer(RowSerializer[Result]):
    """A recorded result of an indicator. Its value is published once the report is approved."""

    indicator = text_field("The code of the indicator.", source="indicator.code")
    result = serializers.IntegerField(source="id", help_text="The number of the result.")


@example("A reporting period", PERIOD_WITH_RESULTS)
class OnePeriodSerializer(PeriodSerializer):
    """A range of days for which results are reported, with the indicators that have a result."""

    recorded = RecordedSerializer(source="results", many=True)


@example("Periods added", {"added": [PERIOD_WITH_RESULTS | {"state": "no_data", "recorded": []}]})
class PeriodsSerializer(serializers.Serializer[Any]):
    """The reporting periods that were added."""

    added = OnePeriodSerializer(many=True)


@example("Half-years", {"frequency": "semiannual"})
class NewPeriodsSerializer(BodySerializer):
    """The frequency of reports."""

    frequency = serializers.ChoiceField(
        choices=[(f.value, f.value) for f in ReportFrequency if f is not ReportFrequency.FINAL],
        help_text="How often there is a report.",
    )


@example("Steps of a period", {"state": "in_progress", "steps": [AVAILABLE_STEP]})
class PeriodStepsSerializer(serializers.Serializer[Any]):
    """The steps available from the current state of a period."""

    state = serializers.ChoiceField(choices=PeriodState.choices, help_text="The current state.")
    steps = OfferedStepSerializer(many=True)


@example("A report handed in", {"name": "submit", "on": "2026-10-20"})
class TakePeriodStepSerializer(BodySerializer):
    """The step to take."""

    name = serializers.ChoiceField(
        choices=[(t.name, t.label) for t in states.PERIOD.transitions], help_text="The name of the step."
    )
    on = Day(required=False, help_text="The date of the step; today if omitted.")
    reason = optional_text("The comment, if the step requires one.", 2000)


class YearSerializer(RowSerializer[PublishedYear]):
    """One fiscal year of an indicator."""

    fiscal_year = serializers.IntegerField(help_text="The U.S. fiscal year.")
    target = quantity("The target.", "target")
    value = quantity("The result.", "value")
    missing = MissingReasons()


class PartSerializer(RowSerializer[PublishedPart]):
    """One part of the value of the whole partnership. A row or column named `all` is not broken down further."""

    missing_reason = "suppressed"

    breakdown = serializers.ChoiceField(choices=Breakdown.choices, help_text="The breakdown.")
    row = text_field("Sex, form of trafficking or region.")
    column = text_field("Age.")
    value = quantity("The count.", "value")
    missing = MissingReasons()


class MeasuredSerializer(RowSerializer[PublishedIndicator]):
    """One indicator of the partnership with its targets and results."""

    code = text_field("The code.", source="indicator.code")
    title = text_field("The title.", source="indicator.title")
    level = serializers.ChoiceField(
        source="indicator.level", choices=Level.choices, help_text="The level: output, outcome, or impact."
    )
    measure = serializers.ChoiceField(
        source="indicator.measure", choices=Measures.choices, help_text="The kind of measure."
    )
    unit = text_field("The unit.", source="indicator.unit")
    baseline = quantity("The baseline.", "indicator__baseline_value")
    target = quantity("The target of the whole partnership.", "target")
    value = quantity("The result so far.", "value")
    open_findings = serializers.IntegerField(
        help_text="The number of findings of visits or assessments on its values that are not closed."
    )
    missing = MissingReasons()
    years = YearSerializer(many=True)
    parts = PartSerializer(many=True)


@example("Results", RESULTS)
class ResultsSerializer(serializers.Serializer[Any]):
    """Reporting periods and indicators of a partnership."""

    periods = PeriodSerializer(many=True)
    indicators = MeasuredSerializer(many=True)


class NewPartSerializer(BodySerializer):
    """One part of a value: by sex and age, or by a category."""

    breakdown = serializers.ChoiceField(choices=Breakdown.choices, help_text="The breakdown.")
    sex = serializers.ChoiceField(
        choices=Sex.choices, required=False, allow_blank=True, default="", help_text="Sex, if broken down by sex."
    )
    age = serializers.ChoiceField(
        choices=AgeGroup.choices, required=False, allow_blank=True, default="", help_text="Age, if broken down by age."
    )
    category = serializers.CharField(
        max_length=80, required=False, allow_blank=True, default="", help_text="Form of trafficking or region."
    )
    value = serializers.DecimalField(max_digits=18, decimal_places=4, help_text="The count.")


def _note(help_text: str, length: int | None = None) -> serializers.CharField:
    return serializers.CharField(max_length=length, required=False, allow_blank=True, default="", help_text=help_text)


def _count(help_text: str) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=18, decimal_places=4, required=False, allow_null=True, default=None, help_text=help_text
    )


@example("A result to record", NEW_RESULT)
class NewResultSerializer(BodySerializer):
    """A result to record: a value, or the reason why there is none.

    Send nothing about an individual child.
    """

    period = serializers.IntegerField(help_text="The number of the reporting period.")
    indicator = serializers.CharField(max_length=20, help_text="The code of the indicator.")
    award = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        help_text="The number of the award that reports it; null for the partner government or the office.",
    )
    value = serializers.DecimalField(
        max_digits=18,
        decimal_places=4,
        allow_null=True,
        help_text="The value; null with a reason if there is none, or with the two counts of a share.",
    )
    numerator = _count("Of a share in percent: how many.")
    denominator = _count("Of a share in percent: of how many.")
    no_data_reason = _note("Why there is no value.", 300)
    not_disaggregated = _note("Why it is not broken down, if it should be.", 300)
    narrative = _note("What explains the value.")
    evidence = _note("Where to check it.", 500)
    replaces = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        help_text="The number of the result that this one replaces, as you last read it; null if there is none.",
    )
    parts = NewPartSerializer(many=True, required=False, default=list)


@example("A recorded result", RESULT)
class ResultSerializer(RowSerializer[Result]):
    """A result as it was recorded."""

    missing_reason = "not_applicable"
    missing_reasons = {"value": "not_recorded"}

    id = serializers.IntegerField(help_text="The number.")
    period = serializers.IntegerField(source="period_id", help_text="The number of the reporting period.")
    indicator = text_field("The code of the indicator.", source="indicator.code")
    award = serializers.IntegerField(
        source="award_id", allow_null=True, help_text="The number of the award that reports it."
    )
    value = quantity("The value.", "value")
    numerator = quantity("Of a share: how many.", "numerator")
    denominator = quantity("Of a share: of how many.", "denominator")
    no_data_reason = text_field("Why there is no value.")
    not_disaggregated = text_field("Why it is not broken down.")
    narrative = text_field("What explains the value.")
    evidence = text_field("Where to check it.")
    replaces = serializers.IntegerField(
        source="replaces_id", allow_null=True, help_text="The number of the result that it replaces."
    )
    missing = MissingReasons()
