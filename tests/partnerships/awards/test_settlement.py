"""States of awards and reports, and the settlement required before a partnership closes, by every route."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cpc.audit.models import AuditEntry
from partnerships import states
from partnerships.awards.services import awards as awards_services
from partnerships.awards.services import reports as reports_services
from partnerships.deadlines import services as deadlines_services
from partnerships.lookups.duties import reports_open
from partnerships.models import (
    Award,
    AwardState,
    AwardStep,
    AwardType,
    CloseoutStep,
    LedgerEntry,
    LedgerKind,
    Partnership,
    RecipientType,
    ReportDue,
    ReportEvent,
    ReportEventKind,
    StatusChange,
)
from partnerships.schedules import ReportFrequency, ReportKind
from tests.api.test_partnerships import as_program, post, problem, step
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.partnerships.sending import client_of, page_text, send
from tests.worlds.partnerships.build import END, START, Active

TODAY = timezone.now().date()
CLOSED_ON = END + timedelta(days=60)


@pytest.fixture
def analyst(active: Active) -> Client:
    return client_of(active.stage.analyst)


@pytest.fixture
def program(active: Active) -> Client:
    return as_program(active.stage.analyst)


def planned_award(active: Active, amount: str = "2000000.00") -> Award:
    """Return an award with its amount in the ledger that is not activated."""
    award = awards_services.create_award(
        award=Award(
            partnership=active.partnership,
            title="Shelters",
            type=AwardType.GRANT,
            recipient="An organization",
            recipient_type=RecipientType.CIVIL_SOCIETY,
            starts_on=START,
            ends_on=END,
        ),
        actor=active.stage.analyst,
    )
    active.stage.move(award, LedgerKind.AWARD, amount)
    return award


def entry(award: Award, kind: str, amount: str = "1.00", on: date = START) -> LedgerEntry:
    return LedgerEntry(award=award, kind=kind, amount=Decimal(amount), on=on, fiscal_year=2021)


def ledger_url(award: Award) -> str:
    return f"/partnerships/{award.partnership_id}/awards/{award.pk}/ledger/new/"


def state_of(award: Award) -> str:
    return Award.objects.get(pk=award.pk).state


def end(active: Active, award: Award, *, closed: bool = True) -> None:
    """End an award and, unless `closed` is false, close it out."""
    stage = active.stage
    awards_services.change_award_state(award=award, state=AwardState.ENDED, actor=stage.analyst, on=END, reason="Over")
    for one in reports_services.plan_closeout(award=award, actor=stage.analyst):
        reports_services.record_closeout_step(step=one, actor=stage.analyst, done_on=END)
    if closed:
        awards_services.change_award_state(
            award=award, state=AwardState.CLOSED, actor=stage.analyst, on=END, reason="Done"
        )


def settled(active: Active) -> Award:
    """Return a closed-out award of a completed partnership."""
    award = planned_award(active, "1000.00")
    active.stage.move(award, LedgerKind.OBLIGATION, "1000.00")
    active.stage.move(award, LedgerKind.DISBURSEMENT, "1000.00")
    end(active, award)
    active.stage.step(active.partnership, "complete", END)
    return award


# ---- the state of an award -----------------------------------------------------------------------------------------


def obligate_by_page(award: Award, active: Active) -> None:
    sent = send(client_of(active.stage.analyst), ledger_url(award), kind="obligation", amount="5", on=str(START))
    assert sent.status_code == 302


def obligate_by_rest(award: Award, active: Active) -> None:
    body = {"award": award.pk, "kind": "obligation", "amount": "5.00", "on": str(START)}
    assert post(as_program(active.stage.analyst), active.partnership, "ledger/", body).status_code == 201


def obligate_in_bulk(award: Award, active: Active) -> None:
    LedgerEntry.objects.bulk_create([entry(award, "obligation", "2.00"), entry(award, "obligation", "3.00")])


def obligate_by_sql(award: Award, active: Active) -> None:
    raw(
        'INSERT INTO partnerships_ledgerentry (award_id, kind, amount, "on", fiscal_year, reference, note, authority) '
        "VALUES (%s, 'obligation', 5, %s, 2021, '', '', '')",
        award.pk,
        START,
    )


@pytest.mark.parametrize(
    "obligate",
    [
        obligate_by_page,
        obligate_by_rest,
        lambda award, active: active.stage.move(award, LedgerKind.OBLIGATION, "5.00"),
        obligate_in_bulk,
        obligate_by_sql,
    ],
    ids=["page", "REST", "service", "bulk", "SQL"],
)
def test_the_first_obligation_activates_a_planned_award(active: Active, obligate: Any) -> None:
    award = planned_award(active)
    assert state_of(award) == "planned"
    obligate(award, active)
    assert state_of(award) == "active"
    [taken] = award.steps.all()
    assert (taken.name, taken.source, taken.target, taken.on) == ("activate", "planned", "active", START)


def test_the_activation_is_in_the_audit_trail_and_comes_once(active: Active) -> None:
    award = planned_award(active)
    for _ in range(2):
        active.stage.move(award, LedgerKind.OBLIGATION, "5.00")
    [entry_of_step] = AuditEntry.objects.filter(action="took the step: Activate", object_id=str(award.pk))
    assert entry_of_step.after["state"] == "active"
    assert award.steps.get().actor == active.stage.analyst


def test_the_database_knows_no_other_way_between_states_of_an_award(active: Active) -> None:
    award = active.stage.award(active.partnership, "1000.00")
    for state in AwardState.values:
        if state == "active":
            continue
        by_sql = db_error_code(partial(raw, "UPDATE partnerships_award SET state = %s WHERE id = %s", state, award.pk))
        in_bulk = db_error_code(partial(Award.objects.filter(pk=award.pk).update, state=state))
        assert (by_sql, in_bulk) == ("derived_state", "derived_state")
    born = Award(partnership=active.partnership, title="Born", type="grant", recipient_type="expert", state="closed")
    assert db_error_code(lambda: Award.objects.bulk_create([born])) == "derived_state"
    assert error_codes(
        lambda: awards_services.edit_award(award=award, actor=active.stage.analyst, values={"state": "closed"})
    ) == ["unknown_field"]
    assert state_of(award) == "active"


def test_the_database_takes_only_the_steps_of_the_table(active: Active) -> None:
    award = active.stage.award(active.partnership)
    lawful = set(states.AWARD.edges())
    taken = 0
    for name in {name for name, _, _ in lawful}:
        for target in states.AWARD.states:
            made = AwardStep(award=award, name=name, source="active", target=target, reason="Why", on=START)
            if (name, "active", target) in lawful:
                taken += 1
            else:
                assert db_error_code(partial(AwardStep.objects.bulk_create, [made])) == "transition"
    assert taken == 3, "stop work, terminate, end"
    silent = AwardStep(award=award, name="end", source="active", target="ended", reason=" ", on=START)
    assert db_error_code(silent.save) == "reason"


def test_an_award_closes_neither_with_steps_left_nor_with_money_open(active: Active, analyst: Client) -> None:
    award = planned_award(active)
    active.stage.move(award, LedgerKind.OBLIGATION, "1000.00")
    awards_services.change_award_state(
        award=award, state=AwardState.ENDED, actor=active.stage.analyst, on=END, reason="Over"
    )

    def close() -> object:
        state, actor = AwardState.CLOSED, active.stage.analyst
        return awards_services.change_award_state(award=award, state=state, actor=actor, on=END, reason="Done")

    closing = AwardStep(award=award, name="close", source="ended", target="closed", reason="Done", on=END)
    assert (error_codes(close), db_error_code(lambda: AwardStep.objects.bulk_create([closing]))) == (
        ["closeout_open"],
        "closeout_open",
    )
    for one in reports_services.plan_closeout(award=award, actor=active.stage.analyst):
        reports_services.record_closeout_step(step=one, actor=active.stage.analyst, done_on=END)
    assert (error_codes(close), db_error_code(closing.save)) == (["not_liquidated"], "not_liquidated")
    url = f"/partnerships/{award.partnership_id}/awards/{award.pk}/state/"
    assert send(analyst, url, state="closed", reason="Done", on=str(END)).status_code == 422
    active.stage.move(award, LedgerKind.DEOBLIGATION, "1000.00")
    close()
    assert state_of(award) == "closed"


def test_what_was_closed_once_is_not_rewritten(active: Active) -> None:
    award = settled(active)
    done = award.closeout_steps.first()
    assert done is not None
    rewritten = db_error_code(lambda: CloseoutStep.objects.filter(pk=done.pk).update(done_on=None))
    gone = db_error_code(lambda: raw("DELETE FROM partnerships_closeoutstep WHERE id = %s", done.pk))
    assert (rewritten, gone) == ("closeout_step", "closeout_step")


# ---- the reports of an award ---------------------------------------------------------------------------------------


def scheduled(active: Active, award: Award) -> ReportDue:
    made = reports_services.schedule_reports(
        award=award, kind=ReportKind.PERFORMANCE, frequency=ReportFrequency.FINAL, actor=active.stage.analyst
    )
    return made[0]


def test_waived_report_needs_a_reason_and_is_no_longer_due(active: Active, analyst: Client) -> None:
    award = active.stage.award(active.partnership)
    report = scheduled(active, award)
    url = f"/partnerships/{award.partnership_id}/awards/{award.pk}/reports/{report.pk}/"
    silent = send(analyst, url, kind="waived", note=" ", on=str(TODAY))
    assert silent.status_code == 422
    assert "why it is waived" in silent.context["form"].errors["note"][0]
    assert list(reports_open()) == [report]
    assert send(analyst, url, kind="waived", note="Never begun", on=str(TODAY)).status_code == 302
    assert list(reports_open()) == []
    text = page_text(analyst.get(f"/partnerships/{award.partnership_id}/awards/{award.pk}/"))
    assert "Waived" in text
    assert "Never begun" in text
    made = ReportEvent.objects.get()
    assert AuditEntry.objects.filter(action="recorded", object_id=str(made.pk), after__note="Never begun").exists()


def test_events_of_a_report_follow_the_table_in_the_database(active: Active) -> None:
    report = scheduled(active, active.stage.award(active.partnership))
    lawful = set(states.REPORT.moves())

    def event(kind: str, note: str = "Why") -> ReportEvent:
        return ReportEvent(report=report, kind=kind, on=START, note=note, recorded_by=active.stage.analyst)

    newest_kind = "due"
    for kind in ("received", "returned", "waived", "received", "accepted"):
        for other in ReportEventKind.values:
            if (newest_kind, other) not in lawful:
                assert db_error_code(partial(ReportEvent.objects.bulk_create, [event(other)])) == "report_state"
                by_service = partial(
                    reports_services.record_report_event, report=report, kind=other, on=START, note="Why"
                )
                assert error_codes(partial(by_service, actor=active.stage.analyst)) == ["report_state"]
        event(kind).save()
        newest_kind = kind
    another = scheduled(active, active.stage.award(active.partnership, title="Other"))
    unsaid = ReportEvent(report=another, kind="waived", on=START, note=" ", recorded_by=active.stage.analyst)
    assert db_error_code(lambda: ReportEvent.objects.bulk_create([unsaid])) == "note"


# ---- closing a partnership -----------------------------------------------------------------------------------------


def closing(partnership: Partnership, active: Active) -> StatusChange:
    return StatusChange(
        partnership=partnership,
        transition="close",
        from_status="completed",
        to_status="closed",
        effective_on=CLOSED_ON,
        actor=active.stage.approver,
    )


def close_is_refused(active: Active, code: str) -> None:
    """Check that every route to close the partnership is rejected with one code."""
    partnership, approver = active.partnership, active.stage.approver
    page = send(client_of(approver), f"/partnerships/{partnership.pk}/step/close/", on=str(CLOSED_ON))
    assert page.status_code == 422
    answer = problem(step(as_program(approver), partnership, "close", on=str(CLOSED_ON)), 422, "refused")
    assert {error["code"] for error in answer["errors"]} == {code}
    assert set(error_codes(lambda: active.stage.step(partnership, "close", CLOSED_ON))) == {code}
    assert db_error_code(lambda: StatusChange.objects.bulk_create([closing(partnership, active)])) == code
    by_sql = db_error_code(
        lambda: raw(
            "INSERT INTO partnerships_statuschange (partnership_id, transition, from_status, to_status, effective_on, "
            "reason, actor_id) VALUES (%s, 'close', 'completed', 'closed', %s, '', %s)",
            partnership.pk,
            CLOSED_ON,
            approver.pk,
        )
    )
    assert by_sql == code
    assert Partnership.objects.get(pk=partnership.pk).status == "completed"


def test_a_partnership_does_not_close_while_an_award_is_open(active: Active) -> None:
    award = planned_award(active)
    active.stage.move(award, LedgerKind.OBLIGATION, "10.00")
    active.stage.move(award, LedgerKind.DISBURSEMENT, "10.00")
    active.stage.step(active.partnership, "complete", END)
    close_is_refused(active, "award_open")


def test_a_partnership_does_not_close_with_money_obligated_and_not_disbursed(active: Active) -> None:
    award = planned_award(active)
    active.stage.move(award, LedgerKind.OBLIGATION, "2000000.00")
    active.stage.step(active.partnership, "complete", END)
    found = error_codes(lambda: active.stage.step(active.partnership, "close", CLOSED_ON))
    assert found == ["award_open", "not_liquidated"] or set(found) == {"award_open", "not_liquidated"}
    assert db_error_code(closing(active.partnership, active).save) == "not_liquidated"


def test_a_partnership_does_not_close_with_reports_that_never_came(active: Active) -> None:
    award = planned_award(active)
    reports = reports_services.schedule_reports(
        award=award, kind=ReportKind.PERFORMANCE, frequency=ReportFrequency.ANNUAL, actor=active.stage.analyst
    )
    active.stage.move(award, LedgerKind.OBLIGATION, "10.00")
    active.stage.move(award, LedgerKind.DISBURSEMENT, "10.00")
    end(active, award)
    active.stage.step(active.partnership, "complete", END)
    assert len(reports) == 6
    close_is_refused(active, "report_open")
    for number, report in enumerate(reports):
        kind, note = ("received", "") if number % 2 else ("waived", "The recipient had ceased to exist")
        reports_services.record_report_event(report=report, kind=kind, on=END, actor=active.stage.analyst, note=note)
    assert active.stage.step(active.partnership, "close", CLOSED_ON).status == "closed"
    assert not reports_open().exists()
    assert deadlines_services.run_due(today=date(2030, 1, 1)).notices == 0


@pytest.mark.parametrize("kind", ["award", "obligation", "disbursement"])
def test_the_ledger_of_a_closed_partnership_takes_nothing_that_spends(
    active: Active, analyst: Client, program: Client, kind: str
) -> None:
    award = settled(active)
    active.stage.step(active.partnership, "close", CLOSED_ON)
    page = send(analyst, ledger_url(award), kind=kind, amount="1", on=str(CLOSED_ON))
    assert page.status_code == 422
    assert "The partnership is closed" in page_text(page)
    body = {"award": award.pk, "kind": kind, "amount": "1.00", "on": str(CLOSED_ON)}
    answer = problem(post(program, active.partnership, "ledger/", body), 422, "refused")
    assert [error["code"] for error in answer["errors"]] == ["partnership_status"]
    assert error_codes(lambda: active.stage.move(award, LedgerKind(kind), "1.00", CLOSED_ON)) == ["partnership_status"]
    assert db_error_code(lambda: LedgerEntry.objects.bulk_create([entry(award, kind)])) == "partnership_status"
    assert db_error_code(entry(award, kind).save) == "partnership_status"


def test_closed_partnership_blocks_award_steps_and_reports_until_reopened(active: Active) -> None:
    stage, partnership = active.stage, active.partnership
    award = settled(active)
    stage.step(partnership, "close", CLOSED_ON)
    reopening = AwardStep(award=award, name="reopen", source="closed", target="ended", reason="Audit", on=CLOSED_ON)
    assert db_error_code(reopening.save) == "partnership_status"
    attempts = (
        lambda: planned_award(active),
        lambda: awards_services.change_award_state(
            award=award, state=AwardState.ENDED, actor=stage.analyst, on=CLOSED_ON, reason="Audit"
        ),
        lambda: scheduled(active, award),
    )
    assert [error_codes(attempt) for attempt in attempts] == [["partnership_status"]] * 3
    stage.step(partnership, "reopen", CLOSED_ON, reason="An audit")
    reopening.save()
    assert state_of(award) == "ended"
