"""Awards and their ledger: totals are sums over rows that are never edited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cpc.checked import CheckedModel
from cpc.database.revisions import RevisionedModel, counts_revisions
from cpc.database.triggers import append_only
from cpc.days import DayField
from cpc.typed import visible
from partnerships import states
from partnerships.database.awards import (
    award_in_bounds,
    award_totals,
    derives_award,
    derives_partnership_of_award,
    disbursed_once_started,
    follows_term,
)
from partnerships.database.funds import follows_fund
from partnerships.database.lifecycle import follows_steps
from partnerships.database.rows import (
    history,
    history_triggers,
    locks_partnership,
    on_its_day,
    replaces_own,
    within_partnership,
)
from partnerships.database.withholding import keeps_name_withheld
from partnerships.models.documents import DocumentVersion
from partnerships.models.funds import Fund
from partnerships.models.partnership import ZERO, Partnership, money
from partnerships.models.terms import Program


class AwardType(models.TextChoices):
    """Forms of assistance under 22 U.S.C. 7103a(d)(3)."""

    GRANT = "grant", "Grant"
    COOPERATIVE_AGREEMENT = "cooperative_agreement", "Cooperative agreement"
    CONTRACT = "contract", "Contract"


class RecipientType(models.TextChoices):
    """Kinds of recipient.

    The statute also allows governments; the office's practice is the other kinds.
    """

    CIVIL_SOCIETY = "civil_society", "Civil society organization"
    INTERNATIONAL = "international", "International organization"
    EXPERT = "expert", "Other expert entity"
    GOVERNMENT = "government", "Government"


NAMES_WITHHELD = (RecipientType.CIVIL_SOCIETY, RecipientType.EXPERT)
"""Kinds of recipient whose names are withheld outside the office until a determination releases them."""


class AwardState(models.TextChoices):
    """States of an award.

    A stop-work order and a termination for convenience are separate from a suspension under 22 U.S.C. 7103a(d)(6).
    """

    PLANNED = "planned", "Planned"
    ACTIVE = "active", "Active"
    STOP_WORK = "stop_work", "Stop-work ordered"
    TERMINATED = "terminated", "Terminated for convenience"
    ENDED = "ended", "Ended, close-out open"
    CLOSED = "closed", "Closed out"


class LedgerKind(models.TextChoices):
    """Kinds of ledger entry. Amounts are positive; the kind gives the sign."""

    AWARD = "award", "Award or increase"
    REDUCTION = "reduction", "Reduction of the award"
    OBLIGATION = "obligation", "Obligation"
    DEOBLIGATION = "deobligation", "De-obligation"
    ADJUSTMENT = "adjustment", "Upward adjustment of an obligation"
    DISBURSEMENT = "disbursement", "Disbursement"
    REFUND = "refund", "Refund"


LEDGER_EFFECT: Mapping[str, tuple[str, int]] = {
    LedgerKind.AWARD: ("awarded", 1),
    LedgerKind.REDUCTION: ("awarded", -1),
    LedgerKind.OBLIGATION: ("obligated", 1),
    LedgerKind.DEOBLIGATION: ("obligated", -1),
    LedgerKind.ADJUSTMENT: ("obligated", 1),
    LedgerKind.DISBURSEMENT: ("disbursed", 1),
    LedgerKind.REFUND: ("disbursed", -1),
}
"""The total of an award that an entry counts toward, and its sign in that total."""


class Award(CheckedModel, RevisionedModel):
    """One award of TIP Office project funds.

    Its totals are derived from the ledger, and its state from its steps.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="awards")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, null=True, blank=True, related_name="awards")
    title = models.CharField(max_length=200)
    type = models.CharField(max_length=24, choices=AwardType.choices)
    recipient = models.CharField(max_length=200)
    recipient_type = models.CharField(max_length=14, choices=RecipientType.choices)
    uei = models.CharField("UEI", max_length=12, blank=True)
    fain = models.CharField("FAIN", max_length=30, blank=True)
    assistance_listing = models.CharField(max_length=6, blank=True, help_text="For example 19.019.")
    nofo = models.CharField("notice of funding opportunity", max_length=60, blank=True)
    competed = models.BooleanField(default=True)
    not_competed_because = models.CharField(max_length=300, blank=True)
    certifies_training = models.BooleanField(
        "staff training certified", default=False, help_text="22 U.S.C. 7105a(b): staff who serve victims are trained."
    )
    certifies_no_promotion = models.BooleanField(
        "statement on prostitution received", default=False, help_text="22 U.S.C. 7110(g)."
    )
    state = models.CharField(max_length=12, choices=AwardState.choices, default=AwardState.PLANNED, editable=False)
    starts_on = DayField(null=True, blank=True)
    ends_on = DayField(null=True, blank=True)
    ended_on = DayField(null=True, blank=True, editable=False, help_text="The actual end date.")
    awarded_total = money("awarded", default=ZERO, editable=False)
    obligated_total = money("obligated, net", default=ZERO, editable=False)
    disbursed_total = money("disbursed", default=ZERO, editable=False)
    subawarded_total = money("sub-awarded", default=ZERO, editable=False)

    class Meta:
        ordering = ("partnership", "starts_on", "id")
        constraints = (
            visible("title"),
            models.UniqueConstraint(
                name="award_fain_once",
                fields=("fain",),
                condition=~Q(fain=""),
                violation_error_code="fain",
                violation_error_message="Another award has this FAIN.",
            ),
            models.CheckConstraint(
                name="award_uei_form",
                condition=Q(uei="") | Q(uei__regex=r"^[A-Z0-9]{12}$"),
                violation_error_code="uei",
                violation_error_message="A UEI has twelve capital letters and digits.",
            ),
            models.CheckConstraint(
                name="award_listing_form",
                condition=Q(assistance_listing="") | Q(assistance_listing__regex=r"^[0-9]{2}\.[0-9]{3}$"),
                violation_error_code="assistance_listing",
                violation_error_message="An assistance listing looks like 19.019.",
            ),
            models.CheckConstraint(
                name="award_competed_or_why",
                condition=Q(competed=True) | ~Q(not_competed_because=""),
                violation_error_code="not_competed_because",
                violation_error_message="Explain why the award was not competed (22 U.S.C. 7105a(a)).",
            ),
            models.CheckConstraint(
                name="award_dates_ordered",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_code="dates_order",
                violation_error_message="The last day cannot be before the first day.",
            ),
            models.CheckConstraint(
                name="award_ended_after_start",
                condition=Q(ended_on__isnull=True) | Q(starts_on__isnull=True) | Q(ended_on__gte=F("starts_on")),
                violation_error_code="dates_order",
                violation_error_message="The actual end cannot be before the first day.",
            ),
            models.CheckConstraint(
                name="award_ended_is_over",
                condition=Q(ended_on__isnull=True)
                | Q(state__in=(AwardState.TERMINATED, AwardState.ENDED, AwardState.CLOSED)),
                violation_error_code="award_state",
                violation_error_message="An award that has not ended cannot have an actual end date.",
            ),
            models.CheckConstraint(
                name="award_words_known",
                condition=Q(
                    type__in=AwardType.values, recipient_type__in=RecipientType.values, state__in=AwardState.values
                ),
                violation_error_code="award_words",
            ),
            models.CheckConstraint(
                name="award_a_not_negative",
                condition=Q(awarded_total__gte=0, obligated_total__gte=0, disbursed_total__gte=0),
                violation_error_code="negative_total",
                violation_error_message="More would be taken back than was recorded.",
            ),
            models.CheckConstraint(
                name="award_obligated_over_awarded",
                condition=Q(obligated_total__lte=F("awarded_total")),
                violation_error_code="award_obligated_over_awarded",
                violation_error_message="More would be obligated than was awarded.",
            ),
            models.CheckConstraint(
                name="award_disbursed_over_obligated",
                condition=Q(disbursed_total__lte=F("obligated_total")),
                violation_error_code="award_disbursed_over_obligated",
                violation_error_message="More would be disbursed than is obligated under this award.",
            ),
            models.CheckConstraint(
                name="award_subawarded_over_awarded",
                condition=Q(subawarded_total__lte=F("awarded_total")),
                violation_error_code="award_subawarded_over_awarded",
                violation_error_message="Sub-awards are part of the award; together they would exceed it.",
            ),
        )
        triggers = [
            locks_partnership("NEW.partnership_id"),
            follows_steps("partnerships_awardstep", "award_id", states.AWARD),
            within_partnership(program_id="program"),
            derives_award(LEDGER_EFFECT),
            award_in_bounds(),
            keeps_name_withheld(tuple(kind.value for kind in NAMES_WITHHELD)),
            counts_revisions(besides=award_totals(LEDGER_EFFECT)),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.title}"

    @property
    def last_day(self) -> date | None:
        """Return the day on which the award ended, or its planned last day."""
        return self.ended_on or self.ends_on


