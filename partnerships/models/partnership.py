"""The partnership, its participants, and the national plans it takes into account."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from cpc.checked import CheckedModel
from cpc.database.revisions import RevisionedModel, counts_revisions
from cpc.days import DayField
from cpc.plausible import is_plausible
from cpc.typed import visible
from cpc.validation import reject
from indicators.models import Country, NationalPlan
from partnerships.database.authority import comes_from_decision
from partnerships.database.awards import term_covers_obligations
from partnerships.database.derived import (
    LEGAL_COLUMNS,
    LIMIT_COLUMNS,
    TOTALS,
    derives_columns,
    first_day_frozen,
    never_deleted,
)
from partnerships.database.rows import (
    OWN,
    by_amendment,
    counts_versions,
    history_triggers,
    makes_version,
    stays_documented,
)
from partnerships.decidable import records_authors
from partnerships.limits import Limits, Totals, counted_from, term_within_limit
from partnerships.models.choices import (
    RUN_HERE,
    FundAccount,
    Government,
    LegalReview,
    RecordKind,
    Status,
    TraffickingFormCode,
)
from partnerships.models.limit_constraints import within_limits
from partnerships.models.limits import LimitPolicy
from partnerships.models.loads import DocumentedLoad
from partnerships.models.term_expressions import Term
from partnerships.term_position import TermPosition
from selection.models import Decision

AMENDED_COLUMNS = (
    "title",
    "starts_on",
    "ends_on",
    "focus_regions",
    "forms",
    "other_forms",
    "coordination_body",
    "overlap_reason",
)
ZERO = Decimal("0.00")


def money(verbose_name: str, **options: Any) -> models.DecimalField[Any, Any]:
    """Return a decimal field for U.S. dollars, exact to the cent."""
    return models.DecimalField(verbose_name, max_digits=14, decimal_places=2, **options)


def is_dollars(column: models.Field[Any, Any]) -> bool:
    """Return whether a column is an amount of U.S. dollars, as `money` gives it; original amounts have more digits."""
    return isinstance(column, models.DecimalField) and (column.max_digits, column.decimal_places) == (14, 2)


class PartnershipQuerySet(models.QuerySet["Partnership"]):
    def run_here(self) -> PartnershipQuerySet:
        """Return the partnerships that people run here, samples among them."""
        return self.filter(kind__in=RUN_HERE)

    def counted(self) -> PartnershipQuerySet:
        """Return the partnerships that lists, counts, and totals have: all but samples."""
        return self.exclude(kind=RecordKind.SAMPLE)


class Partnership(CheckedModel, RevisionedModel):
    """A Child Protection Compact Partnership with one country.

    The database maintains `version` and `updated_at`: they change with every write to the row, its terms, money,
    status, reports, and statements. `revision` counts the changes of the row itself, so that an edit of its
    description does not conflict with a result or a contribution.

    Columns with `editable=False` are derived in the database: the status and its dates from status changes, the legal
    review from the finding that applies to the text, the limits from the policy in force and granted exceptions, and
    the totals from programs, notifications, and the ledger of awards. The database rejects a statement that writes
    any other value into them.
    """

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="partnerships")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=RecordKind.choices, default=RecordKind.MANAGED, editable=False)
    status = models.CharField(max_length=14, choices=Status.choices, default=Status.SELECTED, editable=False)
    status_as_of = DayField(null=True, blank=True, editable=False)
    origin_reason = models.TextField(
        blank=True, help_text="Why this country was selected, if no recorded decision selects it."
    )
    decision = models.ForeignKey(
        Decision,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="partnerships",
        verbose_name="decision that started it",
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    load = models.ForeignKey(
        DocumentedLoad, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="partnerships"
    )
    focus_regions = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    forms = ArrayField(
        models.CharField(max_length=20, choices=TraffickingFormCode.choices),
        default=list,
        blank=True,
        verbose_name="forms of trafficking",
    )
    other_forms = models.CharField(max_length=200, blank=True)
    fund_account = models.CharField(max_length=10, choices=FundAccount.choices, default=FundAccount.UNKNOWN)
    starts_on = DayField(null=True, blank=True)
    ends_on = DayField(null=True, blank=True, help_text="The last day.")
    signed_on = DayField(null=True, blank=True, editable=False)
    ended_on = DayField(null=True, blank=True, editable=False, help_text="The actual end date.")
    overlap_reason = models.CharField(
        max_length=300, blank=True, help_text="Reason for overlapping another partnership with the same country."
    )
    legal_review = models.CharField(
        max_length=12, choices=LegalReview.choices, default=LegalReview.NOT_REVIEWED, editable=False
    )
    legal_reviewed_on = DayField(null=True, blank=True, editable=False)
    reported_to_congress_on = DayField(null=True, blank=True)
    published_on = DayField(null=True, blank=True)
    national_plans = models.ManyToManyField(
        NationalPlan, through="PlanTakenIntoAccount", blank=True, related_name="partnerships"
    )
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
    version = models.PositiveBigIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        ordering = ("country__name", "-starts_on", "-id")
        triggers = [
            records_authors("partnerships_partnership"),
            stays_documented(),
            derives_columns(),
            first_day_frozen(),
            term_covers_obligations(),
            *by_amendment("r.id", AMENDED_COLUMNS),
            comes_from_decision(),
            never_deleted(),
            counts_versions(),
            counts_revisions(besides=(*LEGAL_COLUMNS, *LIMIT_COLUMNS, *TOTALS, "version", "updated_at")),
            *history_triggers("r.id", besides=("version", "updated_at")),
        ]
        constraints = (
            visible("title"),
            ExclusionConstraint(
                name="partnership_one_at_a_time",
                expressions=[
                    (F("country"), RangeOperators.EQUAL),
                    (Term("starts_on", Coalesce("ended_on", "ends_on")), RangeOperators.OVERLAPS),
                ],
                # Of two that overlap, one states the reason.
                condition=Q(starts_on__isnull=False, ends_on__isnull=False)
                & ~Q(overlap_reason__regex=r"\S")
                & ~Q(status=Status.CANCELED)
                & (Q(ended_on__isnull=True) | Q(ended_on__gte=F("starts_on"))),
                violation_error_code="overlap",
                violation_error_message=(
                    "Another partnership with this country runs during this time. To let them overlap, state a reason."
                ),
            ),
            *within_limits(),
            models.CheckConstraint(
                name="partnership_ended_in_term",
                condition=Q(ended_on__isnull=True) | Q(ends_on__isnull=True) | Q(ended_on__lte=F("ends_on")),
                violation_error_code="ended_on",
                violation_error_message="The actual end is after the last day. Extend the term by amendment first.",
            ),
            models.UniqueConstraint(
                name="partnership_one_a_decision",
                fields=("decision",),
                violation_error_code="decision_used",
                violation_error_message="This decision already started a partnership.",
            ),
            models.CheckConstraint(
                name="partnership_documented_by_load",
                condition=Q(kind=RecordKind.DOCUMENTED, load__isnull=False)
                | (~Q(kind=RecordKind.DOCUMENTED) & Q(load__isnull=True)),
                violation_error_code="documented_record",
                violation_error_message="A documented partnership can be written only by its load, never afterward.",
            ),
            models.CheckConstraint(
                name="partnership_origin_stated",
                condition=Q(decision__isnull=False, origin_reason="")
                | (Q(decision__isnull=True) & ~Q(origin_reason="")),
                violation_error_code="origin",
                violation_error_message="A partnership needs either a decision or a stated reason, not both.",
            ),
            models.CheckConstraint(
                name="partnership_dates_ordered",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                violation_error_code="dates_order",
                violation_error_message="The last day must be after the first day.",
            ),
            models.CheckConstraint(
                name="partnership_signed_has_term",
                condition=Q(signed_on__isnull=True)
                | Q(kind=RecordKind.DOCUMENTED)
                | Q(starts_on__isnull=False, ends_on__isnull=False),
                violation_error_code="term_missing",
                violation_error_message="A signed partnership needs a first and a last day.",
            ),
            models.CheckConstraint(
                name="partnership_end_needs_start",
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=False),
                violation_error_code="starts_on",
                violation_error_message="The term has a last day but no first day. Enter the first day.",
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
    def steps(self) -> models.QuerySet[Any]:
        """Return the steps taken, with the `source` that steps of other machines have."""
        return self.status_changes.annotate(source=F("from_status"))

    @property
    def is_run_here(self) -> bool:
        """Return True if people run the partnership here; False if it is known from public statements alone."""
        return self.kind in RUN_HERE

    @property
    def is_sample(self) -> bool:
        return self.kind == RecordKind.SAMPLE

    @property
    def is_binding(self) -> bool:
        """Return True if the partnership is signed, so that its terms change only by amendment."""
        return self.signed_on is not None and self.is_run_here

    @property
    def counted_from(self) -> date | None:
        return counted_from(self.starts_on, self.signed_on)

    def term_position(self, today: date, signed_end: date | None = None) -> TermPosition:
        """Return the position of the term on a day; `signed_end` is its last day as signed, if another."""
        return TermPosition(
            today=today,
            status=self.status,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            ended_on=self.ended_on,
            signed_on=self.signed_on,
            signed_end=signed_end,
            limit_months=self.term_limit_months,
            policy_months=self.limit_policy.term_months if self.limit_policy else None,
        )

    @property
    def term_last_day(self) -> date | None:
        """Return the day on which the partnership ended, or the last day of its term."""
        return self.ended_on or self.ends_on

    @property
    def totals(self) -> Totals:
        """Return the totals as stored when the row was read."""
        return Totals(
            planned=self.planned_total,
            notified=self.notified_total,
            awarded=self.awarded_total,
            obligated=self.obligated_total,
            disbursed=self.disbursed_total,
        )

    @property
    def limits(self) -> Limits:
        """Return the limits as stored when the row was read.

        They cover amounts that were in use before a limit fell.
        """
        citation = self.limit_policy.citation if self.limit_policy else ""
        return Limits(self.term_limit_months, self.funding_limit, citation)

    def limits_on(self, on: date) -> Limits:
        """Return the limits on a day from the policy in force and granted exceptions.

        The database computes them.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT l.term_months, l.funding, p.citation FROM cpc_limits(%s, %s, %s, %s) l "
                "JOIN partnerships_limitpolicy p ON p.id = l.policy_id",
                [self.pk, self.signed_on, self.limit_policy_id if self.signed_on else None, on],
            )
            months, funding, citation = cursor.fetchone()
        return Limits(months, funding, citation)

    def may_obligate(self, on: date | None = None) -> Decimal:
        """Return the total that may be obligated by a day, or today: notified in time, or exempt."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT cpc_may_obligate(%s, %s)", [self.pk, on or timezone.now().date()])
            return Decimal(cursor.fetchone()[0])

    def other_us_cash(self) -> Decimal:
        """Return the United States cash on record, without project funds or replaced rows."""
        cash = self.contributions.filter(
            government=Government.UNITED_STATES, kind="cash", replaced_by__isnull=True
        ).aggregate(total=models.Sum("amount_usd"))
        return cash["total"] or ZERO

    def clean(self) -> None:
        """Check the term against its limit.

        Raises `ValidationError` with code `term_limit`, naming the latest lawful day. A day out of bounds is left to
        the check of its column, so that one mistake gives one message.
        """
        if not all(is_plausible(day) for day in (self.starts_on, self.ends_on) if day):
            return
        today = timezone.now().date()
        # A row that is not saved yet has no limits: the database derives them on insert.
        binding = self.limits if self.limit_policy_id else self.limits_on(today)
        used = self.term_position(today).months_used or 0
        reject(term_within_limit(self.counted_from, self.ends_on, binding, used=used))

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Skip the limit columns of a row that is not saved yet; `clean` checks them.

        The database derives these columns on insert.
        """
        if self.limit_policy_id is None:
            exclude = {*(exclude or ()), "term_limit_months", "funding_limit"}
        super().validate_constraints(exclude=exclude)


class PlanTakenIntoAccount(models.Model):
    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="+")
    plan = models.ForeignKey(NationalPlan, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "plans taken into account"
        constraints = (
            models.UniqueConstraint(
                name="plan_taken_into_account_once",
                fields=("partnership", "plan"),
                violation_error_code="plan_once",
                violation_error_message="This partnership already takes the plan into account.",
            ),
        )
        triggers = makes_version(OWN)

    def __str__(self) -> str:
        return f"{self.partnership}: {self.plan}"
