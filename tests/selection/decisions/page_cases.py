"""Page cases for the decisions room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.scenes import deliberated
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    APPROVER,
    BOTH,
    DRAFTS,
    OFFICE,
    Look,
    PageCase,
    TwoWriters,
    refused,
    wait_for,
)

DECIDERS = (Role.ANALYST, Role.APPROVER, Role.VIEWER)
"""Roles that recommend, decide, and read."""


CASES = (
    PageCase(
        "round-deliberation",
        Look("deliberation", deliberated("waits"), OFFICE),
        Look("deliberation-not-begun", deliberated("fresh")),
        Look("deliberation-decided", deliberated("decided"), DECIDERS),
        Look("deliberation-touched", deliberated("touched"), APPROVER, states=ALL_ERRORS),
        url=records.deliberation,
    ),
    PageCase(
        "recommend",
        Look("recommend", deliberated("waits", code="BEN")),
        Look("recommend-again", deliberated("decided", code="BEN")),
        refused(
            "recommend",
            "Save the recommendation",
            deliberated("waits", code="BEN"),
            then=wait_for("Nothing was saved."),
        ),
        url=lambda world: {**records.deliberation(world), "code": "GHA"},
        second_writer=TwoWriters(
            Role.ANALYST, {"rationale": DRAFTS}, {"action": "shortlist"}, prepare=records.deliberated
        ),
    ),
    PageCase(
        "recommend-all",
        Look("recommendations-sheet", deliberated("waits")),
        url=records.deliberation,
        second_writer="each row carries the revision that its page showed (test_pages_signing)",
    ),
    PageCase(
        "round-memos",
        Look("memos", deliberated("decided"), (Role.ANALYST, Role.APPROVER)),
        Look("memos-none", deliberated("fresh")),
        url=records.deliberation,
    ),
    PageCase(
        "memo-issue",
        Look("memo-send", deliberated("waits")),
        refused("memo-send", "Send the memo for decision", deliberated("fresh"), then=wait_for("Nothing was saved.")),
        url=records.deliberation,
        second_writer="adds a version; the same again is one",
    ),
    PageCase(
        "memo",
        Look("memo", deliberated("waits", number=1)),
        Look("memo-superseding", deliberated("decided", number=2), APPROVER),
        url=records.memo,
    ),
    PageCase("memo-document", url=records.memo, no_page="a download"),
    PageCase("memo-picture", url=records.memo_with_picture, no_page="a picture"),
    PageCase(
        "memo-templates",
        Look("memo-templates", states=BOTH),
        refused("memo-templates", "Upload the template", then=wait_for("Nothing was saved.")),
        second_writer=ADDS,
    ),
    PageCase("memo-template", url=records.template, no_page="a download"),
    PageCase("memo-template-sample", url=records.uploaded_template, no_page="a download"),
    PageCase(
        "memo-template-decide",
        Look("memo-template-decide", records.uploaded_template, APPROVER),
        url=records.uploaded_template,
        second_writer=TwoWriters(
            Role.APPROVER, {"note": DRAFTS}, {"decision": "refuse"}, second_may_send_again=False, shown_to_second=()
        ),
    ),
)
