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
from cpc.web.fields import CHOOSE
from indicators.models import NationalPlan
from partnerships.form_parts.base import PartnershipForm, RowForm, dollars, row_form
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

ParticipantForm = row_form(
    Participant,
    ("government", "name", "is_lead", "contact_office"),
    labels={"is_lead": "Leads for its government"},
    error_fields={"participant_once": "name", "participant_lead": "is_lead"},
)

ObjectiveForm = row_form(
    Objective,
    ("number", "title", "text", "paradigm", "system", "outcome"),
    labels={"text": "Description", "paradigm": "Paradigm", "system": "System it builds"},
    help_texts={
        "system": "22 U.S.C. 7103a(d)(1)(B): justice, prevention or protection.",
        "outcome": "What will be different at the end of the term, stated so that it can be measured.",
    },
    error_fields={"objective_number": "number"},
)

ResponsibilityForm = row_form(
    Responsibility,
    ("participant", "objective", "text", "due_on", "status", "evidence"),
    labels={"text": "What it intends to do", "due_on": "Due date"},
    help_texts={"evidence": "Required if the status is Done."},
)

ActivityForm = row_form(
    Activity,
    (
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
    ),
    labels={"program": "Program", "place": "Location"},
    help_texts={
        "implementer": "An organization or office, not a person.",
        "actual_end": "Required if the status is Done.",
    },
)

MilestoneForm = row_form(
    Milestone,
    ("activity", "title", "planned_on", "reached_on"),
    labels={"planned_on": "Planned for", "reached_on": "Reached on"},
)

ProgramForm = row_form(
    Program,
    ("title", "description"),
    error_fields={"program_once": "title"},
)

MechanismForm = row_form(
    Mechanism,
    ("kind", "body", "procedure", "frequency"),
    labels={"kind": "For"},
    help_texts={"body": "A committee, commission or office.", "procedure": "What it does, and how it decides."},
)

DataPlanForm = row_form(
    DataPlan,
    ("what", "institution", "system", "safeguards", "use"),
    help_texts={"safeguards": "Who can see it, how it stays confidential, and how small numbers are withheld."},
)


@dataclass(frozen=True, slots=True)
class TermKind:
    """One kind of term: its form, its labels, and the fields recorded after signature.

    `owner` leads from a row to its partnership; `parent` is the field that `?of=` fills in. `asks` is the
    heading once the partnership is signed, and `button` its button.
    """

    slug: str
    form: type[RowForm]
    noun: str
    recorded: frozenset[str] = frozenset()
    owner: str = "partnership"
    parent: str = ""
    asks: str = ""
    button: str = ""

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
            asks="Record whether the responsibility was met",
            button="Record the status",
        ),
        TermKind(
            "activity",
            ActivityForm,
            "activity",
            frozenset({"place", "implementer", "actual_start", "actual_end", "status"}),
            parent="objective",
            asks="Record the course of the activity",
            button="Record the course",
        ),
        TermKind(
            "milestone",
            MilestoneForm,
            "milestone",
            frozenset({"reached_on"}),
            owner="activity__partnership",
            parent="activity",
            asks="Record whether the milestone was reached",
            button="Record the day",
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
    def changed_amounts(self) -> list[tuple[Program, Government, Decimal]]:
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
        mine = [_cell(row, side) for row, side, _ in self.changed_amounts if side == Government.UNITED_STATES]
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


NationalPlanForm = row_form(
    NationalPlan,
    ("kind", "title", "starts_year", "ends_year", "status", "source"),
    error_fields={"national_plan_once": "title", "plan_years": "ends_year"},
)
"""A national action plan or child protection strategy that is not recorded yet."""
