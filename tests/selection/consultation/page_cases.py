"""Page cases for the consultation room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.scenes import READERS, consulted
from tests.support.page_cases import (
    ADDS,
    BOTH,
    DRAFTS,
    OFFICE,
    ONCE,
    REASONED,
    REVIEWER,
    SAME,
    TEXTS,
    VIEWER,
    Arguments,
    Look,
    PageCase,
    TwoWriters,
    refused,
    wait_for,
)
from tests.worlds.demonstration import Scene


def _request(key: str) -> Arguments:
    return lambda scene: {"pk": scene.consulted.round.pk, "asked": scene.consulted.requests[key].pk}


def _position(key: str) -> Arguments:
    return lambda scene: {"pk": scene.consulted.round.pk, "position": scene.consulted.positions[key].pk}


def review(index: int) -> Arguments:
    """Return the arguments of a candidate's review page for Labor.

    `index` 0 is out of date, 1 waits for more time, 2 has a draft, and 3 is not started.
    """

    def found(scene: Scene) -> dict[str, object]:
        pool = scene.consulted.round.candidates.in_pool().order_by("country__name")
        return {"pk": scene.consulted.requests["labor"].pk, "code": pool[index].country.code}

    return found


CASES = (
    PageCase("round-requests", Look("round-requests", consulted, OFFICE), url=records.consulted_round),
    PageCase("api:round-positions", url=records.consulted_round),
    PageCase(
        "round-requests-ask",
        Look("round-requests-ask", consulted),
        refused("round-requests-ask", "Send the requests", consulted, then=wait_for("Nothing was sent.")),
        url=records.consulted_round,
        second_writer=ADDS,
    ),
    PageCase(
        "round-request-new",
        Look("round-request-new", consulted),
        refused("round-request-new", "Draft the request", consulted, then=wait_for("Nothing was saved.")),
        url=records.consulted_round,
        second_writer=ADDS,
    ),
    PageCase(
        "round-not-applicable", Look("round-not-applicable", consulted), url=records.consulted_round, second_writer=ONCE
    ),
    PageCase(
        "round-request",
        Look("round-request", _request("justice"), (*READERS, Role.APPROVER)),
        Look("round-request-draft", _request("draft")),
        Look("round-request-dropped", _request("dropped"), VIEWER),
        url=records.consulted_request,
    ),
    PageCase(
        "round-request-edit",
        Look("round-request-edit", _request("draft")),
        url=records.consulted_request,
        second_writer=TwoWriters(Role.ANALYST, {"questions": DRAFTS}, prepare=records.draft_request),
    ),
    PageCase(
        "round-request-send",
        Look("round-request-send", _request("draft")),
        url=records.consulted_request,
        second_writer=SAME,
    ),
    PageCase(
        "round-request-drop",
        Look("round-request-drop", _request("justice")),
        url=records.consulted_request,
        second_writer=TwoWriters(Role.ANALYST, REASONED, second_may_send_again=False),
    ),
    PageCase(
        "round-request-due",
        Look("round-request-due", _request("justice")),
        url=records.consulted_request,
        second_writer=TwoWriters(
            Role.ANALYST, {**REASONED, "due_on": ("2027-03-05", "2027-03-08")}, shown_to_second=("Mar 5, 2027",)
        ),
    ),
    PageCase(
        "round-request-candidates",
        Look("round-request-candidates", _request("justice")),
        url=records.consulted_request,
        second_writer=ADDS,
    ),
    PageCase(
        "position-disposition",
        Look("position-disposition", _position("objection")),
        refused(
            "position-disposition",
            "Record the disposition",
            _position("objection"),
            then=wait_for("Nothing was saved."),
        ),
        url=records.consulted_position,
        second_writer=TwoWriters(Role.ANALYST, TEXTS),
    ),
    PageCase(
        "position-extension",
        Look("position-extension", _position("extension")),
        url=records.consulted_position,
        second_writer=TwoWriters(
            Role.ANALYST,
            REASONED,
            {"decision": "decline", "due_on": ""},
            second_may_send_again=False,
            prepare=records.extension_is_asked,
        ),
    ),
    PageCase("consultation", Look("consultation-queue", roles=REVIEWER, states=BOTH)),
)
