"""A program writes by its own grant, under its own name, and does no deed of a person."""

from __future__ import annotations

import pytest

from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from partnerships.models import Contribution, StatusChange
from tests.api.test_partnerships import CONTRIBUTION, as_program, change, post, problem, step
from tests.cpc.people.grants import MONEY, WRITE, granted
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage

pytestmark = pytest.mark.django_db


def test_a_program_writes_what_it_was_granted_and_the_trail_names_it(stage: Stage) -> None:
    draft = stage.draft()
    program = make_account(Role.API_CLIENT)
    reading = as_program(program)
    problem(post(reading, draft, "contributions/", CONTRIBUTION), 403, "permission_denied")
    program = granted(program, MONEY, WRITE, responsible=stage.analyst)
    # The older token has its scopes and no more.
    problem(post(reading, draft, "contributions/", CONTRIBUTION), 403, "insufficient_scope")
    writing = as_program(program)
    assert post(writing, draft, "contributions/", CONTRIBUTION, key="letter").status_code == 201
    assert post(writing, draft, "contributions/", CONTRIBUTION, key="letter").status_code == 201
    assert Contribution.objects.filter(partnership=draft).count() == 1
    assert change(writing, draft, {"title": "Partnership with Ghana, renamed"}).status_code == 200
    assert step(writing, draft, "invite").status_code == 200
    entries = AuditEntry.objects.filter(actor_id=str(program.pk), channel="api")
    assert {entry.actor_name for entry in entries} == {"REST client"}
    assert entries.count() >= 3
    assert StatusChange.objects.get(partnership=draft, transition="invite").actor == program


def test_a_grant_for_money_alone_drafts_nothing(stage: Stage) -> None:
    draft = stage.draft()
    writing = as_program(granted(make_account(Role.API_CLIENT), MONEY, responsible=stage.analyst))
    assert post(writing, draft, "contributions/", CONTRIBUTION).status_code == 201
    problem(change(writing, draft, {"title": "Another title"}), 403, "permission_denied")


def test_a_program_approves_and_signs_nothing(stage: Stage) -> None:
    unconfirmed = stage.draft(is_confirmed=False)
    writing = as_program(granted(make_account(Role.API_CLIENT), WRITE, MONEY, responsible=stage.analyst))
    offered = {
        row["name"]: row for row in writing.get(f"/api/v1/partnerships/{unconfirmed.pk}/transitions/").json()["steps"]
    }
    assert not any(row["allowed"] for name, row in offered.items() if name in {"sign", "suspend", "terminate"})
    for name in ("sign", "suspend", "terminate"):
        problem(step(writing, unconfirmed, name), 403, "permission_denied")
    etag = writing.get(f"/api/v1/partnerships/{unconfirmed.pk}/")["ETag"]
    confirm = writing.post(
        f"/api/v1/partnerships/{unconfirmed.pk}/origin/confirmation/",
        {"note": ""},
        headers={"If-Match": etag},
        content_type="application/json",
    )
    problem(confirm, 403, "permission_denied")
