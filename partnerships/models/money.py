"""Contributions, congressional notifications, and exemptions. Rows are replaced, never edited."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Round

from cpc.checked import CheckedModel
from cpc.currencies import CurrencyField
from cpc.currency_codes import OTHER_CURRENCIES, SAMPLE_CURRENCY, UNKNOWN, US_DOLLAR
from cpc.database.audit_triggers import audits_writes
from cpc.database.triggers import append_only
from cpc.days import DayField
from cpc.validation import reject
from partnerships.database.authority import exempts
from partnerships.database.awards import covers_obligations
from partnerships.database.rows import (
    OWN,
    derives_partnership,
    history,
    locks_partnership,
    makes_version,
    on_its_day,
    replaces_own,
    sample_money,
    within_partnership,
)
from partnerships.decidable import records_authors
from partnerships.models.choices import Government
from partnerships.models.documents import DocumentVersion
from partnerships.models.funds import Fund
from partnerships.models.limits import BEYOND
from partnerships.models.partnership import Partnership, money
from partnerships.models.terms import Program
from partnerships.valuation import CENT_ROUNDING, DOLLAR_ROUNDING, RATE_ROUNDING, dollars_agree


class ContributionKind(models.TextChoices):
    CASH = "cash", "Cash"
    IN_KIND = "in_kind", "In kind"
    STAFF = "staff", "Staff"


class ContributionStage(models.TextChoices):
    PLEDGED = "pledged", "Pledged"
    REPORTED = "reported", "Reported"
    VERIFIED = "verified", "Verified"


class CashAccount(models.TextChoices):
    """Accounts of United States cash. TIP Office project funds are recorded only as awards."""

    PROJECT = "tip_project", "TIP Office project funds"
    INCLE = "incle", "International Narcotics Control and Law Enforcement, other than project funds"
    ESF = "esf", "Economic Support Fund"
    OTHER = "other", "Another account"


def _dollars_agree() -> Q:
    """Return the rule of `partnerships.valuation.dollars_agree`. It passes if one of the three values is missing."""

    def within(rounding: Decimal) -> Q:
        product, most = F("original_amount") * F("rate"), F("original_amount") * RATE_ROUNDING + rounding
        return Q(amount_usd__gte=product - most, amount_usd__lte=product + most)

    return within(CENT_ROUNDING) | (Q(amount_usd=Round("amount_usd")) & within(DOLLAR_ROUNDING))


UNITED_STATES_CASH = Q(government=Government.UNITED_STATES, kind=ContributionKind.CASH)


class Contribution(CheckedModel):
    """A contribution of one government in one fiscal year.

    It never counts toward the funding limit. An amount in another currency is stored with its original and the rate.
    A later row names the one it replaces. Cash of the United States names its account and authority, because only
    project funds count toward the limit.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="contributions")
    government = models.CharField(max_length=8, choices=Government.choices)
    kind = models.CharField(max_length=8, choices=ContributionKind.choices)
    stage = models.CharField(max_length=8, choices=ContributionStage.choices)
    fiscal_year = models.PositiveSmallIntegerField()
    program = models.ForeignKey(Program, on_delete=models.PROTECT, null=True, blank=True, related_name="contributions")
    description = models.CharField(max_length=300)
    amount_usd = money("U.S. dollars", null=True, blank=True)
    original_amount = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    original_currency = CurrencyField(blank=True)
    rate = models.DecimalField("dollars per unit", max_digits=16, decimal_places=8, null=True, blank=True)
    rate_source = models.CharField(max_length=200, blank=True)
    valuation_method = models.CharField(max_length=300, blank=True)
    staff_years = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    account = models.CharField(max_length=12, choices=CashAccount.choices, blank=True)
    authority = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=500)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("partnership", "fiscal_year", "government", "id")
        constraints = (
            models.CheckConstraint(
                name="contribution_a_no_project_funds",
                condition=~Q(account=CashAccount.PROJECT),
                violation_error_code="project_funds",
                violation_error_message=(
                    "Record TIP Office project funds as an award, where the funding limit applies: open an award and "
                    "record its ledger entries."
                ),
            ),
            models.CheckConstraint(
                name="contribution_cash_account",
                condition=Q(account=CashAccount.PROJECT)
                | (UNITED_STATES_CASH & Q(account__in=CashAccount.values, authority__regex=r"\S"))
                | (~UNITED_STATES_CASH & Q(account="", authority="")),
                violation_error_code="account",
                violation_error_message=(
                    "Cash of the United States needs an account and an authority; other contributions have neither."
                ),
            ),
            models.CheckConstraint(
                name="contribution_not_negative",
                condition=(Q(amount_usd__isnull=True) | Q(amount_usd__gte=0, amount_usd__lt=BEYOND))
                & (Q(original_amount__isnull=True) | Q(original_amount__gte=0, original_amount__lt=100 * BEYOND))
                & (Q(staff_years__isnull=True) | Q(staff_years__gte=0, staff_years__lt=BEYOND)),
                violation_error_code="amount",
                violation_error_message="An amount must be zero or more.",
            ),
            models.CheckConstraint(
                name="contribution_valued",
                condition=~Q(kind=ContributionKind.IN_KIND) | Q(amount_usd__isnull=True) | ~Q(valuation_method=""),
                violation_error_code="valuation_method",
                violation_error_message="Explain how the in-kind contribution was valued.",
            ),
            models.CheckConstraint(
                name="contribution_currency_whole",
                condition=Q(original_amount__isnull=True, original_currency="", rate__isnull=True, rate_source="")
                | (Q(original_amount__isnull=False) & ~Q(original_currency="") & Q(rate__isnull=True))
                | (Q(original_amount__isnull=False) & ~Q(original_currency="") & ~Q(rate_source="")),
                violation_error_code="original_currency",
                violation_error_message="An original amount needs a currency, and a rate needs a source.",
            ),
            models.CheckConstraint(
                name="contribution_currency_other",
                condition=~Q(original_currency=US_DOLLAR),
                violation_error_code="original_currency",
                violation_error_message=(
                    "The original currency can't be the U.S. dollar. Enter an amount in dollars as the value in U.S. "
                    "dollars alone."
                ),
            ),
            models.CheckConstraint(
                name="contribution_currency_known",
                condition=Q(original_currency__in=("", US_DOLLAR, *OTHER_CURRENCIES, SAMPLE_CURRENCY)),
                violation_error_code="original_currency",
                violation_error_message=UNKNOWN,
            ),
            models.CheckConstraint(
                name="contribution_rate_a_positive",
                condition=Q(rate__isnull=True) | Q(rate__gt=0, rate__lt=BEYOND),
                violation_error_code="rate",
                violation_error_message="A rate must be greater than zero.",
            ),
            models.CheckConstraint(
                name="contribution_rate_agrees",
                # Stated, since a comparison with a missing value is unknown: without all three, nothing can disagree.
                condition=Q(amount_usd__isnull=True)
                | Q(original_amount__isnull=True)
                | Q(rate__isnull=True)
                | _dollars_agree(),
                violation_error_code="rate",
                violation_error_message=(
                    "The value in U.S. dollars is not the original amount times the rate. Correct the wrong one."
                ),
            ),
            models.CheckConstraint(
                name="contribution_fiscal_year",
                condition=Q(fiscal_year__gte=2013, fiscal_year__lte=2100),
                violation_error_code="fiscal_year",
                violation_error_message="Enter the U.S. fiscal year with four digits.",
            ),
            models.CheckConstraint(
                name="contribution_words_known",
                condition=Q(
                    government__in=Government.values,
                    kind__in=ContributionKind.values,
                    stage__in=ContributionStage.values,
                ),
                violation_error_code="contribution_words",
            ),
        )
        triggers = [
            records_authors("partnerships_contribution"),
            within_partnership(program_id="program"),
            replaces_own("partnerships_contribution", "partnership_id"),
            sample_money(),
            *makes_version(OWN, pgtrigger.Insert),
            *append_only(),
        ]

    def __str__(self) -> str:
        return self.description

    def clean(self) -> None:
        """Raise `ValidationError` with code `rate` if the dollars are not the original amount times the rate.

        The message shows the product, which the constraint can't. A value that is no number is left to its column.
        """
        values = (self.amount_usd, self.original_amount, self.rate)
        if not all(isinstance(value, Decimal) and value.is_finite() for value in values):
            return
        reject(dollars_agree(self, self.rate))


