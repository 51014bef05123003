"""The partnership itself. Its papers and statements are in `records`, its limits in `limits`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from indicators.models import Country, NationalPlan
from partnerships.models.choices import (
    FundAccount,
    Government,
    LegalReview,
    RecordKind,
    Status,
    TraffickingFormCode,
)
from partnerships.models.limits import LimitPolicy

ZERO = Decimal("0.00")


def money(verbose_name: str, **options: Any) -> models.DecimalField[Any, Any]:
    """A column of U.S. dollars, exact to the cent."""
    return models.DecimalField(verbose_name, max_digits=14, decimal_places=2, **options)


class Partnership(models.Model):
    """A Child Protection Compact Partnership with one country.

    Columns that are `editable=False` are derived in the database: the status and its dates from status changes,
    the limits from the policy in force and granted exceptions, the totals from programmes, notifications and the
    ledger of awards. The database refuses a statement that writes anything else into them.
    """

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="partnerships")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=RecordKind.choices, default=RecordKind.MANAGED, editable=False)
    status = models.CharField(max_length=14, choices=Status.choices, default=Status.SELECTED, editable=False)
    status_as_of = models.DateField(null=True, blank=True, editable=False)
    origin_reason = models.TextField(blank=True, help_text="Why this country, where no recorded decision says so.")
    decision_reference = models.CharField(max_length=60, blank=True, help_text="Number of the decision it came from.")
    focus_regions = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    forms = ArrayField(
        models.CharField(max_length=20, choices=TraffickingFormCode.choices),
        default=list,
        blank=True,
        verbose_name="forms of trafficking",
    )
    other_forms = models.CharField(max_length=200, blank=True)
    fund_account = models.CharField(max_length=10, choices=FundAccount.choices, default=FundAccount.UNKNOWN)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text="The day it ends.")
    signed_on = models.DateField(null=True, blank=True, editable=False)
    ended_on = models.DateField(null=True, blank=True, editable=False, help_text="The day it actually ended.")
    overlap_reason = models.CharField(
        max_length=300, blank=True, help_text="Why it may overlap another partnership with the same country."
    )
    legal_review = models.CharField(max_length=12, choices=LegalReview.choices, default=LegalReview.NOT_REVIEWED)
    legal_reviewed_on = models.DateField(null=True, blank=True)
    reported_to_congress_on = models.DateField(null=True, blank=True)
    published_on = models.DateField(null=True, blank=True)
    national_plans = models.ManyToManyField(NationalPlan, blank=True, related_name="partnerships")
    coordination_body = models.CharField(max_length=200, blank=True)

    limit_policy = models.ForeignKey(
        LimitPolicy, on_delete=models.PROTECT, null=True, editable=False, related_name="partnerships"
    )
    term_limit_months = models.PositiveSmallIntegerField(default=0, editable=False)
    funding_limit = money("funding limit", default=ZERO, editable=False)
    planned_total = money("planned", default=ZERO, editable=False)
    notified_total = money("notified", default=ZERO, editable=False)
    awarded_total = money("awarded", default=ZERO, editable=False)
    obligated_total = money("obligated, net", default=ZERO, editable=False)
    disbursed_total = money("disbursed", default=ZERO, editable=False)

    class Meta:
        ordering = ("country__name", "-starts_on", "-id")
        constraints = (
            models.CheckConstraint(
                name="partnership_origin_stated",
                condition=~Q(origin_reason="") | ~Q(decision_reference=""),
                violation_error_code="origin",
                violation_error_message="Say what the partnership came from: a decision, or the reason.",
            ),
            models.CheckConstraint(
                name="partnership_dates_ordered",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                violation_error_code="dates_order",
                violation_error_message="It ends on the day it starts or before.",
            ),
            models.CheckConstraint(
                name="partnership_end_needs_start",
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=False),
                violation_error_code="starts_on",
                violation_error_message="An end without a start: say when it starts.",
            ),
            models.CheckConstraint(
                name="partnership_status_known",
                condition=Q(status__in=Status.values) & Q(kind__in=RecordKind.values),
                violation_error_code="status",
            ),
        )
        indexes = (models.Index(fields=("status", "ends_on"), name="partnership_deadlines"),)

    def __str__(self) -> str:
        return self.title

    @property
    def is_binding(self) -> bool:
        """Whether it was signed, so that its terms change only by amendment."""
        return self.signed_on is not None and self.kind == RecordKind.MANAGED


class Participant(models.Model):
    """A ministry or office that takes part, for one of the two governments; one leads for each."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="participants")
    government = models.CharField(max_length=8, choices=Government.choices)
    name = models.CharField("ministry or office", max_length=200)
    is_lead = models.BooleanField("leads", default=False)
    contact_office = models.CharField(max_length=200, blank=True, help_text="An office, not a person.")

    class Meta:
        ordering = ("government", "-is_lead", "name")
        constraints = (
            models.UniqueConstraint(
                name="participant_once",
                fields=("partnership", "government", "name"),
                violation_error_code="participant_once",
                violation_error_message="This office takes part already.",
            ),
            models.UniqueConstraint(
                name="participant_one_lead",
                fields=("partnership", "government"),
                condition=Q(is_lead=True),
                violation_error_code="participant_lead",
                violation_error_message="Another office leads for this government.",
            ),
            models.CheckConstraint(
                name="participant_government_known",
                condition=Q(government__in=Government.values),
                violation_error_code="government",
            ),
        )

    def __str__(self) -> str:
        return self.name
