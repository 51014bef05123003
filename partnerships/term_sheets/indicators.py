"""Outcome indicators on a sheet, with their targets by fiscal year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from django import forms

from cpc.accounts.models import User
from cpc.database.revisions import check_revision
from cpc.web.actions import ActionForm
from cpc.web.sheets.kinds import FormData, RowKind, plain_number
from cpc.web.sheets.rows import SheetRow
from partnerships.form_parts.base import display_value, row_form
from partnerships.lookups.rule_inputs import newest_targets, years_of
from partnerships.models import BaselineStatus, OutcomeIndicator, Partnership, PlanState
from partnerships.monitoring.forms import INDICATOR, LABELS, TargetsForm, quantity
from partnerships.monitoring.queries import indicators_of, plan_of, targets_revision
from partnerships.monitoring.services.plans import NewTarget, add_indicator, edit_indicator, set_targets
from partnerships.progress import Rollup, targets_differ

OFFERED = tuple(name for name in INDICATOR if name != "baseline_status")
OPTIONAL = ("code", "paradigm", "responsible")
REASON = "reason"

_IndicatorForm = row_form(
    OutcomeIndicator,
    OFFERED,
    labels=LABELS,
    error_fields={
        "responsible": "data_source",
        "baseline": "baseline_on",
        "indicator_code": "code",
        "disaggregation": "by_sex",
        "plan_fixed": "title",
    },
)


class IndicatorRowForm(_IndicatorForm):  # type: ignore[misc,valid-type]  # made by a factory
    """One indicator with its targets. An empty target changes nothing, and an empty total is that of the years.

    The code, the P, and who collects the data may be left out: the next free code, the P of the objective, and the
    source replace them.
    """

    def __init__(
        self, *args: Any, years: Sequence[int | None], targets: Mapping[int | None, Decimal], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.years = years
        for name in OPTIONAL:
            if name in self.fields:
                self.fields[name].required = False
        if options.get("editable") is not None:
            return
        for year in years:
            field = quantity(f"FY {year}" if year else "Whole term")
            self.fields[TargetsForm.name_of(year)] = field
            self.initial[TargetsForm.name_of(year)] = targets.get(year)
        self.fields[REASON] = forms.CharField(label="Reason for changing a target", max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """Compute an empty total from the years, where the way of adding up allows it."""
        values: dict[str, Any] = self.cleaned_data
        years: list[Any] = [values.get(TargetsForm.name_of(year)) for year in self.years if year]
        whole = TargetsForm.name_of(None)
        if years and whole in values and values[whole] is None and None not in years:
            way = values.get("accumulation")
            values[whole] = sum(years, Decimal(0)) if way == "sum" else years[-1] if way == "latest" else None
        return values

    @property
    def targets(self) -> list[NewTarget]:
        given = [(year, self.cleaned_data.get(TargetsForm.name_of(year))) for year in self.years]
        return [NewTarget(year, value) for year, value in given if value is not None]


class Indicators(RowKind):
    key = "indicator"
    noun, plural = "indicator", "indicators"
    refers = {"objective": "objective", "responsible": "participant"}
    within = "objective"
    title_column = "title"

    def __init__(self, partnership: Partnership, actor: User) -> None:
        self.partnership, self.actor = partnership, actor
        plan = plan_of(partnership)
        self.is_draft = plan is None or plan.state == PlanState.DRAFT
        self.adds = self.removes = self.is_draft
        self.years: list[int | None] = [*years_of(partnership), None]
        self.defaults = {
            "source": "Written for this partnership",
            "level": "Outcome",
            "measure": "Number of items",
            "direction": "More is better",
            "accumulation": "Incremental: results of periods are added",
            "frequency": "Yearly",
        }

    @cached_property
    def targets(self) -> dict[int, dict[int | None, Decimal]]:
        found: dict[int, dict[int | None, Decimal]] = {}
        for (indicator, year), value in newest_targets(row.pk for row in self.records()).items():
            found.setdefault(indicator, {})[year] = value
        return found

    def records(self) -> Iterable[OutcomeIndicator]:
        return indicators_of(self.partnership).filter(withdrawn=False)

    def difference(self, row: SheetRow) -> str:
        """Return how the targets of years differ from that of the whole term, as the cells have them, or ""."""
        way = self.by_name["accumulation"].value(row.text("accumulation"))
        targets: dict[int | None, Decimal] = {}
        for year in self.years:
            try:
                targets[year] = Decimal(row.text(TargetsForm.name_of(year)).replace(",", ""))
            except InvalidOperation:
                continue
        years = [year for year in self.years if year is not None]
        return targets_differ(years, targets, Rollup(way)) if way in {*Rollup} else ""

    def revision(self, record: OutcomeIndicator) -> str:
        return f"{record.current_revision()}.{targets_revision(record)}"

    def make_form(self, record: Any | None, data: FormData | None) -> ActionForm:
        return IndicatorRowForm(
            data,
            partnership=self.partnership,
            instance=record,
            editable=None if self.is_draft else frozenset(),
            years=self.years,
            targets=self.targets.get(record.pk, {}) if record is not None else {},
        )

    def form(self, record: Any | None, data: FormData | None) -> ActionForm:
        """Return the form; without a record it has every column, also where none can be changed now."""
        if record is not None or self.is_draft:
            return super().form(record, data)
        form = IndicatorRowForm(data, partnership=self.partnership, years=self.years, targets={})
        for name in ("idempotency_key", "revision"):
            del form.fields[name]
        return form

    def locked(self, record: OutcomeIndicator) -> Mapping[str, str]:
        if self.is_draft:
            return {}
        targets = self.targets.get(record.pk, {})
        shown = {TargetsForm.name_of(year): f"{targets[year].normalize():,f}" for year in self.years if year in targets}
        columns = [column.name for column in self.columns if hasattr(record, column.name)]
        return (
            dict.fromkeys((c.name for c in self.columns), "")
            | {name: display_value(record, name) for name in columns}
            | {name: plain_number(value) for name in columns if isinstance(value := getattr(record, name), Decimal)}
            | shown
        )

    def add(self, values: Mapping[str, Any]) -> OutcomeIndicator:
        own = self._own(values)
        row = OutcomeIndicator(partnership=self.partnership, **own | {"code": own["code"] or self._next_code()})
        added = add_indicator(indicator=row, actor=self.actor)
        self._set_targets(added, values)
        return added

    def change(self, record: OutcomeIndicator, values: Mapping[str, Any], expected_revision: str) -> OutcomeIndicator:
        expected, _, newest = expected_revision.partition(".")
        own = self._own(values)
        own["code"] = own["code"] or record.code
        changed = edit_indicator(indicator=record, values=own, actor=self.actor, expected_revision=expected)
        check_revision(targets_revision(record), newest)
        self._set_targets(record, values)
        return changed

    def remove(self, record: OutcomeIndicator) -> None:
        edit_indicator(indicator=record, values={"withdrawn": True}, actor=self.actor)

    def _own(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the columns of the indicator itself, with substitutes for those left out."""
        own = {name: values[name] for name in OFFERED}
        own["paradigm"] = own["paradigm"] or own["objective"].paradigm
        if own["responsible"] is None and not own["responsible_office"]:
            own["responsible_office"] = own["data_source"][:200]
        is_known = own["baseline_value"] is not None or own["baseline_on"] is not None
        return own | {"baseline_status": BaselineStatus.KNOWN if is_known else BaselineStatus.TO_COLLECT}

    def _next_code(self) -> str:
        taken = set(self.partnership.outcome_indicators.values_list("code", flat=True))
        return next(code for number in range(1, 10_000) if (code := f"I-{number}") not in taken)

    def _set_targets(self, record: OutcomeIndicator, values: Mapping[str, Any]) -> None:
        given = [(year, values.get(TargetsForm.name_of(year))) for year in self.years]
        targets = [NewTarget(year, value) for year, value in given if value is not None]
        set_targets(indicator=record, targets=targets, actor=self.actor, reason=values.get(REASON, ""))
