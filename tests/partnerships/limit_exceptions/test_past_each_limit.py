"""Attempts to exceed each limit, by every role and route: all are rejected with the code of the rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cpc.accounts.permissions import Role
from partnerships.agreements import services as agreements_services
from partnerships.awards.services import awards as awards_services
from partnerships.models import (
    Award,
    CongressionalNotification,
    Government,
    LedgerEntry,
    LedgerKind,
    Partnership,
    Program,
    ProgramAmount,
    SubAward,
)
from partnerships.money import services as money_services
from partnerships.terms import services as terms_services
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import END, START, Stage

FIVE = Decimal("5000000.00")
CENT = Decimal("0.01")


# ---- the term ------------------------------------------------------------------------------------------------------


def test_the_last_lawful_day_is_lawful_and_the_next_is_not(stage: Stage) -> None:
    partnership = stage.draft(ends_on=END)
    with pytest.raises(ValidationError) as caught:
        agreements_services.edit_partnership(
            partnership=partnership, actor=stage.analyst, values={"ends_on": END + timedelta(days=1)}
        )
    error = caught.value.error_dict["ends_on"][0]
    assert error.code == "term_limit"
    assert error.params is not None
    assert (error.params["limit"], error.params["would_be"]) == ("2026-01-01", "2026-01-02")
    assert "fact sheet" in error.params["citation"]
    assert "2026-01-01 at the latest" in str(caught.value)


def test_no_way_of_writing_gets_past_the_term(stage: Stage) -> None:
    partnership = stage.draft()
    late = END + timedelta(days=1)

    def saved() -> None:
        partnership.refresh_from_db()
        partnership.ends_on = late
        partnership.save()

    def new(**more: object) -> Partnership:
        return Partnership(
            country=partnership.country, title="X", origin_reason="Y", starts_on=START, ends_on=late,
            overlap_reason="Z", **more,
        )  # fmt: skip

    rows = Partnership.objects.filter(pk=partnership.pk)
    bulk = rows.get()
    bulk.ends_on = late
    assert db_error_code(saved) == "term_limit"
    assert db_error_code(lambda: rows.update(ends_on=late)) == "term_limit"
    assert db_error_code(lambda: rows.update(starts_on=START - timedelta(days=1))) == "term_limit"
    assert db_error_code(lambda: Partnership.objects.bulk_update([bulk], ["ends_on"])) == "term_limit"
    assert db_error_code(lambda: Partnership.objects.bulk_create([new()])) == "term_limit"
    assert db_error_code(lambda: raw("UPDATE partnerships_partnership SET ends_on = %s", late)) == "term_limit"
    assert db_error_code(lambda: Partnership.objects.bulk_create([new(term_limit_months=99)])) == "derived_limits"
    assert error_codes(lambda: new().full_clean()) == ["term_limit"]


# ---- the funding ---------------------------------------------------------------------------------------------------


def test_the_last_lawful_cent_is_lawful_and_the_next_is_not(stage: Stage) -> None:
    partnership = stage.draft()
    program = stage.program(partnership, "5000000.00")
    with pytest.raises(ValidationError) as caught:
        stage.program(partnership, "0.01", title="Another")
    assert "USD 0.01 too much" in str(caught.value)
    assert "largest lawful total is USD 5,000,000.00" in str(caught.value)
    partnership.refresh_from_db()
    assert partnership.planned_total == FIVE
    other = partnership.programs.get(title="Another")
    row = ProgramAmount(program=other, government=Government.UNITED_STATES, amount=CENT)
    more = ProgramAmount(program=program, government=Government.UNITED_STATES, amount=FIVE + CENT)
    insert = "INSERT INTO partnerships_programamount (program_id, government, amount, note) VALUES (%s, 'us', %s, '')"
    assert db_error_code(row.save) == "planned_limit"
    assert db_error_code(lambda: ProgramAmount.objects.bulk_create([row, more])) == "planned_limit"
    assert db_error_code(lambda: raw(insert, other.pk, CENT)) == "planned_limit"
    ProgramAmount.objects.create(program=other, government=Government.PARTNER, amount=FIVE)
    partnership.refresh_from_db()
    assert partnership.planned_total == FIVE, "the partner's money is recorded and not counted"


def test_each_total_stays_within_the_one_it_is_taken_from(stage: Stage) -> None:
    partnership = stage.active(planned="1000000.00")
    award = stage.award(partnership, "600000.00")
    stage.move(award, LedgerKind.OBLIGATION, "300000.00")
    stage.move(award, LedgerKind.DISBURSEMENT, "300000.00")

    def entry(kind: LedgerKind, amount: str, of: Award = award) -> LedgerEntry:
        return LedgerEntry(award=of, kind=kind, amount=Decimal(amount), on=START, fiscal_year=2021)

    def serviced(kind: LedgerKind, amount: str) -> list[str]:
        return error_codes(lambda: stage.move(award, kind, amount))

    other = stage.award(partnership, "100000.00", title="Shelter")
    cases = [
        (LedgerKind.AWARD, "300000.01", "awarded_over_planned"),
        (LedgerKind.OBLIGATION, "300000.01", "award_obligated_over_awarded"),
        (LedgerKind.DISBURSEMENT, "0.01", "award_disbursed_over_obligated"),
        (LedgerKind.DEOBLIGATION, "0.01", "award_disbursed_over_obligated"),
        (LedgerKind.REDUCTION, "300000.01", "award_obligated_over_awarded"),
    ]
    for kind, amount, code in cases:
        assert db_error_code(entry(kind, amount).save) == code, kind
        assert db_error_code(partial(LedgerEntry.objects.bulk_create, [entry(kind, amount)])) == code, kind
        assert code in serviced(kind, amount), kind
    mixed = [entry(LedgerKind.OBLIGATION, "1.00"), entry(LedgerKind.DISBURSEMENT, "1.00", other)]
    assert db_error_code(lambda: LedgerEntry.objects.bulk_create(mixed)) == "award_disbursed_over_obligated"
    sub = SubAward(award=award, recipient="Another", purpose="Courts", amount=Decimal("600000.01"))
    assert db_error_code(sub.save) == "award_subawarded_over_awarded"
    assert error_codes(lambda: awards_services.record_subaward(subaward=sub, actor=stage.analyst)) == [
        "award_subawarded_over_awarded"
    ]
    notice = CongressionalNotification(partnership=partnership, sent_on=START, amount=FIVE, reference="CN 2")
    assert db_error_code(notice.save) == "notified_limit"
    partnership.refresh_from_db()
    assert partnership.totals.disbursed == Decimal("300000.00")


def test_money_does_not_move_to_another_partnership(stage: Stage) -> None:
    partnership, other = stage.draft(), stage.draft("PER")
    program = stage.program(partnership, "1.00")
    move = "UPDATE partnerships_program SET partnership_id = %s WHERE id = %s"
    assert db_error_code(lambda: raw(move, other.pk, program.pk)) == "fixed"
    running = stage.active("UGA", planned="1000.00")
    notice = CongressionalNotification(
        partnership=other, sent_on=START, amount=0, reference="CN 2", replaces=running.notifications.get()
    )
    assert db_error_code(notice.save) == "replaces"
    notice.partnership = running
    notice.save()
    running.refresh_from_db()
    assert running.notified_total == 0


def test_a_plan_does_not_fall_below_what_is_awarded(stage: Stage) -> None:
    partnership = stage.active(planned="1000000.00")
    stage.award(partnership, "600000.00")
    program = partnership.programs.get()
    less = ProgramAmount(program=program, government=Government.UNITED_STATES, amount=Decimal("1.00"))
    assert db_error_code(less.save) == "by_amendment"


@pytest.mark.parametrize("role", list(Role))
def test_no_role_gets_past_a_limit(stage: Stage, role: Role) -> None:
    running, draft = stage.active(planned="5000000.00"), stage.draft("PER")
    award = stage.award(running)
    account = {Role.ANALYST: stage.analyst, Role.APPROVER: stage.approver}.get(role) or make_account(role)
    program = terms_services.add_term(term=Program(partnership=draft, title="X"), actor=stage.analyst)
    side, much = Government.UNITED_STATES, FIVE + CENT
    attempts: list[tuple[str, Callable[[], object]]] = [
        (
            "term_limit",
            lambda: agreements_services.edit_partnership(
                partnership=draft, actor=account, values={"ends_on": END + timedelta(days=1)}
            ),
        ),
        (
            "planned_limit",
            lambda: terms_services.set_amounts(partnership=draft, amounts=[(program, side, much)], actor=account),
        ),
        (
            "notified_limit",
            lambda: money_services.record_notification(
                partnership=running, sent_on=START, amount=CENT, reference="CN 9", actor=account
            ),
        ),
        (
            "awarded_over_planned",
            lambda: awards_services.record_ledger_entry(
                award=award, kind=LedgerKind.AWARD, amount=much, on=START, actor=account
            ),
        ),
    ]
    for code, attempt in attempts:
        with pytest.raises((ValidationError, PermissionDenied)) as caught:
            attempt()
        if isinstance(caught.value, ValidationError):
            assert code in {str(e.code) for errors in caught.value.error_dict.values() for e in errors}
    assert Partnership.objects.get(pk=running.pk).totals.awarded == 0
