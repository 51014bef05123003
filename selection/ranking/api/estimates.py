"""Estimates and doubt in the REST interface: values for a model with a method, null for any other."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cpc.api.serializers import NullIfEmpty
from selection.models import CountryScore

ESTIMATE_EXAMPLE = {
    "source": "pooled",
    "measured": True,
    "age": 5,
    "best": 4.66,
    "low": 3.21,
    "high": 6.78,
    "share": None,
    "error": 0.227,
    "published": [
        {"value": 2.9, "label": None, "year": 2021, "series": "gsi_2023"},
        {"value": 4.84, "label": None, "year": 2016, "series": "gsi_2018"},
    ],
    "peers": [],
    "moves": {},
    "datum": 0.04,
}
DETAIL_EXAMPLE = {
    "bins": [0.3, 0.18, 0.29, 0.19, 0.04],
    "widths": {
        "measurement": 18,
        "age": 23,
        "bridge": 0,
        "missing": 0,
        "weights": 21,
        "data": 26,
        "overdue": 14,
        "data_weights": 31,
        "total": 35,
        "designs": 27,
    },
    "best": 1,
    "worst": 74,
    "designs_interval": [2, 29],
}


class PublishedSerializer(serializers.Serializer[dict[str, Any]]):
    """One observation behind an estimate, as it is published."""

    value = serializers.FloatField(allow_null=True, help_text="The number; null for a label.")
    label = NullIfEmpty(allow_null=True, help_text="The label; null for a number.")  # type: ignore[assignment]  # hides `Field.label`
    year = serializers.IntegerField(help_text="The year that the value describes.")
    series = NullIfEmpty(allow_null=True, help_text="The series of the criterion, if it has more than one.")


class EstimateSerializer(serializers.Serializer[dict[str, Any]]):
    """The best estimate of one criterion, which counts instead of the published value, and its error."""

    source = NullIfEmpty(  # type: ignore[assignment]  # hides `Field.source`
        allow_null=True,
        help_text="`own`, `pooled` (all editions), `combined` (two surveys), the key of a sister series, `peers` "
        "(similar countries), `range` (the whole scale of a missing rating), or null if the criterion does not apply.",
    )
    measured = serializers.BooleanField(
        help_text="Whether it is based on a value of the country, its own or a sister series'."
    )
    age = serializers.IntegerField(allow_null=True, help_text="Years from the value to the date of the run.")
    best = serializers.FloatField(allow_null=True, help_text="The best estimate in the unit; null for labels and gaps.")
    low = serializers.FloatField(allow_null=True, help_text="Lower end of the middle 90% of its error, in the unit.")
    high = serializers.FloatField(allow_null=True, help_text="Upper end of the middle 90% of its error, in the unit.")
    share = serializers.FloatField(
        allow_null=True, help_text="Weight of the newer of two combined surveys; null for every other source."
    )
    error = serializers.FloatField(allow_null=True, help_text="Standard deviation on the scale of the criterion.")
    published = PublishedSerializer(many=True, help_text="The observations it is based on, newest first.")
    peers = serializers.ListField(child=serializers.CharField(), help_text="Codes of the countries that fill a gap.")
    moves = serializers.DictField(
        child=serializers.FloatField(),
        help_text="Share of draws in which the label of an older edition becomes each label.",
    )
    datum = serializers.FloatField(
        allow_null=True, help_text="How much knowing the true value would change the share of draws in the first N."
    )

    def to_representation(self, instance: dict[str, Any]) -> dict[str, Any]:
        """Return the plain values, with an empty list or dict for each part that the estimate does not hold."""
        return super().to_representation({"peers": [], "moves": {}, "published": [], **instance})


class WidthsSerializer(serializers.Serializer[dict[str, Any]]):
    """Width of the rank interval in places if one source of doubt alone is drawn. Widths do not add."""

    measurement = serializers.IntegerField(help_text="Errors of measurement.")
    age = serializers.IntegerField(help_text="Age of the values.")
    bridge = serializers.IntegerField(help_text="Values taken from sister series.")
    missing = serializers.IntegerField(help_text="Gaps.")
    weights = serializers.IntegerField(help_text="Weights.")
    data = serializers.IntegerField(  # type: ignore[assignment]  # hides `Serializer.data`
        help_text="All sources of doubt of the data."
    )
    overdue = serializers.IntegerField(
        allow_null=True,
        help_text="Labels of overdue editions, a part of `age`; null if none is overdue, and in runs before version 4.",
    )
    data_weights = serializers.IntegerField(
        allow_null=True, help_text="Data and weights; null in runs before version 4, whose `total` it is."
    )
    total = serializers.IntegerField(
        help_text="All that the draws vary: data, weights, and method, or data and weights before version 4."
    )
    designs = serializers.IntegerField(help_text="5% to 95% of the designs of the method.")


class DetailSerializer(serializers.Serializer[dict[str, Any]]):
    """Results of the draws and the designs for one country; parts that are not drawn for it are null."""

    bins = serializers.ListField(
        child=serializers.FloatField(),
        allow_null=True,
        help_text="Shares of draws in bands of ranks: half of `short`, to `short`, to `first`, to twice that, beyond.",
    )
    widths = WidthsSerializer(allow_null=True, help_text="Widths of the rank interval by source of doubt, in places.")
    best = serializers.IntegerField(allow_null=True, help_text="The place if every uncertain value were at its best.")
    worst = serializers.IntegerField(allow_null=True, help_text="The place if every uncertain value were at its worst.")
    designs_interval = serializers.ListField(
        child=serializers.IntegerField(), allow_null=True, help_text="Ranks from 5% to 95% of the designs."
    )


def detail_of(row: CountryScore) -> dict[str, Any] | None:
    """Return the detail of a row; None if nothing was drawn for the country."""
    shown = DetailSerializer(row.detail)
    return dict(shown.data) if shown.fields.keys() & row.detail.keys() else None
