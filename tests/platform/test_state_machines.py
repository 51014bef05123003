"""State machines of all apps: they cover the states of their models, and checks name existing transitions."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import TextChoices

from cpc.lifecycle import Checks, StateMachine
from indicators.models import ImportState
from indicators.states import IMPORT
from partnerships import states
from partnerships.amendments.preconditions import AMENDMENT_CHECKS
from partnerships.dialogues.preconditions import DIALOGUE_CHECKS
from partnerships.models import (
    ActionState,
    AmendmentState,
    AwardState,
    DialogueState,
    PeriodState,
    PlanState,
    ReportEventKind,
    Status,
)
from partnerships.monitoring.preconditions import PERIOD_CHECKS, PLAN_CHECKS
from partnerships.status.preconditions import PARTNERSHIP_CHECKS, origin_confirmed
from selection.models import ModelState, NoteStatus, NoteVisibility, RoundState
from selection.rounds.preconditions import ROUND_CHECKS
from selection.states import NOTE, NOTE_VISIBILITY, ROUND, SCORING_MODEL


@pytest.mark.parametrize(
    ("machine", "choices"),
    [
        (states.PARTNERSHIP, Status),
        (states.AWARD, AwardState),
        (states.AMENDMENT, AmendmentState),
        (states.PLAN, PlanState),
        (states.PERIOD, PeriodState),
        (states.DIALOGUE, DialogueState),
        (states.ACTION_ITEM, ActionState),
        (ROUND, RoundState),
        (SCORING_MODEL, ModelState),
        (NOTE, NoteStatus),
        (NOTE_VISIBILITY, NoteVisibility),
        (IMPORT, ImportState),
    ],
)
def test_a_machine_has_the_states_of_its_model(machine: StateMachine, choices: type[TextChoices]) -> None:
    assert list(machine.states) == choices.values


def test_the_states_of_a_report_are_the_kinds_of_its_events() -> None:
    assert list(states.REPORT.states) == [states.REPORT.initial, *ReportEventKind.values]


@pytest.mark.parametrize(
    ("machine", "checks"),
    [
        (states.PARTNERSHIP, PARTNERSHIP_CHECKS),
        (states.AMENDMENT, AMENDMENT_CHECKS),
        (states.PLAN, PLAN_CHECKS),
        (states.PERIOD, PERIOD_CHECKS),
        (states.DIALOGUE, DIALOGUE_CHECKS),
        (ROUND, ROUND_CHECKS),
    ],
)
def test_each_key_of_the_checks_is_a_transition(machine: StateMachine, checks: Checks[Any]) -> None:
    assert checks
    for name in checks:
        assert machine.transition(name).permission


def test_the_database_requires_a_confirmed_origin_for_the_steps_that_check_it() -> None:
    checking = [name for name, checks in PARTNERSHIP_CHECKS.items() if origin_confirmed in checks]
    assert checking == list(states.TOWARD_SIGNATURE)
