"""Page cases for the room of field monitoring."""

from __future__ import annotations

from typing import Any

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import DESK, own
from tests.support.page_cases import ADDS, ONCE, Look, PageCase, TwoWriters, refused


def _first(name: str) -> Any:
    return lambda own: getattr(own, name).order_by("pk")[0].pk


def _in_check(own: Any) -> int:
    return int(own.field_findings.filter(state="evidence").order_by("pk")[0].pk)


CASES = (
    PageCase(
        "partnership-visits",
        Look("visits", own("sample"), DESK),
        Look("visits-empty", own("bare")),
        url=records.life(),
    ),
    PageCase(
        "partnership-visit-new",
        Look("visit-new", own("sample")),
        refused("visit-new", "Record it", own("sample")),
        url=records.life(),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-visit",
        Look("visit", own("sample", check=_first("field_checks")), DESK),
        url=records.life(check=records.field_check),
    ),
    PageCase(
        "partnership-visit-edit",
        Look("visit-edit", own("sample", check=_first("field_checks"))),
        url=records.life(check=records.field_check),
        second_writer=TwoWriters(Role.ANALYST, {"took_part": ("Embassy", "Program officer and embassy")}),
    ),
    PageCase(
        "partnership-finding-new",
        Look("finding-new", own("sample", check=_first("field_checks"))),
        url=records.life(check=records.field_check),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-finding",
        Look("finding", own("sample", finding=_in_check), (*DESK, Role.APPROVER)),
        url=records.life(finding=records.finding),
    ),
    PageCase(
        "partnership-finding-edit",
        Look("finding-edit", own("sample", finding=_in_check)),
        url=records.life(finding=records.finding),
        second_writer=TwoWriters(Role.ANALYST, {"action": ("A first action item", "A second action item")}),
    ),
    PageCase(
        "partnership-finding-step",
        Look("finding-check", own("sample", finding=_in_check, name="close"), (Role.APPROVER,)),
        Look("finding-own", own("sample", finding=_in_check, name="close")),
        url=records.life(finding=records.finding, name=lambda p: "give_evidence"),
        second_writer=ONCE,
    ),
)
