from rest_framework import serializers

from cpc.api.row_serializers import MissingReasons, RowSerializer
from cpc.api.serializers import BodySerializer, example, money_field, optional_text, text_field
from partnerships.models import (
    CashAccount,
    Contribution,
    ContributionKind,
    ContributionStage,
    Government,
)

NEW_CONTRIBUTION = {
    "government": "partner",
    "kind": "in_kind",
    "stage": "reported",
    "fiscal_year": 2026,
    "description": "Rooms for two interview centers",
    "source": "Letter of the ministry of 2026-11-02",
    "amount_usd": "120000.00",
    "valuation_method": "Rent of comparable rooms",
}
CONTRIBUTION = {
    "id": 12,
    **NEW_CONTRIBUTION,
    "program": None,
    "original_amount": None,
    "original_currency": "",
    "rate": None,
    "rate_source": "",
    "staff_years": None,
    "account": "",
    "authority": "",
    "replaces": None,
    "recorded_at": "2026-11-20T15:04:11.302145Z",
    "missing": {
        "program": "not_applicable",
        "original_amount": "not_applicable",
        "rate": "not_applicable",
        "staff_years": "not_applicable",
        "replaces": "not_applicable",
    },
}


@example("A contribution", CONTRIBUTION)
class ContributionSerializer(RowSerializer[Contribution]):
    """A contribution of one government in one fiscal year. It never counts toward the funding limit."""

    missing_reason = "not_applicable"
    missing_reasons = {"amount_usd": "not_recorded"}

    id = serializers.IntegerField(help_text="The number.")
    government = serializers.ChoiceField(choices=Government.choices, help_text="The government.")
    kind = serializers.ChoiceField(choices=ContributionKind.choices, help_text="The kind of contribution.")
    stage = serializers.ChoiceField(
        choices=ContributionStage.choices, help_text="The stage: pledged, reported, or verified."
    )
    fiscal_year = serializers.IntegerField(help_text="The U.S. fiscal year.")
    program = serializers.IntegerField(
        source="program_id", allow_null=True, help_text="The number of the program that it supports."
    )
    description = text_field("A description.")
    amount_usd = money_field("The value in U.S. dollars.")
    original_amount = serializers.DecimalField(
        max_digits=16, decimal_places=2, allow_null=True, help_text="The amount in its original currency."
    )
    original_currency = text_field("The original currency, by ISO 4217.")
    rate = serializers.DecimalField(max_digits=16, decimal_places=8, allow_null=True, help_text="Dollars per unit.")
    rate_source = text_field("The source of the rate.")
    valuation_method = text_field("How an in-kind contribution was valued.")
    staff_years = serializers.DecimalField(max_digits=8, decimal_places=2, allow_null=True, help_text="Years of work.")
    account = serializers.ChoiceField(
        choices=CashAccount.choices, allow_blank=True, help_text="For U.S. cash: its account."
    )
    authority = text_field("For U.S. cash: its authority.")
    source = serializers.CharField(help_text="Where to check it.")  # type: ignore[assignment]  # hides `Field.source`
    replaces = serializers.IntegerField(
        source="replaces_id", allow_null=True, help_text="The number of the contribution that it replaces."
    )
    recorded_at = serializers.DateTimeField(source="at", help_text="When it was recorded.")
    missing = MissingReasons()


@example("A contribution to record", NEW_CONTRIBUTION)
class NewContributionSerializer(BodySerializer):
    """A contribution to record. A correction is another contribution that replaces it."""

    government = serializers.ChoiceField(choices=Government.choices, help_text="The government.")
    kind = serializers.ChoiceField(choices=ContributionKind.choices, help_text="The kind of contribution.")
    stage = serializers.ChoiceField(
        choices=ContributionStage.choices, help_text="The stage: pledged, reported, or verified."
    )
    fiscal_year = serializers.IntegerField(min_value=2013, max_value=2100, help_text="The U.S. fiscal year.")
    description = serializers.CharField(max_length=300, help_text="A description.")
    source = serializers.CharField(max_length=500, help_text="Where to check it.")  # type: ignore[assignment]  # hides `Field.source`
    program = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="The number of the program that it supports."
    )
    amount_usd = serializers.DecimalField(
        max_digits=14,
        decimal_places=2,
        required=False,
        allow_null=True,
        default=None,
        help_text="The value in U.S. dollars.",
    )
    original_amount = serializers.DecimalField(
        max_digits=16,
        decimal_places=2,
        required=False,
        allow_null=True,
        default=None,
        help_text="The amount in its original currency.",
    )
    original_currency = optional_text("The original currency, by ISO 4217.", 3)
    rate = serializers.DecimalField(
        max_digits=16, decimal_places=8, required=False, allow_null=True, default=None, help_text="Dollars per unit."
    )
    rate_source = optional_text("The source of the rate.", 200)
    valuation_method = optional_text("How an in-kind contribution was valued.", 300)
    staff_years = serializers.DecimalField(
        max_digits=8, decimal_places=2, required=False, allow_null=True, default=None, help_text="Years of work."
    )
    account = serializers.ChoiceField(
        choices=CashAccount.choices,
        required=False,
        allow_blank=True,
        default="",
        help_text="For U.S. cash: its account. Record TIP Office project funds only as awards.",
    )
    authority = optional_text("For U.S. cash: its authority.", 300)
    replaces = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="The number of the contribution that it replaces."
    )
