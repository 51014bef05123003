"""The sheet of the plan by fiscal year: a row for each program, government, kind, and unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cpc.accounts.models import User
from cpc.currencies import CurrencyFormField
from cpc.currency_codes import US_DOLLAR
from cpc.web.actions import ActionForm
from cpc.web.fields import AmountField
from cpc.web.sheets.kinds import FormData, RowKind, Sheet, SheetSection, Slot
from cpc.web.sheets.saving import RefusedCells
from partnerships.budgets.queries import planned_years
from partnerships.budgets.services import allocation_findings, plan_years
from partnerships.closing import takes_none
from partnerships.form_parts.base import PartnershipForm, choice, names_of_governments
from partnerships.lookups.rule_inputs import years_of
from partnerships.models import ContributionKind, Government, Partnership, PlannedYear, Program

TITLE = "Plan by fiscal year"
NOTE = (
    "What each government plans to give. Cash of the United States is the project funds of a program, and adds up to "
    "at most its allocation. A changed amount replaces the one on record; both stay on file."
)
LINE = ("program_id", "government", "kind", "unit")
NEVER_DELETED = "You can't delete an amount. For nothing, enter 0."


def column_of(year: int) -> str:
    return f"fy_{year}"


class PlannedLineForm(PartnershipForm):
    """One line of the plan with its years. An empty year changes nothing."""

    error_fields = {"planned_over_allocated": "program", "planned_year_unit": "unit", "planned_year_program": "program"}

    program = forms.ModelChoiceField(
        Program.objects.none(), label="Program", required=False, empty_label="None", help_text="Blank for none."
    )
    government = choice("Given by", Government.choices)
    kind = choice("Kind", ContributionKind.choices)
    unit = CurrencyFormField(
        label="Unit", required=False, max_length=3, help_text="A currency, such as USD. Leave it blank for staff-years."
    )

    def __init__(
        self,
        *args: Any,
        years: Sequence[int],
        amounts: Mapping[int, Decimal] | None = None,
        is_new: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        for year in years:
            field = AmountField(label=f"FY {year}", required=False, min_value=0, max_digits=16, decimal_places=2)
            self.fields[column_of(year)] = field
            self.initial[column_of(year)] = (amounts or {}).get(year)
        self.fields["source"] = forms.CharField(
            label="Source", max_length=300, required=False, help_text="Where the plan is stated."
        )
        if not is_new:
            for name in ("program", "government", "kind", "unit"):
                del self.fields[name]


class PlannedLines(RowKind):
    """Lines of the plan. The amounts of a sheet are recorded together, so that only their sum meets the allocation."""

    key, noun, plural = "line", "line of the plan", "lines of the plan"
    refers: Mapping[str, str] = {"program": "program"}
    removes = False

    def __init__(self, partnership: Partnership, actor: User) -> None:
        self.partnership, self.actor = partnership, actor
        self.adds = not takes_none("plannedyear", partnership.status)
        self.defaults = {"government": "United States", "kind": "Cash", "unit": US_DOLLAR}
        self.pending: list[tuple[PlannedYear, PlannedYear]] = []  # the record of the row, and the new amount
        columns = ("program", "government", "kind", "unit", *map(column_of, self.years))  # the source is in the fold
        self.slots = [Slot(name) for name in columns]

    @cached_property
    def lines(self) -> dict[tuple[Any, ...], dict[int, PlannedYear]]:
        """Return the amounts in effect by line and year."""
        found: dict[tuple[Any, ...], dict[int, PlannedYear]] = defaultdict(dict)
        for row in planned_years(self.partnership):
            found[_line(row)][row.fiscal_year] = row
        return dict(found)

    @cached_property
    def years(self) -> list[int]:
        return sorted({*years_of(self.partnership), *(year for line in self.lines.values() for year in line)})

    def records(self) -> Iterable[PlannedYear]:
        """Return the oldest amount of each line, whose key stays that of the line."""
        oldest = self.partnership.planned_years.select_related("program").order_by(*LINE, "id").distinct(*LINE)
        return [row for row in oldest if _line(row) in self.lines]

    def revision(self, record: PlannedYear) -> str:
        return str(max(row.pk for row in self.lines[_line(record)].values()))

    def names(self, record: PlannedYear) -> Sequence[str]:
        side = record.get_government_display()
        return (f"{record.program or 'No program'}, {side}, {record.get_kind_display()}, {record.unit}",)

    def make_form(self, record: Any | None, data: FormData | None) -> ActionForm:
        line = self.lines[_line(record)] if record is not None else {}
        amounts = {year: row.amount for year, row in line.items()}
        form = PlannedLineForm(
            data, partnership=self.partnership, years=self.years, amounts=amounts, is_new=record is None
        )
        form.initial["source"] = max(line.values(), key=lambda row: row.pk).source if line else ""
        return form

    def locked(self, record: PlannedYear) -> Mapping[str, str]:
        return {
            "program": record.program.title if record.program else "",
            "government": record.get_government_display(),
            "kind": record.get_kind_display(),
            "unit": record.unit,
        }

    def synonyms(self, name: str) -> Mapping[str, str]:
        return names_of_governments(self.partnership, name)

    def add(self, values: Mapping[str, Any]) -> PlannedYear:
        line = {name: values[name] for name in ("program", "government", "kind", "unit")}
        record = PlannedYear(partnership=self.partnership, **line)
        if _line(record) in self.lines:
            raise ValidationError({"program": "This line is on the sheet already. Change its years there."})
        self._put(record, values, {})
        if not any(of is record for of, _ in self.pending):
            raise ValidationError({column_of(self.years[0]): "Enter an amount for a year."} if self.years else NO_YEARS)
        return record

    def change(self, record: PlannedYear, values: Mapping[str, Any], expected_revision: str) -> PlannedYear:
        line = self.lines[_line(record)]
        gone = [column_of(year) for year in line if values.get(column_of(year)) is None]
        if gone:
            raise ValidationError(dict.fromkeys(gone, NEVER_DELETED))
        self._put(record, values, {year: row.amount for year, row in line.items()})
        return record

    def _put(self, record: PlannedYear, values: Mapping[str, Any], before: Mapping[int, Decimal]) -> None:
        for year in self.years:
            amount = values.get(column_of(year))
            if amount is not None and amount != before.get(year):
                row = PlannedYear(
                    partnership=self.partnership, fiscal_year=year, amount=amount, source=values["source"],
                    **{name: getattr(record, name) for name in LINE},
                )  # fmt: skip
                row.full_clean(exclude=("at", "recorded_by"))
                self.pending.append((record, row))

    def finish(self) -> None:
        """Record all amounts together. A sum above the allocation is an error at the last year that was changed."""
        pending, self.pending = self.pending, []
        if not pending:
            return
        new = [row for _, row in pending]
        refused = []
        for program, finding in allocation_findings(self.partnership, new):
            at, row = next((of, row) for of, row in reversed(pending) if row.program_id == program.pk)
            refused.append((at, column_of(row.fiscal_year), finding.message))
        if refused:
            raise RefusedCells(refused)
        plan_years(partnership=self.partnership, years=new, actor=self.actor)


NO_YEARS = "Set the first and last day of the partnership first: they give the fiscal years of the plan."


def _line(row: PlannedYear) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in LINE)


class NamedPrograms(RowKind):
    """The programs that lines name. They aren't rows of the sheet."""

    key, noun, plural = "program", "program", "programs"
    adds = changes = removes = False

    def __init__(self, partnership: Partnership) -> None:
        self.partnership = partnership

    def records(self) -> Iterable[Program]:
        return self.partnership.programs.filter(withdrawn=False)

    def make_form(self, record: Any | None, data: FormData | None) -> ActionForm:
        return ActionForm(data)


def plan_sheet(partnership: Partnership, actor: User) -> Sheet:
    section = SheetSection("Lines", [PlannedLines(partnership, actor)], note=NOTE)
    return Sheet("plan by year", f"partnership {partnership.pk}", TITLE, [section], also=[NamedPrograms(partnership)])
