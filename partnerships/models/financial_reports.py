"""Federal financial reports (SF-425) of recipients, line by line, and explanations of their differences."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.triggers import append_only
from cpc.days import DayField
from cpc.typed import visible
from partnerships.database.financial_reports import takes_lines
from partnerships.database.rows import replaces_own
from partnerships.financial_lines import FormLine
from partnerships.models.award_reports import ReportDue
from partnerships.models.limits import BEYOND
from partnerships.models.partnership import ZERO, money


class Lines(models.TextChoices):
    """Lines of the form that can differ from the ledger, from each other, or from the report before."""

    RECEIPTS = FormLine.RECEIPTS.value, "10a Cash receipts"
    DISBURSEMENTS = FormLine.DISBURSEMENTS.value, "10b Cash disbursements"
    AUTHORIZED = FormLine.AUTHORIZED.value, "10d Total Federal funds authorized"
    EXPENDED = FormLine.EXPENDED.value, "10e Federal share of expenditures"
    UNLIQUIDATED = FormLine.UNLIQUIDATED.value, "10f Federal share of unliquidated obligations"
    TOTAL = FormLine.TOTAL.value, "10g Total Federal share"
    RECIPIENT = FormLine.RECIPIENT.value, "10j Recipient share of expenditures"


class FinancialReport(models.Model):
    """The lines of one SF-425, all cumulative, in U.S. dollars. A revised report replaces the one before.

    Lines 10c, 10g, 10h, and 10k are computed from the others, as on the form.
    """

    report = models.ForeignKey(ReportDue, on_delete=models.PROTECT, related_name="financial_reports")
    received_on = DayField("received")
    cash_receipts = money("10a Cash receipts")
    cash_disbursements = money("10b Cash disbursements")
    authorized = money("10d Total Federal funds authorized")
    expended = money("10e Federal share of expenditures")
    unliquidated = money("10f Federal share of unliquidated obligations", default=ZERO)
    recipient_required = money("10i Total recipient share required", null=True, blank=True)
    recipient_expended = money("10j Recipient share of expenditures", null=True, blank=True)
    remarks = models.CharField("12 Remarks", max_length=500, blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("report", "id")
        constraints = (
            models.UniqueConstraint(
                name="financial_report_first",
                fields=("report",),
                condition=Q(replaces__isnull=True),
                violation_error_code="financial_report_once",
                violation_error_message="The lines of this report are on record. Replace them.",
            ),
            models.CheckConstraint(
                name="financial_report_not_negative",
                condition=Q(
                    cash_receipts__gte=0,
                    cash_receipts__lt=BEYOND,
                    cash_disbursements__gte=0,
                    cash_disbursements__lt=BEYOND,
                    authorized__gte=0,
                    authorized__lt=BEYOND,
                    expended__gte=0,
                    expended__lt=BEYOND,
                    unliquidated__gte=0,
                    unliquidated__lt=BEYOND,
                )
                & (Q(recipient_required__isnull=True) | Q(recipient_required__gte=0, recipient_required__lt=BEYOND))
                & (Q(recipient_expended__isnull=True) | Q(recipient_expended__gte=0, recipient_expended__lt=BEYOND)),
                violation_error_code="amount",
                violation_error_message="A line must be zero or more.",
            ),
        )
        triggers = [takes_lines(), replaces_own("partnerships_financialreport", "report_id"), *append_only()]

    def __str__(self) -> str:
        return f"SF-425 to {self.report.period_end}"

    @property
    def cash_on_hand(self) -> Decimal:
        """Return line 10c, 10a less 10b. It is negative if the recipient waits for reimbursement."""
        return Decimal(self.cash_receipts - self.cash_disbursements)

    @property
    def federal_share(self) -> Decimal:
        """Return line 10g, 10e and 10f together."""
        return Decimal(self.expended + self.unliquidated)

    @property
    def unobligated(self) -> Decimal:
        """Return line 10h, 10d less 10g."""
        return Decimal(self.authorized - self.federal_share)

    @property
    def recipient_remaining(self) -> Decimal | None:
        """Return line 10k, 10i less 10j, or None if the report has no recipient share."""
        if self.recipient_required is None:
            return None
        return Decimal(self.recipient_required - (self.recipient_expended or ZERO))


class DifferenceExplanation(models.Model):
    """Why a line of a report differs. It explains one difference: a later, other one has to be explained itself."""

    financial_report = models.ForeignKey(FinancialReport, on_delete=models.PROTECT, related_name="explanations")
    line = models.CharField(max_length=3, choices=Lines.choices)
    difference = models.DecimalField(max_digits=15, decimal_places=2)
    text = models.CharField("explanation", max_length=500)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("financial_report", "id")
        constraints = (
            visible("text"),
            models.CheckConstraint(
                name="difference_of_line", condition=Q(line__in=Lines.values), violation_error_code="line"
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_line_display()}: {self.text}"
