"""Steps that REST and pages offer: none that the rule of two people refuses, each one that it permits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, Role
from cpc.lifecycle import StateMachine, Transition
from partnerships import states
from partnerships.database.lifecycle import takes_steps
from partnerships.dialogues.services import plan_dialogue, take_dialogue_step
from partnerships.models import PeriodStep
from partnerships.monitoring.api import PeriodTransitions
from partnerships.monitoring.services import results
from partnerships.monitoring.services.plans import take_plan_step
from partnerships.monitoring.views import periods
from partnerships.page_frame import available_steps
from tests.api.test_amending import step
from tests.api.test_partnerships import as_program
from tests.partnerships.error_codes import db_error_code
from tests.partnerships.sending import client_of, page_text
from tests.partnerships.test_two_people import OF_PARTS, PERIOD, PLAN, TODAY
from tests.support.accounts import make_account
from tests.support.unguarded import owner_rights
from tests.worlds.partnerships.build import START, Stage

pytestmark = pytest.mark.django_db

BELOW_THE_PARTNERSHIP: Mapping[str, Callable[[Any], str]] = {
    "terms": lambda row: f"{row.pk}/",
    "amendment": lambda row: f"{row.partnership_id}/amendments/{row.number}/",
    "period": lambda row: f"{row.partnership_id}/periods/{row.pk}/",
}


@pytest.fixture
def author() -> User:
    return make_account(Role.APPROVER, username="author")


@pytest.mark.parametrize("thing", BELOW_THE_PARTNERSHIP)
def test_rest_allows_no_step_that_another_person_must_take(stage: Stage, author: User, thing: str) -> None:
    decision = OF_PARTS[thing]
    row = decision.made(stage, stage.analyst)
    next(iter(decision.writes.values()))(stage, row, author)
    row.refresh_from_db()
    decision.submitted(stage, row, stage.analyst)
    row.refresh_from_db()
    base = f"/api/v1/partnerships/{BELOW_THE_PARTNERSHIP[thing](row)}"
    by_person: dict[User, set[str]] = {author: set(), stage.approver: set()}
    for person, refused_to in by_person.items():
        client = as_program(person)
        for offered in client.get(f"{base}transitions/").json()["steps"]:
            with transaction.atomic():
                response = step(client, base, offered["name"], reason="Because")
                transaction.set_rollback(True)
            refused = {error["code"] for error in response.json().get("errors", ())}
            told = {finding["code"] for finding in offered["findings"]}
            assert ("two_people" in refused) == ("two_people" in told), offered
            assert not (offered["allowed"] and refused), (offered, refused)
            if "two_people" in refused:
                refused_to.add(offered["name"])
    decisions = {one.name for one in MACHINES[thing].transitions_from(_state(row)) if one.by_another}
    assert by_person == {author: decisions, stage.approver: set()}
    assert decisions


MACHINES: Mapping[str, StateMachine] = {
    "terms": states.PARTNERSHIP,
    "amendment": states.AMENDMENT,
    "period": states.PERIOD,
}


def _state(row: Any) -> str:
    return str(row.status if hasattr(row, "status") else row.state)


def _plan(stage: Stage, author: User) -> Any:
    plan = PLAN.made(stage, stage.analyst)
    PLAN.writes["changes one target"](stage, plan, author)
    PLAN.submitted(stage, plan, stage.analyst)
    return plan


def _dialogue(stage: Stage, author: User) -> Any:
    """Plan a dialogue. It has no decision: whoever prepared it may take every step."""
    return plan_dialogue(partnership=stage.active(), planned_on=START, actor=author)


@pytest.mark.parametrize(
    ("machine", "made", "take", "decisions"),
    [
        pytest.param(
            states.PLAN,
            _plan,
            lambda row, **values: take_plan_step(plan=row, **values),
            {"approve", "return"},
            id="plan",
        ),
        pytest.param(
            states.DIALOGUE,
            _dialogue,
            lambda row, **values: take_dialogue_step(dialogue=row, **values),
            set(),
            id="dialogue",
        ),
    ],
)
def test_pages_offer_no_step_that_another_person_must_take(
    stage: Stage,
    author: User,
    machine: StateMachine,
    made: Callable[[Stage, User], Any],
    take: Callable[..., object],
    decisions: set[str],
) -> None:
    row = made(stage, author)
    row.refresh_from_db()
    by_person: dict[User, set[str]] = {author: set(), stage.approver: set()}
    for person, refused in by_person.items():
        names = {one.name for one in machine.transitions_from(row.state)}
        for name in names:
            if "two_people" in _codes(lambda: take(row, name=name, actor=person, on=TODAY, reason="Because")):  # noqa: B023  # called at once
                refused.add(name)
        assert {one.name for one in available_steps(machine, row, person)} == names - refused
    assert by_person == {author: decisions, stage.approver: set()}


@pytest.mark.parametrize("before", ["in_progress", "returned"])
def test_a_step_back_leads_to_the_state_before_in_rest_service_page_and_database(
    stage: Stage, author: User, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    edit = Permission.EDIT_PARTNERSHIPS
    back = Transition("recall", "Recall", {"submitted"}, "in_progress", edit, past="Recalled", back_to={"returned"})
    machine = StateMachine(states.PERIOD.states, (*states.PERIOD.transitions, back))
    for place in (f"{results.__name__}.PERIOD", f"{periods.__name__}.PERIOD"):
        monkeypatch.setattr(place, machine)
    monkeypatch.setattr(PeriodTransitions, "machine", machine)
    with owner_rights():
        takes_steps("partnerships_reportingperiod", "period_id", machine)[0].install(PeriodStep)  # type: ignore[arg-type]  # the stubs ask for a row

    row = PERIOD.made(stage, stage.analyst)
    if before == "returned":
        PERIOD.writes["submits it before it is returned"](stage, row, author)
    PERIOD.submitted(stage, row, stage.analyst)
    below = f"{row.partnership_id}/periods/{row.pk}/"
    offered = as_program(stage.analyst).get(f"/api/v1/partnerships/{below}transitions/").json()["steps"]
    assert [step["target"] for step in offered if step["name"] == "recall"] == [before]

    wrong = ({"in_progress", "returned"} - {before}).pop()
    forged = PeriodStep(period=row, name="recall", source="submitted", target=wrong, actor=author)
    assert db_error_code(partial(PeriodStep.objects.bulk_create, [forged])) == "transition"
    assert results.take_period_step(period=row, name="recall", actor=stage.analyst, on=TODAY).state == before
    assert "Recalled" in page_text(client_of(author).get(f"/partnerships/{below}"))


def _codes(attempt: Callable[[], object]) -> set[str]:
    """Return the codes of the error that an attempt raises, if any; leave nothing behind."""
    with transaction.atomic():
        try:
            attempt()
        except ValidationError as error:
            found = error.error_dict.values() if hasattr(error, "error_dict") else [error.error_list]
            return {str(one.code) for errors in found for one in errors}
        finally:
            transaction.set_rollback(True)
    return set()
