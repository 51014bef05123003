from rest_framework import serializers

from cpc.api.row_serializers import RowSerializer
from cpc.api.serializers import BodySerializer, Day, example, optional_text
from partnerships.models import (
    LedgerEntry,
    LedgerKind,
)

NEW_ENTRY = {"award": 4, "kind": "obligation", "amount": "250000.00", "on": "2026-11-20"}
ENTRY = {
    "id": 31,
    **NEW_ENTRY,
    "fiscal_year": 2027,
    "reference": "",
    "note": "",
    "authority": "",
    "recorded_at": "2026-11-20T15:04:11.302145Z",
}


@example("A ledger entry", ENTRY)
class LedgerEntrySerializer(RowSerializer[LedgerEntry], serializers.ModelSerializer[LedgerEntry]):
    """One movement of money under an award, in U.S. dollars. The kind gives the sign."""

    award = serializers.IntegerField(source="award_id", help_text="The number of the award.")
    kind = serializers.ChoiceField(choices=LedgerKind.choices, help_text="The kind of entry.")
    recorded_at = serializers.DateTimeField(source="at", help_text="When it was recorded.")

    class Meta:
        model = LedgerEntry
        fields = ("id", "award", "kind", "amount", "on", "fiscal_year", "reference", "note", "authority", "recorded_at")
        extra_kwargs = {
            "id": {"help_text": "The number."},
            "amount": {"help_text": "Greater than zero."},
            "on": {"help_text": "The date."},
            "reference": {"help_text": "The reference number in the accounts."},
            "note": {"help_text": "A note on the entry, or its reason."},
            "authority": {"help_text": "The provision or the term of the award that allows the entry."},
        }


@example("An obligation", NEW_ENTRY)
class NewLedgerEntrySerializer(BodySerializer):
    """A movement of money to record. A correction is another entry."""

    award = serializers.IntegerField(help_text="The number of an award of the partnership.")
    kind = serializers.ChoiceField(choices=LedgerKind.choices, help_text="The kind of entry.")
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0, help_text="Greater than zero.")
    on = Day(help_text="The date.")
    reference = optional_text("The reference number in the accounts.", 60)
    note = optional_text(
        "A note on the entry. An adjustment, and any entry after the last day of the term, needs its reason.", 300
    )
    authority = optional_text(
        "The provision or the term of the award that allows the entry. Needed wherever a reason is needed.", 200
    )
