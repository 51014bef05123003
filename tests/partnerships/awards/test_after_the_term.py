"""After the last day of the term nothing new is obligated; what exists is adjusted, refunded, and paid with a basis.

The last day decides, whether or not anyone recorded the completion.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from partnerships.amendments.preconditions import amendment_findings
from partnerships.amendments.services import drafting as drafting_services
from partnerships.amendments.services import steps as step_services
from partnerships.awards.services import awards as awards_services
from partnerships.models import AmendmentKind, Award, AwardState, LedgerEntry, LedgerKind, Partnership
from partnerships.status import services as status_services
from tests.api.test_partnerships import as_program, post, problem
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.partnerships.sending import client_of, page_text, send
from tests.partnerships.test_detours import determination
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.build import END, START, Active, Stage

DAY = timedelta(days=1)
AFTER = END + 30 * DAY
BASIS = {"note": "Final payment", "authority": "2 CFR 200.344"}


@pytest.fixture
def award(active: Active) -> Award:
    """Return an award of $1,000 with $600 obligated and $500 disbursed, in a term that is over but not completed."""
    award = active.stage.award(active.partnership, "1000.00")
    active.stage.move(award, LedgerKind.OBLIGATION, "600.00")
    active.stage.move(award, LedgerKind.DISBURSEMENT, "500.00")
    return award


def move(stage: Stage, award: Award, kind: str, on: date, amount: str = "1.00", **basis: str) -> LedgerEntry:
    return awards_services.record_ledger_entry(
        award=award,
        kind=LedgerKind(kind),
        amount=Decimal(amount),
        on=on,
        actor=stage.analyst,
        **basis,  # type: ignore[arg-type]  # the arguments have several types
    )


def row(award: Award, kind: str, on: date, amount: str = "1.00", **basis: str) -> LedgerEntry:
    return LedgerEntry(award=award, kind=kind, amount=Decimal(amount), on=on, fiscal_year=on.year, **basis)


def codes(stage: Stage, award: Award, kind: str, on: date, **basis: str) -> list[str]:
    """Return the codes of a refused entry from the service; page, REST, and database give the same."""
    found = error_codes(lambda: move(stage, award, kind, on, **basis))
    client, values = client_of(stage.analyst), {"kind": kind, "amount": "1.00", "on": on.isoformat(), **basis}
    page = send(client, f"/partnerships/{award.partnership_id}/awards/{award.pk}/ledger/new/", **values)
    assert sorted(one.code for each in page.context["form"].errors.as_data().values() for one in each) == sorted(found)
    answer = post(as_program(stage.analyst), award.partnership, "ledger/", {"award": award.pk, **values})
    assert [error["code"] for error in problem(answer, 422, "refused")["errors"]] == found
    assert db_error_code(row(award, kind, on, **basis).save) in found
    return found


# ---- new obligations -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("on", [END + DAY, AFTER])
@pytest.mark.parametrize("basis", [{}, BASIS])
def test_nothing_new_is_obligated_after_the_last_day(
    active: Active, award: Award, on: date, basis: dict[str, str]
) -> None:
    assert active.partnership.status == "active"
    assert codes(active.stage, award, "obligation", on, **basis) == ["obligation_after_term"]


@pytest.mark.parametrize("on", [END - DAY, END])
def test_until_the_last_day_it_is(active: Active, award: Award, on: date) -> None:
    move(active.stage, award, "obligation", on)


def test_once_completed_the_day_is_still_the_reason(active: Active, award: Award) -> None:
    stage = active.stage
    stage.step(active.partnership, "complete", END)
    assert codes(stage, award, "obligation", AFTER) == ["obligation_after_term"]
    assert codes(stage, award, "obligation", END) == ["partnership_status"]


def test_an_early_termination_ends_it_on_its_own_day(active: Active, award: Award) -> None:
    stage, on = active.stage, date(2023, 5, 1)
    terminate(stage, active.partnership, on)
    assert codes(stage, award, "obligation", on + DAY) == ["obligation_after_term"]
    assert codes(stage, award, "disbursement", on + DAY) == ["entry_basis", "entry_basis"]
    move(stage, award, "disbursement", on)


def terminate(stage: Stage, partnership: Partnership, on: date) -> None:
    found = determination(stage, partnership, kind="termination", determined_on=on)
    status_services.determine(determination=found, actor=stage.approver)


def test_rejection_cites_office_policy_and_no_fiscal_statute(active: Active, award: Award) -> None:
    with pytest.raises(ValidationError) as caught, transaction.atomic():
        move(active.stage, award, "obligation", AFTER)
    [error] = caught.value.error_dict["on"]
    assert error.params is not None
    assert error.params["citation"] == "TIP Office policy"
    assert "The term ended on 2026-01-01" in error.message
    assert "U.S.C." not in error.message


# ---- what exists ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["disbursement", "refund", "deobligation", "adjustment", "reduction", "award"])
def test_what_exists_moves_with_reason_and_authority(active: Active, award: Award, kind: str) -> None:
    stage = active.stage
    for basis, missing in (({}, 2), ({"note": "Final payment"}, 1), ({**BASIS, "authority": " "}, 1)):
        assert codes(stage, award, kind, END + DAY, **basis) == ["entry_basis"] * missing
    made = move(stage, award, kind, END + DAY, **BASIS)
    assert (made.note, made.authority) == ("Final payment", "2 CFR 200.344")


@pytest.mark.parametrize("kind", ["disbursement", "refund", "deobligation", "reduction", "award"])
def test_on_the_last_day_it_moves_as_on_any_other(active: Active, award: Award, kind: str) -> None:
    move(active.stage, award, kind, END)


def test_an_adjustment_needs_its_basis_on_any_day(active: Active, award: Award) -> None:
    stage = active.stage
    assert codes(stage, award, "adjustment", END) == ["entry_basis", "entry_basis"]
    move(stage, award, "adjustment", END, **BASIS)
    award.refresh_from_db()
    assert award.obligated_total == Decimal("601.00")


def test_there_is_no_adjustment_without_an_obligation(active: Active) -> None:
    empty = active.stage.award(active.partnership, "10.00")
    assert codes(active.stage, empty, "adjustment", AFTER, **BASIS) == ["nothing_to_adjust"]


@pytest.fixture
def over(active: Active, award: Award) -> Award:
    """Return the award once it has ended and its partnership is completed."""
    stage = active.stage
    awards_services.change_award_state(
        award=award, state=AwardState.ENDED, actor=stage.analyst, on=END, reason="Work is done"
    )
    stage.step(active.partnership, "complete", END)
    award.refresh_from_db()
    return award


def test_a_wrong_obligation_is_corrected_after_all_is_over(active: Active, over: Award) -> None:
    """$600 was obligated a month later than recorded. The award has ended, so the new entry is an adjustment."""
    stage, right = active.stage, START + 31 * DAY
    for kind, amount, on in (
        ("refund", "500.00", START),
        ("deobligation", "600.00", START),
        ("adjustment", "600.00", right),
        ("disbursement", "500.00", right),
    ):
        move(stage, over, kind, on, amount, **BASIS)
    over.refresh_from_db()
    assert (over.obligated_total, over.disbursed_total) == (Decimal("600.00"), Decimal("500.00"))


@pytest.mark.parametrize(("amount", "code"), [("400.01", "award_obligated_over_awarded"), ("400.00", "")])
def test_an_adjustment_stays_within_the_award(active: Active, over: Award, amount: str, code: str) -> None:
    stage = active.stage
    if code:
        assert error_codes(lambda: move(stage, over, "adjustment", AFTER, amount, **BASIS)) == [code]
        assert db_error_code(row(over, "adjustment", AFTER, amount, **BASIS).save) == code
    else:
        move(stage, over, "adjustment", AFTER, amount, **BASIS)


def test_an_adjustment_is_notified_like_an_obligation(active: Active, award: Award) -> None:
    stage, partnership = active.stage, active.partnership
    move(stage, award, "obligation", END, "400.00")
    move(stage, award, "award", END, "3999000.00")
    move(stage, award, "obligation", END, "3999000.00")
    with unguarded():
        partnership.notifications.update(amount=Decimal("3999500.00"))
        Award.objects.filter(pk=award.pk).update(obligated_total=Decimal("3999000.00"))
    move(stage, award, "deobligation", AFTER, "1000.00", **BASIS)
    assert error_codes(lambda: move(stage, award, "adjustment", AFTER, "500.01", **BASIS)) == ["not_notified"]
    assert db_error_code(row(award, "adjustment", AFTER, "500.01", **BASIS).save) == "not_notified"
    move(stage, award, "adjustment", AFTER, "500.00", **BASIS)


def test_a_suspension_stops_adjustments_too(active: Active, award: Award) -> None:
    stage, partnership, on = active.stage, active.partnership, date(2022, 2, 1)
    status_services.determine(determination=determination(stage, partnership), actor=stage.approver)
    assert codes(stage, award, "adjustment", on, **BASIS) == ["partnership_status"]


# ---- terms that move -----------------------------------------------------------------------------------------------


def shortened(stage: Stage, partnership: Partnership, ends_on: date) -> Any:
    amendment = drafting_services.draft_amendment(
        partnership=partnership, kind=AmendmentKind.TERMS, title="Shorter", reason="Funds", actor=stage.analyst
    )
    drafting_services.propose_change(
        amendment=amendment, row=partnership, field="ends_on", value=ends_on, actor=stage.analyst
    )
    return amendment


def test_a_term_is_not_shortened_past_an_obligation(active: Active, award: Award) -> None:
    stage, partnership = active.stage, active.partnership
    late = date(2025, 11, 20)
    move(stage, award, "obligation", late)
    amendment = shortened(stage, partnership, late - DAY)
    submit: dict[str, Any] = {"amendment": amendment, "actor": stage.analyst, "on": START}
    assert error_codes(lambda: step_services.submit_amendment(**submit)) == ["obligation_after_term"]

    def in_sql() -> None:
        with unguarded():
            raw("UPDATE partnerships_amendment SET state = 'applied', applied_by_id = %s", stage.analyst.pk)
        raw("UPDATE partnerships_partnership SET ends_on = %s WHERE id = %s", late - DAY, partnership.pk)

    assert db_error_code(in_sql) in ("obligation_after_term", "by_amendment")
    move(stage, award, "deobligation", late)
    assert amendment_findings(amendment=amendment, on=START) == []


def test_an_obligation_after_the_term_is_a_finding(active: Active, award: Award) -> None:
    """Nobody can record one, but a termination may be recorded after it."""
    stage, partnership = active.stage, active.partnership
    move(stage, award, "obligation", date(2023, 5, 2))
    terminate(stage, partnership, date(2023, 5, 1))
    found = as_program(stage.analyst).get(f"/api/v1/partnerships/{partnership.pk}/findings/").json()["findings"]
    [late] = [finding for finding in found if finding["code"] == "obligation_after_term"]
    assert "2023-05-02" in late["message"]
    page = client_of(stage.analyst).get(f"/partnerships/{partnership.pk}/awards/{award.pk}/")
    assert "nothing new is obligated after its last day" in page_text(page)
    move(stage, award, "deobligation", date(2023, 5, 2), note="Obligated in error", authority="Award terms, 4")
    found = as_program(stage.analyst).get(f"/api/v1/partnerships/{partnership.pk}/findings/").json()["findings"]
    assert "obligation_after_term" not in {finding["code"] for finding in found}


# ---- pages ---------------------------------------------------------------------------------------------------------


def test_pages_offer_nothing_to_obligate_once_the_term_is_over(active: Active, award: Award) -> None:
    client = client_of(active.stage.analyst)
    here = f"/partnerships/{active.partnership.pk}/"
    text = page_text(client.get(f"{here}money/"))
    assert "Open to obligation $0.00 the term is over" in text
    funding = as_program(active.stage.analyst).get(f"/api/v1{here}").json()["funding"]
    assert funding["open_to_obligation"] == "0.00"
    text = page_text(client.get(f"{here}awards/{award.pk}/ledger/new/"))
    assert "Available to obligate today $0.00" in text
    assert "The term ended Jan 1, 2026." in text
