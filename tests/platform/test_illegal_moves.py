"""Illegal transitions of every state machine: the database rejects each, even from a state that no service set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import product

import pytest
from django.db import DatabaseError, connection, transaction

from cpc.lifecycle import StateMachine
from indicators.states import IMPORT
from partnerships import states
from selection.states import NOTE, NOTE_VISIBILITY, ROUND, SCORING_MODEL
from tests.partnerships.error_codes import db_error_code, raw
from tests.support.error_codes import constraint_code
from tests.support.unguarded import owner_rights, unguarded

pytestmark = [pytest.mark.django_db, pytest.mark.world("addresses")]


def value_of(query: str, *arguments: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        return str(cursor.fetchone()[0])


def row_of(table: str, condition: str = "TRUE") -> str:
    return value_of(f"SELECT id FROM {table} WHERE {condition} ORDER BY id LIMIT 1")  # our own tables


def without_checks(table: str) -> None:
    """Drop the CHECK constraints until the end of the test, so that a row takes any state."""
    named = "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass"
    with owner_rights(), connection.cursor() as cursor:
        cursor.execute(named, [table])
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


@contextmanager
def put(table: str, key: str, **values: str) -> Iterator[None]:
    """Give a row these values until the block ends, past all guards."""
    assignments = ", ".join(f"{column} = %s" for column in values)
    with transaction.atomic():
        with unguarded():
            raw(f"UPDATE {table} SET {assignments} WHERE id = %s", *values.values(), key)  # our own tables
        yield
        transaction.set_rollback(True)


def outcome(attempt: Callable[[], object]) -> str:
    """Return the code of the database error, which may come from another rule; "" if there is none."""
    try:
        with transaction.atomic():
            attempt()
    except DatabaseError as error:
        return constraint_code(error)
    return ""


@pytest.mark.parametrize(
    ("machine", "table", "column", "code"),
    [
        pytest.param(IMPORT, "indicators_import", "state", "transition", id="import"),
        pytest.param(SCORING_MODEL, "selection_scoringmodel", "state", "transition", id="scoring model"),
        pytest.param(ROUND, "selection_selectionround", "state", "transition", id="round"),
        pytest.param(NOTE, "selection_note", "status", "transition", id="note"),
        pytest.param(NOTE_VISIBILITY, "selection_note", "visibility", "only_widened", id="note visibility"),
        pytest.param(states.AMENDMENT, "partnerships_amendment", "state", "amendment_state", id="amendment"),
        pytest.param(states.ACTION_ITEM, "partnerships_actionitem", "state", "action_item_closed", id="action item"),
    ],
)
def test_a_column_makes_the_moves_of_its_machine_alone(
    machine: StateMachine, table: str, column: str, code: str
) -> None:
    # At most one version of a model is published, so that no other row of it can be.
    key = row_of(table, "state = 'published'" if machine is SCORING_MODEL else "TRUE")
    without_checks(table)
    illegal = set(product(machine.states, repeat=2)) - set(machine.moves())
    for source, target in product(machine.states, repeat=2):
        with put(table, key, **{column: source}):
            move = partial(raw, f"UPDATE {table} SET {column} = %s WHERE id = %s", target, key)  # our own tables
            if source != target and (source, target) in illegal:
                assert db_error_code(move) == code, (source, target)
                continue
            assert outcome(move) != code, (source, target)


@pytest.mark.parametrize(
    ("machine", "table", "steps", "column"),
    [
        pytest.param(states.AWARD, "partnerships_award", "partnerships_awardstep", "award_id", id="award"),
        pytest.param(states.PLAN, "partnerships_monitoringplan", "partnerships_planstep", "plan_id", id="plan"),
        pytest.param(
            states.PERIOD, "partnerships_reportingperiod", "partnerships_periodstep", "period_id", id="period"
        ),
        pytest.param(
            states.DIALOGUE, "partnerships_dialogue", "partnerships_dialoguestep", "dialogue_id", id="dialogue"
        ),
    ],
)
def test_a_state_of_steps_takes_the_steps_of_its_machine_alone(
    machine: StateMachine, table: str, steps: str, column: str
) -> None:
    key, actor = row_of(table), row_of("accounts_user", "role = 'approver'")
    now = value_of(f"SELECT state FROM {table} WHERE id = %s", key)  # our own tables
    for target in set(machine.states) - {now}:
        moved = partial(raw, f"UPDATE {table} SET state = %s WHERE id = %s", target, key)  # our own tables
        assert db_error_code(moved) == "derived_state", target
    without_checks(table)
    day = {"awardstep": ', "on"'}.get(steps.removeprefix("partnerships_"), "")
    insert = (
        f"INSERT INTO {steps} ({column}, name, source, target, reason, actor_id{day}) "  # our own tables
        f"VALUES (%s, %s, %s, %s, 'Why', %s{', cpc_today()' if day else ''})"
    )
    names = [transition.name for transition in machine.transitions]
    for source in machine.states:
        with put(table, key, state=source):
            for step in set(product(names, [source], machine.states)) - set(machine.edges()):
                assert db_error_code(partial(raw, insert, key, *step, actor)) == "transition", step


def test_a_partnership_takes_the_steps_of_its_machine_alone() -> None:
    table, machine = "partnerships_partnership", states.PARTNERSHIP
    key, actor = row_of(table, "kind = 'managed'"), row_of("accounts_user", "role = 'approver'")
    now = value_of("SELECT status FROM partnerships_partnership WHERE id = %s", key)
    for target in set(machine.states) - {now}:
        moved = partial(raw, "UPDATE partnerships_partnership SET status = %s WHERE id = %s", target, key)
        assert db_error_code(moved) == "derived_status", target
    without_checks(table)
    insert = (
        "INSERT INTO partnerships_statuschange "
        "(partnership_id, transition, from_status, to_status, reason, actor_id, effective_on) "
        "VALUES (%s, %s, %s, %s, 'Why', %s, cpc_today())"
    )
    names = [transition.name for transition in machine.transitions]
    for source in machine.states:
        with put(table, key, status=source):
            for step in set(product(names, [source], machine.states)) - set(machine.edges()):
                assert db_error_code(partial(raw, insert, key, *step, actor)) == "transition", step


def test_a_report_takes_the_events_of_its_machine_alone() -> None:
    key = row_of(
        "partnerships_reportdue",
        "NOT EXISTS (SELECT 1 FROM partnerships_reportevent e WHERE e.report_id = partnerships_reportdue.id)",
    )
    actor = row_of("accounts_user", "role = 'analyst'")
    insert = (
        'INSERT INTO partnerships_reportevent (report_id, kind, "on", note, recorded_by_id) '
        "VALUES (%s, %s, cpc_today(), 'Why', %s)"
    )
    for source in states.REPORT.states:
        with transaction.atomic():
            if source != states.REPORT.initial:
                with unguarded():
                    raw(insert, key, source, actor)
            for target in states.REPORT.states:
                if (source, target) not in states.REPORT.moves():
                    assert db_error_code(partial(raw, insert, key, target, actor)) == "report_state", (source, target)
            transaction.set_rollback(True)
