"""Serializers of runs, rankings, and the parts of a score. Read-only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cpc.api.serializers import CodeAndNameSerializer, NullIfEmpty, example
from selection.lookups.adoptions import adoptions_by_table
from selection.model_definition.criteria_table import ModelTable, Stage
from selection.models import Adoption, CountryScore, CountryStatus, ScoreRun, StageChoice
from selection.models.runs import ScreenGroup
from selection.ranking.api.all_in import (
    ALL_IN_EXAMPLE,
    DRAWS_VARY,
    NOT_ALL_IN,
    NOT_DRAWN,
    AllInSerializer,
    all_in_of,
)
from selection.ranking.api.estimates import (
    DETAIL_EXAMPLE,
    ESTIMATE_EXAMPLE,
    DetailSerializer,
    detail_of,
)
from selection.ranking.api.parts import HurdleSerializer, LineSerializer
from selection.runs.all_in_figures import figures_of
from selection.runs.rows import chances
from selection.scoring_inputs.question import BESIDE, Beside

RUN_EXAMPLE = {
    "number": 1,
    "stage": "screen",
    "model": {"key": "cpc-default", "version": "1", "hash": "0" * 64},
    "as_of": 15,
    "as_of_at": "2026-11-20T15:04:11.302145Z",
    "reference_date": "2026-11-21",
    "published_by": "2026-11-21",
    "beside": None,
    "snapshot_hash": "0" * 64,
    "engine_version": "1.0",
    "seed": "8143902246111",
    "draws": 10000,
    "ranked": 160,
    "created_at": "2026-11-21T09:12:44.018277Z",
    "adopted_on": None,
}
ROW_EXAMPLE = {
    "rank": 12,
    "country": {"code": "GHA", "name": "Ghana"},
    "status": "ranked",
    "reason": "",
    "score": 57.04,
    "reason_code": None,
    "place": 12,
    "rank_interval": {"low": 7, "median": 12, "high": 21},
    "place_interval": None,
    "within_short": 0.31,
    "within_first": 0.74,
    "designs": 0.82,
    "group": "open",
    "region": "Africa",
    "region_rank": 6,
    "detail": DETAIL_EXAMPLE,
    "all_in": ALL_IN_EXAMPLE,
    "all_in_missing": None,
    "equal_display": False,
    "need": 41.3,
    "feasibility": 72.8,
    "coverage": 1.0,
    "lower": 57.04,
    "upper": 57.04,
    "income": "LM",
    "tier": "Tier 2",
    "tier_quality": "stated",
}


class ModelReferenceSerializer(serializers.Serializer[ScoreRun]):
    """The scoring model a run used."""

    key = serializers.CharField(source="model_key", help_text="The model's name.")
    version = serializers.CharField(source="model_version", help_text="Its version.")
    hash = serializers.CharField(source="model_hash", help_text="SHA-256 of the model as the engine computed it.")


def adoption_from(context: Mapping[str, Any], run: ScoreRun) -> Adoption | None:
    """Return the adoption of a run's model. An endpoint may pass those it has read as `adoptions`."""
    if "adoptions" not in context:
        context["adoptions"] = adoptions_by_table()  # type: ignore[index]  # the stubs hide that it is a dict
    found: Adoption | None = context["adoptions"].get(run.table_hash)
    return found


