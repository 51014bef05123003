"""Page cases for the publication room."""

from __future__ import annotations

from datetime import date

from cpc.accounts.permissions import Role
from partnerships.models import Partnership
from partnerships.publication.services import propose_withholding
from tests.partnerships import records
from tests.partnerships.scenes import RUNNING, WORK, first, own
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
from tests.worlds.demonstration import Scene


def _waiting(partnership: Partnership) -> int:
    """Return a proposal that waits for a decision; make one if there is none."""
    found = partnership.withholdings.filter(state="proposed").first()
    if found is None:
        found = propose_withholding(
            partnership=partnership,
            kind="name",
            item="Sample Child Care Network",
            effect="release",
            reason="Sample: it asked to be named.",
            review_on=date(2090, 1, 1),
            actor=records.people().analyst,
        )
    return found.pk


def _with_proposal(scene: Scene) -> dict[str, int]:
    partnership = scene.partnerships["life"]
    _waiting(partnership)
    return {"pk": partnership.pk}


def _document(partnership: Partnership) -> int:
    found = partnership.documents.order_by("pk").first()
    return found.pk if found else records.people().document(partnership).document_id


PROGRAM = records.life(program=first("programs"))

CASES = (
    PageCase("publication", Look("publication", roles=WORK)),
    PageCase("publication-iati", no_page="a download"),
    PageCase(
        "partnership-publication",
        Look("partnership-publication", own("sample"), WORK),
        Look("partnership-publication-running", RUNNING),
        Look("partnership-publication-waiting", _with_proposal, APPROVER),
        Look("partnership-publication-draft", own("bare")),
        Look("partnership-publication-documented", own("documented"), VIEWER),
        url=records.life(),
    ),
    PageCase("partnership-publication-iati", url=records.life(), no_page="a download"),
    PageCase(
        "partnership-publication-description",
        Look("publication-description", own()),
        refused("publication-description", "Save the description", own()),
        url=records.life(),
        second_writer=TwoWriters(Role.ANALYST, {"description": ("For the public.", "For everybody.")}),
    ),
    PageCase(
        "partnership-publication-defaults",
        Look("publication-defaults", own()),
        url=records.life(),
        second_writer=TwoWriters(
            Role.ANALYST,
            {"tied_status": ("5", "4")},
            also={"flow_type": "10", "finance_type": "110", "aid_type": "C01", "collaboration_type": "1"},
            shown_to_second=["Untied"],
        ),
    ),
    PageCase(
        "partnership-publication-sectors",
        Look("publication-sectors", own(program=first("programs"))),
        refused("publication-sectors", "Confirm the sectors", own(program=first("programs"))),
        url=PROGRAM,
        second_writer=TwoWriters(
            Role.ANALYST, {"sector": ("15130", "16010")}, also={"percent": "100"}, shown_to_second=["15130 Legal"]
        ),
    ),
    PageCase(
        "partnership-publication-organizations",
        Look("publication-organizations", own()),
        url=records.life(),
        second_writer=TwoWriters(Role.ANALYST, {"type_1": ("15", "11")}, shown_to_second=["Other public sector"]),
    ),
    PageCase(
        "partnership-publication-document",
        Look("publication-document", own("sample", document=first("documents"))),
        url=records.life(document=_document),
        second_writer=TwoWriters(
            Role.ANALYST,
            {"category": ("A09", "A07")},
            also={"goes_out": "on", "address": "https://publisher.example/a.pdf", "language": "en"},
            shown_to_second=["A09 Memorandum"],
        ),
    ),
    PageCase(
        "partnership-withholding-new",
        Look("withholding-new", own()),
        Look("withholding-new-release", own(), query="?kind=name&item=Sample+Child+Care+Network"),
        refused("withholding-new", "Propose it", own()),
        url=records.life(),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-withholding",
        Look("withholding-decide", own(withholding=_waiting), APPROVER),
        url=records.life(withholding=_waiting),
        second_writer=TwoWriters(
            Role.APPROVER, REASONED, {"decision": "reject"}, second_may_send_again=False, shown_to_second=()
        ),
    ),
    PageCase("partnership-withholding-retract", url=records.life(withholding=_waiting), second_writer=SAME),
    PageCase("api:partnership-iati", url=records.a_partnership),
    PageCase("api:iati"),
)
