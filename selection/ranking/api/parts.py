"""Serializers of the parts of a country's score: criteria and hurdles."""

from typing import Any

from rest_framework import serializers

from cpc.api.serializers import NullIfEmpty
from selection.ranking.api.estimates import EstimateSerializer
from selection.scoring.missing import CellState

STATES = [(state.name.lower(), state.name.lower().replace("_", " ")) for state in CellState]
VERDICTS = ("pass", "fail", "unknown")


class LineSerializer(serializers.Serializer[dict[str, Any]]):
    """One criterion of a country's score. The points of all lines add up to the score."""

    key = serializers.CharField(help_text="The criterion.")
    label = serializers.CharField(help_text="Its name.")  # type: ignore[assignment]  # hides `Field.label`
    factor = serializers.CharField(help_text="The factor of the fact sheet that it measures.")
    indicator = serializers.CharField(help_text="Code of its indicator; empty if analysts rate it.")
    state = serializers.ChoiceField(choices=STATES, help_text="How its value was obtained.")
    normalized = serializers.FloatField(source="u", allow_null=True, help_text="The value as scored, 0 to 1.")
    clipped = serializers.BooleanField(help_text="Whether the value is beyond a goalpost.")
    nominal_weight = serializers.FloatField(help_text="Its share of the total weight if nothing is missing.")
    effective_weight = serializers.FloatField(
        help_text="Its share after the weight of missing criteria is redistributed."
    )
    points = serializers.FloatField(help_text="Points it adds to the score, of 100.")
    points_lost = serializers.FloatField(help_text="Points it costs the score, of 100.")
    points_owed = serializers.FloatField(
        help_text="The part of its points that comes from the weight of missing criteria."
    )
    missing = NullIfEmpty(allow_null=True, help_text="Why there is no value to score; null if there is one.")
    observation = serializers.IntegerField(
        allow_null=True, help_text="The observation scored; /api/v1/observations/<number>/ leads to its cell."
    )
    observations = serializers.ListField(
        child=serializers.IntegerField(), help_text="Every observation that the value is based on, newest first."
    )
    shown = serializers.IntegerField(allow_null=True, help_text="An observation that is shown but does not score.")
    estimate = EstimateSerializer(
        allow_null=True, help_text="The estimate that counts instead of the published value, and its error."
    )


class HurdleSerializer(serializers.Serializer[dict[str, Any]]):
    """One hurdle of a country."""

    key = serializers.CharField(help_text="The hurdle.")
    label = serializers.CharField(help_text="Its name.")  # type: ignore[assignment]  # hides `Field.label`
    verdict = serializers.ChoiceField(choices=VERDICTS, help_text="Unknown if a value it needs is missing.")
    waived = serializers.BooleanField(help_text="Whether it does not apply to this country.")
    probability = serializers.FloatField(
        allow_null=True, help_text="The probability of passing, if a number with a published error is compared."
    )
