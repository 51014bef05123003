"""Page cases for the signing room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.scenes import deliberated
from tests.support.page_cases import APPROVER, DRAFTS, Look, PageCase, TwoWriters, refused, wait_for

MISSING = ["no_statutory_consultee", "ratings_missing"]
"""Keys of the obstacles that the approver of `records.to_sign` must acknowledge."""

CASES = (
    PageCase(
        "round-sign",
        Look("sign", deliberated("waits"), APPROVER),
        Look("sign-none", deliberated("fresh"), APPROVER),
        refused(
            "sign", "Sign the decisions", deliberated("waits"), roles=APPROVER, then=wait_for("Decide on at least one")
        ),
        url=records.deliberation,
        second_writer=TwoWriters(
            Role.APPROVER,
            {"GHA-remarks": DRAFTS},
            {"GHA-choice": "conditioned", "acknowledged": MISSING},
            shown_to_second=("already decided on Ghana",),
            second_may_send_again=False,
            prepare=records.to_sign,
        ),
    ),
    PageCase(
        "decide",
        Look("decide", deliberated("waits", code="TGO"), APPROVER),
        Look("decide-asked", deliberated("waits", code="MWI"), APPROVER),
        refused(
            "decide",
            "Record the decision",
            deliberated("waits", code="NPL"),
            roles=APPROVER,
            then=wait_for("Nothing was saved."),
        ),
        url=lambda world: {**records.deliberation(world), "code": "GHA"},
        second_writer=TwoWriters(
            Role.APPROVER,
            {"GHA-remarks": DRAFTS},
            {"GHA-choice": "conditioned", "acknowledged": MISSING},
            shown_to_second=("already decided on Ghana",),
            second_may_send_again=False,
            prepare=records.to_sign,
        ),
    ),
    PageCase(
        "discussion-answer",
        Look("discussion-answer", deliberated("waits", code="MWI")),
        refused(
            "discussion-answer",
            "Send the answer",
            deliberated("waits", code="MWI"),
            then=wait_for("Nothing was saved."),
        ),
        url=records.asked_by_approver,
        second_writer=TwoWriters(
            Role.ANALYST,
            {"answer": DRAFTS},
            shown_to_second=("This question already has an answer.",),
            second_may_send_again=False,
        ),
    ),
)
