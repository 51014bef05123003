from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.validation import reject
from partnerships import schedules
from partnerships.awards.services.awards import step_due_on
from partnerships.lookups.locking import (
    check_still_open,
    create,
    lock_partnership,
    lock_row,
    service,
    set_fields,
)
from partnerships.models import (
    Award,
    CloseoutKind,
    CloseoutStep,
    DocumentVersion,
    ReportDue,
    ReportEvent,
)
from partnerships.states import REPORT


@service(Permission.RECORD_MONEY)
def schedule_reports(
    *,
    award: Award,
    kind: schedules.ReportKind,
    frequency: schedules.ReportFrequency,
    actor: User | None,
) -> list[ReportDue]:
    """Schedule the reports of an award, from its first to its last day. Existing rows stay.

    Raises `ValidationError` with code `term_missing` without days, and `schedule_too_long` for more rows than a
    schedule holds.
    """
    lock_partnership(award.partnership)
    check_still_open(ReportDue(award=award))
    current = lock_row(award)
    if current.starts_on is None or current.last_day is None:
        raise ValidationError("Set the first and last day of the award.", code="term_missing")
    reject(schedules.schedule_in_bounds(current.starts_on, current.last_day, frequency))
    made = []
    for first, last in schedules.periods(current.starts_on, current.last_day, frequency):
        if current.reports_due.filter(kind=kind, frequency=frequency, period_end=last).exists():
            continue
        due = ReportDue(
            award=current,
            kind=kind,
            frequency=frequency,
            period_start=first,
            period_end=last,
            due_on=schedules.report_due_on(last, frequency),
        )
        made.append(create(due, actor=actor, action="scheduled"))
    return made


@service(Permission.RECORD_MONEY)
def record_report_event(
    *,
    report: ReportDue,
    kind: str,
    on: date,
    actor: User,
    note: str = "",
    document: DocumentVersion | None = None,
) -> ReportEvent:
    """Record that a report was received, accepted, returned, or waived.

    Raises `ValidationError` with code `report_state` if the event cannot follow the newest one, and `note` if a
    return or waiver has no reason.
    """
    lock_partnership(report.award.partnership)
    current = ReportDue.objects.select_for_update(of=("self",)).get(pk=report.pk)
    newest = current.events.first()
    step = REPORT.transition_between(newest.kind if newest else REPORT.initial, kind)
    if step is None:
        state = newest.get_kind_display().lower() if newest else "not received"
        raise ValidationError(f"The report is {state}. This event can't come next.", code="report_state")
    if step.needs_reason and not note.strip():
        message = "Explain what needs to change in the report, or why it is waived."
        raise ValidationError({"note": ValidationError(message, code="note")})
    event = ReportEvent(report=current, kind=kind, on=on, note=note.strip(), document=document, recorded_by=actor)
    return create(event, actor=actor, action="recorded")


@service(Permission.RECORD_MONEY)
def plan_closeout(*, award: Award, actor: User | None) -> list[CloseoutStep]:
    """Add the missing steps of an award's close-out, with their due days. Existing steps stay.

    Raises `ValidationError` with code `term_missing` without a last day.
    """
    lock_partnership(award.partnership)
    current = lock_row(award)
    if current.last_day is None:
        raise ValidationError("Set the last day of the award.", code="term_missing")
    listed = set(current.closeout_steps.values_list("kind", flat=True))
    return [
        create(CloseoutStep(award=current, kind=kind, due_on=step_due_on(kind, current.last_day)), actor=actor)
        for kind in CloseoutKind
        if kind not in listed
    ]


@service(Permission.RECORD_MONEY)
def record_closeout_step(
    *, step: CloseoutStep, actor: User, done_on: date | None = None, not_applicable_because: str = ""
) -> CloseoutStep:
    """Record, once, that a step of the close-out is done, or why it does not apply.

    Raises `ValidationError` with code `closeout_step` if the step is already recorded, or unless exactly one of the
    day and the reason is given.
    """
    lock_partnership(step.award.partnership)
    current = CloseoutStep.objects.select_for_update(of=("self",)).get(pk=step.pk)
    if current.is_done:
        raise ValidationError("This step is already recorded and can't be changed.", code="closeout_step")
    if (done_on is None) == (not not_applicable_because):
        raise ValidationError("Enter when it was done, or explain why it does not apply.", code="closeout_step")
    values = {"done_on": done_on, "not_applicable_because": not_applicable_because, "done_by": actor}
    return set_fields(current, values, actor=actor, action="closed")
