"""Page cases for the imports room."""

from __future__ import annotations

from tests.indicators import records
from tests.indicators.scenes import import_of
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    ANALYST,
    BOTH,
    EMPTY,
    IMPORTING,
    REVIEWER,
    SAME,
    VIEWER,
    Look,
    PageCase,
    press,
)

CASES = (
    PageCase(
        "imports",
        looks=(
            Look("imports", IMPORTING, BOTH),
            Look("imports-of-a-state", ANALYST, query="?state=failed"),
            Look("imports-of-an-empty-state", ANALYST, (EMPTY,), query="?state=failed"),
            Look("imports-refused", ANALYST, ALL_ERRORS, actions=(press("Import the file"),)),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "import",
        url=records.upload,
        looks=(
            Look("import-preview-programs", ANALYST, arguments=import_of("programs")),
            Look("import-preview-programs-changed", ANALYST, arguments=import_of("programs"), query="?show=changed"),
            Look("import-received", ANALYST, arguments=import_of("received")),
            Look("import-reading", ANALYST, arguments=import_of("reading")),
            Look("import-preview", ANALYST, arguments=import_of("preview")),
            Look("import-preview-changed", ANALYST, arguments=import_of("preview"), query="?show=changed"),
            Look("import-preview-filtered", ANALYST, arguments=import_of("preview"), query="?q=nowhere"),
            Look("import-preview-narrative", ANALYST, arguments=import_of("narrative")),
            Look("import-preview-agreed", ANALYST, arguments=import_of("agreed")),
            Look("import-preview-partial", ANALYST, arguments=import_of("partial")),
            Look("import-preview-hopeless", ANALYST, ALL_ERRORS, import_of("hopeless")),
            Look("import-failed", ANALYST, ALL_ERRORS, import_of("failed")),
            Look("import-published", IMPORTING, arguments=import_of("published")),
            Look("import-published-plain", VIEWER, arguments=import_of("plain")),
            Look("import-retracted", REVIEWER, arguments=import_of("retracted")),
            Look("import-discarded", ANALYST, arguments=import_of("discarded")),
        ),
    ),
    PageCase("own-form", url=lambda world: {"kind": "csv"}, no_page="a file"),
    PageCase("import-progress", url=records.upload),
    PageCase(
        "import-issues",
        url=records.upload,
        looks=(
            Look("import-issues", REVIEWER, arguments=import_of("published")),
            Look("import-issues-many", ANALYST, arguments=import_of("preview")),
            Look("import-issues-nothing", ANALYST, arguments=import_of("preview"), query="?severity=note"),
            Look("import-issues-none", VIEWER, arguments=import_of("plain")),
        ),
    ),
    PageCase("import-read", url=records.upload, second_writer=SAME),
    PageCase("import-compare", url=records.upload, second_writer=SAME),
    PageCase("import-publish", url=records.upload, second_writer=SAME),
    PageCase("import-discard", url=records.upload, second_writer=SAME),
    PageCase(
        "import-take-back",
        url=lambda world: {"pk": world.second.pk},
        looks=(
            Look("import-take-back", ANALYST, arguments=import_of("plain")),
            Look(
                "import-take-back-refused",
                ANALYST,
                ALL_ERRORS,
                import_of("plain"),
                actions=(press("Take the import back"),),
            ),
        ),
        second_writer=SAME,
    ),
    PageCase("source-file", url=lambda world: {"sha256": world.upload.file.sha256}, no_page="a download"),
)
