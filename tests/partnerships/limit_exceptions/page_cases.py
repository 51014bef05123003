"""Page cases for the limit exceptions room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from partnerships.models import LimitPolicy, Partnership
from tests.partnerships import records
from tests.partnerships.scenes import WORK, own
from tests.support.page_cases import (
    ADDS,
    APPROVER,
    REASONED,
    SAME,
    VIEWER,
    Look,
    PageCase,
    TwoWriters,
    refused,
)


def _exception(own: Partnership) -> int:
    return own.limit_exceptions.get().pk


CASES = (
    PageCase("limit-policies", Look("limits", roles=WORK)),
    PageCase(
        "limit-policy-new", Look("limits-propose"), refused("limits-propose", "Propose the limits"), second_writer=ADDS
    ),
    PageCase(
        "limit-policy-approve",
        Look("limits-approve", lambda scene: {"policy": LimitPolicy.objects.get(approval=None).pk}, APPROVER),
        url=lambda world: {"policy": records.limit_policy().pk},
        second_writer=SAME,
    ),
    PageCase(
        "partnership-exceptions",
        Look("exceptions", own(), WORK),
        Look("exceptions-none", own("bare")),
        Look("exceptions-documented", own("documented"), VIEWER),
        url=records.life(),
    ),
    PageCase(
        "partnership-exception-new",
        Look("exception-ask", own()),
        refused("exception-ask", "Request the exception", own()),
        url=records.life(),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-exception",
        Look("exception-decide", own(exception=_exception), APPROVER),
        refused("exception-decide", "Record the decision", own(exception=_exception), roles=APPROVER),
        url=records.life(exception=lambda partnership: partnership.limit_exceptions.get().pk),
        second_writer=TwoWriters(
            Role.APPROVER, REASONED, {"decision": "refuse"}, second_may_send_again=False, shown_to_second=()
        ),
    ),
)
