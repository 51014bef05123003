"""The shapes of amendments over REST."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from cpc.api.serializers import BodySerializer, Day
from partnerships.api_base import examples
from partnerships.api_base.representation import reasoned
from partnerships.api_base.serializers import (
    OfferedStepSerializer,
    a_text,
    missing,
    optional,
)
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
    Programme,
    ProgrammeAmount,
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
    "programme": Programme,
    "amount": ProgrammeAmount,
    "activity": Activity,
    "milestone": Milestone,
    "strategy": SustainabilityStrategy,
}
"""What an amendment changes, by its word."""
_WORDS = {model._meta.db_table: word for word, model in TERMS.items()}
_VALUE = {"description": "A value as the record keeps it: text, number, truth value, list of texts, or null."}


@extend_schema_field(_VALUE | {"nullable": True})
class ValueField(serializers.JSONField):
    """A value of any field."""


class ChangeSerializer(serializers.Serializer[AmendmentChange]):
    """One change: a field from one value to another, or a row that comes in, of which `new` has the columns."""

    id = serializers.IntegerField(help_text="Its number.")
    action = serializers.ChoiceField(choices=ChangeAction.choices, help_text="Whether a field changes or a row comes.")
    of = serializers.ChoiceField(choices=list(TERMS), help_text="What kind of term it is about.")
    row = serializers.IntegerField(allow_null=True, help_text="The number of the row; null for one that comes in.")
    field = a_text("The field that changes.")
    old = ValueField(help_text="What it was.")
    new = ValueField(help_text="What it becomes.")
    missing = missing()


@extend_schema_serializer(examples=[OpenApiExample("An amendment", value=examples.AMENDMENT)])
class AmendmentSerializer(serializers.Serializer[Amendment]):
    """An amendment with what it changes."""

    number = serializers.IntegerField(help_text="Its number within the partnership.")
    kind = serializers.ChoiceField(choices=AmendmentKind.choices, help_text="What it is for.")
    title = a_text("Its title.")
    reason = a_text("Why it is asked for.")
    state = serializers.ChoiceField(choices=AmendmentState.choices, help_text="Where it stands; changed by steps.")
    requested_at = serializers.DateTimeField(help_text="When it was drafted.")
    decided_at = serializers.DateTimeField(allow_null=True, help_text="When it was approved or rejected.")
    decision_note = a_text("What was said with the decision.")
    applied_at = serializers.DateTimeField(allow_null=True, help_text="When it took effect.")
    missing = missing()
    changes = ChangeSerializer(many=True)

    def to_representation(self, instance: Amendment) -> dict[str, Any]:
        """The plain values."""
        return amendment(instance)


def amendment(row: Amendment) -> dict[str, Any]:
    """An amendment as plain values."""
    names = ("number", "kind", "title", "reason", "state", "requested_at", "decided_at", "decision_note", "applied_at")
    said = {name: getattr(row, name) for name in names}
    return reasoned(said, "not_yet") | {
        "changes": [_change(change) for change in sorted(row.changes.all(), key=lambda change: change.pk)]
    }


def _change(row: AmendmentChange) -> dict[str, Any]:
    said = {"id": row.pk, "action": row.action, "of": _WORDS[row.row_table], "row": row.row_id, "field": row.column}
    values = {"old": row.old, "new": row.new}
    missing = {name: "not_applicable" for name, value in ({"row": row.row_id} | values).items() if value is None}
    return said | values | {"missing": missing}


@extend_schema_serializer(examples=[OpenApiExample("An amendment to draft", value=examples.NEW_AMENDMENT)])
class NewAmendmentSerializer(BodySerializer):
    """An amendment to draft."""

    kind = serializers.ChoiceField(choices=AmendmentKind.choices, help_text="What it is for.")
    title = serializers.CharField(max_length=200, help_text="Its title.")
    reason = serializers.CharField(max_length=2000, help_text="Why it is asked for.")


@extend_schema_serializer(
    examples=[
        OpenApiExample("A longer term", value=examples.NEW_CHANGE),
        OpenApiExample("Another amount", value=examples.NEW_AMOUNT_BY_AMENDMENT),
    ]
)
class NewChangeSerializer(BodySerializer):
    """A change to propose: `field` and `value`, or for an amount `government` and `amount`."""

    of = serializers.ChoiceField(choices=list(TERMS), help_text="What kind of term it is about.")
    row = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        help_text="The number of the row: for an amount that of its programme; none for the partnership itself.",
    )
    field = optional("The field that gets another value.", 60)
    value = ValueField(required=False, allow_null=True, default=None, help_text="What it becomes.")
    government = serializers.ChoiceField(
        choices=Government.choices, required=False, help_text="For an amount: which government allocates it."
    )
    amount = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, help_text="For an amount: U.S. dollars."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """An amount has its government and its dollars, any other change a field and a value of a kind it can have."""
        if attrs["of"] == "amount":
            lacking = [name for name in ("government", "amount") if attrs.get(name) is None]
            if lacking:
                raise serializers.ValidationError({name: ["An amount needs it."] for name in lacking})
            return attrs
        value = attrs["value"]
        items = value if isinstance(value, list) else [value]
        if not all(item is None or isinstance(item, str | int | float) for item in items):
            raise serializers.ValidationError(
                {"value": ["Send a text, a number, true, false, null or a list of texts."]}
            )
        return attrs


@extend_schema_serializer(examples=[OpenApiExample("Steps of an amendment", value=examples.AMENDMENT_STEPS)])
class AmendmentStepsSerializer(serializers.Serializer[Any]):
    """The steps that lead on from where an amendment stands."""

    state = serializers.ChoiceField(choices=AmendmentState.choices, help_text="Where it stands.")
    steps = OfferedStepSerializer(many=True)


@extend_schema_serializer(examples=[OpenApiExample("An approval", value=examples.AMENDMENT_STEP)])
class TakeAmendmentStepSerializer(BodySerializer):
    """The step to take."""

    name = serializers.ChoiceField(
        choices=["submit", "return", "approve", "reject", "apply", "withdraw"], help_text="The name of the step."
    )
    on = Day(required=False, help_text="The day it takes effect; today where it is not given.")
    reason = optional("Why, where it is asked.", 500)
