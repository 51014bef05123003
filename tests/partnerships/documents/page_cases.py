"""Page cases for the documents room."""

from __future__ import annotations

from tests.partnerships import records
from tests.partnerships.scenes import BARE, RUNNING, first, own
from tests.support.page_cases import ADDS, RANKING, Look, PageCase, refused, wait_for

CASES = (
    PageCase(
        "partnership-documents",
        Look("papers", RUNNING, RANKING),
        Look("papers-nothing", BARE, RANKING),
        url=records.draft(),
    ),
    PageCase(
        "partnership-document-new",
        Look("paper-new", RUNNING),
        refused("paper", "Add the document", RUNNING, then=wait_for("Nothing was saved.")),
        url=records.draft(),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-document-version",
        Look("paper-version", own("running", document=first("documents"))),
        url=records.draft(document=lambda partnership: records.version(partnership).document_id),
        second_writer="adds a version; each is kept",
    ),
    PageCase(
        "partnership-document-file",
        url=records.draft(version=lambda partnership: records.version(partnership).pk),
        no_page="a download",
    ),
    PageCase("partnership-instrument", url=records.draft(), no_page="a download"),
    PageCase(
        "partnership-instrument-keep",
        Look("instrument-keep", RUNNING),
        url=records.draft(),
        second_writer="adds a version; each stays on file",
    ),
    PageCase("partnership-statement-new", Look("statement-new", RUNNING), url=records.draft(), second_writer=ADDS),
)
