"""Crawl of all URLs by one visitor, with every method, done once for several tests.

All changes that a request makes are rolled back. The results of one crawl feed the table of expected answers and the
checks of headers, page titles, and links.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, urljoin, urlsplit

from django.template.base import Template
from django.test import Client
from django.urls import resolve

from tests.security.expected_table import METHODS, answer, status_of

CSP = {
    "default-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()"
    ),
}
CACHED = {"/.well-known/security.txt": "max-age=86400", "/api/v1/schema/": "max-age=300"}
"""The only responses of the application that caches may keep: the schema as visitors get it."""
REVALIDATED = ("/api/v1/", "/ranking/what-if/draws/")
"""Responses with an ETag, which the browser stores and revalidates at each use."""
NOWHERE = ("/nothing/here/", "/api/nothing/")
# Data for a script are in a `script` of JSON, which no browser runs.
INLINE = re.compile(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))|<style|\sstyle=|\son\w+=|javascript:")
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@dataclass
class Crawl:
    """Results for one visitor at `urls` by URL name: statuses by method, faults in responses, and links by page."""

    visitor: str
    client: Client
    urls: Mapping[str, str]
    statuses: dict[str, dict[str, str]] = field(default_factory=dict)
    headers: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    opened: dict[str, int] = field(default_factory=dict)

    def everywhere(self) -> Crawl:
        """Request every URL by every method, and two URLs that don't exist."""
        for name, url in self.urls.items():
            self.statuses[name] = {method: self._ask(method, url) for method in METHODS}
        for url in NOWHERE:
            self._ask("GET", url)
        return self

    def wrong_heads(self) -> list[str]:
        """Request every URL by HEAD, and return differences from GET except the body (RFC 9110, section 9.3.2)."""
        wrong = []
        for name, url in self.urls.items():
            response = answer(self.client, "HEAD", url)
            wrong += wrong_headers(response, f"HEAD {url}")
            found, expected = status_of(response), self.statuses[name]["GET"]
            body = b"".join(response) if response.streaming else response.content
            if found != expected or body:
                wrong.append(f"HEAD {name} as {self.visitor}: {found} with {len(body)} bytes; GET answers {expected}")
        return wrong

    def dead_links(self, some: int) -> list[str]:
        """Follow `some` links of each kind, and return those that answer with an error."""
        inside = [link for link in self.links if link.startswith("/")]
        wrong = []
        for link in some_of_each(inside, some):
            if link not in self.opened:
                self.opened[link] = answer(self.client, "GET", link).status_code
            if self.opened[link] >= 400:
                wrong.append(f"{self.links[link]} links to {link}")
        return wrong

    def _ask(self, method: str, url: str) -> str:
        response = answer(self.client, method, url)
        self.headers += wrong_headers(response, url)
        if method == "GET":
            self.opened[url] = response.status_code
            if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
                self._read(url, response)
        return status_of(response)

    def _read(self, url: str, response: Any) -> None:
        html = response.content.decode()
        if "<html" not in html:  # a part of a page, for htmx
            return
        title = TITLE.search(html)
        if title is None or not title[1].strip():
            self.titles.append(url)
        if response.status_code == 200:
            for link in re.findall(r'<a\b[^>]*\bhref="([^"#]+)', html):
                self.links.setdefault(urljoin(url, unescape(link)), url)


def wrong_headers(response: Any, url: str) -> list[str]:
    """Return the missing common headers of a response, and parts of its page that our CSP forbids."""
    found = {name: response.get(name) for name in HEADERS}
    wrong = [f"{url}: {name} is {found[name]}" for name, value in HEADERS.items() if found[name] != value]
    wrong += wrong_caching(response, url)
    if policy(response) != CSP:
        wrong.append(f"{url}: the policy is {response.get('Content-Security-Policy')}")
    if not re.fullmatch(r"[0-9a-f]{32}", response.get("X-Request-ID", "")):
        wrong.append(f"{url}: X-Request-ID is {response.get('X-Request-ID')}")
    if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
        wrong += [f"{url}: {text}" for text in INLINE.findall(response.content.decode())]
    return wrong


def wrong_caching(response: Any, url: str) -> list[str]:
    """Return whether a cache may keep more of a response than it should."""
    found = {part.strip() for part in response.get("Cache-Control", "").split(",")}
    path = urlsplit(url.removeprefix("HEAD ")).path
    if path in CACHED and response.status_code == 200 and "public" in found:
        right = found == {"public", CACHED[path]}
    elif path.startswith(REVALIDATED) and {"private", "no-cache"} == found:
        right = response.status_code != 200 or "ETag" in response
    else:
        right = {"private", "no-store"} <= found
    return [] if right else [f"{url}: Cache-Control is {response.get('Cache-Control')}"]


def policy(response: Any) -> dict[str, list[str]]:
    """Return the directives of a response's content security policy."""
    directives = [part.split() for part in response.get("Content-Security-Policy", "").split(";") if part.strip()]
    return {name: values for name, *values in directives}


def some_of_each(links: Iterable[str], some: int) -> Iterator[str]:
    """Yield the first links to each URL name with each set of parameters, not one for each of 200 countries."""
    followed: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for link in links:
        parts = urlsplit(link)
        kind = (resolve(parts.path).view_name, tuple(sorted(parse_qs(parts.query, keep_blank_values=True))))
        followed[kind] += 1
        if followed[kind] <= some:
            yield link


def no_contexts() -> AbstractContextManager[object]:
    """Render templates as in production: Django's test runner signals each template part and copies its context."""
    return mock.patch.object(Template, "_render", lambda template, context: template.nodelist.render(context))


SESSIONS_IN_COOKIES = "django.contrib.sessions.backends.signed_cookies"
"""Session engine for tests with thousands of requests, which saves reading one session from the database each time."""


@contextmanager
def quiet() -> Iterator[None]:
    """Switch logging off until the block ends.

    Thousands of rejected requests are expected, and logging the stack of each takes half of the time.
    """
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
