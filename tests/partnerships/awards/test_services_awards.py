"""Services for awards, reports, and close-out: stored values, entries of the audit trail, and codes of refusals."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from cpc.findings import Finding
from partnerships.awards.services import awards as services
from partnerships.awards.services import reports
from partnerships.models import Award, AwardState, CloseoutKind, Determination, Ground, LedgerKind, SubAward
from partnerships.models import LedgerEntry as Entry
from partnerships.schedules import ReportFrequency, ReportKind
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.build import END, START, Active

DAY = timedelta(days=1)
POLICY = "TIP Office policy"


@pytest.fixture
def award(active: Active) -> Award:
    """Return an active award of $1,000, of which nothing is obligated."""
    return active.stage.award(active.partnership, "1000.00")


def unsaved(active: Active, **values: Any) -> Award:
    row: dict[str, Any] = {
        "partnership": active.partnership,
        "title": "Judges",
        "type": "grant",
        "recipient": "An organization",
        "recipient_type": "civil_society",
        "starts_on": START,
        "ends_on": END,
    }
    return Award(**row | values)


def test_an_award_is_opened_and_changed_with_who_did_it(active: Active) -> None:
    award = services.create_award(award=unsaved(active), actor=active.stage.analyst)
    who, action, before, after = trail(award)[0]
    assert (who, action, before) == ("analyst", "created", None)
    assert (after["title"], after["partnership"], after["state"]) == ("Judges", active.partnership.pk, "planned")
    revision = award.current_revision()
    edit: dict[str, Any] = {"award": award, "actor": active.stage.analyst, "expected_revision": revision}
    services.edit_award(values={"title": "Courts"}, **edit)
    assert trail(award)[1:] == [("analyst", "changed", {"title": "Judges"}, {"title": "Courts"})]
    with pytest.raises(EditConflict):
        services.edit_award(values={"title": "Police"}, **edit)
    code = refusals(lambda: services.edit_award(award=award, actor=active.stage.analyst, values={"state": "active"}))
    assert code == {"": "unknown_field"}


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"ends_on": date(2031, 1, 1)}, {}),
        ({"ends_on": date(2031, 1, 2)}, {"ends_on": "award_hard_end"}),
        ({"starts_on": date(2031, 1, 2), "ends_on": None}, {"starts_on": "award_hard_end"}),
        ({"starts_on": None, "ends_on": None}, {}),
    ],
)
def test_an_award_ends_within_ten_years_of_the_term(
    active: Active, award: Award, values: dict[str, Any], codes: dict[str, str]
) -> None:
    if codes:
        assert refusals(lambda: services.create_award(award=unsaved(active, **values), actor=None)) == codes
        assert refusals(lambda: services.edit_award(award=award, values=values, actor=None)) == codes
    else:
        services.create_award(award=unsaved(active, **values), actor=None)
        services.edit_award(award=award, values=values, actor=None)


@pytest.mark.parametrize(
    ("starts_on", "is_refused"),
    [(START + 19 * DAY, False), (START + 20 * DAY, False), (START + 21 * DAY, True), (None, False)],
)
def test_an_award_starts_on_the_day_of_its_first_disbursement_at_the_latest(
    active: Active, award: Award, starts_on: date | None, *, is_refused: bool
) -> None:
    active.stage.move(award, LedgerKind.OBLIGATION, "600.00", START)
    for days in (20, 30):
        active.stage.move(award, LedgerKind.DISBURSEMENT, "10.00", START + days * DAY)
    edit: dict[str, Any] = {"award": award, "values": {"starts_on": starts_on}, "actor": active.stage.analyst}
    if is_refused:
        assert refusals(lambda: services.edit_award(**edit)) == {"starts_on": "award_not_started"}
    else:
        assert services.edit_award(**edit).starts_on == starts_on


def test_a_movement_is_stored_with_everything_that_was_given(active: Active, award: Award) -> None:
    document = active.stage.document(active.partnership)
    entry = services.record_ledger_entry(
        award=award,
        kind=LedgerKind.OBLIGATION,
        amount=Decimal("600.00"),
        on=START + 9 * DAY,
        actor=active.stage.analyst,
        fiscal_year=2020,
        reference="Ref. 7",
        note="First",
        authority="Director",
        document=document,
    )
    assert trail(entry) == [
        (
            "analyst",
            "recorded",
            None,
            {
                "award": award.pk,
                "kind": "obligation",
                "amount": "600.00",
                "on": "2021-01-10",
                "fiscal_year": 2020,
                "reference": "Ref. 7",
                "note": "First",
                "authority": "Director",
                "document": document.pk,
                "recorded_by": active.stage.analyst.pk,
            },
        )
    ]


def test_the_first_obligation_activates_a_planned_award(active: Active) -> None:
    award = services.create_award(award=unsaved(active), actor=active.stage.analyst)
    active.stage.move(award, LedgerKind.AWARD, "100.00")
    active.stage.move(award, LedgerKind.OBLIGATION, "50.00")
    entry = Entry.objects.get(award=award, kind="obligation")
    after = {"state": "active", "ledger_entry": entry.pk}
    assert trail(award)[-1] == ("analyst", "took the step: Activate", {"state": "planned"}, after)
    active.stage.move(award, LedgerKind.OBLIGATION, "50.00")
    assert len(trail(award)) == 2


def found(award: Award, kind: LedgerKind, on: date, **more: Any) -> list[tuple[str, str, str]]:
    """Return code, field, and citation of each finding against an entry of one dollar."""
    award.refresh_from_db()
    entry = Entry(award=award, kind=kind, amount=Decimal(1), on=on, **more)
    findings: list[Finding] = services._entry_findings(award.partnership, entry)
    return [(row.code, row.field, row.citation) for row in findings]


@pytest.mark.parametrize(
    ("state", "refused"),
    [
        ("planned", set()),
        ("active", set()),
        ("stop_work", {"award", "obligation"}),
        ("terminated", {"award", "obligation"}),
        ("ended", {"award", "obligation"}),
        ("closed", {"award", "obligation", "disbursement", "adjustment"}),
    ],
)
def test_an_award_takes_what_its_state_allows(active: Active, award: Award, state: str, refused: set[str]) -> None:
    active.stage.move(award, LedgerKind.OBLIGATION, "10.00")
    with unguarded():
        Award.objects.filter(pk=award.pk).update(state=state)
    kinds = [LedgerKind(name) for name in ("award", "obligation", "disbursement", "adjustment", "reduction")]
    of = {kind: found(award, kind, START + DAY, note="N", authority="A") for kind in kinds}
    assert {str(kind) for kind, rows in of.items() if ("award_state", "", "") in rows} == refused


@pytest.mark.parametrize(("days", "expected"), [(-1, [("award_not_started", "on", "")]), (0, []), (1, [])])
def test_nothing_is_disbursed_before_the_award_starts(
    award: Award, days: int, expected: list[tuple[str, str, str]]
) -> None:
    assert found(award, LedgerKind.DISBURSEMENT, START + days * DAY) == expected


@pytest.mark.parametrize(
    ("kind", "days", "more", "expected"),
    [
        ("disbursement", 0, {}, []),
        ("disbursement", 1, {}, [("entry_basis", "note", POLICY), ("entry_basis", "authority", POLICY)]),
        ("disbursement", 1, {"note": " ", "authority": "A"}, [("entry_basis", "note", POLICY)]),
        ("disbursement", 1, {"note": "N", "authority": "A"}, []),
        ("obligation", 1, {"note": "N", "authority": "A"}, [("obligation_after_term", "on", POLICY)]),
        ("adjustment", 0, {"note": "N", "authority": " "}, [("entry_basis", "authority", POLICY)]),
        ("adjustment", 0, {"note": "N", "authority": "A"}, []),
    ],
)
def test_a_late_movement_and_an_adjustment_need_their_basis(
    active: Active, award: Award, kind: str, days: int, more: dict[str, str], expected: list[tuple[str, str, str]]
) -> None:
    active.stage.move(award, LedgerKind.OBLIGATION, "10.00")
    award.refresh_from_db()
    entry = Entry(award=award, kind=kind, amount=Decimal(1), on=END + days * DAY, **more)
    findings = services._basis_findings(award.partnership, entry)
    assert [(row.code, row.field, row.citation) for row in findings] == expected


def test_an_adjustment_without_an_obligation_is_refused_at_its_kind(award: Award) -> None:
    assert found(award, LedgerKind.ADJUSTMENT, START, note="N", authority="A")[0] == ("nothing_to_adjust", "kind", "")


@pytest.mark.parametrize(
    ("status", "kind", "expected"),
    [
        ("signed", "obligation", None),
        ("active", "obligation", None),
        ("completed", "obligation", ""),
        ("suspended", "obligation", "22 U.S.C. 7103a(d)(6)"),
        ("terminated", "obligation", "22 U.S.C. 7103a(d)(6)"),
        ("invited", "obligation", ""),
        ("completed", "adjustment", None),
        ("terminated", "adjustment", None),
        ("suspended", "adjustment", "22 U.S.C. 7103a(d)(6)"),
        ("closed", "adjustment", ""),
    ],
)
def test_money_is_obligated_while_a_partnership_runs(
    award: Award, status: str, kind: str, expected: str | None
) -> None:
    partnership = award.partnership
    partnership.status = status
    entry = Entry(award=award, kind=kind, amount=Decimal(1), on=START)
    rows = [row for row in services._obligation_findings(partnership, entry) if row.code == "partnership_status"]
    assert [row.citation for row in rows] == ([] if expected is None else [expected])


def test_nothing_is_obligated_before_force_or_to_a_suspended_entity(active: Active, award: Award) -> None:
    assert found(award, LedgerKind.OBLIGATION, START - DAY) == [("obligation_before_force", "on", "")]
    assert found(award, LedgerKind.OBLIGATION, START) == []
    Determination.objects.create(
        partnership=active.partnership,
        kind="suspension",
        subject="entity",
        award=award,
        grounds=[Ground.ELIGIBILITY],
        text="T",
        signatory="S",
        determined_on=START,
        recorded_by=active.stage.approver,
    )
    assert found(award, LedgerKind.OBLIGATION, START) == [("entity_suspended", "", "22 U.S.C. 7103a(d)(6)")]
    assert found(award, LedgerKind.DISBURSEMENT, START) == []


def test_a_subaward_is_recorded_with_who_recorded_it(active: Active, award: Award) -> None:
    row = SubAward(award=award, recipient="A shelter", purpose="Beds", amount=Decimal("10.00"))
    subaward = services.record_subaward(subaward=row, actor=active.stage.analyst)
    values = {"award": award.pk, "recipient": "A shelter", "purpose": "Beds", "amount": "10.00"}
    assert trail(subaward) == [("analyst", "recorded", None, values)]


def test_a_step_of_an_award_is_stored_with_its_reason_and_moves_the_end(active: Active, award: Award) -> None:
    take: dict[str, Any] = {"award": award, "actor": active.stage.analyst, "on": START + 100 * DAY}
    assert refusals(lambda: services.change_award_state(state=AwardState.PLANNED, reason="R", **take)) == {
        "": "award_state"
    }
    assert refusals(lambda: services.change_award_state(state=AwardState.ENDED, reason=" ", **take)) == {
        "reason": "reason"
    }
    revision = Award.objects.get(pk=award.pk).current_revision()
    ended = services.change_award_state(state=AwardState.ENDED, reason=" Done ", expected_revision=revision, **take)
    step = ended.steps.order_by("-pk")[0]
    assert (step.source, step.target, step.reason, step.on) == ("active", "ended", "Done", START + 100 * DAY)
    assert trail(step)[0][:2] == ("analyst", "took the step: End")
    assert trail(award)[-1] == ("analyst", "recorded the end", {"ended_on": None}, {"ended_on": "2021-04-11"})
    with pytest.raises(EditConflict):
        services.change_award_state(state=AwardState.ACTIVE, reason="R", expected_revision=revision, **take)
    services.change_award_state(state=AwardState.ACTIVE, reason="R", **take)
    assert trail(award)[-1] == ("analyst", "took back the end", {"ended_on": "2021-04-11"}, {"ended_on": None})


def test_an_award_closes_with_every_step_done_and_all_money_disbursed(active: Active, award: Award) -> None:
    active.stage.move(award, LedgerKind.OBLIGATION, "10.00")
    take: dict[str, Any] = {"award": award, "actor": active.stage.analyst, "on": START + 100 * DAY, "reason": "R"}
    services.change_award_state(state=AwardState.ENDED, **take)

    def close() -> Award:
        return services.change_award_state(state=AwardState.CLOSED, **take)

    assert refusals(close) == {"": "closeout_open"}
    steps = reports.plan_closeout(award=award, actor=active.stage.analyst)
    assert [step.kind for step in steps] == list(CloseoutKind)
    assert trail(steps[0])[0][:2] == ("analyst", "created")
    for step in steps[:-1]:
        reports.record_closeout_step(step=step, actor=active.stage.analyst, done_on=START + 120 * DAY)
    assert refusals(close) == {"": "closeout_open"}
    reports.record_closeout_step(step=steps[-1], actor=active.stage.analyst, not_applicable_because="None bought")
    before = {"done_on": None, "not_applicable_because": "", "done_by": None}
    after = {"done_on": None, "not_applicable_because": "None bought", "done_by": active.stage.analyst.pk}
    assert trail(steps[-1])[-1] == ("analyst", "closed", before, after)
    again = refusals(lambda: reports.record_closeout_step(step=steps[0], actor=active.stage.analyst, done_on=START))
    assert again == {"": "closeout_step"}
    assert refusals(close) == {"": "not_liquidated"}
    active.stage.move(award, LedgerKind.DISBURSEMENT, "10.00", START + DAY)
    assert close().state == "closed"


def test_due_days_follow_the_end_and_say_so_in_the_trail(active: Active, award: Award) -> None:
    step = reports.plan_closeout(award=award, actor=active.stage.analyst)[0]
    schedule = {"kind": ReportKind.FINANCIAL, "frequency": ReportFrequency.FINAL, "actor": active.stage.analyst}
    [final] = reports.schedule_reports(award=award, **schedule)  # type: ignore[arg-type]
    services.change_award_state(
        award=award, state=AwardState.ENDED, actor=active.stage.analyst, on=START + 100 * DAY, reason="Done"
    )
    assert trail(step)[-1][:2] == trail(final)[-1][:2] == ("analyst", "followed the end")
    final.refresh_from_db()
    assert final.period_end == START + 100 * DAY


def test_a_report_is_scheduled_with_its_period_and_due_day(active: Active, award: Award) -> None:
    schedule = {"kind": ReportKind.PERFORMANCE, "frequency": ReportFrequency.ANNUAL, "actor": active.stage.analyst}
    made = reports.schedule_reports(award=award, **schedule)  # type: ignore[arg-type]
    values = {
        "award": award.pk,
        "kind": "performance",
        "frequency": "annual",
        "period_start": "2021-01-01",
        "period_end": "2021-09-30",
        "due_on": "2021-12-29",
    }
    assert trail(made[0]) == [("analyst", "scheduled", None, values)]
    assert len(made) == 6


def test_events_of_a_report_come_in_their_order_with_reasons(active: Active, award: Award) -> None:
    schedule = {"kind": ReportKind.PERFORMANCE, "frequency": ReportFrequency.FINAL, "actor": active.stage.analyst}
    [report] = reports.schedule_reports(award=award, **schedule)  # type: ignore[arg-type]
    event: dict[str, Any] = {"report": report, "on": START + DAY, "actor": active.stage.analyst}
    assert refusals(lambda: reports.record_report_event(kind="accepted", **event)) == {"": "report_state"}
    assert refusals(lambda: reports.record_report_event(kind="waived", note=" ", **event)) == {"note": "note"}
    document = active.stage.document(active.partnership)
    received = reports.record_report_event(kind="received", note=" Late ", document=document, **event)
    values = {
        "report": report.pk,
        "kind": "received",
        "on": "2021-01-02",
        "note": "Late",
        "document": document.pk,
        "recorded_by": active.stage.analyst.pk,
    }
    assert trail(received) == [("analyst", "recorded", None, values)]
    assert refusals(lambda: reports.record_report_event(kind="returned", **event)) == {"note": "note"}
    assert reports.record_report_event(kind="accepted", **event).document is None


def test_other_roles_write_no_award(active: Active, award: Award) -> None:
    by: dict[str, Any] = {"actor": make_account(Role.VIEWER)}
    schedule: dict[str, Any] = {"kind": ReportKind.FINANCIAL, "frequency": ReportFrequency.FINAL}
    [report] = reports.schedule_reports(award=award, actor=active.stage.analyst, **schedule)
    step = reports.plan_closeout(award=award, actor=active.stage.analyst)[0]
    entry: dict[str, Any] = {"kind": LedgerKind.AWARD, "amount": Decimal(1), "on": START}
    for attempt in (
        lambda: services.create_award(award=unsaved(active), **by),
        lambda: services.edit_award(award=award, values={"title": "T"}, **by),
        lambda: services.record_ledger_entry(award=award, **entry, **by),
        lambda: services.record_subaward(subaward=SubAward(award=award), **by),
        lambda: services.change_award_state(award=award, state=AwardState.ENDED, on=START, reason="R", **by),
        lambda: reports.schedule_reports(award=award, **schedule, **by),
        lambda: reports.record_report_event(report=report, kind="received", on=START, **by),
        lambda: reports.plan_closeout(award=award, **by),
        lambda: reports.record_closeout_step(step=step, done_on=timezone.now().date(), **by),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
