"""Services of a round: what they store, and what they leave in the audit trail."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from cpc.accounts.permissions import Role
from cpc.findings import Finding
from selection.decisions.obstacles import Step, as_findings, obstacles_of
from selection.models import Candidate, PoolReason, RoundStep
from selection.rounds import preconditions, services
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail
from tests.support.rounds import ON, Office

pytestmark = pytest.mark.django_db


def test_a_round_is_opened_moved_and_scored_by_people(office: Office) -> None:
    found = office.open()
    who, action, before, after = trail(found)[0]
    stored = {
        "title": "Round 1",
        "fiscal_year": 2027,
        "model": found.model_id,
        "reference_date": ON.isoformat(),
        "opened_by": office.analyst.pk,
        "state": "draft",
    }
    assert (who, action, before) == ("analyst", "opened", None)
    assert {name: after.get(name) for name in stored} == stored
    found = office.step(found, "screen", actor=office.second)
    step = RoundStep.objects.get(round=found)
    assert (step.name, step.source, step.target, step.reason, step.actor) == (
        "screen",
        "draft",
        found.state,
        "Needed",
        office.second,
    )
    assert trail(step)[0][0] == "analyst-2"
    moved, drew = trail(found)[-2:]
    assert moved == ("analyst-2", "moved", {"state": "draft"}, {"state": found.state})
    assert drew == ("analyst-2", "drew the pool of", None, {"pool": 3})
    found = office.step(found, "start_scoring")
    scored = services.score_round(selection_round=found, actor=office.analyst, reason="First")
    assert (scored.number, scored.reason, scored.made_by) == (1, "First", office.analyst)
    assert scored.run.inputs["candidates"] == ["CIV", "GHA", "XKX"]
    assert trail(scored)[0][:2] == ("analyst", "created")


@pytest.mark.world("scoring")
def test_a_country_that_is_moved_by_hand_keeps_who_moved_it_and_why(office: Office) -> None:
    ghana = office.candidate(office.scored())
    move: dict[str, Any] = {"candidate": ghana, "actor": office.second}
    assert refusals(lambda: services.move_candidate(into_pool=False, reason=" ", **move)) == {"reason": "reason"}
    row = services.move_candidate(into_pool=False, reason=" Election ", **move)
    assert (row.excluded_because, row.reason, row.by_hand) == (PoolReason.BY_HAND, "Election", True)
    assert trail(row)[-1][:2] == ("analyst-2", "taken out of the pool")
    newest = row.moves.order_by("-pk")[0]
    assert (newest.excluded_because, newest.reason, newest.actor) == (PoolReason.BY_HAND, "Election", office.second)
    back = services.move_candidate(into_pool=True, reason="Over", **move | {"candidate": row})
    assert (back.excluded_because, back.in_pool) == (PoolReason.CANDIDATE, True)
    assert trail(row)[-1][:2] == ("analyst-2", "put into the pool")


@pytest.mark.world("scoring")
def test_round_moves_to_newer_evidence_with_a_reason(office: Office) -> None:
    found = office.scored()
    type(found).objects.filter(pk=found.pk).update(as_of=0, as_of_at=None)
    moved = services.move_as_of(selection_round=found, actor=office.second, reason="New report")
    assert moved.as_of > 0
    assert moved.as_of_at
    assert ("analyst-2", "moved to newer evidence: New report") in [entry[:2] for entry in trail(found)]


@pytest.mark.world("scoring")
@pytest.mark.parametrize("role", [Role.APPROVER, Role.VIEWER])
def test_other_roles_run_no_round(office: Office, role: Role) -> None:
    found, actor = office.scored(), make_account(role, username="other")
    ghana: Candidate = office.candidate(found)
    for attempt in (
        lambda: services.edit_round(selection_round=found, values={"title": "T"}, actor=actor),
        lambda: services.move_as_of(selection_round=found, actor=actor, reason="R"),
        lambda: services.draw_pool(selection_round=found, actor=actor),
        lambda: services.move_candidate(candidate=ghana, into_pool=False, reason="R", actor=actor),
        lambda: services.score_round(selection_round=found, actor=actor),
        lambda: services.take_round_step(selection_round=found, name="open_consultation", actor=actor),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def named(findings: list[Finding]) -> list[tuple[str, str, str, str]]:
    return [(row.code, str(row.severity), row.field, row.citation) for row in findings]


def test_each_finding_of_an_empty_round_names_its_field(office: Office) -> None:
    found = office.open()
    assert named(preconditions.pool_has_candidates(found, ON)) == [("pool_empty", "error", "pool_rule", "")]
    standing = as_findings(obstacles_of(found, ON), Step.DELIBERATE)
    assert named([row for row in standing if row.code == "not_scored"]) == [("not_scored", "error", "", "")]
    statutory = [row for row in standing if row.code in ("statutory_not_asked", "no_statutory_consultee")]
    assert {row.citation for row in statutory} == {"22 U.S.C. 7103a(d)"}
    assert {row.field for row in statutory} <= {"requests", ""}
    found.model.state = "draft"
    assert named(preconditions.model_published(found, ON)) == [("model_not_published", "error", "model", "")]
