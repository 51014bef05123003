"""Effects of updates: the ranking that publishing some files together would give, computed before it is done."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from cpc.days import DayField
from indicators.models import Update


class EffectState(models.TextChoices):
    COMPUTING = "computing", "Computing"
    RANKED = "ranked", "Ranks are there"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class UpdateEffect(models.Model):
    """Effect of publishing some imports of an update together, on the data of one publication number.

    `imports` are their numbers in ascending order, with commas. `table_hash` is that of the model of the ranking, and
    `reference_date` the day to which ages are counted. If any of these is another, the effect is out of date and is
    computed again. `found` is plain data; `selection.update_effect.found` reads it. With `ranked`, all but the draws
    are there.
    """

    update = models.ForeignKey(Update, on_delete=models.PROTECT, related_name="effects")
    imports = models.CharField(max_length=600)
    as_of = models.IntegerField()
    reference_date = DayField()
    table_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=EffectState.choices, default=EffectState.COMPUTING)
    found: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                name="update_effect_once",
                fields=("update", "imports", "as_of", "reference_date", "table_hash"),
                violation_error_code="same_effect",
            ),
        )

    def __str__(self) -> str:
        return f"Effect of {self.update} on the ranking"
