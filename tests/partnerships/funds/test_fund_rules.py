"""A fund is obligated until it expires, paid from until it is canceled, and never beyond what was notified from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries, Settings

from cpc.database.revisions import EditConflict
from partnerships.fund_days import FundDays, counted_funds
from partnerships.funds.queries import fund_money
from partnerships.funds.services import change_fund
from partnerships.ledger_days import Notified
from partnerships.models import Award, Fund, LedgerEntry, LedgerKind, Partnership
from partnerships.money.services import record_notification
from tests.partnerships.error_codes import db_error_code, error_codes
from tests.partnerships.funds_of import (
    CANCELED,
    DAY,
    EXPIRES,
    FIRST,
    dated,
    enter,
    fund,
    notify_from,
    signed,
    unsaved,
)
from tests.partnerships.limit_exceptions.test_concurrency import all_at_once
from tests.worlds.partnerships.build import START, Stage

OBLIGATION, DISBURSEMENT = LedgerKind.OBLIGATION, LedgerKind.DISBURSEMENT
DEOBLIGATION, REFUND = LedgerKind.DEOBLIGATION, LedgerKind.REFUND


def ready(stage: Stage, of: Fund, later: Fund | None = None) -> tuple[Partnership, Award]:
    """Return a partnership that was notified of $100 from a fund and $300 from a later one, and an award of $400."""
    partnership = signed(stage)
    notify_from(stage, partnership, of, "100.00")
    if later is not None:
        notify_from(stage, partnership, later, "300.00")
    return partnership, stage.award(partnership, "400.00")


# ---- days -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "on", "code"),
    [
        (OBLIGATION, EXPIRES - DAY, ""),
        (OBLIGATION, EXPIRES, ""),
        (OBLIGATION, EXPIRES + DAY, "fund_expired"),
        (DISBURSEMENT, EXPIRES + DAY, ""),
        (DISBURSEMENT, CANCELED, ""),
        (DISBURSEMENT, CANCELED + DAY, "fund_canceled"),
        (OBLIGATION, CANCELED + DAY, "fund_canceled"),
        (DEOBLIGATION, CANCELED + DAY, ""),
        (REFUND, CANCELED + DAY, ""),
    ],
)
def test_the_day_before_on_and_after_expiry_and_cancellation(
    stage: Stage, kind: LedgerKind, on: date, code: str
) -> None:
    of = dated(stage)
    _, award = ready(stage, of)
    enter(award, OBLIGATION, "50.00", of, FIRST, stage)
    enter(award, DISBURSEMENT, "20.00", of, FIRST, stage)
    if not code:
        enter(award, kind, "5.00", of, on, stage)
        return
    assert db_error_code(unsaved(award, kind, "5.00", of, on).save) == code
    assert error_codes(lambda: enter(award, kind, "5.00", of, on, stage)) == [code]


def test_an_error_names_the_fund_with_money_left(stage: Stage) -> None:
    of, later = dated(stage), fund(stage, 2023, 2024)
    _, award = ready(stage, of, later)
    enter(award, OBLIGATION, "100.00", later, FIRST, stage)
    with pytest.raises(ValidationError) as refused:
        enter(award, OBLIGATION, "10.00", of, EXPIRES + DAY, stage)
    assert " ".join(refused.value.messages) == (
        "INCLE, FY 2021/2022 expired on 2022-09-30; a new obligation on 2022-10-01 needs another fund. "
        "INCLE, FY 2023/2024 has USD 200.00 left."
    )


def test_an_award_names_no_fund(stage: Stage) -> None:
    of = dated(stage)
    _, award = ready(stage, of)
    assert error_codes(lambda: enter(award, LedgerKind.AWARD, "1.00", of, FIRST, stage)) == ["fund"]
    assert db_error_code(unsaved(award, "award", "1.00", of, FIRST).save) == "fund"


@pytest.mark.parametrize(
    ("name", "day", "is_refused"),
    [
        ("expires_on", FIRST - DAY, True),
        ("expires_on", FIRST, False),
        ("canceled_on", FIRST + DAY, True),
        ("canceled_on", FIRST + 2 * DAY, False),
    ],
)
def test_days_that_come_later_cover_what_is_on_record(stage: Stage, name: str, day: date, *, is_refused: bool) -> None:
    of = fund(stage)
    _, award = ready(stage, of)
    enter(award, OBLIGATION, "50.00", of, FIRST, stage)
    enter(award, DISBURSEMENT, "20.00", of, FIRST + 2 * DAY, stage)
    values = {name: day, "days_from": "Warrant 21-07"}
    if not is_refused:
        assert getattr(change_fund(fund=of, values=values, actor=stage.analyst), name) == day
        return
    assert error_codes(lambda: change_fund(fund=of, values=values, actor=stage.analyst)) == ["fund_days"]
    assert db_error_code(lambda: Fund.objects.filter(pk=of.pk).update(**values)) == "fund_days"


def test_what_was_reversed_on_its_day_is_no_obstacle_and_what_was_reversed_later_is(stage: Stage) -> None:
    of = fund(stage)
    _, award = ready(stage, of)
    values = {"expires_on": FIRST, "days_from": "Warrant 21-07"}
    enter(award, OBLIGATION, "50.00", of, FIRST + DAY, stage)
    enter(award, DEOBLIGATION, "20.00", of, FIRST + DAY, stage)
    enter(award, DEOBLIGATION, "30.00", of, FIRST + 2 * DAY, stage)
    with pytest.raises(ValidationError) as refused:
        change_fund(fund=of, values=values, actor=stage.analyst)
    assert "USD 30.00 was obligated from this fund on 2021-02-11" in " ".join(refused.value.messages)
    enter(award, OBLIGATION, "30.00", of, FIRST + 3 * DAY, stage)
    enter(award, DEOBLIGATION, "30.00", of, FIRST + 3 * DAY, stage)
    assert db_error_code(lambda: Fund.objects.filter(pk=of.pk).update(**values)) == "fund_days"
    values["expires_on"] = FIRST + DAY
    assert change_fund(fund=of, values=values, actor=stage.analyst).expires_on == FIRST + DAY


def test_a_day_needs_its_document_and_an_order(stage: Stage) -> None:
    assert error_codes(lambda: fund(stage, expires_on=EXPIRES)) == ["days_from"]
    assert error_codes(lambda: fund(stage, expires_on=EXPIRES, canceled_on=EXPIRES, days_from="Warrant")) == [
        "canceled_on"
    ]
    assert error_codes(lambda: fund(stage, 2023, 2022)) == ["last_fiscal_year"]
    assert str(fund(stage, 2023, 2023)) == "INCLE, FY 2023"
    assert error_codes(lambda: fund(stage, 2023, 2023)) == ["fund_once"]


def test_two_people_do_not_overwrite_each_other(stage: Stage) -> None:
    of = fund(stage)
    seen = of.current_revision()
    change_fund(fund=of, values={"last_fiscal_year": 2023}, actor=stage.analyst, expected_revision=seen)
    with pytest.raises(EditConflict):
        change_fund(fund=of, values={"last_fiscal_year": 2024}, actor=stage.analyst, expected_revision=seen)


# ---- notified and paid ----------------------------------------------------------------------------------------------


def test_no_more_is_obligated_from_a_fund_than_was_notified_from_it(stage: Stage) -> None:
    of, later = dated(stage), fund(stage, 2023, 2024)
    partnership, award = ready(stage, of, later)
    assert db_error_code(unsaved(award, "obligation", "100.01", of, FIRST).save) == "fund_not_notified"
    with pytest.raises(ValidationError) as refused:
        enter(award, OBLIGATION, "100.01", of, FIRST, stage)
    assert " ".join(refused.value.messages) == (
        "USD 0.01 more than Congress was notified of from INCLE, FY 2021/2022 in time by 2021-02-10: USD 100.00, of "
        "which USD 0.00 is obligated. At most USD 100.00 fits."
    )
    enter(award, OBLIGATION, "100.00", of, FIRST, stage)
    notify_from(stage, partnership, None, "50.00")
    enter(award, OBLIGATION, "50.00", of, FIRST, stage)
    assert error_codes(lambda: enter(award, OBLIGATION, "0.01", of, FIRST, stage)) == ["fund_not_notified"]


def test_a_replaced_notification_keeps_what_is_obligated_from_its_fund(stage: Stage) -> None:
    of, later = dated(stage), fund(stage, 2023, 2024)
    partnership, award = ready(stage, of, later)
    enter(award, OBLIGATION, "80.00", of, FIRST, stage)
    first = partnership.notifications.get(fund=of)

    def replace(amount: str, named: Fund | None) -> None:
        record_notification(
            partnership=partnership, sent_on=FIRST, amount=Decimal(amount), reference="CN 3", fund=named,
            replaces=first, actor=stage.analyst,
        )  # fmt: skip

    assert error_codes(lambda: replace("79.99", of)) == ["fund_not_notified"]
    assert error_codes(lambda: replace("100.00", later)) == ["fund_not_notified"]
    swapped = partnership.notifications.model(
        partnership=partnership, sent_on=FIRST, amount=Decimal(100), reference="CN 3", fund=later, replaces=first
    )
    assert db_error_code(swapped.save) == "fund_not_notified"
    replace("80.00", of)


def test_no_more_is_paid_from_a_fund_than_is_obligated_from_it_in_the_award(stage: Stage) -> None:
    of, later = dated(stage), fund(stage, 2023, 2024)
    _, award = ready(stage, of, later)
    enter(award, OBLIGATION, "50.00", of, FIRST, stage)
    enter(award, OBLIGATION, "50.00", later, FIRST, stage)
    enter(award, DISBURSEMENT, "32.00", of, FIRST, stage)
    assert db_error_code(unsaved(award, "disbursement", "18.01", of, FIRST).save) == "fund_disbursed_over_obligated"
    with pytest.raises(ValidationError) as refused:
        enter(award, DISBURSEMENT, "18.50", of, FIRST, stage)
    assert " ".join(refused.value.messages) == (
        "USD 0.50 more than is obligated from INCLE, FY 2021/2022 in this award. USD 32.00 of USD 50.00 is disbursed, "
        "so at most USD 18.00 fits."
    )
    assert error_codes(lambda: enter(award, REFUND, "0.01", later, FIRST, stage)) == ["fund_disbursed_over_obligated"]
    assert error_codes(lambda: enter(award, DEOBLIGATION, "18.01", of, FIRST, stage)) == [
        "fund_disbursed_over_obligated"
    ]
    enter(award, DISBURSEMENT, "18.00", of, FIRST, stage)


CHAINS = [
    ([Notified(1, START, Decimal(100), fund=7)], 14, {}),
    ([Notified(1, START, Decimal(100), fund=7)], 15, {7: 100}),
    ([Notified(1, START, Decimal(100), fund=7), Notified(2, START + 20 * DAY, Decimal(60), 1, 8)], 19, {7: 100}),
    ([Notified(1, START, Decimal(100), fund=7), Notified(2, START + 20 * DAY, Decimal(60), 1, 8)], 34, {}),
    ([Notified(1, START, Decimal(100), fund=7), Notified(2, START + 20 * DAY, Decimal(60), 1, 8)], 35, {8: 60}),
    ([Notified(1, START, Decimal(100)), Notified(2, START + 20 * DAY, Decimal(160), 1, 8)], 34, {8: 100}),
    ([Notified(1, START, Decimal(100), fund=7), Notified(2, START + 20 * DAY, Decimal(60), 1, 7)], 20, {7: 60}),
]


@pytest.mark.parametrize(("notices", "after", "expected"), CHAINS)
def test_a_replacement_that_names_another_fund_waits(
    notices: list[Notified], after: int, expected: dict[int, int]
) -> None:
    counted = counted_funds(notices, START + after * DAY).values()
    assert {fund: amount for fund, amount in counted if amount} == expected


def test_the_database_counts_as_the_service_does(stage: Stage) -> None:
    one, two = fund(stage), fund(stage, 2023, 2024)
    partnership = signed(stage)
    notify_from(stage, partnership, one, "100.00")
    record_notification(
        partnership=partnership, sent_on=START + 20 * DAY, amount=Decimal(60), reference="CN 2", fund=two,
        replaces=partnership.notifications.get(), actor=stage.analyst,
    )  # fmt: skip
    award = stage.award(partnership, "100.00")
    for on, of, code in (
        (START + 19 * DAY, one, "fund_not_notified"),  # the replacement takes it away later
        (START + 34 * DAY, two, "fund_not_notified"),
        (START + 35 * DAY, one, "fund_not_notified"),
        (START + 35 * DAY, two, ""),
    ):
        try_raw: Callable[[], None] = partial(unsaved(award, "obligation", "60.00", of, on).save)
        tried: Callable[[], object] = partial(enter, award, OBLIGATION, "60.00", of, on, stage)
        if code:
            assert {db_error_code(try_raw), *error_codes(tried)} <= {code, "not_notified"}
        else:
            tried()


# ---- sums -----------------------------------------------------------------------------------------------------------


def test_money_by_fund_adds_up_with_what_names_none(
    stage: Stage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    of, later = dated(stage), fund(stage, 2023, 2024)
    partnership, award = ready(stage, of, later)
    enter(award, OBLIGATION, "100.00", of, FIRST, stage)
    enter(award, DISBURSEMENT, "70.00", of, FIRST, stage)
    enter(award, REFUND, "10.00", of, FIRST, stage)
    enter(award, DEOBLIGATION, "5.00", of, EXPIRES + DAY, stage)
    enter(award, OBLIGATION, "30.00", None, FIRST, stage)
    with django_assert_num_queries(3):
        found = fund_money([partnership])
    rows = [
        (str(row.fund), *map(int, (row.notified, row.obligated, row.not_obligated, row.disbursed, row.not_disbursed)))
        for row in found
    ]
    assert rows == [
        ("INCLE, FY 2021/2022", 100, 95, 5, 60, 35),
        ("INCLE, FY 2023/2024", 300, 0, 300, 0, 0),
        ("None", 0, 30, -30, 0, 30),
    ]


def test_a_day_and_an_obligation_after_it_at_once_leave_one(
    transactional_db: None, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    stage = Stage()
    of = fund(stage)
    _, award = ready(stage, of)
    values = {"expires_on": FIRST, "days_from": "Warrant 21-07"}
    answers = all_at_once(
        [
            partial(change_fund, fund=of, values=values, actor=stage.analyst),
            *(partial(enter, award, OBLIGATION, "10.00", of, FIRST + DAY, stage) for _ in range(3)),
        ]
    )
    of.refresh_from_db()
    has_entries = LedgerEntry.objects.filter(kind="obligation").exists()
    assert has_entries == (of.expires_on is None), answers


@pytest.mark.parametrize(("days", "is_open"), [(-1, True), (0, True), (1, False)])
def test_a_fund_is_open_through_its_last_day(days: int, *, is_open: bool) -> None:
    on = EXPIRES + days * DAY
    assert FundDays("A fund", expires_on=EXPIRES).is_open(on) is is_open
    assert FundDays("A fund", canceled_on=EXPIRES).is_open(on) is is_open
    assert FundDays("A fund").is_open(on)
