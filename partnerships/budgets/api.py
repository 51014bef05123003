"""Yearly plans and award budgets over REST."""

from partnerships.api_base.parts import part
from partnerships.models import AwardBudget, BudgetLine, ExpendedPart, PlannedYear

PLANNED_YEARS = part(
    "planned-years",
    "planned year",
    PlannedYear,
    title="Yearly plan of a partnership",
    description=(
        "What each government plans to contribute to each program in each fiscal year. Of several rows for the same "
        "program, government, kind, unit, and year, the newest is in effect."
    ),
    fields="id program government kind unit fiscal_year amount source recorded_by=recorded_by.name at",
    notes={"unit": "The currency by ISO 4217, or the unit of work.", "source": "Where to check it."},
    reasons={"program": "not_applicable"},
    order=("fiscal_year", "pk"),
    filters="program government kind fiscal_year",
)
BUDGETS = part(
    "award-budgets",
    "award budget",
    AwardBudget,
    title="Budgets of awards of a partnership",
    description="Every budget of every award; the newest of an award is in effect. Its lines are listed separately.",
    fields="id award basis awarded source document recorded_by=recorded_by.name at",
    notes={
        "awarded": "The amount awarded that the lines add up to.",
        "source": "Where to check it.",
        "document": "The number of the document's version.",
    },
    filters="award",
)
BUDGET_LINES = part(
    "award-budget-lines",
    "award budget line",
    BudgetLine,
    title="Lines of budgets of awards",
    description="The amount of each budget by category and fiscal year.",
    fields="id budget category fiscal_year amount",
    notes={"category": "The category of the federal budget form (SF-424A)."},
    order=("budget", "fiscal_year", "pk"),
    filters="budget category fiscal_year",
)
EXPENDED = part(
    "expended-parts",
    "expended part",
    ExpendedPart,
    title="Expenditure by category",
    description="The part of line 10e of a federal financial report (SF-425) that was expended on each category.",
    fields="id financial_report category amount recorded_by=recorded_by.name at",
    notes={"financial_report": "The number of the lines of the financial report."},
    order=("financial_report", "pk"),
    filters="financial_report category",
)
