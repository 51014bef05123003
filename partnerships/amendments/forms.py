from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MinValueValidator

from cpc.web import formats
from cpc.web.edit_conflicts import RevisionForm
from cpc.web.form_groups import FormGroup, FormPart
from partnerships.amendable import AMENDABLE, FIRST_DAY_FROZEN
from partnerships.amendments import presenters
from partnerships.amendments.queries import (
    amounts_of,
    amounts_revision,
    first_amounts,
    first_amounts_revision,
    first_row_revision,
)
from partnerships.form_parts.base import (
    PartnershipForm,
    choice,
    day,
    document_field,
    dollars,
    row_form,
    text_field,
)
from partnerships.models import Amendment, AmendmentKind, Government, Partnership, Program


class DraftForm(PartnershipForm):
    kind = choice("Kind", AmendmentKind.choices)
    title = forms.CharField(label="Title", max_length=200)
    reason = text_field("Reason for the amendment")
    document = document_field("Document", "A document recorded with this partnership.")


class EffectForm(PartnershipForm):
    """The days on the signed document, which can be entered later too."""

    error_fields = {"signing_day": "us_signed_on", "signing_in_effect_later": "in_effect_on"}

    us_signed_on = day("Signed by the United States on", "The day on the document. You can enter it later.")
    partner_signed_on = day("Signed by the partner government on")
    in_effect_on = day("In effect on", "As on the document.")
    document = document_field("Signed text", "A document recorded with this partnership.")


class AmendedAmountsForm(PartnershipForm, RevisionForm):
    """New amounts of each government for each program. An empty field changes nothing."""

    def __init__(self, *args: Any, amendment: Amendment | None, **options: Any) -> None:
        """Take the draft, or None for one that is drafted together with its amounts."""
        super().__init__(*args, **options)
        self.amounts = amounts_of(amendment) if amendment else first_amounts(self.partnership)
        for line in self.amounts:
            now = f"Now {formats.dollars(line.now)}." if line.now is not None else "No amount now."
            field = dollars(f"{line.program}, {line.government.label}", now, required=False)
            field.initial = line.then
            field.validators.append(MinValueValidator(0))
            self.fields[line.field_name] = field
        revision = amounts_revision(amendment) if amendment else first_amounts_revision(self.partnership)
        self.initial["revision"] = revision

    @property
    def new_amounts(self) -> list[tuple[Program, Government, Decimal | None]]:
        return [(line.program, line.government, self.cleaned_data[line.field_name]) for line in self.amounts]


class DraftWithChangesForm(FormGroup, DraftForm):
    """A draft with its first changes: dates and description, and the amounts."""

    def make_parts(self) -> Iterator[FormPart]:
        columns = AMENDABLE["partnership"]
        known = {name: getattr(self.partnership, name) for name in columns}
        yield self.part(
            "term",
            row_form(Partnership, columns, labels=presenters.LABELS),
            "Dates and description",
            about=FIRST_DAY_FROZEN,
            section="First changes",
            is_optional=True,
            partnership=self.partnership,
            initial=known | {"revision": first_row_revision(self.partnership)},
        )
        yield self.part(
            "amounts",
            AmendedAmountsForm,
            "Amounts",
            about="Enter new totals, not increases. An empty field leaves the amount unchanged.",
            section="First changes",
            is_optional=True,
            partnership=self.partnership,
            amendment=None,
        )
