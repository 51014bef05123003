"""Page cases for the sustainability room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from partnerships.models import Risk
from tests.partnerships import records
from tests.partnerships.scenes import DESK, own
from tests.support.page_cases import ADDS, Look, PageCase, TwoWriters, refused

CASES = (
    PageCase(
        "partnership-outlook", Look("outlook", own(), DESK), Look("outlook-empty", own("bare")), url=records.life()
    ),
    PageCase(
        "partnership-outlook-new",
        Look("risk-new", own(kind="risk")),
        refused("risk-new", "Add the risk", own(kind="risk")),
        Look("evaluation-new", own(kind="evaluation")),
        url=records.life(kind=lambda p: "risk"),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-outlook-edit",
        Look("measure-edit", own(kind="measure", entry=lambda own: own.sustainability_measures.get().pk)),
        url=records.life(kind=lambda p: "risk", entry=lambda partnership: Risk.objects.get(partnership=partnership).pk),
        second_writer=TwoWriters(Role.ANALYST, {"mitigation": ("A first way", "A second way")}),
    ),
)
