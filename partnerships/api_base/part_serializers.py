"""REST representation of the rows inside a partnership's response."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from cpc.api.row_serializers import MissingReasons, RowSerializer, computed
from cpc.api.serializers import day_field, example, money_field, text_field
from partnerships.models import (
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
    term_months = serializers.IntegerField(allow_null=True, help_text="The new limit of the term.")
    funding = money_field("The new limit of funding.")
    reason = text_field("Why it was asked for.")
    authority = text_field("By which authority it was granted.", source="grant.authority")
    expires_on = day_field("The last day on which it may be used.")
    missing = MissingReasons()


class ParticipantSerializer(RowSerializer[Participant]):
    """A ministry or office that takes part."""

    government = serializers.ChoiceField(choices=Government.choices, help_text="For which government.")
    name = text_field("The ministry or office.")
    leads = serializers.BooleanField(source="is_lead", help_text="Whether it leads for its government.")


class ObjectiveSerializer(RowSerializer[Objective]):
    """An outcome that both governments expect."""

    number = serializers.IntegerField(help_text="Its number.")
    title = text_field("Its title.")
    paradigm = serializers.ChoiceField(choices=Paradigm.choices, help_text="The P it belongs to.")
    system = serializers.ChoiceField(choices=System.choices, help_text="The system it builds.")
    outcome = text_field("The outcome wanted.")


def _allocated(words: str, government: Government) -> serializers.DecimalField:
    """Return the field for one government's newest allocation; see `endpoints.programs`."""

    def newest(amounts: Any) -> Decimal | None:
        return next((row.amount for row in amounts.all() if row.government == government), None)

    return computed(money_field(words), newest, "amounts")


@example("A program", PROGRAM)
class PartnershipProgramSerializer(RowSerializer[Program]):
    """A program with each government's allocation."""

    id = serializers.IntegerField(help_text="Its number.")
    title = text_field("Its title.")
    us_amount = _allocated("What the United States allocates.", Government.UNITED_STATES)
    partner_amount = _allocated("What the partner government allocates.", Government.PARTNER)
    missing = MissingReasons()


class StatementSerializer(RowSerializer[FigureStatement]):
    """A figure that a public source stated. Statements disagree over time; none is overwritten."""

    missing_reason = "not_applicable"
    missing_reasons = {"stated_on": "not_recorded"}

    kind = serializers.ChoiceField(choices=FigureKind.choices, help_text="What the figure is.")
    text = text_field("The figure as stated.")
    amount = serializers.DecimalField(
        max_digits=16, decimal_places=2, allow_null=True, help_text="The amount, where it is one."
    )
    currency = text_field("Its currency.")
    day = day_field("The day stated in it.")
    stated_on = day_field("The day it was stated.")
    stated_in = text_field("Month or year, where no day is known.")
    source = serializers.CharField(help_text="Where it can be read.")  # type: ignore[assignment]  # hides `Field.source`
    missing = MissingReasons()
