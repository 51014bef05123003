from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import get_object_or_404

from cpc.findings import errors
from cpc.lifecycle import step_findings
from cpc.web.actions import ActionForm
from partnerships.closing import takes_no_new
from partnerships.form_parts.base import RowForm, row_form
from partnerships.lookups.rule_inputs import newest_targets, plan_state, years_of
from partnerships.models import BaselineStatus, MonitoringPlan, OutcomeIndicator, PlanState
from partnerships.monitoring import presenters as monitoring_presenters
from partnerships.monitoring import queries
from partnerships.monitoring.forms import (
    BROUGHT,
    EDITED,
    INDICATOR,
    LABELS,
    BaselineForm,
    TargetsForm,
    sheet_field,
)
from partnerships.monitoring.preconditions import PLAN_CHECKS
from partnerships.monitoring.services.plans import (
    add_indicator,
    adopt_indicator,
    collect_baseline,
    edit_indicator,
    set_targets,
    take_plan_step,
)
from partnerships.page_frame import (
    Context,
    PartnershipAction,
    ReviewStep,
    Visit,
    available_steps,
    partnership_page,
    step_comments,
    why_another_decides,
)
from partnerships.standard_indicators import LIBRARY, STANDARD, SUGGESTED
from partnerships.states import PLAN

ABOVE = ("partnership-monitoring",)


@partnership_page("monitoring/monitoring.html", "partnership-monitoring", "Monitoring plan")
def plan(visit: Visit) -> Context:
    partnership, user, today = visit.partnership, visit.user, visit.today
    current = queries.plan_of(partnership)
    indicators = list(queries.indicators_of(partnership))
    years, targets = years_of(partnership), newest_targets(row.pk for row in indicators)
    is_open = not takes_no_new("planstep", partnership.status)
    is_draft = is_open and (current is None or current.state == PlanState.DRAFT)
    lacking = step_findings(PLAN_CHECKS, "submit", plan_state(current), today) if current and is_open else []
    return {
        "mark": monitoring_presenters.plan_badge(current),
        "lines": [monitoring_presenters.indicator_line(row, years, targets) for row in indicators],
        "findings": lacking if is_draft else errors(lacking),
        "steps": available_steps(PLAN, current, user) if current and is_open else [],
        "waits": why_another_decides(PLAN, current, user) if current and is_open else "",
        "comments": step_comments(PLAN, current) if current else [],
        "may_edit": visit.may_edit,
        "is_draft": is_draft,
        "library": (STANDARD, SUGGESTED),
    }


class TakePlanStep(ReviewStep):
    machine = PLAN
    checks = PLAN_CHECKS
    record: MonitoringPlan
    back = "partnership-monitoring"

    def get_record(self) -> MonitoringPlan:
        plan = queries.plan_of(self.partnership)
        if plan is None:
            raise Http404
        return plan

    def load(self) -> None:
        super().load()
        self.heading = f"{self.transition.label}: the monitoring plan"
        self.done = f"{self.transition.past}: the monitoring plan."
        if self.transition.name == "approve":
            self.intro = "Approval locks indicators and targets. To change them later, revise the plan, with a reason."

    def subject_facts(self) -> Sequence[tuple[str, Any]]:
        measured = [row for row in queries.indicators_of(self.partnership) if not row.withdrawn]
        return monitoring_presenters.plan_facts(measured, years_of(self.partnership))

    def snapshot(self) -> Any:
        return plan_state(self.record)

    def perform(self, values: Mapping[str, Any]) -> None:
        name, reason = self.transition.name, values["note"]
        take_plan_step(plan=self.record, name=name, actor=self.actor, on=self.today, reason=reason)


class MonitoringPlanAction(PartnershipAction):
    back = "partnership-monitoring"


