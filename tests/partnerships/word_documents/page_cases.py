"""Page cases for the documents that are made from the record, and their templates."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.partnerships import records
from tests.partnerships.scenes import RUNNING, WORK
from tests.support.page_cases import (
    ADDS,
    APPROVER,
    BOTH,
    REASONED,
    SAME,
    Look,
    PageCase,
    TwoWriters,
    refused,
    wait_for,
)

CASES = (
    PageCase(
        "document-templates",
        Look("document-templates", roles=WORK, states=BOTH),
        Look("document-templates-waiting", records.no_keys_of_draft, APPROVER),
    ),
    PageCase(
        "document-template-new",
        Look("document-template-new", lambda _: {"kind": "notification"}),
        refused(
            "document-template",
            "Upload the template",
            lambda _: {"kind": "notification"},
            then=wait_for("Nothing was saved."),
        ),
        url=lambda _: {"kind": "notification"},
        second_writer=ADDS,
    ),
    PageCase("document-template", url=lambda _: {"kind": "annual_report", "number": 1}, no_page="a download"),
    PageCase("document-template-sample", url=records.draft_template, no_page="a download"),
    PageCase(
        "document-template-decide",
        Look("document-template-decide", records.draft_template, APPROVER),
        url=records.draft_template,
        second_writer=TwoWriters(
            Role.APPROVER, REASONED, {"decision": "reject"}, second_may_send_again=False, shown_to_second=()
        ),
    ),
    PageCase("document-template-withdraw", url=records.draft_template, second_writer=SAME),
    PageCase(
        "annual-report",
        Look("annual-report", roles=WORK, states=BOTH),
        Look("annual-report-sample", query="?records=sample&year=2026"),
    ),
    PageCase("annual-report-document", no_page="a download"),
    PageCase(
        "partnership-notification-write",
        Look("notification-write", RUNNING),
        refused("notification-write", "Keep it with the documents", RUNNING),
        url=records.draft(),
        second_writer="adds a version; each stays on file",
    ),
    PageCase(
        "partnership-notification-document",
        url=records.life(row=records.notification),
        no_page="a download",
    ),
)
