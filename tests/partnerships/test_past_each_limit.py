"""Past each limit, whoever tries and however: refused each time, and the code says by which rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cpc.accounts.permissions import Role
from partnerships import services
from partnerships.errors import code_of, refused_alike
from partnerships.models import (
    Award,
    CongressionalNotification,
    FigureStatement,
    Government,
    LedgerEntry,
    LedgerKind,
    LimitException,
    LimitExceptionGrant,
    LimitPolicy,
    LimitPolicyApproval,
    Partnership,
    Programme,
    ProgrammeAmount,
    StatusChange,
    SubAward,
)
from tests.partnerships.build import END, START, Stage
from tests.support.accounts import make_account

FIVE = Decimal("5000000.00")
CENT = Decimal("0.01")


def raw(statement: str, *arguments: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)


def refused(attempt: Callable[[], object]) -> str:
    """The code with which the database refuses; the attempt must not go through."""

    def whole() -> None:
        with transaction.atomic():
            attempt()
            raw("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError) as caught:
        whole()
    return code_of(caught.value)


def codes(attempt: Callable[[], object]) -> list[str]:
    """The codes with which a service refuses."""
    with pytest.raises(ValidationError) as caught, transaction.atomic():
        attempt()
    error = caught.value
    lists = error.error_dict.values() if hasattr(error, "error_dict") else [error.error_list]
    return [str(one.code) for errors in lists for one in errors]


# ---- the term ------------------------------------------------------------------------------------------------------


def test_the_last_lawful_day_is_lawful_and_the_next_is_not(stage: Stage) -> None:
    partnership = stage.draft(ends_on=END)
    with pytest.raises(ValidationError) as caught:
        services.edit_partnership(
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
    assert refused(saved) == "term_limit"
    assert refused(lambda: rows.update(ends_on=late)) == "term_limit"
    assert refused(lambda: rows.update(starts_on=START - timedelta(days=1))) == "term_limit"
    assert refused(lambda: Partnership.objects.bulk_update([bulk], ["ends_on"])) == "term_limit"
    assert refused(lambda: Partnership.objects.bulk_create([new()])) == "term_limit"
    assert refused(lambda: raw("UPDATE partnerships_partnership SET ends_on = %s", late)) == "term_limit"
    assert refused(lambda: Partnership.objects.bulk_create([new(term_limit_months=99)])) == "derived_limits"
    assert codes(lambda: new().full_clean()) == ["term_limit"]


# ---- the funding ---------------------------------------------------------------------------------------------------


def test_the_last_lawful_cent_is_lawful_and_the_next_is_not(stage: Stage) -> None:
    partnership = stage.draft()
    programme = stage.programme(partnership, "5000000.00")
    with pytest.raises(ValidationError) as caught:
        stage.programme(partnership, "0.01", title="Another")
    assert "USD 0.01 too much" in str(caught.value)
    assert "largest lawful total is USD 5,000,000.00" in str(caught.value)
    partnership.refresh_from_db()
    assert partnership.planned_total == FIVE
    other = partnership.programmes.get(title="Another")
    row = ProgrammeAmount(programme=other, government=Government.UNITED_STATES, amount=CENT)
    more = ProgrammeAmount(programme=programme, government=Government.UNITED_STATES, amount=FIVE + CENT)
    insert = (
        "INSERT INTO partnerships_programmeamount (programme_id, government, amount, note) VALUES (%s, 'us', %s, '')"
    )
    assert refused(row.save) == "planned_limit"
    assert refused(lambda: ProgrammeAmount.objects.bulk_create([row, more])) == "planned_limit"
    assert refused(lambda: raw(insert, other.pk, CENT)) == "planned_limit"
    ProgrammeAmount.objects.create(programme=other, government=Government.PARTNER, amount=FIVE)
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
        return codes(lambda: stage.move(award, kind, amount))

    other = stage.award(partnership, "100000.00", title="Shelter")
    cases = [
        (LedgerKind.AWARD, "300000.01", "awarded_over_planned"),
        (LedgerKind.OBLIGATION, "300000.01", "award_obligated_over_awarded"),
        (LedgerKind.DISBURSEMENT, "0.01", "award_disbursed_over_obligated"),
        (LedgerKind.DEOBLIGATION, "0.01", "award_disbursed_over_obligated"),
        (LedgerKind.REDUCTION, "300000.01", "award_obligated_over_awarded"),
    ]
    for kind, amount, code in cases:
        assert refused(entry(kind, amount).save) == code, kind
        assert refused(partial(LedgerEntry.objects.bulk_create, [entry(kind, amount)])) == code, kind
        assert code in serviced(kind, amount), kind
    mixed = [entry(LedgerKind.OBLIGATION, "1.00"), entry(LedgerKind.DISBURSEMENT, "1.00", other)]
    assert refused(lambda: LedgerEntry.objects.bulk_create(mixed)) == "award_disbursed_over_obligated"
    sub = SubAward(award=award, recipient="Another", purpose="Courts", amount=Decimal("600000.01"))
    assert refused(sub.save) == "award_subawarded_over_awarded"
    assert codes(lambda: services.record_subaward(subaward=sub, actor=stage.analyst)) == [
        "award_subawarded_over_awarded"
    ]
    told = CongressionalNotification(partnership=partnership, sent_on=START, amount=FIVE, reference="CN 2")
    assert refused(told.save) == "notified_limit"
    partnership.refresh_from_db()
    assert partnership.totals.disbursed == Decimal("300000.00")


def test_money_does_not_move_to_another_partnership(stage: Stage) -> None:
    partnership, other = stage.draft(), stage.draft("PER")
    programme = stage.programme(partnership, "1.00")
    move = "UPDATE partnerships_programme SET partnership_id = %s WHERE id = %s"
    assert refused(lambda: raw(move, other.pk, programme.pk)) == "fixed"
    running = stage.active("UGA", planned="1000.00")
    told = CongressionalNotification(
        partnership=other, sent_on=START, amount=0, reference="CN 2", replaces=running.notifications.get()
    )
    assert refused(told.save) == "replaces"
    told.partnership = running
    told.save()
    running.refresh_from_db()
    assert running.notified_total == 0


def test_a_plan_does_not_fall_below_what_is_awarded(stage: Stage) -> None:
    partnership = stage.active(planned="1000000.00")
    stage.award(partnership, "600000.00")
    programme = partnership.programmes.get()
    less = ProgrammeAmount(programme=programme, government=Government.UNITED_STATES, amount=Decimal("1.00"))
    assert refused(less.save) == "by_amendment"


@pytest.mark.parametrize("role", list(Role))
def test_no_role_gets_past_a_limit(stage: Stage, role: Role) -> None:
    running, draft = stage.active(planned="5000000.00"), stage.draft("PER")
    award = stage.award(running)
    account = {Role.ANALYST: stage.analyst, Role.APPROVER: stage.approver}.get(role) or make_account(role)
    programme = services.add_term(term=Programme(partnership=draft, title="X"), actor=stage.analyst)
    side, much = Government.UNITED_STATES, FIVE + CENT
    attempts: list[tuple[str, Callable[[], object]]] = [
        (
            "term_limit",
            lambda: services.edit_partnership(
                partnership=draft, actor=account, values={"ends_on": END + timedelta(days=1)}
            ),
        ),
        (
            "planned_limit",
            lambda: services.set_amounts(partnership=draft, amounts=[(programme, side, much)], actor=account),
        ),
        (
            "notified_limit",
            lambda: services.record_notification(
                partnership=running, sent_on=START, amount=CENT, reference="CN 9", actor=account
            ),
        ),
        (
            "awarded_over_planned",
            lambda: services.record_ledger_entry(
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
    assert refused(lambda: raw(f"UPDATE partnerships_partnership SET {column} = %s", value)) == code
    assert refused(lambda: rows.update(**{column: value})) == code
    changed = rows.get()
    setattr(changed, column, value)
    assert refused(changed.save) == code
    fresh = {"country_id": partnership.country_id, "title": "X", "origin_reason": "Y"}
    if code != "fixed" and value is not None:
        assert refused(lambda: Partnership(**fresh, **{column: value}).save()) == code


def test_totals_of_an_award_take_no_other_value(stage: Stage) -> None:
    award = stage.award(stage.active())
    assert refused(lambda: raw("UPDATE partnerships_award SET awarded_total = 1")) == "derived_totals"
    assert refused(lambda: Award.objects.update(obligated_total=1)) == "derived_totals"
    assert refused(lambda: Award(partnership=award.partnership, title="X", awarded_total=1).save()) == "derived_totals"


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
        "programmeamount",
        "congressionalnotification",
        "statuschange",
        "history",
        "figurestatement",
    ],
)
def test_rows_that_limits_and_totals_follow_from_are_never_changed(stage: Stage, table: str, statement: str) -> None:
    partnership = stage.active()
    award = stage.award(partnership, "1.00")
    grant(stage, partnership, term_months=72)
    assert award.ledger.exists()
    services.state_figure(statement=figure(partnership), actor=stage.analyst)
    with pytest.raises(DatabaseError), transaction.atomic():
        raw(statement.format(table))


def figure(partnership: Partnership) -> FigureStatement:
    return FigureStatement(partnership=partnership, kind="us_total", text="over 6 million", source="A release")


# ---- exceptions and policies ---------------------------------------------------------------------------------------


def in_days(days: int) -> date:
    return timezone.now().date() + timedelta(days=days)


def grant(stage: Stage, partnership: Partnership, expires: int = 30, **limit: Any) -> LimitException:
    exception = services.request_exception(
        partnership=partnership, actor=stage.analyst, reason="A prevalence study", expires_on=in_days(expires), **limit
    )
    services.grant_exception(
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
    services.edit_partnership(partnership=partnership, actor=stage.analyst, values={"ends_on": last})
    stage.programme(partnership, "10000000.00")
    rows = Partnership.objects.filter(pk=partnership.pk)
    assert refused(lambda: rows.update(ends_on=last + timedelta(days=1))) == "term_limit"
    assert codes(lambda: stage.programme(partnership, "0.01", title="Another")) == ["planned_limit"]


def test_an_expired_exception_covers_what_was_done_and_nothing_more(stage: Stage) -> None:
    partnership = stage.draft()
    grant(stage, partnership, expires=0, term_months=84)
    rows = Partnership.objects.filter(pk=partnership.pk)
    rows.update(ends_on=date(2027, 6, 1))
    raw("CREATE OR REPLACE FUNCTION cpc_today() RETURNS date LANGUAGE sql STABLE AS "
        "$$ SELECT (now() AT TIME ZONE 'UTC')::date + 1 $$")  # fmt: skip
    rows.update(title="Renamed")
    assert rows.get().term_limit_months == 77
    assert refused(lambda: rows.update(ends_on=date(2027, 6, 2))) == "term_limit"
    rows.update(ends_on=date(2027, 5, 31))
    assert refused(lambda: rows.update(ends_on=date(2027, 6, 2))) == "term_limit"
    assert codes(lambda: stage.sign(rows.get())) == ["term_limit"], "a signature takes no such allowance"


def test_nobody_grants_what_they_asked_for_and_no_raw_row_does(stage: Stage) -> None:
    partnership = stage.draft()
    document = stage.document(partnership)
    request = services.request_exception(
        partnership=partnership, actor=stage.approver, reason="A study", expires_on=in_days(1), term_months=72
    )
    viewer = make_account(Role.VIEWER)

    def granted(**row: object) -> LimitExceptionGrant:
        return LimitExceptionGrant(**{"exception": request, "authority": "A", "document": document, **row})

    assert codes(
        lambda: services.grant_exception(
            exception=request, authority="A", document=document, actor=stage.approver
        )
    ) == ["two_people"]  # fmt: skip
    assert refused(granted(granted_by=stage.approver).save) == "two_people"
    assert refused(granted().save) == "two_people"
    for account in (viewer, stage.analyst, make_account(Role.ADMINISTRATOR)):
        assert refused(granted(granted_by=account).save) == "may_not_approve"
    second = make_account(Role.APPROVER, username="second")
    assert refused(granted(granted_by=second, authority="").save) == "exception_authority"
    assert refused(granted(granted_by=second, document=None).save) == "exception_authority"
    assert refused(granted(granted_by=make_account(Role.APPROVER, username="gone", is_active=False)).save) == (
        "may_not_approve"
    )
    partnership.refresh_from_db()
    assert partnership.term_limit_months == 60
    bare = LimitException(partnership=partnership, term_months=72)
    assert refused(bare.save) == "exception_whole"
    practice = LimitException(partnership=partnership, term_months=72, kind="documented_practice")
    assert refused(practice.save) == "exception_whole"
    practice.statement = services.state_figure(statement=figure(partnership), actor=stage.analyst)
    practice.save()
    assert refused(LimitExceptionGrant(exception=practice).save) == "documented_practice"


def test_a_policy_binds_once_another_person_approved_it_and_never_for_days_gone_by(stage: Stage) -> None:
    partnership = stage.draft()
    policy = services.propose_policy(
        effective_from=in_days(0), term_months=48, funding=Decimal("4000000"), citation="A memo", actor=stage.approver
    )
    assert Partnership.objects.get().limits_on(in_days(0)).term_months == 60
    assert codes(lambda: services.approve_policy(policy=policy, actor=stage.approver)) == ["two_people"]
    assert refused(LimitPolicyApproval(policy=policy, approved_by=stage.approver).save) == "two_people"
    assert refused(LimitPolicyApproval(policy=policy).save) == "two_people"
    assert refused(LimitPolicyApproval(policy=policy, approved_by=stage.analyst).save) == "may_not_approve"
    raw("INSERT INTO partnerships_limitpolicy (effective_from, term_months, funding, citation) "
        "VALUES ('2020-01-01', 600, 90000000, 'x')")  # fmt: skip
    forged = LimitPolicy.objects.get(term_months=600)
    assert refused(LimitPolicyApproval(policy=forged, approved_by=stage.approver).save) == "two_people"
    backdated = services.propose_policy(
        effective_from=in_days(-1), term_months=600, funding=FIVE, citation="A memo", actor=stage.analyst
    )
    assert codes(lambda: services.approve_policy(policy=backdated, actor=stage.approver)) == ["backdated"]

    services.approve_policy(policy=policy, actor=make_account(Role.APPROVER, username="second"))
    services.run_due(today=in_days(0))
    partnership.refresh_from_db()
    assert partnership.term_limit_months == 60, "what is in use stays lawful"
    assert partnership.funding_limit == Decimal("4000000.00"), "nothing was planned yet"
    assert partnership.limits_on(in_days(0)).term_months == 48
    rows = Partnership.objects.filter(pk=partnership.pk)
    rows.update(ends_on=date(2025, 1, 1))
    assert rows.get().term_limit_months == 60, "derived from what was in use before this write"
    assert refused(lambda: rows.update(ends_on=date(2025, 1, 2))) == "term_limit"


def test_at_signature_the_policy_is_snapshotted(stage: Stage) -> None:
    partnership = stage.active()
    policy = services.propose_policy(
        effective_from=in_days(0), term_months=12, funding=Decimal("1"), citation="A memo", actor=stage.analyst
    )
    services.approve_policy(policy=policy, actor=stage.approver)
    services.run_due(today=in_days(0))
    partnership.refresh_from_db()
    assert (partnership.term_limit_months, partnership.funding_limit) == (60, FIVE)
    assert partnership.limits_on(in_days(0)).term_months == 60


# ---- around the limits ---------------------------------------------------------------------------------------------


def test_two_partnerships_of_one_country_do_not_overlap_unless_a_reason_allows_one(stage: Stage) -> None:
    first = stage.draft()
    assert codes(lambda: stage.draft(starts_on=END, ends_on=date(2027, 1, 1))) == ["overlap"]
    second = {"country": first.country, "title": "X", "origin_reason": "Y", "starts_on": END, "ends_on": in_days(900)}
    assert refused(Partnership(**second).save) == "overlap"
    stage.draft(starts_on=END, ends_on=date(2027, 1, 1), reason="A second province")
    assert refused(Partnership(**second, overlap_reason="And a third").save) == "overlap"
    stage.draft("PER")
    stage.step(first, "cancel", reason="Not pursued")
    stage.draft()


def test_status_follows_from_steps_alone(stage: Stage) -> None:
    partnership = stage.draft()

    def step(name: str, source: str, target: str, **more: object) -> StatusChange:
        row = {"transition": name, "from_status": source, "to_status": target, "effective_on": START, **more}
        return StatusChange(partnership=partnership, **row)

    assert refused(step("sign", "in_clearance", "signed").save) == "transition"
    assert refused(step("sign", "selected", "signed").save) == "transition"
    assert refused(step("cancel", "selected", "cancelled").save) == "reason"
    assert refused(step("invite", "selected", "invited", effective_on=in_days(1)).save) == "effective_on"
    assert codes(lambda: stage.step(partnership, "sign")) == ["transition"]
    active = stage.active("PER")
    row = {"effective_on": START, "reason": "Because"}
    unfounded = StatusChange(
        partnership=active, transition="suspend", from_status="active", to_status="suspended", **row
    )
    assert refused(unfounded.save) == "determination"


def test_a_record_of_the_past_holds_no_money_and_takes_no_steps(stage: Stage) -> None:
    partnership = services.document_partnership(
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
    assert refused(lambda: rows.update(ends_on=date(2019, 10, 1))) == "term_limit"
    statement = services.state_figure(statement=figure(partnership), actor=None)
    services.document_practice(partnership=partnership, statement=statement, term_months=77)
    services.edit_partnership(partnership=partnership, actor=None, values={"ends_on": date(2019, 10, 1)})
    programme = Programme.objects.create(partnership=partnership, title="X")
    amount = ProgrammeAmount(programme=programme, government=Government.UNITED_STATES, amount=CENT)
    assert refused(amount.save) == "documented_record"
    assert refused(Award(partnership=partnership, title="X", type="grant").save) == "documented_record"
    step = StatusChange(partnership=partnership, transition="close", from_status="completed", to_status="closed")
    step.effective_on = START
    assert refused(step.save) == "documented_record"


def test_a_refusal_by_the_database_speaks_like_the_rule(stage: Stage) -> None:
    partnership = stage.draft()
    with pytest.raises(ValidationError) as caught, refused_alike():
        Partnership.objects.filter(pk=partnership.pk).update(ends_on=END + timedelta(days=1))
    assert caught.value.error_list[0].code == "term_limit"
