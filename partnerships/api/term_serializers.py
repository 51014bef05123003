"""REST representation of terms: participants, objectives, and programs with both governments' amounts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from cpc.api.row_serializers import MissingReasons, RowSerializer, computed
from cpc.api.serializers import BodySerializer, example, money_field, optional_text, text_field
from partnerships.models import Government, Objective, Paradigm, Participant, Programme, ProgrammeAmount, System

PROGRAMME = {
    "id": 3,
    "title": "Justice",
    "us_amount": "4000000.00",
    "partner_amount": None,
    "missing": {"partner_amount": "not_set"},
}
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


class ParticipantSerializer(RowSerializer[Participant]):
    """A ministry or office that takes part."""

    government = serializers.ChoiceField(choices=Government.choices, help_text="For which government.")
    name = text_field("The ministry or office.")
    leads = serializers.BooleanField(source="is_lead", help_text="Whether it leads for its government.")


class ObjectiveSerializer(RowSerializer[Objective]):
    """What both governments expect to achieve."""

    number = serializers.IntegerField(help_text="Its number.")
    title = text_field("Its title.")
    paradigm = serializers.ChoiceField(choices=Paradigm.choices, help_text="The P it belongs to.")
    system = serializers.ChoiceField(choices=System.choices, help_text="The system it builds.")
    outcome = text_field("The outcome wanted.")


def _allocated(words: str, government: Government) -> serializers.DecimalField:
    """Return the field of what one government allocates, from the newest amounts; see `base.programmes`."""

    def newest(amounts: Any) -> Decimal | None:
        return next((row.amount for row in amounts.all() if row.government == government), None)

    return computed(money_field(words), newest, "amounts")


@example("A programme", PROGRAMME)
class ProgrammeSerializer(RowSerializer[Programme]):
    """A programme and what each government allocates to it."""

    id = serializers.IntegerField(help_text="Its number.")
    title = text_field("Its title.")
    us_amount = _allocated("What the United States allocates.", Government.UNITED_STATES)
    partner_amount = _allocated("What the partner government allocates.", Government.PARTNER)
    missing = MissingReasons()


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
