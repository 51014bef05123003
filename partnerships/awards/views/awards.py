from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.forms import model_to_dict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.web import formats
from cpc.web.tables import export_format
from partnerships.awards import presenters
from partnerships.awards.forms import (
    AwardForm,
    AwardStateForm,
    AwardWithRows,
    CloseoutForm,
    CloseoutStepForm,
    LedgerForm,
    NewAwardForm,
    ReportEventForm,
    ReportScheduleForm,
    SubAwardForm,
)
from partnerships.awards.services import awards as awards_services
from partnerships.awards.services import reports as reports_services
from partnerships.awards.services.awards import states_after
from partnerships.closing import takes_no_new
from partnerships.form_parts.base import RowForm
from partnerships.limit_position import award_headroom, headroom, open_to_obligation
from partnerships.lookups.financial_reports import reported
from partnerships.models import Award, AwardState, CloseoutStep, ReportDue, ReportEventKind, Status, SubAward
from partnerships.money import queries as money_queries
from partnerships.money.presenters.lists import award_state
from partnerships.money.views import MoneyAction
from partnerships.page_frame import (
    Context,
    PartPage,
    Visit,
    partnership_page,
)
from partnerships.status.preconditions import warnings_before_money


@partnership_page("awards/award.html", "partnership-money", listed=presenters.LEDGER_LIST)
def award(visit: Visit, award: int) -> Context:
    """Show one award.

    `?format=csv|xlsx` exports its ledger with running totals.
    """
    partnership, today, shown = visit.partnership, visit.today, visit.shown
    record = get_object_or_404(money_queries.awards_of(partnership), pk=award)
    ledger_table = shown.table(presenters.LEDGER)
    if kind := export_format(visit.request):
        rows = presenters.movements(money_queries.ledger_of(record))
        notes = (("Award", str(record)), ("FAIN", record.fain), ("Day", today.isoformat()))
        return shown.export(kind, rows, f"ledger {record}", notes=notes)
    found = money_queries.award_page(record)
    financial = reported([record]).get(record.pk, [])
    shown.counted(len(found.ledger))
    records = visit.user.allows(Permission.RECORD_MONEY)
    return {
        "here": record.recipient,
        "award": record,
        "found": found,
        "state": award_state(record),
        "facts": presenters.award_facts(record),
        "pairs": presenters.description(record),
        "warnings": warnings_before_money(record),
        "record_keys": AWARD_PAGE.record_keys(record),
        "ledger_table": ledger_table,
        "movements": presenters.movements(found.ledger),
        "reports_table": presenters.reports_table(record, today, records=records),
        "financial_table": presenters.financial_reports_table(record, records=records),
        "financial_reports": financial,
        "differences": presenters.differences_shown(record, financial),
        "closeout": [(row, presenters.closeout_badge(row, today)) for row in found.closeout],
        "states": []
        if takes_no_new("awardstep", partnership.status)
        else sorted(states_after(record), key=list(AwardState).index),
        "records": records,
        "may_close_out": visit.may_add("awardstep", Permission.RECORD_MONEY)
        and record.state not in (AwardState.PLANNED, AwardState.CLOSED),
        "schedules": visit.may_add("reportdue", Permission.RECORD_MONEY),
        "subawards": visit.may_add("subaward", Permission.RECORD_MONEY),
        "breadcrumbs": AWARD_PAGE.breadcrumbs(record)[:-1],
    }


class OpenAward(MoneyAction):
    plans = "award"
    form_class = NewAwardForm
    form: AwardWithRows
    template_name = "components/action_group.html"
    heading = "Open an award"
    button = "Open the award"
    intro = (
        "A grant, cooperative agreement, or contract of TIP Office project funds. Its amounts are entries of its "
        "ledger: record the first ones here, or leave them for later."
    )
    done = "The award is open."
    back = "partnership-money#awards"

    def perform(self, values: Mapping[str, Any]) -> str:
        award = Award(partnership=self.partnership, **values)
        made = awards_services.create_award(award=award, actor=self.actor)
        for part in self.form.filled():
            with self.form.errors_at(part):
                awards_services.record_ledger_entry(award=made, actor=self.actor, **part.form.values)
        self.form.refuse_errors()
        return reverse("award", args=[self.partnership.pk, made.pk])


AWARD_PAGE = PartPage("award", "award", "pk", "partnership-money", lambda row: row.recipient)


