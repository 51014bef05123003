"""Forms of publication: what the IATI file needs beyond the record, and determinations on withheld items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from cpc.web.edit_conflicts import RevisionForm
from partnerships.form_parts.base import PartnershipForm, choice, day, row_form, text_field
from partnerships.models import (
    PublishedActivity,
    PublishedDocument,
    PublishedOrganization,
    SectorSplit,
    WithholdingEffect,
    WithholdingGround,
    WithholdingKind,
)
from partnerships.publication.services import revision_of
from partnerships.publication_codes import OrganizationType

DECISIONS = (("determine", "Determine"), ("reject", "Reject"))


DescriptionForm = row_form(PublishedActivity, ("description",))
DefaultsForm = row_form(
    PublishedActivity,
    ("flow_type", "finance_type", "aid_type", "tied_status", "collaboration_type"),
)
SectorForm = row_form(
    SectorSplit,
    ("sector", "percent", "second_sector", "second_percent", "third_sector", "third_percent"),
    labels={"percent": "Percent of its money"},
    error_fields={
        "sector_sum": "percent",
        "sector_pair": "second_percent",
        "sector_twice": "second_sector",
    },
)
DocumentForm = row_form(
    PublishedDocument,
    ("goes_out", "category", "address", "language"),
    error_fields={"address": "address"},
)


class OrganizationsForm(PartnershipForm, RevisionForm):
    """The type and identifier of each organization, in fields numbered in the order of the names."""

    def __init__(
        self,
        *args: Any,
        names: Sequence[str],
        entered: Mapping[str, PublishedOrganization],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.names = names
        for number, name in enumerate(names, 1):
            row = entered.get(name)
            self.fields[f"type_{number}"] = forms.ChoiceField(
                label=name,
                choices=[("", "Not chosen yet"), *OrganizationType.choices],
                required=False,
                initial=row.type if row else "",
                widget=forms.Select(attrs={"class": "usa-select"}),
            )
            self.fields[f"identifier_{number}"] = forms.CharField(
                label=f"IATI identifier of {name}",
                required=False,
                max_length=80,
                initial=row.identifier if row else "",
                help_text="If it has one, for example XM-DAC-41122.",
            )
        self.initial["revision"] = revision_of(entered.values())

    def clean(self) -> dict[str, Any]:
        for number in range(1, len(self.names) + 1):
            had_type = bool(self.fields[f"type_{number}"].initial)
            if had_type and not self.cleaned_data.get(f"type_{number}"):
                self.add_error(f"type_{number}", "Choose a type. It can be changed, not taken away.")
            elif self.cleaned_data.get(f"identifier_{number}") and not self.cleaned_data.get(f"type_{number}"):
                self.add_error(f"type_{number}", "Choose the type of an organization that has an identifier.")
        return self.cleaned_data

    @property
    def chosen(self) -> dict[str, dict[str, str]]:
        """Return the values by name, of the organizations whose type is chosen."""
        values = self.cleaned_data
        return {
            name: {"type": values[f"type_{number}"], "identifier": values[f"identifier_{number}"]}
            for number, name in enumerate(self.names, 1)
            if values[f"type_{number}"]
        }


class WithholdingForm(PartnershipForm):
    kind = choice("What it is", WithholdingKind.choices)
    item = forms.CharField(label="Name or location", max_length=200, help_text="As the record has it.")
    effect = forms.ChoiceField(label="Determination", choices=WithholdingEffect.choices, widget=forms.RadioSelect)
    ground = forms.ChoiceField(
        label="Ground, if withheld",
        choices=[("", "None"), *WithholdingGround.choices],
        required=False,
        help_text="22 U.S.C. 2394c(b)(3).",
        widget=forms.Select(attrs={"class": "usa-select"}),
    )
    reason = text_field("Reason", "Nothing about an individual person, and nothing classified.")
    prints_instead = forms.CharField(
        label="Prints instead, if withheld",
        max_length=120,
        required=False,
        help_text="Empty: “Implementer 2”, for example.",
    )
    review_on = day("Day of review", "It holds after that day, too, until somebody decides again.", required=True)


class WithholdingDecisionForm(PartnershipForm):
    decision = forms.ChoiceField(label="Decision", choices=DECISIONS, widget=forms.RadioSelect)
    reason = text_field("Reason", "Required if you reject it.", required=False)
