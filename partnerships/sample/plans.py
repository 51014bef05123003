"""Plans of the sample by fiscal year, and the budgets of two awards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from cpc.currency_codes import SAMPLE_CURRENCY, US_DOLLAR
from partnerships.budgets.services import NewLine, plan_years, record_budget, record_parts
from partnerships.models import Award, BudgetBasis, FinancialReport, Partnership, PlannedYear, Program
from partnerships.sample.office import Office

YEARS = (2024, 2025, 2026, 2027, 2028)
THOUSAND = 1000
PLAN = (
    # program, government, kind, unit, thousands or staff-years of each fiscal year
    (0, "us", "cash", US_DOLLAR, (200, 500, 500, 400, 100)),
    (1, "us", "cash", US_DOLLAR, (150, 600, 650, 550, 150)),
    (2, "us", "cash", US_DOLLAR, (None, None, None, 200, 100)),
    (3, "us", "cash", US_DOLLAR, (150, 200, None, 150, None)),
    (0, "partner", "cash", SAMPLE_CURRENCY, (200, 500, 500, 500, 300)),
    (1, "partner", "cash", SAMPLE_CURRENCY, (400, 1000, 1100, 1000, 500)),
    (2, "partner", "cash", SAMPLE_CURRENCY, (None, 300, 300, 300, 100)),
    (0, "partner", "in_kind", SAMPLE_CURRENCY, (None, 120, 240, 240, None)),
    (None, "partner", "staff", "", (4, 7, 7, 7, 3)),
)
JUSTICE = (
    ("Personnel", (48, 118, 118, 94, 23)),
    ("Fringe benefits", (12, 32, 32, 26, 7)),
    ("Travel", (10, 30, 30, 25, 5)),
    ("Equipment", (40, 30, 20, 10, None)),
    ("Supplies", (10, 10, 20, None, None)),
    ("Contractual", (50, 190, 200, 165, 45)),
    ("Other", (10, 30, 20, 25, 5)),
    ("Indirect charges", (20, 60, 60, 55, 15)),
)
CARE = (
    ("Centers and case work", (120, 310, 370, 300, 90)),
    ("Hotline", (30, 120, 130, 110, 40)),
    ("Training of social workers", (20, 130, 130, 110, 30)),
    ("Management and evaluation", (None, 20, 20, 10, 10)),
)


def plan_by_year(office: Office, partnership: Partnership, programs: Sequence[Program]) -> None:
    years = [
        PlannedYear(
            program=programs[program] if program is not None else None, government=government, kind=kind, unit=unit,
            fiscal_year=year, amount=Decimal(amount * (THOUSAND if unit else 1)),
            source="Annex of the sample instrument, with amendment 1",
        )
        for program, government, kind, unit, amounts in PLAN
        for year, amount in zip(YEARS, amounts, strict=True)
        if amount is not None
    ]  # fmt: skip
    plan_years(partnership=partnership, years=years, actor=office.drafter)


def budget_awards(office: Office, awards: Sequence[Award]) -> None:
    """Divide the first award by object class and the second by component."""
    for award, basis, rows in (
        (awards[0], BudgetBasis.OBJECT_CLASS, JUSTICE),
        (awards[1], BudgetBasis.COMPONENT, CARE),
    ):
        lines = [
            NewLine(category, year, Decimal(amount * THOUSAND))
            for category, amounts in rows
            for year, amount in zip(YEARS, amounts, strict=True)
            if amount is not None
        ]
        record_budget(
            award=award, basis=basis, lines=lines, source="Approved budget of the sample, amendment 1",
            actor=office.drafter,
        )  # fmt: skip


SPENT = {
    "SAMPLE-24-001": (date(2026, 9, 30), "274 68 48 88 30.5 372 52.5 129", JUSTICE),
    "SAMPLE-24-002": (date(2026, 6, 30), "560 196 218 30", CARE),
}
"""Expenditures of each award by category through the end of a period, in thousands. They add up to line 10e."""


def report_by_category(office: Office, awards: Sequence[Award]) -> None:
    for award in awards[:2]:
        end, amounts, rows = SPENT[award.fain]
        parts = {
            category: Decimal(amount) * THOUSAND for (category, _), amount in zip(rows, amounts.split(), strict=True)
        }
        report = FinancialReport.objects.get(report__award=award, report__period_end=end, replaced_by__isnull=True)
        record_parts(report=report, parts=parts, actor=office.drafter)
