"""The sheet of an award's budget: its basis and source, and a row for each category with its fiscal years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cpc.accounts.models import User
from cpc.fiscal_years import fiscal_year
from cpc.validation import reject
from cpc.web.actions import ActionForm
from cpc.web.fields import AmountField
from cpc.web.sheets.kinds import FormData, RowKind, Sheet, SheetSection, Slot
from partnerships.budgets.plan_sheet import column_of
from partnerships.budgets.queries import BudgetInEffect, budget_revision, budgets_of
from partnerships.budgets.services import NewLine, known_classes, record_budget
from partnerships.form_parts.base import PartnershipForm, choice
from partnerships.models import Award, AwardBudget, BudgetBasis, BudgetLine

TITLE = "Budget of the award"
NOTE = (
    "The lines add up to the award. By object class, the categories are those of the SF-424A. Each change is a new "
    "version of the budget; earlier ones stay on file."
)


class BudgetHeadForm(PartnershipForm):
    basis = choice("Divided", BudgetBasis.choices)
    source = forms.CharField(label="Source", max_length=300, help_text="The approved budget, such as amendment 2.")


class BudgetLineForm(PartnershipForm):
    category = forms.CharField(label="Category", max_length=80)

    def __init__(self, *args: Any, years: Sequence[int], **options: Any) -> None:
        super().__init__(*args, **options)
        for year in years:
            field = AmountField(label=f"FY {year}", required=False, min_value=0, max_digits=14, decimal_places=2)
            self.fields[column_of(year)] = field


class _OfAward(RowKind):
    def __init__(self, award: Award, actor: User) -> None:
        self.award, self.actor = award, actor

    @cached_property
    def current(self) -> BudgetInEffect | None:
        return budgets_of([self.award]).get(self.award.pk)

    def revision(self, record: Any) -> str:
        return budget_revision(self.award)


class BudgetHead(_OfAward):
    """The one row with the basis and the source of the budget."""

    key, noun, plural = "budget", "budget", "budgets"
    removes = False
    slots = (Slot("basis"), Slot("source"))

    def __init__(self, award: Award, actor: User) -> None:
        super().__init__(award, actor)
        self.values: Mapping[str, Any] | None = None
        self.adds = self.current is None

    def records(self) -> Iterable[AwardBudget]:
        return [self.current.budget] if self.current else []

    def make_form(self, record: Any | None, data: FormData | None) -> ActionForm:
        initial = {"basis": record.basis, "source": record.source} if record is not None else {}
        return BudgetHeadForm(data, partnership=self.award.partnership, initial=initial)

    def add(self, values: Mapping[str, Any]) -> AwardBudget:
        if self.values is not None:
            raise ValidationError("An award has one budget. Delete the other row.")
        self.values = values
        return AwardBudget(award=self.award, **values)

    def change(self, record: AwardBudget, values: Mapping[str, Any], expected_revision: str) -> AwardBudget:
        self.values = values
        return record


class BudgetLines(_OfAward):
    """Categories with their years. A save makes one new version of the whole budget."""

    key, noun, plural = "line", "category", "categories"
    named_by = "category"
    title_column = "category"

    def __init__(self, award: Award, actor: User, head: BudgetHead) -> None:
        super().__init__(award, actor)
        self.head = head
        self.changed: dict[str, Mapping[int, Decimal]] | None = None
        self.slots = [Slot("category"), *(Slot(column_of(year)) for year in self.years)]

    @cached_property
    def years(self) -> list[int]:
        known = set(self.current.years) if self.current else set()
        first = self.award.starts_on or self.award.partnership.starts_on
        last = self.award.ends_on or self.award.partnership.ends_on
        if first and last:
            known |= set(range(fiscal_year(first), fiscal_year(last) + 1))
        return sorted(known)

    def records(self) -> Iterable[BudgetLine]:
        first: dict[str, BudgetLine] = {}
        for line in self.current.lines if self.current else ():
            first.setdefault(line.category, line)
        return first.values()

    def names(self, record: BudgetLine) -> Sequence[str]:
        return (record.category,)

    def make_form(self, record: Any | None, data: FormData | None) -> ActionForm:
        initial: dict[str, Any] = {}
        if record is not None and self.current is not None:
            amounts = self.current.by_category()[record.category]
            initial = {"category": record.category} | {column_of(year): amount for year, amount in amounts.items()}
        return BudgetLineForm(data, partnership=self.award.partnership, years=self.years, initial=initial)

    def _amounts(self) -> dict[str, Mapping[int, Decimal]]:
        """Return the amounts of the new version, which begins as the one in effect."""
        if self.changed is None:
            self.changed = dict(self.current.by_category()) if self.current else {}
        return self.changed

    def _put(self, values: Mapping[str, Any], before: str = "") -> None:
        """Put a category into the new version, instead of the one `before`."""
        category, amounts = values["category"].strip(), self._amounts()
        if category != before and category in amounts:
            raise ValidationError({"category": f"{category} has two rows. Add them up into one."})
        basis = (self.head.values or {}).get("basis") or (self.current.budget.basis if self.current else "")
        reject(known_classes(basis, [NewLine(category, 0, Decimal(0))]))
        years = {year: amount for year in self.years if (amount := values[column_of(year)]) is not None}
        if before not in amounts:
            amounts[category] = years
            return
        self.changed = {
            category if name == before else name: years if name == before else of for name, of in amounts.items()
        }

    def add(self, values: Mapping[str, Any]) -> BudgetLine:
        self._put(values)
        return BudgetLine(category=values["category"])

    def change(self, record: BudgetLine, values: Mapping[str, Any], expected_revision: str) -> BudgetLine:
        self._put(values, record.category)
        return record

    def remove(self, record: BudgetLine) -> None:
        self._amounts().pop(record.category, None)

    def finish(self) -> None:
        """Record the new version, if the head or a line differs from the one in effect."""
        amounts, head = self._amounts(), self.head.values
        if head is None and amounts == (self.current.by_category() if self.current else {}):
            return
        if head is None:
            if self.current is None:
                raise ValidationError("Choose how the budget is divided, and name its source, in the first table.")
            head = {"basis": self.current.budget.basis, "source": self.current.budget.source}
        lines = [NewLine(category, year, amount) for category, of in amounts.items() for year, amount in of.items()]
        record_budget(award=self.award, lines=lines, actor=self.actor, basis=head["basis"], source=head["source"])


def budget_sheet(award: Award, actor: User) -> Sheet:
    head = BudgetHead(award, actor)
    sections = [
        SheetSection("Budget", [head], note="How the budget is divided, and its source."),
        SheetSection("Lines", [BudgetLines(award, actor, head)], note=NOTE),
    ]
    return Sheet("award budget", f"award {award.pk}", TITLE, sections)
