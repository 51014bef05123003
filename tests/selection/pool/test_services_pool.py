"""Services for the policy of the pool and admissions: stored values, entries of the audit trail, and refusals."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from indicators.models import Country
from selection.models import Admission, PoolPolicy
from selection.pool import services
from selection.pool_rules.policy import POSITIONS
from tests.support.accounts import make_account, set_by_owner
from tests.support.outcomes import refusals, trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(db: None) -> User:
    return make_account(Role.ANALYST)


@pytest.fixture
def approver(db: None) -> User:
    return make_account(Role.APPROVER)


def later(days: int) -> dt.date:
    return timezone.now().date() + dt.timedelta(days)


def policy(actor: User, **changes: Any) -> PoolPolicy:
    values: dict[str, Any] = {
        "reason": "partnership",
        "puts_outside": (),
        "in_force_from": later(30),
        "citation": " Memo ",
        "why": " Practice ",
        "legal_note": " Note ",
        "actor": actor,
    }
    return services.propose_policy(**values | changes)


def admission(actor: User, **changes: Any) -> Admission:
    values: dict[str, Any] = {
        "country": Country.objects.get(code="PAN"),
        "why": " Asked ",
        "until": later(90),
        "legal_note": " Note ",
        "actor": actor,
    }
    return services.propose_admission(**values | changes)


def test_proposed_rule_has_its_position_and_texts(analyst: User) -> None:
    row = policy(analyst)
    assert (row.reason, row.citation, row.why, row.legal_note) == ("partnership", "Memo", "Practice", "Note")
    assert (row.proposed_by, row.in_force_from, row.puts_outside) == (analyst, later(30), [])
    assert row.place == POSITIONS["partnership"]
    assert trail(row)[0][:3] == ("analyst", "proposed", None)


@pytest.mark.parametrize("approve", [True, False])
def test_a_rule_is_decided_once_by_a_second_person(analyst: User, approver: User, *, approve: bool) -> None:
    row = policy(analyst)
    decide: dict[str, Any] = {"policy": row, "approve": approve, "actor": approver}
    if not approve:
        assert refusals(lambda: services.decide_policy(note=" ", **decide)) == {"note": "decision_note"}
    decided = services.decide_policy(note=" Agreed ", **decide)
    assert (decided.decided_by, decided.decision_note) == (approver, "Agreed")
    assert decided.decision == ("approved" if approve else "refused")
    assert decided.decided_at
    assert trail(row)[-1][:2] == ("approver", "approved" if approve else "refused")
    assert refusals(lambda: services.decide_policy(note="N", **decide)) == {"": "decided_already"}


def test_proposer_cannot_decide_their_own_proposal(approver: User) -> None:
    row = admission(make_account(Role.ANALYST))
    set_by_owner(User.objects.filter(username="analyst"), role="approver")
    proposer = User.objects.get(username="analyst")
    decide: dict[str, Any] = {"admission": row, "approve": True, "actor": proposer}
    assert list(refusals(lambda: services.decide_admission(**decide)).values()) == ["two_people"]
    assert services.decide_admission(**decide | {"actor": approver}).decision == "approved"


def test_admission_counts_from_its_approval_until_it_ends(analyst: User, approver: User) -> None:
    row = admission(analyst)
    assert (row.why, row.legal_note, row.until, row.proposed_by) == ("Asked", "Note", later(90), analyst)
    assert trail(row)[0][:3] == ("analyst", "proposed", None)
    end: dict[str, Any] = {"admission": row, "actor": approver}
    assert refusals(lambda: services.end_admission(reason="R", **end)) == {"": "admission_kept"}
    decided = services.decide_admission(admission=row, approve=True, actor=approver)
    assert (decided.in_force_from, decided.decided_by) == (later(0), approver)
    assert refusals(lambda: services.end_admission(reason=" ", **end)) == {"reason": "ended_because"}
    ended = services.end_admission(reason=" Over ", **end)
    assert (ended.ended_on, ended.ended_by, ended.ended_because) == (later(0), approver, "Over")
    assert trail(row)[-1][:2] == ("approver", "ended")
    assert refusals(lambda: services.end_admission(reason="R", **end)) == {"": "admission_kept"}


def test_a_refused_admission_is_in_force_on_no_day(analyst: User, approver: User) -> None:
    refused = services.decide_admission(admission=admission(analyst), approve=False, note="No", actor=approver)
    assert (refused.in_force_from, refused.decision) == (None, "refused")


def test_other_roles_neither_propose_nor_decide(analyst: User, approver: User) -> None:
    viewer, proposed, asked = make_account(Role.VIEWER), policy(analyst), admission(analyst)
    for attempt in (
        lambda: policy(viewer),
        lambda: admission(viewer),
        lambda: services.decide_policy(policy=proposed, approve=True, actor=viewer),
        lambda: services.decide_admission(admission=asked, approve=True, actor=viewer),
        lambda: services.end_admission(admission=asked, reason="R", actor=viewer),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
