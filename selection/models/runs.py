"""Score runs: the model's result for every country, with the data used, stored so that a run can be replayed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.triggers import append_only
from cpc.days import DayField
from indicators.models import Country, never_of_sample
from selection.model_definition.criteria_table import Stage


class StageChoice(models.TextChoices):
    SCREEN = Stage.SCREEN.value, "Desk screen"
    FULL = Stage.FULL.value, "Full score"


class CountryStatus(models.TextChoices):
    """Status of a country in a run. A country without a rank is unranked, never last."""

    RANKED = "ranked", "Ranked"
    UNRANKED_COVERAGE = "unranked_coverage", "Too little known"
    UNRANKED_REQUIRED = "unranked_required", "A required part is not known"
    SCREENED_OUT = "screened_out", "Screened out"
    UNDETERMINED = "undetermined", "A hurdle is not known"
    NOT_CANDIDATE = "not_candidate", "Not a candidate"
    NOT_LISTED = "not_listed", "Not listed in the TIP Report"
    PROVISIONAL = "provisional", "Provisional"
    OUTSIDE_POOL = "outside_pool", "Outside the pool"
    NOT_RANKABLE = "not_rankable", "Not rankable"


class ScreenGroup(models.TextChoices):
    """The group of a ranked country: among the first N on nearly every reading, on some, or on none."""

    IN = "in", "In"
    OPEN = "open", "Open"
    OUT = "out", "Out"


class ScoreRun(models.Model):
    """Scoring of all candidates. Immutable: the database rejects every change.

    `table` is the whole model as it was, `as_of` the publication number whose observations were scored, and
    `reference_date` the day to which ages are counted. Together with `engine_version`, `seed` and `draws` they
    determine `result`, the engine's output as plain data. For the full score of a round `inputs` adds the pool
    (`candidates`, codes) and the ratings that counted (`ratings`: criterion, country, keys of `Rating`). For a model
    with a method it also has the decisions that define the pool (`pool`, see `selection.pool_rules.pools.PoolInputs`).
    If the model expects an edition each year, `unpublished` has the statements in force that one is not published.
    """

    stage = models.CharField(max_length=10, choices=StageChoice.choices)
    model_key = models.CharField(max_length=60)
    model_version = models.CharField(max_length=20)
    table: models.JSONField[Any, Any] = models.JSONField()
    table_hash = models.CharField(max_length=64)
    model_hash = models.CharField(max_length=64)
    as_of = models.IntegerField()
    as_of_at = models.DateTimeField(null=True, blank=True)
    reference_date = DayField()
    inputs: models.JSONField[Any, Any] = models.JSONField(default=dict)
    inputs_hash = models.CharField(max_length=64, blank=True, default="", help_text="SHA-256 of the inputs.")
    snapshot_hash = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=20)
    seed = models.CharField(max_length=40)
    draws = models.IntegerField()
    periods: models.JSONField[Any, Any] = models.JSONField(default=dict)
    ranked = models.IntegerField()
    result: models.JSONField[Any, Any] = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="score_runs"
    )

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                name="score_run_once",
                fields=("stage", "table_hash", "as_of", "reference_date", "engine_version", "inputs_hash"),
                violation_error_code="same_run",
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"Run {self.pk}"

    @property
    def is_all_in(self) -> bool:
        """Return whether its draws vary the method as well as data and weights.

        Most queries defer `table`. Where a ranking is there, ask that instead.
        """
        return bool((self.table.get("method") or {}).get("all_in"))


class CountryScore(models.Model):
    """Result of one country in a run, as read by the list and the country page.

    Scores are 0 to 100. `lines` has one entry per criterion: state, u, weights, points, and the id of the observation
    used (`observation`) or shown (`shown`); `hurdles` has one per hurdle. Under a model with a method a line adds
    `estimate` and the ids of every observation behind it (`observations`).

    `rank_low`, `rank_median` and `rank_high` are ranks at 5, 50 and 95 percent of the draws. For a provisional country
    they are the places it would take among the ranked, and `place` is the one by its best estimates. `p10` and `p20`
    are the shares of draws within the model's smaller and greater N, `designs` that of the method's designs within the
    greater. `reason_code` names the reason outside the pool, or the missing evidence. `detail` holds bands of ranks
    (`bins`), widths of the interval by source of doubt (`widths`), best and worst case and the interval over designs;
    from engine 2.1.0 on also the interval by source (`ranges`), need and feasibility at 5 and 95 percent of the draws
    (`axes`), and the ranks under each change of a single choice, in the order of the run's designs (`singles`).

    If the draws are all-in (`ScoreRun.is_all_in`), interval, shares, and group are of data, weights, and method, and
    `detail` adds what `selection.runs.all_in_figures` reads.
    """

    run = models.ForeignKey(ScoreRun, on_delete=models.PROTECT, related_name="countries")
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="scores")
    status = models.CharField(max_length=20, choices=CountryStatus.choices)
    reason = models.TextField(blank=True)
    rank = models.SmallIntegerField(null=True, blank=True)
    rank_low = models.SmallIntegerField(null=True, blank=True)
    rank_median = models.SmallIntegerField(null=True, blank=True)
    rank_high = models.SmallIntegerField(null=True, blank=True)
    equal_display = models.BooleanField(default=False)
    score = models.FloatField(null=True, blank=True)
    need = models.FloatField(null=True, blank=True)
    feasibility = models.FloatField(null=True, blank=True)
    coverage = models.FloatField(null=True, blank=True)
    lower = models.FloatField(null=True, blank=True)
    upper = models.FloatField(null=True, blank=True)
    income = models.CharField(max_length=5, blank=True)
    tier = models.CharField(max_length=30, blank=True)
    tier_quality = models.CharField(max_length=12, blank=True)
    nodes: models.JSONField[Any, Any] = models.JSONField(default=dict)
    lines: models.JSONField[Any, Any] = models.JSONField(default=list)
    hurdles: models.JSONField[Any, Any] = models.JSONField(default=list)
    reason_code = models.CharField(max_length=60, blank=True)
    place = models.SmallIntegerField(null=True, blank=True)
    p10 = models.FloatField(null=True, blank=True)
    p20 = models.FloatField(null=True, blank=True)
    designs = models.FloatField(null=True, blank=True)
    group = models.CharField(max_length=4, choices=ScreenGroup.choices, blank=True)
    region = models.CharField(max_length=60, blank=True)
    region_rank = models.SmallIntegerField(null=True, blank=True)
    detail: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        ordering = ("run", "rank", "country__name")
        constraints = (
            models.UniqueConstraint(name="country_score_once", fields=("run", "country")),
            models.CheckConstraint(
                name="country_score_rank_only_if_ranked",
                condition=Q(status="ranked", rank__isnull=False, score__isnull=False)
                | (~Q(status="ranked") & Q(rank__isnull=True)),
            ),
        )
        triggers = (*append_only(), *never_of_sample())

    def __str__(self) -> str:
        return f"{self.country} in {self.run}"

    def axis_range(self, axis: str) -> tuple[float, float] | None:
        """Return what 90% of the draws give the country on an axis, 0 to 100; None if the run does not know it."""
        ends = self.detail.get("axes", {}).get(axis)
        return (ends[0], ends[1]) if ends else None
