from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from cpc.lifecycle import Transition
from cpc.web.form_groups import FormGroup, FormPart
from partnerships.form_parts.base import (
    PartnershipForm,
    choice,
    day,
    day_of_event,
    document_field,
    text_field,
)
from partnerships.models import (
    Award,
    Correction,
    Determination,
    DeterminationKind,
    Ground,
    Partnership,
    Scope,
    SubjectKind,
)
from partnerships.models.monitoring import NO_SINGLE_CHILD


class DeterminationForm(PartnershipForm):
    subject = forms.ChoiceField(
        label="Applies to",
        choices=SubjectKind.choices,
        widget=forms.RadioSelect,
        help_text="The country as a whole, or one entity that receives an award.",
    )
    award = forms.ModelChoiceField(
        Award.objects.none(),
        label="Award of the entity",
        required=False,
        empty_label="None",
        help_text="Required for an entity. Leave it blank for a country.",
    )
    scope = forms.ChoiceField(label="Scope", choices=Scope.choices, widget=forms.RadioSelect)
    part = forms.CharField(
        label="Which part",
        max_length=300,
        required=False,
        help_text="Required if the scope is a part. Leave it blank for the whole.",
    )
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


class TakenForm(PartnershipForm):
    """The day and the reason of one step among several."""

    error_fields = {"effective_on": "on"}

    on = day("Date of the step", "The date it happened. It can't be in the future.")
    reason = forms.CharField(label="Reason", required=False)


class StepsForm(FormGroup):
    """Steps that were taken one after another. The first without a day, and all after it, are still to come."""

    def __init__(self, *args: Any, partnership: Partnership, steps: Sequence[Transition], **options: Any) -> None:
        self.partnership, self.steps = partnership, steps
        super().__init__(*args, **options)

    def make_parts(self) -> Iterator[FormPart]:
        for step in self.steps:
            about = f"You can't undo this step. {step.irreversible_because}" if step.irreversible_because else ""
            yield self.part(
                step.name,
                TakenForm,
                step.label,
                about=about,
                record=step,
                is_optional=True,
                partnership=self.partnership,
            )

    def clean(self) -> dict[str, Any]:
        """Require a day of each step before one with a day, and one step at least."""
        with_day = [part for part in self.parts if part.form.is_valid() and part.form.cleaned_data.get("on")]
        last = self.parts.index(with_day[-1]) if with_day else -1
        for index, part in enumerate(self.parts):
            is_taken = index < last or part.is_filled  # a reason without a day is not dropped silently
            if is_taken and part not in with_day and not part.form.errors:
                part.form.add_error("on", ValidationError("Enter the date of this step, too.", code="required"))
        if not with_day and not any(part.form.errors for part in self.parts):
            raise ValidationError("Enter the date of at least one step.", code="no_step")
        return self.cleaned_data

    @property
    def taken(self) -> list[FormPart]:
        return [part for part in self.parts if part.form.cleaned_data.get("on")]


class OpenCorrectionForm(PartnershipForm):
    description = text_field("Corrective action", NO_SINGLE_CHILD)


class CorrectionsForm(FormGroup):
    """A corrective action for each ground without one. A ground that is left blank stays as it is."""

    def __init__(
        self, *args: Any, partnership: Partnership, grounds: Sequence[tuple[str, str]], **options: Any
    ) -> None:
        self.partnership, self.grounds = partnership, grounds
        super().__init__(*args, **options)

    def make_parts(self) -> Iterator[FormPart]:
        for ground, label in self.grounds:
            yield self.part(ground, OpenCorrectionForm, label, is_optional=True, partnership=self.partnership)


class CloseSeveralForm(FormGroup):
    """Evidence and day for each open correction. One that is left blank stays open."""

    def __init__(self, *args: Any, partnership: Partnership, corrections: Sequence[Correction], **options: Any) -> None:
        self.partnership, self.corrections = partnership, corrections
        super().__init__(*args, **options)

    def make_parts(self) -> Iterator[FormPart]:
        for row in self.corrections:
            part = self.part(
                f"correction{row.pk}",
                CloseForm,
                row.get_ground_display(),
                about=row.description,
                record=row,
                is_optional=True,
                partnership=self.partnership,
            )
            part.form.fields["on"].initial = None
            yield part
