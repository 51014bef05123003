from typing import Any

from django import forms

from partnerships.form_parts.base import (
    PartnershipForm,
    choice,
    day,
    document_field,
    dollars,
    fund_field,
    row_form,
    text_field,
)
from partnerships.models import Contribution, ContributionStage, ExemptionKind, Government, Partnership

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
    fund = fund_field("If it is stated, the notification counts for obligations from this fund alone.")
    document = document_field()


class ExemptionForm(PartnershipForm):
    error_fields = {"exemption": "amount"}

    kind = choice("Kind of exemption", ExemptionKind.choices)
    amount = dollars("Maximum in U.S. dollars")
    from_on = day("Effective date", required=True)
    authority = forms.CharField(label="Authority", max_length=200, help_text="The provision that exempts it.")
    reason = text_field("Reason")


class ContributionsFilter(forms.Form):
    """Who gave, at which stage, and whether replaced contributions are listed, too."""

    use_required_attribute = False

    government = forms.ChoiceField(label="Given by", required=False)
    stage = forms.ChoiceField(label="Stage", required=False, choices=[("", "All"), *ContributionStage.choices])
    show = forms.ChoiceField(
        label="Replaced ones", required=False, choices=[("", "Leave out"), ("all", "Show as well")]
    )

    def __init__(self, *args: Any, partnership: Partnership, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "f-%s"} | options)
        names = {Government.PARTNER: partnership.country.name}
        sides = [(side.value, names.get(side, side.label)) for side in Government]
        government = self.fields["government"]
        assert isinstance(government, forms.ChoiceField)
        government.choices = [("", "All"), *sides]
        for field in self.fields.values():
            field.widget.attrs["class"] = "usa-select"

    def fits(self, row: Contribution) -> bool:
        asked = self.cleaned_data
        return (
            asked["government"] in ("", row.government)
            and asked["stage"] in ("", row.stage)
            and (asked["show"] == "all" or not hasattr(row, "replaced_by"))
        )
