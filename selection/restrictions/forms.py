"""Forms of restrictions: a review, and the filters of a round's overview."""

from __future__ import annotations

from django import forms

from cpc.days import DayFormField
from cpc.web.edit_conflicts import ConfirmationForm
from selection.form_parts import OverviewFilter
from selection.models import RestrictionStatus
from selection.restrictions.checklist import checklist

STATUSES = (
    (RestrictionStatus.NOT_APPLICABLE, "Not applicable: the law does not reach this country"),
    (RestrictionStatus.CLEAR, "Clear: it reaches the country, and its conditions are not met"),
    (RestrictionStatus.TRIGGERED, "Triggered: it bars"),
    (RestrictionStatus.TRIGGERED_EXCEPTION, "Triggered, an exception applies"),
    (RestrictionStatus.WAIVED, "Waived"),
    (RestrictionStatus.UNDER_REVIEW, "Under review: it bars until the office has answered"),
)


def _day(label: str, *, help_text: str, required: bool = True) -> forms.DateField:
    return DayFormField(label=label, help_text=help_text, required=required)


class ReviewForm(ConfirmationForm):
    """Form for a review of one or several restrictions."""

    error_fields = {
        "in_future": "reviewed_on",
        "fiscal_year_over": "expires_on",
        "expires_on": "expires_on",
        "code": "codes",
    }

    codes = forms.MultipleChoiceField(
        label="Restrictions that were reviewed",
        choices=tuple((row.code, f"{row.title}, {row.citation}") for row in checklist()),
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick several where one review found the same of all of them.",
        error_messages={"required": "Tick at least one restriction."},
    )
    status = forms.ChoiceField(label="What it found", choices=STATUSES, widget=forms.RadioSelect)
    basis = forms.CharField(
        label="Basis",
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The memo, determination, waiver or list it rests on, with its date. It prints in the memo.",
    )
    reviewer = forms.CharField(label="Office that reviewed", max_length=60, help_text="For example L, H or F.")
    reviewed_on = _day("Reviewed on", help_text="The day on which the office said it.")
    expires_on = _day(
        "In force until",
        required=False,
        help_text="Empty: one year; for a section of the annual act, the end of the fiscal year.",
    )


class RestrictionsFilter(OverviewFilter):
    """Filters of the overview of restrictions."""

    choices = (
        *OverviewFilter.choices,
        ("held", "Held up by a restriction"),
        ("ends", "With a review that ends within 30 days"),
    )