GREATER_THAN_ZERO = "An amount must be greater than zero; the kind gives the sign."


def greater_than_zero(amount: Decimal) -> None:
    if amount <= 0:
        raise ValidationError(GREATER_THAN_ZERO, code="amount")


_PARTNERSHIP_OF_AWARD = "(SELECT a.partnership_id FROM partnerships_award a WHERE a.id = {row}.award_id)"


class LedgerEntry(models.Model):
    """One movement of money under an award, in U.S. dollars. Corrections are new entries.

    An entry dated after the last day of the partnership's term, or an adjustment, states its reason (`note`) and its
    authority. `fiscal_year` is that of the funds; `fund` is the account, whose days are entered from a document. An
    award and its reduction move no money, so they name no fund.
    """

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="ledger")
    kind = models.CharField(max_length=12, choices=LedgerKind.choices)
    amount = money("amount", validators=[greater_than_zero])
    on = DayField("day")
    fiscal_year = models.PositiveSmallIntegerField(
        help_text="Fiscal year of the funds, if it differs from the fiscal year of the date."
    )
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger")
    reference = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=300, blank=True)
    authority = models.CharField(
        max_length=200, blank=True, help_text="The provision, policy, or term of the award that allows the entry."
    )
    document = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("award", "on", "id")
        verbose_name_plural = "ledger entries"
        indexes = (models.Index(fields=("award", "kind"), include=("amount",), name="ledger_award_kind"),)
        constraints = (
            models.CheckConstraint(
                name="ledger_amount_positive",
                condition=Q(amount__gt=0),
                violation_error_code="amount",
                violation_error_message=GREATER_THAN_ZERO,
            ),
            models.CheckConstraint(
                name="ledger_kind_known",
                condition=Q(kind__in=LedgerKind.values),
                violation_error_code="ledger_kind",
            ),
            models.CheckConstraint(
                name="ledger_fund_of_money",
                condition=Q(fund__isnull=True) | ~Q(kind__in=(LedgerKind.AWARD, LedgerKind.REDUCTION)),
                violation_error_code="fund",
                violation_error_message="An award or its reduction moves no money. Leave its fund empty.",
            ),
        )
        triggers = [
            locks_partnership(_PARTNERSHIP_OF_AWARD.format(row="NEW")),
            on_its_day("on"),
            follows_fund(),
            follows_term(),
            disbursed_once_started(),
            derives_partnership_of_award(ledger=True),
            history(_PARTNERSHIP_OF_AWARD.format(row="r")),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: USD {self.amount:,.2f}"


class SubAward(models.Model):
    """An amount that a recipient passes on. It is part of the award and never added to it."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="subawards")
    recipient = models.CharField(max_length=200)
    uei = models.CharField("UEI", max_length=12, blank=True)
    purpose = models.CharField(max_length=300)
    amount = money("amount")
    signed_on = DayField(null=True, blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("award", "recipient", "id")
        constraints = (
            models.CheckConstraint(
                name="subaward_not_negative",
                condition=Q(amount__gte=0),
                violation_error_code="amount",
                violation_error_message="An amount must be zero or more.",
            ),
        )
        triggers = [
            locks_partnership(_PARTNERSHIP_OF_AWARD.format(row="NEW")),
            replaces_own("partnerships_subaward", "award_id"),
            derives_partnership_of_award(ledger=False),
            history(_PARTNERSHIP_OF_AWARD.format(row="r")),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.recipient}: USD {self.amount:,.2f}"
