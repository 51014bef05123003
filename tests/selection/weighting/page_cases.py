"""Page cases for the weighting room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.weighting import records as own
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    BOTH,
    ONCE,
    VIEWER,
    Arguments,
    Look,
    PageCase,
    press,
    refused,
    wait_for,
)
from tests.worlds.demonstration import Scene

ASKED = (Role.ANALYST, Role.APPROVER, Role.REVIEWER)
OFFICE = (Role.ANALYST,)


def _running(scene: Scene) -> dict[str, object]:
    assert scene.weights is not None
    return {"pk": scene.weights.running.pk}


def _closed(scene: Scene) -> dict[str, object]:
    assert scene.weights is not None
    return {"pk": scene.weights.closed.pk}


ON_PUBLISHED: Arguments = lambda scene: {"pk": scene.models["published"].pk}  # noqa: E731  # as in model_versions

CASES = (
    PageCase("weightings", Look("weightings", roles=(Role.ANALYST, Role.REVIEWER), states=BOTH)),
    PageCase(
        "weighting",
        Look("weighting", _running, (Role.ANALYST, Role.APPROVER, Role.REVIEWER)),
        Look("weighting-closed", _closed, (Role.ANALYST, *VIEWER)),
        url=own.exercise,
    ),
    PageCase(
        "weighting-answer",
        Look("weighting-answer", _running, ASKED),
        Look(
            "weighting-answer-refused",
            _running,
            (Role.REVIEWER,),
            ALL_ERRORS,
            actions=(press("Submit the weights"), wait_for("Nothing was saved.")),
        ),
        url=own.exercise,
        second_writer="carries the answer that its page showed; the second is told (test_services_weighting)",
    ),
    PageCase("weighting-withdraw", Look("weighting-withdraw", _running), url=own.exercise, second_writer=ONCE),
    PageCase("weighting-ask", Look("weighting-ask", _running), url=own.exercise, second_writer=ADDS),
    PageCase("weighting-drop", Look("weighting-drop", _running), url=own.exercise, second_writer=ONCE),
    PageCase("weighting-close", Look("weighting-close", _running), url=own.exercise, second_writer=ONCE),
    PageCase("weighting-draft", Look("weighting-draft", _closed), url=own.exercise, second_writer=ADDS),
    PageCase(
        "weighting-new",
        Look("weighting-new", ON_PUBLISHED),
        refused("weighting-new", "Open the exercise", ON_PUBLISHED, then=wait_for("Nothing was saved.")),
        url=records.model(),
        second_writer=ONCE,
    ),
)
