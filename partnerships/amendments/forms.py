"""The forms of amendments."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.db.models import QuerySet

from cpc.web import formats
from cpc.web.edit_conflicts import SeenForm
from partnerships.amendments.queries import AmountLine
from partnerships.forms.former import WriteForm, choice, dollars
from partnerships.forms.former import text as words
from partnerships.models import AmendmentKind, DocumentVersion, Government, Programme


class DraftForm(WriteForm):
    """What an amendment is for, and why."""

    kind = choice("Kind", AmendmentKind.choices)
    title = forms.CharField(label="Title", max_length=200)
    reason = words("Why the terms change")
    document = forms.ModelChoiceField(
        DocumentVersion.objects.none(),
        label="Document",
        required=False,
        empty_label="None",
        help_text="A paper on record with this partnership.",
    )

    def __init__(self, papers: QuerySet[DocumentVersion], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["document"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = papers


class AmountsForm(SeenForm, WriteForm):
    """What each government then allocates to each program; an empty field leaves the amount as it is."""

    def __init__(self, amounts: Sequence[AmountLine], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.amounts = amounts
        for line in amounts:
            now = f"Now {formats.dollars(line.now)}." if line.now is not None else "Nothing now."
            field = dollars(f"{line.programme}, {line.government.label}", now, required=False)
            field.initial = line.then
            field.validators.append(MinValueValidator(0))
            self.fields[line.field] = field

    @property
    def allocated(self) -> list[tuple[Programme, Government, Decimal | None]]:
        """Each program and government with its new amount. Call once the form is valid."""
        return [(line.programme, line.government, self.cleaned_data[line.field]) for line in self.amounts]


class NoteForm(WriteForm):
    """A step, with a note."""

    note = words("Note", required=False)


class ReasonForm(WriteForm):
    """A step that says why."""

    note = words("Why")
