"""Forms of restrictions: a review, and the filters of a round's overview."""

from django import forms

from cpc.days import DayFormField
from cpc.web.edit_conflicts import ConfirmationForm
from selection.form_parts import OverviewFilter
from selection.models import ReviewStatus
from selection.restrictions.checklist import checklist

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


class RestrictionsFilter(OverviewFilter):
    choices = (
        *OverviewFilter.choices,
        ("held", "Held up by a restriction"),
        ("ends", "With a review that expires within 30 days"),
    )
