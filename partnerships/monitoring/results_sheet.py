"""The sheet of a reporting period: the result of each indicator, with its parts, as implementers fill it in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.utils.text import capfirst

from cpc.accounts.models import User
from cpc.database.revisions import EditConflict
from cpc.fiscal_years import fiscal_year
from cpc.web import formats
from cpc.web.actions import ActionForm
from cpc.web.sheets.kinds import NO, YES, FormData, RowKind, Sheet, SheetColumn, SheetSection, Slot, plain_number
from cpc.web.sheets.rows import SheetRow
from partnerships.aggregation import Method
from partnerships.form_parts.base import PartnershipForm
from partnerships.lookups.rule_inputs import period_state
from partnerships.models import Award, Breakdown, OutcomeIndicator, ReportingPeriod, Result
from partnerships.monitoring.forms import COUNTS, ResultForm, parts_of, quantity, takes_counts, unit_of
from partnerships.monitoring.preconditions import deviations_explained, results_present, totals_made
from partnerships.monitoring.presenters import period_label
from partnerships.monitoring.queries import PeriodLine, period_lines, result_revision
from partnerships.monitoring.services.results import Part, record_result

NOTE = (
    "Leave a row as it is to record nothing for it. No data is not zero: leave the value blank, and say why. "
    "Explain a value whose year is more than 10 percent off its target, either way."
)
ON_PARTS = "Parts add up to the value: leave one blank if it was not counted, and enter 0 if there was no one."
FOREIGN = "This block is from another reporting period. Download this sheet as a workbook, and fill in that one."
NOT_KNOWN = {"sex": "sex not known", "age": "age not known"}
FIXED = ("code", "title", "unit", "target", "due", "definition")
CHECKS = (("value", results_present), ("numerator", totals_made), ("narrative", deviations_explained))
"""The checks of a submission that are about one indicator, each with the column of its errors."""


def heading_of(part: Part, label: str) -> str:
    """Return the heading of a part, which no other column has: "Female, 12 to 17", "Region: Volta"."""
    if part.breakdown != Breakdown.SEX_AGE:
        return f"{part.breakdown.label}: {label}"
    labels = label.split(", ") if part.sex and part.age else [label]
    sides = [side for side in NOT_KNOWN if getattr(part, side)]
    texts_of_sides = [
        NOT_KNOWN[side] if getattr(part, side) == "unknown" else text for side, text in zip(sides, labels, strict=True)
    ]
    return capfirst(", ".join(texts_of_sides))


class ResultRowForm(ResultForm):
    """The result of one indicator on a sheet."""

    error_fields = {"disaggregation": "not_disaggregated", "disaggregation_sum": "value", "doubles": "value"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["cells"]
        for name, part, label in self.breakdown:
            self.fields[name].label = heading_of(part, label)


class ColumnsForm(PartnershipForm):
    """All columns of a period: those that name an indicator, and each part that one of them is broken down by."""

    code = forms.CharField(label="Code")
    title = forms.CharField(label="Indicator")
    unit = forms.CharField(label="Unit")
    target = quantity("Target of the year")
    due = forms.CharField(label="Due in this period")
    definition = forms.CharField(label="Definition", widget=forms.Textarea)

    def __init__(self, *args: Any, rows: Sequence[ActionForm], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields |= {name: field for row in rows for name, field in row.fields.items() if name not in self.fields}
        self.fields["value"].label = "Value"
        for name in FIXED:
            self.fields[name].required = False


@dataclass(frozen=True)
class ReportedBy:
    """The record of a row: an indicator and who reports it, an award or without one the government or the office."""

    indicator: OutcomeIndicator
    award: Award | None = None

    @property
    def pk(self) -> str:
        return f"{self.indicator.pk}-{self.award.pk}" if self.award else str(self.indicator.pk)

    def __str__(self) -> str:
        return str(self.indicator)

    def refresh_from_db(self) -> None:
        """Do nothing: a result is replaced, and `PeriodResults.lines` reads the one that counts."""


class PeriodResults(RowKind):
    """One row for each indicator and reporter of a period.

    Saving it replaces the result before, if there is one. The row of an award has its recipient behind the code.
    """

    key, noun, plural = "result", "indicator", "results"
    adds = removes = False
    named_by = "code"
    slots = tuple(Slot(name) for name in ("title", "unit", "target", "value", "narrative", "no_data_reason"))

    def __init__(self, period: ReportingPeriod, actor: User, today: date) -> None:
        self.period, self.actor, self.today = period, actor, today
        self.partnership = period.partnership

    @cached_property
    def lines(self) -> dict[str, PeriodLine]:
        return {ReportedBy(line.indicator, line.award).pk: line for line in period_lines(self.period)}

    @cached_property
    def row_names(self) -> dict[str, str]:
        """Return the code of each row with its recipient; two awards of one recipient have their titles, too."""
        lines = self.lines
        counts = Counter(line.name for line in lines.values())
        return {
            pk: f"{line.name}, {line.award.title}" if line.award and counts[line.name] > 1 else line.name
            for pk, line in lines.items()
        }

    def records(self) -> Sequence[ReportedBy]:
        return [ReportedBy(line.indicator, line.award) for line in self.lines.values()]

    def live(self, record: ReportedBy) -> Result | None:
        return self.lines[record.pk].result

    def revision(self, record: ReportedBy) -> str:
        return f"{self.period.pk}-{result_revision(self.live(record))}"

    def why_foreign(self, revision: str) -> str:
        return "" if revision.partition("-")[0] == str(self.period.pk) else FOREIGN

    def make_form(self, record: ReportedBy | None, data: FormData | None) -> ActionForm:
        if record is not None:
            return self._row_form(record, data)
        rows = [self._row_form(row, None) for row in self.records()]
        return ColumnsForm(data, partnership=self.partnership, rows=rows)

    def _row_form(self, record: ReportedBy, data: FormData | None) -> ActionForm:
        live = self.live(record)
        return ResultRowForm(
            data, partnership=self.partnership, period=self.period, indicator=record.indicator, live=live
        )

    @cached_property
    def in_order(self) -> tuple[SheetColumn, ...]:
        """Return the columns with the code before the others, in files and blocks."""
        ordered = super().in_order
        return (self.by_name["code"], *(column for column in ordered if column.name != "code"))

    def values_of(self, form: ActionForm) -> Mapping[str, Any]:
        values = super().values_of(form)
        numbers = {column.name for column in self.columns if column.entry == "number"}
        return {
            name: Decimal(value) if name in numbers and value not in (None, "") else value
            for name, value in values.items()
        }

    def locked(self, record: ReportedBy) -> Mapping[str, str]:
        """Return what names the indicator, and the parts and counts that it doesn't have, as empty."""
        indicator, reported = record.indicator, self.lines[record.pk].reported
        mine = {name for name, _, _ in parts_of(indicator, self.partnership)}
        parts = [column.name for column in self.columns if column.name.startswith("part_")]
        counts = () if takes_counts(indicator) else tuple(name for name in COUNTS if name in self.by_name)
        return {
            "code": self.row_names[record.pk],
            "title": indicator.title,
            "definition": indicator.definition,
            "unit": unit_of(indicator),
            "target": "" if reported.target is None else plain_number(reported.target),
            "due": YES if reported.is_due else NO,
            **{name: "" for name in (*parts, *counts) if name not in mine},
            **({} if mine or "not_disaggregated" not in self.by_name else {"not_disaggregated": ""}),
        }

    def opens_details(self, row: SheetRow) -> bool:
        """Show the parts of an indicator that is broken down, and the counts of a share, where they are expected.

        Of several awards, few report an indicator: the rows of the others stay closed.
        """
        record: ReportedBy | None = row.record
        if record is None:  # its indicator was withdrawn meanwhile
            return False
        is_expected = record.award is None or self.live(record) is not None
        has_counts = record.indicator.aggregation == Method.SHARE
        return is_expected and (has_counts or any(name.startswith("part_") for name in row.saved))

    def change(self, record: ReportedBy, values: Mapping[str, Any], expected_revision: str) -> Result:
        try:
            return record_result(
                period=self.period,
                indicator=record.indicator,
                award=record.award,
                actor=self.actor,
                on=self.today,
                expected_revision=expected_revision.partition("-")[2],
                **values,
            )
        except EditConflict:
            del self.lines  # read again what counts now
            raise

    def refuse_unfit(self, rows: Sequence[SheetRow]) -> int:
        """Put what keeps the period from being submitted at the cells of its indicators; return the number.

        An indicator that was added since the page was opened has no row; the step itself names it.
        """
        state = period_state(self.period)
        by_title = {str(row.record): row for row in reversed(rows)}  # the first row of each indicator
        count = 0
        for reported in state.indicators:
            row = by_title.get(reported.title)
            if row is None:
                continue
            for column, check in CHECKS:
                for finding in check(replace(state, indicators=(reported,)), self.today):
                    row.refuse(column, capfirst(finding.message.removeprefix(f"{reported.title}: ")))
                    count += 1
        return count


def results_sheet(period: ReportingPeriod, actor: User, today: date) -> Sheet:
    kind = PeriodResults(period, actor, today)
    note = f"Targets are those of {formats.fiscal_year(fiscal_year(period.ends_on))}. {NOTE}"
    if "not_disaggregated" in kind.by_name:
        note += f" {ON_PARTS}"
    section = SheetSection("Results", [kind], note=note)
    return Sheet("results", f"period {period.pk}", f"Results, {period_label(period)}", [section])


def days_left(period: ReportingPeriod, today: date) -> str:
    """Return why a period can't be submitted yet, or ""."""
    if today > period.ends_on:
        return ""
    return f"The period lasts until {formats.day(period.ends_on)} and can be submitted after that."
