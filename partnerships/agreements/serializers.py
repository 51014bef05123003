"""REST representation to open and change a partnership, and of its stated reason."""

from __future__ import annotations

from datetime import datetime

from rest_framework import serializers

from cpc.api.row_serializers import Missing, MissingReasons, RowSerializer, computed
from cpc.api.serializers import BodySerializer, Day, example, optional_text, text_field
from partnerships.models import RUN_HERE, FundAccount, Partnership, TraffickingFormCode

NEW_PARTNERSHIP = {
    "country": "GHA",
    "title": "Partnership to protect children in Ghana",
    "decision": 12,
    "starts_on": "2026-01-01",
    "ends_on": "2030-12-31",
}
STATED_REASON = {
    "reason": "The ministry asked for a partnership.",
    "confirmed_at": None,
    "note": "",
    "missing": {"confirmed_at": "not_yet"},
}


@example("A longer term", {"ends_on": "2030-12-31"})
class PartnershipChangeSerializer(BodySerializer):
    """Fields to change. After signature, terms change only by amendment.

    The status changes by steps.
    """

    title = serializers.CharField(max_length=200, required=False, help_text="The title.")
    starts_on = Day(required=False, allow_null=True, help_text="The first day.")
    ends_on = Day(required=False, allow_null=True, help_text="The last day.")
    focus_regions = serializers.ListField(
        child=serializers.CharField(max_length=80), required=False, help_text="Focus regions."
    )
    forms = serializers.ListField(
        child=serializers.ChoiceField(choices=TraffickingFormCode.choices),
        required=False,
        help_text="Forms of child trafficking.",
    )
    fund_account = serializers.ChoiceField(
        choices=FundAccount.choices, required=False, help_text="The appropriation account."
    )
    coordination_body = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="The coordination body."
    )


@example("A partnership to open", NEW_PARTNERSHIP)
class NewPartnershipSerializer(PartnershipChangeSerializer):
    """A partnership to open with a selected country, from a decision or for a stated reason."""

    country = serializers.CharField(max_length=30, help_text="The code of the country, such as GHA.")
    title = serializers.CharField(max_length=200, help_text="The title.")
    origin_reason = optional_text("Why this country was selected, if no recorded decision selects it.", 2000)
    decision = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        help_text=(
            "The decision that selects the country, instead of a reason. It must be current, and its round must "
            "be decided."
        ),
    )


def _confirmed_at(kind: str, reason: str, at: datetime | None) -> datetime | Missing:
    return at or Missing("not_yet" if reason and kind in RUN_HERE else "not_applicable")


@example("A stated reason", STATED_REASON)
class StatedReasonSerializer(RowSerializer[Partnership]):
    """The stated reason for a partnership, and the approver's confirmation of it."""

    reason = text_field("The stated reason; empty if a decision started the partnership.", source="origin_reason")
    confirmed_at = computed(
        serializers.DateTimeField(allow_null=True, help_text="When an approver confirmed it."),
        _confirmed_at,
        "kind",
        "origin_reason",
        "origin_confirmation__at",
    )
    note = computed(text_field("The approver's note."), lambda note: note or "", "origin_confirmation__note")
    missing = MissingReasons()


@example("A confirmation", {"note": "The ministry asked for it in writing."})
class ConfirmOriginSerializer(BodySerializer):
    """The confirmation of a stated reason."""

    note = optional_text("The approver's note.", 2000)
