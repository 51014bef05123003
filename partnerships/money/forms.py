from django import forms

from partnerships.form_parts.base import (
    PartnershipForm,
    choice,
    day,
    document_field,
    dollars,
    row_form,
    text_field,
)
from partnerships.models import Contribution, ExemptionKind

ContributionForm = row_form(
    Contribution,
    (
        "government",
        "kind",
        "stage",
        "fiscal_year",
        "program",
        "description",
        "amount_usd",
        "original_amount",
        "original_currency",
        "rate",
        "rate_source",
        "valuation_method",
        "staff_years",
        "account",
        "authority",
        "source",
    ),
    labels={
        "government": "Given by",
        "kind": "Kind",
        "stage": "Stage",
        "program": "Program",
        "amount_usd": "Value in U.S. dollars",
        "original_amount": "Amount in another currency",
        "original_currency": "Currency",
        "rate": "U.S. dollars per unit of that currency",
        "rate_source": "Source of the rate",
        "staff_years": "Years of work",
        "account": "Account, for U.S. cash",
        "authority": "Authority, for U.S. cash",
    },
    help_texts={
        "fiscal_year": "The U.S. fiscal year, four digits.",
        "amount_usd": "Leave blank if no value is known. An unknown value is not zero.",
        "original_currency": "Three letters, such as PEN.",
        "valuation_method": "How the in-kind contribution was valued.",
        "staff_years": "For staff: persons times years.",
        "account": "Record TIP Office project funds as an award, not here.",
        "authority": "The provision that allows it.",
        "source": "Where it was pledged, reported or verified.",
    },
    error_fields={"amount": "amount_usd", "replaces_id": "description", "project_funds": "account"},
)


class NotificationForm(PartnershipForm):
    sent_on = day("Sent on", required=True)
    amount = dollars("Amount in U.S. dollars", "If this notification replaces another, zero takes the other one back.")
    reference = forms.CharField(label="Number of the notification", max_length=60)
    document = document_field()


class ExemptionForm(PartnershipForm):
    error_fields = {"exemption": "amount"}

    kind = choice("Kind of exemption", ExemptionKind.choices)
    amount = dollars("Maximum in U.S. dollars")
    from_on = day("Effective date", required=True)
    authority = forms.CharField(label="Authority", max_length=200, help_text="The provision that exempts it.")
    reason = text_field("Reason")
