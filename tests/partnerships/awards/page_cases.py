"""Page cases for the awards room."""

from __future__ import annotations

from typing import Any

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import RUNNING, first
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    ANALYST,
    DRAFTS,
    RANKING,
    REASONED,
    SAME,
    TITLES,
    Arguments,
    Look,
    PageCase,
    TwoWriters,
    fill,
    press,
    select,
    wait_for,
)
from tests.worlds.demonstration import Scene


def _award(number: int, **more: Any) -> Arguments:
    """Return a function that gives the arguments of an award's URL.

    `number` counts the awards of the running partnership in the order in which they were created.
    """

    def arguments(scene: Scene) -> dict[str, Any]:
        own = scene.partnerships["running"]
        award = own.awards.order_by("pk")[number]
        return {"pk": own.pk, "award": award.pk, **{name: take(award) for name, take in more.items()}}

    return arguments


CASES = (
    PageCase(
        "award-new",
        url=records.draft(),
        looks=(
            Look("award-new", ANALYST, arguments=RUNNING),
            Look(
                "award-refused",
                ANALYST,
                ALL_ERRORS,
                RUNNING,
                actions=(press("Open the award"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "award",
        url=records.draft(award=records.award_pk),
        looks=(Look("award", RANKING, arguments=_award(0)), Look("award-stopped", RANKING, arguments=_award(1))),
    ),
    PageCase(
        "award-edit",
        url=records.draft(award=records.award_pk),
        looks=(Look("award-edit", ANALYST, arguments=_award(0)),),
        second_writer=TwoWriters(Role.ANALYST, TITLES),
    ),
    PageCase(
        "award-state",
        url=records.draft(award=records.award_pk),
        looks=(Look("award-state", ANALYST, arguments=_award(0)),),
        second_writer=TwoWriters(
            Role.ANALYST,
            REASONED,
            {"state": "stop_work"},
            shown_to_second=("Stop-work ordered",),
            second_may_send_again=False,
            prepare=records.award_is_active,
        ),
    ),
    PageCase(
        "award-ledger-new",
        url=records.draft(award=records.award_pk),
        looks=(
            Look("award-movement", ANALYST, arguments=_award(0)),
            Look(
                "award-movement-refused",
                ANALYST,
                ALL_ERRORS,
                _award(0),
                actions=(
                    select("Kind of entry", "disbursement"),
                    fill("Amount in U.S. dollars", "9000000"),
                    press("Record the ledger entry"),
                    wait_for("too much"),
                ),
            ),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "award-subaward-new",
        url=records.draft(award=records.award_pk),
        looks=(Look("award-sub-award", ANALYST, arguments=_award(0)),),
        second_writer=ADDS,
    ),
    PageCase(
        "award-subaward-replace",
        url=records.draft(award=records.award_pk, row=records.subaward),
        looks=(Look("award-sub-award-replace", ANALYST, arguments=_award(0, row=first("subawards"))),),
        second_writer=TwoWriters(Role.ANALYST, {"purpose": DRAFTS}, second_may_send_again=False, shown_to_second=()),
    ),
    PageCase(
        "award-reports",
        url=records.draft(award=records.award_pk),
        looks=(Look("award-reports", ANALYST, arguments=_award(0)),),
        second_writer=SAME,
    ),
    PageCase(
        "award-report",
        url=records.draft(award=records.award_pk, row=records.report),
        looks=(Look("award-report", ANALYST, arguments=_award(0, row=first("reports_due"))),),
        second_writer="each event follows on the state it is in, under the lock of the report",
    ),
    PageCase(
        "award-closeout",
        url=records.draft(award=records.award_pk),
        looks=(Look("award-closeout", ANALYST, arguments=_award(1)),),
        second_writer=SAME,
    ),
    PageCase(
        "award-closeout-step",
        url=records.draft(award=records.award_pk, row=records.step),
        looks=(Look("award-closeout-step", ANALYST, arguments=_award(0, row=first("closeout_steps"))),),
        second_writer=TwoWriters(
            Role.ANALYST,
            {"not_applicable_because": DRAFTS},
            {"done_on": ""},
            second_may_send_again=False,
            shown_to_second=(),
        ),
    ),
    PageCase("api:partnership-ledger", url=records.a_partnership, second_writer=ADDS),
)
