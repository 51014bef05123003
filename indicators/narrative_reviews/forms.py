"""Form with which an analyst confirms a narrative's forms and figures at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from cpc.web.edit_conflicts import RevisionForm
from indicators.models import Verdict
from indicators.narrative_reviews.services import AddedForm, FigureAnswer
from indicators.narratives.queries import FigureEntry, FormEntry
from indicators.sources.tip_narratives.forms import FORMS

ADDED = 2
"""Forms that an analyst can add at once; the page opens with new fields after each save."""
MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class FormFields:
    """A suggested form with its checkbox."""

    entry: FormEntry
    field: BoundField


@dataclass(frozen=True, slots=True)
class FigureFields:
    """A figure with the fields of its number and, if the reader suggests none or another is right, its sentence."""

    entry: FigureEntry
    field: BoundField
    sentence: BoundField


class ReadingForm(RevisionForm):
    """One checkbox for each suggested form, one number for each figure, and fields for forms to add.

    Suggestions are ticked and filled in beforehand, except those rejected before: the analyst changes what is wrong.
    """

    def __init__(
        self, *args: Any, suggested: Sequence[FormEntry], figures: Sequence[FigureEntry], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.suggested, self.figures = suggested, figures
        for entry in suggested:
            self.fields[f"form_{entry.form.pk}"] = forms.BooleanField(
                label="In the text", required=False, initial=entry.verdict != Verdict.REJECTED
            )
        for figure in figures:
            self.fields[f"figure_{figure.key}"] = forms.IntegerField(
                label=figure.spec.name, required=False, min_value=0, max_value=MOST, initial=figure.value
            )
            self.fields[f"sentence_{figure.key}"] = _sentence("Sentence, if it is another")
        listed = {entry.form.form for entry in suggested}
        for number in range(1, ADDED + 1):
            choices = [("", "Choose a form"), *((name, name) for name in FORMS if name not in listed)]
            self.fields[f"added_{number}"] = forms.ChoiceField(label="Form", choices=choices, required=False)
            self.fields[f"added_sentence_{number}"] = _sentence("Sentence that names it")
        self.inputs = [name for name in self.fields if not name.startswith(("form_", "figure_"))]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for number in range(1, ADDED + 1):
            form, sentence = values.get(f"added_{number}"), values.get(f"added_sentence_{number}")
            if form and not sentence:
                self.add_error(f"added_sentence_{number}", "Copy the sentence that names the form from the text.")
            if sentence and not form and f"added_{number}" not in self.errors:
                self.add_error(f"added_{number}", "Choose the form that this sentence names.")
        return values

    def form_fields(self) -> Iterator[FormFields]:
        for entry in self.suggested:
            yield FormFields(entry, self[f"form_{entry.form.pk}"])

    def figure_fields(self) -> Iterator[FigureFields]:
        for entry in self.figures:
            yield FigureFields(entry, self[f"figure_{entry.key}"], self[f"sentence_{entry.key}"])

    def added_fields(self) -> Iterator[tuple[BoundField, BoundField]]:
        for number in range(1, ADDED + 1):
            yield self[f"added_{number}"], self[f"added_sentence_{number}"]

    @property
    def is_adding(self) -> bool:
        """Return True if fields of a form to add were filled in, or have an error."""
        return any(field.value() or field.errors for pair in self.added_fields() for field in pair)

    @property
    def verdicts(self) -> dict[int, str]:
        """Return the verdict on each suggested form. Call this on a valid form."""
        return {
            entry.form.pk: Verdict.CONFIRMED if self.cleaned_data[f"form_{entry.form.pk}"] else Verdict.REJECTED
            for entry in self.suggested
        }

    @property
    def answers(self) -> dict[str, FigureAnswer]:
        return {
            entry.key: FigureAnswer(
                self.cleaned_data[f"figure_{entry.key}"], self.cleaned_data[f"sentence_{entry.key}"]
            )
            for entry in self.figures
        }

    @property
    def added(self) -> list[AddedForm]:
        pairs = (
            (self.cleaned_data[f"added_{n}"], self.cleaned_data[f"added_sentence_{n}"]) for n in range(1, ADDED + 1)
        )
        return [AddedForm(form, sentence) for form, sentence in pairs if form]


def _sentence(label: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=3_000, widget=forms.Textarea({"rows": 2}))
