"""Approvals on the overview: with whom they wait, what was returned and why, what was approved."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from cpc.accounts.models import User
from cpc.site.queue import Category, Item, Sent
from partnerships.models import Amendment, MonitoringPlan, PlanStep
from partnerships.portfolio.presenters.approvals import Approval, approvals
from tests.partnerships.unsaved import START, page_of, partnership

WHO = User(name="Approver, TIP Office")
AT = datetime(2023, 5, 4, tzinfo=UTC)
DAY = date(2023, 5, 4)


def amendment(state: str, note: str = "") -> Amendment:
    return Amendment(
        pk=3, partnership_id=7, number=1, title="More shelters", state=state, decision_note=note, decided_by=WHO,
        decided_at=AT if state != "submitted" else None,
    )  # fmt: skip


def only(*rows: Amendment, mine: tuple[Item, ...] = (), sent: tuple[Sent, ...] = ()) -> list[Approval]:
    page = page_of(partnership(decision_id=1), amendments=rows)
    return approvals(page, {row.key: row for row in mine}, {row.key: row for row in sent}, START)


@pytest.mark.parametrize(
    ("state", "note", "shown"),
    [
        ("draft", "", []),
        ("draft", "Two years lack a target", [("Returned", DAY, "Two years lack a target")]),
        ("approved", "Fine", [("Approved", DAY, "")]),
        ("applied", "", [("Approved, in effect", DAY, "")]),
        ("rejected", "Not lawful", [("Rejected", DAY, "Not lawful")]),
        ("withdrawn", "", []),
        ("submitted", "", [("Waiting", None, "")]),
    ],
)
def test_an_amendment_shows_its_decision_with_its_note(
    state: str, note: str, shown: list[tuple[str, date | None, str]]
) -> None:
    assert [(row.mark.text, row.on, row.note) for row in only(amendment(state, note))] == shown


def test_a_waiting_record_names_with_whom_and_has_a_form_for_that_person_alone() -> None:
    waiting, key = amendment("submitted"), "amendment-decide:3"
    (other,) = only(waiting)
    assert (other.with_whom, other.form) == ("an approver", "")
    item = Item(key, "Approve", "/form/", "", "Review", "edit", Category.APPROVALS, since=DAY)
    (own,) = only(waiting, mine=(item,))
    assert (own.form, own.on) == ("/form/", DAY)
    (sender,) = only(waiting, sent=(Sent(key, "Amendment", "/", "Approver, TIP Office", since=DAY, opened_on=DAY),))
    assert (sender.with_whom, sender.on, sender.opened_on, sender.form) == ("Approver, TIP Office", DAY, DAY, "")


def test_the_newest_step_of_the_plan_counts() -> None:
    def step(name: str, reason: str = "") -> PlanStep:
        return PlanStep(plan=MonitoringPlan(pk=9), name=name, reason=reason, actor=WHO, at=AT)

    def shown(*steps: PlanStep) -> list[tuple[str, str]]:
        page = page_of(partnership(decision_id=1), plan_steps=steps)
        return [(row.mark.text, row.note) for row in approvals(page, {}, {}, START)]

    assert shown() == []
    assert shown(step("submit")) == [("Waiting", "")]
    assert shown(step("return", "No baseline"), step("submit")) == [("Returned", "No baseline")]
    assert shown(step("approve"), step("submit")) == [("Approved", "")]
    assert shown(step("revise", "New year"), step("approve")) == []
