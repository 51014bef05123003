"""An amendment drafted with its first changes, and submitted in the same request."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from partnerships.limits import add_months
from partnerships.models import Amendment, Partnership
from tests.partnerships.sending import client_of, filled_fields, rejected_page, send
from tests.worlds.partnerships.build import Stage

TODAY = timezone.now().date()
START = add_months(TODAY, -12)
END = add_months(START, 36)


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def running(stage: Stage) -> Partnership:
    return stage.active("KEN", starts_on=START, ends_on=END)


def _url(running: Partnership) -> str:
    return f"/partnerships/{running.pk}/amendments/new/"


def _amendment(**changes: str) -> dict[str, str]:
    return {"kind": "terms", "title": "Another end", "reason": "Agreed"} | changes


def _amounts(running: Partnership, amount: str) -> dict[str, str]:
    program = running.programs.order_by("pk")[0]
    return {f"amounts-amount_{program.pk}_us": amount}


def test_a_draft_with_its_changes_is_submitted_at_once(analyst: Client, running: Partnership) -> None:
    changes = {"kind": "extension", "term-ends_on": add_months(START, 48).isoformat()} | _amounts(running, "2")
    sent = filled_fields(analyst, _url(running), then="submit", **_amendment(**changes))
    for _ in range(2):
        assert analyst.post(_url(running), sent).status_code == 302
    made = Amendment.objects.get()
    assert (made.state, made.changes.count()) == ("submitted", 2)
    running.refresh_from_db()
    assert running.ends_on == END, "it is not in effect"


def test_a_draft_may_be_opened_without_changes_but_not_submitted(analyst: Client, running: Partnership) -> None:
    rejected_page(send(analyst, _url(running), then="submit", **_amendment()))
    assert not Amendment.objects.exists()
    assert send(analyst, _url(running), **_amendment()).status_code == 302
    assert (Amendment.objects.get().state, Amendment.objects.get().changes.count()) == ("draft", 0)


@pytest.mark.parametrize(("months", "passes"), [(60, True), (61, False)])
def test_the_limit_of_the_term_holds_when_it_is_submitted(
    analyst: Client, running: Partnership, months: int, passes: bool
) -> None:
    changes = _amendment(kind="extension", **{"term-ends_on": add_months(START, months).isoformat()})
    assert send(analyst, _url(running), then="submit", **changes).status_code == (302 if passes else 422)
    assert Amendment.objects.exists() is passes


@pytest.mark.parametrize(("over", "passes"), [("-0.01", True), ("0.00", True), ("0.01", False)])
def test_the_limit_of_the_funding_holds_when_it_is_submitted(
    analyst: Client, running: Partnership, over: str, passes: bool
) -> None:
    amount = running.funding_limit + Decimal(over)
    sent = _amendment(kind="top_up", **_amounts(running, str(amount)))
    response = send(analyst, _url(running), then="submit", **sent)
    assert response.status_code == (302 if passes else 422)


def test_a_value_that_changed_meanwhile_is_shown_beside_the_entry(
    analyst: Client, running: Partnership, stage: Stage
) -> None:
    entered = {"term-coordination_body": "A second body"}
    late = filled_fields(analyst, _url(running), **_amendment(**entered))
    first = {"term-coordination_body": "A first body"}
    send(analyst, _url(running), then="submit", **_amendment(**first))
    base = f"/partnerships/{running.pk}/amendments/1/step/"
    assert send(client_of(stage.approver), f"{base}approve/").status_code == 302
    assert send(analyst, f"{base}apply/").status_code == 302
    html = rejected_page(analyst.post(_url(running), late))
    assert "A second body" in html
    assert "Saved value: A first body" in html
