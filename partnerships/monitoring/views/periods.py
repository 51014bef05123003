"""Pages of reporting periods and their results.

One person records results and another approves them, which locks the period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.shortcuts import get_object_or_404

from cpc.fiscal_years import fiscal_year
from cpc.lifecycle import step_findings
from cpc.parameters import whole_number
from cpc.web import exports
from cpc.web.charts import bullet_legend
from cpc.web.lists import COLUMNS, FILE
from cpc.web.sheets.actions import SheetAction
from cpc.web.sheets.kinds import Sheet
from cpc.web.sheets.saving import SheetErrors
from cpc.web.tables import export_format
from partnerships.aggregation import Method
from partnerships.lookups.field_findings import findings_by_indicator
from partnerships.lookups.rule_inputs import period_state
from partnerships.models import Award, OutcomeIndicator, ReportingPeriod
from partnerships.monitoring import presenters as monitoring_presenters
from partnerships.monitoring import queries
from partnerships.monitoring.forms import DoublesForm, ResultForm, ScheduleForm
from partnerships.monitoring.preconditions import PERIOD_CHECKS
from partnerships.monitoring.presenters import YEARS_FILE, result_line, year_cell
from partnerships.monitoring.results_sheet import PeriodResults, days_left, results_sheet
from partnerships.monitoring.services.results import (
    record_doubles,
    record_result,
    schedule_periods,
    take_period_step,
)
from partnerships.monitoring.tables import RESULTS, TABLE, IndicatorResult, reporters_facts
from partnerships.page_frame import (
    Context,
    PartnershipAction,
    PartPage,
    ReviewStep,
    Visit,
    available_steps,
    partnership_page,
    step_comments,
    why_another_decides,
)
from partnerships.states import PERIOD


@partnership_page("monitoring/periods.html", "partnership-periods", "Reporting periods")
def periods(visit: Visit) -> Context:
    partnership, today = visit.partnership, visit.today
    return {
        "table": monitoring_presenters.periods_table(today),
        "rows": list(queries.periods_of(partnership)),
        "may_edit": visit.may_add("reportingperiod"),
    }


class SchedulePeriods(PartnershipAction):
    plans = "reportingperiod"
    form_class = ScheduleForm
    heading = "Schedule reporting periods"
    button = "Schedule the periods"
    intro = "Existing periods don't change; periods for a longer term are added. Reports are due as 4 FAM 642 requires."
    done = "The periods are scheduled."
    back = "partnership-periods"

    def perform(self, values: Mapping[str, Any]) -> None:
        schedule_periods(partnership=self.partnership, actor=self.actor, **values)


SUBMIT = "submit"
PERIOD_PAGE = PartPage("partnership-period", "period", "pk", "partnership-periods", monitoring_presenters.period_label)


@partnership_page("monitoring/period.html", "partnership-periods")
def period(visit: Visit, period: int) -> Context:
    partnership, user, today = visit.partnership, visit.user, visit.today
    row = get_object_or_404(partnership.reporting_periods, pk=period)
    takes_results, comments = row.takes_results, step_comments(PERIOD, row)
    return {
        "here": monitoring_presenters.period_label(row),
        "breadcrumbs": PERIOD_PAGE.breadcrumbs(row)[:-1],
        "record_keys": PERIOD_PAGE.record_keys(row),
        "period": row,
        "label": monitoring_presenters.period_label(row),
        "mark": monitoring_presenters.period_badge(row, today),
        "lines": [
            monitoring_presenters.line_of_period(line, is_over=row.ends_on < today) for line in queries.shown_lines(row)
        ],
        "findings": step_findings(PERIOD_CHECKS, "submit", period_state(row), today) if takes_results else [],
        "steps": [step for step in available_steps(PERIOD, row, user) if step.name != "begin"],
        "waits": why_another_decides(PERIOD, row, user),
        "comments": comments,
        "newest": next(iter(comments), None),
        "year": fiscal_year(row.ends_on),
        "may_edit": visit.may_edit,
        "may_record": takes_results and visit.may_edit,
    }


class TakePeriodStep(ReviewStep):
    machine = PERIOD
    checks = PERIOD_CHECKS
    record: ReportingPeriod
    part_page = PERIOD_PAGE
    back = "partnership-period"

    def get_record(self) -> ReportingPeriod:
        return get_object_or_404(self.partnership.reporting_periods, pk=self.kwargs["period"])

    def load(self) -> None:
        super().load()
        label = monitoring_presenters.period_label(self.record)
        self.heading = f"{self.transition.label}: the period {label}"
        self.done = f"{self.transition.past}: the report on {label}."
        if self.transition.name == "approve":
            self.intro = "Approval locks the results. An approver can reopen the report later, with a reason."

    def subject_facts(self) -> Sequence[tuple[str, Any]]:
        return [
            ("Report on", monitoring_presenters.period_label(self.record)),
            *monitoring_presenters.period_facts(queries.period_lines(self.record)),
        ]

    def snapshot(self) -> Any:
        return period_state(self.record)

    def perform(self, values: Mapping[str, Any]) -> None:
        name, reason = self.transition.name, values["note"]
        take_period_step(period=self.record, name=name, actor=self.actor, on=self.today, reason=reason)


class RecordResult(PartnershipAction):
    """Record the result of an indicator; `?award=` is the number of the award that reports it."""

    parameters = ("award",)
    form_class = ResultForm
    form: ResultForm
    template_name = "partnerships/monitoring/result.html"
    button = "Record the result"
    done = "The result is recorded."
    part_page = PERIOD_PAGE
    back = "partnership-period"
    period: ReportingPeriod
    indicator: OutcomeIndicator
    award: Award | None = None

    def load(self) -> None:
        super().load()
        self.period = get_object_or_404(self.partnership.reporting_periods, pk=self.kwargs["period"])
        measured = queries.indicators_of(self.partnership).filter(withdrawn=False)
        self.indicator = get_object_or_404(measured, pk=self.kwargs["indicator"])
        if text := self.request.GET.get("award", ""):
            self.award = get_object_or_404(self.partnership.awards, pk=whole_number(text))
            self.kicker = f"{self.kicker}, reported by {self.award.recipient}"
        title, definition = self.indicator.title, self.indicator.definition
        self.intro = f"{title}, {monitoring_presenters.period_label(self.period)}. {definition}"

    def get_part(self) -> ReportingPeriod:
        return self.period

    def redirect_reason(self) -> str:
        if self.period.takes_results or self.request.method == "POST":
            return ""
        return f"The period is {self.period.get_state_display().lower()}; its results are locked."

    def form_arguments(self) -> dict[str, Any]:
        live = queries.live_result(self.period, self.indicator, self.award)
        return super().form_arguments() | {"indicator": self.indicator, "period": self.period, "live": live}

    def get_context(self) -> dict[str, Any]:
        self.heading = f"{'Replace' if self.form.is_replacing else 'Record'} a result: {self.indicator.code}"
        return super().get_context()

    def perform(self, values: Mapping[str, Any]) -> None:
        record_result(
            period=self.period,
            indicator=self.indicator,
            award=self.award,
            actor=self.actor,
            on=self.today,
            expected_revision=self.form.expected_revision,
            **values,
        )


class RecordDoubles(PartnershipAction):
    """Record how many several reporters counted in a period."""

    form_class = DoublesForm
    form: DoublesForm
    heading = "Record duplicates"
    button = "Record the duplicates"
    done = "The duplicates are recorded."
    part_page = PERIOD_PAGE
    back = "partnership-period"
    period: ReportingPeriod
    indicator: OutcomeIndicator

    def load(self) -> None:
        super().load()
        self.period = get_object_or_404(self.partnership.reporting_periods, pk=self.kwargs["period"])
        measured = queries.indicators_of(self.partnership).filter(withdrawn=False, aggregation=Method.DISTINCT)
        self.indicator = get_object_or_404(measured, pk=self.kwargs["indicator"])
        self.intro = f"{self.indicator.title}, {monitoring_presenters.period_label(self.period)}."

    def get_part(self) -> ReportingPeriod:
        return self.period

    def redirect_reason(self) -> str:
        if self.period.takes_results or self.request.method == "POST":
            return ""
        return f"The period is {self.period.get_state_display().lower()}; its results are locked."

    def facts(self) -> Sequence[tuple[str, Any]]:
        results = queries.live_results(self.period, self.indicator).select_related("award")
        return reporters_facts(list(results), self.indicator.measure)

    def form_arguments(self) -> dict[str, Any]:
        live = queries.live_doubles(self.period, self.indicator)
        return super().form_arguments() | {"live": live, "unit": self.indicator.unit}

    def perform(self, values: Mapping[str, Any]) -> None:
        record_doubles(
            period=self.period,
            indicator=self.indicator,
            actor=self.actor,
            expected_revision=self.form.expected_revision,
            **values,
        )


class RecordResults(SheetAction, PartnershipAction):
    """Record the results of a period on a sheet, and submit it in the same request if asked."""

    template_name = "partnerships/monitoring/results_sheet.html"
    button = "Save the results"
    part_page = PERIOD_PAGE
    back = "partnership-period"
    period: ReportingPeriod

    def load(self) -> None:
        super().load()
        self.heading = self.sheet.title
        self.intro = days_left(self.period, self.today)
        if not self.intro:
            self.saves = {SUBMIT: "Save and submit the period"}

    def make_sheet(self) -> Sheet:
        self.period = get_object_or_404(self.partnership.reporting_periods, pk=self.kwargs["period"])
        return results_sheet(self.period, self.actor, self.today)

    def get_part(self) -> ReportingPeriod:
        return self.period

    def redirect_reason(self) -> str:
        """Lead back from locked results. They can still be downloaded."""
        if self.period.takes_results or self.request.method == "POST" or "format" in self.request.GET:
            return ""
        return f"The period is {self.period.get_state_display().lower()}; its results are locked."

    def file_name(self) -> str:
        return self.partnership.country.name

    def after_save(self, step: str) -> None:
        """Submit the period. What an indicator lacks is shown at its cell."""
        kind = self.sheet.kinds[0]
        assert isinstance(kind, PeriodResults)
        if lacking := kind.refuse_unfit(self.rows):
            raise SheetErrors(lacking)
        take_period_step(period=self.period, name=step, actor=self.actor, on=self.today)
        self.done = "The results are saved, and the period is submitted. Another person must approve it."


INTERNAL = "For office use: small counts of people are shown here. Published results hide them."


@partnership_page("monitoring/results.html", "partnership-results-years", "All years", listed=RESULTS)
def results(visit: Visit) -> Context:
    """Show each indicator against its targets.

    `?format=csv|xlsx` exports the columns of the page; with `?columns=file`, one row for each year.
    """
    partnership, today, shown = visit.partnership, visit.today, visit.shown
    by_indicator, findings = queries.results_by_year(partnership, today), findings_by_indicator(partnership.pk)
    table, name = shown.table(TABLE), f"results {partnership}"
    notes = (("Partnership", partnership.title), ("Day", today.isoformat()), ("Note", INTERNAL))
    kind = export_format(visit.request)
    if kind and visit.request.GET.get(COLUMNS) == FILE:
        years = [line for _, lines in by_indicator for line in lines]
        return exports.response(kind, years, YEARS_FILE, name, sheet="Results", notes=notes)
    rows = [
        IndicatorResult(
            result_line(measured), [year_cell(line) for line in lines], len(findings.get(measured.indicator.pk, ()))
        )
        for measured, lines in by_indicator
    ]
    if kind:
        return shown.export(kind, rows, name, notes=notes)
    shown.counted(len(rows))
    return {
        "table": table,
        "rows": rows,
        "legend": bullet_legend(),
        "takes_results": queries.period_that_takes_results(partnership, today) if visit.may_edit else None,
        "may_edit": visit.may_edit,
    }
