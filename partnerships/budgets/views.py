from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.shortcuts import get_object_or_404

from cpc.accounts.permissions import Permission
from cpc.web import formats
from cpc.web.sheets.actions import SheetAction
from cpc.web.sheets.kinds import Sheet
from partnerships.budgets import services
from partnerships.budgets.budget_sheet import TITLE as BUDGET
from partnerships.budgets.budget_sheet import budget_sheet
from partnerships.budgets.forms import part_column, parts_form
from partnerships.budgets.plan_sheet import TITLE as PLAN
from partnerships.budgets.plan_sheet import plan_sheet
from partnerships.budgets.queries import budgets_of
from partnerships.models import Award, FinancialReport
from partnerships.page_frame import PartnershipAction


class PlanSheet(SheetAction, PartnershipAction):
    """Plan what each government gives in each fiscal year, on one sheet."""

    permission = Permission.RECORD_MONEY
    plans = "plannedyear"
    heading = here = PLAN
    button = "Check and save all rows"
    template_name = "partnerships/shared/sheet.html"
    done = "The plan is saved."
    back = "partnership-money#plan"
    intro = "Units are never added: each currency, and staff-years, has rows of its own."

    def make_sheet(self) -> Sheet:
        return plan_sheet(self.partnership, self.actor)

    def file_name(self) -> str:
        return self.partnership.country.name


class RecordParts(PartnershipAction):
    """Record what one financial report expended by category of the award's budget."""

    permission = Permission.RECORD_MONEY
    heading = "Record what was expended by category"
    button = "Record the categories"
    done = "The categories are recorded."
    back = "partnership-money#awards"
    report: FinancialReport
    categories: Sequence[str]

    def load(self) -> None:
        rows = FinancialReport.objects.filter(replaced_by__isnull=True).select_related("report__award__partnership")
        own = {"report__award": self.kwargs["award"], "report__award__partnership": self.kwargs["pk"]}
        self.report = get_object_or_404(rows, report=self.kwargs["row"], **own)
        super().load()
        budget = budgets_of([self.report.report.award]).get(self.report.report.award_id)
        self.categories = budget.categories if budget is not None else ()
        self.form_class = parts_form(self.categories)
        self.intro = f"They add up to line 10e of the report, {formats.dollars(self.report.expended)}, cumulative."

    def blocked_reason(self) -> str:
        if self.report.parts.exists():
            return "The categories of this report are on record. Replace its lines instead."
        return "" if self.categories else "The award has no budget yet. Record its budget first."

    def facts(self) -> list[tuple[str, str]]:
        return [("Award", str(self.report.report.award)), ("Period to", formats.day(self.report.report.period_end))]

    def perform(self, values: Mapping[str, Any]) -> None:
        amounts = [values[part_column(number)] for number in range(len(self.categories))]
        parts = {
            category: amount for category, amount in zip(self.categories, amounts, strict=True) if amount is not None
        }
        services.record_parts(report=self.report, parts=parts, actor=self.actor)


class BudgetSheet(SheetAction, PartnershipAction):
    """Record the budget of one award on a sheet."""

    permission = Permission.RECORD_MONEY
    plans = "awardbudget"
    heading = here = BUDGET
    button = "Check and save all rows"
    template_name = "partnerships/shared/sheet.html"
    done = "The budget is saved."
    back = "partnership-money#awards"
    award: Award

    def load(self) -> None:
        awards = Award.objects.select_related("partnership")
        self.award = get_object_or_404(awards, pk=self.kwargs["award"], partnership=self.kwargs["pk"])
        super().load()
        self.intro = f"{self.award}: {formats.dollars(self.award.awarded_total)} is awarded."

    def make_sheet(self) -> Sheet:
        return budget_sheet(self.award, self.actor)

    def file_name(self) -> str:
        return self.award.recipient
