"""Messages of a broken limit: the same from the service, over REST, and on the page."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from partnerships.agreements import services as agreements_services
from partnerships.amendments.services import drafting as drafting_services
from partnerships.amendments.services import steps as step_services
from partnerships.awards.services import awards as awards_services
from partnerships.limits import tightest
from partnerships.models import Award, LedgerEntry, LedgerKind, Partnership
from tests.api.test_partnerships import JSON, as_program, problem
from tests.partnerships.error_codes import db_error_code, error_codes
from tests.partnerships.sending import client_of, rejected_page, send
from tests.worlds.partnerships.build import (
    END,
    START,
    Active,
    Stage,
)


@pytest.fixture
def running(active: Active) -> Partnership:
    return active.partnership


def error_codes_on_page(response: Any) -> list[str]:
    rejected_page(response)
    errors = response.context["form"].errors
    return [error.code for name in errors for error in errors[name].as_data()]


@pytest.mark.parametrize(
    ("kind", "amount", "code"),
    [
        (LedgerKind.AWARD, "4000000.01", "awarded_over_planned"),
        (LedgerKind.REDUCTION, "600000.00", "award_obligated_over_awarded"),
        (LedgerKind.OBLIGATION, "500000.01", "award_obligated_over_awarded"),
        (LedgerKind.OBLIGATION, "9000000.00", "award_obligated_over_awarded"),
        (LedgerKind.DEOBLIGATION, "400000.00", "award_disbursed_over_obligated"),
        (LedgerKind.DISBURSEMENT, "500000.00", "award_disbursed_over_obligated"),
    ],
)
def test_a_movement_past_one_limit(
    stage: Stage, running: Partnership, kind: LedgerKind, amount: str, code: str
) -> None:
    award = stage.award(running, "1000000.00")
    stage.move(award, LedgerKind.OBLIGATION, "500000.00")
    stage.move(award, LedgerKind.DISBURSEMENT, "200000.00")
    assert error_codes(lambda: stage.move(award, kind, amount)) == [code]
    url = f"/partnerships/{running.pk}/awards/{award.pk}/ledger/new/"
    values = {"kind": kind.value, "amount": amount, "on": START.isoformat()}
    assert error_codes_on_page(send(client_of(stage.analyst), url, **values)) == [code]
    rest = f"/api/v1/partnerships/{running.pk}/ledger/"
    answer = as_program(stage.analyst).post(rest, {"award": award.pk, **values}, **JSON)  # type: ignore[arg-type]  # the arguments have several types
    [error] = problem(answer, 422, "refused")["errors"]
    assert (error["field"], error["code"]) == ("amount", code)
    assert error["message"].count("too much") == 1
    entry = LedgerEntry(award=Award.objects.get(), kind=kind, amount=Decimal(amount), on=START, fiscal_year=2021)
    assert db_error_code(entry.save) == code


def test_a_term_past_its_limit(stage: Stage) -> None:
    draft, late = stage.draft(), END + timedelta(days=1)
    edit: dict[str, Any] = {"partnership": draft, "actor": stage.analyst, "values": {"ends_on": late}}
    assert error_codes(lambda: agreements_services.edit_partnership(**edit)) == ["term_limit"]
    url = f"/partnerships/{draft.pk}/edit/"
    assert error_codes_on_page(send(client_of(stage.analyst), url, ends_on=late.isoformat())) == ["term_limit"]
    rest, client = f"/api/v1/partnerships/{draft.pk}/", as_program(stage.analyst)
    etag = {"If-Match": client.get(rest)["ETag"]}
    answer = client.patch(rest, {"ends_on": late.isoformat()}, headers=etag, **JSON)  # type: ignore[arg-type]  # the arguments have several types
    assert [error["code"] for error in problem(answer, 422, "refused")["errors"]] == ["term_limit"]


def test_an_amendment_past_the_limit(stage: Stage, running: Partnership) -> None:
    amendment = drafting_services.draft_amendment(
        partnership=running, kind="extension", title="More", reason="Late", actor=stage.analyst  # type: ignore[arg-type]  # a plain string, as a form sends it
    )  # fmt: skip
    late = END + timedelta(days=1)
    drafting_services.propose_change(amendment=amendment, row=running, field="ends_on", value=late, actor=stage.analyst)
    submit: dict[str, Any] = {"amendment": amendment, "actor": stage.analyst, "on": START}
    assert error_codes(lambda: step_services.submit_amendment(**submit)) == ["term_limit"]
    here = f"/partnerships/{running.pk}/amendments/{amendment.number}/"
    client = client_of(stage.analyst)
    assert client.get(here).content.decode().count("1 day later") == 1
    response = send(client, f"{here}step/submit/")
    assert error_codes_on_page(response) == ["term_limit"]
    assert response.content.decode().count("1 day later") == 1


def test_the_tightest_bound_speaks(stage: Stage, running: Partnership) -> None:
    award = stage.award(running, "4000000.00")
    early = START - timedelta(days=1)
    assert tightest([]) == []
    wanted: dict[str, Any] = {"award": award, "kind": LedgerKind.OBLIGATION, "actor": stage.analyst}
    found = error_codes(lambda: awards_services.record_ledger_entry(**wanted, amount=Decimal("4000000.01"), on=early))
    assert sorted(found) == ["not_notified", "obligation_before_force"], "two rules, each said once"
