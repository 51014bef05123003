from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from cpc.accounts.models import User
from cpc.accounts.permissions import ROLE_PERMISSIONS, Permission
from cpc.web.fields import CHOOSE
from partnerships.form_parts.base import PartnershipForm, RowForm, document_field, row_form, text_field
from partnerships.models import Award, FieldCheck, FieldFinding, Participant
from partnerships.models.field_checks import TESTS, WIDER_REGIONS

CHECK = (
    "kind", "first_on", "last_on", "region", "took_part", "award", "indicator", "summary", *TESTS, "document",
)  # fmt: skip
EDITED_FINDING = ("text", "weight", "action", "due_on")
FINDING = ("text", "weight", "action", "due_on", "indicator")


def _editors() -> list[str]:
    return [role.value for role, held in ROLE_PERMISSIONS.items() if Permission.EDIT_PARTNERSHIPS in held]


class _CheckForm(RowForm):
    """A field check. The region is chosen, so that no one types an address."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        regions = [*self.partnership.focus_regions, *WIDER_REGIONS]
        current = self.initial.get("region")
        if current and current not in regions:
            regions.append(current)
        given = self.fields["region"]
        self.fields["region"] = forms.ChoiceField(
            label="Region",
            required=False,
            help_text=given.help_text,
            choices=[("", CHOOSE), *((name, name) for name in regions)],
            widget=forms.Select(attrs={"class": "usa-select"}),
        )
        for name in TESTS:
            self.fields[name].required = False


CheckForm = row_form(
    FieldCheck,
    CHECK,
    labels={"kind": "Kind", "award": "Award visited", "indicator": "Indicator assessed"},
    error_fields={"dates_order": "last_on", "tests": "indicator"},
    base=_CheckForm,
)


class _FindingForm(RowForm):
    """A finding and who is responsible: the recipient of an award, an office that takes part, or a person."""

    responsible = forms.ChoiceField(
        label="Responsible",
        help_text="Who is responsible cannot close the finding, nor can the person who records the evidence.",
        widget=forms.Select(attrs={"class": "usa-select"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        awards = Award.objects.filter(partnership=self.partnership).order_by("recipient", "pk")
        offices = Participant.objects.filter(partnership=self.partnership)
        people = User.objects.filter(is_active=True, role__in=_editors())
        field = self.fields["responsible"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", CHOOSE),
            ("Recipients of awards", [(f"award-{row.pk}", str(row)) for row in awards]),
            ("Offices that take part", [(f"participant-{row.pk}", row.name) for row in offices]),
            ("People of the office", [(f"person-{row.pk}", str(row)) for row in people.order_by("name", "pk")]),
        ]

    @property
    def columns(self) -> Sequence[str]:  # type: ignore[override]  # without the field that three columns store
        return [name for name in super().columns if name != "responsible"]

    @property
    def values(self) -> dict[str, Any]:
        kind, _, key = self.cleaned_data["responsible"].partition("-")
        return super().values | {f"{kind}_id": int(key)}


FindingForm = row_form(
    FieldFinding,
    FINDING,
    labels={"text": "Finding", "indicator": "Indicator whose values it calls into question"},
    error_fields={"finding_written": "text"},
    base=_FindingForm,
)
EditFindingForm = row_form(FieldFinding, EDITED_FINDING, labels={"text": "Finding"})


class EvidenceForm(PartnershipForm):
    note = text_field("Evidence", "What was done, and where it can be checked. Names of roles and offices only.")
    document = document_field()
