"""Page cases for the funds room."""

from __future__ import annotations

from typing import Any

from cpc.accounts.permissions import Role
from partnerships.models import Fund
from tests.partnerships import records
from tests.partnerships.scenes import WORK
from tests.support.page_cases import DRAFTS, Look, PageCase, TwoWriters, refused
from tests.worlds.demonstration import Scene


def _fund(_scene: Scene) -> dict[str, Any]:
    return {"fund": Fund.objects.order_by("pk")[0].pk}


CASES = (
    PageCase("funds", Look("funds", roles=WORK)),
    PageCase("fund", Look("fund", _fund, WORK), url=records.fund),
    PageCase(
        "fund-new",
        Look("fund-new"),
        refused("fund", "Add the fund"),
        second_writer="a fund is on the list once; the second person is told that it is there",
    ),
    PageCase(
        "fund-edit",
        Look("fund-edit", _fund),
        url=records.fund,
        second_writer=TwoWriters(Role.ANALYST, {"days_from": DRAFTS}),
    ),
)