class AwardAction(MoneyAction):
    part_page = AWARD_PAGE
    back = "award"
    award: Award

    def load(self) -> None:
        super().load()
        self.award = get_object_or_404(money_queries.awards_of(self.partnership), pk=self.kwargs["award"])

    def get_part(self) -> Award:
        return self.award


class EditAward(AwardAction):
    form_class = AwardForm
    form: RowForm
    heading = "Edit the award"
    button = "Save the award"
    done = "Saved."

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"instance": self.award}

    def perform(self, values: Mapping[str, Any]) -> None:
        awards_services.edit_award(
            award=self.award, actor=self.actor, values=values, expected_revision=self.form.expected_revision
        )


class ChangeAwardState(AwardAction):
    plans = "awardstep"
    form_class = AwardStateForm
    form: AwardStateForm
    heading = "Change the state of the award"
    button = "Change the state"
    done = "The state is changed."

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"award": self.award}

    def facts(self) -> list[tuple[str, str]]:
        return [("Now", self.award.get_state_display())]

    def perform(self, values: Mapping[str, Any]) -> None:
        expected = self.form.expected_revision
        awards_services.change_award_state(award=self.award, actor=self.actor, expected_revision=expected, **values)


class RecordLedgerEntry(AwardAction):
    """Record a movement of money in the ledger.

    An error names the limit, the excess, and the largest lawful amount.
    """

    plans = "ledgerentry"
    form_class = LedgerForm
    heading = "Record a ledger entry"
    button = "Record the ledger entry"
    intro = "You can't edit a ledger entry. To correct one, record another entry."
    done = "The ledger entry is recorded."
    back = "award#ledger"

    def facts(self) -> list[tuple[str, str]]:
        left, last = award_headroom(self.award), self.partnership.term_last_day
        may_obligate = self.partnership.may_obligate(self.today)
        notified = open_to_obligation(may_obligate, self.partnership.obligated_total, last, self.today)
        is_suspended = self.partnership.status == Status.SUSPENDED
        to_obligate = Decimal(0) if is_suspended else min(left.obligated, notified)
        facts = [
            ("Available to award", formats.dollars(headroom(self.partnership).awarded)),
            ("Available to obligate today", formats.dollars(to_obligate)),
            ("Available to disburse", formats.dollars(left.disbursed)),
        ]
        if last is None or self.today <= last:
            return facts
        over = (
            "By policy of the office, nothing new is obligated after it. Adjustments, refunds, and payments of "
            "existing awards need a reason and an authority."
        )
        return [*facts, ("The term ended", f"{formats.day(last)}. {over}")]

    def perform(self, values: Mapping[str, Any]) -> None:
        awards_services.record_ledger_entry(award=self.award, actor=self.actor, **values)


class RecordSubAward(AwardAction):
    plans = "subaward"
    form_class = SubAwardForm
    heading = "Record a sub-award"
    button = "Record the sub-award"
    intro = "A sub-award is part of the award and is never added to it. To take one back, replace it with zero."
    done = "The sub-award is recorded."
    back = "award#subawards"
    replaces: SubAward | None = None

    def facts(self) -> list[tuple[str, str]]:
        return [("Remaining in the award", formats.dollars(award_headroom(self.award).subawarded))]

    def perform(self, values: Mapping[str, Any]) -> None:
        subaward = SubAward(award=self.award, replaces=self.replaces, **values)
        awards_services.record_subaward(subaward=subaward, actor=self.actor)


class ReplaceSubAward(RecordSubAward):
    heading = "Replace a sub-award"
    button = "Replace the sub-award"
    replaces: SubAward

    def load(self) -> None:
        super().load()
        self.replaces = get_object_or_404(self.award.subawards, pk=self.kwargs["row"])

    def get_initial(self) -> dict[str, Any]:
        return model_to_dict(self.replaces)

    def facts(self) -> list[tuple[str, str]]:
        return [*super().facts(), ("Replaces", str(self.replaces))]


class ScheduleReports(AwardAction):
    plans = "reportdue"
    form_class = ReportScheduleForm
    heading = "Schedule reports"
    button = "Schedule the reports"
    intro = "Reports are scheduled from the first to the last day of the award. Existing reports don't change."
    done = "The reports are scheduled."
    back = "award#reports"

    def perform(self, values: Mapping[str, Any]) -> None:
        reports_services.schedule_reports(award=self.award, actor=self.actor, **values)


