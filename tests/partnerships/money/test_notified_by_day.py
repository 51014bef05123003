"""On every day, what is obligated was notified to Congress fifteen days before, or is exempt."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partnerships.ledger_days import Exempt, Notified, counted_amounts, may_obligate
from partnerships.lookups.ledger import notice_of
from partnerships.models import Award, CongressionalNotification, LedgerEntry, LedgerKind, Partnership
from partnerships.money import services as money_services
from tests.api.test_partnerships import as_program
from tests.partnerships.error_codes import db_error_code, error_codes
from tests.partnerships.sending import client_of, page_text, send
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.build import START, Active, Stage

DAY = timedelta(days=1)
FIRST = START + 40 * DAY
LATER = START + 100 * DAY


@pytest.fixture
def signed(stage: Stage) -> Partnership:
    """Return a partnership in force with $1,000 planned and $400 notified on its first day."""
    partnership = stage.draft()
    stage.program(partnership, "1000.00")
    stage.sign(partnership)
    notify(stage, partnership, "400.00", START, reference="CN 1")
    return partnership


def notify(
    stage: Stage,
    partnership: Partnership,
    amount: str,
    sent_on: date,
    *,
    replaces: CongressionalNotification | None = None,
    reference: str = "CN 2",
) -> CongressionalNotification:
    return money_services.record_notification(
        partnership=partnership, sent_on=sent_on, amount=Decimal(amount), reference=reference, replaces=replaces,
        actor=stage.analyst,
    )  # fmt: skip


def obligated(stage: Stage, partnership: Partnership, amount: str, on: date) -> Award:
    award = stage.award(partnership, "1000.00")
    stage.move(award, LedgerKind.OBLIGATION, amount, on)
    return award


def unsaved(partnership: Partnership, amount: str, sent_on: date) -> CongressionalNotification:
    return CongressionalNotification(
        partnership=partnership,
        amount=Decimal(amount),
        sent_on=sent_on,
        reference="CN 2",
        replaces=partnership.notifications.get(),
    )


# ---- a replacement below what rests on it --------------------------------------------------------------------------


@pytest.mark.parametrize("amount", ["0.00", "149.99"])
@pytest.mark.parametrize("sent_on", [START, FIRST - DAY, FIRST, LATER])
def test_a_replacement_below_what_is_obligated_is_refused_by_every_route(
    stage: Stage, signed: Partnership, amount: str, sent_on: date
) -> None:
    obligated(stage, signed, "150.00", FIRST)
    first = signed.notifications.get()
    assert error_codes(lambda: notify(stage, signed, amount, sent_on, replaces=first)) == ["not_notified"]
    url = f"/partnerships/{signed.pk}/money/notifications/{first.pk}/replace/"
    page = send(client_of(stage.analyst), url, amount=amount, sent_on=sent_on.isoformat())
    assert [error.code for error in page.context["form"].errors.as_data()["amount"]] == ["not_notified"]
    assert db_error_code(unsaved(signed, amount, sent_on).save) == "not_notified"
    rows = [unsaved(signed, amount, sent_on)]
    assert db_error_code(lambda: CongressionalNotification.objects.bulk_create(rows)) == "not_notified"
    assert signed.notifications.count() == 1


@pytest.mark.parametrize("sent_on", [START, FIRST, LATER])
def test_a_replacement_by_what_is_obligated_is_taken(stage: Stage, signed: Partnership, sent_on: date) -> None:
    obligated(stage, signed, "150.00", FIRST)
    notify(stage, signed, "150.00", sent_on, replaces=signed.notifications.get())
    assert signed.may_obligate(sent_on + 15 * DAY) == 150


def test_error_names_day_amounts_and_remedy(stage: Stage, signed: Partnership) -> None:
    obligated(stage, signed, "150.00", FIRST)
    replace: dict[str, Any] = {"replaces": signed.notifications.get()}
    with pytest.raises(ValidationError) as caught, transaction.atomic():
        notify(stage, signed, "100.00", LATER, **replace)
    [message] = caught.value.messages
    assert "USD 150.00 is obligated at the end of 2021-04-11" in message
    assert "only USD 100.00 would be notified" in message
    assert "De-obligate USD 50.00 first, or enter USD 150.00 or more." in message


def test_the_notification_of_another_partnership_is_not_replaced(active: Active) -> None:
    stage = active.stage
    other = stage.active("KEN")
    replace: dict[str, Any] = {"replaces": other.notifications.get()}
    assert error_codes(lambda: notify(stage, active.partnership, "100.00", FIRST, **replace)) == ["replaces"]


def test_what_was_taken_back_before_rests_on_nothing(stage: Stage, signed: Partnership) -> None:
    """The obligation was lawful on its day; the notification is withdrawn after the de-obligation."""
    award = obligated(stage, signed, "150.00", FIRST)
    stage.move(award, LedgerKind.DEOBLIGATION, "150.00", LATER)
    first = signed.notifications.get()
    assert error_codes(lambda: notify(stage, signed, "0", LATER - DAY, replaces=first)) == ["not_notified"]
    notify(stage, signed, "0", LATER, replaces=first)
    assert [signed.may_obligate(on) for on in (FIRST, LATER - DAY, LATER)] == [400, 400, 0]


def test_an_exemption_may_stand_in_for_the_notification(stage: Stage, signed: Partnership) -> None:
    obligated(stage, signed, "150.00", FIRST)
    money_services.exempt_from_notification(
        partnership=signed, kind="emergency", amount=Decimal("150.00"), from_on=FIRST, authority="634A(b)",
        reason="A risk to health", actor=stage.approver,
    )  # fmt: skip
    notify(stage, signed, "0", FIRST, replaces=signed.notifications.get())
    assert signed.may_obligate(FIRST) == 150


# ---- a raise waits -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "may"), [(-1, 400), (0, 400), (14, 400), (15, 700), (16, 700)])
def test_while_a_raise_waits_the_amount_that_it_replaces_counts(
    stage: Stage, signed: Partnership, days: int, may: int
) -> None:
    notify(stage, signed, "700.00", FIRST, replaces=signed.notifications.get())
    award, on = stage.award(signed, "1000.00"), FIRST + days * DAY
    assert signed.may_obligate(on) == may
    above = LedgerEntry(award=award, kind="obligation", amount=may + Decimal("0.01"), on=on, fiscal_year=2021)
    assert error_codes(lambda: stage.move(award, LedgerKind.OBLIGATION, str(above.amount), on)) == ["not_notified"]
    assert db_error_code(above.save) == "not_notified"
    stage.move(award, LedgerKind.OBLIGATION, str(may), on)


@pytest.mark.parametrize(("days", "may"), [(-1, 400), (0, 300), (14, 300), (15, 300), (16, 300)])
def test_a_reduction_applies_on_the_day_it_is_sent(stage: Stage, signed: Partnership, days: int, may: int) -> None:
    notify(stage, signed, "300.00", FIRST, replaces=signed.notifications.get())
    assert signed.may_obligate(FIRST + days * DAY) == may


def test_a_late_entry_is_held_to_the_days_after_it(stage: Stage, signed: Partnership) -> None:
    """The obligation was lawful on its day, but what is obligated by then rests on a reduced notification."""
    notify(stage, signed, "300.00", LATER, replaces=signed.notifications.get())
    award = stage.award(signed, "1000.00")
    assert error_codes(lambda: stage.move(award, LedgerKind.OBLIGATION, "300.01", FIRST)) == ["not_notified"]
    late = LedgerEntry(award=award, kind="obligation", amount=Decimal("300.01"), on=FIRST, fiscal_year=2021)
    assert db_error_code(late.save) == "not_notified"
    stage.move(award, LedgerKind.OBLIGATION, "300.00", FIRST)


def test_a_late_entry_is_not_held_to_what_was_obligated_after_it(stage: Stage, signed: Partnership) -> None:
    notify(stage, signed, "600.00", FIRST)
    award = obligated(stage, signed, "600.00", LATER)
    stage.move(award, LedgerKind.OBLIGATION, "400.00", FIRST)
    assert error_codes(lambda: stage.move(award, LedgerKind.OBLIGATION, "0.01", LATER)) in (
        ["award_obligated_over_awarded"],
        ["not_notified"],
    )


# ---- the page and the two computations -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "waits", "open_now", "badge"),
    [
        (14, "$500,000.00", "3900000.00", "$4,000,000.00 is available to obligate now; all of it from"),
        (15, "$0.00", "4400000.00", "Available to obligate since"),
        (16, "$0.00", "4400000.00", "Available to obligate since"),
    ],
)
def test_page_and_rest_show_what_counts_while_a_raise_waits(
    stage: Stage, days: int, waits: str, open_now: str, badge: str
) -> None:
    today = timezone.now().date()
    first_day = today - 400 * DAY
    partnership = stage.active("KEN", starts_on=first_day, ends_on=today + 400 * DAY)
    award = stage.award(partnership, "100000.00")
    stage.move(award, LedgerKind.OBLIGATION, "100000.00", first_day)
    notify(stage, partnership, "4500000.00", today - days * DAY, replaces=partnership.notifications.get())
    text = page_text(client_of(stage.analyst).get(f"/partnerships/{partnership.pk}/money/"))
    assert f"{waits} for the 15th day" in text
    assert badge in text
    funding = as_program(stage.analyst).get(f"/api/v1/partnerships/{partnership.pk}/").json()["funding"]
    assert funding["open_to_obligation"] == open_now
    assert f"Open to obligation ${Decimal(open_now):,.2f}" in text


def test_a_copy_of_a_client_is_old_on_the_fifteenth_day(active: Active) -> None:
    """Nothing was written in between, but the amount that can be obligated changed."""
    stage, partnership = active.stage, active.partnership
    notify(stage, partnership, "4500000.00", timezone.now().date() - 14 * DAY, replaces=partnership.notifications.get())
    client, url = as_program(stage.analyst), f"/api/v1/partnerships/{partnership.pk}/"
    etag = {"If-None-Match": client.get(url)["ETag"]}
    assert client.get(url, headers=etag).status_code == 304
    with unguarded():
        partnership.notifications.filter(replaces__isnull=False).update(sent_on=timezone.now().date() - 15 * DAY)
    assert client.get(url, headers=etag).status_code == 200


@pytest.mark.parametrize("seed", range(6))
def test_the_database_counts_as_python_does(stage: Stage, signed: Partnership, seed: int) -> None:
    random = Random(seed)
    for number in range(6):
        open_ones = list(signed.notifications.filter(replaced_by__isnull=True))
        notify(
            stage, signed, f"{random.randrange(0, 900)}.50", START + random.randrange(90) * DAY,
            replaces=random.choice([None, *open_ones]), reference=f"CN {number}",
        )  # fmt: skip
    money_services.exempt_from_notification(
        partnership=signed, kind="emergency", amount=Decimal(7), from_on=FIRST, authority="634A(b)", reason="A risk",
        actor=stage.approver,
    )  # fmt: skip
    notices = [notice_of(row) for row in signed.notifications.all()]
    for day in range(0, 110):
        on = START + day * DAY
        in_python = may_obligate(notices, [Exempt(FIRST, Decimal(7))], on)
        assert signed.may_obligate(on) == in_python, on


def test_a_chain_counts_by_hand() -> None:
    def at(day: int) -> date:
        return START + day * DAY

    chain = [
        Notified(1, at(0), Decimal(100)),
        Notified(2, at(20), Decimal(300), replaces=1),
        Notified(3, at(30), Decimal(200), replaces=2),
        Notified(4, at(60), Decimal(0), replaces=3),
    ]
    by_day = {14: 0, 15: 100, 20: 100, 30: 100, 34: 100, 45: 200, 59: 200, 60: 0, 80: 0}
    # On day 35 the second would count 300, but the third was sent on day 30 and waits: at most 200 of its 300.
    by_day[35] = 200
    assert {day: may_obligate(chain, [], at(day)) for day in by_day} == by_day
    assert counted_amounts([], at(0)) == {}
    assert list(counted_amounts(chain, at(0))) == [4]
