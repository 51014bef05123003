"""The shapes of results over REST."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from cpc.api.serializers import BodySerializer
from partnerships.api_base import examples
from partnerships.api_base.serializers import a_day, a_text, missing
from partnerships.models import AgeGroup, Breakdown, Level, Measures, PeriodState, Sex


def quantity(words: str) -> serializers.DecimalField:
    """What is counted or measured, as text with four decimals, or null."""
    return serializers.DecimalField(max_digits=18, decimal_places=4, allow_null=True, help_text=words)


class PeriodSerializer(serializers.Serializer[Any]):
    """A stretch of days on which results are reported."""

    id = serializers.IntegerField(help_text="Its number.")
    starts_on = a_day("The first day.", may_be_null=False)
    ends_on = a_day("The last day.", may_be_null=False)
    due_on = a_day("The day its report is due.", may_be_null=False)
    state = serializers.ChoiceField(choices=PeriodState.choices, help_text="Where it stands; results need it open.")


class YearSerializer(serializers.Serializer[Any]):
    """One fiscal year of an indicator."""

    fiscal_year = serializers.IntegerField(help_text="The U.S. fiscal year.")
    target = quantity("What it is to reach.")
    value = quantity("What it has reached.")
    missing = missing()


class PartSerializer(serializers.Serializer[Any]):
    """One part of the value of the whole partnership. An empty row or column stands for all of them."""

    breakdown = serializers.ChoiceField(choices=Breakdown.choices, help_text="Along what it is broken down.")
    row = a_text("Sex, form of trafficking or region.")
    column = a_text("Age.")
    value = quantity("How many.")
    missing = missing()


class MeasuredSerializer(serializers.Serializer[Any]):
    """One indicator of the partnership with its targets and results."""

    code = a_text("Its code.")
    title = a_text("Its title.")
    level = serializers.ChoiceField(choices=Level.choices, help_text="What it tells of.")
    measure = serializers.ChoiceField(choices=Measures.choices, help_text="What is counted or measured.")
    unit = a_text("The unit.")
    baseline = quantity("Where it stood at the start.")
    target = quantity("What the whole partnership is to reach.")
    value = quantity("What it has reached so far.")
    missing = missing()
    years = YearSerializer(many=True)
    parts = PartSerializer(many=True)


@extend_schema_serializer(examples=[OpenApiExample("Results", value=examples.RESULTS)])
class ResultsSerializer(serializers.Serializer[Any]):
    """Reporting periods and indicators of a partnership."""

    periods = PeriodSerializer(many=True)
    indicators = MeasuredSerializer(many=True)


class NewPartSerializer(BodySerializer):
    """One part of a value: by sex and age, or by a category."""

    breakdown = serializers.ChoiceField(choices=Breakdown.choices, help_text="Along what it is broken down.")
    sex = serializers.ChoiceField(
        choices=Sex.choices, required=False, allow_blank=True, default="", help_text="Sex, where asked for."
    )
    age = serializers.ChoiceField(
        choices=AgeGroup.choices, required=False, allow_blank=True, default="", help_text="Age, where asked for."
    )
    category = serializers.CharField(
        max_length=80, required=False, allow_blank=True, default="", help_text="Form of trafficking or region."
    )
    value = serializers.DecimalField(max_digits=18, decimal_places=4, help_text="How many.")


def _note(words: str, length: int | None = None) -> serializers.CharField:
    return serializers.CharField(max_length=length, required=False, allow_blank=True, default="", help_text=words)


@extend_schema_serializer(examples=[OpenApiExample("A result to record", value=examples.NEW_RESULT)])
class NewResultSerializer(BodySerializer):
    """A result to record: a value, or the reason why there is none. Nothing about a single child."""

    period = serializers.IntegerField(help_text="The number of the reporting period.")
    indicator = serializers.CharField(max_length=20, help_text="The code of the indicator.")
    value = serializers.DecimalField(
        max_digits=18, decimal_places=4, allow_null=True, help_text="The value; null with a reason where there is none."
    )
    no_data_reason = _note("Why there is no value.", 300)
    not_disaggregated = _note("Why it is not broken down, where it should be.", 300)
    narrative = _note("What explains it.")
    evidence = _note("Where it can be checked.", 500)
    replaces = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        help_text="The number of the result in whose place this one comes, as you read it; null where there is none.",
    )
    parts = NewPartSerializer(many=True, required=False, default=list)


@extend_schema_serializer(examples=[OpenApiExample("A recorded result", value=examples.RESULT)])
class ResultSerializer(serializers.Serializer[Any]):
    """A result as it was recorded."""

    id = serializers.IntegerField(help_text="Its number.")
    period = serializers.IntegerField(help_text="The number of the reporting period.")
    indicator = a_text("The code of the indicator.")
    value = quantity("The value.")
    no_data_reason = a_text("Why there is no value.")
    not_disaggregated = a_text("Why it is not broken down.")
    narrative = a_text("What explains it.")
    evidence = a_text("Where it can be checked.")
    replaces = serializers.IntegerField(allow_null=True, help_text="The number of the result that it replaces.")
    missing = missing()
