"""Forms of the workbench: a note at its row, one position for several candidates, and a withdrawal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cpc.days import DayFormField
from cpc.parameters import whole_number
from cpc.web.actions import ActionForm
from cpc.web.edit_conflicts import ConfirmationForm
from selection.consultation.forms import EXPLAINED, explained, text_field
from selection.consultation.queries import PositionCell, revision_of_position
from selection.consultation.services.several import ONE_AT_A_TIME, Chosen, SomeRefused
from selection.form_parts import offer
from selection.models import NoteKind, PositionValue
from selection.notes.forms import NO_VICTIMS
from selection.notes.services.notes import NoteContent


class PlacedNoteForm(ActionForm):
    """Form for a note in the row that it is about."""

    error_fields = {"critical_rationale": "rationale", "only_widened": "visibility"}

    text = text_field("Note", NO_VICTIMS, rows=3)
    proposed_text = text_field("Text you propose", required=False, rows=2)
    kind = forms.ChoiceField(label="Type", choices=[("", "Choose"), *NoteKind.choices])
    visibility = forms.ChoiceField(label="Who sees it")
    rationale = text_field("Law, policy, or risk", "Only for a critical note.", required=False, rows=2)
    row = forms.CharField(widget=forms.HiddenInput, max_length=80)

    def __init__(self, *args: Any, visibilities: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "visibility", visibilities)

    def point_to(self, row: str) -> None:
        """Let the next submission write the note on another row."""
        self.replace_data(row=row)

    @property
    def content(self) -> NoteContent:
        return NoteContent(**{name: self.cleaned_data[name] for name in ("kind", "text", "proposed_text", "rationale")})


class WithdrawPositionForm(ConfirmationForm):
    reason = text_field("Why your agency withdraws its position", "The office reads it. It stays on record.")


class SeveralForm(ActionForm):
    """Form for one position on several candidates of a request.

    Each candidate that waits has a checkbox, a text of its own, and the evidence and position that the page showed.
    """

    error_fields = {"one_at_a_time": "value"}

    candidates = forms.MultipleChoiceField(
        label="Candidates",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one candidate."},
    )
    value = forms.ChoiceField(
        label="Position",
        choices=explained(row for row in EXPLAINED if row[0] != PositionValue.DOES_NOT_CLEAR),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a position.", "invalid_choice": ONE_AT_A_TIME},
    )
    text = text_field(
        "Edits, comments, or reason",
        "The same text goes to each candidate that you choose; you can add to each below. The memo prints it as it is.",
        required=False,
        rows=4,
    )
    proposed_due_on = DayFormField(
        label="Date you will answer", help_text="Only for “Extension requested”.", required=False
    )

    def __init__(self, *args: Any, cells: Sequence[PositionCell], evidence: dict[int, int], **options: Any) -> None:
        """Add the fields of each candidate; `evidence` has the key of the version shown, by candidate."""
        super().__init__(*args, **options)
        self.cells = {cell.candidate.country.code: cell for cell in cells}
        offer(self, "candidates", [(code, cell.candidate.country.name) for code, cell in self.cells.items()])
        for code, cell in self.cells.items():
            name = cell.candidate.country.name
            self.fields[f"only-{code}"] = forms.CharField(
                label=f"Comment only for {name}", required=False, max_length=4_000, widget=forms.TextInput
            )
            self.fields[f"seen-{code}"] = forms.CharField(
                widget=forms.HiddenInput,
                required=False,
                initial=f"{evidence.get(cell.candidate.pk, 0)}.{revision_of_position(cell.position)}",
            )

    def clean(self) -> dict[str, Any]:
        """Refuse text for a candidate that is not chosen, so that it is not lost."""
        chosen = self.cleaned_data.get("candidates") or ()
        for code, cell in self.cells.items():
            if self.cleaned_data.get(f"only-{code}") and code not in chosen:
                name = cell.candidate.country.name
                message = f"You wrote something for {name}, which is not chosen. Choose it, or clear the text."
                self.add_error(f"only-{code}", ValidationError(message, code="not_chosen"))
        return self.cleaned_data

    @property
    def chosen(self) -> list[Chosen]:
        """Return the chosen candidates with what the page showed. Call this on a valid form."""
        found = []
        for code in self.cleaned_data["candidates"]:
            evidence, _, revision = self.cleaned_data[f"seen-{code}"].partition(".")
            key = whole_number(evidence) or 0
            found.append(Chosen(self.cells[code].candidate, key, revision, self.cleaned_data[f"only-{code}"]))
        return found

    def add_service_errors(self, error: ValidationError) -> None:
        """Show what is wrong with a candidate at its own text."""
        if not isinstance(error, SomeRefused):
            super().add_service_errors(error)
            return
        common: set[tuple[str, str]] = set()
        for code, refused in error.by_code.items():
            named = getattr(refused, "error_dict", None) or {"": refused.error_list}
            for name, errors in named.items():
                for one in errors:
                    if name in ("text", "proposed_due_on", "value"):
                        if (name, one.message) not in common:
                            self.add_error(name, one)
                        common.add((name, one.message))
                    else:
                        self.add_error(f"only-{code}", one)

    def see_again(self, evidence: dict[int, int]) -> None:
        """Point the form to the current evidence and positions, so that the next submission passes."""
        self.replace_data(
            **{
                f"seen-{code}": f"{evidence.get(cell.candidate.pk, 0)}.{revision_of_position(cell.position)}"
                for code, cell in self.cells.items()
            }
        )


# ---- rows of the workbook --------------------------------------------------------------------------------------------


class PositionRowForm(ActionForm):
    candidate = forms.CharField(label="Candidate", help_text="Do not change it.")
    value = forms.ChoiceField(
        label="Position", choices=[("", ""), *PositionValue.choices], required=False, help_text="Empty: stays open."
    )
    text = text_field("Edits, comments, or reason", "Printed in the memo as it is.", required=False)
    proposed_due_on = DayFormField(
        label="Date you will answer", required=False, help_text="Only for “Extension requested”."
    )
    status = forms.CharField(label="On record", required=False, help_text="Not read.")


class NoteRowForm(ActionForm):
    candidate = forms.ChoiceField(label="Candidate")
    criterion = forms.ChoiceField(label="On", required=False, help_text="Empty: the candidate as a whole.")
    kind = forms.ChoiceField(label="Type", choices=NoteKind.choices)
    visibility = forms.ChoiceField(label="Who sees it")
    text = text_field("Note", NO_VICTIMS)
    proposed_text = text_field("Text you propose", required=False)
    rationale = text_field("Law, policy, or risk", "Only for a critical note.", required=False)

    def __init__(
        self,
        *args: Any,
        candidates: Sequence[tuple[str, str]],
        criteria: Sequence[tuple[str, str]],
        visibilities: Sequence[tuple[str, str]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        offer(self, "candidate", candidates)
        offer(self, "criterion", criteria)
        offer(self, "visibility", visibilities)


class WorkbookForm(ActionForm):
    file = forms.FileField(
        label="Filled workbook",
        help_text="The workbook that you downloaded here, filled in (.xlsx, up to 2 MB).",
        allow_empty_file=True,
        error_messages={"required": "Choose a file first.", "missing": "Choose a file first."},
        max_length=255,
    )