class RecordReportEvent(AwardAction):
    form_class = ReportEventForm
    heading = "Record what happened to a report"
    button = "Record what happened"
    back = "award#reports"
    report: ReportDue

    def load(self) -> None:
        super().load()
        self.report = get_object_or_404(money_queries.reports_of(self.award), pk=self.kwargs["row"])

    def facts(self) -> list[tuple[str, str]]:
        row = self.report
        return [
            ("Recipient", f"{self.award.recipient}, {self.award.fain}" if self.award.fain else self.award.recipient),
            ("Report", f"{row.get_kind_display()}, {row.get_frequency_display().lower()}"),
            ("Period", f"{formats.day(row.period_start)} to {formats.day(row.period_end)}"),
            ("Due", formats.day(row.due_on)),
            ("State", presenters.report_badge(row, self.today).text),
        ]

    def perform(self, values: Mapping[str, Any]) -> None:
        reports_services.record_report_event(report=self.report, actor=self.actor, **values)
        row, what = self.report, ReportEventKind(values["kind"]).label.lower()
        period = f"{formats.day(row.period_start)} to {formats.day(row.period_end)}"
        self.done = f"Recorded as {what}: {row.get_kind_display().lower()} of {self.award.recipient}, {period}."


class PlanCloseout(AwardAction):
    heading = "Plan the close-out"
    button = "Plan the close-out"
    intro = (
        "2 CFR 200.344: the recipient reports within 120 days of the last day, and the office finishes within a year."
    )
    done = "The close-out steps are listed."
    back = "award#closeout"

    def facts(self) -> list[tuple[str, str]]:
        return [("Last day of the award", formats.day(self.award.last_day))]

    def perform(self, values: Mapping[str, Any]) -> None:
        reports_services.plan_closeout(award=self.award, actor=self.actor)


class RecordCloseoutStep(AwardAction):
    form_class = CloseoutStepForm
    button = "Record the step"
    intro = "A close-out step of this award."
    done = "The step is recorded."
    back = "award#closeout"
    step: CloseoutStep

    def load(self) -> None:
        super().load()
        self.step = get_object_or_404(self.award.closeout_steps, pk=self.kwargs["row"])
        self.heading = self.step.get_kind_display()

    def get_initial(self) -> dict[str, Any]:
        return {"done_on": self.today}

    def facts(self) -> list[tuple[str, str]]:
        return [("Due", formats.day(self.step.due_on))]

    def perform(self, values: Mapping[str, Any]) -> None:
        reports_services.record_closeout_step(step=self.step, actor=self.actor, **values)


class CloseOut(AwardAction):
    """End an award, record the steps of its close-out, and close it, as far as each is known."""

    plans = "awardstep"
    form_class = CloseoutForm
    form: CloseoutForm
    template_name = "components/action_group.html"
    heading = "Close out the award"
    button = "Save the close-out"
    intro = "Fill in what is done, in order. Everything is saved, or nothing."
    done = "The close-out is saved."
    back = "award#closeout"

    def redirect_reason(self) -> str:
        is_open = self.request.method == "POST" or not self._is_settled()
        return "" if is_open else "Nothing is left to close out."

    def _is_settled(self) -> bool:
        return self.award.state == AwardState.CLOSED and not self.form_class(**self.form_arguments()).parts

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"award": self.award}

    def facts(self) -> list[tuple[str, str]]:
        return [
            ("Now", self.award.get_state_display()),
            ("Last day of the award", formats.day(self.award.last_day)),
            ("Obligated but not disbursed", formats.dollars(award_headroom(self.award).disbursed)),
        ]

    def perform(self, values: Mapping[str, Any]) -> None:
        form, award = self.form, self.award
        form.require_one("Fill in at least one part.")
        expected: str | None = form.expected_revision
        for part in form.filled("end"):
            with form.errors_at(part):
                award = awards_services.change_award_state(
                    award=award,
                    state=AwardState.ENDED,
                    actor=self.actor,
                    expected_revision=expected,
                    **part.form.values,
                )
            expected = None
        form.refuse_errors()
        if steps := form.filled("step_"):
            reports_services.plan_closeout(award=award, actor=self.actor)
        rows = {step.kind: step for step in award.closeout_steps.all()}
        for part in steps:
            with form.errors_at(part):
                reports_services.record_closeout_step(step=rows[part.record], actor=self.actor, **part.form.values)
        form.refuse_errors()
        for part in form.filled("close"):
            with form.errors_at(part):
                awards_services.change_award_state(
                    award=award, state=AwardState.CLOSED, actor=self.actor, **part.form.values
                )
        form.refuse_errors()
