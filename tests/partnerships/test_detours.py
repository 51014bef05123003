"""Former detours past a limit or a guard: each worked once, and is now rejected with its code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from cpc.accounts.permissions import Role
from partnerships.amendments.preconditions import amendment_findings
from partnerships.amendments.services import drafting as drafting_services
from partnerships.amendments.services import steps as step_services
from partnerships.awards.services import awards as awards_services
from partnerships.deadlines import services as deadlines_services
from partnerships.models import (
    Activity,
    Amendment,
    AmendmentKind,
    Award,
    AwardState,
    Contribution,
    Correction,
    Determination,
    Government,
    LedgerEntry,
    LedgerKind,
    NotificationExemption,
    Partnership,
    Responsibility,
    StatusChange,
)
from partnerships.money import services as money_services
from partnerships.status import services as status_services
from tests.partnerships.amendments.test_amendments import applied, drafted, set_end
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.partnerships.limit_exceptions.test_derived_and_granted import grant
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import (
    END,
    FOUR_YEARS,
    START,
    Active,
    Stage,
)

TODAY = timezone.now().date()


@pytest.fixture
def running(extendable: Active) -> Partnership:
    return extendable.partnership


def determination(stage: Stage, partnership: Partnership, **more: Any) -> Determination:
    row: dict[str, Any] = {
        "partnership": partnership, "kind": "suspension", "grounds": ["eligibility"], "text": "Determined",
        "signatory": "The Secretary", "determined_on": date(2022, 1, 1), "recorded_by": stage.approver, **more,
    }  # fmt: skip
    return Determination(**row)


# ---- a term without an end -----------------------------------------------------------------------------------------


def test_no_amendment_takes_the_last_day_away(stage: Stage, running: Partnership) -> None:
    amendment = drafted(stage, running, AmendmentKind.TERMS)
    set_end(stage, amendment, None)  # type: ignore[arg-type]  # None is what is tried
    assert error_codes(lambda: applied(stage, amendment)) == ["term_missing"]


def test_an_undated_record_is_not_signed(stage: Stage) -> None:
    draft = stage.draft()
    Partnership.objects.filter(pk=draft.pk).update(starts_on=None, ends_on=None)
    for name in ("invite", "open_negotiations", "submit_for_clearance"):
        stage.step(draft, name)
    sign = StatusChange(
        partnership=draft, transition="sign", from_status="in_clearance", to_status="signed",
        effective_on=START, actor=stage.approver,
    )  # fmt: skip
    assert db_error_code(sign.save) == "term_missing"


@pytest.mark.parametrize("name", ["sign", "cancel"])
def test_a_step_of_an_approver_is_taken_by_no_one_else(stage: Stage, name: str) -> None:
    draft = stage.draft()
    for step in ("invite", "open_negotiations", "submit_for_clearance"):
        stage.step(draft, step)
    target = {"sign": "signed", "cancel": "canceled"}[name]
    step_of = {"partnership": draft, "transition": name, "from_status": "in_clearance", "to_status": target}
    for actor in (None, stage.analyst, make_account(Role.ADMINISTRATOR)):
        row = StatusChange(**step_of, effective_on=START, reason="Because", actor=actor)
        assert db_error_code(row.save) == "may_not_approve"


# ---- figures and days that are none --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (
            "INSERT INTO partnerships_limitexception (partnership_id, kind, funding, reason, expires_on, "
            "requested_by_id) VALUES ({partnership}, 'granted', 'NaN', 'x', '2099-01-01', {analyst})",
            "exception_limit",
        ),
        (
            "INSERT INTO partnerships_limitexception (partnership_id, kind, funding, reason, expires_on, "
            "requested_by_id) VALUES ({partnership}, 'granted', 1, 'x', 'infinity', {analyst})",
            "implausible_day",
        ),
        (
            "INSERT INTO partnerships_limitpolicy (effective_from, term_months, funding, citation) "
            "VALUES ('2099-01-01', 1, 'NaN', 'x')",
            "limit_policy",
        ),
        (
            "INSERT INTO partnerships_limitpolicy (effective_from, term_months, funding, citation) "
            "VALUES ('-infinity', 1, 1, 'x')",
            "implausible_day",
        ),
        (
            "INSERT INTO partnerships_notificationexemption (partnership_id, kind, amount, from_on, authority, reason, "
            "recorded_by_id) VALUES ({partnership}, 'emergency', 'NaN', '2021-01-01', 'x', 'y', {approver})",
            "exemption",
        ),
        (
            "INSERT INTO partnerships_programamount (program_id, government, amount, note) "
            "VALUES ({program}, 'partner', 'NaN', '')",
            "amount",
        ),
        (
            "UPDATE partnerships_partnership SET starts_on = 'infinity', ends_on = NULL WHERE id = {partnership}",
            "implausible_day",
        ),
    ],
)
def test_what_is_no_number_and_no_day_is_refused(stage: Stage, statement: str, code: str) -> None:
    draft = stage.draft()
    keys = {
        "partnership": draft.pk,
        "program": stage.program(draft, "1.00").pk,
        "analyst": stage.analyst.pk,
        "approver": stage.approver.pk,
    }
    assert db_error_code(lambda: raw(statement.format(**keys))) == code


def test_nothing_is_recorded_before_its_day(stage: Stage, running: Partnership) -> None:
    """Otherwise money could be obligated at once, as of a future day on which the notification is old enough."""
    award = stage.award(running, "1000000.00")
    tomorrow = TODAY + timedelta(days=1)
    for kind in LedgerKind:
        assert error_codes(lambda kind=kind: stage.move(award, kind, "0.01", tomorrow)) != [], kind  # type: ignore[misc]  # a lambda that keeps the value of the loop
    entry = LedgerEntry(award=award, kind="obligation", amount=1, on=tomorrow, fiscal_year=2021)
    assert db_error_code(entry.save) == "future_day"
    assert error_codes(
        lambda: money_services.record_notification(
            partnership=running, sent_on=tomorrow, amount=Decimal(1), reference="CN 2", actor=stage.analyst
        )
    ) == ["future_day"]
    assert db_error_code(determination(stage, running, determined_on=tomorrow).save) == "future_day"


# ---- money without any backing ------------------------------------------------------------------------------


def test_raw_rows_obligate_nothing_that_the_service_would_not(stage: Stage, running: Partnership) -> None:
    award, other = stage.award(running, "1000000.00"), stage.award(running, "10.00", title="Other")

    def entry(kind: str, of: Award = award) -> LedgerEntry:
        return LedgerEntry(award=of, kind=kind, amount=1, on=date(2022, 2, 1), fiscal_year=2022)

    status_services.determine(
        determination=determination(stage, running, kind="termination", subject="entity", award=other),
        actor=stage.approver,
    )
    assert error_codes(lambda: stage.move(other, LedgerKind.OBLIGATION, "1.00")) == ["entity_suspended"]
    assert db_error_code(entry("obligation", other).save) == "entity_suspended"
    stop_work = AwardState.STOP_WORK
    awards_services.change_award_state(award=other, state=stop_work, actor=stage.analyst, on=START, reason="Ordered")
    assert db_error_code(entry("award", other).save) == "award_state"
    status_services.determine(determination=determination(stage, running), actor=stage.approver)
    assert db_error_code(entry("obligation").save) == "partnership_status"


def test_no_one_but_an_approver_exempts_determines_or_closes_a_correction(stage: Stage, running: Partnership) -> None:
    exemption = NotificationExemption(
        partnership=running, kind="emergency", amount=1, from_on=START, authority="A", reason="B",
        recorded_by=stage.analyst,
    )  # fmt: skip
    assert db_error_code(exemption.save) == "may_not_approve"
    assert db_error_code(determination(stage, running, recorded_by=stage.analyst).save) == "may_not_approve"
    suspension = status_services.determine(determination=determination(stage, running), actor=stage.approver)
    closed = Correction(
        determination=suspension, ground="eligibility", description="X", evidence="Y", closed_on=date(2022, 2, 1),
        closed_by=stage.analyst,
    )  # fmt: skip
    assert db_error_code(closed.save) == "may_not_approve"


def test_a_reinstatement_ends_a_suspension_as_far_as_it_went(stage: Stage, running: Partnership) -> None:
    suspension = status_services.determine(determination=determination(stage, running), actor=stage.approver)
    again: dict[str, Any] = {"kind": "reinstatement", "grounds": [], "suspension": suspension}
    assert db_error_code(determination(stage, running, **again).save) == "ground_open"
    part = determination(stage, running, **again, scope="part", part="Shelters")
    assert db_error_code(part.save) == "suspension", "or else the whole could never be reinstated"
    assert db_error_code(determination(stage, stage.active("PER"), **again).save) == "suspension"


def test_what_a_row_names_belongs_to_its_partnership(stage: Stage, running: Partnership) -> None:
    other = stage.draft("PER")
    foreign, office, objective = stage.program(other, "1.00"), other.participants.all()[0], other.objectives.get()
    award = stage.award(running)
    rows: list[Any] = [
        Award(partnership=running, title="X", type="grant", recipient="Y", recipient_type="expert", program=foreign),
        Contribution(
            partnership=running, government="partner", kind="cash", stage="pledged", fiscal_year=2022,
            description="X", source="Y", program=foreign,
        ),
        Responsibility(partnership=stage.draft("UGA"), participant=office, text="X"),
        Activity(
            partnership=stage.draft("COL"), objective=objective, title="X", planned_start=START, planned_end=END
        ),
        determination(stage, stage.active("JAM"), subject="entity", award=award),
    ]  # fmt: skip
    for row in rows:
        assert db_error_code(row.save) == "other_partnership", row


# ---- amendments ----------------------------------------------------------------------------------------------------


def topped_up(stage: Stage, partnership: Partnership, amount: str, kind: AmendmentKind) -> Amendment:
    amendment = drafted(stage, partnership, kind)
    drafting_services.propose_amount(
        amendment=amendment, program=partnership.programs.get(), government=Government.UNITED_STATES,
        amount=Decimal(amount), actor=stage.analyst,
    )  # fmt: skip
    return amendment


@pytest.mark.django_db(transaction=True)
def test_an_amendment_in_effect_opens_its_changes_never_again(stage: Stage, running: Partnership) -> None:
    """Run each step in its own transaction, because an applied amendment permits its changes until then."""
    first, back = drafted(stage, running), drafted(stage, running, AmendmentKind.TERMS)
    set_end(stage, first, date(2025, 6, 1))
    applied(stage, first)
    running.refresh_from_db()
    set_end(stage, back, FOUR_YEARS)
    applied(stage, back)

    def once_more() -> None:
        raw("UPDATE partnerships_amendment SET state = 'applied' WHERE id = %s", first.pk)
        Partnership.objects.filter(pk=running.pk).update(ends_on=date(2025, 6, 1))

    assert db_error_code(once_more) == "by_amendment"


def test_a_second_top_up_does_not_take_the_first_one_back(stage: Stage, running: Partnership) -> None:
    first = topped_up(stage, running, "4500000", AmendmentKind.TOP_UP)
    second = topped_up(stage, running, "4200000", AmendmentKind.TOP_UP)
    assert applied(stage, first).planned_total == Decimal("4500000.00")
    assert set(error_codes(lambda: applied(stage, second))) == {"amendment_outdated", "amendment_kind"}


@pytest.mark.parametrize(
    ("kind", "amount", "ends_on", "expected"),
    [
        (AmendmentKind.NO_COST_EXTENSION, "4500000", END, ["amendment_kind"]),
        (AmendmentKind.NO_COST_EXTENSION, None, END, []),
        (AmendmentKind.NO_COST_EXTENSION, None, FOUR_YEARS - timedelta(days=1), ["amendment_kind"]),
        (AmendmentKind.EXTENSION, "4500000", END, []),
        (AmendmentKind.EXTENSION, "4500000", None, ["amendment_kind"]),
        (AmendmentKind.TOP_UP, "3500000", None, ["amendment_kind"]),
        (AmendmentKind.TOP_UP, "4500000", None, []),
        (AmendmentKind.TERMS, None, START, ["dates_order"]),
        (AmendmentKind.CORRECTION, "3500000", FOUR_YEARS - timedelta(days=1), []),
    ],
)
def test_amendment_changes_what_its_kind_permits(
    stage: Stage,
    running: Partnership,
    kind: AmendmentKind,
    amount: str | None,
    ends_on: date | None,
    expected: list[str],
) -> None:
    amendment = topped_up(stage, running, amount, kind) if amount else drafted(stage, running, kind)
    if ends_on:
        set_end(stage, amendment, ends_on)
    assert [finding.code for finding in amendment_findings(amendment=amendment, on=TODAY)] == expected


def test_a_term_does_not_end_before_its_newest_step(stage: Stage, running: Partnership) -> None:
    status_services.determine(determination=determination(stage, running), actor=stage.approver)
    amendment = drafted(stage, running, AmendmentKind.TERMS)
    set_end(stage, amendment, date(2021, 12, 31))
    assert error_codes(lambda: applied(stage, amendment)) == ["ends_before_step"]


def test_what_is_over_is_corrected_and_not_extended(stage: Stage, running: Partnership) -> None:
    waiting = drafted(stage, running)
    set_end(stage, waiting, END)
    step_services.submit_amendment(amendment=waiting, actor=stage.analyst, on=TODAY)
    step_services.decide_amendment(amendment=waiting, approve=True, actor=stage.approver)
    stage.step(running, "complete", on=FOUR_YEARS)
    assert error_codes(
        lambda: step_services.apply_amendment(amendment=waiting, actor=stage.analyst, on=TODAY)
    ) == ["partnership_status"]  # fmt: skip
    assert db_error_code(lambda: Amendment.objects.update(state="applied")) == "partnership_status"
    assert error_codes(lambda: drafted(stage, running)) == ["partnership_status"]
    correction = drafted(stage, running, AmendmentKind.CORRECTION)
    drafting_services.propose_change(
        amendment=correction, row=running, field="title", value="As on the paper", actor=stage.analyst
    )
    assert applied(stage, correction).title == "As on the paper"


# ---- a clock that was late -----------------------------------------------------------------------------------------


def test_a_late_worker_starts_a_term_on_its_first_day(stage: Stage) -> None:
    partnership = stage.draft(starts_on=date(2019, 1, 1), ends_on=date(2022, 1, 1))
    stage.sign(partnership, date(2019, 1, 1))
    deadlines_services.run_due(today=TODAY)
    partnership.refresh_from_db()
    assert (partnership.status, partnership.status_as_of) == ("active", date(2019, 1, 1))
    assert stage.step(partnership, "complete", on=TODAY).ended_on == date(2022, 1, 1)


def test_once_the_term_is_over_it_is_completed_and_nothing_else(stage: Stage, running: Partnership) -> None:
    next_day = FOUR_YEARS + timedelta(days=1)
    late = determination(stage, running, determined_on=next_day)
    attempts: list[Callable[[], object]] = [
        lambda: status_services.determine(determination=late, actor=stage.approver),
        lambda: status_services.determine(
            determination=determination(stage, running, kind="termination", determined_on=next_day),
            actor=stage.approver,
        ),
    ]
    for attempt in attempts:
        assert error_codes(attempt) == ["term_over"]
    assert stage.step(running, "complete", on=TODAY).status == "completed"


# ---- around the guards themselves ----------------------------------------------------------------------------------


def test_a_session_does_not_silence_the_guards(stage: Stage) -> None:
    draft = stage.draft()
    rows = Partnership.objects.filter(pk=draft.pk)

    def silenced() -> None:
        raw("SELECT set_config('pgtrigger.ignore', (SELECT array_agg(tgname)::text FROM pg_trigger), TRUE)")
        rows.update(funding_limit=99_000_000)

    assert db_error_code(silenced) == "derived_limits"


def test_temporary_tables_do_not_shadow_application_tables(stage: Stage) -> None:
    draft = stage.draft()
    program = stage.program(draft, "1.00")

    def shadowed() -> None:
        for table in ("partnership", "program", "limitexception", "limitexceptiongrant", "limitpolicy"):
            name = f"partnerships_{table}"
            raw(f"CREATE TEMP TABLE {name} AS SELECT * FROM public.{name}")
        raw(
            "INSERT INTO public.partnerships_programamount (program_id, government, amount, note) "
            "VALUES (%s, 'us', 99000000, '')",
            program.pk,
        )

    assert db_error_code(shadowed) == "planned_limit"


def test_every_guard_looks_into_the_application_alone(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE l.lanname = 'plpgsql' "
            r"AND (proname LIKE 'pgtrigger\_%' OR proname LIKE 'cpc\_%') AND proconfig IS NULL"
        )
        assert cursor.fetchall() == []


def test_an_exception_is_no_way_around_the_others(stage: Stage) -> None:
    """A granted term leaves the funding limit unchanged, and a granted amount the term limit."""
    draft = stage.draft()
    grant(stage, draft, term_months=84)
    assert error_codes(lambda: stage.program(draft, "5000000.01")) == ["planned_limit"]
