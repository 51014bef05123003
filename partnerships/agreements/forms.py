"""Forms to open and edit a partnership, and for one step of its lifecycle."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django import forms

from cpc.web.actions import ActionForm
from indicators.models import Country
from partnerships.agreements.origin import UNITED_STATES
from partnerships.form_parts.base import (
    PartnershipForm,
    day,
    dollars,
    row_form,
    text_field,
)
from partnerships.models import Partnership

RECORDED = ("fund_account", "reported_to_congress_on", "published_on")
"""Fields of the instrument that can change at any time. Signature fixes all other fields."""


RecordForm = row_form(
    Partnership,
    (
        "title",
        "starts_on",
        "ends_on",
        "coordination_body",
        "focus_regions",
        "forms",
        "other_forms",
        "overlap_reason",
        *RECORDED,
    ),
    labels={
        "starts_on": "First day of the term",
        "ends_on": "Last day of the term",
        "forms": "Forms of child trafficking",
        "other_forms": "Other form (describe)",
        "overlap_reason": "Reason for overlapping another partnership with this country",
        "fund_account": "Funding account",
        "reported_to_congress_on": "Date reported to Congress",
        "published_on": "Date published",
    },
    help_texts={
        "ends_on": "",
        "overlap_reason": "Leave blank unless two partnerships run at the same time.",
        "reported_to_congress_on": "1 U.S.C. 112b: the day that L gives, after a qualifying instrument is signed.",
        "published_on": "1 U.S.C. 112b: the day that L gives; it is published within 120 days.",
    },
    error_fields={"overlap": "overlap_reason", "dates_order": "ends_on", "starts_on": "starts_on"},
)
"""Fields of a partnership. The term may be left open; its limit errors appear at its end."""


OPENED_WITH = (
    "starts_on",
    "ends_on",
    "coordination_body",
    "focus_regions",
    "forms",
    "other_forms",
    "overlap_reason",
    "fund_account",
)
"""Fields that may be filled in when a partnership is opened. All are optional."""


class OpeningForm(ActionForm):
    """Base of the forms that open a partnership: what is already known of its term and instrument."""

    error_fields = RecordForm.error_fields

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in OPENED_WITH:
            field = deepcopy(RecordForm.base_fields[name])
            field.required = False
            self.fields[name] = field

    @property
    def opened_with(self) -> dict[str, Any]:
        """Return the optional fields that were filled in."""
        given = {name: self.cleaned_data[name] for name in OPENED_WITH}
        return {name: value for name, value in given.items() if value not in (None, "", [])}

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name not in OPENED_WITH}


class OpenForm(OpeningForm):
    """The country and the reason, and what is already known of the term."""

    error_fields = {**RecordForm.error_fields, "origin_country": "country", "origin": "origin_reason"}

    country = forms.ModelChoiceField(
        Country.objects.states().exclude(code=UNITED_STATES).order_by("name"), label="Country", empty_label="Choose"
    )
    title = forms.CharField(label="Title", max_length=200)
    origin_reason = forms.CharField(
        label="Why this country",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=(
            "What the selection is based on. An approver must confirm it before the partnership can move forward. "
            "Include nothing about an individual child."
        ),
    )


class OpenFromDecisionForm(OpeningForm):
    """The money and term that were decided, and what is already known of the term."""

    error_fields = {**OpeningForm.error_fields, "terms_differ": "planned_because"}

    title = forms.CharField(label="Title", max_length=200)
    planned_amount = dollars("Planned amount, in U.S. dollars", "As decided. Another amount needs a reason.")
    planned_months = forms.IntegerField(
        label="Planned term, in months",
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="As decided. Another term needs a reason.",
    )
    planned_because = text_field(
        "Why it differs from the decision", "Only if the amount or the term differs.", required=False
    )


class StepForm(PartnershipForm):
    error_fields = {"effective_on": "on"}

    on = day("Date of the step", "The date it happened. It can't be in the future.", required=True)
    reason = text_field("Reason", required=False)
    source = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, needs_reason: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].required = needs_reason


class SignForm(StepForm):
    """The day of the signature, and the days on the document if the governments signed on different ones."""

    error_fields = {"signing_day": "us_signed_on", "signing_in_effect_later": "in_effect_on"}
    field_order = ("on", "us_signed_on", "partner_signed_on", "in_effect_on")

    us_signed_on = day("Signed by the United States on", "Leave it blank if it is the date of the step.")
    partner_signed_on = day("Signed by the partner government on", "Leave it blank if it is the date of the step.")
    in_effect_on = day("In effect on", "As on the document.")
