"""Reporting periods and results. Results are replaced by later ones, never edited."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from cpc.database.triggers import append_only
from cpc.days import DayField, spelled
from partnerships import decidable
from partnerships.database.lifecycle import (
    edited_while,
    follows_steps,
    parts_add_up,
    result_belongs,
    takes_steps,
    written_while,
)
from partnerships.database.results import doubles_bounded
from partnerships.database.rows import (
    OWN,
    bounds_schedule,
    history_triggers,
    makes_version,
)
from partnerships.decidable import records_authors
from partnerships.models.awards import Award
from partnerships.models.monitoring import NO_SINGLE_CHILD, OutcomeIndicator, Step, quantity
from partnerships.models.partnership import Partnership
from partnerships.states import PERIOD

OPEN = ("in_progress", "returned")
CLOSED_MESSAGE = "The period is not open. Begin it, or have it returned or reopened."


class PeriodState(models.TextChoices):
    NO_DATA = "no_data", "No data"
    IN_PROGRESS = "in_progress", "In progress"
    SUBMITTED = "submitted", "Submitted"
    RETURNED = "returned", "Returned"
    APPROVED = "approved", "Approved"


class _Days(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


class ReportingPeriod(models.Model):
    """A range of days for which results are reported. Periods of a partnership do not overlap."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="reporting_periods")
    starts_on = DayField()
    ends_on = DayField()
    due_on = DayField()
    state = models.CharField(max_length=12, choices=PeriodState.choices, default=PeriodState.NO_DATA, editable=False)

    class Meta:
        ordering = ("partnership", "ends_on")
        indexes = (models.Index(fields=("state", "due_on"), name="reporting_period_due"),)
        constraints = (
            models.CheckConstraint(
                name="reporting_period_ordered",
                condition=Q(ends_on__gte=F("starts_on"), due_on__gt=F("ends_on")),
                violation_error_code="period",
                violation_error_message="A period must start before it ends, and its report must be due after it ends.",
            ),
            ExclusionConstraint(
                name="reporting_period_apart",
                expressions=[
                    (_Days("starts_on", "ends_on", RangeBoundary(True, True)), RangeOperators.OVERLAPS),
                    ("partnership", RangeOperators.EQUAL),
                ],
                violation_error_code="period_overlap",
                violation_error_message="Another reporting period covers some of these days.",
            ),
        )
        triggers = [
            follows_steps("partnerships_periodstep", "period_id", PERIOD),
            edited_while(
                ("no_data",), code="period_fixed", message="The dates of a period that has begun cannot change."
            ),
            bounds_schedule("partnerships_reportingperiod", "partnership_id"),
            *makes_version(OWN),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return f"{spelled(self.starts_on)} to {spelled(self.ends_on)}"

    @property
    def takes_results(self) -> bool:
        """Return whether a result can be recorded. The first one begins the period."""
        return self.state in (PeriodState.NO_DATA, *OPEN)


class PeriodStep(Step):
    period = models.ForeignKey(ReportingPeriod, on_delete=models.PROTECT, related_name="steps")
    stepped = property(lambda self: self.period)
    called = property(lambda self: f"Report on {self.period}")

    class Meta(Step.Meta):
        triggers = [
            *takes_steps("partnerships_reportingperiod", "period_id", PERIOD, decides=decidable.PERIOD),
            records_authors("partnerships_periodstep"),
        ]


class Result(models.Model):
    """A value of one indicator in one period by one reporter, or the reason why there is none.

    The reporter is an award, or the partner government or the office where there is none. A share in percent has the
    counts that it was computed from. A correction is a new row that replaces the earlier one; only the newest counts.
    """

    period = models.ForeignKey(ReportingPeriod, on_delete=models.PROTECT, related_name="results")
    indicator = models.ForeignKey(OutcomeIndicator, on_delete=models.PROTECT, related_name="results")
    award = models.ForeignKey(
        Award,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="results",
        help_text="Empty for the partner government or the office.",
    )
    value = quantity("value", null=True, blank=True)
    numerator = quantity("how many", null=True, blank=True, help_text="Of a share: how many, of those below.")
    denominator = quantity("of how many", null=True, blank=True)
    no_data_reason = models.CharField(
        max_length=300, blank=True, help_text="Why there is no value. Missing data is not zero."
    )
    not_disaggregated = models.CharField(
        max_length=300, blank=True, help_text="Why the value is not broken down, if it should be."
    )
    narrative = models.TextField(blank=True, help_text=f"What explains the value. {NO_SINGLE_CHILD}")
    evidence = models.CharField(max_length=500, blank=True, help_text=f"Where it can be checked. {NO_SINGLE_CHILD}")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("period", "indicator", "-id")
        constraints = (
            models.UniqueConstraint(
                name="result_first_once",
                fields=("period", "indicator", "award"),
                nulls_distinct=False,
                condition=Q(replaces__isnull=True),
                violation_error_code="result_once",
                violation_error_message="This indicator already has a result in this period. Replace it.",
            ),
            models.CheckConstraint(
                name="result_counts",
                condition=Q(numerator__isnull=True, denominator__isnull=True)
                | Q(
                    value__isnull=False,
                    numerator__isnull=False,
                    denominator__isnull=False,
                    numerator__gte=0,
                    denominator__gt=0,
                    numerator__lte=F("denominator"),
                ),
                violation_error_code="counts",
                violation_error_message=(
                    "A share has two counts: how many, of how many. The second is more than zero and not less than the "
                    "first."
                ),
            ),
            models.CheckConstraint(
                name="result_value_or_reason",
                condition=Q(value__isnull=False, no_data_reason="") | (Q(value__isnull=True) & ~Q(no_data_reason="")),
                violation_error_code="no_data_reason",
                violation_error_message="Enter a value, or explain why there is none.",
            ),
        )
        triggers = [
            written_while(
                "partnerships_reportingperiod", "r.period_id", OPEN, code="period_closed", message=CLOSED_MESSAGE
            ),
            result_belongs(),
            doubles_bounded(),
            parts_add_up("NEW.id"),
            records_authors("partnerships_result"),
            *makes_version(
                "SELECT p.partnership_id FROM {rows} t JOIN partnerships_reportingperiod p ON p.id = t.period_id",
                pgtrigger.Insert,
            ),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code}, {self.period}: {'no data' if self.value is None else self.value}"


class Breakdown(models.TextChoices):
    """Breakdowns of a value. The parts of each breakdown add up to the value."""

    SEX_AGE = "sex_age", "Sex and age"
    FORM = "form", "Form of trafficking"
    REGION = "region", "Region"


class Sex(models.TextChoices):
    FEMALE = "female", "Female"
    MALE = "male", "Male"
    UNKNOWN = "unknown", "Not known"


class AgeGroup(models.TextChoices):
    """Age in full years."""

    TO_5 = "0-5", "0 to 5"
    TO_11 = "6-11", "6 to 11"
    TO_17 = "12-17", "12 to 17"
    ADULT = "18+", "18 and over"
    UNKNOWN = "unknown", "Not known"


class ResultCell(models.Model):
    """One part of a result; "not known" is a part of its own, so that the parts add up.

    Sex or age is empty if the indicator is not broken down by it."""

    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="cells")
    breakdown = models.CharField(max_length=8, choices=Breakdown.choices)
    sex = models.CharField(max_length=8, choices=Sex.choices, blank=True)
    age = models.CharField(max_length=8, choices=AgeGroup.choices, blank=True)
    category = models.CharField(max_length=80, blank=True, help_text="The form of trafficking or the region.")
    value = quantity("value")

    class Meta:
        ordering = ("result", "breakdown", "id")
        constraints = (
            models.UniqueConstraint(
                name="result_cell_once",
                fields=("result", "breakdown", "sex", "age", "category"),
                violation_error_code="cell_once",
                violation_error_message="This part of the result is entered twice.",
            ),
            models.CheckConstraint(
                name="result_cell_not_negative",
                condition=Q(value__gte=0),
                violation_error_code="value",
                violation_error_message="A part must be zero or more.",
            ),
            models.CheckConstraint(
                name="result_cell_named",
                condition=(
                    Q(
                        breakdown=Breakdown.SEX_AGE,
                        category="",
                        sex__in=["", *Sex.values],
                        age__in=["", *AgeGroup.values],
                    )
                    & ~Q(sex="", age="")
                )
                | (Q(breakdown__in=(Breakdown.FORM, Breakdown.REGION), sex="", age="") & ~Q(category="")),
                violation_error_code="cell",
                violation_error_message="A part has a sex, an age, or both; or a form; or a region.",
            ),
        )
        triggers = [
            written_while(
                "partnerships_reportingperiod",
                "(SELECT f.period_id FROM partnerships_result f WHERE f.id = r.result_id)",
                OPEN,
                code="period_closed",
                message=CLOSED_MESSAGE,
            ),
            parts_add_up("NEW.result_id"),
            *makes_version(
                "SELECT p.partnership_id FROM {rows} t JOIN partnerships_result r ON r.id = t.result_id "
                "JOIN partnerships_reportingperiod p ON p.id = r.period_id",
                pgtrigger.Insert,
            ),
            *append_only(),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.sex, self.age, self.category)))