@example("A run", RUN_EXAMPLE)
class RunSerializer(serializers.ModelSerializer[ScoreRun]):
    """One scoring of all candidates. It never changes and can be computed again from the data named here."""

    number = serializers.IntegerField(source="pk", help_text="The number of the run.")
    stage = serializers.ChoiceField(choices=StageChoice.choices, help_text="Desk screen or full score.")
    model = ModelReferenceSerializer(source="*")
    published_by = serializers.SerializerMethodField(
        help_text="Only values published by this date count; null if the model uses everything that is loaded."
    )
    beside = serializers.SerializerMethodField(
        help_text="Why it is not the current ranking: `day` (only the date differs) or `look_back` (as known on a "
        "past date); null if it is or was the current ranking."
    )
    adopted_on = serializers.SerializerMethodField(
        help_text="The date on which the office adopted this version of the model; null while it is illustrative."
    )

    class Meta:
        model = ScoreRun
        fields = (
            "number",
            "stage",
            "model",
            "as_of",
            "as_of_at",
            "reference_date",
            "published_by",
            "beside",
            "snapshot_hash",
            "engine_version",
            "seed",
            "draws",
            "ranked",
            "created_at",
            "adopted_on",
        )
        extra_kwargs = {
            "as_of": {"help_text": "The publication number whose observations were scored."},
            "as_of_at": {"help_text": "When that publication was completed."},
            "reference_date": {"help_text": "The date to which the ages of values are counted."},
            "snapshot_hash": {"help_text": "SHA-256 of the input values."},
            "engine_version": {"help_text": "The version of the engine."},
            "seed": {"help_text": "The seed of the draws, as text: it may be larger than a JSON number holds."},
            "draws": {"help_text": "Number of draws used for the intervals."},
            "ranked": {"help_text": "Number of countries with a rank."},
            "created_at": {"help_text": "When the run was computed."},
        }

    # drf-spectacular takes the docstring of such a method for its field, until `help_text` replaces it.
    def get_published_by(self, run: ScoreRun) -> dt.date:
        """Return the day by which values were published."""
        return run.reference_date

    @extend_schema_field(serializers.ChoiceField(choices=[why.value for why in Beside], allow_null=True))
    def get_beside(self, run: ScoreRun) -> str | None:
        """Return why the run was computed in addition to the default one; None for an ordinary run."""
        why: str | None = run.inputs.get(BESIDE)
        return why

    def get_adopted_on(self, run: ScoreRun) -> dt.date | None:
        """Return the day of the adoption."""
        adoption = adoption_from(self.context, run)
        return adoption.adopted_on if adoption else None


class RankIntervalSerializer(serializers.Serializer[CountryScore]):
    """Ranks that 5, 50 and 95 percent of the draws reach or better: a share of assumptions, no confidence interval.

    `draws_vary` of the ranking names what the draws vary.
    """

    low = serializers.IntegerField(source="rank_low", help_text="The rank reached or beaten in 5% of the draws.")
    median = serializers.IntegerField(
        source="rank_median", help_text="The rank reached or beaten in half of the draws."
    )
    high = serializers.IntegerField(source="rank_high", help_text="The rank reached or beaten in 95% of the draws.")


