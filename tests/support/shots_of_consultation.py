"""The pages of a consultation in each of their states."""

from __future__ import annotations

from collections.abc import Sequence

from cpc.accounts.permissions import Role
from tests.support.listed import (
    ALL_ERRORS,
    ANALYST,
    APPROVER,
    BOTH,
    OFFICE,
    REVIEWER,
    VIEWER,
    Arguments,
    Listed,
    press,
    wait_for,
)
from tests.worlds.demonstration import Scene

READERS = (Role.ANALYST, Role.VIEWER)


def _round(scene: Scene) -> dict[str, object]:
    return {"pk": scene.consulted.round.pk}


def _request(key: str) -> Arguments:
    return lambda scene: {"pk": scene.consulted.round.pk, "asked": scene.consulted.requests[key].pk}


def _position(key: str) -> Arguments:
    return lambda scene: {"pk": scene.consulted.round.pk, "position": scene.consulted.positions[key].pk}


def _review(index: int) -> Arguments:
    """A candidate of the request to Labor: 0 is stale, 1 waits for more time, 2 is drafted, 3 is not started."""

    def found(scene: Scene) -> dict[str, object]:
        pool = scene.consulted.round.candidates.in_pool().order_by("country__name")
        return {"pk": scene.consulted.requests["labor"].pk, "code": pool[index].country.code}

    return found


def _proceed(scene: Scene) -> dict[str, object]:
    return {**_request("labor")(scene), "code": _review(3)(scene)["code"]}


CONSULTATION: Sequence[Listed] = (
    Listed("consultation-queue", "consultation", REVIEWER, BOTH),
    Listed("consultation-review", "consultation-review", REVIEWER, arguments=_review(0)),
    Listed("consultation-review-drafted", "consultation-review", REVIEWER, arguments=_review(2)),
    Listed(
        "consultation-review-refused",
        "consultation-review",
        REVIEWER,
        ALL_ERRORS,
        _review(3),
        acts=(press("Submit for DOL"), wait_for("Nothing was saved.")),
    ),
    Listed("round-requests", "round-requests", OFFICE, arguments=_round),
    Listed("round-request-new", "round-request-new", ANALYST, arguments=_round),
    Listed(
        "round-request-new-refused",
        "round-request-new",
        ANALYST,
        ALL_ERRORS,
        _round,
        acts=(press("Draft the request"), wait_for("Nothing was saved.")),
    ),
    Listed("round-request", "round-request", (*READERS, Role.APPROVER), arguments=_request("justice")),
    Listed("round-request-draft", "round-request", ANALYST, arguments=_request("draft")),
    Listed("round-request-dropped", "round-request", VIEWER, arguments=_request("dropped")),
    Listed("round-request-edit", "round-request-edit", ANALYST, arguments=_request("draft")),
    Listed("round-request-send", "round-request-send", ANALYST, arguments=_request("draft")),
    Listed("round-request-drop", "round-request-drop", ANALYST, arguments=_request("justice")),
    Listed("round-request-due", "round-request-due", ANALYST, arguments=_request("justice")),
    Listed("round-request-candidates", "round-request-candidates", ANALYST, arguments=_request("justice")),
    Listed("round-request-proceed", "round-request-proceed", APPROVER, arguments=_proceed),
    Listed("round-not-applicable", "round-not-applicable", ANALYST, arguments=_round),
    Listed("position-disposition", "position-disposition", ANALYST, arguments=_position("objection")),
    Listed(
        "position-disposition-refused",
        "position-disposition",
        ANALYST,
        ALL_ERRORS,
        _position("objection"),
        acts=(press("Record it"), wait_for("Nothing was saved.")),
    ),
    Listed("position-extension", "position-extension", ANALYST, arguments=_position("extension")),
)
