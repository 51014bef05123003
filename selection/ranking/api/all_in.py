"""Figures in the REST interface that only a run with all-in draws has; null with a reason for any other."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from selection.models import CountryScore
from selection.models.runs import ScreenGroup
from selection.runs.all_in_figures import AllInFigures, DrawnRanks, FreeWeighting, figures_of

DRAWS_VARY = ("data_weights_method", "data_weights")
"""Sources of variation behind an interval."""

_DRAWN_EXAMPLE = {"low": 2, "median": 16, "high": 47, "within_first": 0.56, "within_short": 0.3}
ALL_IN_EXAMPLE = {
    "interval": {"low": 1, "median": 15, "high": 51, "within_first": 0.61, "within_short": 0.36},
    "data_weights": _DRAWN_EXAMPLE,
    "settled": {"low": 1, "median": 14, "high": 42, "within_first": 0.69, "within_short": 0.41, "group": "open"},
    "tier_holds": 0.68,
    "income_rank": 11,
    "reliability": {"value": 7.04, "settled": 7.73, "lost": {"tier": 0.69, "child_labour": 0.52}},
    "free_weights": {
        "within_first": 0.49,
        "low": 1,
        "high": 46,
        "confidence": 0.93,
        "weights": {"need": 0.38, "feasibility": 0.62},
    },
}

NOT_ALL_IN = "The draws of this run do not vary the method: it was made by an earlier model."
NOT_DRAWN = "Nothing was drawn for this country: it has no score, or its need is not known."


class DrawnSerializer(serializers.Serializer[DrawnRanks]):
    """Ranks of a country in 5, 50, and 95 percent of some draws, and its shares of them."""

    low = serializers.IntegerField(help_text="The rank reached or beaten in 5% of the draws.")
    median = serializers.IntegerField(help_text="The rank reached or beaten in half of the draws.")
    high = serializers.IntegerField(help_text="The rank reached or beaten in 95% of the draws.")
    within_first = serializers.FloatField(source="p20", help_text="Share of the draws within the run's `first`.")
    within_short = serializers.FloatField(
        source="p10",
        allow_null=True,
        help_text="Share of the draws within the run's `short`; null for a country without a rank.",
    )


class SettledSerializer(DrawnSerializer):
    """The same if no label of an overdue edition changes."""

    group = serializers.ChoiceField(
        choices=ScreenGroup.choices, allow_null=True, help_text="The group; null for a country without a rank."
    )

    def to_representation(self, instance: DrawnRanks) -> dict[str, Any]:
        return {**super().to_representation(instance), "group": instance.group or None}


class ReliabilitySerializer(serializers.Serializer[AllInFigures]):
    """Share of what separates countries that is fact rather than error, 0 to 10. It changes no rank."""

    value = serializers.FloatField(source="reliability", help_text="The reliability.")
    settled = serializers.FloatField(
        source="reliability_settled",
        allow_null=True,
        help_text="The same if no label of an overdue edition changes; null if none is overdue.",
    )
    lost = serializers.DictField(
        child=serializers.FloatField(), help_text="Points of the 10 that the error of each criterion takes."
    )


class FreeWeightsSerializer(serializers.Serializer[FreeWeighting]):
    """Ranks of a country if every weighting is as likely as any other; only the data and the weights are drawn."""

    within_first = serializers.FloatField(source="share", help_text="Share of the draws within the run's `first`.")
    low = serializers.IntegerField(help_text="The rank reached or beaten in 5% of the draws.")
    high = serializers.IntegerField(help_text="The rank reached or beaten in 95% of the draws.")
    confidence = serializers.FloatField(
        allow_null=True,
        help_text="Share within `first` under `weights`; null if fewer than 100 draws put the country there.",
    )
    weights = serializers.DictField(
        child=serializers.FloatField(),
        help_text="Mean weights of the draws within `first`, as shares of the parent; empty if `confidence` is null.",
    )


class AllInSerializer(serializers.Serializer[AllInFigures]):
    """Figures of one country over draws of data, weights, and method together, and of some of these alone."""

    interval = serializers.SerializerMethodField(
        help_text="The all-in ranks and shares. For a ranked or provisional country they are also in `rank_interval` "
        "or `place_interval`, `within_first`, and `within_short`; a country outside the pool has them here alone."
    )
    data_weights = DrawnSerializer(help_text="The draws of data and weights alone.")
    settled = SettledSerializer(
        allow_null=True, help_text="If no label of an overdue edition changes; null if no edition is overdue."
    )
    tier_holds = serializers.FloatField(
        source="holds",
        allow_null=True,
        help_text="All-in share within `first` of the draws in which its own tier stays as it is; null if there are "
        "none, or for a country outside the pool.",
    )
    income_rank = serializers.IntegerField(
        allow_null=True, help_text="Its rank among the ranked countries of its income group; null without a rank."
    )
    reliability = ReliabilitySerializer(source="*", help_text="Its reliability.")
    free_weights = FreeWeightsSerializer(
        source="free", allow_null=True, help_text="Free weights; null for a country without a rank."
    )

    @extend_schema_field(DrawnSerializer)
    def get_interval(self, _found: AllInFigures) -> dict[str, Any]:
        """Return the all-in ranks, which the row stores, not its detail."""
        return dict(DrawnSerializer(self.context["interval"]).data)


def all_in_of(row: CountryScore) -> dict[str, Any] | None:
    """Return the figures of a row; None if its run or its country has none."""
    found = figures_of(row.detail)
    return None if found is None else dict(AllInSerializer(found, context={"interval": _interval(row, found)}).data)


def _interval(row: CountryScore, found: AllInFigures) -> DrawnRanks:
    """Return the all-in ranks of a country: those of its row, or those that it would take from outside the pool."""
    if found.outside is not None:
        return found.outside
    return DrawnRanks(row.rank_low, row.rank_median, row.rank_high, row.p20, row.p10)  # type: ignore[arg-type]  # a row that was drawn has all
