"""A partnership in the middle of its term: amended, partly suspended, reported on, with a dialogue held."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from partnerships.amendments.services import drafting as drafting_services
from partnerships.amendments.services import steps as step_services
from partnerships.dialogues import services as dialogues_services
from partnerships.limit_exceptions import services as limit_exceptions_services
from partnerships.limits import add_months
from partnerships.models import (
    Amendment,
    AmendmentKind,
    Breakdown,
    Contribution,
    Determination,
    Dialogue,
    Evaluation,
    Partnership,
    ReportingPeriod,
    Risk,
    SustainabilityMeasure,
)
from partnerships.money import services as money_services
from partnerships.monitoring.services import plans as plans_services
from partnerships.monitoring.services import results as results_services
from partnerships.monitoring.services.results import Part
from partnerships.schedules import ReportFrequency
from partnerships.status import services as status_services
from partnerships.sustainability import services as sustainability_services
from tests.worlds.partnerships.build import Stage

EXPIRES = timedelta(days=90)


def approve_plan(stage: Stage, partnership: Partnership, on: date) -> None:
    """Submit the monitoring plan as one person and approve it as another."""
    plan = Partnership.objects.get(pk=partnership.pk).monitoring_plan
    plan = plans_services.take_plan_step(plan=plan, name="submit", actor=stage.analyst, on=on)
    plans_services.take_plan_step(plan=plan, name="approve", actor=stage.approver, on=on)


def report(stage: Stage, period: ReportingPeriod, children: str, share: str, on: date) -> None:
    """Submit results of both indicators as one person and approve them as another."""
    record(stage, period, children, share, on)
    results_services.take_period_step(period=period, name="submit", actor=stage.analyst, on=on)
    results_services.take_period_step(period=period, name="approve", actor=stage.approver, on=on, reason="Agreed")


def record(stage: Stage, period: ReportingPeriod, children: str, share: str, on: date) -> None:
    """Record results of both indicators, with the children by sex and age."""
    first, second = period.partnership.outcome_indicators.order_by("code")
    half = Decimal(children) // 2
    parts = [
        Part(Breakdown.SEX_AGE, half, "female", "12-17"),
        Part(Breakdown.SEX_AGE, Decimal(children) - half, "male", "12-17"),
    ]
    results_services.record_result(
        period=period,
        indicator=first,
        value=Decimal(children),
        parts=parts,
        narrative="More districts keep the register",
        actor=stage.analyst,
        on=on,
    )
    results_services.record_result(
        period=period, indicator=second, value=Decimal(share), narrative="As planned", actor=stage.analyst, on=on
    )


def dialogue(stage: Stage, partnership: Partnership, day: date) -> Dialogue:
    """Hold a dialogue with a key indicator, conclude its minutes, and leave one action item open."""
    made = dialogues_services.plan_dialogue(
        partnership=partnership, planned_on=day, actor=stage.analyst, place="The capital"
    )
    indicator = partnership.outcome_indicators.order_by("code")[0]
    key = dialogues_services.select_key_indicator(
        dialogue=made, indicator=indicator, actor=stage.analyst, why="Behind last year"
    )
    dialogues_services.take_dialogue_step(dialogue=made, name="set_ready", actor=stage.analyst, on=day)
    dialogues_services.edit_dialogue(dialogue=made, values={"held_from": day, "held_until": day}, actor=stage.analyst)
    dialogues_services.take_dialogue_step(dialogue=made, name="hold", actor=stage.analyst, on=day)
    dialogues_services.minute_indicator(
        key_indicator=key, discussion="Registers are late", no_data_reason="No report yet", actor=stage.analyst
    )
    for item in made.agenda.all():
        dialogues_services.minute_item(item=item, minutes="Discussed and agreed", actor=stage.analyst)
    owner = partnership.participants.get(government="partner", is_lead=True)
    dialogues_services.add_action(
        dialogue=made, text="Send the register", owner=owner, due_on=day + timedelta(days=60), actor=stage.analyst
    )
    return dialogues_services.take_dialogue_step(dialogue=made, name="conclude", actor=stage.analyst, on=day)


def amendment(stage: Stage, partnership: Partnership, title: str, ends_on: date) -> Amendment:
    """Draft an amendment that extends the term."""
    drafted = drafting_services.draft_amendment(
        partnership=partnership,
        kind=AmendmentKind.NO_COST_EXTENSION,
        title=title,
        reason="Awards began late",
        actor=stage.analyst,
    )
    drafting_services.propose_change(
        amendment=drafted, row=partnership, field="ends_on", value=ends_on, actor=stage.analyst
    )
    return drafted


def in_effect(stage: Stage, drafted: Amendment, on: date) -> Partnership:
    """Submit an amendment as one person, approve it as another, and put it into effect."""
    step_services.submit_amendment(amendment=drafted, actor=stage.analyst, on=on)
    step_services.decide_amendment(amendment=drafted, approve=True, actor=stage.approver)
    return step_services.apply_amendment(amendment=drafted, actor=stage.analyst, on=on)


def suspended(stage: Stage, partnership: Partnership, on: date) -> Determination:
    """Suspend the whole country on two grounds."""
    made = Determination(
        partnership=partnership,
        kind="suspension",
        grounds=["responsibilities", "eligibility"],
        text="The register was not kept",
        signatory="The Secretary",
        determined_on=on,
    )
    return status_services.determine(determination=made, actor=stage.approver)


def live(stage: Stage, code: str = "KEN") -> Partnership:
    """Make a partnership three years into its term.

    It has an amendment in effect and one in draft, an approved year and an open one, a dialogue, and a suspension.
    """
    today = timezone.now().date()
    start = add_months(today, -36)
    partnership = stage.active(code, starts_on=start, ends_on=add_months(start, 48))
    approve_plan(stage, partnership, start)
    money_services.record_contribution(
        contribution=Contribution(
            partnership=partnership,
            government="partner",
            kind="staff",
            stage="reported",
            fiscal_year=today.year,
            description="Six social workers",
            staff_years=Decimal(6),
            valuation_method="Salaries",
            source="Report of the ministry",
        ),
        actor=stage.analyst,
    )
    in_effect(stage, amendment(stage, partnership, "Six months more", add_months(start, 54)), today)
    partnership.refresh_from_db()
    amendment(stage, partnership, "Two years more", add_months(start, 72))
    periods = results_services.schedule_periods(
        partnership=partnership, frequency=ReportFrequency.ANNUAL, actor=stage.analyst
    )
    report(stage, periods[0], "80", "50", today)
    report(stage, periods[1], "110", "82", today)
    record(stage, periods[2], "40", "85", today)
    dialogue(stage, partnership, add_months(start, 12))
    planned = dialogues_services.plan_dialogue(partnership=partnership, planned_on=today + EXPIRES, actor=stage.analyst)
    dialogues_services.select_key_indicator(
        dialogue=planned, indicator=partnership.outcome_indicators.all()[0], actor=stage.analyst
    )
    _outlook(stage, partnership, today)
    limit_exceptions_services.request_exception(
        partnership=partnership,
        term_months=72,
        reason="Courts open a year later than planned",
        expires_on=today + EXPIRES,
        actor=stage.analyst,
    )
    suspension = suspended(stage, partnership, today)
    status_services.open_correction(
        determination=suspension, ground="responsibilities", description="Keep the register", actor=stage.analyst
    )
    partnership.refresh_from_db()
    return partnership


def _outlook(stage: Stage, partnership: Partnership, today: date) -> None:
    owner = partnership.participants.get(government="partner", is_lead=True)
    rows: list[Any] = [
        SustainabilityMeasure(
            partnership=partnership, kind="budget", text="A budget line for shelters", owner=owner, review_on=today
        ),
        Risk(
            partnership=partnership,
            text="The register loses its staff",
            likelihood=4,
            impact=4,
            mitigation="Posts in the budget of the ministry",
            owner=owner,
            review_on=today - timedelta(days=10),
        ),
        Evaluation(
            partnership=partnership, kind="midline", title="Midline study", planned_on=today, evaluator="A university"
        ),
    ]
    for entry in rows:
        sustainability_services.add_entry(entry=entry, actor=stage.analyst)
