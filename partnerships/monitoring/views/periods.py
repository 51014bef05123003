"""Pages of reporting periods and their results.

One person records results and another approves them, which locks the period.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.finding_targets import RecordKeys
from cpc.lifecycle import step_findings
from cpc.parameters import check_parameters
from cpc.web.actions import Breadcrumbs
from partnerships.lookups.rule_inputs import period_state
from partnerships.models import OutcomeIndicator, ReportingPeriod
from partnerships.models.results import PeriodState
from partnerships.monitoring import queries
from partnerships.monitoring.forms import ResultForm, ScheduleForm
from partnerships.monitoring.preconditions import PERIOD_CHECKS
from partnerships.monitoring.presenters import monitoring as monitoring_presenters
from partnerships.monitoring.services.results import record_result, schedule_periods, take_period_step
from partnerships.page_frame import (
    PartnershipAction,
    ReviewStep,
    available_steps,
    breadcrumbs,
    get_managed_or_404,
    may_add,
    record_keys_of,
    render_page,
    step_comments,
    why_another_decides,
)
from partnerships.states import PERIOD

WRITABLE = (PeriodState.NO_DATA, PeriodState.IN_PROGRESS, PeriodState.RETURNED)


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def periods(request: HttpRequest, pk: int) -> HttpResponseBase:
    check_parameters(request, ())
    partnership, today = get_managed_or_404(pk), timezone.now().date()
    return render_page(
        request,
        "partnerships/monitoring/periods.html",
        partnership,
        "partnership-periods",
        here="Reporting periods",
        table=monitoring_presenters.periods_table(today),
        rows=list(queries.periods_of(partnership)),
        may_edit=may_add(partnership, "reportingperiod", user_of(request), Permission.EDIT_PARTNERSHIPS),
    )


class SchedulePeriods(PartnershipAction):
    plans = "reportingperiod"
    permission = Permission.EDIT_PARTNERSHIPS
    form_class = ScheduleForm
    heading = "Schedule reporting periods"
    button = "Schedule the periods"
    intro = "Existing periods don't change; periods for a longer term are added. Reports are due as 4 FAM 642 requires."
    done = "The periods are scheduled."
    back = "partnership-periods"
    above = ("partnership-periods",)

    def perform(self, values: Mapping[str, Any]) -> None:
        schedule_periods(partnership=self.partnership, actor=self.actor, **values)


def _record_keys(row: ReportingPeriod) -> RecordKeys:
    return {**record_keys_of(row.partnership), "period": row.pk}


def _breadcrumbs(row: ReportingPeriod) -> Breadcrumbs:
    own = (monitoring_presenters.period_label(row), reverse("partnership-period", args=[row.partnership_id, row.pk]))
    return [*breadcrumbs(row.partnership, "partnership-periods"), own]


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def period(request: HttpRequest, pk: int, period: int) -> HttpResponseBase:
    check_parameters(request, ())
    partnership, user, today = get_managed_or_404(pk), user_of(request), timezone.now().date()
    row = get_object_or_404(partnership.reporting_periods, pk=period)
    is_open = row.state in WRITABLE
    return render_page(
        request,
        "partnerships/monitoring/period.html",
        partnership,
        "partnership-periods",
        here=monitoring_presenters.period_label(row),
        breadcrumbs=_breadcrumbs(row)[:-1],
        record_keys=_record_keys(row),
        period=row,
        label=monitoring_presenters.period_label(row),
        mark=monitoring_presenters.period_badge(row, today),
        lines=[monitoring_presenters.line_of_period(line) for line in queries.period_lines(row)],
        findings=step_findings(PERIOD_CHECKS, "submit", period_state(row), today) if is_open else [],
        steps=[step for step in available_steps(PERIOD, row, user) if step.name != "begin"],
        waits=why_another_decides(PERIOD, row, user),
        comments=step_comments(row),
        may_record=is_open and user.allows(Permission.EDIT_PARTNERSHIPS),
    )


class TakePeriodStep(ReviewStep):
    machine = PERIOD
    checks = PERIOD_CHECKS
    record: ReportingPeriod
    back = "partnership-period"

    def get_record(self) -> ReportingPeriod:
        return get_object_or_404(self.partnership.reporting_periods, pk=self.kwargs["period"])

    def load(self) -> None:
        super().load()
        self.heading = f"{self.transition.label}: the period {monitoring_presenters.period_label(self.record)}"

    def back_arguments(self) -> list[int]:
        return [self.partnership.pk, self.record.pk]

    def record_keys(self) -> RecordKeys:
        return _record_keys(self.record)

    def breadcrumbs(self) -> Breadcrumbs:
        return _breadcrumbs(self.record)

    def snapshot(self) -> Any:
        return period_state(self.record)

    def perform(self, values: Mapping[str, Any]) -> None:
        name, reason = self.transition.name, values["note"]
        take_period_step(period=self.record, name=name, actor=self.actor, on=self.today, reason=reason)


class RecordResult(PartnershipAction):
    permission = Permission.EDIT_PARTNERSHIPS
    form_class = ResultForm
    form: ResultForm
    template_name = "partnerships/monitoring/result.html"
    button = "Record the result"
    done = "The result is recorded."
    back = "partnership-period"
    period: ReportingPeriod
    indicator: OutcomeIndicator

    def load(self) -> None:
        super().load()
        self.period = get_object_or_404(self.partnership.reporting_periods, pk=self.kwargs["period"])
        measured = queries.indicators_of(self.partnership).filter(withdrawn=False)
        self.indicator = get_object_or_404(measured, pk=self.kwargs["indicator"])
        title, definition = self.indicator.title, self.indicator.definition
        self.intro = f"{title}, {monitoring_presenters.period_label(self.period)}. {definition}"

    def back_arguments(self) -> list[int]:
        return [self.partnership.pk, self.period.pk]

    def record_keys(self) -> RecordKeys:
        return _record_keys(self.period)

    def breadcrumbs(self) -> Breadcrumbs:
        return _breadcrumbs(self.period)

    def redirect_reason(self) -> str:
        if self.period.state in WRITABLE or self.request.method == "POST":
            return ""
        return f"The period is {self.period.get_state_display().lower()}; its results are locked."

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"indicator": self.indicator, "period": self.period}

    def get_context(self) -> dict[str, Any]:
        self.heading = f"{'Replace' if self.form.is_replacing else 'Record'} a result: {self.indicator.code}"
        return super().get_context() | {"grid": _grid(self.form)}

    def perform(self, values: Mapping[str, Any]) -> None:
        record_result(
            period=self.period,
            indicator=self.indicator,
            actor=self.actor,
            on=self.today,
            expected_revision=self.form.expected_revision,
            **values,
        )


def _grid(form: ResultForm) -> list[tuple[str, list[str], list[tuple[str, list[object]]]]]:
    """Return the parts as tables: caption, columns, rows of bound fields."""
    tables: dict[str, dict[str, list[object]]] = {}
    columns: dict[str, list[str]] = {}
    for name, part, label in form.parts:
        caption = part.breakdown.label
        crossed = bool(part.sex and part.age)
        first, _, second = label.partition(", ") if crossed else (label, "", "Number")
        tables.setdefault(caption, {}).setdefault(first, []).append(form[name])
        if second not in columns.setdefault(caption, []):
            columns[caption].append(second)
    return [(caption, columns[caption], list(rows.items())) for caption, rows in tables.items()]
