from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MinValueValidator

from cpc.web.edit_conflicts import RevisionForm
from cpc.web.fields import AmountField, form_field_for
from partnerships.form_parts.base import (
    PartnershipForm,
    choice,
    day,
    text_field,
)
from partnerships.lookups.rule_inputs import years_of
from partnerships.models import (
    AgeGroup,
    Breakdown,
    DoubleCount,
    Measures,
    OfficeIndicator,
    OutcomeIndicator,
    Partnership,
    ReportFrequencies,
    ReportingPeriod,
    Result,
    Sex,
    TraffickingFormCode,
)
from partnerships.models.monitoring import NO_SINGLE_CHILD
from partnerships.monitoring.queries import doubles_revision, result_revision, targets_of, targets_revision
from partnerships.monitoring.services.plans import NewTarget
from partnerships.monitoring.services.results import Part
from partnerships.schedules import ReportFrequency

BROUGHT = ("code", "source")
INDICATOR = (
    "objective",
    "code",
    "source",
    "title",
    "definition",
    "level",
    "paradigm",
    "measure",
    "unit",
    "direction",
    "accumulation",
    "aggregation",
    "by_sex",
    "by_age",
    "by_form",
    "by_region",
    "baseline_status",
    "baseline_value",
    "baseline_on",
    "baseline_source",
    "data_source",
    "method",
    "frequency",
    "responsible",
    "responsible_office",
    "quality_notes",
)
EDITED = (*INDICATOR, "withdrawn")
LABELS = {"withdrawn": "Withdrawn from the plan", "frequency": "How often it is collected", "unit": "Unit"}


def quantity(label: str, help_text: str = "", *, required: bool = False) -> AmountField:
    return AmountField(label=label, help_text=help_text, required=required, max_digits=18, decimal_places=4)


def sheet_field() -> forms.BooleanField:
    """Return a checkbox to confirm that the reference sheet was read.

    The service rejects a standard indicator without this confirmation.
    """
    return forms.BooleanField(label="I have read the current reference sheet", required=False)


class TargetsForm(PartnershipForm, RevisionForm):
    """Targets of each fiscal year and of the whole partnership. An empty field changes nothing."""

    inputs = ("reason",)

    reason = text_field(
        "Reason for changing a target", "Required if you change a target that is already set.", required=False
    )

    def __init__(self, *args: Any, indicator: OutcomeIndicator, **options: Any) -> None:
        super().__init__(*args, **options)
        self.years: list[int | None] = [*years_of(self.partnership), None]
        targets = targets_of(indicator)
        fields = {}
        for year in self.years:
            field = quantity(f"FY {year}" if year else "Whole partnership", indicator.unit)
            field.initial = plain(targets.get(year))
            fields[self.name_of(year)] = field
        self.fields = {**fields, **self.fields}
        self.initial["revision"] = targets_revision(indicator)

    @staticmethod
    def name_of(year: int | None) -> str:
        return f"target_{year or 'whole'}"

    @property
    def targets(self) -> list[NewTarget]:
        given = [(year, self.cleaned_data[self.name_of(year)]) for year in self.years]
        return [NewTarget(year, value) for year, value in given if value is not None]


if TYPE_CHECKING:
    _OfficeForm = forms.ModelForm[OfficeIndicator]
else:
    _OfficeForm = forms.ModelForm  # takes no parameter at run time


class OfficeIndicatorForm(RevisionForm, _OfficeForm):
    """An entry of the library. The service checks it."""

    class Meta:
        model = OfficeIndicator
        fields = (
            "code",
            "title",
            "definition",
            "level",
            "paradigm",
            "measure",
            "unit",
            "direction",
            "accumulation",
            "by_sex",
            "by_age",
            "basis",
            "withdrawn",
        )
        formfield_callback = form_field_for

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk is not None:
            self.initial["revision"] = self.instance.current_revision()

    def _post_clean(self) -> None:
        """Skip model validation: the service checks the whole row under its lock."""


class BaselineForm(PartnershipForm):
    value = quantity("Baseline", required=True)
    on = day("Baseline date", required=True)
    source = forms.CharField(label="Source", max_length=300)


class ScheduleForm(PartnershipForm):
    frequency = choice(
        "How often",
        [c for c in ReportFrequencies.choices if c[0] != "final"],
        "Periods end with quarters, halves, or ends of the fiscal year.",
        coerce=ReportFrequency,
    )


def unit_of(indicator: OutcomeIndicator) -> str:
    """Return the unit, with "percent" where a bare figure would not tell it."""
    unit = indicator.unit
    if indicator.measure != Measures.PERCENT or "percent" in unit.lower() or "%" in unit:
        return unit
    return f"percent, {unit}"


COUNTS = ("numerator", "denominator")


def takes_counts(indicator: OutcomeIndicator) -> bool:
    """Return whether a result has the two counts of a share."""
    return indicator.measure == Measures.PERCENT


