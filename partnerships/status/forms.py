"""The forms of determinations by statute and of the corrections of their grounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from partnerships.forms.former import HIDDEN, WriteForm, choice, day
from partnerships.forms.former import text as words
from partnerships.models import Award, Determination, DocumentVersion, Ground, Scope, SubjectKind
from partnerships.models.monitoring import NO_SINGLE_CHILD


class DeterminationForm(WriteForm):
    """A suspension or termination: whom and how much it takes, on which grounds, who signed."""

    subject = forms.ChoiceField(
        label="About",
        choices=SubjectKind.choices,
        widget=forms.RadioSelect,
        help_text="The country as a whole, or one entity that receives an award.",
    )
    award = forms.ModelChoiceField(
        Award.objects.none(), label="Award of the entity", required=False, empty_label="None"
    )
    scope = forms.ChoiceField(label="How much", choices=Scope.choices, widget=forms.RadioSelect)
    part = forms.CharField(label="Which part", max_length=300, required=False)
    grounds = forms.MultipleChoiceField(
        label="Grounds, 22 U.S.C. 7103a(d)(6)(A)", choices=Ground.choices, widget=forms.CheckboxSelectMultiple
    )
    text = words("Determination", f"What was determined, and why. {NO_SINGLE_CHILD}")
    signatory = forms.CharField(label="Signatory", max_length=200, help_text="The office that signed, as on the paper.")
    determined_on = day("Day of the determination", "Today at the latest.", required=True)
    document = forms.ModelChoiceField(
        DocumentVersion.objects.none(), label="Document", required=False, empty_label="None"
    )

    def __init__(self, awards: QuerySet[Award], papers: QuerySet[DocumentVersion], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("award", awards), ("document", papers)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows

    def clean(self) -> dict[str, Any]:
        """An entity is named by its award, a part by its words, and a whole country by neither."""
        asked = self.cleaned_data
        if (asked.get("subject") == SubjectKind.ENTITY) != (asked.get("award") is not None):
            self.add_error(
                "award", ValidationError("An entity is named by its award; a country is not.", code="entity")
            )
        if asked.get("scope") == Scope.PART and not asked.get("part"):
            self.add_error("part", ValidationError("Say which part.", code="part"))
        if asked.get("scope") == Scope.WHOLE and asked.get("part"):
            self.add_error("part", ValidationError("What is taken in whole has no part.", code="part"))
        return asked


class ReinstatementForm(WriteForm):
    """The end of a suspension."""

    suspension = forms.ModelChoiceField(
        Determination.objects.none(), label="Which suspension it ends", empty_label="Choose"
    )
    text = words("Determination", f"What was determined, and why. {NO_SINGLE_CHILD}")
    signatory = forms.CharField(label="Signatory", max_length=200, help_text="The office that signed, as on the paper.")
    determined_on = day("Day of the determination", "Today at the latest.", required=True)
    document = forms.ModelChoiceField(
        DocumentVersion.objects.none(), label="Document", required=False, empty_label="None"
    )

    def __init__(
        self, suspensions: QuerySet[Determination], papers: QuerySet[DocumentVersion], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("suspension", suspensions), ("document", papers)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the determination. Call once the form is valid."""
        asked = self.cleaned_data
        suspension: Determination = asked["suspension"]
        same = {name: getattr(suspension, name) for name in ("scope", "part", "subject", "award")}
        return {name: value for name, value in asked.items() if name not in HIDDEN} | same


class CorrectionForm(WriteForm):
    """What is to be done about one ground."""

    ground = forms.ChoiceField(label="Ground")
    description = words("What is to be done", NO_SINGLE_CHILD)

    def __init__(self, grounds: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"] = choice("Ground", grounds)


class CloseForm(WriteForm):
    """That a correction is done, and what shows it."""

    evidence = words("What shows that it is corrected", NO_SINGLE_CHILD)
    on = day("Day on which it was corrected", "Today at the latest.", required=True)