class CongressionalNotification(models.Model):
    """A notification of Congress under 22 U.S.C. 2394-1.

    A later row names the one it replaces; an amount of zero withdraws the notification. One that names its fund counts
    for obligations from that fund alone.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="notifications")
    sent_on = DayField()
    amount = money("amount")
    reference = models.CharField(max_length=60)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, null=True, blank=True, related_name="notifications")
    document = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("partnership", "sent_on", "id")
        constraints = (
            models.CheckConstraint(
                name="notification_not_negative",
                condition=Q(amount__gte=0),
                violation_error_code="amount",
                violation_error_message="An amount must be zero or more.",
            ),
        )
        triggers = [
            locks_partnership("NEW.partnership_id"),
            on_its_day("sent_on"),
            replaces_own("partnerships_congressionalnotification", "partnership_id"),
            derives_partnership("SELECT partnership_id FROM new_rows"),
            covers_obligations(),
            history("r.partnership_id"),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: USD {self.amount:,.2f}"


class ExemptionKind(models.TextChoices):
    """Grounds for obligating without a notification or above the notified amount."""

    NOT_REQUIRED = "not_required", "Justified in the budget; no notification required"
    WITHIN_TENTH = "within_tenth", "Not more than 10 percent above the justified amount"
    EMERGENCY = "emergency", "Waived for a substantial risk to human health or welfare"


class NotificationExemption(models.Model):
    """An exemption from congressional notification, up to an amount, with its authority."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="notification_exemptions")
    kind = models.CharField(max_length=14, choices=ExemptionKind.choices)
    amount = money("amount")
    from_on = DayField("from")
    authority = models.CharField(max_length=200)
    reason = models.TextField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("partnership", "from_on", "id")
        constraints = (
            models.CheckConstraint(
                name="exemption_stated",
                condition=Q(amount__gt=0, amount__lt=BEYOND) & ~Q(authority="") & ~Q(reason=""),
                violation_error_code="exemption",
                violation_error_message="An exemption needs an amount, an authority, and a reason.",
            ),
        )
        triggers = [
            locks_partnership("NEW.partnership_id"),
            exempts(),
            audits_writes("partnerships.notificationexemption"),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: USD {self.amount:,.2f}"
