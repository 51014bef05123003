"""Page cases for the curated room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.indicators import records
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    APPROVER,
    BOTH,
    EVERYBODY,
    IMPORTING,
    ONCE,
    TITLES,
    VIEWER,
    Arguments,
    Look,
    PageCase,
    TwoWriters,
    refused,
)


def _program(key: str) -> Arguments:
    return lambda scene: {"pk": scene.curated.programs[key].pk}


def _plan(key: str) -> Arguments:
    return lambda scene: {"pk": scene.curated.plans[key].pk}


CASES = (
    PageCase(
        "programs",
        Look("programs", roles=IMPORTING, states=BOTH),
        Look("programs-read", roles=APPROVER),
        Look("programs-nothing", roles=VIEWER, query="?q=nowhere"),
        Look("programs-running", roles=VIEWER, query="?running_on=2025-06-30"),
        Look("programs-refused", roles=VIEWER, states=ALL_ERRORS, query="?sort=size", status=400),
    ),
    PageCase(
        "program-new", Look("program-new", states=BOTH), refused("program-new", "Add the program"), second_writer=ADDS
    ),
    PageCase("program-template", url=lambda world: {"kind": "csv"}, no_page="a file"),
    PageCase(
        "program",
        Look("program", _program("in_effect"), (*IMPORTING, Role.VIEWER)),
        Look("program-replaced", _program("replaced"), VIEWER),
        Look("program-withdrawn", _program("withdrawn"), VIEWER),
        url=records.program,
    ),
    PageCase(
        "program-replace",
        Look("program-replace", _program("in_effect")),
        url=records.program,
        second_writer=TwoWriters(Role.ANALYST, TITLES, {"reason": "It says so"}),
    ),
    PageCase(
        "program-withdraw",
        Look("program-withdraw", _program("in_effect")),
        refused("program-withdraw", "Withdraw the program", _program("in_effect")),
        url=records.program,
        second_writer=ONCE,
    ),
    PageCase("program-document", url=records.program, no_page="a file"),
    PageCase(
        "plans", Look("plans", roles=EVERYBODY, states=BOTH), Look("plans-nothing", roles=VIEWER, query="?q=nowhere")
    ),
    PageCase("plan-new", Look("plan-new", states=BOTH), refused("plan-new", "Add the plan"), second_writer=ADDS),
    PageCase(
        "plan",
        Look("plan", _plan("in_effect"), (*IMPORTING, Role.VIEWER)),
        Look("plan-expired", _plan("expired"), VIEWER),
        url=records.plan,
    ),
    PageCase(
        "plan-replace",
        Look("plan-replace", _plan("in_effect")),
        url=records.plan,
        second_writer=TwoWriters(Role.ANALYST, TITLES, {"reason": "It says so"}),
    ),
    PageCase("plan-withdraw", Look("plan-withdraw", _plan("in_effect")), url=records.plan, second_writer=ONCE),
    PageCase("plan-document", url=records.plan, no_page="a file"),
    PageCase("api:program", url=records.program),
    PageCase("api:plan", url=records.plan),
)
