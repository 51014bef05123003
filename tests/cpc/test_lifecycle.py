"""State machines as data: what a machine answers, and which ones are refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cpc.findings import Finding, Severity, errors
from cpc.lifecycle import StateMachine, Transition, step_findings


def step(name: str, sources: set[str], target: str, **more: Any) -> Transition:
    return Transition(name, name.capitalize(), sources, target, "x", **more)


START = step("start", {"draft"}, "open")
STOP = step("stop", {"open", "late"}, "draft")
DELAY = step("delay", {"open"}, "late")
UNDO = step("undo", {"late"}, "open", back_to={"draft"})
MACHINE = StateMachine(("draft", "open", "late"), (START, STOP, DELAY, UNDO))


def test_a_machine_answers_in_the_order_of_its_table() -> None:
    assert MACHINE.initial == "draft"
    assert MACHINE.transition("delay") == DELAY
    with pytest.raises(KeyError, match="gone"):
        MACHINE.transition("gone")
    assert MACHINE.transitions_from("open") == (STOP, DELAY)
    assert MACHINE.transitions_from("draft") == (START,)
    assert MACHINE.transition_between("late", "draft") == STOP
    assert MACHINE.transition_between("late", "open") == UNDO
    assert MACHINE.transition_between("draft", "late") is None
    assert MACHINE.edges() == (
        ("start", "draft", "open"),
        ("stop", "late", "draft"),
        ("stop", "open", "draft"),
        ("delay", "open", "late"),
        ("undo", "late", "open"),
        ("undo", "late", "draft"),
    )
    assert MACHINE.moves() == (
        ("draft", "open"),
        ("late", "draft"),
        ("open", "draft"),
        ("open", "late"),
        ("late", "open"),
    )


@pytest.mark.parametrize(("before", "state"), [("draft", "draft"), ("open", "open"), ("late", "open"), (None, "open")])
def test_a_step_that_takes_back_another_leads_to_the_state_before_it(before: str | None, state: str) -> None:
    assert UNDO.leads_to(before) == state
    assert START.leads_to(before) == "open"


@pytest.mark.parametrize(
    ("states", "transitions", "fault"),
    [
        (("draft", "open"), (START, step("start", {"open"}, "draft")), "Two transitions share a name."),
        (("draft", "open"), (START, step("stop", {"open", "gone"}, "draft")), "stop names unknown states: gone."),
        (("draft", "open"), (step("stop", {"open"}, "lost"), START), "stop names unknown states: lost."),
        (("draft", "open"), (START,), "start has no way back to draft and gives no reason."),
        (
            ("draft", "open", "late"),
            (START, step("stop", {"open"}, "draft")),
            "No transition leads to late.",
        ),
        (("draft", "open"), (step("start", {"draft"}, "open", past="Started"), STOP), "No past form of stop."),
    ],
)
def test_a_machine_that_does_not_hold_together_is_refused(
    states: tuple[str, ...], transitions: tuple[Transition, ...], fault: str
) -> None:
    with pytest.raises(ValueError, match="^" + fault.replace(".", r"\.") + "$"):
        StateMachine(states, transitions)


def test_a_step_without_a_way_back_gives_its_reason() -> None:
    machine = StateMachine(("draft", "open"), (step("start", {"draft"}, "open", irreversible_because="It is final."),))
    assert machine.transitions_from("open") == ()


def test_the_checks_of_a_step_find_errors_and_warnings() -> None:
    day = date(2026, 6, 30)
    checks = {
        "start": (
            lambda subject, on: [Finding.error("late", f"{subject} on {on}", "due_on", "22 U.S.C.")],
            lambda subject, on: [Finding.warning("soon", subject)],
        )
    }
    found = step_findings(checks, "start", "x", day)
    assert found == [
        Finding("late", Severity.ERROR, "x on 2026-06-30", "due_on", "22 U.S.C."),
        Finding("soon", Severity.WARNING, "x"),
    ]
    assert errors(found) == found[:1]
    assert step_findings(checks, "stop", "x", day) == []
