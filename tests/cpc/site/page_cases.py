"""Page cases for the site room."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.cpc import records
from tests.support.page_cases import (
    ADMINISTRATOR,
    ALL_ERRORS,
    BOTH,
    EVERYBODY,
    ONCE,
    OPEN,
    PROGRAM,
    READING,
    SAME,
    VIEWER,
    VISITOR,
    Look,
    PageCase,
    unfold,
    wait_for,
)


def _open_a_subject(page: Page) -> None:
    page.locator("#operations-tag-countries").click()


CASES = (
    PageCase(
        "home",
        Look("home", roles=EVERYBODY, states=BOTH),
        Look("home-account-menu", actions=(unfold("your account"),)),
        Look("home-demonstration-notice", roles=VIEWER, actions=(unfold("Demonstration."),)),
        Look("home-of-one-kind", query="?kind=reports"),
        Look("400", roles=VIEWER, states=ALL_ERRORS, query="?color=blue", status=400),
    ),
    PageCase(
        "queue",
        Look("queue", roles=EVERYBODY),
        Look("queue-late", query="?due=late&kind=reports"),
        Look("queue-empty", roles=VIEWER, query="?due=today"),
    ),
    PageCase("security-contact", no_page="plain text (RFC 9116)"),
    PageCase("health", no_page="JSON for the proxy"),
    PageCase("ready", no_page="JSON for the proxy"),
    PageCase("system", Look("system", roles=ADMINISTRATOR, states=BOTH)),
    PageCase("system-task-again", url=records.failed_task, second_writer=SAME),
    PageCase(
        "system-task-give-up",
        Look("system-task-give-up", lambda scene: {"pk": scene.failed[0]}, roles=ADMINISTRATOR),
        url=records.failed_task,
        second_writer=ONCE,
    ),
    PageCase("metrics", no_page="text for Prometheus"),
    PageCase("accessibility", Look("about-accessibility", roles=OPEN)),
    PageCase("privacy", Look("about-privacy", roles=VISITOR)),
    PageCase("what-is-real", Look("about-what-is-real", roles=VISITOR)),
    PageCase("states", Look("about-states", roles=VIEWER)),
    PageCase(
        "api-documentation",
        Look("api-documentation", roles=(*READING, *ADMINISTRATOR), actions=(unfold("/api/v1/observations/"),)),
        Look("api-documentation-fields", roles=PROGRAM, query="#Observation"),
    ),
    PageCase("api-console", Look("api-console", roles=PROGRAM, actions=(_open_a_subject, wait_for("One country")))),
    PageCase("api-problems", Look("api-problems", roles=(None, *PROGRAM))),
)


OTHER_LOOKS = (
    Look("403-expired-form", roles=OPEN, states=ALL_ERRORS, status=403, address="failing-expired"),
    Look("404", roles=OPEN, states=ALL_ERRORS, status=404, address="/no/such/page/"),
    Look("404-program", roles=PROGRAM, states=ALL_ERRORS, status=404, address="/no/such/page/"),
    Look("429", roles=VISITOR, states=ALL_ERRORS, status=429, address="failing-too-often"),
    Look("500", roles=VIEWER, states=ALL_ERRORS, status=500, address="failing"),
    Look("503", roles=VIEWER, states=ALL_ERRORS, status=503, address="failing-cut-off"),
)
"""Error pages at URLs outside the product."""
