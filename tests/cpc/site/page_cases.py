"""Page cases for the site room."""

from __future__ import annotations

from tests.support.page_cases import (
    ALL_ERRORS,
    ANALYST,
    BOTH,
    EVERYBODY,
    IMPORTING,
    OPEN,
    PROGRAM,
    READING,
    VIEWER,
    VISITOR,
    Look,
    PageCase,
    unfold,
    wait_for,
)

CASES = (
    PageCase(
        "home",
        looks=(
            Look("home", EVERYBODY, BOTH),
            Look("home-account-menu", ANALYST, actions=(unfold("your account"),)),
            Look("home-demonstration-notice", VIEWER, actions=(unfold("Demonstration."),)),
            Look("400", VIEWER, ALL_ERRORS, query="?color=blue", status=400),
        ),
    ),
    PageCase("security-contact", no_page="plain text (RFC 9116)"),
    PageCase("health", no_page="JSON for the proxy"),
    PageCase("ready", no_page="JSON for the proxy"),
    PageCase(
        "search",
        looks=(
            Look("search", VIEWER, BOTH),
            Look("403-program", PROGRAM, ALL_ERRORS, status=403),
            Look("search-hits", IMPORTING, BOTH, query="?q=gha"),
            Look("search-many", ANALYST, query="?q=tier"),
            Look("search-nothing", VIEWER, BOTH, query="?q=nothing+is+called+this"),
            Look("search-too-short", VIEWER, query="?q=g"),
        ),
    ),
    PageCase("accessibility", looks=(Look("about-accessibility", OPEN),)),
    PageCase("privacy", looks=(Look("about-privacy", VISITOR),)),
    PageCase("what-is-real", looks=(Look("about-what-is-real", VISITOR),)),
    PageCase("states", looks=(Look("about-states", VIEWER),)),
    PageCase(
        "api-documentation",
        looks=(
            Look("api-documentation", READING, actions=(unfold("/api/v1/observations/"),)),
            Look("api-documentation-fields", PROGRAM, query="#Observation"),
        ),
    ),
    PageCase("api-console", looks=(Look("api-console", PROGRAM, actions=(wait_for("One country"),)),)),
    PageCase("api-problems", looks=(Look("api-problems", (None, *PROGRAM)),)),
)


OTHER_LOOKS = (
    Look("403-expired-form", OPEN, ALL_ERRORS, status=403, address="failing-expired"),
    Look("404", OPEN, ALL_ERRORS, status=404, address="/no/such/page/"),
    Look("404-program", PROGRAM, ALL_ERRORS, status=404, address="/no/such/page/"),
    Look("429", VISITOR, ALL_ERRORS, status=429, address="failing-too-often"),
    Look("500", VIEWER, ALL_ERRORS, status=500, address="failing"),
    Look("503", VIEWER, ALL_ERRORS, status=503, address="failing-cut-off"),
)
"""Error pages at URLs outside the product."""
