"""Accounts of performance with the days of their reports, and the assessment that two people write."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cpc.database.revisions import EditConflict
from partnerships.awards.services.reports import record_report_event, schedule_reports
from partnerships.models import Award, Participant, PerformanceNarrative, ReportDue, YearAssessmentStep
from partnerships.schedules import ReportFrequency, ReportKind
from partnerships.year_results.queries import accounts_of
from partnerships.year_results.services import (
    record_account,
    record_account_of_office,
    take_assessment_step,
    write_assessment,
)
from tests.partnerships.error_codes import db_error_code, error_codes
from tests.worlds.partnerships.build import Active, Stage

pytestmark = pytest.mark.django_db
YEAR = 2025


@pytest.fixture
def award(active: Active) -> Award:
    made = active.stage.award(active.partnership)
    made.starts_on, made.ends_on = date(2024, 10, 1), date(2025, 9, 30)
    made.save(update_fields=["starts_on", "ends_on"])
    return made


def report(active: Active, award: Award, kind: ReportKind = ReportKind.PERFORMANCE) -> ReportDue:
    rows = schedule_reports(award=award, kind=kind, frequency=ReportFrequency.ANNUAL, actor=active.stage.analyst)
    return next(row for row in rows if row.period_end == date(2025, 9, 30))


def event(active: Active, due: ReportDue, kind: str, on: date, note: str = "") -> None:
    record_report_event(report=due, kind=kind, on=on, note=note, actor=active.stage.analyst)


def test_an_account_has_the_days_of_its_report(active: Active, award: Award) -> None:
    due, actor = report(active, award), active.stage.analyst
    (first,) = [record_account(report=due, text="Two courts had no judge", actor=actor)]
    (account,) = accounts_of(active.partnership, YEAR)
    assert (account.who, account.received_on, account.accepted_on) == (award.recipient, None, None)
    assert account.days_late == 0
    event(active, due, "received", due.due_on)
    assert accounts_of(active.partnership, YEAR)[0].days_late == 0
    event(active, due, "returned", due.due_on, "Say why")
    event(active, due, "received", date.fromordinal(due.due_on.toordinal() + 10))
    event(active, due, "accepted", date.fromordinal(due.due_on.toordinal() + 11))
    with pytest.raises(EditConflict):
        record_account(report=due, text="Another", actor=actor, expected_revision="0")
    record_account(report=due, text="Corrected", actor=actor, expected_revision=str(first.pk))
    (account,) = accounts_of(active.partnership, YEAR)
    assert (account.narrative.text, account.days_late) == ("Corrected", 10)
    assert account.accepted_on is not None
    event(active, due, "returned", date.fromordinal(due.due_on.toordinal() + 12), "Not so")
    assert accounts_of(active.partnership, YEAR)[0].accepted_on is None
    assert accounts_of(active.partnership, YEAR + 1) == []


def test_an_account_of_the_partner_government_is_of_one_office_and_year(active: Active) -> None:
    actor = active.stage.analyst
    ministry = active.partnership.participants.get(government="partner", is_lead=True)
    given: dict[str, Any] = {"fiscal_year": YEAR, "received_on": date(2025, 11, 12), "actor": actor}
    record_account_of_office(participant=ministry, text="Seven convictions", **given)
    record_account_of_office(participant=ministry, text="Seven convictions, two on appeal", **given)
    (account,) = accounts_of(active.partnership, YEAR)
    assert (account.who, account.received_on) == (ministry.name, date(2025, 11, 12))
    assert account.narrative.text.endswith("appeal")
    office = active.partnership.participants.get(government="us", is_lead=True)
    assert error_codes(lambda: record_account_of_office(participant=office, text="Ours", **given)) == ["participant"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "reporter"),
        ({"report": True, "received_on": date(2025, 11, 12)}, "reporter"),
        ({"participant": True}, "reporter"),
        ({"report": True, "text": " "}, "text"),
        ({"financial": True}, "report"),
        ({"participant": "us", "received_on": date(2025, 11, 12)}, "participant"),
    ],
)
def test_the_database_keeps_accounts_to_their_reporters(
    active: Active, award: Award, values: dict[str, Any], code: str
) -> None:
    given: dict[str, Any] = {"text": "Words"} | values
    if given.pop("financial", False):
        given["report"] = report(active, award, ReportKind.FINANCIAL)
    elif given.get("report"):
        given["report"] = report(active, award)
    if side := given.get("participant"):
        government = side if isinstance(side, str) else "partner"
        given["participant"] = Participant.objects.get(
            partnership=active.partnership, government=government, is_lead=True
        )
    row = PerformanceNarrative(
        partnership=active.partnership, fiscal_year=YEAR, recorded_by=active.stage.analyst, **given
    )
    assert db_error_code(row.save) == code


def test_a_report_of_money_has_no_account(active: Active, award: Award) -> None:
    due = report(active, award, ReportKind.FINANCIAL)
    assert error_codes(lambda: record_account(report=due, text="Words", actor=active.stage.analyst)) == ["report"]


def test_one_person_drafts_the_assessment_and_another_approves_it(active: Active) -> None:
    stage: Stage = active.stage
    given: dict[str, Any] = {"partnership": active.partnership, "fiscal_year": YEAR}
    row = write_assessment(text="Training is ahead", actor=stage.analyst, expected_revision="0", **given)
    with pytest.raises(EditConflict):
        write_assessment(text="Behind", actor=stage.analyst, expected_revision="0", **given)
    take_assessment_step(assessment=row, name="submit", actor=stage.analyst, on=date(2025, 11, 20))
    assert error_codes(lambda: write_assessment(text="Late", actor=stage.analyst, **given)) == ["assessment_fixed"]
    row.refresh_from_db()
    row.text = "Changed past the service"
    assert db_error_code(row.save) == "assessment_fixed"
    step = YearAssessmentStep(
        assessment=row, name="approve", source="submitted", target="approved", actor=stage.analyst
    )
    assert db_error_code(step.save) in {"two_people", "may_not_approve"}
    done = take_assessment_step(assessment=row, name="approve", actor=stage.approver, on=date(2025, 11, 21))
    assert done.state == "approved"
    take_assessment_step(assessment=row, name="revise", actor=stage.analyst, on=date(2025, 11, 22), reason="A figure")
    write_assessment(text="Training is ahead of plan", actor=stage.analyst, **given)
