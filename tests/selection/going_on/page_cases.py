"""Page cases for the room “going on”: consultation and decision, and consent to cut a consultation short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpc.accounts.permissions import Role
from selection.models import CutShortLine
from tests.selection import records
from tests.selection.scenes import READERS, consulted, deliberated
from tests.support.page_cases import (
    APPROVER,
    DRAFTS,
    ONCE,
    REVIEWER,
    SAME,
    Look,
    PageCase,
    TwoWriters,
    refused,
    wait_for,
)
from tests.worlds.demonstration import Scene


def _proposed(scene: Scene) -> Mapping[str, Any]:
    return records.proposed_without(scene.consulted.requests["labor"].agency)


def _line_of_labor(scene: Scene) -> Mapping[str, Any]:
    return {"line": CutShortLine.objects.get(proposal_id=_proposed(scene)["proposal"]).pk}


CASES = (
    PageCase(
        "round-consultation",
        Look("round-consultation", consulted, (*READERS, Role.APPROVER, Role.ADMINISTRATOR)),
        Look("round-consultation-answered", deliberated("waits"), (Role.ANALYST, Role.APPROVER)),
        Look("round-consultation-draft", deliberated("draft")),
        refused("round-consultation", "Ask the approver", consulted, then=wait_for("Nothing was recorded.")),
        url=records.consulted_round,
        second_writer="one proposal at a time: the second is rejected, and typed text stays in the form",
    ),
    PageCase(
        "cut-short",
        Look("cut-short", _proposed, APPROVER),
        url=records.proposed,
        second_writer=TwoWriters(
            Role.APPROVER, {"note": DRAFTS}, {"answer": "refuse"}, second_may_send_again=False, shown_to_second=()
        ),
    ),
    PageCase("cut-short-withdraw", Look("cut-short-withdraw", _proposed), url=records.proposed, second_writer=ONCE),
    PageCase(
        "cut-short-consent",
        Look("cut-short-consent", _line_of_labor, REVIEWER),
        url=records.consent_line,
        second_writer=SAME,
    ),
    PageCase("api:round-obstacles", url=records.consulted_round),
)