class RankingRowSerializer(serializers.ModelSerializer[CountryScore]):
    """A country in a run. Scores are 0 to 100. A country without a rank is unranked, never last."""

    country = CodeAndNameSerializer()
    status = serializers.ChoiceField(choices=CountryStatus.choices, help_text="The status of the country.")
    rank_interval = serializers.SerializerMethodField(help_text="90% interval of the rank; null without a rank.")
    place_interval = serializers.SerializerMethodField(
        help_text="For a provisional country, the places among the ranked that it has in 90% of the draws."
    )
    reason_code = NullIfEmpty(
        allow_null=True,
        help_text="Why it is outside the pool (`tier3`, `high_income` ...), or the missing evidence (`E1,E2`).",
    )
    within_short = serializers.FloatField(
        source="p10",
        allow_null=True,
        help_text="Share of draws within the run's `short`; null without draws. See `draws_vary` of the ranking.",
    )
    within_first = serializers.FloatField(
        source="p20",
        allow_null=True,
        help_text="Share of draws within the run's `first`; null without draws. See `draws_vary` of the ranking.",
    )
    group = serializers.ChoiceField(
        choices=ScreenGroup.choices,
        allow_null=True,
        help_text="Among the first `first` in nearly all draws (`in`), in almost none (`out`), or in some (`open`). "
        "Where the draws do not vary the method, the shares of methods count as well.",
    )
    region = NullIfEmpty(allow_null=True, help_text="Region of the Department of State at the time of the run.")
    detail = serializers.SerializerMethodField(help_text="Bands, widths by source of doubt, best and worst case.")
    all_in = serializers.SerializerMethodField(
        help_text="Figures of a run whose draws vary the method too; null for other runs, with `all_in_missing`."
    )
    all_in_missing = serializers.SerializerMethodField(help_text="Why `all_in` is null; null if it is not.")

    class Meta:
        model = CountryScore
        fields = tuple(ROW_EXAMPLE)
        extra_kwargs = {
            "rank": {"help_text": "Competition rank: equal scores share a rank. Null if there is none."},
            "reason": {"help_text": "Why there is no rank; empty if there is one."},
            "score": {"help_text": "The score, 0 to 100."},
            "equal_display": {
                "help_text": "Whether a neighbor in rank has the same score when rounded to one decimal."
            },
            "need": {"help_text": "The score of the need branch, 0 to 100."},
            "feasibility": {"help_text": "The score of the feasibility branch, 0 to 100."},
            "coverage": {"help_text": "The share of the weight that is known, 0 to 1."},
            "lower": {"help_text": "The score if all unknown values were at their worst."},
            "upper": {"help_text": "The score if all unknown values were at their best."},
            "income": {"help_text": "Income group: L, LM, UM, or H; empty if unknown."},
            "tier": {"help_text": "The TIP Report tier that was scored, or is shown but does not score."},
            "tier_quality": {"help_text": "The quality of the tier."},
            "place": {"help_text": "The rank that its score has, or would have if it were ranked."},
            "designs": {"help_text": "Share of the designs of the method in which it is among the first `first`."},
            "region_rank": {"help_text": "Its rank among the ranked countries of its region."},
        }

    @extend_schema_field(RankIntervalSerializer(allow_null=True))
    def get_rank_interval(self, row: CountryScore) -> dict[str, Any] | None:
        """Return the rank interval of a ranked country; None if it took no part in the draws."""
        return dict(RankIntervalSerializer(row).data) if row.rank_low is not None and row.rank is not None else None

    @extend_schema_field(RankIntervalSerializer(allow_null=True))
    def get_place_interval(self, row: CountryScore) -> dict[str, Any] | None:
        """Return the places of a country without a rank of its own."""
        return dict(RankIntervalSerializer(row).data) if row.rank_low is not None and row.rank is None else None

    @extend_schema_field(DetailSerializer(allow_null=True))
    def get_detail(self, row: CountryScore) -> dict[str, Any] | None:
        return detail_of(row)

    @extend_schema_field(AllInSerializer(allow_null=True))
    def get_all_in(self, row: CountryScore) -> dict[str, Any] | None:
        return all_in_of(row)

    def get_all_in_missing(self, row: CountryScore) -> str | None:
        """Return why the country has no such findings."""
        if figures_of(row.detail) is not None:
            return None
        return NOT_DRAWN if row.run.is_all_in else NOT_ALL_IN

    def to_representation(self, instance: CountryScore) -> dict[str, Any]:
        return {**super().to_representation(instance), "group": instance.group or None}


