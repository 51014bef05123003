"""Entries of several awards on one sheet: checked in their order, all recorded or none."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from partnerships.limits import add_months
from partnerships.models import Award, LedgerEntry, Partnership
from partnerships.money import services as money_services
from tests.partnerships.limit_exceptions.test_concurrency import all_at_once
from tests.partnerships.sending import client_of, send
from tests.partnerships.term_sheets.sending import SheetPage
from tests.worlds.partnerships.build import Stage

TODAY = timezone.now().date()
START = add_months(TODAY, -24)
TOMORROW = TODAY + timedelta(days=1)


def _running(stage: Stage, amount: str = "100.00") -> Partnership:
    partnership = stage.draft("KEN", starts_on=START, ends_on=add_months(START, 48))
    stage.program(partnership, amount)
    stage.complete(partnership)
    stage.restrictions(partnership)
    for name in ("invite", "open_negotiations", "submit_for_clearance", "sign", "start"):
        partnership = stage.step(partnership, name, on=START)
    money_services.record_notification(
        partnership=partnership, sent_on=START - timedelta(days=20), amount=Decimal(amount), reference="CN 1",
        actor=stage.analyst,
    )  # fmt: skip
    analyst = client_of(stage.analyst)
    for recipient in ("A center", "A network"):
        described = {
            "title": "Courts", "type": "grant", "recipient": recipient, "recipient_type": "civil_society",
            "starts_on": START.isoformat(), "ends_on": add_months(START, 24).isoformat(), "competed": "on",
        }  # fmt: skip
        assert send(analyst, f"/partnerships/{partnership.pk}/awards/new/", **described).status_code == 302
    return partnership


def _row(award: str, kind: str, amount: str, on: date = START) -> dict[str, str]:
    return {"on": on.isoformat(), "award": award, "kind": kind, "amount": amount}


def _sheet(client: Client, partnership: Partnership, *rows: dict[str, str]) -> SheetPage:
    page = SheetPage(client, f"/partnerships/{partnership.pk}/money/ledger/")
    for row in rows:
        page.add("entry", **row)
    return page


FITS = (
    _row("A center", "award", "60"),
    _row("A network", "award", "40"),
    _row("A center", "obligation", "60"),
    _row("A network", "obligation", "40"),
    _row("A center", "disbursement", "60"),
)


def test_each_row_sees_the_rows_above_it(stage: Stage) -> None:
    running = _running(stage)
    response = _sheet(client_of(stage.analyst), running, *FITS).send()
    assert response.status_code == 302
    totals = {award.recipient: (award.obligated_total, award.disbursed_total) for award in running.awards.all()}
    assert totals == {"A center": (60, 60), "A network": (40, 0)}
    assert LedgerEntry.objects.count() == len(FITS)
    assert set(LedgerEntry.objects.values_list("recorded_by", flat=True)) == {stage.analyst.pk}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (_row("A center", "disbursement", "60.01"), "The largest amount of this entry is $60.00."),
        (_row("A network", "disbursement", "500"), "The largest amount of this entry is $40.00."),
        (_row("A center", "obligation", "0.01"), "No amount of this entry fits."),
        (_row("A center", "disbursement", "1", START - timedelta(days=1)), "Nothing can be disbursed before then"),
        (_row("A center", "disbursement", "1", TOMORROW), "future"),
        (_row("A school", "disbursement", "1"), "No row is called “A school”."),
        (_row("A center", "disbursement", ""), "This field is required."),
        ({**_row("A center", "disbursement", "1"), "on": "2025-11-31"}, "November has 30 days."),
    ],
    ids=[
        "a cent over",
        "far over",
        "a cent over the award",
        "the day before",
        "tomorrow",
        "no such award",
        "empty",
        "no such day",
    ],
)
def test_a_row_that_does_not_fit_is_named_and_none_is_recorded(
    stage: Stage, row: dict[str, str], expected: str
) -> None:
    running = _running(stage)
    page = _sheet(client_of(stage.analyst), running, *FITS[:4], row)
    assert page.send().status_code == 422
    assert any(expected in error and "Ledger entry 6, " in error for error in page.errors), page.errors
    assert not LedgerEntry.objects.exists()
    assert set(Award.objects.values_list("state", flat=True)) == {"planned"}


def test_an_obligation_before_its_award_does_not_fit(stage: Stage) -> None:
    running = _running(stage)
    assert _sheet(client_of(stage.analyst), running, FITS[2], FITS[0]).send().status_code == 422
    assert not LedgerEntry.objects.exists()


def test_the_sheet_is_recorded_once(stage: Stage) -> None:
    running, analyst = _running(stage), client_of(stage.analyst)
    page = _sheet(analyst, running, *FITS)
    sent = page.fields | {"act": "save"}
    for _ in range(2):
        assert analyst.post(page.url, sent).status_code == 302
    assert LedgerEntry.objects.count() == len(FITS)


@pytest.mark.parametrize("person", ["approver"])
def test_only_those_who_record_money_open_it(stage: Stage, person: str) -> None:
    running = _running(stage)
    url = f"/partnerships/{running.pk}/money/ledger/"
    assert client_of(getattr(stage, person)).get(url).status_code == 403


WRITERS, MOST = 100, 40


def test_one_hundred_sheets_at_once_end_exactly_at_the_limit(
    transactional_db: None, settings: Settings, tmp_path: Path
) -> None:
    """Each writer obligates a dollar under both awards, in either order; one of two awards takes 40."""
    settings.MEDIA_ROOT = tmp_path / "media"
    stage = Stage()
    running, analyst = _running(stage), client_of(stage.analyst)
    names = [award.recipient for award in running.awards.order_by("pk")]
    amounts = dict(zip(names, (str(MOST), "60"), strict=True))
    assert _sheet(analyst, running, *(_row(name, "award", amounts[name]) for name in names)).send().status_code == 302
    pages = [
        _sheet(analyst, running, *(_row(name, "obligation", "1") for name in (names if number % 2 else names[::-1])))
        for number in range(WRITERS)
    ]
    answers: list[int] = []
    assert set(all_at_once([partial(_send, page, answers) for page in pages])) == {""}
    assert [award.obligated_total for award in running.awards.order_by("pk")] == [MOST, MOST]
    assert Counter(answers) == {302: MOST, 422: WRITERS - MOST}


def _send(page: SheetPage, answers: list[int]) -> None:
    answers.append(page.client.post(page.url, page.fields | {"act": "save"}).status_code)
