"""Each state of each machine is a row of somebody's queue, or has a reason why no one has to do anything."""

from __future__ import annotations

from cpc.lifecycle import StateMachine
from partnerships import states
from partnerships.queue.awards import awards, closing
from partnerships.queue.decisions import decisions
from partnerships.queue.duties import duties
from partnerships.queue.office import office_work

PRODUCED: dict[str, dict[str, tuple[str, ...]]] = {
    "PARTNERSHIP": {
        "selected": ("partnership-step", "origin-confirm"),
        "invited": ("partnership-step", "origin-confirm"),
        "negotiating": ("partnership-step", "origin-confirm"),
        "in_clearance": ("sign", "clearance-complete"),
        "signed": ("partnership-start",),
        "active": ("partnership-complete", "term-ends", "dialogue-due"),
        "suspended": ("correction-open", "reinstate", "partnership-complete"),
        "completed": ("partnership-close",),
        "terminated": ("partnership-close",),
    },
    "AWARD": {
        "planned": ("award-activate",),
        "active": ("award-end",),
        "stop_work": ("award-end",),
        "terminated": ("award-closeout",),
        "ended": ("award-closeout",),
    },
    "REPORT": {"due": ("report-log",), "returned": ("report-log",), "received": ("report-accept",)},
    "AMENDMENT": {
        "draft": ("amendment-revise", "amendment-submit"),
        "submitted": ("amendment-decide", "amendment-clear"),
        "approved": ("amendment-apply", "amendment-clear"),
    },
    "PLAN": {"draft": ("plan-revise", "plan-submit"), "submitted": ("plan-decide",)},
    "PERIOD": {
        "no_data": ("period-report",),
        "in_progress": ("period-report",),
        "submitted": ("period-decide",),
        "returned": ("period-revise",),
    },
    "ASSESSMENT": {"draft": ("assessment-submit",), "submitted": ("assessment-decide",)},
    "FINDING": {"open": ("finding",), "evidence": ("finding-check",), "reopened": ("finding",)},
    "DIALOGUE": {
        "planned": ("dialogue-indicators", "dialogue-ready"),
        "ready": ("dialogue-hold",),
        "held": ("dialogue-minutes",),
    },
    "ACTION_ITEM": {"open": ("action",)},
    "DOCUMENT_TEMPLATE": {"draft": ("template-release",)},
    "WITHHOLDING": {"proposed": ("withholding-decide",)},
}
"""Branches that find records in a state, by machine."""

SETTLED: dict[str, dict[str, str]] = {
    "PARTNERSHIP": {"closed": "Everything is settled; reopening is a choice.", "canceled": "It never began."},
    "AWARD": {"closed": "It is closed out; reopening is a choice."},
    "REPORT": {"accepted": "It is settled; a return is a choice.", "waived": "No report is expected."},
    "AMENDMENT": {
        "applied": "It is in effect.",
        "rejected": "It stays on file; another one is drafted.",
        "withdrawn": "It stays on file; another one is drafted.",
    },
    "PLAN": {"approved": "It is in force; revising it is a choice."},
    "PERIOD": {"approved": "It is locked; reopening is a choice."},
    "ASSESSMENT": {"approved": "It is on record; revising it is a choice."},
    "FINDING": {"closed": "Somebody else has checked it; reopening is a choice."},
    "DIALOGUE": {
        "concluded": "Its minutes are on record.",
        "canceled": "Without another dialogue, `dialogue-due` asks for one.",
    },
    "ACTION_ITEM": {"done": "It is closed.", "dropped": "It is closed."},
    "DOCUMENT_TEMPLATE": {
        "released": "It is in use, or a newer one is.",
        "rejected": "It stays on file; another one is uploaded.",
        "withdrawn": "It stays on file; another one is uploaded.",
    },
    "WITHHOLDING": {
        "determined": "It holds; a later determination is a choice.",
        "rejected": "It stays on file; another one is proposed.",
        "retracted": "It stays on file; another one is proposed.",
    },
}
"""Why no one has to do anything in a state, by machine."""


def machines() -> dict[str, StateMachine]:
    return {name: machine for name, machine in vars(states).items() if isinstance(machine, StateMachine)}


def test_each_state_has_a_branch_or_a_reason() -> None:
    assert machines().keys() == PRODUCED.keys() == SETTLED.keys()
    for name, machine in machines().items():
        assert not PRODUCED[name].keys() & SETTLED[name].keys()
        assert {*PRODUCED[name], *SETTLED[name]} == set(machine.states), name


def test_the_named_branches_exist() -> None:
    branches = [
        *decisions(sent=False), *closing(), *office_work(), *duties(), *awards()
    ]  # fmt: skip
    keys = [branch.key for branch in branches]
    assert len(keys) == len(set(keys))
    named = {key for by_state in PRODUCED.values() for found in by_state.values() for key in found}
    assert named <= set(keys)
