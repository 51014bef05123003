"""Forms of notes: writing, answering, sharing, withdrawing, and superseding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms import model_to_dict

from cpc.accounts.models import Agency
from cpc.files.attachments import KINDS as PAPERS
from cpc.files.attachments import MOST_BYTES
from cpc.web.actions import ActionForm
from cpc.web.edit_conflicts import ConfirmationForm, RevisionForm
from selection.form_parts import offer
from selection.models import Candidate, Note, NoteKind, NoteVisibility, Outcome
from selection.notes.services.notes import NoteContent

WHOLE = ("", "The whole candidate")
NO_VICTIMS = "Do not enter information about individual victims. Use @name to notify someone who can see the note."


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Field for several files; cleans to a list."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label="Files",
            required=False,
            widget=ManyFiles(),
            help_text=f"{', '.join(PAPERS)}; up to {MOST_BYTES // 1024**2} MB each.",
            **options,
        )

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        """Return the uploaded files. The service rejects an empty file and names the remedy."""
        sent = data if isinstance(data, list | tuple) else [data]
        return [file for file in sent if isinstance(file, UploadedFile)]


FILE_ERRORS = dict.fromkeys(("file_kind", "file_size", "file_empty", "file_macros", "files"), "file")


class NoteActionForm(ConfirmationForm):
    """An action about a note, whose text is never edited."""

    error_fields: Mapping[str, str] = FILE_ERRORS


def _text(label: str, *, rows: int = 4, required: bool = True, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=8_000, required=required, widget=widget, help_text=help_text)


class NoteForm(RevisionForm):
    inputs = ("file",)
    error_fields = FILE_ERRORS | {
        "not_asked": "candidate",
        "not_in_pool": "candidate",
        "criterion": "on",
        "observation": "on",
        "sentence": "on",
        "critical_rationale": "rationale",
        "only_widened": "visibility",
    }

    candidate = forms.ChoiceField(label="Candidate", required=False)
    on = forms.ChoiceField(label="On", required=False)
    kind = forms.ChoiceField(label="Type", choices=NoteKind.choices, initial=NoteKind.SUBSTANTIVE)
    visibility = forms.ChoiceField(label="Who can see it")
    text = _text("Note", help_text=NO_VICTIMS)
    proposed_text = _text("Proposed text", rows=2, required=False)
    rationale = _text(
        "Rationale", rows=2, required=False, help_text="Required for a critical note: the law or policy, or the risk."
    )
    section = forms.CharField(
        label="Section or paragraph", max_length=120, required=False, help_text="For example, “memo, paragraph 4”."
    )
    file = FilesField()
    sentence = forms.CharField(widget=forms.HiddenInput, required=False)
    locator = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)

    def __init__(
        self,
        *args: Any,
        candidates: Iterable[Candidate],
        criteria: dict[str, str],
        visibilities: list[tuple[str, str]],
        special: tuple[str, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        choices = [("", "The round as a whole"), *((row.country.code, row.country.name) for row in candidates)]
        offer(self, "candidate", choices)
        criteria_choices = [(f"criterion:{key}", label) for key, label in criteria.items()]
        offer(self, "on", [WHOLE, *([special] if special else []), *criteria_choices])
        offer(self, "visibility", visibilities)

    @property
    def content(self) -> NoteContent:
        names = ("kind", "text", "proposed_text", "rationale", "section")
        return NoteContent(**{name: self.cleaned_data[name] for name in names})


class SupersedeForm(NoteForm):
    def __init__(self, *args: Any, note: Note, **options: Any) -> None:
        super().__init__(*args, candidates=(), criteria={}, **options)
        self.initial.update(
            model_to_dict(note, ("kind", "visibility", "text", "proposed_text", "rationale", "section"))
        )
        for name in ("candidate", "on", "sentence", "locator"):
            del self.fields[name]


class ReplyForm(NoteActionForm):
    text = _text("Reply", rows=3, help_text=NO_VICTIMS)
    file = FilesField()


class AdjudicationForm(RevisionForm):
    outcome = forms.ChoiceField(label="Answer", choices=Outcome.choices, widget=forms.RadioSelect)
    rationale = _text("Reason", rows=3, required=False, help_text="Required unless you accept the note without change.")


class ConcurrenceForm(NoteActionForm):
    concurs = forms.ChoiceField(
        label="Does your agency agree with the answer?",
        choices=(("yes", "Agrees"), ("no", "Does not agree")),
        widget=forms.RadioSelect,
    )
    text = _text(
        "Reason", rows=2, required=False, help_text=("Required if your agency does not agree. The memo discloses it.")
    )


class WithdrawForm(NoteActionForm):
    reason = _text("Why are you withdrawing it?", rows=2, help_text="The note stays on file, closed.")


class ShareForm(NoteActionForm):
    error_fields = {"only_widened": "visibility"}

    visibility = forms.ChoiceField(
        label="Who can see it from now on",
        widget=forms.RadioSelect,
        help_text=("You can't show it to fewer people later."),
    )

    def __init__(self, *args: Any, visibilities: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "visibility", visibilities)


class MatrixFileForm(ActionForm):
    error_fields = {"not_asked": "agency"}

    agency = forms.ModelChoiceField(Agency.objects.none(), label="Agency", empty_label=None)
    visibility = forms.ChoiceField(label="Who can see the new notes", initial=NoteVisibility.OFFICE)
    file = forms.FileField(
        label="Filled matrix",
        help_text="This round's template, filled in, as a workbook (.xlsx) of up to 5 MB and 1,000 rows.",
        allow_empty_file=True,
        error_messages={"required": "Choose a file first.", "missing": "Choose a file first."},
        max_length=255,
    )

    def __init__(self, *args: Any, agencies: Any, visibilities: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "agency", agencies)
        offer(self, "visibility", visibilities)


class MatrixFilter(forms.Form):
    use_required_attribute = False

    q = forms.CharField(
        label="Text",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "usa-input", "type": "search", "autocomplete": "off"}),
    )
    agency = forms.ChoiceField(label="Agency", required=False, widget=forms.Select(attrs={"class": "usa-select"}))
    candidate = forms.ChoiceField(label="Candidate", required=False, widget=forms.Select(attrs={"class": "usa-select"}))
    kind = forms.ChoiceField(label="Type", required=False, widget=forms.Select(attrs={"class": "usa-select"}))
    status = forms.ChoiceField(label="Status", required=False, widget=forms.Select(attrs={"class": "usa-select"}))

    def __init__(self, *args: Any, offers: dict[str, list[tuple[str, str]]], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, choices in offers.items():
            offer(self, name, [("", "All"), *choices])

    @property
    def filter_labels(self) -> list[str]:
        return [
            f"{field.label}: {dict(getattr(field, 'choices', ())).get(value, value)}"
            for name, field in self.fields.items()
            if (value := self.cleaned_data[name])
        ]
