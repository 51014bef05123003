"""Page cases for the limit exceptions room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from partnerships.models import LimitPolicy, Partnership
from tests.partnerships import records
from tests.partnerships.scenes import WORK, own
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    ANALYST,
    APPROVER,
    REASONED,
    SAME,
    VIEWER,
    Look,
    PageCase,
    TwoWriters,
    press,
    refused,
)


def _exception(own: Partnership) -> int:
    return own.limit_exceptions.get().pk


CASES = (
    PageCase("limit-policies", looks=(Look("limits", WORK),)),
    PageCase(
        "limit-policy-new",
        looks=(
            Look("limits-propose", ANALYST),
            Look("limits-propose-refused", ANALYST, ALL_ERRORS, actions=(press("Propose the limits"),)),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "limit-policy-approve",
        url=lambda world: {"policy": records.limit_policy().pk},
        looks=(
            Look(
                "limits-approve",
                APPROVER,
                arguments=lambda scene: {"policy": LimitPolicy.objects.get(approval=None).pk},
            ),
        ),
        second_writer=SAME,
    ),
    PageCase(
        "partnership-exceptions",
        url=records.life(),
        looks=(
            Look("exceptions", WORK, arguments=own()),
            Look("exceptions-none", ANALYST, arguments=own("bare")),
            Look("exceptions-documented", VIEWER, arguments=own("documented")),
        ),
    ),
    PageCase(
        "partnership-exception-new",
        url=records.life(),
        looks=(
            Look("exception-ask", ANALYST, arguments=own()),
            refused("exception-ask", ANALYST, "Request the exception", own()),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-exception",
        url=records.life(exception=lambda partnership: partnership.limit_exceptions.get().pk),
        looks=(
            Look("exception-decide", APPROVER, arguments=own(exception=_exception)),
            refused("exception-decide", APPROVER, "Record the decision", own(exception=_exception)),
        ),
        second_writer=TwoWriters(
            Role.APPROVER, REASONED, {"decision": "refuse"}, second_may_send_again=False, shown_to_second=()
        ),
    ),
)
