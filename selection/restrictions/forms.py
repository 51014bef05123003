"""Forms of restrictions: a review, and the filters of a round's overview."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cpc.days import DayFormField
from cpc.web.actions import ActionForm
from cpc.web.edit_conflicts import ConfirmationForm
from cpc.web.form_groups import FormGroup, FormPart
from selection.form_parts import OverviewFilter
from selection.models import ReviewStatus
from selection.restrictions.checklist import Restriction, Scope, checklist
from selection.restrictions.services import ListRefused, Reviewed

STATUSES = (
    (ReviewStatus.NOT_APPLICABLE, "Not applicable: the law does not apply to this country"),
    (ReviewStatus.CLEAR, "Clear: the law applies, but its conditions are not met"),
    (ReviewStatus.TRIGGERED, "Triggered: bars assistance"),
    (ReviewStatus.TRIGGERED_EXCEPTION, "Triggered, an exception applies"),
    (ReviewStatus.WAIVED, "Waived"),
    (ReviewStatus.UNDER_REVIEW, "Under review: bars assistance until the office answers"),
)


class ReviewForm(ConfirmationForm):
    error_fields = {
        "in_future": "reviewed_on",
        "fiscal_year_over": "expires_on",
        "expires_on": "expires_on",
        "code": "codes",
    }

    codes = forms.MultipleChoiceField(
        label="Restrictions reviewed",
        choices=tuple((row.code, f"{row.title}, {row.citation}") for row in checklist()),
        widget=forms.CheckboxSelectMultiple,
        help_text="Select more than one if the review reached the same result for all of them.",
        error_messages={"required": "Select at least one restriction."},
    )
    status = forms.ChoiceField(label="Result", choices=STATUSES, widget=forms.RadioSelect)
    basis = forms.CharField(
        label="Basis",
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=(
            "The memo, determination, waiver, or list that supports the result, with its date. Printed in the memo."
        ),
    )
    reviewer = forms.CharField(label="Reviewing office", max_length=60, help_text="For example, L, H, or F.")
    reviewed_on = DayFormField(label="Reviewed on", help_text="The date of the office's review.")
    expires_on = DayFormField(
        label="In force until",
        required=False,
        help_text="Leave empty for one year or, for a section of the annual act, the end of the fiscal year.",
    )


class ResultForm(ActionForm):
    """The result of one restriction of the list; blank if it was not reviewed."""

    status = forms.ChoiceField(label="Result", choices=(("", "Not reviewed now"), *STATUSES), required=False)
    basis = forms.CharField(label="Basis, if another", max_length=4_000, required=False)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("basis") and not values.get("status"):
            self.add_error("status", ValidationError("Choose a result.", code="required"))
        return values


class ReviewListForm(FormGroup, ConfirmationForm):
    """One review of the whole list: office, day, and basis once, and a result for each restriction."""

    error_fields = {"in_future": "reviewed_on", "expires_on": "expires_on"}

    reviewer = forms.CharField(label="Reviewing office", max_length=60, help_text="For example, L, H, or F.")
    reviewed_on = DayFormField(label="Reviewed on", help_text="The date of the office's review.")
    expires_on = DayFormField(
        label="In force until",
        required=False,
        help_text=("Leave empty for one year. A review of annual provisions ends with the fiscal year in any case."),
    )
    basis = forms.CharField(
        label="Basis of all results",
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The memo, determination, waiver, or list, with its date. A result can have a basis of its own.",
    )

    def __init__(self, *args: Any, known: Mapping[str, str], **options: Any) -> None:
        self.known = known
        super().__init__(*args, **options)

    def make_parts(self) -> Iterator[FormPart]:
        for row in sorted(checklist(), key=_section):
            about = ". ".join(text for text in (row.citation, self.known.get(row.code, "")) if text)
            yield self.part(
                row.code, ResultForm, row.title, about=about, section=SECTIONS[_section(row)], is_optional=True
            )

    @property
    def results(self) -> list[Reviewed]:
        """Return the results that were chosen, each with its own basis or that of all."""
        given = [(part.prefix, part.form.cleaned_data) for part in self.filled()]
        basis = self.cleaned_data["basis"]
        return [Reviewed(code, values["status"], values["basis"].strip() or basis) for code, values in given]

    def add_service_errors(self, error: ValidationError) -> None:
        if not isinstance(error, ListRefused):
            super().add_service_errors(error)
            return
        for code, refused in error.by_code.items():
            self.named(code).form.add_service_errors(refused)


SECTIONS = ("Required before signature", "Required before an obligation", "For information")


def _section(row: Restriction) -> int:
    scopes = (Scope.COUNTRY, Scope.OBLIGATION)
    return next((index for index, scope in enumerate(scopes) if row.is_required_for(scope)), 2)


class RestrictionsFilter(OverviewFilter):
    choices = (
        *OverviewFilter.choices,
        ("held", "Held up by a restriction"),
        ("ends", "With a review that expires within 30 days"),
    )
