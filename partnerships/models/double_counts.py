"""Methods of total by version of the plan, and numbers that several reporters counted."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.triggers import append_only
from partnerships.database.lifecycle import written_while
from partnerships.database.results import doubles_bounded, takes_doubles
from partnerships.database.rows import makes_version
from partnerships.decidable import records_authors
from partnerships.models.monitoring import NO_SINGLE_CHILD, Aggregation, OutcomeIndicator, PlanStep, quantity
from partnerships.models.results import CLOSED_MESSAGE, OPEN, ReportingPeriod


class PlannedMethod(models.Model):
    """The method of an indicator in one approved version of the plan. Only a trigger writes it."""

    step = models.ForeignKey(PlanStep, on_delete=models.PROTECT, related_name="methods")
    indicator = models.ForeignKey(OutcomeIndicator, on_delete=models.PROTECT, related_name="planned_methods")
    aggregation = models.CharField(max_length=8, choices=Aggregation.choices)

    class Meta:
        ordering = ("indicator", "step")
        constraints = (models.UniqueConstraint(name="planned_method_once", fields=("step", "indicator")),)
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.indicator.code}: {self.get_aggregation_display()}"


class DoubleCount(models.Model):
    """The number of people or items that several reporters counted in one period, with its source.

    A correction is a new row that replaces the earlier one; zero takes it back.
    """

    period = models.ForeignKey(ReportingPeriod, on_delete=models.PROTECT, related_name="double_counts")
    indicator = models.ForeignKey(OutcomeIndicator, on_delete=models.PROTECT, related_name="double_counts")
    value = quantity("counted by several", help_text="At most the total less the largest reporter.")
    source = models.CharField(
        max_length=300, help_text=f"How the duplicates were found, as “trained by both”. {NO_SINGLE_CHILD}"
    )
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("period", "indicator", "-id")
        constraints = (
            models.UniqueConstraint(
                name="double_count_first_once",
                fields=("period", "indicator"),
                condition=Q(replaces__isnull=True),
                violation_error_code="doubles_once",
                violation_error_message="Duplicates of this indicator are recorded in this period. Replace them.",
            ),
            models.CheckConstraint(
                name="double_count_not_negative",
                condition=Q(value__gte=0),
                violation_error_code="value",
                violation_error_message="Enter zero or more.",
            ),
            models.CheckConstraint(
                name="double_count_sourced",
                condition=Q(source__regex=r"\S"),
                violation_error_code="source",
                violation_error_message="Enter how the duplicates were found.",
            ),
        )
        triggers = [
            written_while(
                "partnerships_reportingperiod", "r.period_id", OPEN, code="period_closed", message=CLOSED_MESSAGE
            ),
            takes_doubles(),
            doubles_bounded(),
            records_authors("partnerships_doublecount"),
            *makes_version(
                "SELECT p.partnership_id FROM {rows} t JOIN partnerships_reportingperiod p ON p.id = t.period_id",
                pgtrigger.Insert,
            ),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code}, {self.period}: {self.value} counted by several"
