from rest_framework import serializers

from cpc.api.row_serializers import RowSerializer
from cpc.api.serializers import BodySerializer, example, optional_text, text_field
from partnerships.models import Government, ProgramAmount

NEW_AMOUNTS = {
    "amounts": [
        {"program": 3, "government": "us", "amount": "4000000.00"},
        {"program": 3, "government": "partner", "amount": "1000000.00"},
    ]
}
AMOUNT = {
    "id": 5,
    "program": 3,
    "government": "us",
    "amount": "4000000.00",
    "note": "",
    "stated_at": "2025-11-20T15:04:11.302145Z",
}


@example("A program to open", {"title": "Justice", "description": "Courts and police that know the law"})
class NewPartnershipProgramSerializer(BodySerializer):
    """A program or initiative of the partnership."""

    title = serializers.CharField(max_length=200, help_text="The title.")
    description = optional_text("What it is for.", 2000)


class NewAmountSerializer(BodySerializer):
    """A government's allocation to a program."""

    program = serializers.IntegerField(help_text="The number of a program of the partnership.")
    government = serializers.ChoiceField(choices=Government.choices, help_text="The government.")
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0, help_text="In U.S. dollars.")


@example("Amounts to state", NEW_AMOUNTS)
class NewAmountsSerializer(BodySerializer):
    """Amounts that are stated together: all of them take effect, or none."""

    amounts = NewAmountSerializer(many=True, allow_empty=False)


@example("An amount", AMOUNT)
class AmountSerializer(RowSerializer[ProgramAmount]):
    """A government's allocation to a program; the newest of several counts."""

    id = serializers.IntegerField(help_text="The number.")
    program = serializers.IntegerField(source="program_id", help_text="The number of the program.")
    government = serializers.ChoiceField(choices=Government.choices, help_text="The government.")
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, help_text="In U.S. dollars.")
    note = text_field("The source, such as the number of an amendment.")
    stated_at = serializers.DateTimeField(source="at", help_text="When it was stated.")
