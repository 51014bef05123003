"""Plans of money by fiscal year: both governments' by program, and the budget of each award."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.currencies import CurrencyField
from cpc.currency_codes import OTHER_CURRENCIES, SAMPLE_CURRENCY, UNKNOWN, US_DOLLAR
from cpc.database.triggers import append_only
from cpc.typed import visible
from partnerships.database.budgets import (
    adds_up_to_award,
    adds_up_to_report,
    takes_awarded,
    within_allocation,
)
from partnerships.database.rows import (
    OWN,
    derives_partnership,
    history,
    locks_partnership,
    sample_money,
    within_partnership,
)
from partnerships.models.awards import Award
from partnerships.models.choices import Government
from partnerships.models.documents import DocumentVersion
from partnerships.models.financial_reports import FinancialReport
from partnerships.models.limits import BEYOND
from partnerships.models.money import ContributionKind
from partnerships.models.partnership import ZERO, Partnership, money
from partnerships.models.terms import Program


class PlannedYear(models.Model):
    """An amount that a government plans for one program in one fiscal year. The newest row of a year counts.

    22 U.S.C. 7103a(d)(2)(C). `unit` is a currency, or empty for staff-years. Cash of the United States in U.S. dollars
    splits the allocation of its program (`ProgramAmount`), and adds up to at most that.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="planned_years")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, null=True, blank=True, related_name="planned_years")
    government = models.CharField(max_length=8, choices=Government.choices)
    kind = models.CharField(max_length=8, choices=ContributionKind.choices)
    unit = CurrencyField(blank=True)
    fiscal_year = models.PositiveSmallIntegerField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    source = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("partnership", "government", "kind", "unit", "program", "fiscal_year", "-id")
        indexes = (
            models.Index(
                fields=("partnership", "government", "kind", "unit", "program", "fiscal_year", "-id"),
                name="planned_year_newest",
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="planned_year_amount",
                condition=Q(amount__gte=0, amount__lt=100 * BEYOND),
                violation_error_code="amount",
                violation_error_message="An amount must be zero or more.",
            ),
            models.CheckConstraint(
                name="planned_year_unit",
                condition=Q(unit__in=(US_DOLLAR, *OTHER_CURRENCIES, SAMPLE_CURRENCY))
                | Q(unit="", kind=ContributionKind.STAFF),
                violation_error_code="unit",
                violation_error_message=f"{UNKNOWN} Leave it blank only for staff-years.",
            ),
            models.CheckConstraint(
                name="planned_year_program",
                condition=~Q(government=Government.UNITED_STATES, kind=ContributionKind.CASH)
                | Q(program__isnull=False, unit=US_DOLLAR),
                violation_error_code="program",
                violation_error_message="Cash of the United States is planned in U.S. dollars and for a program.",
            ),
            models.CheckConstraint(
                name="planned_year_fiscal_year",
                condition=Q(fiscal_year__gte=2013, fiscal_year__lte=2100),
                violation_error_code="fiscal_year",
                violation_error_message="Enter the U.S. fiscal year with four digits.",
            ),
            models.CheckConstraint(
                name="planned_year_known",
                condition=Q(government__in=Government.values, kind__in=ContributionKind.values),
                violation_error_code="contribution_choice",
            ),
        )
        triggers = [
            locks_partnership("NEW.partnership_id"),
            within_partnership(program_id="program"),
            sample_money("unit"),
            within_allocation(),
            derives_partnership(OWN.format(rows="new_rows")),
            history("r.partnership_id"),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year}: {self.unit or 'staff-years'} {self.amount:,.2f}"


class BudgetBasis(models.TextChoices):
    """Ways to divide the budget of an award."""

    OBJECT_CLASS = "object_class", "By object class"
    COMPONENT = "component", "By component"


