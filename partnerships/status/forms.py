from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from partnerships.form_parts.base import (
    PartnershipForm,
    choice,
    day,
    day_of_event,
    document_field,
    text_field,
)
from partnerships.models import Award, Determination, DeterminationKind, Ground, Partnership, Scope, SubjectKind
from partnerships.models.monitoring import NO_SINGLE_CHILD


class DeterminationForm(PartnershipForm):
    subject = forms.ChoiceField(
        label="Applies to",
        choices=SubjectKind.choices,
        widget=forms.RadioSelect,
        help_text="The country as a whole, or one entity that receives an award.",
    )
    award = forms.ModelChoiceField(
        Award.objects.none(), label="Award of the entity", required=False, empty_label="None"
    )
    scope = forms.ChoiceField(label="Scope", choices=Scope.choices, widget=forms.RadioSelect)
    part = forms.CharField(label="Which part", max_length=300, required=False)
    grounds = forms.MultipleChoiceField(
        label="Grounds, 22 U.S.C. 7103a(d)(6)(A)", choices=Ground.choices, widget=forms.CheckboxSelectMultiple
    )
    text = text_field("Determination", f"What was determined, and why. {NO_SINGLE_CHILD}")
    signatory = forms.CharField(
        label="Signatory", max_length=200, help_text="The office that signed, as in the document."
    )
    determined_on = day("Date of the determination", "It can't be in the future.", required=True)
    document = document_field("Document")

    def clean(self) -> dict[str, Any]:
        """Require an award for an entity, a part for a partial scope, and neither for a whole country."""
        values = self.cleaned_data
        if (values.get("subject") == SubjectKind.ENTITY) != (values.get("award") is not None):
            self.add_error(
                "award", ValidationError("Choose an award for an entity, and none for a country.", code="entity")
            )
        if values.get("scope") == Scope.PART and not values.get("part"):
            self.add_error("part", ValidationError("Enter which part.", code="part"))
        if values.get("scope") == Scope.WHOLE and values.get("part"):
            self.add_error("part", ValidationError("Leave the part blank if the scope is the whole.", code="part"))
        return values


def suspensions_open(partnership: Partnership) -> QuerySet[Determination]:
    """Return suspensions that no reinstatement has ended."""
    return partnership.determinations.filter(kind=DeterminationKind.SUSPENSION, reinstatement__isnull=True)


class ReinstatementForm(PartnershipForm):
    suspension = forms.ModelChoiceField(
        Determination.objects.none(), label="Suspension that it ends", empty_label="Choose"
    )
    text = text_field("Determination", f"What was determined, and why. {NO_SINGLE_CHILD}")
    signatory = forms.CharField(
        label="Signatory", max_length=200, help_text="The office that signed, as in the document."
    )
    determined_on = day("Date of the determination", "It can't be in the future.", required=True)
    document = document_field("Document")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["suspension"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = suspensions_open(self.partnership)

    @property
    def values(self) -> dict[str, Any]:
        values = super().values
        suspension: Determination = values["suspension"]
        return values | {name: getattr(suspension, name) for name in ("scope", "part", "subject", "award")}


class CorrectionForm(PartnershipForm):
    ground = forms.ChoiceField(label="Ground")
    description = text_field("Corrective action", NO_SINGLE_CHILD)

    def __init__(self, *args: Any, grounds: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["ground"] = choice("Ground", grounds)


class CloseForm(PartnershipForm):
    evidence = text_field("Evidence of the correction", NO_SINGLE_CHILD)
    on = day_of_event(
        "Date corrected",
        "From the date of the determination through today. A reinstatement can't be dated before it.",
    )
