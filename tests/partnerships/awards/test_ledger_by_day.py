"""The ledger is possible at the end of every day, in whatever order its entries are recorded."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from partnerships.awards.services import awards as awards_services
from partnerships.ledger_days import DayEnd, Moved, day_ends, possible_every_day
from partnerships.models import Award, LedgerEntry, LedgerKind
from tests.api.test_partnerships import as_program, post, problem
from tests.partnerships.error_codes import db_error_code, error_codes
from tests.partnerships.sending import client_of, send
from tests.worlds.partnerships.build import START, Active, Stage

DAY = timedelta(days=1)
AWARDED, OBLIGATED, PAID = START + 10 * DAY, START + 20 * DAY, START + 30 * DAY
AWARD, REDUCTION, OBLIGATION, DEOBLIGATION, _, DISBURSEMENT, REFUND = LedgerKind


@pytest.fixture
def award(active: Active) -> Award:
    """Return an award of $1,000 with $600 obligated ten days later and $500 disbursed another ten days later."""
    award = active.stage.award(active.partnership)
    for kind, amount, on in ((AWARD, "1000", AWARDED), (OBLIGATION, "600", OBLIGATED), (DISBURSEMENT, "500", PAID)):
        active.stage.move(award, kind, amount, on)
    return award


def entry(award: Award, kind: str, amount: str, on: date) -> LedgerEntry:
    return LedgerEntry(award=award, kind=kind, amount=Decimal(amount), on=on, fiscal_year=2021)


@pytest.mark.parametrize(
    ("kind", "amount", "on"),
    [
        (DISBURSEMENT, "0.01", OBLIGATED - DAY),
        (DISBURSEMENT, "100", AWARDED),
        (OBLIGATION, "0.01", AWARDED - DAY),
        (DEOBLIGATION, "0.01", OBLIGATED - DAY),
        (DEOBLIGATION, "100", AWARDED - DAY),
        (REDUCTION, "0.01", AWARDED - DAY),
        (REFUND, "0.01", PAID - DAY),
    ],
)
def test_an_entry_that_breaks_a_day_is_refused_by_every_route(
    active: Active, award: Award, kind: LedgerKind, amount: str, on: date
) -> None:
    stage, partnership = active.stage, active.partnership
    assert error_codes(lambda: stage.move(award, kind, amount, on)) == ["ledger_by_day"]
    url = f"/partnerships/{partnership.pk}/awards/{award.pk}/ledger/new/"
    page = send(client_of(stage.analyst), url, kind=kind.value, amount=amount, on=on.isoformat())
    assert [error.code for error in page.context["form"].errors.as_data()["on"]] == ["ledger_by_day"]
    values = {"award": award.pk, "kind": kind.value, "amount": amount, "on": on.isoformat()}
    answer = problem(post(as_program(stage.analyst), partnership, "ledger/", values), 422, "refused")
    assert [(error["field"], error["code"]) for error in answer["errors"]] == [("on", "ledger_by_day")]
    assert db_error_code(entry(award, kind, amount, on).save) == "ledger_by_day"
    assert db_error_code(lambda: LedgerEntry.objects.bulk_create([entry(award, kind, amount, on)])) == "ledger_by_day"


@pytest.mark.parametrize(
    ("kind", "amount", "on"),
    [
        (DISBURSEMENT, "100", OBLIGATED),
        (OBLIGATION, "400", AWARDED),
        (DEOBLIGATION, "100", OBLIGATED),
        (REDUCTION, "400", AWARDED),
        (REFUND, "500", PAID),
        (REFUND, "500", PAID + DAY),
    ],
)
def test_an_entry_recorded_late_is_taken_on_a_day_that_allows_it(
    active: Active, award: Award, kind: LedgerKind, amount: str, on: date
) -> None:
    active.stage.move(award, kind, amount, on)
    assert award.ledger.count() == 4


def test_a_later_day_counts_as_much_as_the_day_of_the_entry(active: Active, award: Award) -> None:
    """On the day of the de-obligation $600 is obligated and nothing disbursed; on a later day $500 is."""
    active.stage.move(award, REFUND, "500", PAID + 5 * DAY)
    with pytest.raises(ValidationError) as caught, transaction.atomic():
        active.stage.move(award, DEOBLIGATION, "100.01", PAID - DAY)
    [message] = caught.value.messages
    assert "At the end of 2021-01-31, USD 1,000.00 would be awarded, USD 499.99 obligated, and USD 500.00" in message
    assert "Date this entry 2021-02-05 or later." in message
    assert "first reverse what rests on that one" in message
    active.stage.move(award, DEOBLIGATION, "100.00", PAID - DAY)


def test_wrong_day_is_corrected_by_reversals_on_the_entry_days(active: Active, award: Award) -> None:
    """The obligation was made five days earlier than recorded, and the disbursement rests on it."""
    stage = active.stage
    right = OBLIGATED - 5 * DAY
    assert error_codes(lambda: stage.move(award, DEOBLIGATION, "600", OBLIGATED)) == ["award_disbursed_over_obligated"]
    for kind, amount, on in (
        (REFUND, "500", PAID),
        (DEOBLIGATION, "600", OBLIGATED),
        (OBLIGATION, "600", right),
        (DISBURSEMENT, "500", PAID),
    ):
        stage.move(award, kind, amount, on)
    ends = day_ends(Moved(row.on, *effect(row)) for row in award.ledger.all())
    assert ends[1:] == [
        DayEnd(right, Decimal(1000), Decimal(600), Decimal(0)),
        DayEnd(OBLIGATED, Decimal(1000), Decimal(600), Decimal(0)),
        DayEnd(PAID, Decimal(1000), Decimal(600), Decimal(500)),
    ]


def effect(row: LedgerEntry) -> tuple[str, Decimal]:
    """Return the total and the signed amount of an entry, by hand."""
    total, sign = {
        "award": ("awarded", 1), "reduction": ("awarded", -1), "obligation": ("obligated", 1),
        "deobligation": ("obligated", -1), "disbursement": ("disbursed", 1), "refund": ("disbursed", -1),
    }[row.kind]  # fmt: skip
    return total, sign * row.amount


def test_one_statement_with_an_order_of_its_own_is_judged_whole(active: Active) -> None:
    award = active.stage.award(active.partnership)
    whole = [entry(award, kind, "5", AWARDED) for kind in (DISBURSEMENT, OBLIGATION, AWARD)]
    LedgerEntry.objects.bulk_create(whole)
    late = [entry(award, OBLIGATION, "5", PAID), entry(award, AWARD, "5", PAID + DAY)]
    assert db_error_code(lambda: LedgerEntry.objects.bulk_create(late)) == "ledger_by_day"


def test_nothing_is_disbursed_before_the_award_starts(active: Active, award: Award) -> None:
    stage, first = active.stage, OBLIGATED + 5 * DAY
    awards_services.edit_award(award=award, actor=stage.analyst, values={"starts_on": first})
    early = first - DAY
    assert error_codes(lambda: stage.move(award, DISBURSEMENT, "1", early)) == ["award_not_started"]
    assert db_error_code(entry(award, DISBURSEMENT, "1", early).save) == "award_not_started"
    stage.move(award, DISBURSEMENT, "1", first)


def test_an_award_does_not_start_after_what_it_disbursed(active: Active, award: Award) -> None:
    stage = active.stage
    late: dict[str, Any] = {"award": award, "actor": stage.analyst, "values": {"starts_on": PAID + DAY}}
    assert error_codes(lambda: awards_services.edit_award(**late)) == ["award_not_started"]
    rows = Award.objects.filter(pk=award.pk)
    assert db_error_code(lambda: rows.update(starts_on=PAID + DAY)) == "award_not_started"
    awards_services.edit_award(**late | {"values": {"starts_on": PAID}})
    stage.move(award, REFUND, "500", PAID)
    awards_services.edit_award(**late)


# ---- sums by day ---------------------------------------------------------------------------------------------------


def moved(day: int, total: str, amount: int) -> Moved:
    return Moved(START + day * DAY, total, Decimal(amount))


def test_no_entry_one_and_many_of_one_day() -> None:
    assert day_ends([]) == []
    assert day_ends([moved(1, "awarded", 5)]) == [DayEnd(START + DAY, Decimal(5))]
    many = [moved(2, "obligated", 3), moved(1, "awarded", 5), moved(2, "obligated", -1), moved(2, "disbursed", 2)]
    assert day_ends(many) == [
        DayEnd(START + DAY, Decimal(5)),
        DayEnd(START + 2 * DAY, Decimal(5), Decimal(2), Decimal(2)),
    ]
    assert possible_every_day([], moved(1, "awarded", 5)) == []


def test_a_breach_to_the_end_is_left_to_the_rules_of_totals() -> None:
    assert possible_every_day([moved(1, "awarded", 5)], moved(1, "obligated", 6)) == []


def test_the_database_sums_the_same_days(active: Active, award: Award) -> None:
    active.stage.move(award, DEOBLIGATION, "50", PAID)
    active.stage.move(award, REFUND, "20", PAID + DAY)
    active.stage.move(award, REDUCTION, "100", PAID + DAY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM cpc_ledger_days(%s) ORDER BY day", [award.pk])
        found = cursor.fetchall()
    ends = day_ends(Moved(row.on, *effect(row)) for row in award.ledger.all())
    assert found == [(end.on, end.awarded, end.obligated, end.disbursed) for end in ends]
    assert len(found) == 4


def test_each_award_has_days_of_its_own(active: Active, award: Award) -> None:
    """Money of another award does not help."""
    stage: Stage = active.stage
    other = stage.award(active.partnership)
    stage.move(other, AWARD, "1000", START)
    assert error_codes(lambda: stage.move(award, OBLIGATION, "1", AWARDED - DAY)) == ["ledger_by_day"]
    stage.move(other, OBLIGATION, "1", AWARDED - DAY)
