"""Forms of programs and plans: filters of the lists, and forms to record and replace."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import models
from django.http import QueryDict

from cpc.days import DayFormField, DayInput
from cpc.web.actions import HIDDEN_FIELDS, ActionForm
from cpc.web.edit_conflicts import RevisionForm
from cpc.web.fields import MoneyField
from indicators.curated.services import revision_of
from indicators.models import Country, NationalPlan, PlanKind, PlanStatus, ProgramSector, USGProgram
from indicators.page_frame import reason_field
from indicators.sources.usg_programs import LIMITS

DOCUMENT_HELP = "A PDF, Word, OpenDocument, image, or text file of at most 20 MB."
REPLACEMENT_HELP = f"{DOCUMENT_HELP} Leave it empty to keep the current document."


def _day(label: str) -> forms.DateField:
    return DayFormField(label=label, required=False, help_text="Leave it empty if it is not known.")


def _text(label: str, help_text: str, rows: int = 4) -> forms.CharField:
    widget = forms.Textarea({"rows": rows})
    return forms.CharField(
        label=label, help_text=help_text, required=False, widget=widget, max_length=LIMITS["assessment"]
    )


def _address() -> forms.URLField:
    return forms.URLField(
        label="Address of the source", required=False, max_length=500, assume_scheme="https", empty_value=""
    )


def _document() -> forms.FileField:
    return forms.FileField(label="Document", required=False, help_text=DOCUMENT_HELP, max_length=200)


class CuratedForm(RevisionForm):
    """Base form of both kinds: the country of a new record, or the reason for a replacement."""

    inputs = ("document", "reason")

    country = forms.ModelChoiceField(
        Country.objects.states().order_by("name"), label="Country", empty_label="Choose", to_field_name="code"
    )

    def __init__(self, *args: Any, replaces: models.Model | None = None, **kwargs: Any) -> None:
        if replaces is not None:
            own = self.base_fields.keys() - {"country", *self.inputs, *HIDDEN_FIELDS}
            held = {name: getattr(replaces, name) for name in own} | {"revision": revision_of(replaces)}
            kwargs["initial"] = held | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        if replaces is None:
            return
        del self.fields["country"]
        self.fields["document"].help_text = REPLACEMENT_HELP
        self.fields["reason"] = forms.CharField(
            label="Why are you replacing it?",
            max_length=300,
            help_text="The reason stays on file with the earlier version.",
            error_messages={"required": "Enter a reason; it stays on file."},
        )

    @property
    def values(self) -> dict[str, Any]:
        """Return the fields of the record.

        Without a new document, the field is left out and the stored one stays.
        """
        left_out = {*HIDDEN_FIELDS, "reason", *(() if self.cleaned_data.get("document") else ("document",))}
        return {name: value for name, value in self.cleaned_data.items() if name not in left_out}


class ProgramForm(CuratedForm):
    agency = forms.CharField(
        label="Agency",
        max_length=LIMITS["agency"],
        widget=forms.TextInput({"list": "agencies", "autocomplete": "off"}),
        help_text="The full name of the department, agency, or bureau that runs it.",
    )
    agency_code = forms.CharField(label="Short name of the agency", required=False, max_length=LIMITS["agency_code"])
    title = forms.CharField(label="Title of the program", max_length=LIMITS["title"])
    sector = forms.ChoiceField(label="Sector", choices=[("", "Choose"), *ProgramSector.choices])
    implementer = forms.CharField(label="Implementer", required=False, max_length=LIMITS["implementer"])
    starts_on = _day("First day")
    ends_on = _day("Last day")
    amount = MoneyField(
        label="Amount in U.S. dollars",
        required=False,
        max_digits=15,
        decimal_places=2,
        help_text="Over the whole term. Leave it empty if it is not known; an unknown amount is not zero.",
    )
    source = forms.CharField(
        label="Source", max_length=LIMITS["source"], help_text="In brief, who stated it, where, and when."
    )
    source_url = _address()
    document = _document()
    assessment = _text(
        "Overlap and complementarity",
        "What a partnership would repeat, and what it could build on. Don't name or describe any individual child.",
    )


class PlanForm(CuratedForm):
    kind = forms.ChoiceField(label="Kind", choices=[("", "Choose"), *PlanKind.choices])
    title = forms.CharField(label="Title", max_length=200)
    starts_year = forms.IntegerField(
        label="First year",
        required=False,
        min_value=1990,
        max_value=2100,
        help_text="Leave it empty if it is not known.",
    )
    ends_year = forms.IntegerField(
        label="Last year",
        required=False,
        min_value=1990,
        max_value=2100,
        help_text="Leave it empty if it is not known.",
    )
    status = forms.ChoiceField(
        label="Status",
        choices=[("", "Choose"), *PlanStatus.choices],
        help_text="“Not found” means that someone searched and found no plan.",
    )
    source = forms.CharField(label="Source", max_length=500, help_text="Where to read the plan, or a report about it.")
    source_url = _address()
    document = _document()
    assessment = _text(
        "Assessment",
        "What the plan covers on child trafficking, and how far the government has carried it out.",
        rows=6,
    )


class CloseForm(ActionForm):
    reason = reason_field(
        "Why are you withdrawing it?", "The record stays on file with your reason; nothing is deleted."
    )


FORMS: dict[type[models.Model], type[CuratedForm]] = {USGProgram: ProgramForm, NationalPlan: PlanForm}


ALL = ("", "All")


def _select(label: str, choices: Iterable[tuple[str, str]] = ()) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[ALL, *choices],
        widget=forms.Select({"class": "usa-select"}),
        error_messages={"invalid_choice": "“%(value)s” is not in the list. Choose a value from the list."},
    )


def _find(label: str) -> forms.CharField:
    widget = forms.TextInput({"class": "usa-input", "type": "search", "autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=100, widget=widget)


class ListForm(forms.Form):
    use_required_attribute = False

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="f-%s")

    def offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [ALL, *choices]

    @property
    def in_use(self) -> list[tuple[str, str]]:
        """Return the filters in use as pairs of label and value, as shown to the reader."""
        in_use = []
        for name, value in self.cleaned_data.items():
            if not value:
                continue
            field = self.fields[name]
            labels = dict(field.choices) if isinstance(field, forms.ChoiceField) else {}  # type: ignore[arg-type]  # no groups
            in_use.append((str(field.label), str(labels.get(value, value))))
        return in_use

    @property
    def error_text(self) -> str:
        problems = [
            f"{self.fields[name].label}: {' '.join(map(str, messages))}" for name, messages in self.errors.items()
        ]
        return f"The list can't be filtered by these values. {'; '.join(problems)}"


class ProgramsForm(ListForm):
    q = _find("Title, implementer, or country")
    country = _select("Country")
    agency = _select("Agency")
    sector = _select("Sector", ProgramSector.choices)
    running_on = DayFormField(
        label="Running on",
        required=False,
        widget=DayInput({"class": "usa-input"}),
        error_messages={"invalid": "Write the date as 2026-09-30."},
    )

    def __init__(self, data: QueryDict, countries: Iterable[Country], agencies: Iterable[tuple[str, int]]) -> None:
        super().__init__(data)
        self.offer("country", [(country.code, country.name) for country in countries])
        self.offer("agency", [(name, f"{name} ({count:,})") for name, count in agencies])


class PlansForm(ListForm):
    q = _find("Country or title")
    kind = _select("Kind", PlanKind.choices)
    status = _select("Status", PlanStatus.choices)
