"""Page cases for the decisions room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.scenes import deliberated
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    ANALYST,
    APPROVER,
    BOTH,
    DRAFTS,
    OFFICE,
    Look,
    PageCase,
    TwoWriters,
    press,
    wait_for,
)

DECIDERS = (Role.ANALYST, Role.APPROVER, Role.VIEWER)
"""Roles that recommend, decide, and read."""


CASES = (
    PageCase(
        "round-deliberation",
        url=records.deliberation,
        looks=(
            Look("deliberation", OFFICE, arguments=deliberated("waits")),
            Look("deliberation-not-begun", ANALYST, arguments=deliberated("fresh")),
            Look("deliberation-decided", DECIDERS, arguments=deliberated("decided")),
            Look("deliberation-touched", APPROVER, ALL_ERRORS, deliberated("touched")),
        ),
    ),
    PageCase(
        "recommend",
        url=lambda world: {**records.deliberation(world), "code": "GHA"},
        looks=(
            Look("recommend", ANALYST, arguments=deliberated("waits", code="BEN")),
            Look("recommend-again", ANALYST, arguments=deliberated("decided", code="BEN")),
            Look(
                "recommend-refused",
                ANALYST,
                ALL_ERRORS,
                deliberated("waits", code="BEN"),
                actions=(press("Save the recommendation"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer=TwoWriters(Role.ANALYST, {"rationale": DRAFTS}, {"action": "defer"}, prepare=records.deliberated),
    ),
    PageCase(
        "decide",
        url=lambda world: {**records.deliberation(world), "code": "GHA"},
        looks=(
            Look("decide", APPROVER, arguments=deliberated("waits", code="TGO")),
            Look("decide-again", APPROVER, arguments=deliberated("waits", code="MWI")),
            Look(
                "decide-refused",
                APPROVER,
                ALL_ERRORS,
                deliberated("waits", code="NPL"),
                actions=(press("Record the decision"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer=TwoWriters(
            Role.APPROVER,
            {"remarks": DRAFTS},
            {"action": "defer"},
            shown_to_second=("Decided", "Defer"),
            second_may_send_again=False,
            prepare=records.recommended,
        ),
    ),
    PageCase(
        "round-memos",
        url=records.deliberation,
        looks=(
            Look("memos", (Role.ANALYST, Role.APPROVER), arguments=deliberated("decided")),
            Look("memos-none", ANALYST, arguments=deliberated("fresh")),
        ),
    ),
    PageCase("memo-issue", url=records.deliberation, second_writer="adds an issue; the same again is one"),
    PageCase(
        "memo",
        url=records.memo,
        looks=(
            Look("memo", ANALYST, arguments=deliberated("waits", number=1)),
            Look("memo-superseding", APPROVER, arguments=deliberated("decided", number=2)),
        ),
    ),
    PageCase("memo-document", url=records.memo, no_page="a download"),
    PageCase("memo-picture", url=lambda world: {**records.memo(world), "place": 0}, no_page="a picture"),
    PageCase(
        "memo-templates",
        looks=(
            Look("memo-templates", ANALYST, BOTH),
            Look(
                "memo-templates-refused",
                ANALYST,
                ALL_ERRORS,
                actions=(press("Upload the template"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer=ADDS,
    ),
    PageCase("memo-template", url=records.template, no_page="a download"),
)
