from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from cpc.api.row_serializers import MissingReasons, RowSerializer, computed
from cpc.api.serializers import day_field, example, money_field, text_field
from partnerships.models import (
    EventConcern,
    ExceptionKind,
    FigureKind,
    FigureStatement,
    Government,
    LimitException,
    Objective,
    Paradigm,
    Participant,
    Program,
    System,
)

PROGRAM = {
    "id": 3,
    "title": "Justice",
    "us_amount": "4000000.00",
    "partner_amount": None,
    "missing": {"partner_amount": "not_set"},
}


class ExceptionSerializer(RowSerializer[LimitException]):
    """A limit exception of the partnership."""

    missing_reason = "not_applicable"
    missing_reasons = {"expires_on": "not_recorded"}

    kind = serializers.ChoiceField(choices=ExceptionKind.choices, help_text="Granted, or documented practice.")
    term_months = serializers.IntegerField(allow_null=True, help_text="The new term limit.")
    funding = money_field("The new funding limit.")
    reason = text_field("Why the exception was requested.")
    authority = text_field("The authority under which it was granted.", source="grant.authority")
    expires_on = day_field("The last day on which it can be used.")
    missing = MissingReasons()


class ParticipantSerializer(RowSerializer[Participant]):
    """A ministry or office that takes part."""

    government = serializers.ChoiceField(choices=Government.choices, help_text="The government.")
    name = text_field("The ministry or office.")
    leads = serializers.BooleanField(source="is_lead", help_text="Whether it is the lead office for its government.")


class ObjectiveSerializer(RowSerializer[Objective]):
    """An outcome that both governments expect."""

    number = serializers.IntegerField(help_text="The number.")
    title = text_field("The title.")
    paradigm = serializers.ChoiceField(
        choices=Paradigm.choices, help_text="The paradigm: prosecution, protection, prevention, or partnership."
    )
    system = serializers.ChoiceField(
        choices=System.choices, help_text="The system that it builds: justice, prevention, or protection."
    )
    outcome = text_field("The intended outcome.")


def _allocation_field(help_text: str, government: Government) -> serializers.DecimalField:
    """Return the field for one government's newest allocation; see `endpoints.programs`."""

    def newest(amounts: Any) -> Decimal | None:
        return next((row.amount for row in amounts.all() if row.government == government), None)

    return computed(money_field(help_text), newest, "amounts")


@example("A program", PROGRAM)
class PartnershipProgramSerializer(RowSerializer[Program]):
    """A program with each government's allocation."""

    id = serializers.IntegerField(help_text="The number.")
    title = text_field("The title.")
    us_amount = _allocation_field("The amount that the United States allocates.", Government.UNITED_STATES)
    partner_amount = _allocation_field("The amount that the partner government allocates.", Government.PARTNER)
    missing = MissingReasons()


class EventConcernSerializer(RowSerializer[EventConcern]):
    """An event outside the partnership that concerns it, and what is known of the partnership afterward."""

    title = text_field("The title of the event.", source="event.title")
    happened_on = day_field("The date on which it began.", allow_null=False, source="event.happened_on")
    text = text_field("What happened.", source="event.text")
    source = serializers.CharField(source="event.source", help_text="Where to read it.")  # type: ignore[assignment]  # hides `Field.source`
    afterward = text_field("What is known of the partnership afterward; empty if nothing is.")
    afterward_source = text_field("Where to read that.", source="source")


class StatementSerializer(RowSerializer[FigureStatement]):
    """A figure that a public source stated. Statements disagree over time; none is overwritten."""

    missing_reason = "not_applicable"
    missing_reasons = {"stated_on": "not_recorded"}

    kind = serializers.ChoiceField(choices=FigureKind.choices, help_text="The kind of figure.")
    text = text_field("The figure as stated.")
    amount = serializers.DecimalField(
        max_digits=16, decimal_places=2, allow_null=True, help_text="The amount, if the figure is an amount."
    )
    currency = text_field("Its currency.")
    day = day_field("The date that the statement names.")
    stated_on = day_field("The date of the statement.")
    stated_in = text_field("Month or year, if the date is not known.")
    source = serializers.CharField(help_text="Where to read it.")  # type: ignore[assignment]  # hides `Field.source`
    missing = MissingReasons()
