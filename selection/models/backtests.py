"""Backtests: the ranks that past partners would have had, computed from one stored run."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from cpc.database.triggers import append_only
from selection.models.runs import ScoreRun


class Backtest(models.Model):
    """Backtest of a run. Immutable: the database rejects every change.

    The backtest uses the run's model, publication number, and reference date, so data imported later does not change
    it. `inputs` are the partnerships it is about (see `selection.backtest.queries.Asked`). Together with the run,
    `engine_version`, `seed` and `draws` they determine `result`, which `selection.backtest.Findings` reads. `shift` is
    the number of years by which every cutoff is moved back.
    """

    run = models.ForeignKey(ScoreRun, on_delete=models.PROTECT, related_name="backtests")
    shift = models.PositiveSmallIntegerField()
    inputs: models.JSONField[Any, Any] = models.JSONField()
    inputs_hash = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=20)
    seed = models.CharField(max_length=40)
    draws = models.IntegerField()
    result: models.JSONField[Any, Any] = models.JSONField()
    computed_at = models.DateTimeField(db_default=Now(), editable=False)
    computed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                name="backtest_once",
                fields=("run", "inputs_hash", "engine_version"),
                violation_error_code="same_backtest",
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"Backtest {self.pk} of {self.run}"
