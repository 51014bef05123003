"""An award opened with its first ledger entries, and closed out, in one form each."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from partnerships.limits import add_months
from partnerships.models import Award, AwardStep, CloseoutKind, LedgerEntry, Partnership
from partnerships.money import services as money_services
from tests.partnerships.sending import client_of, filled_fields, rejected_page, send
from tests.worlds.partnerships.build import Stage

TODAY = timezone.now().date()
START = add_months(TODAY, -36)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def running(stage: Stage) -> Partnership:
    partnership = stage.active("KEN", starts_on=START, ends_on=add_months(START, 48))
    money_services.record_notification(
        partnership=partnership, sent_on=START - timedelta(days=20), amount=Decimal(1), reference="CN 1",
        actor=stage.analyst,
    )  # fmt: skip
    return partnership


def _award(**rows: str) -> dict[str, Any]:
    described = {
        "title": "Courts", "type": "grant", "recipient": "An organization", "recipient_type": "civil_society",
        "starts_on": START.isoformat(), "ends_on": add_months(START, 24).isoformat(), "competed": "on",
    }  # fmt: skip
    return described | rows


def _row(number: int, kind: str, amount: str, on: date = START) -> dict[str, str]:
    return {f"entry{number}-kind": kind, f"entry{number}-amount": amount, f"entry{number}-on": on.isoformat()}


def test_an_award_is_opened_with_its_obligation_and_payment(analyst: Client, running: Partnership) -> None:
    url = f"/partnerships/{running.pk}/awards/new/"
    rows = _row(1, "award", "1") | _row(2, "obligation", "1") | _row(3, "disbursement", "0.40")
    sent = filled_fields(analyst, url, **_award(**rows))
    for _ in range(2):
        assert analyst.post(url, sent).status_code == 302
    award = Award.objects.get()
    assert (award.state, award.obligated_total, award.disbursed_total) == ("active", Decimal(1), Decimal("0.40"))
    assert AwardStep.objects.filter(award=award).count() == 1, "the first obligation activates it, in a step of its own"


def test_an_award_without_entries_is_opened_too(analyst: Client, running: Partnership) -> None:
    assert send(analyst, f"/partnerships/{running.pk}/awards/new/", **_award()).status_code == 302
    assert (Award.objects.get().state, LedgerEntry.objects.count()) == ("planned", 0)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (_row(1, "award", "1") | _row(2, "obligation", "1.01"), "Row 2"),
        (_row(1, "obligation", "1") | _row(2, "award", "1"), "Row 1"),
        (_row(1, "award", "1") | _row(2, "obligation", "0"), "Row 2"),
        (_row(1, "award", "1") | _row(2, "obligation", "1", START - timedelta(days=1)), "Row 2"),
        ({"entry3-amount": "5"}, "Row 3"),
    ],
    ids=["a cent over", "before its award", "zero", "the day before the term", "a row half filled in"],
)
def test_a_row_that_does_not_fit_saves_nothing(
    analyst: Client, running: Partnership, rows: dict[str, str], expected: str
) -> None:
    html = rejected_page(send(analyst, f"/partnerships/{running.pk}/awards/new/", **_award(**rows)))
    assert f"{expected}: " in html
    assert not Award.objects.exists()


def _done(on: date) -> dict[str, str]:
    return {f"step_{kind.value}-done_on": on.isoformat() for kind in CloseoutKind}


def _opened(analyst: Client, running: Partnership, *, disbursed: str = "1") -> str:
    rows = _row(1, "award", "1") | _row(2, "obligation", "1") | _row(3, "disbursement", disbursed)
    send(analyst, f"/partnerships/{running.pk}/awards/new/", **_award(**rows))
    return f"/partnerships/{running.pk}/awards/{Award.objects.get().pk}/closeout/all/"


def _end(on: date = YESTERDAY) -> dict[str, str]:
    return {"end-on": on.isoformat(), "end-reason": "The work is done"}


CLOSED = {"close-on": TODAY.isoformat(), "close-reason": "Nothing is left"}


def test_an_award_is_ended_settled_and_closed_at_once(analyst: Client, running: Partnership) -> None:
    url = _opened(analyst, running)
    sent = filled_fields(analyst, url, **_end(), **_done(YESTERDAY), **CLOSED)
    for _ in range(2):
        assert analyst.post(url, sent).status_code == 302
    award = Award.objects.get()
    assert (award.state, award.ended_on) == ("closed", YESTERDAY)
    assert list(award.steps.order_by("pk").values_list("name", flat=True)) == ["activate", "end", "close"]
    assert award.closeout_steps.filter(done_on=YESTERDAY).count() == len(CloseoutKind)
    assert "Nothing is left to close out" in analyst.get(url, follow=True).content.decode()


def test_the_close_out_may_be_saved_bit_by_bit(analyst: Client, running: Partnership) -> None:
    url = _opened(analyst, running)
    assert "Fill in at least one part" in rejected_page(send(analyst, url))
    assert send(analyst, url, **_end()).status_code == 302
    first, *others = CloseoutKind
    assert send(analyst, url, **{f"step_{first}-not_applicable_because": "No property"}).status_code == 302
    missing = {name: value for name, value in _done(YESTERDAY).items() if others[0] in name}
    rejected_page(send(analyst, url, **missing, **CLOSED))
    assert Award.objects.get().closeout_steps.exclude(done_on=None).count() == 0, "what came with the closing is undone"
    rest = {name: value for name, value in _done(YESTERDAY).items() if first not in name}
    assert send(analyst, url, **rest, **CLOSED).status_code == 302
    assert Award.objects.get().state == "closed"


def test_an_award_with_a_cent_to_pay_is_not_closed(analyst: Client, running: Partnership) -> None:
    url = _opened(analyst, running, disbursed="0.99")
    html = rejected_page(send(analyst, url, **_end(), **_done(YESTERDAY), **CLOSED))
    assert "$0.01 is obligated but not disbursed" in html
    assert Award.objects.get().state == "active"


@pytest.mark.parametrize(("on", "passes"), [(TODAY, True), (TOMORROW, False)])
def test_an_award_ends_on_a_day_that_has_come(analyst: Client, running: Partnership, on: date, passes: bool) -> None:
    response = send(analyst, _opened(analyst, running), **_end(on))
    assert response.status_code == (302 if passes else 422)


def test_a_step_that_another_person_recorded_is_refused_and_keeps_the_text(
    analyst: Client, running: Partnership
) -> None:
    url, kind = _opened(analyst, running), next(iter(CloseoutKind))
    send(analyst, url, **_end())
    sent = [
        filled_fields(analyst, url, **{f"step_{kind}-not_applicable_because": text})
        for text in ("What the first types", "What the second types")
    ]
    assert analyst.post(url, sent[0]).status_code == 302
    assert "What the second types" in rejected_page(analyst.post(url, sent[1]))