class AddIndicator(MonitoringPlanAction):
    """Add an indicator from scratch, or from the library with `?adopt=` and its code."""

    plans = "outcomeindicator"
    parameters = ("adopt",)
    form_class = row_form(OutcomeIndicator, INDICATOR, labels=LABELS)
    heading = "Add an indicator"
    button = "Add the indicator"
    intro = "What is measured, how, by whom, and from what baseline."
    done = "The indicator is added. Set its targets."
    code: str

    def load(self) -> None:
        super().load()
        self.code = self.request.GET.get("adopt", "")
        if self.code and self.code not in LIBRARY:
            raise BadRequest(f"{self.code} is not in the library, which has {', '.join(LIBRARY)}.")
        if self.code:
            self.heading = f"Adopt {self.code}"
            self.intro = LIBRARY[self.code].notice

    def get_initial(self) -> dict[str, Any]:
        if not self.code:
            return {}
        entry = LIBRARY[self.code]
        names = ("title", "level", "paradigm", "unit", "by_sex", "by_age")
        values = {name: getattr(entry, name).value for name in ("measure", "direction", "accumulation")}
        return values | {name: getattr(entry, name) for name in names}

    def get_form(self) -> ActionForm:
        form = super().get_form()
        if self.code:
            for name in BROUGHT:
                del form.fields[name]
            if LIBRARY[self.code] in STANDARD:
                form.fields["sheet_read"] = sheet_field()
        return form

    def facts(self) -> list[tuple[str, str]]:
        if not self.code:
            return []
        entry = LIBRARY[self.code]
        facts = [("Code", self.code), ("Title", entry.title)]
        return facts + ([("Reference sheet", entry.address)] if entry.address else [])

    def perform(self, values: Mapping[str, Any]) -> None:
        if self.code:
            own = {"sheet_read": True, **values}
            adopt_indicator(code=self.code, actor=self.actor, partnership=self.partnership, **own)
        else:
            add_indicator(indicator=OutcomeIndicator(partnership=self.partnership, **values), actor=self.actor)


class IndicatorAction(MonitoringPlanAction):
    indicator: OutcomeIndicator

    def load(self) -> None:
        super().load()
        self.indicator = get_object_or_404(queries.indicators_of(self.partnership), pk=self.kwargs["indicator"])


class EditIndicator(IndicatorAction):
    form_class = row_form(OutcomeIndicator, EDITED, labels=LABELS)
    form: RowForm
    button = "Save the indicator"
    done = "Saved."

    def load(self) -> None:
        super().load()
        self.heading = f"Edit {self.indicator.code}"
        self.intro = self.indicator.title

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"instance": self.indicator}

    def perform(self, values: Mapping[str, Any]) -> None:
        edit_indicator(
            indicator=self.indicator, values=values, actor=self.actor, expected_revision=self.form.expected_revision
        )


class SetTargets(IndicatorAction):
    plans = "target"
    form_class = TargetsForm
    form: TargetsForm
    button = "Set the targets"
    done = "The targets are set."

    def load(self) -> None:
        super().load()
        row = self.indicator
        adds_up = row.accumulation == "sum"
        target = "the amount that the year adds" if adds_up else "the figure at the end of the year"
        self.heading = f"Targets of {row.code}"
        self.intro = f"{row.title}. For this indicator, each target is {target}."

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"indicator": self.indicator}

    def facts(self) -> list[tuple[str, str]]:
        line = monitoring_presenters.indicator_line(self.indicator, (), {})
        return [("Baseline", line.baseline), ("Desired direction", self.indicator.get_direction_display())]

    def perform(self, values: Mapping[str, Any]) -> None:
        set_targets(
            indicator=self.indicator,
            targets=self.form.targets,
            actor=self.actor,
            reason=values["reason"],
            expected_revision=self.form.expected_revision,
        )


class RecordBaseline(IndicatorAction):
    form_class = BaselineForm
    button = "Record the baseline"
    done = "The baseline is recorded."

    def load(self) -> None:
        super().load()
        self.heading = f"Baseline of {self.indicator.code}"
        self.intro = f"{self.indicator.title}, {self.indicator.unit}. You can record the baseline only once."

    def blocked_reason(self) -> str:
        is_known = self.indicator.baseline_status == BaselineStatus.KNOWN
        return "There is already a baseline. To correct it, revise the plan and edit the indicator." if is_known else ""

    def perform(self, values: Mapping[str, Any]) -> None:
        collect_baseline(indicator=self.indicator, actor=self.actor, **values)
