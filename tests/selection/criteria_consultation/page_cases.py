"""Page cases for the room of the consultation on criteria."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.weighting import records as own
from tests.support.models import shipped
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    REVIEWER,
    Look,
    PageCase,
    press,
    refused,
    wait_for,
)
from tests.worlds.demonstration import Scene

TOLD = "carries the answers that its page showed; the second is told (test_services_criteria)"


def _shipped(_scene: Scene) -> dict[str, object]:
    return {"pk": shipped().pk}


def _asked(scene: Scene) -> dict[str, object]:
    assert scene.weights is not None
    return {"pk": scene.weights.asked.pk}


CASES = (
    PageCase(
        "criteria-ask",
        Look("criteria-ask", _shipped),
        refused("criteria-ask", "Ask the agencies", _shipped, then=wait_for("Nothing was saved.")),
        url=records.model(),
        second_writer=ADDS,
    ),
    PageCase(
        "criteria-record",
        Look("criteria-record", _shipped),
        refused("criteria-record", "Record the answer", _shipped, then=wait_for("Nothing was saved.")),
        url=records.model(),
        second_writer=TOLD,
    ),
    PageCase(
        "criteria-answer",
        Look("criteria-answer", _asked, REVIEWER),
        Look(
            "criteria-answer-refused",
            _asked,
            (Role.REVIEWER,),
            ALL_ERRORS,
            actions=(press("Submit the answer"), wait_for("Nothing was saved.")),
        ),
        url=own.criteria_request,
        second_writer=TOLD,
    ),
    PageCase("api:criteria-consultation", url=lambda _world: {"model": shipped().pk}),
)
