"""Page cases for the clearance room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import BARE, WORK, own
from tests.support.page_cases import ADDS, APPROVER, Look, PageCase, TwoWriters, refused

CLEARING = own("clearing")
INSTRUMENT = own("clearing", text=0)
UNSENT = own(text=2)


def _one(name: str, look: str, second_writer: str = ADDS) -> PageCase:
    return PageCase(
        f"partnership-clearance-{name}", Look(look, INSTRUMENT), url=records.in_clearance(), second_writer=second_writer
    )


CASES = (
    PageCase(
        "partnership-clearance",
        Look("clearance", CLEARING, WORK),
        Look("clearance-none", BARE),
        Look("clearance-signed", own("running")),
        url=lambda world: {"pk": records.in_clearance()(world)["pk"]},
    ),
    PageCase("api:partnership-clearance", url=records.a_partnership),
    PageCase("partnership-clearance-text", Look("clearance-amendment", UNSENT, WORK), url=records.amended()),
    PageCase(
        "partnership-clearance-ask",
        Look("clearance-ask", UNSENT),
        refused("clearance-ask", "Send for clearance", UNSENT),
        url=records.amended(),
        second_writer="sends the first version, once: the second person is led to it",
    ),
    _one("version", "clearance-version"),
    _one("language", "clearance-language"),
    _one("office", "clearance-office"),
    PageCase(
        "partnership-clearance-answers",
        Look("clearance-answers", INSTRUMENT),
        refused("clearance-answers", "Record the answers", INSTRUMENT),
        url=records.in_clearance(),
        second_writer=ADDS,
    ),
    _one("go-on", "clearance-go-on"),
    PageCase(
        "partnership-clearance-consent",
        Look("clearance-consent", INSTRUMENT, APPROVER),
        url=records.in_clearance(),
        second_writer="is decided once: the second person is informed",
    ),
    PageCase(
        "partnership-clearance-request",
        Look("clearance-request", own("clearing", text=0, request_key=records.clearance_request)),
        url=records.in_clearance(request_key=records.clearance_request),
        second_writer=TwoWriters(
            Role.ANALYST, {"due_on": ("2030-03-01", "2030-04-01")}, {"action": "due"}, shown_to_second=("Mar 1, 2030",)
        ),
    ),
    PageCase(
        "partnership-signing",
        Look("signing-days", own("running", text=0), (Role.ANALYST, Role.APPROVER)),
        url=records.draft(text=lambda _: 0),
        second_writer=ADDS,
    ),
)
