"""Services for accounts of performance, and for the office's assessment of a fiscal year, which two people write."""

from __future__ import annotations

from datetime import date
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.database.revisions import check_revision
from cpc.fiscal_years import fiscal_year
from partnerships.lookups.locking import change, create, lock_partnership, lock_row, service
from partnerships.lookups.steps import step
from partnerships.models import (
    AssessmentState,
    Government,
    Participant,
    Partnership,
    PerformanceNarrative,
    ReportDue,
    YearAssessment,
    YearAssessmentStep,
)
from partnerships.schedules import ReportKind
from partnerships.states import ASSESSMENT
from partnerships.year_results.queries import live_of_office, live_of_report, narrative_revision


@service(Permission.EDIT_PARTNERSHIPS)
def record_account(
    *, report: ReportDue, text: str, actor: User, expected_revision: str | None = None
) -> PerformanceNarrative:
    """Record the account of a performance report, replacing an earlier one.

    Its days are those of the report's events. `expected_revision` is the `narrative_revision` from when the writer
    opened the form. Raises `EditConflict`, and `ValidationError` with code `report` for a report of another kind, or
    `text` without one.
    """
    lock_partnership(report.award.partnership)
    if report.kind != ReportKind.PERFORMANCE:
        raise ValidationError("Choose a performance report.", code="report")
    before = live_of_report(report)
    check_revision(narrative_revision(before), expected_revision)
    row = PerformanceNarrative(
        partnership=report.award.partnership,
        fiscal_year=fiscal_year(report.period_end),
        report=report,
        text=text.strip(),
        replaces=before,
        recorded_by=actor,
    )
    return create(row, actor=actor, action="replaced" if before else "recorded")


@service(Permission.EDIT_PARTNERSHIPS)
def record_account_of_office(
    *,
    participant: Participant,
    fiscal_year: int,
    text: str,
    received_on: date,
    actor: User,
    expected_revision: str | None = None,
) -> PerformanceNarrative:
    """Record the account of an office of the partner government for a fiscal year, replacing an earlier one.

    Raises `EditConflict`, and `ValidationError` with code `participant` for an office of the other government, or
    `text` without one.
    """
    partnership = lock_partnership(participant.partnership)
    if participant.government != Government.PARTNER:
        message = "Choose an office of the partner government."
        raise ValidationError({"participant": ValidationError(message, code="participant")})
    before = live_of_office(participant, fiscal_year)
    check_revision(narrative_revision(before), expected_revision)
    row = PerformanceNarrative(
        partnership=partnership,
        fiscal_year=fiscal_year,
        participant=participant,
        received_on=received_on,
        text=text.strip(),
        replaces=before,
        recorded_by=actor,
    )
    return create(row, actor=actor, action="replaced" if before else "recorded")


@service(Permission.EDIT_PARTNERSHIPS)
def write_assessment(
    *, partnership: Partnership, fiscal_year: int, text: str, actor: User, expected_revision: str | None = None
) -> YearAssessment:
    """Draft the office's assessment of a fiscal year, or change the draft.

    `expected_revision` is the revision of the draft, or "0" for none. Raises `EditConflict`, and `ValidationError` with
    code `assessment_fixed` for one that is submitted or approved.
    """
    lock_partnership(partnership)
    rows = YearAssessment.objects.select_for_update(of=("self",), no_key=True)
    current = rows.filter(partnership=partnership, fiscal_year=fiscal_year).first()
    check_revision(str(current.current_revision()) if current else "0", expected_revision)
    if current is None:
        row = YearAssessment(partnership=partnership, fiscal_year=fiscal_year, text=text.strip())
        return create(row, actor=actor, action="drafted")
    if current.state != AssessmentState.DRAFT:
        message = "The assessment is submitted or approved. Have it returned, or revise it."
        raise ValidationError(message, code="assessment_fixed")
    return change(current, {"text": text.strip()}, actor=actor)


@transaction.atomic
def take_assessment_step(
    *, assessment: YearAssessment, name: str, actor: User, on: date, reason: str = ""
) -> YearAssessment:
    """Take one step of an assessment. Whoever wrote or submitted it can neither approve nor return it."""
    lock_partnership(assessment.partnership)
    return step(
        lock_row(assessment),
        ASSESSMENT,
        name=name,
        checks={},
        state=lambda row: row,
        make=partial(YearAssessmentStep, assessment=assessment),
        actor=actor,
        on=on,
        reason=reason,
    )
