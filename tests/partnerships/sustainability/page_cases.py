"""Page cases for the sustainability room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from partnerships.models import Risk
from tests.partnerships import records
from tests.partnerships.scenes import DESK, own
from tests.support.page_cases import ADDS, ANALYST, Look, PageCase, TwoWriters, refused

CASES = (
    PageCase(
        "partnership-outlook",
        url=records.life(),
        looks=(Look("outlook", DESK, arguments=own()), Look("outlook-empty", ANALYST, arguments=own("bare"))),
    ),
    PageCase(
        "partnership-outlook-new",
        url=records.life(kind=lambda p: "risk"),
        looks=(
            Look("risk-new", ANALYST, arguments=own(kind="risk")),
            refused("risk-new", ANALYST, "Add the risk", own(kind="risk")),
            Look("evaluation-new", ANALYST, arguments=own(kind="evaluation")),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-outlook-edit",
        url=records.life(kind=lambda p: "risk", entry=lambda partnership: Risk.objects.get(partnership=partnership).pk),
        looks=(
            Look(
                "measure-edit",
                ANALYST,
                arguments=own(kind="measure", entry=lambda own: own.sustainability_measures.get().pk),
            ),
        ),
        second_writer=TwoWriters(Role.ANALYST, {"mitigation": ("A first way", "A second way")}),
    ),
)