class ObjectClass(models.TextChoices):
    """Object class categories of the SF-424A, section B, lines 6a to 6j."""

    PERSONNEL = "Personnel"
    FRINGE = "Fringe benefits"
    TRAVEL = "Travel"
    EQUIPMENT = "Equipment"
    SUPPLIES = "Supplies"
    CONTRACTUAL = "Contractual"
    CONSTRUCTION = "Construction"
    OTHER = "Other"
    INDIRECT = "Indirect charges"


_PARTNERSHIP_OF_AWARD = "(SELECT a.partnership_id FROM partnerships_award a WHERE a.id = {row}.award_id)"
_PARTNERSHIP_OF_LINE = (
    "(SELECT a.partnership_id FROM partnerships_award a JOIN partnerships_awardbudget b ON b.award_id = a.id "
    "WHERE b.id = {row}.budget_id)"
)


class AwardBudget(models.Model):
    """One version of the budget of an award; the newest counts. Its lines add up to what is awarded at that time."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="budgets")
    basis = models.CharField(max_length=12, choices=BudgetBasis.choices)
    awarded = money("awarded when recorded", default=ZERO, editable=False)
    source = models.CharField(max_length=300)
    document = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("award", "-id")
        constraints = (
            visible("source"),
            models.CheckConstraint(
                name="award_budget_basis", condition=Q(basis__in=BudgetBasis.values), violation_error_code="basis"
            ),
        )
        triggers = [
            locks_partnership(_PARTNERSHIP_OF_AWARD.format(row="NEW")),
            takes_awarded(),
            adds_up_to_award("NEW.id"),
            history(_PARTNERSHIP_OF_AWARD.format(row="r")),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"Budget of {self.award}"


class BudgetLine(models.Model):
    """One category of a budget in one fiscal year, in U.S. dollars."""

    budget = models.ForeignKey(AwardBudget, on_delete=models.PROTECT, related_name="lines")
    category = models.CharField(max_length=80)
    fiscal_year = models.PositiveSmallIntegerField()
    amount = money("amount")

    class Meta:
        ordering = ("budget", "id")
        constraints = (
            visible("category"),
            models.UniqueConstraint(
                name="budget_line_once",
                fields=("budget", "category", "fiscal_year"),
                violation_error_code="budget_line_once",
                violation_error_message="This category has two amounts for one year.",
            ),
            models.CheckConstraint(
                name="budget_line_amount",
                condition=Q(amount__gte=0),
                violation_error_code="amount",
                violation_error_message="An amount must be zero or more.",
            ),
            models.CheckConstraint(
                name="budget_line_fiscal_year",
                condition=Q(fiscal_year__gte=2013, fiscal_year__lte=2100),
                violation_error_code="fiscal_year",
                violation_error_message="Enter the U.S. fiscal year with four digits.",
            ),
        )
        triggers = [
            locks_partnership(_PARTNERSHIP_OF_LINE.format(row="NEW")),
            adds_up_to_award("NEW.budget_id"),
            history(_PARTNERSHIP_OF_LINE.format(row="r")),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.category}, FY {self.fiscal_year}: USD {self.amount:,.2f}"


class ExpendedPart(models.Model):
    """One category of the budget in line 10e of an SF-425, from the recipient's budget report; cumulative."""

    financial_report = models.ForeignKey(FinancialReport, on_delete=models.PROTECT, related_name="parts")
    category = models.CharField(max_length=80)
    amount = money("amount")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("financial_report", "id")
        constraints = (
            visible("category"),
            models.UniqueConstraint(
                name="expended_part_once",
                fields=("financial_report", "category"),
                violation_error_code="expended_part_once",
                violation_error_message="The categories of this report are on record. Replace its lines instead.",
            ),
            models.CheckConstraint(
                name="expended_part_amount",
                condition=Q(amount__gte=0),
                violation_error_code="amount",
                violation_error_message="An amount must be zero or more.",
            ),
        )
        triggers = [adds_up_to_report(), *append_only()]

    def __str__(self) -> str:
        return f"{self.category}: USD {self.amount:,.2f}"
