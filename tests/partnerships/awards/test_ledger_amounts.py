"""Amounts of the ledger are checked before anything is computed with them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from partnerships.awards.services import awards as awards_services
from partnerships.models import LedgerKind
from partnerships.money import services as money_services
from tests.api.test_partnerships import as_program, post, problem
from tests.partnerships.error_codes import error_codes
from tests.partnerships.sending import client_of, send
from tests.worlds.partnerships.build import START, Active


@pytest.mark.parametrize("kind", list(LedgerKind))
@pytest.mark.parametrize("amount", ["-5", "0"])
def test_an_amount_below_a_cent_gives_one_message_about_itself(active: Active, kind: LedgerKind, amount: str) -> None:
    stage, partnership = active.stage, active.partnership
    award = stage.award(partnership, "1500000.00")
    stage.move(award, LedgerKind.OBLIGATION, "1500000.00")
    url = f"/partnerships/{partnership.pk}/awards/{award.pk}/ledger/new/"
    page = send(client_of(stage.analyst), url, kind=kind.value, amount=amount, on=START.isoformat())
    assert page.context["form"].errors == {
        "amount": ["An amount must be greater than zero; the kind gives the sign."],
    }
    entry = {"award": award.pk, "kind": kind.value, "amount": amount, "on": START.isoformat()}
    answer = post(as_program(stage.analyst), partnership, "ledger/", entry)
    assert answer.status_code in (400, 422)
    assert "obligated" not in answer.content.decode()

    def in_service() -> None:
        awards_services.record_ledger_entry(
            award=award, kind=kind, amount=Decimal(amount), on=START, actor=stage.analyst
        )

    assert error_codes(in_service) == ["amount"]


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "0.001", "1e13"])
def test_an_amount_that_no_column_holds_is_refused_at_its_field(active: Active, amount: str) -> None:
    stage, partnership = active.stage, active.partnership
    award = stage.award(partnership, "1.00")

    def entry() -> None:
        awards_services.record_ledger_entry(
            award=award, kind=LedgerKind.OBLIGATION, amount=Decimal(amount), on=START, actor=stage.analyst
        )

    def notification() -> None:
        money_services.record_notification(
            partnership=partnership, sent_on=START, amount=Decimal(amount), reference="CN 2", actor=stage.analyst
        )

    for attempt in (entry, notification):
        assert set(error_codes(attempt)) <= {"invalid", "max_digits", "max_decimal_places", "max_whole_digits"}


def test_zero_in_rest_is_refused_like_zero_on_the_page(active: Active) -> None:
    award = active.stage.award(active.partnership, "1.00")
    entry = {"award": award.pk, "kind": "deobligation", "amount": "0", "on": START.isoformat()}
    answer = problem(post(as_program(active.stage.analyst), active.partnership, "ledger/", entry), 422, "refused")
    assert [error["code"] for error in answer["errors"]] == ["amount"]
