"""Forms of each kind of terms, and the grid of allocations to programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models

from cpc.web.actions import ActionForm
from cpc.web.edit_conflicts import RevisionForm
from cpc.web.fields import CHOOSE, form_field_for
from indicators.models import NationalPlan
from partnerships.form_parts.base import PartnershipForm, RowForm, dollars
from partnerships.models import (
    Activity,
    DataPlan,
    Government,
    Mechanism,
    Milestone,
    Objective,
    Participant,
    Partnership,
    Program,
    Responsibility,
)
from partnerships.terms.queries import programs_of
from partnerships.terms.services import amounts_revision


class ParticipantForm(RowForm):
    error_fields = {"participant_once": "name", "participant_lead": "is_lead"}

    class Meta:
        model = Participant
        fields = ("government", "name", "is_lead", "contact_office")
        labels = {"is_lead": "Leads for its government"}
        formfield_callback = form_field_for


class ObjectiveForm(RowForm):
    error_fields = {"objective_number": "number"}

    class Meta:
        model = Objective
        fields = ("number", "title", "text", "paradigm", "system", "outcome")
        labels = {"text": "Description", "paradigm": "Paradigm", "system": "System it builds"}
        help_texts = {
            "system": "22 U.S.C. 7103a(d)(1)(B): justice, prevention or protection.",
            "outcome": "What will be different at the end of the term, stated so that it can be measured.",
        }
        formfield_callback = form_field_for


class ResponsibilityForm(RowForm):
    class Meta:
        model = Responsibility
        fields = ("participant", "objective", "text", "due_on", "status", "evidence")
        labels = {"text": "What it intends to do", "due_on": "Due date"}
        formfield_callback = form_field_for


class ActivityForm(RowForm):
    class Meta:
        model = Activity
        fields = (
            "objective",
            "program",
            "title",
            "place",
            "implementer",
            "planned_start",
            "planned_end",
            "actual_start",
            "actual_end",
            "status",
        )
        labels = {"program": "Program", "place": "Location"}
        help_texts = {"implementer": "An organization or office, not a person."}
        formfield_callback = form_field_for


class MilestoneForm(RowForm):
    class Meta:
        model = Milestone
        fields = ("activity", "title", "planned_on", "reached_on")
        labels = {"planned_on": "Planned for", "reached_on": "Reached on"}
        formfield_callback = form_field_for


class ProgramForm(RowForm):
    error_fields = {"program_once": "title"}

    class Meta:
        model = Program
        fields = ("title", "description")
        formfield_callback = form_field_for


class MechanismForm(RowForm):
    class Meta:
        model = Mechanism
        fields = ("kind", "body", "procedure", "frequency")
        labels = {"kind": "For"}
        help_texts = {"body": "A committee, commission or office.", "procedure": "What it does, and how it decides."}
        formfield_callback = form_field_for


class DataPlanForm(RowForm):
    class Meta:
        model = DataPlan
        fields = ("what", "institution", "system", "safeguards", "use")
        help_texts = {"safeguards": "Who can see it, how it stays confidential, and how small numbers are withheld."}
        formfield_callback = form_field_for


@dataclass(frozen=True, slots=True)
class TermKind:
    """One kind of term: its form, its labels, and the fields recorded after signature.

    `owner` leads from a row to its partnership; `parent` is the field that `?of=` fills in.
    """

    slug: str
    form: type[RowForm]
    noun: str
    recorded: frozenset[str] = frozenset()
    owner: str = "partnership"
    parent: str = ""

    @property
    def model(self) -> type[models.Model]:
        return self.form._meta.model


KINDS: Mapping[str, TermKind] = {
    kind.slug: kind
    for kind in (
        TermKind("participant", ParticipantForm, "participant", frozenset({"contact_office"})),
        TermKind("objective", ObjectiveForm, "objective"),
        TermKind(
            "responsibility",
            ResponsibilityForm,
            "responsibility",
            frozenset({"status", "evidence"}),
            parent="participant",
        ),
        TermKind(
            "activity",
            ActivityForm,
            "activity",
            frozenset({"place", "implementer", "actual_start", "actual_end", "status"}),
            parent="objective",
        ),
        TermKind(
            "milestone",
            MilestoneForm,
            "milestone",
            frozenset({"reached_on"}),
            owner="activity__partnership",
            parent="activity",
        ),
        TermKind("program", ProgramForm, "program"),
        TermKind("mechanism", MechanismForm, "mechanism"),
        TermKind("data-plan", DataPlanForm, "data plan"),
    )
}


class AmountsForm(PartnershipForm, RevisionForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.programs = programs_of(self.partnership)
        self.initial["revision"] = amounts_revision(self.partnership)
        for program, amounts in self.programs:
            for side in Government:
                field = dollars(f"{program.title}, {side.label}", required=False)
                field.initial = amounts.get(side)
                self.fields[_cell(program, side)] = field

    @property
    def rows(self) -> list[tuple[Program, list[forms.BoundField]]]:
        """Return each program with its fields, the United States' first."""
        return [(program, [self[_cell(program, side)] for side in Government]) for program, _ in self.programs]

    @property
    def changed(self) -> list[tuple[Program, Government, Decimal]]:
        """Return the amounts that differ from the record. Call once the form is valid."""
        cells = [
            (program, side, self.cleaned_data.get(_cell(program, side)), amounts.get(side))
            for program, amounts in self.programs
            for side in Government
        ]
        return [
            (program, side, amount)
            for program, side, amount, before in cells
            if amount is not None and amount != before
        ]

    def clean(self) -> dict[str, Any]:
        """Require zero for an amount that was emptied, as amounts on record are never deleted.

        An error of the United States' sum is shown at its first changed amount.
        """
        mine = [_cell(row, side) for row, side, _ in self.changed if side == Government.UNITED_STATES]
        if mine:
            self.error_fields = {"planned_limit": mine[0], "awarded_over_planned": mine[0]}
        for program, amounts in self.programs:
            for side in Government:
                name = _cell(program, side)
                if name in self.cleaned_data and self.cleaned_data[name] is None and side in amounts:
                    self.add_error(name, "You can't delete an amount. For nothing, enter 0.")
        return self.cleaned_data


def _cell(program: Program, side: Government) -> str:
    return f"amount-{program.pk}-{side}"


class TakeIntoAccountForm(ActionForm):
    plan = forms.ModelChoiceField(
        NationalPlan.objects.none(), label="National plan", required=False, empty_label=CHOOSE
    )

    def __init__(self, *args: Any, partnership: Partnership, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["plan"]
        assert isinstance(field, forms.ModelChoiceField)
        rows = NationalPlan.objects.live().filter(country=partnership.country)
        field.queryset = rows.exclude(partnerships=partnership)
        field.required = True


class NationalPlanForm(RowForm):
    """A national action plan or child protection strategy that is not recorded yet."""

    error_fields = {"national_plan_once": "title", "plan_years": "ends_year"}

    class Meta:
        model = NationalPlan
        fields = ("kind", "title", "starts_year", "ends_year", "status", "source")
        formfield_callback = form_field_for
