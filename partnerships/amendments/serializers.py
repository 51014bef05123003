from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from cpc.api.row_serializers import MissingReasons, RowSerializer, computed
from cpc.api.serializers import BodySerializer, Day, example, optional_text, text_field
from partnerships.api_base.step_serializers import AVAILABLE_STEP, OfferedStepSerializer
from partnerships.models import (
    Activity,
    Amendment,
    AmendmentChange,
    AmendmentKind,
    AmendmentState,
    ChangeAction,
    DataPlan,
    Government,
    Mechanism,
    Milestone,
    Objective,
    Participant,
    Partnership,
    Program,
    ProgramAmount,
    Responsibility,
    SustainabilityStrategy,
)

TERMS = {
    "partnership": Partnership,
    "participant": Participant,
    "mechanism": Mechanism,
    "data_plan": DataPlan,
    "objective": Objective,
    "responsibility": Responsibility,
    "program": Program,
    "amount": ProgramAmount,
    "activity": Activity,
    "milestone": Milestone,
    "strategy": SustainabilityStrategy,
}
"""The kinds of terms that an amendment can change, by their name in REST."""
_TERM_BY_TABLE = {model._meta.db_table: word for word, model in TERMS.items()}
_VALUE = {"description": "A value as stored: text, number, true or false, list of texts, or null."}


@extend_schema_field(_VALUE | {"nullable": True})
class ValueField(serializers.JSONField):
    """A JSON value of any field."""


NEW_AMENDMENT = {
    "kind": "no_cost_extension",
    "title": "Half a year more for the courts",
    "reason": "Training began late",
}
AMENDMENT = {
    "number": 1,
    **NEW_AMENDMENT,
    "state": "draft",
    "requested_at": "2026-11-20T15:04:11.302145Z",
    "decided_at": None,
    "decision_note": "",
    "applied_at": None,
    "missing": {"decided_at": "not_yet", "applied_at": "not_yet"},
    "changes": [
        {
            "id": 9,
            "action": "set",
            "of": "partnership",
            "row": 7,
            "field": "ends_on",
            "old": "2030-06-30",
            "new": "2030-12-31",
            "missing": {},
        }
    ],
}
NEW_CHANGE = {"of": "partnership", "field": "ends_on", "value": "2030-12-31"}
NEW_AMOUNT = {"of": "amount", "row": 3, "government": "us", "amount": "4500000.00"}


class ChangeSerializer(RowSerializer[AmendmentChange]):
    """One change: a field with its old and new values, or a new row with its columns in `new`."""

    missing_reason = "not_applicable"

    id = serializers.IntegerField(help_text="The number.")
    action = serializers.ChoiceField(
        choices=ChangeAction.choices, help_text="Whether a field changes or a row is added."
    )
    of = computed(
        serializers.ChoiceField(choices=list(TERMS), help_text="The kind of term that changes."),
        _TERM_BY_TABLE.__getitem__,
        "row_table",
    )
    row = serializers.IntegerField(
        source="row_id", allow_null=True, help_text="The number of the row; null for an added row."
    )
    field = text_field("The field that changes.", source="column")
    old = ValueField(help_text="The old value.")
    new = ValueField(help_text="The new value.")
    missing = MissingReasons()


@example("An amendment", AMENDMENT)
class AmendmentSerializer(RowSerializer[Amendment]):
    """An amendment with its changes."""

    missing_reason = "not_yet"

    number = serializers.IntegerField(help_text="The number within the partnership.")
    kind = serializers.ChoiceField(choices=AmendmentKind.choices, help_text="The kind of amendment.")
    title = text_field("The title.")
    reason = text_field("Why the terms change.")
    state = serializers.ChoiceField(choices=AmendmentState.choices, help_text="The state; changed by steps.")
    requested_at = serializers.DateTimeField(help_text="When it was drafted.")
    decided_at = serializers.DateTimeField(allow_null=True, help_text="When it was approved or rejected.")
    decision_note = text_field("The note recorded with the decision.")
    applied_at = serializers.DateTimeField(allow_null=True, help_text="When it took effect.")
    missing = MissingReasons()
    changes = ChangeSerializer(many=True)


@example("An amendment to draft", NEW_AMENDMENT)
class NewAmendmentSerializer(BodySerializer):
    """An amendment to draft."""

    kind = serializers.ChoiceField(choices=AmendmentKind.choices, help_text="The kind of amendment.")
    title = serializers.CharField(max_length=200, help_text="The title.")
    reason = serializers.CharField(max_length=2000, help_text="Why the terms change.")


@extend_schema_serializer(
    examples=[
        OpenApiExample("A longer term", value=NEW_CHANGE),
        OpenApiExample("Another amount", value=NEW_AMOUNT),
    ]
)
class NewChangeSerializer(BodySerializer):
    """A change to propose: `field` and `value`, or for an amount `government` and `amount`."""

    of = serializers.ChoiceField(choices=list(TERMS), help_text="The kind of term that changes.")
    row = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        help_text=(
            "The number of the row. For an amount, the number of its program; omit it for the partnership itself."
        ),
    )
    field = optional_text("The field to change.", 60)
    value = ValueField(required=False, allow_null=True, default=None, help_text="The new value.")
    government = serializers.ChoiceField(
        choices=Government.choices, required=False, help_text="For an amount: the government that allocates it."
    )
    amount = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, help_text="For an amount: U.S. dollars."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require a government and an amount for an amount, else a plain value. The view checks the field."""
        if attrs["of"] == "amount":
            lacking = [name for name in ("government", "amount") if attrs.get(name) is None]
            if lacking:
                raise serializers.ValidationError({name: ["Required for an amount."] for name in lacking})
            return attrs
        value = attrs["value"]
        items = value if isinstance(value, list) else [value]
        if not all(item is None or isinstance(item, str | int | float) for item in items):
            raise serializers.ValidationError(
                {"value": ["Send a text, a number, true, false, null or a list of texts."]}
            )
        return attrs


@example("Steps of an amendment", {"state": "draft", "steps": [AVAILABLE_STEP]})
class AmendmentStepsSerializer(serializers.Serializer[Any]):
    """The steps available from the current state of an amendment."""

    state = serializers.ChoiceField(choices=AmendmentState.choices, help_text="The current state.")
    steps = OfferedStepSerializer(many=True)


@example("An approval", {"name": "approve"})
class TakeAmendmentStepSerializer(BodySerializer):
    """The step to take."""

    name = serializers.ChoiceField(
        choices=["submit", "return", "approve", "reject", "apply", "withdraw"], help_text="The name of the step."
    )
    on = Day(
        required=False,
        help_text="The date whose limits apply, not in the future; today if omitted. The step takes effect at once.",
    )
    reason = optional_text("The reason, if the step requires one.", 500)
