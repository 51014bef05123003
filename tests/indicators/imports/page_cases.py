"""Page cases for the imports room."""

from __future__ import annotations

from tests.indicators import records
from tests.indicators.scenes import import_of
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    BOTH,
    EMPTY,
    EVERYBODY,
    IMPORTING,
    REVIEWER,
    SAME,
    VIEWER,
    Look,
    PageCase,
    refused,
)

CASES = (
    PageCase(
        "imports",
        Look("imports", roles=EVERYBODY, states=BOTH),
        Look("imports-of-a-state", query="?state=failed"),
        Look("imports-of-an-empty-state", states=(EMPTY,), query="?state=failed"),
        refused("imports", "Import the file"),
        second_writer=ADDS,
    ),
    PageCase(
        "import",
        Look("import-preview-programs", import_of("programs")),
        Look("import-preview-programs-changed", import_of("programs"), query="?show=changed"),
        Look("import-received", import_of("received")),
        Look("import-reading", import_of("reading")),
        Look("import-preview", import_of("preview")),
        Look("import-preview-changed", import_of("preview"), query="?show=changed"),
        Look("import-preview-filtered", import_of("preview"), query="?q=nowhere"),
        Look("import-preview-narrative", import_of("narrative")),
        Look("import-preview-agreed", import_of("agreed")),
        Look("import-preview-partial", import_of("partial")),
        Look("import-preview-hopeless", import_of("hopeless"), states=ALL_ERRORS),
        Look("import-failed", import_of("failed"), states=ALL_ERRORS),
        Look("import-published", import_of("published"), IMPORTING),
        Look("import-published-plain", import_of("plain"), VIEWER),
        Look("import-retracted", import_of("retracted"), REVIEWER),
        Look("import-discarded", import_of("discarded")),
        url=records.upload,
    ),
    PageCase("own-form", url=lambda world: {"kind": "csv"}, no_page="a file"),
    PageCase("import-progress", url=records.upload),
    PageCase(
        "import-issues",
        Look("import-issues", import_of("published"), REVIEWER),
        Look("import-issues-many", import_of("preview")),
        Look("import-issues-nothing", import_of("preview"), query="?severity=note"),
        Look("import-issues-none", import_of("plain"), VIEWER),
        url=records.upload,
    ),
    PageCase("import-read", url=records.upload, second_writer=SAME),
    PageCase("import-compare", url=records.upload, second_writer=SAME),
    PageCase("import-publish", url=records.upload, second_writer=SAME),
    PageCase("import-discard", url=records.upload, second_writer=SAME),
    PageCase(
        "import-take-back",
        Look("import-take-back", import_of("plain")),
        refused("import-take-back", "Take the import back", import_of("plain")),
        url=lambda world: {"pk": world.second.pk},
        second_writer=SAME,
    ),
    PageCase("source-file", url=lambda world: {"sha256": world.upload.file.sha256}, no_page="a download"),
)
