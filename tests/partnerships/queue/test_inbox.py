"""Decisions reach those who wrote or submitted the record: one message each, with the reason of a return."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.authors import why_not_decide
from cpc.notifications.lines import sections_of
from cpc.notifications.models import Notification
from partnerships.amendments.services import drafting, steps
from partnerships.lookups.partnerships import find
from partnerships.models import Amendment, AmendmentKind, Evaluation, MonitoringPlan
from partnerships.monitoring.services import plans
from partnerships.portfolio.due import due_of
from tests.worlds.partnerships.build import END, Active, Stage
from tests.worlds.partnerships.complete import TERM, make_complete

TODAY = timezone.now().date()
REASON = "The reason names no award."


def inbox(user: User) -> list[tuple[str, str, str, str]]:
    """Return section, person, sentence, and what stands below it, of each line."""
    rows = Notification.objects.filter(recipient=user).order_by("-pk")
    return [
        (section.title, who, line.text, line.reason)
        for section in sections_of(rows, user)
        for who, lines in section.lines.items()
        for line in lines
    ]


def submitted(active: Active) -> Amendment:
    analyst, partnership = active.stage.analyst, active.partnership
    amendment = drafting.draft_amendment(
        partnership=partnership, kind=AmendmentKind.EXTENSION, title="More time", reason="Late awards", actor=analyst
    )
    drafting.propose_change(amendment=amendment, row=partnership, field="ends_on", value=END, actor=analyst)
    return steps.submit_amendment(amendment=amendment, actor=analyst, on=TODAY)


def test_an_amendment_that_is_returned_twice_and_approved_comes_back_each_time(extendable: Active) -> None:
    stage, amendment = extendable.stage, submitted(extendable)
    title, approver = str(extendable.partnership), str(stage.approver)
    steps.return_amendment(amendment=amendment, note=REASON, actor=stage.approver)
    assert inbox(stage.analyst)[0] == (title, approver, "Returned amendment 1", REASON)
    steps.submit_amendment(amendment=amendment, actor=stage.analyst, on=TODAY)
    steps.return_amendment(amendment=amendment, note="Once more", actor=stage.approver)
    steps.submit_amendment(amendment=amendment, actor=stage.analyst, on=TODAY)
    steps.decide_amendment(amendment=amendment, approve=True, actor=stage.approver)
    assert Notification.objects.filter(recipient=stage.analyst, kind="partnerships.returned").count() == 2
    country = extendable.partnership.country.name
    assert (title, approver, f"Amendment 1 was approved, {country}") in [row[:3] for row in inbox(stage.analyst)]
    assert not Notification.objects.filter(recipient=stage.approver).exists()
    assert not Notification.objects.filter(text__contains=REASON).exists()


def test_a_message_to_the_authors_makes_no_one_an_author(extendable: Active) -> None:
    amendment = submitted(extendable)
    steps.return_amendment(amendment=amendment, note=REASON, actor=extendable.stage.approver)
    assert why_not_decide(amendment, extendable.stage.approver) == ""


def test_whoever_lost_the_role_reads_no_reason_of_a_return(extendable: Active) -> None:
    steps.return_amendment(amendment=submitted(extendable), note=REASON, actor=extendable.stage.approver)
    former = User.objects.get(pk=extendable.stage.analyst.pk)
    former.role = Role.REVIEWER
    assert not any(REASON in reason for *_, reason in inbox(former))


@pytest.mark.django_db
def test_the_plan_comes_back_and_its_approval_reaches_those_who_wrote_it() -> None:
    made = make_complete(approved_plan=False)
    step: Callable[..., Any] = plans.take_plan_step
    plan = MonitoringPlan.objects.get(partnership=made.partnership)
    step(plan=plan, name="submit", actor=made.analyst, on=TERM[0])
    step(plan=plan, name="return", actor=made.approver, on=TERM[0], reason=REASON)
    title, approver = str(made.partnership), str(made.approver)
    assert inbox(made.analyst)[0] == (title, approver, "Returned the monitoring plan", REASON)
    step(plan=plan, name="submit", actor=made.analyst, on=TERM[0])
    step(plan=plan, name="approve", actor=made.approver, on=TERM[0])
    country = made.partnership.country.name
    assert f"The monitoring plan was approved, {country}" in [row[2] for row in inbox(made.analyst)]


def test_signature_and_stated_reason_reach_the_author(stage: Stage) -> None:
    signed = stage.sign(stage.draft("TGO"))
    texts, country = [row[2] for row in inbox(stage.analyst)], signed.country.name
    assert {f"The stated reason was confirmed, {country}", f"The partnership was signed, {country}"} <= set(texts)


def test_who_decides_sees_what_is_late_without_its_forms(extendable: Active) -> None:
    partnership, stage = extendable.partnership, extendable.stage
    day = TODAY - timedelta(days=3)
    Evaluation.objects.create(partnership=partnership, kind="midline", title="Midline", planned_on=day)
    row = find(partnership.pk, overdue_on=TODAY)
    assert row is not None
    assert hasattr(row, "overdue")
    office, approver = due_of(row, stage.analyst, TODAY), due_of(row, stage.approver, TODAY)
    assert 0 < row.overdue <= approver.late
    [own] = [one for one in office.rows if one.why.endswith("Midline")]
    [other] = [one for one in approver.rows if "Midline" in one.title]
    assert own.url
    assert not other.url