@example(
    "The newest run",
    {
        "run": RUN_EXAMPLE,
        "illustrative": True,
        "share_of_full_model": 0.7,
        "first": 20,
        "short": 10,
        "draws_vary": "data_weights_method",
        "countries": [ROW_EXAMPLE],
    },
)
class RankingSerializer(serializers.Serializer[ScoreRun]):
    """A run with all its countries: the ranked ones by rank and name, then the others by name."""

    run = RunSerializer(source="*")
    illustrative = serializers.SerializerMethodField(
        help_text="The office has not adopted this version of the model; its weights are illustrative, not policy."
    )
    share_of_full_model = serializers.SerializerMethodField(
        help_text="The share of the full model's weight that this stage uses, 0 to 1."
    )
    first = serializers.SerializerMethodField(help_text="The N of `within_first`.")
    short = serializers.SerializerMethodField(help_text="The N of `within_short`.")
    draws_vary = serializers.SerializerMethodField(
        help_text="What the draws behind intervals, shares, and groups vary: data, weights, and method; or data "
        "and weights (models up to version 3)."
    )
    countries = RankingRowSerializer(source="rows", many=True)

    @extend_schema_field(serializers.ChoiceField(choices=DRAWS_VARY))
    def get_draws_vary(self, run: ScoreRun) -> str:
        every, inner = DRAWS_VARY
        return every if ModelTable.from_dict(run.table).is_all_in else inner

    def get_first(self, run: ScoreRun) -> int:
        """Return the N of the first N."""
        return ModelTable.from_dict(run.table).first

    def get_short(self, run: ScoreRun) -> int:
        """Return the smaller N."""
        return int(run.table["method"].get("short", 10))

    def get_illustrative(self, run: ScoreRun) -> bool:
        """Return whether the version lacks adoption by the office."""
        return adoption_from(self.context, run) is None

    def get_share_of_full_model(self, run: ScoreRun) -> float:
        """Return the share of the full model's weight that the stage carries."""
        return ModelTable.from_dict(run.table).share_of_full(Stage(run.stage))


@example(
    "Ghana in a run",
    {
        "run": RUN_EXAMPLE,
        **ROW_EXAMPLE,
        "criteria": [
            {
                "key": "prevalence",
                "label": "Prevalence of modern slavery",
                "factor": "Prevalence and forms of child trafficking",
                "indicator": "gsi.prevalence",
                "state": "observed",
                "normalized": 0.181,
                "clipped": False,
                "nominal_weight": 0.25,
                "effective_weight": 0.25,
                "points": 4.53,
                "points_lost": 20.47,
                "points_owed": 0.0,
                "missing": None,
                "observation": 48695,
                "observations": [48695, 48021],
                "shown": None,
                "estimate": ESTIMATE_EXAMPLE,
            }
        ],
        "hurdles": [
            {"key": "tier3", "label": "Not on Tier 3", "verdict": "pass", "waived": False, "probability": None}
        ],
    },
)
class CountryScoreSerializer(RankingRowSerializer):
    """A country in a run with every part of its score, each leading to its observation."""

    run = RunSerializer()
    criteria = serializers.SerializerMethodField(help_text="All criteria, in the order of the model.")
    hurdles = serializers.SerializerMethodField(help_text="All hurdles of the model.")

    class Meta(RankingRowSerializer.Meta):
        fields = ("run", *RankingRowSerializer.Meta.fields, "criteria", "hurdles")

    @extend_schema_field(LineSerializer(many=True))
    def get_criteria(self, row: CountryScore) -> list[dict[str, Any]]:
        """Return the stored lines with the names that the run's own model gives them."""
        table = ModelTable.from_dict(row.run.table)
        lines = []
        for line in row.lines:
            criterion = table.row(line["key"])
            names = {"label": criterion.label, "factor": criterion.factor, "indicator": criterion.indicator}
            own = [line["observation"]] if line["observation"] else []
            absent = {"observations": own, "estimate": None}
            lines.append(dict(LineSerializer({**absent, **line, **names}).data))
        return lines

    @extend_schema_field(HurdleSerializer(many=True))
    def get_hurdles(self, row: CountryScore) -> list[dict[str, Any]]:
        """Return the stored hurdles; with a probability where a number with a published error is compared."""
        known = chances(row.hurdles, ModelTable.from_dict(row.run.table))
        return [
            dict(HurdleSerializer({**hurdle, "probability": known[hurdle["key"]].probability}).data)
            for hurdle in row.hurdles
        ]
