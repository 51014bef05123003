"""Scenarios that a person may open: their own, and those that others share."""

from __future__ import annotations

import uuid

from cpc.accounts.models import User
from selection.models import Scenario, ScoreRun
from selection.runs.queries.basis import basis_of
from selection.runs.queries.stored_runs import newest_run
from selection.what_if.answer import answer, askable_of
from selection.what_if.queries.answers import Base
from selection.what_if.question import Question, QuestionError, from_dict


def scenarios_of(user: User) -> list[Scenario]:
    """Return a person's open scenarios, the newest first."""
    return list(Scenario.objects.of(user).select_related("run").defer("run__result", "run__table"))


def find_scenario(user: User, key: str) -> Scenario | None:
    """Return the scenario of a link; None if there is none, or the person may not see it."""
    try:
        identifier = uuid.UUID(key)
    except ValueError:
        return None
    rows = Scenario.objects.visible_to(user).select_related("author", "run").defer("run__result", "run__table")
    return rows.filter(key=identifier).first()


def question_of(scenario: Scenario) -> Question | None:
    """Return a scenario's question; None if no available engine can answer it for its run."""
    basis = basis_of(scenario.run)
    return None if basis is None else from_dict(scenario.question, askable_of(basis))


def asked_again(scenario: Scenario) -> tuple[ScoreRun, Question | None] | None:
    """Return the newest run, if it is of another version than the scenario's, and the question to ask it.

    The question is None if that run cannot be asked it. None for a scenario of the newest run's version.
    """
    newest = newest_run()
    basis = None if newest is None or newest.model_version == scenario.run.model_version else basis_of(newest)
    if newest is None or basis is None:
        return None
    try:
        return newest, from_dict(scenario.question, askable_of(basis))
    except QuestionError:
        return newest, None


def base_of_scenario(scenario: Scenario) -> Base | None:
    """Return the ranks of a scenario as a list to compare with; None if its run cannot be asked."""
    basis, question = basis_of(scenario.run), question_of(scenario)
    if basis is None or question is None:
        return None
    return Base(str(scenario.key), f"Scenario: {scenario.name}", "Scenario", answer(basis, question).ranks)
