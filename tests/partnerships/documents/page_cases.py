"""Page cases for the documents room."""

from __future__ import annotations

from tests.partnerships import records
from tests.partnerships.scenes import BARE, RUNNING, first, own
from tests.support.page_cases import ADDS, ALL_ERRORS, ANALYST, RANKING, Look, PageCase, press, wait_for

CASES = (
    PageCase(
        "partnership-documents",
        url=records.draft(),
        looks=(Look("papers", RANKING, arguments=RUNNING), Look("papers-nothing", RANKING, arguments=BARE)),
    ),
    PageCase(
        "partnership-document-new",
        url=records.draft(),
        looks=(
            Look("paper-new", ANALYST, arguments=RUNNING),
            Look(
                "paper-refused",
                ANALYST,
                ALL_ERRORS,
                RUNNING,
                actions=(press("Add the document"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "partnership-document-version",
        url=records.draft(document=lambda partnership: records.version(partnership).document_id),
        looks=(Look("paper-version", ANALYST, arguments=own("running", document=first("documents"))),),
        second_writer="adds a version; each is kept",
    ),
    PageCase(
        "partnership-document-file",
        url=records.draft(version=lambda partnership: records.version(partnership).pk),
        no_page="a download",
    ),
    PageCase("partnership-instrument", url=records.draft(), no_page="a download"),
    PageCase(
        "partnership-statement-new",
        url=records.draft(),
        looks=(Look("statement-new", ANALYST, arguments=RUNNING),),
        second_writer=ADDS,
    ),
)
