"""Restrictions as preconditions of a decision, a signature, and each obligation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpc.api.run_once import new_key
from partnerships.limits import add_months
from partnerships.models import LedgerKind
from partnerships.status.preconditions import restrictions_ahead
from selection.models import ScoreRun
from selection.restrictions.checklist import Scope, checklist
from tests.partnerships.error_codes import error_codes
from tests.selection.decisions.deliberating import deliberating, recommended
from tests.support import deciding
from tests.support.rounds import Office
from tests.worlds.partnerships.build import Stage

COUNTRY = tuple(row.code for row in checklist() if row.is_required_for(Scope.COUNTRY))
MONEY = tuple(row.code for row in checklist() if row.is_required_for(Scope.OBLIGATION) and row.code not in COUNTRY)

Review = Callable[..., None]


@pytest.fixture
def today() -> dt.date:
    return timezone.now().date()


def reviews(user: Any, country: str = "GHA") -> Review:
    """Return a function that records a review of restrictions on its page, without an end date by default."""

    def record(*which: str, status: str = "clear", ago: int = 0, **more: str) -> None:
        client = Client()
        client.force_login(user)
        sent = {
            "codes": list(which),
            "status": status,
            "basis": "Memo of the office, as a sample",
            "reviewer": "L",
            "reviewed_on": (timezone.now().date() - dt.timedelta(days=ago)).isoformat(),
            "expires_on": "",
            "revision": "999999999",
            "idempotency_key": new_key(),
        }
        answer = client.post(reverse("restriction-review", args=[country]), sent | more)
        assert answer.status_code == 302, answer.text

    return record


def test_a_review_on_the_page_holds_a_selection_and_lets_it_go(ranking: ScoreRun) -> None:
    office = Office()
    found = deliberating(office)
    row, record = recommended(office, found), reviews(office.analyst)

    def decide() -> None:
        deciding.decide(recommendation=row, action="select", actor=office.approver)

    record("tier_3", status="triggered")
    assert error_codes(decide) == ["restriction_bars"]
    record("tier_3", status="under_review")
    assert error_codes(decide) == ["restriction_bars"]
    record("tier_3", ago=400, expires_on=(timezone.now().date() - dt.timedelta(days=1)).isoformat())
    assert error_codes(decide) == ["restriction_expired"]
    record("tier_3", status="waived")
    decide()


def test_a_signature_waits_until_each_restriction_on_the_country_is_reviewed(stage: Stage, today: dt.date) -> None:
    partnership = stage.draft(starts_on=today, ends_on=add_months(today, 48))
    stage.complete(partnership)
    for name in ("invite", "open_negotiations", "submit_for_clearance"):
        stage.step(partnership, name, today)
    record = reviews(stage.analyst)

    def sign() -> None:
        stage.step(partnership, "sign", today)

    assert error_codes(sign) == ["restrictions_not_reviewed"]
    record(*(code for code in COUNTRY if code != "coup"))
    assert error_codes(sign) == ["restrictions_not_reviewed"]
    record("coup", status="triggered")
    assert error_codes(sign) == ["restriction_bars"]
    record("coup", status="triggered_exception")
    sign()
    partnership.refresh_from_db()
    assert partnership.status == "signed"


def test_an_invitation_warns_of_what_bars_the_signature(stage: Stage, today: dt.date) -> None:
    partnership = stage.draft(starts_on=today, ends_on=add_months(today, 48))
    client = Client()
    client.force_login(stage.analyst)
    for name in ("invite", "open_negotiations"):
        url = reverse("partnership-step", args=[partnership.pk, name])
        assert "Signature is barred for now: No restriction was reviewed" in client.get(url).text
        stage.step(partnership, name, today)
    assert restrictions_ahead(partnership, today)
    reviews(stage.analyst)(*COUNTRY)
    assert not restrictions_ahead(partnership, today)


def test_each_obligation_asks_again_and_for_units_and_recipients_as_well(stage: Stage, today: dt.date) -> None:
    partnership = stage.active(starts_on=today, ends_on=add_months(today, 48))
    award = stage.award(partnership, "2000000.00")
    record = reviews(stage.analyst)

    def obligate(amount: str = "1.00") -> Callable[[], None]:
        return lambda: stage.move(award, LedgerKind.OBLIGATION, amount, today)

    obligate()()
    record("police_training", status="triggered")
    assert error_codes(obligate()) == ["restriction_bars"]
    record("police_training", status="triggered_exception")
    record("sanctions", ago=400, expires_on=(today - dt.timedelta(days=1)).isoformat())
    assert error_codes(obligate()) == ["restriction_expired"]
    record("sanctions")
    obligate("2.00")()
    assert set(MONEY) == {"sanctions", "security_assistance", "police_training", "unit_vetting"}
