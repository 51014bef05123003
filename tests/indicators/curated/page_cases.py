"""Page cases for the curated room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.indicators import records
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    ANALYST,
    BOTH,
    IMPORTING,
    ONCE,
    TITLES,
    VIEWER,
    Arguments,
    Look,
    PageCase,
    TwoWriters,
    press,
)


def _program(key: str) -> Arguments:
    return lambda scene: {"pk": scene.curated.programs[key].pk}


def _plan(key: str) -> Arguments:
    return lambda scene: {"pk": scene.curated.plans[key].pk}


CASES = (
    PageCase(
        "programs",
        looks=(
            Look("programs", IMPORTING, BOTH),
            Look("programs-nothing", VIEWER, query="?q=nowhere"),
            Look("programs-running", VIEWER, query="?running_on=2025-06-30"),
            Look("programs-refused", VIEWER, ALL_ERRORS, query="?sort=size", status=400),
        ),
    ),
    PageCase(
        "program-new",
        looks=(
            Look("program-new", ANALYST, BOTH),
            Look("program-new-refused", ANALYST, ALL_ERRORS, actions=(press("Add the program"),)),
        ),
        second_writer=ADDS,
    ),
    PageCase("program-template", url=lambda world: {"kind": "csv"}, no_page="a file"),
    PageCase(
        "program",
        url=records.program,
        looks=(
            Look("program", (*IMPORTING, Role.VIEWER), arguments=_program("stands")),
            Look("program-replaced", VIEWER, arguments=_program("replaced")),
            Look("program-withdrawn", VIEWER, arguments=_program("withdrawn")),
        ),
    ),
    PageCase(
        "program-replace",
        url=records.program,
        looks=(Look("program-replace", ANALYST, arguments=_program("stands")),),
        second_writer=TwoWriters(Role.ANALYST, TITLES, {"reason": "It says so"}),
    ),
    PageCase(
        "program-withdraw",
        url=records.program,
        looks=(
            Look("program-withdraw", ANALYST, arguments=_program("stands")),
            Look(
                "program-withdraw-refused",
                ANALYST,
                ALL_ERRORS,
                _program("stands"),
                actions=(press("Withdraw the program"),),
            ),
        ),
        second_writer=ONCE,
    ),
    PageCase("program-document", url=records.program, no_page="a file"),
    PageCase("plans", looks=(Look("plans", IMPORTING, BOTH), Look("plans-nothing", VIEWER, query="?q=nowhere"))),
    PageCase(
        "plan-new",
        looks=(
            Look("plan-new", ANALYST, BOTH),
            Look("plan-new-refused", ANALYST, ALL_ERRORS, actions=(press("Add the plan"),)),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "plan",
        url=records.plan,
        looks=(
            Look("plan", (*IMPORTING, Role.VIEWER), arguments=_plan("stands")),
            Look("plan-expired", VIEWER, arguments=_plan("expired")),
        ),
    ),
    PageCase(
        "plan-replace",
        url=records.plan,
        looks=(Look("plan-replace", ANALYST, arguments=_plan("stands")),),
        second_writer=TwoWriters(Role.ANALYST, TITLES, {"reason": "It says so"}),
    ),
    PageCase(
        "plan-withdraw",
        url=records.plan,
        looks=(Look("plan-withdraw", ANALYST, arguments=_plan("stands")),),
        second_writer=ONCE,
    ),
    PageCase("plan-document", url=records.plan, no_page="a file"),
    PageCase("api:program", url=records.program),
    PageCase("api:plan", url=records.plan),
)
