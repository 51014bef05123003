"""Page cases for the consultation room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.scenes import READERS, consulted
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    ANALYST,
    APPROVER,
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
    press,
    wait_for,
)
from tests.worlds.demonstration import Scene


def _request(key: str) -> Arguments:
    return lambda scene: {"pk": scene.consulted.round.pk, "asked": scene.consulted.requests[key].pk}


def _position(key: str) -> Arguments:
    return lambda scene: {"pk": scene.consulted.round.pk, "position": scene.consulted.positions[key].pk}


def _review(index: int) -> Arguments:
    """Return the arguments of a candidate's review page for Labor.

    `index` 0 is out of date, 1 waits for more time, 2 has a draft, and 3 is not started.
    """

    def found(scene: Scene) -> dict[str, object]:
        pool = scene.consulted.round.candidates.in_pool().order_by("country__name")
        return {"pk": scene.consulted.requests["labor"].pk, "code": pool[index].country.code}

    return found


def _proceed(scene: Scene) -> dict[str, object]:
    return {**_request("labor")(scene), "code": _review(3)(scene)["code"]}


CASES = (
    PageCase(
        "round-requests", url=records.consulted_round, looks=(Look("round-requests", OFFICE, arguments=consulted),)
    ),
    PageCase(
        "round-request-new",
        url=records.consulted_round,
        looks=(
            Look("round-request-new", ANALYST, arguments=consulted),
            Look(
                "round-request-new-refused",
                ANALYST,
                ALL_ERRORS,
                consulted,
                actions=(press("Draft the request"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "round-not-applicable",
        url=records.consulted_round,
        looks=(Look("round-not-applicable", ANALYST, arguments=consulted),),
        second_writer=ONCE,
    ),
    PageCase(
        "round-request",
        url=records.consulted_request,
        looks=(
            Look("round-request", (*READERS, Role.APPROVER), arguments=_request("justice")),
            Look("round-request-draft", ANALYST, arguments=_request("draft")),
            Look("round-request-dropped", VIEWER, arguments=_request("dropped")),
        ),
    ),
    PageCase(
        "round-request-edit",
        url=records.consulted_request,
        looks=(Look("round-request-edit", ANALYST, arguments=_request("draft")),),
        second_writer=TwoWriters(Role.ANALYST, {"questions": DRAFTS}, prepare=records.draft_request),
    ),
    PageCase(
        "round-request-send",
        url=records.consulted_request,
        looks=(Look("round-request-send", ANALYST, arguments=_request("draft")),),
        second_writer=SAME,
    ),
    PageCase(
        "round-request-drop",
        url=records.consulted_request,
        looks=(Look("round-request-drop", ANALYST, arguments=_request("justice")),),
        second_writer=TwoWriters(Role.ANALYST, REASONED, second_may_send_again=False),
    ),
    PageCase(
        "round-request-due",
        url=records.consulted_request,
        looks=(Look("round-request-due", ANALYST, arguments=_request("justice")),),
        second_writer=TwoWriters(
            Role.ANALYST, {**REASONED, "due_on": ("2027-03-05", "2027-03-08")}, shown_to_second=("Mar 5, 2027",)
        ),
    ),
    PageCase(
        "round-request-candidates",
        url=records.consulted_request,
        looks=(Look("round-request-candidates", ANALYST, arguments=_request("justice")),),
        second_writer=ADDS,
    ),
    PageCase(
        "round-request-proceed",
        url=lambda world: {**records.consulted_request(world), "code": "GHA"},
        looks=(Look("round-request-proceed", APPROVER, arguments=_proceed),),
        second_writer=TwoWriters(Role.APPROVER, REASONED, second_may_send_again=False, prepare=records.due_has_passed),
    ),
    PageCase(
        "position-disposition",
        url=records.consulted_position,
        looks=(
            Look("position-disposition", ANALYST, arguments=_position("objection")),
            Look(
                "position-disposition-refused",
                ANALYST,
                ALL_ERRORS,
                _position("objection"),
                actions=(press("Record the disposition"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer=TwoWriters(Role.ANALYST, TEXTS),
    ),
    PageCase(
        "position-extension",
        url=records.consulted_position,
        looks=(Look("position-extension", ANALYST, arguments=_position("extension")),),
        second_writer=TwoWriters(
            Role.ANALYST,
            REASONED,
            {"decision": "decline", "due_on": ""},
            second_may_send_again=False,
            prepare=records.extension_is_asked,
        ),
    ),
    PageCase("consultation", looks=(Look("consultation-queue", REVIEWER, BOTH),)),
    PageCase(
        "consultation-review",
        url=records.reviewed,
        looks=(
            Look("consultation-review", REVIEWER, arguments=_review(0)),
            Look("consultation-review-drafted", REVIEWER, arguments=_review(2)),
            Look(
                "consultation-review-refused",
                REVIEWER,
                ALL_ERRORS,
                _review(3),
                actions=(press("Submit for DOL"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer="carries the revisions of position and draft (test_consultation_pages)",
    ),
    PageCase(
        "consultation-confirm",
        url=records.reviewed,
        second_writer="carries the key of the position (test_consultation_pages)",
    ),
)
