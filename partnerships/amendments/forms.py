from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MinValueValidator

from cpc.web import formats
from cpc.web.edit_conflicts import RevisionForm
from partnerships.amendments.queries import amounts_of, amounts_revision
from partnerships.form_parts.base import (
    PartnershipForm,
    choice,
    document_field,
    dollars,
    text_field,
)
from partnerships.models import Amendment, AmendmentKind, Government, Program


class DraftForm(PartnershipForm):
    kind = choice("Kind", AmendmentKind.choices)
    title = forms.CharField(label="Title", max_length=200)
    reason = text_field("Reason for the amendment")
    document = document_field("Document", "A document recorded with this partnership.")


class AmendedAmountsForm(PartnershipForm, RevisionForm):
    """New amounts of each government for each program. An empty field changes nothing."""

    def __init__(self, *args: Any, amendment: Amendment, **options: Any) -> None:
        super().__init__(*args, **options)
        self.amounts = amounts_of(amendment)
        for line in self.amounts:
            now = f"Now {formats.dollars(line.now)}." if line.now is not None else "No amount now."
            field = dollars(f"{line.program}, {line.government.label}", now, required=False)
            field.initial = line.then
            field.validators.append(MinValueValidator(0))
            self.fields[line.field_name] = field
        self.initial["revision"] = amounts_revision(amendment)

    @property
    def new_amounts(self) -> list[tuple[Program, Government, Decimal | None]]:
        return [(line.program, line.government, self.cleaned_data[line.field_name]) for line in self.amounts]
