from decimal import Decimal

from rest_framework import serializers

from cpc.api.row_serializers import MissingReasons, RowSerializer, computed
from cpc.api.serializers import BodySerializer, Day, example, optional_text, text_field
from partnerships.models import (
    FinancialReport,
    LedgerEntry,
    LedgerKind,
    ReportEventKind,
    ReportFrequencies,
)

NEW_ENTRY = {"award": 4, "kind": "obligation", "amount": "250000.00", "on": "2026-11-20"}
ENTRY = {
    "id": 31,
    **NEW_ENTRY,
    "fiscal_year": 2027,
    "fund": 2,
    "reference": "",
    "note": "",
    "authority": "",
    "recorded_at": "2026-11-20T15:04:11.302145Z",
    "missing": {},
}
REPORT = {
    "id": 12,
    "award": 4,
    "period_end": "2026-09-30",
    "report_type": "quarterly",
    "state": "accepted",
    "received_on": "2026-10-28",
    "cash_receipts": "1020000.00",
    "cash_disbursements": "1005000.00",
    "cash_on_hand": "15000.00",
    "authorized": "1500000.00",
    "expended": "1062000.00",
    "unliquidated": "210000.00",
    "federal_share": "1272000.00",
    "unobligated": "228000.00",
    "recipient_required": None,
    "recipient_expended": None,
    "recipient_remaining": None,
    "remarks": "",
    "recorded_at": "2026-10-28T15:04:11.302145Z",
    "missing": {
        "recipient_required": "not_set",
        "recipient_expended": "not_set",
        "recipient_remaining": "not_set",
    },
}


@example("A ledger entry", ENTRY)
class LedgerEntrySerializer(RowSerializer[LedgerEntry], serializers.ModelSerializer[LedgerEntry]):
    """One movement of money under an award, in U.S. dollars. The kind gives the sign."""

    award = serializers.IntegerField(source="award_id", help_text="The number of the award.")
    kind = serializers.ChoiceField(choices=LedgerKind.choices, help_text="The kind of entry.")
    recorded_at = serializers.DateTimeField(source="at", help_text="When it was recorded.")
    fund = serializers.IntegerField(
        source="fund_id", allow_null=True, help_text="The number of the fund that it is about."
    )
    missing = MissingReasons()

    class Meta:
        model = LedgerEntry
        fields = (
            "id",
            "award",
            "kind",
            "amount",
            "on",
            "fiscal_year",
            "fund",
            "reference",
            "note",
            "authority",
            "recorded_at",
            "missing",
        )
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
    fund = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="The number of the fund that it is about."
    )
    reference = optional_text("The reference number in the accounts.", 60)
    note = optional_text(
        "A note on the entry. An adjustment, and any entry after the last day of the term, needs its reason.", 300
    )
    authority = optional_text(
        "The provision or the term of the award that allows the entry. Needed wherever a reason is needed.", 200
    )


def _line(text: str, *, allow_null: bool = False) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=allow_null, help_text=text)


def _remaining(required: Decimal | None, expended: Decimal | None) -> Decimal | None:
    return None if required is None else required - (expended or 0)


@example("Lines of a financial report", REPORT)
class FinancialReportSerializer(RowSerializer[FinancialReport], serializers.ModelSerializer[FinancialReport]):
    """The lines in effect of one federal financial report (SF-425), cumulative, in U.S. dollars."""

    award = serializers.IntegerField(source="report.award_id", help_text="The number of the award.")
    period_end = serializers.DateField(source="report.period_end", help_text="Line 9, the end of the period.")
    report_type = serializers.ChoiceField(
        source="report.frequency", choices=ReportFrequencies.choices, help_text="Line 6, the type of report."
    )
    state = serializers.ChoiceField(choices=ReportEventKind.choices, help_text="What happened last to the report.")
    cash_receipts = _line("Line 10a.")
    cash_disbursements = _line("Line 10b.")
    cash_on_hand = computed(_line("Line 10c."), lambda a, b: a - b, "cash_receipts", "cash_disbursements")
    authorized = _line("Line 10d.")
    expended = _line("Line 10e.")
    unliquidated = _line("Line 10f.")
    federal_share = computed(_line("Line 10g."), lambda e, f: e + f, "expended", "unliquidated")
    unobligated = computed(_line("Line 10h."), lambda d, e, f: d - e - f, "authorized", "expended", "unliquidated")
    recipient_required = _line("Line 10i.", allow_null=True)
    recipient_expended = _line("Line 10j.", allow_null=True)
    recipient_remaining = computed(
        _line("Line 10k.", allow_null=True), _remaining, "recipient_required", "recipient_expended"
    )
    remarks = text_field("Line 12, remarks.")
    recorded_at = serializers.DateTimeField(source="at", help_text="When it was recorded.")
    missing = MissingReasons()

    class Meta:
        model = FinancialReport
        fields = (
            "id",
            "award",
            "period_end",
            "report_type",
            "state",
            "received_on",
            "cash_receipts",
            "cash_disbursements",
            "cash_on_hand",
            "authorized",
            "expended",
            "unliquidated",
            "federal_share",
            "unobligated",
            "recipient_required",
            "recipient_expended",
            "recipient_remaining",
            "remarks",
            "recorded_at",
            "missing",
        )
        extra_kwargs = {
            "id": {"help_text": "The number of the lines."},
            "received_on": {"help_text": "When the office received it."},
        }
