"""Monitoring plans, outcome indicators, and their targets by fiscal year.

The models hold aggregates only. No field stores anything about a single child.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.checked import CheckedModel
from cpc.database.revisions import RevisionedModel, counts_revisions
from cpc.database.triggers import append_only
from cpc.days import DayField
from cpc.typed import visible
from partnerships import decidable
from partnerships.aggregation import METHODS, Method, usual_method
from partnerships.database.lifecycle import (
    follows_steps,
    indicator_fixed,
    takes_steps,
    written_while,
)
from partnerships.database.results import keeps_methods
from partnerships.database.rows import (
    OWN,
    history,
    history_triggers,
    lock_first,
    makes_version,
    within_partnership,
)
from partnerships.database.withdrawal import of_objective_in_effect
from partnerships.decidable import records_authors
from partnerships.models.choices import Frequency
from partnerships.models.participants import Participant
from partnerships.models.partnership import Partnership
from partnerships.models.terms import Objective, Paradigm
from partnerships.progress import COUNTED, Direction, Measure, Rollup
from partnerships.states import PLAN

NO_SINGLE_CHILD = "Aggregates only: nothing about an individual child, no names, no case numbers, no shelter addresses."


def quantity(verbose_name: str, **options: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(verbose_name, max_digits=18, decimal_places=4, **options)


class Step(models.Model):
    """One recorded step; the newest gives the state of its object.

    `reason` holds the comment made with the step.
    """

    name = models.CharField(max_length=20)
    source = models.CharField(max_length=12)
    target = models.CharField(max_length=12)
    reason = models.TextField(blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True
        ordering = ("id",)

    def __str__(self) -> str:
        """Name the record, because the audit trail and home name a step by this."""
        record = self.stepped
        states = dict(record._meta.get_field("state").flatchoices)
        return f"{self.called}, {record.partnership.country}: {states.get(self.target, self.target).lower()}"

    @property
    def stepped(self) -> Any:
        """Return the record that took the step."""
        raise NotImplementedError

    @property
    def called(self) -> str:
        """Return the name of the record."""
        return str(self.stepped)


class PlanState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting for approval"
    APPROVED = "approved", "Approved"


class MonitoringPlan(models.Model):
    """The indicators and targets of a partnership.

    One person submits the plan and another approves it.
    """

    partnership = models.OneToOneField(Partnership, on_delete=models.CASCADE, related_name="monitoring_plan")
    state = models.CharField(max_length=12, choices=PlanState.choices, default=PlanState.DRAFT, editable=False)
    narrative = models.TextField(blank=True, help_text=f"How results are collected and checked. {NO_SINGLE_CHILD}")

    class Meta:
        ordering = ("partnership",)
        triggers = [follows_steps("partnerships_planstep", "plan_id", PLAN), *history_triggers("r.partnership_id")]

    def __str__(self) -> str:
        return f"Monitoring plan of {self.partnership}"


class PlanStep(Step):
    plan = models.ForeignKey(MonitoringPlan, on_delete=models.PROTECT, related_name="steps")
    stepped = property(lambda self: self.plan)
    called = "Monitoring plan"

    class Meta(Step.Meta):
        triggers = [
            *takes_steps("partnerships_monitoringplan", "plan_id", PLAN, decides=decidable.PLAN),
            records_authors("partnerships_planstep"),
            keeps_methods(),
        ]


class Level(models.TextChoices):
    """Levels of an outcome indicator. 22 U.S.C. 7103a(d)(2)(D) requires outcomes."""

    OUTPUT = "output", "Output"
    OUTCOME = "outcome", "Outcome"
    IMPACT = "impact", "Impact"


class Measures(models.TextChoices):
    """Types of measure; see `partnerships.progress.Measure`."""

    PEOPLE = Measure.PEOPLE.value, "Number of people"
    ITEMS = Measure.ITEMS.value, "Number of items"
    PERCENT = Measure.PERCENT.value, "Share in percent"
    MONEY = Measure.MONEY.value, "Amount of money"
    SCORE = Measure.SCORE.value, "Score"


class Directions(models.TextChoices):
    """Directions of improvement; see `partnerships.progress.Direction`."""

    INCREASE = Direction.INCREASE.value, "More is better"
    DECREASE = Direction.DECREASE.value, "Less is better"


class Accumulation(models.TextChoices):
    """Methods of combining results over periods; see `partnerships.progress.Rollup`."""

    SUM = Rollup.SUM.value, "Incremental: results of periods are added"
    LATEST = Rollup.LATEST.value, "Cumulative: the newest result counts"
    AVERAGE = Rollup.AVERAGE.value, "Averaged over periods"
    NONE = Rollup.NONE.value, "Each period by itself"


class Aggregation(models.TextChoices):
    """Methods of making one total from what several report; see `partnerships.aggregation.Method`."""

    SUM = Method.SUM.value, "Sum: reporters are added"
    DISTINCT = Method.DISTINCT.value, "Sum, less those that several counted"
    LATEST = Method.LATEST.value, "The latest count; equal reporters count once"
    SHARE = Method.SHARE.value, "Share: counts are added, then divided"


class IndicatorSource(models.TextChoices):
    STANDARD = "standard", "Standard foreign assistance indicator"
    OFFICE = "office", "From the office's own list"
    CUSTOM = "custom", "Written for this partnership"


class BaselineStatus(models.TextChoices):
    TO_COLLECT = "to_collect", "To be collected"
    KNOWN = "known", "Known"


class OutcomeIndicator(CheckedModel, RevisionedModel):
    """One measure of a partnership. A statistic about a country is an `indicators.Indicator`."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="outcome_indicators")
    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="outcome_indicators")
    code = models.CharField(max_length=20)
    source = models.CharField(max_length=10, choices=IndicatorSource.choices, default=IndicatorSource.CUSTOM)
    title = models.CharField(max_length=200)
    definition = models.TextField(
        blank=True, help_text="Who or what is counted, when, and how double counting is avoided."
    )
    level = models.CharField(max_length=8, choices=Level.choices)
    paradigm = models.CharField("P", max_length=12, choices=Paradigm.choices)
    measure = models.CharField(max_length=8, choices=Measures.choices)
    unit = models.CharField(max_length=60, help_text="For example children, prosecutors, cases, percent of cases.")
    direction = models.CharField(max_length=8, choices=Directions.choices, default=Directions.INCREASE)
    accumulation = models.CharField(max_length=8, choices=Accumulation.choices)
    aggregation = models.CharField(
        "total over reporters",
        max_length=8,
        choices=Aggregation.choices,
        blank=True,
        help_text=(
            "How awards and governments add up. Empty: counts and money are added, shares from their counts, and of "
            "scores the latest counts."
        ),
    )
    by_sex = models.BooleanField("broken down by sex", default=False)
    by_age = models.BooleanField("broken down by age", default=False)
    by_form = models.BooleanField("broken down by form of trafficking", default=False)
    by_region = models.BooleanField("broken down by region", default=False)
    baseline_status = models.CharField(max_length=10, choices=BaselineStatus.choices, default=BaselineStatus.TO_COLLECT)
    baseline_value = quantity("baseline", null=True, blank=True)
    baseline_on = DayField("baseline date", null=True, blank=True)
    baseline_source = models.CharField(max_length=300, blank=True)
    data_source = models.CharField(max_length=300, blank=True)
    method = models.TextField("collection method", blank=True, help_text=NO_SINGLE_CHILD)
    frequency = models.CharField(max_length=12, choices=Frequency.choices)
    responsible = models.ForeignKey(Participant, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    responsible_office = models.CharField(max_length=200, blank=True, help_text="If no participant collects it.")
    quality_notes = models.TextField(blank=True)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ("partnership", "objective__number", "code")
        constraints = (
            visible("title"),
            models.UniqueConstraint(
                name="outcome_indicator_once",
                fields=("partnership", "code"),
                violation_error_code="indicator_code",
                violation_error_message="Another indicator of this partnership has this code.",
            ),
            models.CheckConstraint(
                name="outcome_indicator_baseline",
                condition=Q(
                    baseline_status=BaselineStatus.KNOWN, baseline_value__isnull=False, baseline_on__isnull=False
                )
                | Q(baseline_status=BaselineStatus.TO_COLLECT, baseline_value__isnull=True, baseline_on__isnull=True),
                violation_error_code="baseline",
                violation_error_message=(
                    "A known baseline needs a value and a date; a baseline to be collected has neither."
                ),
            ),
            models.CheckConstraint(
                name="outcome_indicator_parts",
                condition=Q(measure__in=[measure.value for measure in COUNTED])
                | Q(by_sex=False, by_age=False, by_form=False, by_region=False),
                violation_error_code="disaggregation",
                violation_error_message="Only counts can be broken down, because the parts must add up.",
            ),
            models.CheckConstraint(
                name="outcome_indicator_responsible",
                condition=Q(responsible__isnull=False) | ~Q(responsible_office=""),
                violation_error_code="responsible",
                violation_error_message="Enter who collects the data.",
            ),
            models.CheckConstraint(
                name="outcome_indicator_words_known",
                condition=Q(
                    level__in=Level.values,
                    paradigm__in=Paradigm.values,
                    measure__in=Measures.values,
                    direction__in=Directions.values,
                    accumulation__in=Accumulation.values,
                    frequency__in=Frequency.values,
                    source__in=IndicatorSource.values,
                ),
                violation_error_code="indicator_words",
            ),
            models.CheckConstraint(
                name="outcome_indicator_aggregation",
                condition=reduce(
                    or_,
                    (
                        Q(measure=measure.value, aggregation__in=["", *(method.value for method in methods)])
                        for measure, methods in METHODS.items()
                    ),
                ),
                violation_error_code="aggregation",
                violation_error_message=(
                    "Shares are added from their counts, or the latest counts; of scores only the latest counts; only "
                    "counts have duplicates."
                ),
            ),
        )
        triggers = [
            lock_first("NEW.partnership_id"),
            within_partnership(objective_id="objective", responsible_id="participant"),
            indicator_fixed(),
            of_objective_in_effect("partnerships_outcomeindicator"),
            *makes_version(OWN),
            counts_revisions(),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.title}"

    @property
    def method_of_total(self) -> Method:
        """Return the method of making one total from what several report."""
        return Method(self.aggregation) if self.aggregation else usual_method(Measure(self.measure))

    def clean(self) -> None:
        """Check that the objective of an indicator in effect is in effect, too."""
        if not self.withdrawn and self.objective_id and self.objective.withdrawn:
            message = f"{self.objective} is withdrawn. Choose another objective."
            raise ValidationError(message, code="objective_in_use")


_PARTNERSHIP = "(SELECT i.partnership_id FROM partnerships_outcomeindicator i WHERE i.id = r.indicator_id)"


class Target(models.Model):
    """A value that an indicator should reach in one fiscal year or over the whole partnership.

    The newest row counts. The target of a year is the amount that the year adds for an incremental indicator, and the
    value at the end of the year for a cumulative one.
    """

    indicator = models.ForeignKey(OutcomeIndicator, on_delete=models.PROTECT, related_name="targets")
    fiscal_year = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty for the whole partnership.")
    value = quantity("target")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it differs from the previous target.")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("indicator", "fiscal_year", "-id")
        indexes = (models.Index(fields=("indicator", "fiscal_year", "-id"), name="target_newest"),)
        constraints = (
            models.CheckConstraint(
                name="target_fiscal_year",
                condition=Q(fiscal_year__isnull=True) | Q(fiscal_year__gte=2013, fiscal_year__lte=2100),
                violation_error_code="fiscal_year",
                violation_error_message="Enter the U.S. fiscal year with four digits.",
            ),
        )
        triggers = [
            lock_first(_PARTNERSHIP.replace("r.indicator_id", "NEW.indicator_id")),
            written_while(
                "partnerships_monitoringplan",
                "(SELECT p.id FROM partnerships_monitoringplan p "
                "JOIN partnerships_outcomeindicator i USING (partnership_id) WHERE i.id = r.indicator_id)",
                ("draft",),
                code="plan_fixed",
                message="The monitoring plan is submitted or approved. Revise it before you change targets.",
            ),
            *makes_version(
                "SELECT i.partnership_id FROM {rows} t JOIN partnerships_outcomeindicator i ON i.id = t.indicator_id",
                pgtrigger.Insert,
            ),
            records_authors("partnerships_target"),
            history(_PARTNERSHIP),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year or 'whole partnership'}: {self.value}"
