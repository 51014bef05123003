"""Helpers for browser tests and screenshots: sessions, sizes, and console errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.test import Client

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam
    from playwright.sync_api import ConsoleMessage, Page

    from cpc.accounts.models import User

SignIn = Callable[["User"], None]
WIDTHS = (1280, 390)
HEIGHT = 900
NARROW = (390, 320)
"""Widths at which a page must fit every time; the last is that of WCAG 2.1, 1.4.10 Reflow."""
BETWEEN = (900, 640)
"""Additional widths at which a page must fit."""


def session_cookie(user: User, url: str) -> SetCookieParam:
    """Return the cookie that signs a browser in as `user` at `url`."""
    client = Client()
    client.force_login(user)
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }


def width_of(page: Page) -> int:
    """Return the width of the page's window in CSS pixels."""
    width: int = page.evaluate("window.innerWidth")
    return width


def height_of(page: Page) -> int:
    """Return the height of the page's document in CSS pixels."""
    height: int = page.evaluate("document.documentElement.scrollHeight")
    return height


def complaints_of(page: Page) -> list[str]:
    """Return a list that collects the page's script errors and blocked resources (such as by the CSP) from now on.

    An error status of the page itself is not collected.
    """
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and message.location.get("url") != page.url:
            complaints.append(f"{message.text} ({message.location.get('url')})")

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def overflow(page: Page) -> str:
    """Describe the elements that are wider than the window; return "" if the page fits."""
    offenders: list[str] = page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            return [...document.querySelectorAll("body *")]
                .filter(element => {
                    const box = element.getBoundingClientRect();
                    return box.left + Math.max(box.width, element.scrollWidth) > width + 1;
                })
                .map(element => element.tagName.toLowerCase() + "." + element.className)
                .slice(0, 10)
                .concat("the document");
        }"""
    )
    return f"wider than {width_of(page)}px because of {', '.join(offenders)}" if offenders else ""
