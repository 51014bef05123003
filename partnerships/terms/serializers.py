"""REST shapes for programs and for the amounts that both governments allocate to them."""

from __future__ import annotations

from rest_framework import serializers

from cpc.api.row_serializers import RowSerializer
from cpc.api.serializers import BodySerializer, example, optional_text, text_field
from partnerships.models import Government, ProgrammeAmount

NEW_AMOUNTS = {
    "amounts": [
        {"programme": 3, "government": "us", "amount": "4000000.00"},
        {"programme": 3, "government": "partner", "amount": "1000000.00"},
    ]
}
AMOUNT = {
    "programme": 3,
    "government": "us",
    "amount": "4000000.00",
    "note": "",
    "stated_at": "2025-11-20T15:04:11.302145Z",
}


@example("A programme to open", {"title": "Justice", "description": "Courts and police that know the law"})
class NewProgrammeSerializer(BodySerializer):
    """A programme or initiative of the partnership."""

    title = serializers.CharField(max_length=200, help_text="Its title.")
    description = optional_text("What it is for.", 2000)


class NewAmountSerializer(BodySerializer):
    """What one government allocates to one programme."""

    programme = serializers.IntegerField(help_text="The number of a programme of the partnership.")
    government = serializers.ChoiceField(choices=Government.choices, help_text="Which government.")
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0, help_text="In U.S. dollars.")


@example("Amounts to state", NEW_AMOUNTS)
class NewAmountsSerializer(BodySerializer):
    """Amounts that are stated together: all of them count from now on, or none."""

    amounts = NewAmountSerializer(many=True, allow_empty=False)


@example("An amount", AMOUNT)
class AmountSerializer(RowSerializer[ProgrammeAmount]):
    """What one government allocated to one programme; of several the newest counts."""

    programme = serializers.IntegerField(source="programme_id", help_text="The number of the programme.")
    government = serializers.ChoiceField(choices=Government.choices, help_text="Which government.")
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, help_text="In U.S. dollars.")
    note = text_field("What it came with, such as the number of an amendment.")
    stated_at = serializers.DateTimeField(source="at", help_text="When it was stated.")
