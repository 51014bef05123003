from __future__ import annotations

from django.shortcuts import get_object_or_404

from cpc.accounts.permissions import Permission
from cpc.web import formats
from cpc.web.sheets.actions import SheetAction
from cpc.web.sheets.kinds import Sheet
from partnerships.budgets.budget_sheet import TITLE as BUDGET
from partnerships.budgets.budget_sheet import budget_sheet
from partnerships.budgets.plan_sheet import TITLE as PLAN
from partnerships.budgets.plan_sheet import plan_sheet
from partnerships.models import Award
from partnerships.page_frame import PartnershipAction


class PlanSheet(SheetAction, PartnershipAction):
    """Plan what each government gives in each fiscal year, on one sheet."""

    permission = Permission.RECORD_MONEY
    plans = "plannedyear"
    heading = here = PLAN
    button = "Check and save all rows"
    template_name = "partnerships/awards/ledger.html"
    done = "The plan is saved."
    back = "partnership-money#plan"
    intro = "Units are never added: each currency, and staff-years, has rows of its own."

    def make_sheet(self) -> Sheet:
        return plan_sheet(self.partnership, self.actor)

    def file_name(self) -> str:
        return self.partnership.country.name


class BudgetSheet(SheetAction, PartnershipAction):
    """Record the budget of one award on a sheet."""

    permission = Permission.RECORD_MONEY
    plans = "awardbudget"
    heading = here = BUDGET
    button = "Check and save all rows"
    template_name = "partnerships/awards/ledger.html"
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