class ResultForm(PartnershipForm, RevisionForm):
    value = quantity("Value")
    numerator = quantity("How many")
    denominator = quantity("Of how many", "The share is computed from the two counts.")
    no_data_reason = forms.CharField(
        label="Why there is no value",
        max_length=300,
        required=False,
        help_text="Leave the value blank. No data is not zero.",
    )
    cells = forms.CharField(label="Breakdown", required=False, widget=forms.HiddenInput)
    not_disaggregated = forms.CharField(
        label="Why it is not broken down", max_length=300, required=False, help_text="Leave the parts blank."
    )
    narrative = text_field(
        "What explains the value",
        f"Required if the year misses its target by more than 10 percent, either way. {NO_SINGLE_CHILD}",
        required=False,
    )
    evidence = forms.CharField(
        label="Where it can be checked", max_length=500, required=False, help_text=NO_SINGLE_CHILD
    )

    def __init__(
        self,
        *args: Any,
        indicator: OutcomeIndicator,
        period: ReportingPeriod,
        live: Result | None,
        **options: Any,
    ) -> None:
        self.indicator, self.period, self.is_replacing = indicator, period, live is not None
        self.breakdown = list(parts_of(indicator, period.partnership))
        super().__init__(*args, **options | {"initial": _initial_values(live, self.breakdown)})
        value = self.fields["value"]
        assert isinstance(value, AmountField)
        value.label = f"Value, {unit_of(indicator)}"
        value.takes_symbol = indicator.measure == Measures.MONEY
        if not self.breakdown:
            del self.fields["not_disaggregated"]
        if not takes_counts(indicator):
            for name in COUNTS:
                del self.fields[name]
        for name, _, label in self.breakdown:
            field = quantity(label)
            field.validators.append(MinValueValidator(0))
            self.fields[name] = field

    @property
    def grid(self) -> list[tuple[str, list[str], list[tuple[str, list[object]]]]]:
        """Return the fields of each breakdown as caption, columns, and rows."""
        tables: dict[str, dict[str, list[object]]] = {}
        columns: dict[str, list[str]] = {}
        for name, part, label in self.breakdown:
            caption = part.breakdown.label
            crossed = bool(part.sex and part.age)
            first, _, second = label.partition(", ") if crossed else (label, "", "Number")
            tables.setdefault(caption, {}).setdefault(first, []).append(self[name])
            if second not in columns.setdefault(caption, []):
                columns[caption].append(second)
        return [(caption, columns[caption], list(rows.items())) for caption, rows in tables.items()]

    @property
    def values(self) -> dict[str, Any]:
        values = self.cleaned_data
        names = ("value", "no_data_reason", "narrative", "evidence")
        parts = [
            Part(part.breakdown, values[name], part.sex, part.age, part.category)
            for name, part, _ in self.breakdown
            if values[name] is not None
        ]
        entered = {name: values[name] for name in names} | {name: values.get(name) for name in COUNTS}
        return entered | {"parts": parts, "not_disaggregated": values.get("not_disaggregated", "")}


class DoublesForm(PartnershipForm, RevisionForm):
    """The number that several reporters counted, with its source."""

    error_fields = {"doubles": "value"}

    value = quantity("Counted by several", required=True)
    source = forms.CharField(
        label="How they were found", max_length=300, help_text=f"Such as: trained by both. {NO_SINGLE_CHILD}"
    )

    def __init__(self, *args: Any, live: DoubleCount | None, unit: str, **options: Any) -> None:
        initial = {"revision": doubles_revision(live)}
        if live is not None:
            initial |= {"value": plain(live.value) or "", "source": live.source}
        super().__init__(*args, **options | {"initial": initial})
        self.fields["value"].label = f"Counted by several, {unit}"
        self.fields["value"].help_text = "At most the total less the largest reporter; 0 takes them back."


def _initial_values(live: Result | None, parts: Sequence[tuple[str, Part, str]]) -> dict[str, Any]:
    if live is None:
        return {"revision": result_revision(live)}
    texts = ("no_data_reason", "not_disaggregated", "narrative", "evidence")
    cell_values = {(c.breakdown, c.sex, c.age, c.category): c.value for c in live.cells.all()}
    values = {name: plain(cell_values.get((p.breakdown, p.sex, p.age, p.category))) for name, p, _ in parts}
    text_values = {name: getattr(live, name) for name in texts}
    counts = {name: plain(getattr(live, name)) for name in COUNTS}
    value = None if live.denominator else plain(live.value)
    return {"revision": result_revision(live), "value": value, **counts, **text_values, **values}


def parts_of(indicator: OutcomeIndicator, partnership: Partnership) -> Iterable[tuple[str, Part, str]]:
    """Yield each part of the value of an indicator, with its name in forms and its label."""
    nothing = Decimal(0)
    if indicator.by_sex or indicator.by_age:
        for sex, sex_label in Sex.choices if indicator.by_sex else [("", "")]:
            for age, age_label in AgeGroup.choices if indicator.by_age else [("", "")]:
                label = ", ".join(part for part in (sex_label, age_label) if part)
                yield f"part_{sex or 'all'}_{age or 'all'}", Part(Breakdown.SEX_AGE, nothing, sex, age), label
    codes = partnership.forms or TraffickingFormCode.values
    for breakdown, is_wanted, names in (
        (Breakdown.FORM, indicator.by_form, [TraffickingFormCode(form).label for form in codes]),
        (Breakdown.REGION, indicator.by_region, [*partnership.focus_regions, "Elsewhere"]),
    ):
        for number, category in enumerate(names if is_wanted else ()):
            yield f"part_{breakdown}_{number}", Part(breakdown, nothing, category=category[:80]), category


def plain(value: Decimal | None) -> str | None:
    """Return a stored quantity as a person types it, without trailing zeros."""
    return None if value is None else f"{value.normalize():f}"
