"""Derived limits, totals, and status: computed from granted exceptions and records, and from nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from cpc.accounts.permissions import Role
from cpc.validation import db_errors_as_validation
from partnerships.agreements import services as agreements_services
from partnerships.deadlines import services as deadlines_services
from partnerships.limit_exceptions import services as limit_exceptions_services
from partnerships.models import (
    Award,
    FigureStatement,
    Government,
    LimitException,
    LimitExceptionGrant,
    LimitPolicy,
    LimitPolicyApproval,
    Partnership,
    Program,
    ProgramAmount,
    StatusChange,
)
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.support.accounts import make_account
from tests.support.unguarded import owner_rights
from tests.worlds.partnerships.build import (
    END,
    START,
    Active,
    Stage,
)

FIVE = Decimal("5000000.00")
CENT = Decimal("0.01")


# ---- limits, totals, status: derived, and otherwise refused ---------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("term_limit_months", 600, "derived_limits"),
        ("funding_limit", "99000000", "derived_limits"),
        ("limit_policy_id", None, "derived_limits"),
        ("planned_total", "1", "derived_totals"),
        ("notified_total", "1", "derived_totals"),
        ("awarded_total", "1", "derived_totals"),
        ("obligated_total", "1", "derived_totals"),
        ("disbursed_total", "1", "derived_totals"),
        ("status", "active", "derived_status"),
        ("signed_on", "2021-01-01", "derived_status"),
        ("ended_on", "2021-01-02", "derived_status"),
        ("kind", "documented", "fixed"),
    ],
)
def test_derived_columns_take_no_other_value(stage: Stage, column: str, value: object, code: str) -> None:
    partnership = stage.draft()
    rows = Partnership.objects.filter(pk=partnership.pk)
    assert db_error_code(lambda: raw(f"UPDATE partnerships_partnership SET {column} = %s", value)) == code
    assert db_error_code(lambda: rows.update(**{column: value})) == code
    changed = rows.get()
    setattr(changed, column, value)
    assert db_error_code(changed.save) == code
    fresh = {"country_id": partnership.country_id, "title": "X", "origin_reason": "Y"}
    if code != "fixed" and value is not None:
        assert db_error_code(lambda: Partnership(**fresh, **{column: value}).save()) == code


def test_totals_of_an_award_take_no_other_value(active: Active) -> None:
    award = active.stage.award(active.partnership)
    assert db_error_code(lambda: raw("UPDATE partnerships_award SET awarded_total = 1")) == "derived_totals"
    assert db_error_code(lambda: Award.objects.update(obligated_total=1)) == "derived_totals"
    assert (
        db_error_code(lambda: Award(partnership=award.partnership, title="X", awarded_total=1).save())
        == "derived_totals"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE partnerships_{} SET id = id",
        "DELETE FROM partnerships_{}",
        "TRUNCATE partnerships_{} CASCADE",
    ],
)
@pytest.mark.parametrize(
    "table",
    [
        "limitpolicy",
        "limitpolicyapproval",
        "limitexception",
        "limitexceptiongrant",
        "ledgerentry",
        "programamount",
        "congressionalnotification",
        "statuschange",
        "history",
        "figurestatement",
    ],
)
def test_rows_that_limits_and_totals_follow_from_are_never_changed(active: Active, table: str, statement: str) -> None:
    stage, partnership = active.stage, active.partnership
    award = stage.award(partnership, "1.00")
    grant(stage, partnership, term_months=72)
    assert award.ledger.exists()
    agreements_services.state_figure(statement=figure(partnership), actor=stage.analyst)
    with pytest.raises(DatabaseError), transaction.atomic():
        raw(statement.format(table))


def figure(partnership: Partnership) -> FigureStatement:
    return FigureStatement(partnership=partnership, kind="us_total", text="over 6 million", source="A release")


# ---- exceptions and policies ---------------------------------------------------------------------------------------


def in_days(days: int) -> date:
    return timezone.now().date() + timedelta(days=days)


def grant(stage: Stage, partnership: Partnership, expires: int = 30, **limit: Any) -> LimitException:
    exception = limit_exceptions_services.request_exception(
        partnership=partnership, actor=stage.analyst, reason="A prevalence study", expires_on=in_days(expires), **limit
    )
    limit_exceptions_services.grant_exception(
        exception=exception,
        authority="The Ambassador-at-Large",
        document=stage.document(partnership),
        actor=stage.approver,
    )
    return exception


def test_an_exception_moves_one_limit_to_another_that_is_as_firm(stage: Stage) -> None:
    partnership = stage.draft()
    grant(stage, partnership, term_months=84)
    grant(stage, partnership, funding=Decimal("10000000.00"))
    last = date(2028, 1, 1)
    agreements_services.edit_partnership(partnership=partnership, actor=stage.analyst, values={"ends_on": last})
    stage.program(partnership, "10000000.00")
    rows = Partnership.objects.filter(pk=partnership.pk)
    assert db_error_code(lambda: rows.update(ends_on=last + timedelta(days=1))) == "term_limit"
    assert error_codes(lambda: stage.program(partnership, "0.01", title="Another")) == ["planned_limit"]


def test_an_expired_exception_covers_what_was_done_and_nothing_more(stage: Stage) -> None:
    partnership = stage.draft()
    grant(stage, partnership, expires=0, term_months=84)
    rows = Partnership.objects.filter(pk=partnership.pk)
    rows.update(ends_on=date(2027, 6, 1))
    with owner_rights():
        raw("CREATE OR REPLACE FUNCTION cpc_today() RETURNS date LANGUAGE sql STABLE AS "
            "$$ SELECT (now() AT TIME ZONE 'UTC')::date + 1 $$")  # fmt: skip
    rows.update(title="Renamed")
    assert rows.get().term_limit_months == 77
    assert db_error_code(lambda: rows.update(ends_on=date(2027, 6, 2))) == "term_limit"
    rows.update(ends_on=date(2027, 5, 31))
    assert db_error_code(lambda: rows.update(ends_on=date(2027, 6, 2))) == "term_limit"
    assert error_codes(lambda: stage.sign(rows.get())) == ["term_limit"], "a signature takes no such allowance"


def test_no_one_grants_what_they_asked_for_and_no_raw_row_does(stage: Stage) -> None:
    partnership = stage.draft()
    document = stage.document(partnership)
    request = limit_exceptions_services.request_exception(
        partnership=partnership, actor=stage.approver, reason="A study", expires_on=in_days(1), term_months=72
    )
    viewer = make_account(Role.VIEWER)

    def granted(**row: object) -> LimitExceptionGrant:
        return LimitExceptionGrant(**{"exception": request, "authority": "A", "document": document, **row})

    assert error_codes(
        lambda: limit_exceptions_services.grant_exception(
            exception=request, authority="A", document=document, actor=stage.approver
        )
    ) == ["two_people"]  # fmt: skip
    assert db_error_code(granted(granted_by=stage.approver).save) == "two_people"
    assert db_error_code(granted().save) == "two_people"
    for account in (viewer, stage.analyst, make_account(Role.ADMINISTRATOR)):
        assert db_error_code(granted(granted_by=account).save) == "may_not_approve"
    second = make_account(Role.APPROVER, username="second")
    assert db_error_code(granted(granted_by=second, authority="").save) == "exception_authority"
    assert db_error_code(granted(granted_by=second, document=None).save) == "exception_authority"
    assert db_error_code(granted(granted_by=make_account(Role.APPROVER, username="gone", is_active=False)).save) == (
        "may_not_approve"
    )
    partnership.refresh_from_db()
    assert partnership.term_limit_months == 60
    bare = LimitException(partnership=partnership, term_months=72)
    assert db_error_code(bare.save) == "exception_whole"
    practice = LimitException(partnership=partnership, term_months=72, kind="documented_practice")
    assert db_error_code(practice.save) == "exception_whole"
    practice.statement = agreements_services.state_figure(statement=figure(partnership), actor=stage.analyst)
    practice.save()
    assert db_error_code(LimitExceptionGrant(exception=practice).save) == "documented_practice"


def test_policy_applies_after_approval_by_another_and_never_backdated(stage: Stage) -> None:
    partnership = stage.draft()
    policy = limit_exceptions_services.propose_policy(
        effective_from=in_days(0), term_months=48, funding=Decimal("4000000"), citation="A memo", actor=stage.approver
    )
    assert Partnership.objects.get().limits_on(in_days(0)).term_months == 60
    assert error_codes(lambda: limit_exceptions_services.approve_policy(policy=policy, actor=stage.approver)) == [
        "two_people"
    ]
    assert db_error_code(LimitPolicyApproval(policy=policy, approved_by=stage.approver).save) == "two_people"
    assert db_error_code(LimitPolicyApproval(policy=policy).save) == "two_people"
    assert db_error_code(LimitPolicyApproval(policy=policy, approved_by=stage.analyst).save) == "may_not_approve"
    raw("INSERT INTO partnerships_limitpolicy (effective_from, term_months, funding, citation) "
        "VALUES ('2020-01-01', 119, 90000000, 'x')")  # fmt: skip
    forged = LimitPolicy.objects.get(term_months=119)
    assert db_error_code(LimitPolicyApproval(policy=forged, approved_by=stage.approver).save) == "two_people"
    backdated = limit_exceptions_services.propose_policy(
        effective_from=in_days(-1), term_months=120, funding=FIVE, citation="A memo", actor=stage.analyst
    )
    assert error_codes(lambda: limit_exceptions_services.approve_policy(policy=backdated, actor=stage.approver)) == [
        "backdated"
    ]

    limit_exceptions_services.approve_policy(policy=policy, actor=make_account(Role.APPROVER, username="second"))
    deadlines_services.run_due(today=in_days(0))
    partnership.refresh_from_db()
    assert partnership.term_limit_months == 60, "what is in use stays lawful"
    assert partnership.funding_limit == Decimal("4000000.00"), "nothing was planned yet"
    assert partnership.limits_on(in_days(0)).term_months == 48
    rows = Partnership.objects.filter(pk=partnership.pk)
    rows.update(ends_on=date(2025, 1, 1))
    assert rows.get().term_limit_months == 60, "derived from what was in use before this write"
    assert db_error_code(lambda: rows.update(ends_on=date(2025, 1, 2))) == "term_limit"


def test_at_signature_the_policy_is_snapshotted(active: Active) -> None:
    stage, partnership = active.stage, active.partnership
    policy = limit_exceptions_services.propose_policy(
        effective_from=in_days(0), term_months=12, funding=Decimal("1"), citation="A memo", actor=stage.analyst
    )
    limit_exceptions_services.approve_policy(policy=policy, actor=stage.approver)
    deadlines_services.run_due(today=in_days(0))
    partnership.refresh_from_db()
    assert (partnership.term_limit_months, partnership.funding_limit) == (60, FIVE)
    assert partnership.limits_on(in_days(0)).term_months == 60


# ---- around the limits ---------------------------------------------------------------------------------------------


def test_partnerships_of_a_country_overlap_only_with_a_reason(stage: Stage) -> None:
    first = stage.draft()
    assert error_codes(lambda: stage.draft(starts_on=END, ends_on=date(2027, 1, 1))) == ["overlap"]
    second = {"country": first.country, "title": "X", "origin_reason": "Y", "starts_on": END, "ends_on": in_days(900)}
    assert db_error_code(Partnership(**second).save) == "overlap"
    stage.draft(starts_on=END, ends_on=date(2027, 1, 1), reason="A second province")
    assert db_error_code(Partnership(**second, overlap_reason=" ").save) == "overlap", "a blank is no reason"
    Partnership(**second, overlap_reason="And a third").save()
    third = stage.draft(starts_on=END, ends_on=date(2027, 1, 1), reason="A fourth, in the south")
    blank: dict[str, Any] = {"partnership": third, "actor": stage.analyst, "values": {"overlap_reason": ""}}
    assert error_codes(lambda: agreements_services.edit_partnership(**blank)) == ["overlap"]
    stage.draft("PER")
    stage.step(first, "cancel", reason="Not pursued")
    stage.draft()


def test_status_follows_from_steps_alone(stage: Stage) -> None:
    partnership = stage.draft()

    def step(name: str, source: str, target: str, **more: object) -> StatusChange:
        row = {"transition": name, "from_status": source, "to_status": target, "effective_on": START, **more}
        return StatusChange(partnership=partnership, **row)

    assert db_error_code(step("sign", "in_clearance", "signed").save) == "transition"
    assert db_error_code(step("sign", "selected", "signed").save) == "transition"
    assert db_error_code(step("cancel", "selected", "canceled").save) == "reason"
    assert db_error_code(step("invite", "selected", "invited", effective_on=in_days(1)).save) == "effective_on"
    assert error_codes(lambda: stage.step(partnership, "sign")) == ["transition"]
    active = stage.active("PER")
    row = {"effective_on": START, "reason": "Because"}
    unfounded = StatusChange(
        partnership=active, transition="suspend", from_status="active", to_status="suspended", **row
    )
    assert db_error_code(unfounded.save) == "determination"


def test_a_record_of_the_past_holds_no_money_and_takes_no_steps(stage: Stage) -> None:
    with agreements_services.documenting(source="Statements", sha256="0" * 64) as load:
        partnership = agreements_services.document_partnership(
            load=load,
            country=stage.draft("PER").country,
            title="The earlier one",
            origin_reason="Public statements",
            status="completed",
            status_as_of=date(2019, 10, 1),
            starts_on=date(2013, 6, 1),
            signed_on=date(2013, 6, 1),
            ended_on=date(2019, 10, 1),
        )
        rows = Partnership.objects.filter(pk=partnership.pk)
        assert db_error_code(lambda: rows.update(ends_on=date(2019, 10, 1))) == "term_limit"
        statement = agreements_services.state_figure(statement=figure(partnership), actor=None)
        limit_exceptions_services.document_practice(partnership=partnership, statement=statement, term_months=77)
        agreements_services.edit_partnership(partnership=partnership, actor=None, values={"ends_on": date(2019, 10, 1)})
        program = Program.objects.create(partnership=partnership, title="X")
        amount = ProgramAmount(program=program, government=Government.UNITED_STATES, amount=CENT)
        assert db_error_code(amount.save) == "documented_record"
    assert db_error_code(Award(partnership=partnership, title="X", type="grant").save) == "documented_record"
    step = StatusChange(partnership=partnership, transition="close", from_status="completed", to_status="closed")
    step.effective_on = START
    assert db_error_code(step.save) == "documented_record"


def test_database_error_equals_the_rule_message(stage: Stage) -> None:
    partnership = stage.draft()
    with pytest.raises(ValidationError) as caught, db_errors_as_validation():
        Partnership.objects.filter(pk=partnership.pk).update(ends_on=END + timedelta(days=1))
    assert caught.value.error_list[0].code == "term_limit"
