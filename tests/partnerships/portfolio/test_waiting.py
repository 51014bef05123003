"""Work that waits for an approver or for its drafter, row by row."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import models

from partnerships.models import (
    Amendment,
    FigureStatement,
    LimitException,
    LimitExceptionGrant,
    LimitExceptionRefusal,
    LimitPolicy,
    LimitPolicyApproval,
    MonitoringPlan,
    Partnership,
    PlanStep,
    ReportingPeriod,
)
from partnerships.models.status import OriginConfirmation
from partnerships.portfolio import queries
from tests.partnerships.forged import forge
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.build import Stage

DAY = timedelta(days=1)
START = date(2021, 1, 1)


def made(model: type[models.Model], **values: Any) -> Any:
    with unguarded():
        return model._default_manager.bulk_create([model(**values)])[0]


@pytest.fixture
def running(stage: Stage) -> Partnership:
    return forge("Running")


def test_amendments_wait_by_their_state(stage: Stage, running: Partnership) -> None:
    def amendment(number: int, state: str, note: str = "") -> Amendment:
        values = {"partnership": running, "number": number, "kind": "terms", "title": "A", "reason": "B"}
        found: Amendment = made(
            Amendment, **values, state=state, decision_note=note, requested_by=stage.analyst, decided_by=stage.approver
        )
        return found

    later, submitted = amendment(2, "submitted"), amendment(1, "submitted", "Shorter")
    approved, returned = amendment(3, "approved"), amendment(4, "draft", "Shorter")
    for number, state in enumerate(("draft", "applied", "rejected", "withdrawn"), 5):
        amendment(number, state, "" if state == "draft" else "No")
    assert queries.amendments_to_decide(stage.approver) == [later, submitted]
    assert list(queries.amendments_to_apply()) == [approved]
    assert list(queries.amendments_returned()) == [returned]


def test_exceptions_wait_without_a_decision(stage: Stage, running: Partnership) -> None:
    def exception(**more: Any) -> LimitException:
        values = {"partnership": running, "term_months": 72, "reason": "A", "expires_on": START}
        found: LimitException = made(LimitException, **{**values, "requested_by": stage.analyst, **more})
        return found

    first, second = exception(), exception()
    made(LimitExceptionGrant, exception=exception(), granted_by=stage.approver)
    made(LimitExceptionRefusal, exception=exception(), refused_by=stage.approver, reason="No")
    statement = made(FigureStatement, partnership=running, kind="status", text="A", source="B")
    exception(kind="documented_practice", statement=statement, requested_by=None)
    assert queries.exceptions_to_decide(stage.approver) == [first, second]


def test_policies_wait_for_their_approval(stage: Stage) -> None:
    def policy(day: date) -> LimitPolicy:
        found: LimitPolicy = made(
            LimitPolicy, effective_from=day, term_months=60, funding=Decimal(1), citation="A", proposed_by=stage.analyst
        )
        return found

    first, second = policy(START + DAY), policy(START)
    made(LimitPolicyApproval, policy=policy(START + 2 * DAY), approved_by=stage.approver)
    assert queries.policies_to_approve(stage.approver) == [first, second]


def test_plans_wait_once_submitted_or_while_the_return_is_their_last_step(stage: Stage) -> None:
    def plan(name: str, state: str, *steps: str) -> MonitoringPlan:
        row = forge(name)
        with unguarded():
            MonitoringPlan.objects.filter(partnership=row).delete()
        found: MonitoringPlan = made(MonitoringPlan, partnership=row, state=state)
        for step in steps:
            made(PlanStep, plan=found, name=step, source="draft", target="submitted", reason="A", actor=stage.analyst)
        return found

    submitted = plan("submitted", "submitted", "submit")
    returned = plan("returned", "draft", "submit", "return")
    plan("new", "draft")
    plan("revised", "draft", "submit", "return", "submit", "approve", "revise")
    plan("approved", "approved", "submit", "return", "submit", "approve")
    assert queries.plans_to_decide(stage.approver) == [submitted]
    assert list(queries.plans_returned()) == [returned]


def test_periods_wait_by_their_state_the_earliest_first(stage: Stage, running: Partnership) -> None:
    def period(number: int, state: str) -> ReportingPeriod:
        starts_on = START + number * 100 * DAY
        days = {"starts_on": starts_on, "ends_on": starts_on + 99 * DAY, "due_on": starts_on + 130 * DAY}
        found: ReportingPeriod = made(ReportingPeriod, partnership=running, state=state, **days)
        return found

    later, earlier = period(1, "submitted"), period(0, "submitted")
    returned_later, returned = period(3, "returned"), period(2, "returned")
    for number, state in enumerate(("no_data", "in_progress", "approved"), 4):
        period(number, state)
    assert queries.periods_to_decide(stage.approver) == [earlier, later]
    assert list(queries.periods_returned()) == [returned, returned_later]


def test_stated_reasons_wait_until_signature_or_confirmation(stage: Stage) -> None:
    rows = [forge(status, status) for status in ("selected", "invited", "negotiating", "in_clearance")]
    for status in ("signed", "active", "closed", "canceled"):
        forge(status, status)
    made(OriginConfirmation, partnership=forge("confirmed", "selected"), confirmed_by=stage.approver)
    forge("documented", "selected", documented=True)
    assert queries.origins_to_confirm(stage.approver) == rows


def test_only_what_is_in_clearance_and_complete_is_ready_to_sign(stage: Stage) -> None:
    draft = stage.draft("KEN")
    stage.restrictions(draft)
    stage.complete(draft)
    forge("incomplete", "in_clearance", code="PER")
    for name in ("invite", "open_negotiations"):
        stage.step(draft, name, START - DAY)
    assert queries.ready_to_sign(stage.approver, START) == []
    stage.step(draft, "submit_for_clearance", START - DAY)
    assert queries.ready_to_sign(stage.approver, START) == [draft]
