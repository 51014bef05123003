"""Life of a partnership from selection to close-out: permissions, preconditions, and scheduled tasks."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command

from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.lifecycle import StateMachine, Transition
from partnerships.agreements import services as agreements_services
from partnerships.awards.services import awards as awards_services
from partnerships.awards.services import reports as reports_services
from partnerships.deadlines import services as deadlines_services
from partnerships.models import (
    AwardState,
    CloseoutKind,
    Correction,
    Determination,
    LedgerEntry,
    LedgerKind,
    Notice,
    Partnership,
    Status,
    StatusChange,
)
from partnerships.money import services as money_services
from partnerships.schedules import ReportFrequency, ReportKind
from partnerships.states import DIALOGUE, PARTNERSHIP, PERIOD, PLAN
from partnerships.status import services as status_services
from partnerships.status.preconditions import award_findings
from tests.partnerships.error_codes import db_error_code, error_codes
from tests.partnerships.publication.withheld_items import determine
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import (
    END,
    START,
    Active,
    Stage,
)

DAY = timedelta(days=1)


def determined(stage: Stage, partnership: Partnership, kind: str = "suspension", **more: Any) -> Determination:
    row: dict[str, Any] = {"grounds": ["eligibility", "responsibilities"], "determined_on": date(2022, 1, 1), **more}
    determination = Determination(
        partnership=partnership, kind=kind, text="Determined", signatory="The Secretary", **row
    )
    return status_services.record_determination(determination=determination, actor=stage.approver)


# ---- the table -----------------------------------------------------------------------------------------------------


def test_machine_has_every_status_and_cancels_only_before_signature() -> None:
    assert list(PARTNERSHIP.states) == list(Status.values)
    assert {t.name for t in PARTNERSHIP.transitions_from("active")} == {"suspend", "complete", "terminate"}
    assert all("cancel" in {t.name for t in PARTNERSHIP.transitions_from(state)} for state in PARTNERSHIP.states[:4])
    assert not any(t.name == "cancel" for state in PARTNERSHIP.states[4:] for t in PARTNERSHIP.transitions_from(state))


def test_a_table_that_does_not_hold_together_is_refused() -> None:
    there: Transition = Transition("go", "Go", {"a"}, "b", "p")
    back: Transition = Transition("return", "Return", {"b"}, "a", "p")
    StateMachine(("a", "b"), (there, back))
    for states, transitions in (
        (("a", "b"), (there,)),
        (("a", "b", "c"), (there, back)),
        (("a",), (there, back)),
        (("a", "b"), (there, there)),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            StateMachine(states, transitions)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.VIEWER, Role.REVIEWER, Role.ADMINISTRATOR, Role.API_CLIENT])
def test_only_an_approver_records_a_signature(stage: Stage, role: Role) -> None:
    partnership = stage.draft()
    stage.restrictions(partnership)
    for name in ("invite", "open_negotiations", "submit_for_clearance"):
        stage.step(partnership, name)
    account = stage.analyst if role == Role.ANALYST else make_account(role)
    with pytest.raises(PermissionDenied):
        status_services.take_step(partnership=partnership, name="sign", actor=account, on=START)


# ---- the gate before signature -------------------------------------------------------------------------------------


def test_whatever_is_missing_before_signature_is_reported_at_once(stage: Stage) -> None:
    partnership = stage.draft()
    agreements_services.edit_partnership(partnership=partnership, actor=stage.analyst, values={"ends_on": None})
    partnership.participants.filter(government="partner").update(is_lead=False)
    for name in ("invite", "open_negotiations", "submit_for_clearance"):
        stage.step(partnership, name, is_cleared=False)
    assert {"term_missing", "lead_missing", "clearance_text", "restrictions_not_reviewed"} <= set(
        error_codes(lambda: stage.step(partnership, "sign"))
    )


@pytest.mark.parametrize(
    ("status", "code"),
    [("triggered", "restriction_bars"), ("under_review", "restriction_bars"), ("waived", ""), ("clear", "")],
)
def test_restrictions_block_each_obligation(active: Active, status: str, code: str) -> None:
    stage, partnership = active.stage, active.partnership
    award = stage.award(partnership, "1000.00")
    stage.move(award, LedgerKind.OBLIGATION, "1.00")
    stage.restrictions(partnership, status)
    if code:
        assert error_codes(lambda: stage.move(award, LedgerKind.OBLIGATION, "1.00")) == [code]
        stage.move(award, LedgerKind.DEOBLIGATION, "0.50")
    else:
        stage.move(award, LedgerKind.OBLIGATION, "1.00")
    expired = date(2099, 1, 2)
    assert "restriction_expired" in error_codes(lambda: stage.move(award, LedgerKind.OBLIGATION, "1.00", expired))


# ---- suspension, reinstatement, termination ------------------------------------------------------------------------


def test_reinstatement_waits_for_a_closed_correction_of_each_ground(active: Active) -> None:
    stage, partnership = active.stage, active.partnership
    suspension = determined(stage, partnership)
    on = date(2022, 1, 1)
    assert error_codes(lambda: stage.step(partnership, "suspend", on, reason="Why")) == ["determination"]
    partnership = stage.step(partnership, "suspend", on, reason="Determined", determination=suspension)
    assert (partnership.status, partnership.ends_on) == ("suspended", END), "the clock does not stop"
    award = stage.award(partnership, "10.00")
    assert "partnership_status" in error_codes(lambda: stage.move(award, LedgerKind.OBLIGATION, "1.00", on))

    corrections = [
        status_services.open_correction(determination=suspension, ground=g, description="To do", actor=stage.analyst)
        for g in suspension.grounds
    ]
    status_services.close_correction(
        correction=corrections[0], evidence="A decree", on=date(2022, 6, 1), actor=stage.approver
    )
    again: dict[str, Any] = {
        "kind": "reinstatement",
        "grounds": [],
        "suspension": suspension,
        "determined_on": date(2022, 7, 1),
    }
    assert error_codes(lambda: determined(stage, partnership, **again)) == ["ground_open"]
    forged = Determination(partnership=partnership, text="X", signatory="Y", recorded_by=stage.approver, **again)
    assert db_error_code(forged.save) == "ground_open"
    status_services.close_correction(
        correction=corrections[1], evidence="A budget", on=date(2022, 6, 2), actor=stage.approver
    )
    forged.save()
    step = StatusChange(
        partnership=partnership, transition="reinstate", from_status="suspended", to_status="active",
        effective_on=date(2022, 6, 1), reason="X", determination=forged, actor=stage.approver,
    )  # fmt: skip
    assert db_error_code(step.save) == "ground_open", "not closed by that day"
    partnership = stage.step(partnership, "reinstate", date(2022, 7, 1), reason="Corrected", determination=forged)
    assert (partnership.status, partnership.ends_on) == ("active", END)
    assert db_error_code(lambda: Correction.objects.update(evidence="Other")) == "correction_closed"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"grounds": []}, "grounds"),
        ({"grounds": ["weather"]}, "grounds"),
        ({"scope": "part"}, "part"),
        ({"subject": "entity"}, "entity"),
        ({"signatory": ""}, "signatory"),
    ],
)
def test_a_determination_names_what_the_statute_asks(stage: Stage, more: dict[str, Any], code: str) -> None:
    partnership = stage.draft()
    row: dict[str, Any] = {
        "grounds": ["eligibility"],
        "signatory": "S",
        "determined_on": START,
        "recorded_by": stage.approver,
        **more,
    }
    assert db_error_code(Determination(partnership=partnership, kind="suspension", text="T", **row).save) == code


def test_a_suspended_entity_receives_nothing_and_the_partnership_goes_on(active: Active) -> None:
    stage, partnership = active.stage, active.partnership
    award, other = stage.award(partnership, "10.00"), stage.award(partnership, "10.00", title="Other")
    determined(stage, partnership, subject="entity", award=award)
    assert error_codes(lambda: stage.move(award, LedgerKind.OBLIGATION, "1.00")) == ["entity_suspended"]
    stage.move(other, LedgerKind.OBLIGATION, "1.00")
    partnership.refresh_from_db()
    assert partnership.status == "active"


def test_termination_ends_the_term_on_its_day(active: Active) -> None:
    stage, partnership = active.stage, active.partnership
    termination = determined(stage, partnership, "termination", determined_on=date(2023, 5, 1))
    partnership = stage.step(partnership, "terminate", date(2023, 5, 1), reason="Determined", determination=termination)
    assert (partnership.status, partnership.ended_on) == ("terminated", date(2023, 5, 1))
    stage.draft(starts_on=date(2023, 5, 2), ends_on=date(2028, 5, 2))


# ---- money ---------------------------------------------------------------------------------------------------------


def test_nothing_is_obligated_before_day_fifteen_nor_above_what_was_notified(stage: Stage) -> None:
    partnership = stage.draft()
    stage.program(partnership, "1000.00")
    stage.sign(partnership)
    money_services.record_notification(
        partnership=partnership, sent_on=START, amount=Decimal("400.00"), reference="CN 1", actor=stage.analyst
    )
    award = stage.award(partnership, "1000.00")
    day = START + 15 * DAY
    assert error_codes(lambda: stage.move(award, LedgerKind.OBLIGATION, "1.00", day - DAY)) == ["not_notified"]
    assert error_codes(lambda: stage.move(award, LedgerKind.OBLIGATION, "400.01", day)) == ["not_notified"]
    early = LedgerEntry(award=award, kind="obligation", amount=1, on=day - DAY, fiscal_year=2021)
    assert db_error_code(early.save) == "not_notified"
    stage.move(award, LedgerKind.OBLIGATION, "400.00", day)
    money_services.exempt_from_notification(
        partnership=partnership,
        kind="within_tenth",
        amount=Decimal("40.00"),
        from_on=day,
        authority="22 U.S.C. 2394-1(b)(1)",
        reason="Within a tenth",
        actor=stage.approver,
    )
    stage.move(award, LedgerKind.OBLIGATION, "40.00", day)
    assert error_codes(lambda: stage.move(award, LedgerKind.OBLIGATION, "0.01", day)) == ["not_notified"]


def test_stop_work_is_no_suspension_and_close_out_has_steps(active: Active) -> None:
    stage, partnership = active.stage, active.partnership
    award = stage.award(partnership, "1000.00")
    stage.move(award, LedgerKind.OBLIGATION, "1000.00")

    def state(to: AwardState) -> None:
        awards_services.change_award_state(award=award, state=to, actor=stage.analyst, on=START, reason="Ordered")

    state(AwardState.STOP_WORK)
    assert error_codes(lambda: stage.move(award, LedgerKind.AWARD, "1.00")) == ["award_state"]
    stage.move(award, LedgerKind.DISBURSEMENT, "300.00")
    partnership.refresh_from_db()
    assert partnership.status == "active"
    state(AwardState.TERMINATED)
    assert error_codes(lambda: state(AwardState.ACTIVE)) == ["award_state"]
    assert error_codes(lambda: state(AwardState.CLOSED)) == ["closeout_open"]
    steps = reports_services.plan_closeout(award=award, actor=stage.analyst)
    assert {step.kind for step in steps} == set(CloseoutKind.values)
    assert reports_services.plan_closeout(award=award, actor=stage.analyst) == []
    for step in steps:
        reports_services.record_closeout_step(step=step, actor=stage.analyst, done_on=END)
    assert error_codes(lambda: state(AwardState.CLOSED)) == ["not_liquidated"]
    stage.move(award, LedgerKind.DEOBLIGATION, "700.00")
    state(AwardState.CLOSED)

    assert error_codes(lambda: stage.step(partnership, "complete", END - DAY)) == ["term_not_over"]
    other = stage.award(partnership, title="Open")
    partnership = stage.step(partnership, "complete", END + 30 * DAY)
    assert (partnership.status, partnership.ended_on) == ("completed", END)
    assert error_codes(lambda: stage.step(partnership, "close", END + 60 * DAY)) == ["award_open"]
    for to in (AwardState.ENDED, AwardState.CLOSED):
        for step in reports_services.plan_closeout(award=other, actor=stage.analyst):
            reports_services.record_closeout_step(
                step=step, actor=stage.analyst, not_applicable_because="Nothing was paid"
            )
        awards_services.change_award_state(award=other, state=to, actor=stage.analyst, on=END, reason="Over")
    assert stage.step(partnership, "close", END + 60 * DAY).status == "closed"
    assert stage.step(partnership, "reopen", END + 90 * DAY, reason="An audit").status == "completed"


def test_what_to_know_about_an_award_is_a_warning(active: Active) -> None:
    stage = active.stage
    award = stage.award(active.partnership)
    assert {f.code for f in award_findings(award)} == {
        "training_not_certified", "statement_missing", "identifiers_missing"
    }  # fmt: skip
    values = {
        "recipient_type": "government",
        "competed": False,
        "not_competed_because": "Only one",
        "uei": "ABCDEFGH1234",
    }
    determine(stage, active.partnership, award.recipient)
    awards_services.edit_award(award=award, actor=stage.analyst, values=values)
    award.refresh_from_db()
    assert {"government_recipient", "not_competed"} <= {f.code for f in award_findings(award)}
    assert {f.severity for f in award_findings(award)} == {"warning"}


# ---- the clock -----------------------------------------------------------------------------------------------------


def test_the_clock_starts_warns_and_announces_once(stage: Stage) -> None:
    partnership = stage.draft()
    stage.program(partnership, "1000.00")
    stage.sign(partnership)
    award = stage.award(partnership)
    reports_services.schedule_reports(
        award=award, kind=ReportKind.PERFORMANCE, frequency=ReportFrequency.ANNUAL, actor=stage.analyst
    )
    assert award.reports_due.count() == 6, "five years and the last day"
    first = award.reports_due.first()
    assert first is not None
    assert first.due_on == date(2021, 9, 30) + 90 * DAY
    assert deadlines_services.run_due(today=START).started == 1
    assert deadlines_services.run_due(today=START) == deadlines_services.DueSummary(0, 0, 0)
    partnership.refresh_from_db()
    assert partnership.status == "active"
    assert AuditEntry.objects.filter(actor_name="System", action="took the step: Start").count() == 1

    first = award.reports_due.first()
    assert first is not None
    assert deadlines_services.run_due(today=first.due_on).notices == 0
    assert deadlines_services.run_due(today=first.due_on + DAY).notices == 1
    reports_services.record_report_event(report=first, kind="received", on=first.due_on, actor=stage.analyst)
    assert error_codes(
        lambda: reports_services.record_report_event(
            report=first, kind="received", on=first.due_on, actor=stage.analyst
        )
    ) == ["report_state"]

    before = Notice.objects.count()
    for days in (200, 180, 100, 90, 30, 0):
        deadlines_services.run_due(today=END - days * DAY)
        call_command("run_due", today=(END - days * DAY).isoformat())
    kinds = list(Notice.objects.filter(kind="expiry").values_list("key", flat=True).order_by("key"))
    assert len(kinds) == 3
    deadlines_services.run_due(today=END + DAY)
    assert Notice.objects.filter(kind="expired").count() == 1
    assert Notice.objects.count() > before + 3


def test_command_explains_an_invalid_day() -> None:
    with pytest.raises(CommandError, match="2026-13-01 is not a date"):
        call_command("run_due", today="2026-13-01")


def test_findings_have_their_messages(stage: Stage) -> None:
    partnership = stage.draft()
    with pytest.raises(ValidationError) as caught:
        stage.step(partnership, "cancel")
    assert caught.value.message_dict == {"reason": ["Enter a reason."]}


@pytest.mark.parametrize("machine", [PLAN, PERIOD, DIALOGUE])
def test_completed_step_is_described_in_the_past(machine: StateMachine) -> None:
    for step in machine.transitions:
        assert step.past not in ("", step.label)
