"""What browser tests and screenshots share beside Chromium itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.test import Client

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam
    from playwright.sync_api import Page

    from cpc.accounts.models import User

SignIn = Callable[["User"], None]
WIDTHS = (1280, 390)


def session_cookie(user: User, url: str) -> SetCookieParam:
    """The cookie with which a browser is signed in as `user` at `url`."""
    client = Client()
    client.force_login(user)
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }


def width_of(page: Page) -> int:
    """The width of the page's window in CSS pixels."""
    width: int = page.evaluate("window.innerWidth")
    return width


def assert_no_horizontal_overflow(page: Page) -> None:
    """Fail if the page is wider than its window, naming the widest elements that stick out."""
    offenders = page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            return [...document.querySelectorAll("body *")]
                .filter(element => element.getBoundingClientRect().right > width + 1)
                .map(element => element.tagName.toLowerCase() + "." + element.className)
                .slice(0, 10)
                .concat("the document");
        }"""
    )
    assert not offenders, f"{page.url} is wider than {width_of(page)}px because of {', '.join(offenders)}"
