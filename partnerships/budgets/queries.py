from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from partnerships.models import (
    Award,
    AwardBudget,
    BudgetLine,
    ExpendedPart,
    FinancialReport,
    Partnership,
    PlannedYear,
    ProgramAmount,
)

NEWEST_YEAR = ("government", "kind", "unit", "program_id", "fiscal_year")


def planned_years(partnership: Partnership) -> list[PlannedYear]:
    """Return the amounts in effect of the plan by year, of programs that are not withdrawn."""
    rows = partnership.planned_years.select_related("program").order_by(*NEWEST_YEAR, "-id").distinct(*NEWEST_YEAR)
    return [row for row in rows if row.program is None or not row.program.withdrawn]


def plan_revision(partnership: Partnership) -> str:
    """Return the key of the newest planned amount, or "0". Amounts are only added, never edited."""
    return str(partnership.planned_years.order_by("-pk").values_list("pk", flat=True).first() or 0)


def newest_allocations(partnership: Partnership) -> dict[tuple[int, str], Decimal]:
    """Return the allocation in effect by program and government, of programs that are not withdrawn."""
    rows = ProgramAmount.objects.filter(program__partnership=partnership, program__withdrawn=False)
    newest = rows.order_by("program_id", "government", "-id").distinct("program_id", "government")
    return {(row.program_id, row.government): row.amount for row in newest}


@dataclass(frozen=True, slots=True)
class BudgetInEffect:
    """The newest budget of an award, by category in the order of its lines and by fiscal year."""

    budget: AwardBudget
    lines: Sequence[BudgetLine]

    @property
    def categories(self) -> Sequence[str]:
        return list(dict.fromkeys(line.category for line in self.lines))

    @property
    def years(self) -> Sequence[int]:
        return sorted({line.fiscal_year for line in self.lines})

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))

    def by_category(self) -> Mapping[str, Mapping[int, Decimal]]:
        amounts: dict[str, dict[int, Decimal]] = defaultdict(dict)
        for line in self.lines:
            amounts[line.category][line.fiscal_year] = line.amount
        return amounts


def budgets_of(awards: Iterable[Award]) -> dict[int, BudgetInEffect]:
    """Return the budget in effect of each award that has one, by the award's key. Two queries."""
    keys = [award.pk for award in awards]
    newest = AwardBudget.objects.filter(award__in=keys).order_by("award_id", "-id").distinct("award_id")
    budgets = {budget.pk: budget for budget in newest.select_related("document__document", "recorded_by")}
    lines: dict[int, list[BudgetLine]] = defaultdict(list)
    for line in BudgetLine.objects.filter(budget__in=budgets):
        lines[line.budget_id].append(line)
    return {budget.award_id: BudgetInEffect(budget, lines[key]) for key, budget in budgets.items()}


def budget_revision(award: Award) -> str:
    """Return the key of the newest budget, or "0". Budgets are only added, never edited."""
    return str(award.budgets.order_by("-pk").values_list("pk", flat=True).first() or 0)


def parts_of(reports: Iterable[FinancialReport]) -> dict[int, dict[str, Decimal]]:
    """Return what each report expended by category, by the report's key; reports without categories are left out."""
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for part in ExpendedPart.objects.filter(financial_report__in=[report.pk for report in reports]):
        found[part.financial_report_id][part.category] = part.amount
    return dict(found)
