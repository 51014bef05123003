"""Recommendations and decisions: stored values, entries of the audit trail, and codes of refusals."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from selection.decisions import services
from selection.decisions.queries import revision_of
from selection.models import Candidate, Recommendation
from tests.selection.decisions.deliberating import Deliberation, in_deliberation
from tests.support import deciding
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail
from tests.support.rounds import ON, Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(deliberation: Deliberation) -> Office:
    return deliberation.office


@pytest.fixture
def ghana(office: Office) -> Candidate:
    return office.candidate(in_deliberation())


def recommend(office: Office, candidate: Candidate, **changes: Any) -> Recommendation:
    values: dict[str, Any] = {
        "candidate": candidate,
        "action": "select",
        "rationale": " Ready ",
        "actor": office.analyst,
    }
    return deciding.recommend(**values | changes)


def test_a_recommendation_is_stored_and_superseded_by_the_next(office: Office, ghana: Candidate) -> None:
    first = recommend(office, ghana)
    stored = {
        "candidate": ghana.pk,
        "action": "select",
        "rationale": "Ready",
        "place": 1,
        "proposed_amount": "5000000.00",
        "proposed_months": 60,
        "drafted_by": office.analyst.pk,
    }
    assert trail(first) == [("analyst", "recommended", None, stored)]
    assert recommend(office, ghana) == first
    assert recommend(office, ghana, place=1) == first
    second = recommend(office, ghana, action="defer", expected_revision=revision_of(first))
    first.refresh_from_db()
    assert first.superseded_at
    who, action, before, after = trail(first)[-1]
    assert (who, action, before["action"], after) == ("analyst", "superseded", "select", {"by": second.pk})
    assert second.place == 1
    moved = recommend(office, ghana, action="defer", place=4)
    assert (moved.place, moved == second) == (4, False)
    with pytest.raises(EditConflict):
        recommend(office, ghana, rationale="Other", expected_revision=revision_of(first))
    other = recommend(office, office.candidate(in_deliberation(), "CIV"), action="defer")
    assert other.place == 5


def test_a_country_outside_the_pool_is_not_recommended(office: Office) -> None:
    found = in_deliberation()
    outside = found.candidates.exclude(pk__in=found.candidates.in_pool())[0]
    assert refusals(lambda: recommend(office, outside)) == {"": "not_in_pool"}


def test_a_decision_is_stored_with_its_remarks(office: Office, ghana: Candidate) -> None:
    recommendation = recommend(office, ghana)
    decide: dict[str, Any] = {"recommendation": recommendation, "actor": office.approver, "on": ON}
    other = refusals(lambda: deciding.decide(action="defer", remarks=" ", **decide))
    assert other == {"GHA-remarks": "remarks"}
    decision = deciding.decide(action="defer", remarks=" Later ", **decide)
    stored = {
        "recommendation": recommendation.pk,
        "candidate": ghana.pk,
        "verdict": "disapproved",
        "action": "defer",
        "remarks": "Later",
        "decided_by": office.approver.pk,
    }
    who, action, before, after = trail(decision)[0]
    assert (who, action, before) == ("approver", "decided", None)
    assert {name: after.get(name) for name in stored} == stored
    assert refusals(lambda: deciding.decide(action="defer", **decide)) == {"GHA-choice": "decided_already"}
    newer = recommend(office, ghana, rationale="Ready now")
    again = deciding.decide(recommendation=newer, action="select", actor=office.approver, on=ON)
    decision.refresh_from_db()
    assert (again.supersedes, bool(decision.superseded_at)) == (decision, True)
    assert trail(again)[0][1] == "decided again"
    assert refusals(lambda: deciding.decide(action="select", **decide)) == {"GHA-choice": "superseded"}


def test_who_recommends_does_not_decide(office: Office, ghana: Candidate) -> None:
    recommendation = recommend(office, ghana)
    for role in (Role.VIEWER, Role.ADMINISTRATOR):
        with pytest.raises(PermissionDenied):
            deciding.decide(recommendation=recommendation, action="select", actor=make_account(role), on=ON)
    with pytest.raises(PermissionDenied):
        recommend(office, ghana, actor=office.approver)


def test_nothing_is_recommended_before_deliberation(office: Office) -> None:
    found = office.scored(title="Another round")
    assert refusals(lambda: recommend(office, office.candidate(found))) == {"": "state"}


def test_a_freeze_is_numbered_and_the_same_twice(office: Office, ghana: Candidate) -> None:
    recommendation = recommend(office, ghana)
    deciding.decide(recommendation=recommendation, action="select", actor=office.approver, on=ON)
    found = in_deliberation()
    first = services.freeze_round(selection_round=found, actor=office.approver, on=ON)
    assert (first.number, first.by) == (1, office.approver)
    assert trail(first)[0][:2] == ("approver", "froze")
    assert services.freeze_round(selection_round=found, actor=office.approver, on=ON) == first
    assert services.verify_freezes([first], found) == [[]]
    assert services.verify_freezes([], found) == []
    with pytest.raises(PermissionDenied):
        services.freeze_round(selection_round=found, actor=office.analyst, on=ON)
