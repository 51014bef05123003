"""Chromium for browser tests: launched once, quiet, and strict about console errors.

A test asks for `page` (pytest-playwright) and `live_server` (pytest-django, which makes it transactional).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright
from pytest_django.live_server_helper import LiveServer

from cpc.accounts.models import User
from tests.conftest import unavailable
from tests.security.crawl import no_contexts
from tests.support import browser as support
from tests.support import chromium
from tests.support.axe import assert_page_sound
from tests.worlds.databases import Clones

Sound = Callable[[Page], None]


@pytest.fixture(scope="session")
def playwright(clones: Clones) -> Iterator[Playwright]:
    """Start Playwright, and let Django's synchronous code run while Playwright's event loop exists."""
    if not chromium.executable():
        unavailable(chromium.MISSING)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as running:
        yield running
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session", autouse=True)
def _cached_static_files() -> Iterator[None]:
    """Let browsers cache static files, as in production, instead of requesting them again for each page."""
    serve = StaticFilesHandler.serve

    def serve_cacheable(handler: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        response = serve(handler, request)
        response["Cache-Control"] = "max-age=3600"
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", serve_cacheable)
        yield


@pytest.fixture(scope="module", autouse=True)
def _no_contexts() -> Iterator[None]:
    """Render pages as in production: no browser test reads the context of a template."""
    with no_contexts():
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the machine's Chromium."""
    return browser_type_launch_args | chromium.launch_arguments()


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], live_server: LiveServer) -> dict[str, Any]:
    """Let `page.goto("/...")` use the live server, at the wider width and without animations."""
    window = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
    return browser_context_args | window | {"base_url": live_server.url}


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Return a page whose script errors and blocked resources (such as by the CSP) fail the test."""
    opened = context.new_page()
    complaints = support.complaints_of(opened)
    yield opened
    assert not complaints, "\n".join(["The browser's console:", *complaints])


@pytest.fixture(params=[False, pytest.param(True, marks=pytest.mark.wide, id="closely")])
def assert_sound(request: pytest.FixtureRequest) -> Sound:
    """Return a function that fails if a page is wider than its window or axe finds a fault.

    axe always checks the wider of the two main widths; with `wide`, both, and the page must fit at five widths.
    """
    return partial(assert_page_sound, closely=request.param)


@pytest.fixture
def sign_in(context: BrowserContext, live_server: LiveServer) -> support.SignIn:
    """Return a function that signs a user in without the form: `sign_in(user)`."""

    def with_session_of(user: User) -> None:
        context.add_cookies([support.session_cookie(user, live_server.url)])

    return with_session_of
