"""Row serializers: one declaration gives the same representation for an instance and for a tuple."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import QuerySet
from rest_framework import serializers

from cpc.api.row_serializers import Missing, MissingReasons, RowSerializer, computed
from cpc.api.serializers import NullIfEmpty, day_field, money_field, text_field
from partnerships.api_base.serializers import PartnershipBriefSerializer
from partnerships.awards.serializers import LedgerEntrySerializer
from partnerships.models import Contribution, LedgerEntry, LedgerKind, Partnership, ProgramAmount
from partnerships.money.serializers import ContributionSerializer
from partnerships.terms.serializers import AmountSerializer
from tests.api.test_partnerships import CONTRIBUTION, documented
from tests.worlds.partnerships.build import Stage


@dataclass
class Work:
    """Dates of the work that an award pays for."""

    starts_on: dt.date | None = None
    ends_on: dt.date | None = None

    def days(self) -> int:
        return 3


@dataclass
class Award:
    title: str = "Courts"
    amount: Decimal | None = None
    note: str = ""
    open: bool = True
    work: Work | None = None


def _length(starts_on: dt.date | None, ends_on: dt.date | None, is_open: bool) -> int | Missing | None:
    if starts_on is None or ends_on is None:
        return Missing("not_yet") if is_open else None
    return (ends_on - starts_on).days


class WorkSerializer(RowSerializer[Work]):
    starts_on = day_field("The first day.")
    days = serializers.IntegerField(allow_null=True)

    missing_reasons = {"starts_on": "not_yet"}


class AwardSerializer(RowSerializer[Award]):
    title = text_field("Its title.")
    work = WorkSerializer()
    missing = MissingReasons()
    end = day_field("The last day.", source="work.ends_on")
    length = computed(serializers.IntegerField(), _length, "work__starts_on", "work__ends_on", "open")
    amount = money_field("U.S. dollars.")
    note = NullIfEmpty()

    missing_reasons = {"amount": "not_recorded"}


class ClosedAwardSerializer(AwardSerializer):
    missing_reason = "not_applicable"

    @classmethod
    def reason_for_row(cls, row: Mapping[str, Any]) -> str | None:
        return "suppressed" if row["title"] == "Secret" else None


def test_fields_come_in_their_order_with_a_reason_for_each_null() -> None:
    shown = dict(AwardSerializer(Award()).data)
    assert list(shown) == ["title", "work", "missing", "end", "length", "amount", "note"]
    assert shown["work"] == {"starts_on": None, "days": None}
    assert shown["missing"] == {
        "work.starts_on": "not_yet",
        "work.days": "not_set",
        "end": "not_set",
        "length": "not_yet",
        "amount": "not_recorded",
    }


def test_a_row_and_a_subclass_have_reasons_of_their_own() -> None:
    award = Award(open=False)
    reasons = ClosedAwardSerializer(award).data["missing"]
    assert (reasons["end"], reasons["length"], reasons["amount"]) == (
        "not_applicable",
        "not_applicable",
        "not_recorded",
    )
    award.title = "Secret"
    assert set(ClosedAwardSerializer(award).data["missing"].values()) == {"suppressed"}


def test_methods_are_called_and_decimals_keep_every_digit() -> None:
    work = Work(dt.date(2026, 1, 1), dt.date(2026, 1, 9))
    award = Award(amount=Decimal("12345678901234567890.50"), work=work)
    shown = dict(AwardSerializer(award).data)
    assert (shown["work"]["days"], shown["length"], shown["amount"]) == (3, 8, "12345678901234567890.50")
    assert shown["missing"] == {}


def test_the_columns_of_a_list_follow_from_the_fields() -> None:
    assert AwardSerializer.columns() == (
        "title",
        "work__starts_on",
        "work__days",
        "work__ends_on",
        "open",
        "amount",
        "note",
    )


@pytest.mark.parametrize(
    ("serializer", "rows"),
    [
        (PartnershipBriefSerializer, Partnership.objects.all),
        (ContributionSerializer, Contribution.objects.all),
        (LedgerEntrySerializer, LedgerEntry.objects.all),
        (AmountSerializer, ProgramAmount.objects.all),
    ],
)
def test_tuples_and_instances_are_shown_the_same_way(
    stage: Stage, serializer: type[RowSerializer[Any]], rows: Callable[[], QuerySet[Any]]
) -> None:
    documented()
    running = stage.active()
    stage.draft("XKX", is_confirmed=False)
    stage.move(stage.award(running, "2000000.00"), LedgerKind.OBLIGATION, "1000000.00")
    for amount in (None, "10.00"):
        values = CONTRIBUTION | {"amount_usd": amount and Decimal(amount)}
        Contribution.objects.create(partnership=running, recorded_by=stage.analyst, **values)
    found = rows().order_by("pk")
    assert found
    assert serializer(serializer.tuples(found), many=True).data == serializer(found, many=True).data
