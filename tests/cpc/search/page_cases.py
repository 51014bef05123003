"""Page cases of the search."""

from __future__ import annotations

from tests.support.page_cases import ALL_ERRORS, BOTH, EVERYBODY, IMPORTING, PROGRAM, VIEWER, Look, PageCase

CASES = (
    PageCase(
        "search",
        Look("search", roles=VIEWER, states=BOTH),
        Look("403-program", roles=PROGRAM, states=ALL_ERRORS, status=403),
        Look("search-hits", roles=EVERYBODY, states=BOTH, query="?q=ghana"),
        Look("search-many", roles=IMPORTING, query="?q=trafficking&page=2"),
        Look("search-narrowed", query="?q=ghana&kind=country&since=2015&region=Africa&mine=on"),
        Look("search-nothing", roles=VIEWER, states=BOTH, query="?q=nothing+is+called+this"),
        Look("search-unclear", roles=VIEWER, query="?q=the"),
        Look("search-wrong-year", roles=VIEWER, status=400, query="?q=ghana&since=soon"),
    ),
)
